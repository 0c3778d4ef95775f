import { listDeadEvents, replayInbox } from '../../inbox/dead-events';
import { CommandError } from '../command-error';
import type { Connection } from './connection';
import { printList } from './print';

const LISTED = 1_000;
const COLUMNS = ['id', 'kind', 'eventAt', 'tries', 'lastError'];

/** Lists webhook events that could not be applied. */
export async function listInbox(connection: Connection, asJson: boolean): Promise<void> {
  const dead = await connection.asOwner(({ manager }) => listDeadEvents(manager, LISTED));
  printList(
    dead.map((event) => ({ ...event })),
    COLUMNS,
    asJson,
  );
}

/**
 * Lets one dead event be tried again.
 * @throws CommandError when there is no such event
 */
export async function replayEvent(connection: Connection, id: string, asJson: boolean): Promise<void> {
  const replayed = await connection.asOwner(({ manager }) => replayInbox(manager, [id]));
  if (replayed.length === 0) throw new CommandError(`${id} is no dead event: \`inbox list\` shows them.`);
  printList(
    replayed.map((found) => ({ id: found })),
    ['id'],
    asJson,
  );
}
