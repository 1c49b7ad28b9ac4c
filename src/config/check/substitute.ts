/** A piece of text that was put in for another. */
interface Edit {
  /** Where the new piece begins and ends in the new text. */
  readonly start: number;
  readonly end: number;

  /** Where the old piece began and ended in the old text. */
  readonly oldStart: number;
  readonly oldEnd: number;
}

/** A text in which variables are replaced, and the way back to the text that was written. */
export interface Substituted {
  /** `undefined` when it would be too long. */
  readonly text?: string;
  readonly length: number;

  /** Where in the written text something stands. */
  readonly original: (offset: number) => number;
}

/**
 * Replaces `%(NODEPOOL_…)` as Nodepool does: in the text, before it is YAML, one variable after the other in their order,
 * so that a value may bring in a variable that comes later. It stops as soon as the text is longer than the limit.
 */
export function substitute(text: string, env: Readonly<Record<string, string>>, limit: number): Substituted {
  const rounds: Edit[][] = [];
  const original = (offset: number) => rounds.reduceRight(before, offset);
  let current = text;
  if (text.length > limit) { return { length: text.length, original }; }
  for (const [name, value] of Object.entries(env)) {
    const variable = `%(${name})`;
    if (!name.startsWith('NODEPOOL_') || !current.includes(variable)) { continue; }
    const pieces = current.split(variable);
    const length = current.length + (pieces.length - 1) * (value.length - variable.length);
    if (length > limit) { return { length, original }; }
    rounds.push(editsOf(pieces, variable.length, value.length));
    current = pieces.join(value);
  }
  return { text: current, length: current.length, original };
}

function editsOf(pieces: readonly string[], oldLength: number, length: number): Edit[] {
  let [start, oldStart] = [0, 0];
  return pieces.slice(0, -1).map(piece => {
    start += piece.length;
    oldStart += piece.length;
    const edit = { start, end: start + length, oldStart, oldEnd: oldStart + oldLength };
    [start, oldStart] = [edit.end, edit.oldEnd];
    return edit;
  });
}

/** Where something stood before a round of edits; inside a new piece that is where the old one began. */
function before(offset: number, edits: readonly Edit[]): number {
  let [low, high] = [0, edits.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (edits[middle].start <= offset) { low = middle + 1; } else { high = middle; }
  }
  const edit = edits[low - 1];
  if (!edit) { return offset; }
  return offset < edit.end ? edit.oldStart : offset - edit.end + edit.oldEnd;
}
