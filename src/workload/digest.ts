import { createHash } from 'node:crypto';

/** A short name for a content: the same bytes give the same name, on every machine. */
export function digest(...contents: string[]): string {
  const hash = createHash('sha256');
  for (const content of contents) {
    // the length keeps ("ab", "c") and ("a", "bc") apart.
    hash.update(`${Buffer.byteLength(content)}:`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}
