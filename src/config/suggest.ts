/** The candidate most like a misspelled word, when one is near enough to be meant. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  const given = word.toLowerCase().replace(/_/g, '-');
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(given, candidate.toLowerCase());
    // any two letters are near any other two: less than half may be wrong.
    if (distance < least && distance * 2 < Math.max(given.length, candidate.length)) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** How many letters to insert, remove or replace to make one word of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length];
}
