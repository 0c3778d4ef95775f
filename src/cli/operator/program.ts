import { Command } from 'commander';
import { loadLauncherEnvironment } from '../../config/launcher-environment';
import { SCOPES } from '../../workspaces/scopes';
import type { ApiClient, Query } from '../api-client';
import { CommandError } from '../command-error';
import { DEFAULT_DATA_DIRECTORY } from '../launcher/data-directory';
import { Connection } from './connection';
import { printList, printOne, type Shown } from './print';
import { why } from './why';

interface CommonOptions {
  readonly data: string;
  readonly json?: true;
}

interface Act<Options> {
  readonly connection: Connection;
  readonly options: Options;
  readonly asJson: boolean;
  readonly argument: string;
}

/** The commands with which an operator looks into a running stack. */
export function operatorProgram(): Command {
  const herald = new Command('herald').description('look into a running stack');
  addWorkspaceCommands(herald.command('workspace').description('tenants'));
  addKeyCommands(herald.command('key').description('API keys'));
  addResourceCommands(herald.command('page').description('connected Pages'), 'pages', PAGE_COLUMNS);
  addResourceCommands(herald.command('campaign').description('campaigns'), 'campaigns', CAMPAIGN_COLUMNS);
  addSubscriberCommands(herald.command('subscriber').description('people'));
  addInboxCommands(herald.command('inbox').description('webhook events that could not be applied'));
  addWhyCommand(herald.command('why'));
  return herald;
}

// What speaks to the database is loaded when it is asked for; most commands speak to the API alone.
const keys = () => import('./keys.js');
const deadEvents = () => import('./inbox.js');

const PAGE_COLUMNS = ['id', 'metaPageId', 'name', 'currency', 'restriction'];
const CAMPAIGN_COLUMNS = ['id', 'name', 'state', 'reason', 'createdAt'];
const SUBSCRIBER_COLUMNS = ['id', 'pageId', 'consent', 'source', 'workflowId'];

function addWorkspaceCommands(workspace: Command): void {
  acting<{ name: string }>(
    workspace
      .command('create')
      .description('make a tenant and its first key')
      .requiredOption('--name <name>', 'its name'),
    async ({ connection, options, asJson }) => {
      const { createTenant } = await import('./workspaces.js');
      await createTenant(connection, options.name, asJson);
    },
  );
}

function addKeyCommands(key: Command): void {
  const ofWorkspace = (command: Command): Command =>
    command.option('--workspace <id>', 'that of the running stack when absent');
  acting<{ name: string; scopes: string; workspace?: string }>(
    ofWorkspace(key.command('create').description('make a key; its secret is shown once'))
      .requiredOption('--name <name>', 'what it is for')
      .option('--scopes <list>', `of ${SCOPES.join(',')}`, SCOPES.join(',')),
    async ({ connection, options, asJson }) =>
      (await keys()).createKey(
        connection,
        { ...options, workspaceId: options.workspace ?? connection.workspaceId() },
        asJson,
      ),
  );
  acting<{ workspace?: string }>(
    ofWorkspace(key.command('list').description('keys that are not revoked')),
    async ({ connection, options, asJson }) =>
      (await keys()).listKeys(connection, options.workspace ?? connection.workspaceId(), asJson),
  );
  acting<{ workspace?: string }>(
    ofWorkspace(key.command('revoke <id>').description('end a key')),
    async ({ connection, options, asJson, argument }) =>
      (await keys()).revokeKey(connection, options.workspace ?? connection.workspaceId(), argument, asJson),
  );
}

function addResourceCommands(parent: Command, path: string, columns: readonly string[]): void {
  acting(parent.command('list').description('all of them'), async ({ connection, asJson }) => {
    printList(await collect(connection.api(), `/v1/${path}`), columns, asJson);
  });
  acting(parent.command('show <id>').description('one of them'), async ({ connection, asJson, argument }) => {
    printOne(await connection.api().get<Shown>(`/v1/${path}/${argument}`), asJson);
  });
}

function addSubscriberCommands(subscriber: Command): void {
  acting<{ psid?: string; externalId?: string; email?: string }>(
    subscriber
      .command('find')
      .description('find people by what you know of them')
      .option('--psid <psid>', 'Page-scoped id')
      .option('--external-id <id>', 'your own id')
      .option('--email <address>', 'e-mail address'),
    async ({ connection, options: { psid, externalId, email }, asJson }) => {
      if (psid === undefined && externalId === undefined && email === undefined) {
        throw new CommandError('Say whom to find: --psid, --external-id or --email.');
      }
      printList(
        await collect(connection.api(), '/v1/subscribers', { psid, externalId, email }),
        SUBSCRIBER_COLUMNS,
        asJson,
      );
    },
  );
}

function addInboxCommands(inbox: Command): void {
  acting(
    inbox.command('list').description('events that are dead after their last try'),
    async ({ connection, asJson }) => (await deadEvents()).listInbox(connection, asJson),
  );
  acting(
    inbox.command('replay <id>').description('let a dead event be tried again'),
    async ({ connection, asJson, argument }) => (await deadEvents()).replayEvent(connection, argument, asJson),
  );
}

function addWhyCommand(command: Command): void {
  acting<{ subscriber: string; campaign?: string }>(
    command
      .description('say in one sentence why a person was written to or not')
      .requiredOption('--subscriber <id>', 'the person')
      .option('--campaign <id>', 'ask about that campaign only'),
    ({ connection, options, asJson }) => why(connection.api(), options.subscriber, options.campaign, asJson),
  );
}

/** Every command knows `--data` and `--json`, and gets what it speaks to. */
function acting<Options>(command: Command, act: (call: Act<Options>) => Promise<void>): void {
  command
    .option('--data <dir>', 'directory of the running stack', DEFAULT_DATA_DIRECTORY)
    .option('--json', 'print JSON')
    .action(async (...received: unknown[]) => {
      const options = command.opts<Options & CommonOptions>();
      const connection = new Connection(options.data, loadLauncherEnvironment());
      const argument = typeof received[0] === 'string' ? received[0] : '';
      await act({ connection, options, asJson: options.json === true, argument });
    });
}

async function collect(api: ApiClient, path: string, query: Query = {}): Promise<Shown[]> {
  const found: Shown[] = [];
  for await (const thing of api.list<Shown>(path, query)) found.push(thing);
  return found;
}
