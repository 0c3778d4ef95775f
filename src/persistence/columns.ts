import type { ColumnOptions } from 'typeorm';
import { Column, PrimaryColumn } from 'typeorm';

/** A UUIDv7 made by the program, never by the database. */
export const Id = (): PropertyDecorator => PrimaryColumn('uuid');

/** A reference to a row of ours. */
export const Reference = (options: ColumnOptions = {}): PropertyDecorator => Column('uuid', options);

/** A reference that may be absent. */
export const OptionalReference = (): PropertyDecorator => Column('uuid', { nullable: true });

/** A moment that is always there. */
export const Moment = (options: ColumnOptions = {}): PropertyDecorator => Column('timestamptz', options);

/** A moment that may not have come. */
export const OptionalMoment = (): PropertyDecorator => Column('timestamptz', { nullable: true });

/** The wall-clock moment at which the row was written. */
export const WrittenAt = (): PropertyDecorator => Column('timestamptz', { default: () => 'now()' });

/** Short text: a state, a code, a name. */
export const Text = (options: ColumnOptions = {}): PropertyDecorator => Column('text', options);

/** Short text that may be absent. */
export const OptionalText = (): PropertyDecorator => Column('text', { nullable: true });

/** Encrypted bytes (`src/security/envelope.ts`). */
export const Sealed = (): PropertyDecorator => Column('bytea');

/** Encrypted bytes that may be absent or emptied after their retention. */
export const OptionalSealed = (): PropertyDecorator => Column('bytea', { nullable: true });

/** Money in minor units of the row's currency, or any other whole number beyond 32 bits. */
export const BigInteger = (options: ColumnOptions = {}): PropertyDecorator => Column('bigint', options);

/** A structured value without personal data. */
export const Json = (options: ColumnOptions = {}): PropertyDecorator => Column('jsonb', options);
