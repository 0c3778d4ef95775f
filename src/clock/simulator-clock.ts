import { request } from 'undici';
import { asNumber, asRecord, asText } from '../graph-api/tolerant-json';

/** Where the simulator stands; times in milliseconds (UTC). */
export interface SimulatorState {
  readonly nowMs: number;
  readonly nextDueMs: number | null;
  /** Nothing of its own is due or unanswered. */
  readonly isQuiet: boolean;
  /** Grows with every change of its state. */
  readonly seq: number;
}

/** A moment both clocks are set to. */
export interface ClockSetting {
  readonly nowMs: number;
  readonly frozen: boolean;
  /** The wall moment at which `nowMs` held. */
  readonly wallMs: number;
}

/** The other clock of the sandbox; where Graph calls go to Meta itself there is none. */
export interface SimulatorClock {
  /** @returns null without a simulator */
  look(): Promise<SimulatorState | null>;
  set(setting: ClockSetting): Promise<void>;
}

/** Meta's own host has no clock to set. */
const META_HOST = /(^|\.)(facebook|instagram)\.com$/;
const ANSWER_WITHIN_MS = 10_000;

/** The simulator's clock over its control API, at the address of the Graph API. */
export class HttpSimulatorClock implements SimulatorClock {
  private isThere: boolean | undefined;

  /** @param graphUrl - without a slash at its end */
  constructor(private readonly graphUrl: string) {
    if (META_HOST.test(new URL(graphUrl).hostname)) this.isThere = false;
  }

  async look(): Promise<SimulatorState | null> {
    if (this.isThere === false) return null;
    const state = await this.call('GET', '/__sim');
    this.isThere ??= state !== null;
    return state === null ? null : readState(state);
  }

  async set({ nowMs, frozen, wallMs }: ClockSetting): Promise<void> {
    if (this.isThere === undefined) await this.look();
    if (this.isThere === false) return;
    const body = { now: isoOf(nowMs), frozen, wallAt: isoOf(wallMs) };
    if ((await this.call('POST', '/__sim/clock', body)) === null) throw new Error('The simulator has no clock.');
  }

  /** @returns null where there is no such address */
  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const answer = await request(`${this.graphUrl}${path}`, {
      method,
      headersTimeout: ANSWER_WITHIN_MS,
      bodyTimeout: ANSWER_WITHIN_MS,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.body.text();
    if (answer.statusCode === 404) return null;
    if (answer.statusCode !== 200) throw new Error(`The simulator answers ${path} with ${answer.statusCode}.`);
    return JSON.parse(text) as unknown;
  }
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

function readState(state: unknown): SimulatorState {
  const fields = asRecord(state);
  const now = asText(asRecord(fields?.['clock'])?.['now']);
  const nextDue = asText(fields?.['nextDueAt']);
  const isQuiet = asNumber(fields?.['due']) === 0 && asNumber(fields?.['unacknowledged']) === 0;
  const seq = asNumber(fields?.['seq']);
  if (now === undefined || seq === undefined) throw new Error('The simulator does not say where it stands.');
  return { nowMs: Date.parse(now), nextDueMs: nextDue === undefined ? null : Date.parse(nextDue), isQuiet, seq };
}
