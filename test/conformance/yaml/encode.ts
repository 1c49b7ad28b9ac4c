import { YamlBinary, YamlEnvText, YamlFloat, YamlPairs, YamlSet, YamlTimestamp, YamlValue } from '../../../src/config/yaml';

/** A value in the words of `worker.py`. */
export function encode(value: YamlValue): unknown[] {
  if (value === null) { return ['n']; }
  switch (typeof value) {
    case 'boolean': return ['b', value];
    case 'string': return ['s', value];
    case 'number':
    case 'bigint': return ['i', BigInt(value).toString(16)];
  }
  if (value instanceof YamlFloat) { return ['f', bits(value.value)]; }
  if (value instanceof YamlBinary) { return ['y', value.base64]; }
  if (value instanceof YamlTimestamp) { return timestamp(value); }
  if (value instanceof YamlSet) { return ['S', value.items.map(encode).sort((a, b) => compare(ascii(a), ascii(b)))]; }
  if (value instanceof YamlPairs) { return ['l', value.pairs.map(([key, item]) => ['p', [encode(key), encode(item)]])]; }
  if (value instanceof Map) { return ['m', [...value].map(([key, item]) => [encode(key), encode(item)])]; }
  if (value instanceof YamlEnvText) { return ['s', value.text]; }
  return ['l', value.map(encode)];
}

/** JSON as Python's `json.dumps` writes it, for sorting alike. */
function ascii(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function bits(value: number): string {
  if (Number.isNaN(value)) { return 'nan'; }
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(value);
  return buffer.toString('hex');
}

function timestamp(value: YamlTimestamp): unknown[] {
  const date = new YamlTimestamp(value.year, value.month, value.day).toString();
  if (!value.time) { return ['d', date]; }
  const { hour, minute, second, microsecond, offset } = value.time;
  const [h, m, s] = [hour, minute, second].map(part => String(part).padStart(2, '0'));
  return ['t', `${date}T${h}:${m}:${s}.${String(microsecond).padStart(6, '0')}`, offset ?? null];
}
