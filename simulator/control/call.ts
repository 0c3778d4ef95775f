import type { World } from '../model/world';
import type { HttpAnswer } from '../server/http';
import type { Schema } from './schema';

/** A control request whose path and body are in order. */
export interface ControlCall {
  readonly world: World;
  /** The parts of the path that stand in braces. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One operation of the control API: what it takes, what it answers, what it does. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly body?: Schema;
  readonly query?: readonly string[];
  /** Status and body of the answer when all is well. */
  readonly status: number;
  readonly answer?: Schema;
  readonly handle: (call: ControlCall) => HttpAnswer | Promise<HttpAnswer>;
}
