import { ApiClient } from '../api-client';
import { CommandError } from '../command-error';
import { dataDirectoryAt } from '../launcher/data-directory';
import { readRuntime, type Runtime } from '../launcher/runtime-file';
import { SimulatorControl } from '../launcher/simulator-control';
import { waitUntil } from '../launcher/wait-until';
import type { Terminal } from '../terminal/terminal';

interface Named {
  readonly id: string;
  readonly title?: string;
}

interface Sync {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly seen: number;
  readonly added: number;
}

/** As the simulator's control API takes them. */
interface People {
  readonly pageId: string;
  readonly source: 'OPT_IN' | 'SUBSCRIBER_LIST';
  readonly list?: string;
  readonly count: number;
}

const TOPIC = {
  title: 'New arrivals',
  expectation: 'One message a week when something new arrives.',
  kinds: ['arrivals'],
};

/** The people of the FAQ's example. */
const OPTED_IN = 500;
const LISTS = [
  { name: 'Spring customers', people: 200 },
  { name: 'Summer customers', people: 300 },
] as const;

const SYNC_TIMEOUT_MS = 120_000;

/** Gives the running stack the FAQ's Page: a topic and 1,000 people. What is there already stays. */
export async function seed(data: string, terminal: Terminal): Promise<void> {
  const runtime = readRuntime(dataDirectoryAt(data));
  const { simulator, simulatorUrl } = runtime;
  if (!simulator || simulatorUrl === undefined) {
    throw new CommandError(
      'This stack has no simulator of its own, and nobody is made up at Meta: unset GRAPH_API_URL to seed.',
    );
  }
  const api = new ApiClient(runtime.apiUrl, runtime.apiKey);
  const pageId = await terminal.step('Page', () => connectPage(api, simulator));
  await terminal.step(`Topic ${TOPIC.title}`, () => makeTopic(api, pageId));
  await terminal.step('People already there', () => importPeople(api, pageId));
  const control = new SimulatorControl(simulatorUrl);
  const made = await terminal.step('People at Meta', () => makePeople(api, control, pageId, simulator.pageId));
  const sync = await terminal.step('Import of the token list', () => importPeople(api, pageId));
  terminal.line(`Page ${pageId}: ${made} people made, ${sync.seen} tokens read, ${sync.added} people new to Herald.`);
}

async function connectPage(api: ApiClient, page: NonNullable<Runtime['simulator']>): Promise<string> {
  const { pageId: metaPageId, pageToken, systemUserToken, adAccountId } = page;
  const known = await first(api.list<Named>('/v1/pages', { metaPageId }));
  if (known) return known.id;
  const connected = await api.post<Named>('/v1/pages', {
    metaPageId,
    platform: 'messenger',
    pageToken,
    systemUserToken,
    adAccountId,
  });
  return connected.id;
}

async function makeTopic(api: ApiClient, pageId: string): Promise<void> {
  for await (const topic of api.list<Named>('/v1/topics', { pageId })) if (topic.title === TOPIC.title) return;
  await api.post('/v1/topics', { pageId, ...TOPIC });
}

/** Makes those who are missing, by source: so a seed that was interrupted is completed by the next. */
async function makePeople(
  api: ApiClient,
  control: SimulatorControl,
  pageId: string,
  metaPageId: string,
): Promise<number> {
  const optedIn = await count(api.list('/v1/subscribers', { pageId, source: 'opt_in' }));
  let listed = await count(api.list('/v1/subscribers', { pageId, source: 'contact_list' }));
  let made = await make(control, { pageId: metaPageId, source: 'OPT_IN', count: OPTED_IN - optedIn });
  for (const { name, people } of LISTS) {
    made += await make(control, { pageId: metaPageId, source: 'SUBSCRIBER_LIST', list: name, count: people - listed });
    listed = Math.max(0, listed - people);
  }
  return made;
}

async function make(control: SimulatorControl, people: People): Promise<number> {
  if (people.count <= 0) return 0;
  await control.call('POST', 'people', people);
  return people.count;
}

async function importPeople(api: ApiClient, pageId: string): Promise<Sync> {
  const path = `/v1/pages/${pageId}/sync-subscribers`;
  const { id } = await api.post<Sync>(path);
  let sync: Sync | undefined;
  await waitUntil(async () => {
    sync = await api.get<Sync>(`${path}/${id}`);
    return sync.state !== 'running';
  }, SYNC_TIMEOUT_MS);
  if (sync?.state === 'done') return sync;
  throw new CommandError(
    `The import of the token list ${sync?.state === 'failed' ? 'failed' : 'is still running'}: see worker.log, then seed again.`,
  );
}

async function first<Item>(items: AsyncIterable<Item>): Promise<Item | undefined> {
  for await (const item of items) return item;
  return undefined;
}

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let counted = 0;
  for await (const _item of items) counted += 1;
  return counted;
}
