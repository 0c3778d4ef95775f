import { Inject, Injectable } from '@nestjs/common';
import type { HeraldConfig } from '../config/env';
import { HERALD_CONFIG } from './herald-config';

const REQUESTS_PER_SECOND = 100;
const SANDBOX_REQUESTS_PER_SECOND = 1_000;
const WINDOW_MS = 1_000;

/** What is left of a workspace's requests in the second that runs. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly exceeded: boolean;
}

/** Counts the requests of each workspace in this process, second by second of wall clock. */
@Injectable()
export class RateLimit {
  private readonly limit: number;
  private used = new Map<string, number>();
  private window = 0;

  constructor(@Inject(HERALD_CONFIG) config: HeraldConfig) {
    this.limit = config.sandbox ? SANDBOX_REQUESTS_PER_SECOND : REQUESTS_PER_SECOND;
  }

  /** Counts one request. */
  take(workspaceId: string, nowMs = Date.now()): RateLimitState {
    const window = Math.floor(nowMs / WINDOW_MS);
    if (window !== this.window) {
      this.window = window;
      this.used = new Map();
    }
    const used = (this.used.get(workspaceId) ?? 0) + 1;
    this.used.set(workspaceId, used);
    return { limit: this.limit, remaining: Math.max(0, this.limit - used), exceeded: used > this.limit };
  }
}
