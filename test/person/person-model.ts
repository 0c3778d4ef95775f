const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPACING = 12 * HOUR;
const TITLE_RESTS = 7 * DAY;

/** An opt-in as Meta reports it. */
export interface ModelOptIn {
  readonly atMs: number;
  readonly topic: number;
  readonly token: string;
  /** Names the stored event. */
  readonly inboxId: string;
}

/** What the person wrote or did, or what Meta says of a message; applied by the drainer. */
export type ModelEvent =
  | { readonly kind: 'wrote'; readonly atMs: number }
  | { readonly kind: 'opted_in'; readonly optIn: ModelOptIn }
  | { readonly kind: 'delivered'; readonly campaign: number };

/** A wish to ask the person. */
export interface ModelRequest {
  readonly topic: number;
  readonly waits: boolean;
  state: 'waiting' | 'refused' | 'sending' | 'asked' | 'opted_in' | 'cancelled';
  askedAtMs: number | null;
}

/** A message of a campaign to the person. */
export interface ModelSend {
  state: 'queued' | 'held' | 'accepted' | 'delivered' | 'refused' | 'failed' | 'cancelled';
  dueMs: number | null;
}

/** What an opt-out came by. */
export type OptOutSource = 'word' | 'notice' | 'api' | 'import' | 'send_error';

const BACK: readonly ModelSend['state'][] = ['refused', 'failed', 'cancelled'];

/**
 * One person as plain values. What was said is a set of words with their times: whatever follows from it is computed
 * from the set, so it cannot depend on the order in which the words came.
 */
export class PersonModel {
  /** Taken in and not applied. */
  pending: ModelEvent[] = [];
  /** Applied by the drainer; consent and token are the workflow's to store. */
  readonly toStore: ModelOptIn[] = [];
  readonly stored: ModelOptIn[] = [];
  readonly optOuts: number[] = [];
  readonly proofs = { optIns: 0, optOuts: 0 };
  readonly wakes = { optedIn: 0, optedOut: 0 };
  unsubscribes = 0;
  wasAsked = false;
  windowUntilMs: number | null = null;
  /** By which the person can be reached. */
  token: string | null = null;
  readonly requests: ModelRequest[] = [];
  readonly sends: (ModelSend | null)[] = [null, null];
  slotUntilMs: number | null = null;
  readonly orders = new Map<string, Map<string, number>>();
  runs = 0;

  constructor(public nowMs: number) {}

  private get leftAtMs(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.optOuts);
  }

  private get cameAtMs(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.stored.map(({ atMs }) => atMs));
  }

  /** The newest word counts; of two at one moment the one that leaves. */
  get consent(): 'none' | 'asked' | 'granted' | 'revoked' {
    if (this.cameAtMs > this.leftAtMs) return 'granted';
    if (this.optOuts.length > 0) return 'revoked';
    return this.wasAsked ? 'asked' : 'none';
  }

  get consentAtMs(): number | null {
    const newest = Math.max(this.cameAtMs, this.leftAtMs);
    return newest === Number.NEGATIVE_INFINITY ? null : newest;
  }

  /** Those opted in to since the person left last. */
  get topics(): number[] {
    const since = this.stored.filter(({ atMs }) => atMs > this.leftAtMs);
    return [...new Set(since.map(({ topic }) => topic))].sort();
  }

  optOut(atMs: number, source: OptOutSource): void {
    const register = this.consentAtMs;
    const counts = register === null || atMs > register || (atMs === register && this.consent !== 'revoked');
    this.optOuts.push(atMs);
    this.proofs.optOuts += 1;
    if (!counts) return;
    this.wakes.optedOut += 1;
    if (source === 'word' || source === 'api') this.unsubscribes += 1;
  }

  drain(): void {
    for (const event of this.pending) this.apply(event);
    this.pending = [];
  }

  private apply(event: ModelEvent): void {
    switch (event.kind) {
      case 'wrote':
        this.windowUntilMs = Math.max(this.windowUntilMs ?? 0, event.atMs + DAY);
        return;
      case 'opted_in':
        this.applyOptIn(event.optIn);
        return;
      case 'delivered':
        this.deliver(event.campaign);
    }
  }

  private applyOptIn(optIn: ModelOptIn): void {
    const counts = optIn.atMs > this.leftAtMs;
    this.proofs.optIns += 1;
    this.answer(optIn.topic, counts ? ['asked', 'sending', 'waiting'] : ['asked', 'sending']);
    if (!counts) return;
    this.toStore.push(optIn);
    this.wakes.optedIn += 1;
  }

  private answer(topic: number, from: readonly ModelRequest['state'][]): void {
    for (const request of this.requests) {
      if (request.topic === topic && from.includes(request.state)) request.state = 'opted_in';
    }
  }

  /** Consent and token together; what was left since it was said is not brought back. */
  store(optIn: ModelOptIn): void {
    const place = this.toStore.indexOf(optIn);
    if (place < 0) return;
    this.toStore.splice(place, 1);
    const isNewest = optIn.atMs > (this.consentAtMs ?? Number.NEGATIVE_INFINITY);
    if (optIn.atMs <= this.leftAtMs) return;
    this.stored.push(optIn);
    if (isNewest || this.token === null) this.token = optIn.token;
    this.answer(optIn.topic, ['waiting', 'sending', 'asked']);
  }

  /** The workflow clears up after an opt-out. */
  finishOptOut(): void {
    if (this.consent !== 'revoked') return;
    for (const request of this.requests) if (request.state === 'waiting') request.state = 'cancelled';
    for (const send of this.sends) {
      if (send?.state === 'queued' || send?.state === 'held') Object.assign(send, { state: 'cancelled', dueMs: null });
    }
  }

  request(topic: number, waits: boolean): void {
    const objection = this.objectionTo(topic);
    const state = objection === null || (waits && objection === 'later') ? 'waiting' : 'refused';
    this.requests.push({ topic, waits, state, askedAtMs: null });
  }

  /** The workflow asks Meta. @returns whether bytes leave */
  ask(request: ModelRequest): boolean {
    if (request.state !== 'waiting') return false;
    const objection = this.topics.includes(request.topic) ? 'done' : this.objectionTo(request.topic);
    if (objection === null) Object.assign(request, { state: 'sending', askedAtMs: this.nowMs });
    else if (objection === 'done') request.state = 'opted_in';
    else if (objection === 'never' || !request.waits) request.state = 'refused';
    return objection === null;
  }

  asked(request: ModelRequest): void {
    if (request.state !== 'sending') return;
    request.state = 'asked';
    this.wasAsked = true;
  }

  private objectionTo(topic: number): 'never' | 'later' | null {
    const lastAction = this.windowUntilMs === null ? null : this.windowUntilMs - DAY;
    if (this.consent === 'revoked' && (lastAction === null || lastAction <= this.leftAtMs)) return 'never';
    if (this.topics.includes(topic)) return 'never';
    if (this.windowUntilMs === null || this.windowUntilMs <= this.nowMs) return 'later';
    return this.requests.some((request) => request.topic === topic && this.restsSince(request)) ? 'later' : null;
  }

  private restsSince({ askedAtMs }: ModelRequest): boolean {
    return askedAtMs !== null && this.nowMs < askedAtMs + TITLE_RESTS;
  }

  choose(campaign: number): void {
    const send = this.sends[campaign] ?? null;
    if (send === null) this.sends[campaign] = { state: 'queued', dueMs: null };
    else if (BACK.includes(send.state)) Object.assign(send, { state: 'queued', dueMs: null });
  }

  /** A batch of the campaign, and Meta's answer to what leaves. @returns whether the person was written to */
  draw(campaign: number, answer: 'accepted' | 'left'): boolean {
    const send = this.sends[campaign] ?? null;
    if (send === null || !this.isItsTurn(send)) return false;
    send.dueMs = null;
    if (this.consent !== 'granted' || this.token === null) send.state = 'refused';
    else if (this.slotUntilMs !== null && this.slotUntilMs > this.nowMs) {
      Object.assign(send, { state: 'held', dueMs: this.slotUntilMs });
    } else if (answer === 'left') {
      send.state = 'failed';
      this.token = null;
      this.optOut(this.nowMs, 'send_error');
      return true;
    } else {
      send.state = 'accepted';
      this.slotUntilMs = this.nowMs + SPACING;
      return true;
    }
    return false;
  }

  private isItsTurn({ state, dueMs }: ModelSend): boolean {
    return state === 'queued' || (state === 'held' && (dueMs ?? 0) <= this.nowMs);
  }

  private deliver(campaign: number): void {
    const send = this.sends[campaign];
    if (send?.state === 'accepted') send.state = 'delivered';
  }

  /** @returns what the shop is told */
  order(order: string, status: string, atMs: number): 'duplicate' | 'stale' | 'accepted' | 'no_automation' {
    const known = this.orders.get(order) ?? new Map<string, number>();
    this.orders.set(order, known);
    if (known.has(status)) return 'duplicate';
    const isStale = [...known.values()].some((earlier) => earlier > atMs);
    known.set(status, atMs);
    if (isStale) return 'stale';
    if (status !== 'SHIPPED') return 'no_automation';
    this.runs += 1;
    return 'accepted';
  }
}
