import { pythonFloat, pythonInt, toInteger } from './python-numbers';
import { YamlBinary, YamlFloat, YamlTime, YamlTimestamp } from './values';

// The text of a scalar to its value, as PyYAML's safe constructor does it. `undefined` where that raises.

const TRUE = new Set(['yes', 'true', 'on']);
const FALSE = new Set(['no', 'false', 'off']);

export function constructBool(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE.has(word)) { return true; }
  return FALSE.has(word) ? false : undefined;
}

export function constructInt(text: string): number | bigint | undefined {
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(text)) { return Number(text); }
  const { negative, digits } = splitSign(text.replace(/_/g, ''));
  const value = intMagnitude(digits);
  if (value === undefined) { return undefined; }
  return toInteger(negative ? -value : value);
}

function intMagnitude(digits: string): bigint | undefined {
  if (digits === '0') { return 0n; }
  if (digits.startsWith('0b')) { return pythonInt(digits.slice(2), 2); }
  if (digits.startsWith('0x')) { return pythonInt(digits.slice(2), 16); }
  if (digits.startsWith('0')) { return pythonInt(digits, 8); }
  if (!digits.includes(':')) { return pythonInt(digits, 10); }
  const parts = digits.split(':').map(part => pythonInt(part, 10));
  return parts.includes(undefined) ? undefined : sexagesimal(parts as bigint[], 0, parts.length).value;
}

/** A number by its digits to the base 60, and 60 to the power of their count; by halves, because one after the other takes hours for a million. */
function sexagesimal(digits: readonly bigint[], start: number, end: number): { value: bigint; power: bigint } {
  if (end - start === 1) { return { value: digits[start], power: 60n }; }
  const middle = Math.floor((start + end) / 2);
  const [high, low] = [sexagesimal(digits, start, middle), sexagesimal(digits, middle, end)];
  return { value: high.value * low.power + low.value, power: high.power * low.power };
}

export function constructFloat(text: string): YamlFloat | undefined {
  const { negative, digits } = splitSign(text.replace(/_/g, '').toLowerCase());
  const value = floatMagnitude(digits);
  return value === undefined ? undefined : new YamlFloat(negative ? -value : value);
}

function floatMagnitude(digits: string): number | undefined {
  if (digits === '.inf') { return Infinity; }
  if (digits === '.nan') { return NaN; }
  if (!digits.includes(':')) { return digits === '' ? undefined : pythonFloat(digits); }
  // Summed from the right, as Python does: the order of additions decides the last bit.
  let sum = 0;
  let base = 1;
  for (const part of digits.split(':').reverse()) {
    const value = pythonFloat(part);
    // Python refuses to multiply with what is too large for a floating point number.
    if (value === undefined || base === Infinity) { return undefined; }
    sum += value * base;
    base *= 60;
  }
  return sum;
}

function splitSign(text: string): { negative: boolean; digits: string } {
  const signed = text[0] === '-' || text[0] === '+';
  return { negative: text[0] === '-', digits: signed ? text.slice(1) : text };
}

const TIMESTAMP = new RegExp([
  '^([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)',
  '(?:(?:[Tt]|[ \\t]+)([0-9][0-9]?):([0-9][0-9]):([0-9][0-9])(?:\\.([0-9]*))?',
  '(?:[ \\t]*(Z|([-+])([0-9][0-9]?)(?::([0-9][0-9]))?))?)?\\n?$',
].join(''));

export function constructTimestamp(text: string): YamlTimestamp | undefined {
  const found = TIMESTAMP.exec(text);
  if (!found) { return undefined; }
  const [year, month, day] = found.slice(1, 4).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) { return undefined; }
  if (found[4] === undefined) { return new YamlTimestamp(year, month, day); }
  const [hour, minute, second] = found.slice(4, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 59) { return undefined; }
  const offset = zoneOffset(found);
  if (offset !== undefined && Math.abs(offset) >= 24 * 60) { return undefined; }
  const time: YamlTime = { hour, minute, second, microsecond: Number((found[7] ?? '').slice(0, 6).padEnd(6, '0')), offset };
  return new YamlTimestamp(year, month, day, time);
}

function zoneOffset(found: RegExpExecArray): number | undefined {
  if (!found[8]) { return undefined; }
  if (!found[9]) { return 0; }
  const minutes = Number(found[10]) * 60 + Number(found[11] ?? 0);
  // `|| 0`: never a negative zero, which would compare unequal in tests.
  return (found[9] === '-' ? -minutes : minutes) || 0;
}

function daysIn(year: number, month: number): number {
  if (month === 2) { return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28; }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Decodes as lenient as Python's `base64.decodebytes`: what is no base64 character is passed over. */
export function constructBinary(text: string): YamlBinary | undefined {
  if (/[^\x00-\x7f]/.test(text)) { return undefined; }
  let digits = '';
  let padding = 0;
  for (const character of text) {
    if (character === '=') {
      padding++;
      const position = digits.length % 4;
      if (position >= 2 && position + padding >= 4) { return decoded(digits); }
    } else if (/[A-Za-z0-9+/]/.test(character)) {
      digits += character;
      padding = 0;
    }
  }
  return digits.length % 4 === 0 ? decoded(digits) : undefined;
}

function decoded(digits: string): YamlBinary {
  return new YamlBinary(Buffer.from(digits, 'base64').toString('base64'));
}
