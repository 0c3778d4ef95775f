import { asNumber, asRecord, asText } from '../graph-api/tolerant-json';
import type { SimulatorControl } from './simulator-control';

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

/** The simulator's clock over its control API. */
export class HttpSimulatorClock implements SimulatorClock {
  constructor(private readonly control: SimulatorControl) {}

  async look(): Promise<SimulatorState | null> {
    const state = await this.control.call('GET', '');
    return state === null ? null : readState(state);
  }

  async set({ nowMs, frozen, wallMs }: ClockSetting): Promise<void> {
    if (!(await this.control.isThere())) return;
    const body = { now: isoOf(nowMs), frozen, wallAt: isoOf(wallMs) };
    if ((await this.control.call('POST', '/clock', body)) === null) throw new Error('The simulator has no clock.');
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
