/** Numbers that look random and are the same for the same seed. */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0 up to, but not including, a limit. */
  public below(limit: number): number { return Math.floor(this.next() * limit); }

  public chance(probability: number): boolean { return this.next() < probability; }

  public pick<T>(items: readonly T[]): T { return items[this.below(items.length)]; }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
