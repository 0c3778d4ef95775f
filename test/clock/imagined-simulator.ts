import type { ClockSetting, SimulatorClock, SimulatorState } from '../../src/clock/simulator-clock';

/** A simulator that has nothing but events at moments. */
export class ImaginedSimulator implements SimulatorClock {
  readonly settings: ClockSetting[] = [];
  /** Events played, each with the moment the clock stood at. */
  readonly played: { readonly dueMs: number; readonly nowMs: number }[] = [];
  unacknowledged = 0;
  seq = 0;
  nowMs = 0;
  /** Runs before every look. */
  beforeLook: () => void = () => undefined;

  constructor(private events: readonly number[] = []) {}

  look(): Promise<SimulatorState> {
    this.beforeLook();
    const [next] = this.events;
    const isQuiet = this.unacknowledged === 0 && (next === undefined || next > this.nowMs);
    return Promise.resolve({ nowMs: this.nowMs, nextDueMs: next ?? null, isQuiet, seq: this.seq });
  }

  set(setting: ClockSetting): Promise<void> {
    this.settings.push(setting);
    this.nowMs = setting.nowMs;
    for (const dueMs of this.events.filter((event) => event <= setting.nowMs)) {
      this.played.push({ dueMs, nowMs: setting.nowMs });
      this.seq += 1;
    }
    this.events = this.events.filter((event) => event > setting.nowMs);
    return Promise.resolve();
  }
}

/** Graph calls that go to Meta: there is no clock to set. */
export const noSimulator: SimulatorClock = { look: () => Promise.resolve(null), set: () => Promise.resolve() };
