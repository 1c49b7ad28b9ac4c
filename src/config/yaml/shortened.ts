/** A text as it may stand in a message: of a long one, its beginning and its end. */
export function shortened(text: string, limit = 200): string {
  if (text.length <= limit) { return text; }
  const end = Math.floor(limit / 4);
  // No half of a surrogate pair is left over.
  const head = text.slice(0, limit - end).replace(/[\ud800-\udbff]$/, '');
  return `${head}…${text.slice(-end).replace(/^[\udc00-\udfff]/, '')}`;
}

/** An integer as a text; one of thousands of digits to the base 16, because for the base 10 it takes seconds. */
export function integerText(value: number | bigint): string {
  return typeof value === 'number' || (value < LONG && value > -LONG) ? String(value) : value.toString(16).replace(/^-?/, '$&0x');
}

const LONG = 10n ** 5000n;
