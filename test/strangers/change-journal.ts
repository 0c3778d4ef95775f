import type { DataSource } from 'typeorm';

/**
 * What is written beside the answer to a request: the outbox is emptied as workflows hear of it, and a key's last use
 * is noted now and then. A refusal that is to be repeated is kept as the answer to its `Idempotency-Key`.
 */
const BESIDE = `
    (TG_TABLE_NAME = 'outbox' AND TG_OP <> 'INSERT')
    OR TG_TABLE_NAME = 'idempotency_keys'
    OR (TG_TABLE_NAME = 'api_keys' AND TG_OP = 'UPDATE'
        AND to_jsonb(NEW) - 'last_used_at' = to_jsonb(OLD) - 'last_used_at')
    OR (TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD)`;

const NOTE = `
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF ${BESIDE} THEN RETURN NULL; END IF;
  INSERT INTO change_journal (what, workspace_id) VALUES (
    TG_OP || ' ' || TG_TABLE_NAME,
    (CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END ->> 'workspace_id')::uuid);
  RETURN NULL;
END $$`;

/** One committed change of a row. */
export interface Change {
  /** `INSERT topics`. */
  readonly what: string;
  /** Null where a table is nobody's: the clock, the keys of events, the workspaces themselves. */
  readonly workspaceId: string | null;
}

/** Writes down every committed change of any row, whoever it belongs to: sharper than comparing before and after. */
export class ChangeJournal {
  private read = 0;

  private constructor(private readonly owner: DataSource) {}

  static async install(owner: DataSource): Promise<ChangeJournal> {
    await owner.query('CREATE TABLE change_journal (seq bigserial PRIMARY KEY, what text NOT NULL, workspace_id uuid)');
    await owner.query(NOTE);
    const tables = await owner.query<{ name: string }[]>(
      `SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
          AND relname <> 'change_journal'`,
    );
    for (const { name } of tables) {
      await owner.query(
        `CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION note_change()`,
      );
    }
    return new ChangeJournal(owner);
  }

  /** What has changed since it was asked last. */
  async since(): Promise<Change[]> {
    const changes = await this.owner.query<{ seq: string; what: string; workspace_id: string | null }[]>(
      'SELECT seq, what, workspace_id FROM change_journal WHERE seq > $1 ORDER BY seq',
      [this.read],
    );
    this.read = Number(changes.at(-1)?.seq ?? this.read);
    return changes.map(({ what, workspace_id: workspaceId }) => ({ what, workspaceId }));
  }
}
