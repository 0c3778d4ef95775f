import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error';
import type { EffectTransaction } from './effect-transaction';

/** What runs once the facts are committed. */
export type AfterCommit = () => Promise<void> | void;

const hooksOfTransaction = new AsyncLocalStorage<AfterCommit[]>();
const effectOfRequest = new AsyncLocalStorage<EffectTransaction>();

/** What belongs to the request or transaction that is under way, without being handed from call to call. */
export const RequestContext = {
  /**
   * Runs `hook` after the transaction that is under way has committed, and never if it rolls back. The answer waits
   * for it.
   *
   * @throws Error outside `Tenant.transaction`: there is no commit to wait for
   */
  afterCommit(hook: AfterCommit): void {
    const hooks = hooksOfTransaction.getStore();
    if (hooks === undefined) throw new Error('afterCommit was called outside a transaction.');
    hooks.push(hook);
  },

  /** Runs `work`, collecting its hooks in `hooks`. */
  collecting<T>(hooks: AfterCommit[], work: () => Promise<T>): Promise<T> {
    return hooksOfTransaction.run(hooks, work);
  },

  /** The transaction that all of a request with an `Idempotency-Key` shares with its stored answer. */
  effect(): EffectTransaction | undefined {
    return effectOfRequest.getStore();
  },

  /** Runs `work` so that every `Tenant.transaction` in it joins `effect`. */
  within<T>(effect: EffectTransaction, work: () => Promise<T>): Promise<T> {
    return effectOfRequest.run(effect, work);
  },
};

/** Runs hooks one after the other. The facts are committed: a hook that fails is logged and changes no answer. */
export async function runHooks(hooks: readonly AfterCommit[]): Promise<void> {
  for (const hook of hooks) {
    try {
      await hook();
    } catch (error) {
      new Logger('AfterCommit').error(describeError(error));
    }
  }
}
