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
  INSERT INTO change_journal (op, name, id, workspace_id)
  SELECT TG_OP, TG_TABLE_NAME, changed ->> 'id', (changed ->> 'workspace_id')::uuid
    FROM (SELECT CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END) AS of (changed);
  RETURN NULL;
END $$`;

/** One committed change of a row. */
export interface Change {
  /** `INSERT topics`. */
  readonly what: string;
  /** Null where a table is nobody's: the clock, the keys of events, the workspaces themselves. */
  readonly workspaceId: string | null;
}

interface Entry {
  readonly seq: string;
  readonly op: string;
  readonly name: string;
  readonly id: string | null;
  readonly workspace_id: string | null;
}

/** A row that came and went meanwhile, as a Page that Meta then refused, has left nothing behind. */
function remaining(entries: readonly Entry[]): readonly Entry[] {
  const ofRow = ({ name, id }: Entry): string => `${name} ${id ?? ''}`;
  const first = new Map(entries.toReversed().map((entry) => [ofRow(entry), entry.op]));
  const last = new Map(entries.map((entry) => [ofRow(entry), entry.op]));
  const isGone = (entry: Entry): boolean =>
    entry.id !== null && first.get(ofRow(entry)) === 'INSERT' && last.get(ofRow(entry)) === 'DELETE';
  return entries.filter((entry) => !isGone(entry));
}

/** Writes down every committed change of any row, whoever it belongs to: sharper than comparing before and after. */
export class ChangeJournal {
  private read = 0;

  private constructor(private readonly owner: DataSource) {}

  static async install(owner: DataSource): Promise<ChangeJournal> {
    await owner.query(
      'CREATE TABLE change_journal (seq bigserial PRIMARY KEY, op text NOT NULL, name text NOT NULL, id text, workspace_id uuid)',
    );
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

  /** What has changed since it was asked last, and has not come and gone again. */
  async since(): Promise<Change[]> {
    const entries = await this.owner.query<Entry[]>(
      'SELECT seq, op, name, id, workspace_id FROM change_journal WHERE seq > $1 ORDER BY seq',
      [this.read],
    );
    this.read = Number(entries.at(-1)?.seq ?? this.read);
    return remaining(entries).map(({ op, name, workspace_id: workspaceId }) => ({
      what: `${op} ${name}`,
      workspaceId,
    }));
  }
}
