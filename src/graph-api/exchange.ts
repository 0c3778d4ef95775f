import type { Dispatcher } from 'undici';
import { crashPointOnceWritten } from '../crash-points';
import type { NotSentReason, UnknownReason } from './graph-result';
import type { AnswerHeaders } from './usage-headers';

/** How one request and its answer went, before anyone reads what the answer says. */
export type ExchangeOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: AnswerHeaders; readonly text: string }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason }
  | { readonly kind: 'not_sent'; readonly reason: NotSentReason };

/** What the sender of a message may add to a call. */
export interface SendOptions {
  /** The first byte leaves before this moment of `performance.now()`, else the result is `not_sent`. */
  readonly leaveBeforeMs?: number;
  /** Hears that the first byte leaves; never, where nothing does. */
  readonly onLeave?: () => void;
}

export interface ExchangeLimits extends SendOptions {
  /** The whole exchange ends after this long, milliseconds. */
  readonly deadlineMs: number;
}

/** No answer of Meta's comes near it; a larger one would only fill the memory. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const NOT_SENT_BY_CODE: Readonly<Record<string, NotSentReason>> = {
  ENOTFOUND: 'name_not_resolved',
  EAI_AGAIN: 'name_not_resolved',
  UND_ERR_DESTROYED: 'client_closed',
  UND_ERR_CLOSED: 'client_closed',
};

/**
 * Sends one request and says exactly how far it came. undici calls `onRequestStart` right before it writes, so an end
 * that comes earlier proves that nothing left; that is why this is a handler and not `pool.request()`.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
): Promise<ExchangeOutcome> {
  return new Promise((resolve) => {
    dispatcher.dispatch(request, new ExchangeHandler(limits, resolve));
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private settled = false;
  private status = 0;
  private headers: AnswerHeaders = {};
  private chunks: Buffer[] = [];
  private receivedBytes = 0;

  constructor(
    private readonly limits: ExchangeLimits,
    private readonly resolve: (outcome: ExchangeOutcome) => void,
  ) {
    this.timer = setTimeout(() => {
      this.giveUp();
    }, limits.deadlineMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.controller !== undefined || this.settled) {
      controller.abort(new Error('A request is written once.'));
    } else if (performance.now() > (this.limits.leaveBeforeMs ?? Infinity)) {
      this.settle({ kind: 'not_sent', reason: 'too_late' });
      controller.abort(new Error('It is too late to begin.'));
    } else {
      this.controller = controller;
      this.limits.onLeave?.();
      if (this.limits.leaveBeforeMs !== undefined) crashPointOnceWritten('after-bytes-left');
    }
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.receivedBytes <= MAX_ANSWER_BYTES) this.chunks.push(chunk);
    else controller.abort(new Error('The answer is too large.'));
  }

  onResponseEnd(): void {
    const text = Buffer.concat(this.chunks).toString('utf8');
    this.settle({ kind: 'answered', status: this.status, headers: this.headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.controller === undefined) this.settle({ kind: 'not_sent', reason: notSentReason(error) });
    else this.settle({ kind: 'unknown', reason: this.status === 0 ? 'connection_lost' : 'broken_answer' });
  }

  private giveUp(): void {
    this.settle(
      this.controller === undefined ? { kind: 'not_sent', reason: 'too_late' } : { kind: 'unknown', reason: 'timeout' },
    );
    this.controller?.abort(new Error('The deadline has passed.'));
  }

  private settle(outcome: ExchangeOutcome): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.resolve(outcome);
  }
}

function notSentReason(error: Error): NotSentReason {
  return NOT_SENT_BY_CODE[(error as NodeJS.ErrnoException).code ?? ''] ?? 'connection_failed';
}
