import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACCESS, PLANNING, ROLES } from './initial-schema/access';
import { FUNCTIONS } from './initial-schema/functions';
import { TABLES } from './initial-schema/tables';

/** Every table of the protocol, the three roles and what each may do. */
export class InitialSchema1763769600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...ROLES, PLANNING, ...TABLES, ...FUNCTIONS, ...ACCESS])
      await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP SCHEMA public CASCADE');
    await queryRunner.query('CREATE SCHEMA public');
  }
}
