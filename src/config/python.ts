import { keyIdentity, YamlBinary, YamlEnvText, YamlFloat, YamlMap, YamlPairs, YamlSet, YamlTimestamp, YamlValue } from './yaml';
import { pythonFloat, pythonInt } from './yaml/python-numbers';

// What Python does with values that a configuration holds. `undefined` where it raises, unless said otherwise.

/** The characters that Python's `str.split()` and `strip()` take for white space. */
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Whether a value is a number, as `true` and `false` are in Python. */
export function isNumber(value: YamlValue): value is number | bigint | boolean | YamlFloat {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof YamlFloat;
}

/** A number as JavaScript compares it; only for values that are numbers. */
function numberOf(value: YamlValue): number | bigint {
  if (value instanceof YamlFloat) { return value.value; }
  return typeof value === 'bigint' ? value : Number(value);
}

/** Python's `float(value)`. */
export function toFloat(value: YamlValue): number | undefined {
  if (typeof value === 'string') { return pythonFloat(withoutUnderscores(asciiDigits(value))); }
  if (value instanceof YamlBinary) { return pythonFloat(withoutUnderscores(bytesText(value))); }
  if (!isNumber(value)) { return undefined; }
  const number = Number(numberOf(value));
  return typeof value === 'bigint' && !Number.isFinite(number) ? undefined : number;
}

/** Whether Python's `int(value)` works. */
export function isIntegral(value: YamlValue): boolean {
  if (value instanceof YamlEnvText) { return true; }
  if (typeof value === 'string') { return pythonInt(withoutUnderscores(asciiDigits(value)), 10) !== undefined; }
  if (value instanceof YamlBinary) { return pythonInt(withoutUnderscores(bytesText(value)), 10) !== undefined; }
  return isNumber(value) && Number.isFinite(Number(typeof value === 'bigint' ? 0 : numberOf(value)));
}

/** Whether a value can be looked up in a dictionary. */
export function isHashable(value: YamlValue): boolean {
  return typeof value !== 'object' || value === null || keyIdentity(value) !== undefined;
}

/** What `for item in value` yields. */
export function iterate(value: YamlValue): readonly YamlValue[] | undefined {
  if (typeof value === 'string') { return Array.from(value); }
  if (typeof value !== 'object' || value === null) { return undefined; }
  if (Array.isArray(value)) { return value; }
  if (value instanceof Map) { return [...value.keys()]; }
  if (value instanceof YamlSet) { return value.items; }
  // Items that are pairs: lists stand for tuples, which is enough for those who ask.
  if (value instanceof YamlPairs) { return value.pairs.map(pair => [...pair]); }
  return value instanceof YamlBinary ? Array.from(Buffer.from(value.base64, 'base64')) : undefined;
}

/** Whether `set(value)` works. */
export function areHashable(value: YamlValue): boolean {
  if (value instanceof YamlPairs) { return value.pairs.every(pair => pair.every(isHashable)); }
  return iterate(value)?.every(isHashable) ?? false;
}

/** Whether `{}.update(value)` works: a map, or a list of pairs. */
export function canUpdateMap(value: YamlValue): boolean {
  if (value instanceof Map || value instanceof YamlEnvText) { return true; }
  return iterate(value)?.every(pair => {
    const parts = pair instanceof YamlEnvText ? undefined : iterate(pair);
    return pair instanceof YamlEnvText || (parts?.length === 2 && isHashable(parts[0]));
  }) ?? false;
}

/** The words of a text, as `split()` yields them. */
export function words(text: string): string[] {
  return text.split(BLANKS).filter(word => word);
}

/** Python's `a == b`. */
export function equals(a: YamlValue | undefined, b: YamlValue | undefined): boolean {
  if (a === b || a === undefined || b === undefined) { return a === b; }
  if (a instanceof YamlEnvText || b instanceof YamlEnvText) { return true; }
  if (Array.isArray(a) && Array.isArray(b)) { return a.length === b.length && a.every((item, index) => equals(item, b[index])); }
  if (a instanceof Map && b instanceof Map) { return a.size === b.size && [...a].every(([key, item]) => equals(item, partOf(b, key))); }
  if (a instanceof YamlSet && b instanceof YamlSet) {
    const others = new Set(b.items.map(keyIdentity));
    return a.items.length === b.items.length && a.items.every(item => others.has(keyIdentity(item)));
  }
  if (a instanceof YamlPairs && b instanceof YamlPairs) {
    return a.pairs.length === b.pairs.length && a.pairs.every((pair, index) => pair.every((item, part) => equals(item, b.pairs[index][part])));
  }
  if ([a, b].some(value => value instanceof YamlFloat && Number.isNaN(value.value))) { return false; }
  const identity = keyIdentity(a);
  return identity !== undefined && identity === keyIdentity(b);
}

/** Python's `a < b`. */
export function isLess(a: YamlValue, b: YamlValue): boolean | undefined {
  if (a instanceof YamlEnvText || b instanceof YamlEnvText) { return false; }
  if (isNumber(a) && isNumber(b)) { return numberOf(a) < numberOf(b); }
  if (typeof a === 'string' && typeof b === 'string') { return compareText(a, b) < 0; }
  if (a instanceof YamlBinary && b instanceof YamlBinary) { return Buffer.compare(Buffer.from(a.base64, 'base64'), Buffer.from(b.base64, 'base64')) < 0; }
  if (a instanceof YamlTimestamp && b instanceof YamlTimestamp) {
    // A date, a time without a zone and one with a zone cannot be compared with each other.
    const sort = ({ time }: YamlTimestamp) => (time ? Number(time.offset === undefined) : 2);
    return sort(a) === sort(b) ? momentOf(a) < momentOf(b) : undefined;
  }
  if (a instanceof YamlSet && b instanceof YamlSet) {
    const others = new Set(b.items.map(keyIdentity));
    return a.items.length < b.items.length && a.items.every(item => others.has(keyIdentity(item)));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const index = a.findIndex((item, i) => i >= b.length || !equals(item, b[i]));
    if (index < 0) { return a.length < b.length; }
    return index >= b.length ? false : isLess(a[index], b[index]);
  }
  return undefined;
}

/** What a key gives in a map, where the key may be spelled otherwise: `1` and `1.0` are one key. */
function partOf(map: YamlMap, key: YamlValue): YamlValue | undefined {
  if (map.has(key)) { return map.get(key); }
  const identity = keyIdentity(key);
  for (const [other, value] of map) {
    if (keyIdentity(other) === identity) { return value; }
  }
  return undefined;
}

function compareText(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i].codePointAt(0)! - right[i].codePointAt(0)!;
    if (difference) { return difference; }
  }
  return left.length - right.length;
}

function momentOf({ year, month, day, time }: YamlTimestamp): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const seconds = time ? time.hour * 3600 + (time.minute - (time.offset ?? 0)) * 60 + time.second : 0;
  return date.getTime() * 1000 + seconds * 1e6 + (time?.microsecond ?? 0);
}

function bytesText(bytes: YamlBinary): string {
  return Buffer.from(bytes.base64, 'base64').toString('latin1').replace(/[\x80-\xff]/g, '?');
}

/** Python lets underscores stand between digits. */
function withoutUnderscores(text: string): string {
  return text.includes('_') ? text.replace(/([0-9])_(?=[0-9])/g, '$1') : text;
}

/** Python reads the digits of every script. */
function asciiDigits(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? text.replace(/\p{Nd}/gu, digitValue) : text;
}

/** Digits of a script stand in a row of ten that begins where the one before it is no digit; rows may touch. */
function digitValue(digit: string): string {
  let code = digit.codePointAt(0)!;
  let distance = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(--code))) { distance++; }
  return String(distance % 10);
}
