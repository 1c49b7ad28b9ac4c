/** Something that was expected and not seen. */
export class Unexpected extends Error {}

/** Ends a scenario where the condition does not hold. */
export function expectThat(condition: unknown, message: string): asserts condition {
  if (!condition) { throw new Unexpected(message); }
}

/** Two values that must be equal as JSON. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [actual, expected].map(value => JSON.stringify(value));
  expectThat(a === b, `${what}: expected ${b}, got ${a}`);
}

export function sleep(seconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, seconds * 1000));
}

/** Seconds since a moment, for people. */
export function since(begun: number): string {
  return `${((Date.now() - begun) / 1000).toFixed(1)} s`;
}

/**
 * Asks again until there is an answer, and returns it. An error counts as no answer, since what is waited for may not even exist yet; the
 * last one is shown when the time is over.
 */
export async function waitFor<T>(what: string, seconds: number, probe: () => Promise<T | undefined | false>, every = 0.5): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) { return answer; }
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) { break; }
    await sleep(every);
  }
  throw new Unexpected(`not seen within ${seconds} s: ${what}${last instanceof Error ? `\n${last.message}` : ''}`);
}
