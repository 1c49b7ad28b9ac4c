// Python's `int()` and `float()` for text: what explicit tags (`!!int " 5 "`) let through.

const BASE_PREFIX: Record<number, RegExp> = { 2: /^0[bB]/, 8: /^0[oO]/, 16: /^0[xX]/ };
const BASE_DIGITS: Record<number, RegExp> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-fA-F]+$/ };

/** Python refuses longer decimal integers, to stay quick. */
const MAX_DECIMAL_DIGITS = 4300;

/** Python's `int(text, base)`; `undefined` where it raises. */
export function pythonInt(text: string, base: 2 | 8 | 10 | 16): bigint | undefined {
  const found = /^([-+]?)(.*)$/s.exec(strip(text))!;
  const digits = found[2].replace(BASE_PREFIX[base] ?? /^(?!)/, '');
  if (!BASE_DIGITS[base].test(digits) || (base === 10 && digits.length > MAX_DECIMAL_DIGITS)) { return undefined; }
  let value: bigint;
  switch (base) {
    case 2: value = BigInt(`0b${digits}`); break;
    case 8: value = BigInt(`0o${digits}`); break;
    case 16: value = BigInt(`0x${digits}`); break;
    default: value = BigInt(digits);
  }
  return found[1] === '-' ? -value : value;
}

/** Python's `float(text)`; `undefined` where it raises. */
export function pythonFloat(text: string): number | undefined {
  const trimmed = strip(text).toLowerCase();
  const special = /^([-+]?)(inf|infinity|nan)$/.exec(trimmed);
  if (special) {
    if (special[2] === 'nan') { return NaN; }
    return special[1] === '-' ? -Infinity : Infinity;
  }
  return /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** The white space that Python passes over around a number; unlike `str.strip()` not the separators 1C to 1F. */
const BLANK = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Removes blanks at both ends, in one pass: an expression would begin anew at each of a million blanks in the middle. */
function strip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && BLANK.test(text[start])) { start++; }
  while (end > start && BLANK.test(text[end - 1])) { end--; }
  return text.slice(start, end);
}

/** An integer in the smallest type that keeps every digit. */
export function toInteger(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
