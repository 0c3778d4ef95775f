import type { Wake } from '../../src/outbox/wake';
import type { WorkflowOwner, WorkflowSignals } from '../../src/outbox/workflow-signals';

/** Remembers what was signalled; stands where Temporal is not the point of a test. */
export class RecordedSignals implements WorkflowSignals {
  readonly started: Wake[] = [];
  readonly opened: Wake[] = [];
  readonly ended: WorkflowOwner[] = [];
  /** Owners whose workflow is not open. */
  readonly closed = new Set<string>();
  /** Fails a signal, where it returns an error. */
  failure: (wake: Wake) => Error | undefined = () => undefined;
  /** Runs inside of every signal. */
  during: (wake: Wake) => Promise<void> = () => Promise.resolve();

  async signalWithStart(wake: Wake): Promise<void> {
    await this.during(wake);
    const failure = this.failure(wake);
    if (failure !== undefined) throw failure;
    this.started.push(wake);
  }

  async signalOpen(wake: Wake): Promise<boolean> {
    await this.during(wake);
    const failure = this.failure(wake);
    if (failure !== undefined) throw failure;
    if (this.closed.has(wake.ownerId)) return false;
    this.opened.push(wake);
    return true;
  }

  end(owner: WorkflowOwner): Promise<void> {
    this.ended.push(owner);
    return Promise.resolve();
  }

  /** Signals to one owner, by name. */
  to(ownerId: string): string[] {
    return [...this.started, ...this.opened].filter((wake) => wake.ownerId === ownerId).map((wake) => wake.signal);
  }
}

/** As gRPC says that nobody is there. */
export const unavailable = (): Error =>
  Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} });
