import type { Access } from '../model/accesses';
import type { World } from '../model/world';
import type { Params } from './params';

export type Method = 'GET' | 'POST' | 'DELETE';

/** A Graph request with a good token. */
export interface GraphCall {
  readonly world: World;
  readonly method: Method;
  /** Path without version, in parts: `['act_12', 'messages']`. */
  readonly parts: readonly string[];
  readonly params: Params;
  readonly access: Access;
  /** The app that calls, as far as it can be told. */
  readonly appId: string | undefined;
  /** Where the caller reached us, for links to the next page of a list. */
  readonly origin: string;
  /** Version that answers, e.g. `v25.0`. */
  readonly version: string;
  /** Business time. */
  readonly nowMs: number;
}

/** A body to be written as JSON. */
export type GraphAnswer = object;

export type GraphHandler = (call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;
