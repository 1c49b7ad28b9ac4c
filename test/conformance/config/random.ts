/** Numbers that look random and are the same for the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) { this.state = (Math.abs(Math.floor(seed)) % 2147483646) + 1; }

  /** A whole number from 0 up to, but not including, a limit. */
  public below(limit: number): number { return Math.floor(this.next() * limit); }

  public chance(probability: number): boolean { return this.next() < probability; }

  public pick<T>(items: readonly T[]): T { return items[this.below(items.length)]; }

  /** The generator of Lehmer with the multiplier of Park and Miller. */
  private next(): number {
    this.state = (this.state * 48271) % 2147483647;
    return this.state / 2147483647;
  }
}
