/** Business time inside a workflow: the newest moment that was seen, running on with the workflow's own time. */
export class BusinessClock {
  private seenMs = Number.NEGATIVE_INFINITY;
  private offsetMs = 0;

  /** @returns milliseconds since the Unix epoch (UTC) */
  nowMs(): number {
    return Date.now() + this.offsetMs;
  }

  /**
   * Takes over a moment that was read elsewhere. One older than another already seen says nothing: it was read before
   * the clock moved.
   *
   * @param nowMs - business time, milliseconds since the Unix epoch (UTC)
   * @param askedAtMs - the workflow's time when the reading was asked for: an answer that lay in a queue for an hour
   *   must not put the clock back by that hour
   */
  learn(nowMs: number, askedAtMs: number = Date.now()): void {
    if (!(nowMs >= this.seenMs)) return;
    this.seenMs = nowMs;
    this.offsetMs = nowMs - askedAtMs;
  }
}
