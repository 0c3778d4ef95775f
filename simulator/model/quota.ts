/** Counts what each owner did in the current stretch of wall time. Forgotten at a restart, as quotas are. */
export class Quota {
  private readonly used = new Map<string, { stretch: number; count: number }>();

  constructor(private readonly stretchMs: number) {}

  usedBy(owner: string): number {
    const entry = this.used.get(owner);
    return entry?.stretch === this.stretch() ? entry.count : 0;
  }

  /** Takes one, unless `limit` are taken already. */
  take(owner: string, limit: number): boolean {
    const count = this.usedBy(owner);
    if (count >= limit) return false;
    this.used.set(owner, { stretch: this.stretch(), count: count + 1 });
    return true;
  }

  private stretch(): number {
    return Math.floor(Date.now() / this.stretchMs);
  }
}
