import type { EntityManager } from 'typeorm';
import type { JsonObject } from '../../domain/content/json';
import type { Variables } from '../../domain/content/render-content';
import { contentProblem, renderContent } from '../../domain/content/render-content';
import { rows } from '../persistence/database';
import type { Envelope } from '../security/envelope';
import { EnvelopeError } from '../security/envelope';
import type { SendRow } from './send-row';

/** Contents kept open at one time; each is one campaign's text. */
const KEPT = 200;

/** Contents before variables, by message id. */
export type OpenContents = ReadonlyMap<string, JsonObject>;

/** Opens contents and the variables of a person; contents never change once stored, so the newest are kept. */
export class ContentStore {
  private readonly kept = new Map<string, JsonObject>();

  constructor(private readonly envelope: Envelope) {}

  /** Opens the contents of these messages, one statement for all that are not kept; a stored one that is gone is left out. */
  async open(manager: EntityManager, workspaceId: string, messageIds: Iterable<string>): Promise<OpenContents> {
    const wanted = [...new Set(messageIds)];
    const opened = new Map(wanted.flatMap((id) => this.keptOf(id)));
    const missing = wanted.filter((id) => !opened.has(id));
    if (missing.length === 0) return opened;
    const stored = await rows<{ id: string; content_sealed: Buffer }>(
      manager,
      'SELECT id, content_sealed FROM campaign_messages WHERE workspace_id = $1 AND id = ANY($2)',
      [workspaceId, missing],
    );
    for (const { id, content_sealed } of stored) opened.set(id, this.openContent(id, content_sealed));
    for (const [id, content] of opened) this.keep(id, content);
    return opened;
  }

  /** Opens what is filled into a content for one person. @throws EnvelopeError when it cannot be opened */
  variablesOf({ id, variablesSealed }: SendRow): Variables {
    if (variablesSealed === null) return {};
    return JSON.parse(this.envelope.open(variablesSealed, `sends.variables:${id}`).toString()) as Variables;
  }

  /** @returns a function that says what is wrong with the content of a row for its person, or null */
  async problems(
    manager: EntityManager,
    workspaceId: string,
    sends: readonly SendRow[],
  ): Promise<(row: SendRow) => string | null> {
    const contents = await this.open(
      manager,
      workspaceId,
      sends.map((send) => send.campaignMessageId),
    );
    const withoutVariables = new Map<string, string | null>();
    return (row) => {
      if (row.variablesSealed !== null) return this.problemOf(row, contents);
      const key = `${row.lane} ${row.campaignMessageId}`;
      const known = withoutVariables.get(key);
      if (known !== undefined) return known;
      const problem = this.problemOf(row, contents);
      withoutVariables.set(key, problem);
      return problem;
    };
  }

  private problemOf(row: SendRow, contents: OpenContents): string | null {
    const content = contents.get(row.campaignMessageId);
    if (content === undefined) return 'the content is gone';
    try {
      return contentProblem(renderContent(content, this.variablesOf(row), row.lane));
    } catch (error) {
      if (error instanceof EnvelopeError) return 'the variables cannot be opened';
      throw error;
    }
  }

  private keptOf(id: string): [string, JsonObject][] {
    const content = this.kept.get(id);
    return content === undefined ? [] : [[id, content]];
  }

  private openContent(id: string, sealed: Buffer): JsonObject {
    return JSON.parse(this.envelope.open(sealed, `campaign_messages.content:${id}`).toString()) as JsonObject;
  }

  /** The last to be used stay longest. */
  private keep(id: string, content: JsonObject): void {
    this.kept.delete(id);
    this.kept.set(id, content);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) return;
      this.kept.delete(oldest);
    }
  }
}
