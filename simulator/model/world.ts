import { BusinessClock, type ClockRow } from '../clock/business-clock';
import type { SimEvent } from '../clock/event';
import { EventQueue } from '../clock/event-queue';
import { Player } from '../clock/player';
import { History } from '../store/history';
import { Journal } from '../store/journal';
import { compactJournal, replayJournal } from '../store/replay';
import { Table, type JournalSource, type Row } from '../store/table';
import type { WebhookAttempt, WebhookDelivery } from '../webhooks/delivery';
import { WebhookPoster } from '../webhooks/poster';
import { Accesses } from './accesses';
import type { App } from './app';
import type { Audience } from './audience';
import { Campaigns } from './campaigns';
import { PAID_MESSAGES, PROFILE_FAULTS, type Fault } from './fault';
import { Ids, type Counter } from './ids';
import type { Page } from './page';
import { MINUTE_MS, SECOND_MS } from './periods';
import { People } from './people';
import { Quota } from './quota';
import type { RequestRecord } from './request-record';
import type { Send } from './send';
import { Sends } from './sends';
import type { ProfileName, Settings } from './settings';
import { SettingsStore } from './settings-store';

const KEPT_RECORDS = 500_000;

interface Meta extends Row {
  profile: ProfileName;
}

export interface WorldOptions {
  /** The journal's file. */
  readonly journalPath: string;
  readonly profile: ProfileName;
  readonly seed: number;
}

/** All the simulator knows. One thread changes it, so a check and the change that rests on it are never torn apart. */
export class World {
  readonly seed: number;
  readonly ids: Ids;
  readonly clock: BusinessClock;
  readonly queue: EventQueue;
  readonly player: Player;
  readonly poster: WebhookPoster;
  readonly apps: Table<App>;
  readonly pages: Table<Page>;
  readonly accesses = new Accesses();
  /** Sends of each ad account in this second, and campaigns it created in this minute, of wall time. */
  readonly sendQuota = new Quota(SECOND_MS);
  readonly creationQuota = new Quota(MINUTE_MS);
  readonly people: People;
  readonly campaigns: Campaigns;
  readonly sends: Sends;
  readonly audiences: Table<Audience>;
  readonly faults: Table<Fault>;
  readonly deliveries: Table<WebhookDelivery>;
  readonly attempts: History<WebhookAttempt>;
  readonly requests: History<RequestRecord>;
  readonly refusals: History<Send>;
  readonly settings: SettingsStore;
  private readonly meta: Table<Meta>;
  private readonly clockRows: Table<ClockRow>;
  private readonly events: Table<SimEvent>;
  private readonly counters: Table<Counter>;
  private openJournal: Journal | undefined;
  private sequence = 0;

  constructor(
    private readonly options: WorldOptions,
    play: (world: World, event: SimEvent) => void,
  ) {
    const touch = (): void => this.openJournal?.touch();
    const table = <R extends Row>(name: string): Table<R> => new Table<R>(name, touch);
    const history = <R>(name: string): History<R> => new History<R>(name, KEPT_RECORDS, touch);
    this.seed = options.seed;
    this.meta = table('meta');
    this.clockRows = table('clock');
    this.events = table('events');
    this.counters = table('counters');
    this.apps = table('apps');
    this.pages = table('pages');
    this.audiences = table('audiences');
    this.faults = table('faults');
    this.deliveries = table('deliveries');
    this.attempts = history('attempts');
    this.requests = history('requests');
    this.refusals = history('refusals');
    this.ids = new Ids(this.counters, options.seed);
    this.people = new People(this.ids, touch);
    this.campaigns = new Campaigns(touch);
    this.sends = new Sends(touch);
    this.settings = new SettingsStore(() => this.profile, touch);
    this.clock = new BusinessClock(this.clockRows);
    this.queue = new EventQueue(this.events, () => {
      this.player.wake();
    });
    this.player = new Player(this.clock, this.queue, (event) => {
      play(this, event);
      this.bump();
    });
    this.poster = new WebhookPoster(this);
  }

  /** Takes up what the journal holds, or begins anew. */
  async open(): Promise<void> {
    const { journalPath } = this.options;
    this.sequence = await replayJournal(journalPath, this.sources);
    compactJournal(journalPath, this.sources, this.sequence);
    this.openJournal = new Journal(journalPath, this.sources, () => this.sequence);
    if (this.meta.size === 0) this.begin(this.options.profile);
    this.clock.resume();
    for (const page of this.pages.values()) this.accesses.index(page);
    this.people.resume();
    this.campaigns.resume();
    this.sends.resume();
    this.queue.reload();
    this.poster.resume();
  }

  close(): void {
    this.player.stop();
    this.poster.stop();
    this.journal.close();
  }

  get journal(): Journal {
    if (!this.openJournal) throw new Error('the world is not open');
    return this.openJournal;
  }

  get profile(): ProfileName {
    return this.meta.get('meta')?.profile ?? this.options.profile;
  }

  /** A number that grows with every change of state. */
  get seq(): number {
    return this.sequence;
  }

  bump(): void {
    this.sequence += 1;
  }

  settingsOf(pageId?: string): Settings {
    return this.settings.of(pageId);
  }

  /** Stores a new Page or a changed one. */
  putPage(page: Page): void {
    this.pages.put(page);
    this.accesses.index(page);
  }

  /** Ends an app's webhooks of a Page, those under way included. */
  unsubscribe(pageId: string, appId: string): void {
    const page = this.pages.get(pageId);
    if (!page) return;
    page.subscribedFields = Object.fromEntries(Object.entries(page.subscribedFields).filter(([id]) => id !== appId));
    this.pages.put(page);
    for (const delivery of this.deliveries.values()) {
      if (delivery.pageId === pageId && delivery.appId === appId) this.deliveries.delete(delivery.id);
    }
  }

  /** Takes a profile's settings, and of faults its own alone. */
  useProfile(profile: ProfileName): void {
    this.meta.put({ id: 'meta', profile });
    this.faults.clear();
    for (const { kind, share } of PROFILE_FAULTS[profile] ?? []) {
      this.faults.put({ id: `f${this.ids.count('fault')}`, path: PAID_MESSAGES, kind, share, seen: 0 });
    }
  }

  removeEvents(isGone: (event: SimEvent) => boolean): void {
    for (const event of this.events.values()) if (isGone(event)) this.events.delete(event.id);
    this.queue.reload();
  }

  private begin(profile: ProfileName): void {
    this.useProfile(profile);
    this.clock.run(Date.now(), Date.now(), false);
  }

  private get sources(): JournalSource[] {
    return [
      ...[this.meta, this.clockRows, this.counters, this.apps, this.pages, this.settings.table, this.audiences],
      ...[...this.people.sources, this.campaigns.table, this.sends.table, this.events, this.faults],
      ...[this.deliveries, this.attempts, this.requests, this.refusals],
    ];
  }
}
