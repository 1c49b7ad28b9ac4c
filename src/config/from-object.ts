import { Problem } from './problem';
import {
  keyIdentity, YamlBinary, YamlEnvText, YamlFloat, YamlMap, YamlPairs, YamlScalar, YamlSet, YamlTimestamp, YamlValue,
} from './yaml';

/** Deeper objects are refused: `nodepool config-validate` could not read them back. */
const MAX_DEPTH = 485;

/** Half of a character, which cannot be encoded. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Converts plain JavaScript data; what cannot be said in YAML becomes a problem that names its path. */
export function fromObject(object: unknown, problems: Problem[], path = ''): YamlValue {
  return new Converter(problems).convert(object, path) ?? null;
}

class Converter {
  /** The objects around the one being converted: meeting one of them again is a cycle. */
  private readonly open = new Set<object>();

  constructor(private readonly problems: Problem[]) {}

  /** `undefined` for what is left out. */
  public convert(value: unknown, path: string): YamlValue | undefined {
    switch (typeof value) {
      case 'undefined': return undefined;
      case 'string':
        return LONE_SURROGATE.test(value) ? this.refuse(path, 'a text holds half of a surrogate pair, which no file can hold; remove it') : value;
      case 'boolean': return value;
      case 'bigint': return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
      case 'number': return convertNumber(value);
      case 'object': return value === null ? null : this.convertObject(value, path);
      default: return this.refuse(path, `a ${typeof value} cannot be written as YAML; give plain data`);
    }
  }

  private convertObject(value: object, path: string): YamlValue | undefined {
    if (isYamlClass(value)) { return value; }
    if (this.open.has(value)) { return this.refuse(path, 'an object contains itself; give data that ends'); }
    if (this.open.size >= MAX_DEPTH) { return this.refuse(path, `more than ${MAX_DEPTH} levels of nesting; give flatter data`); }
    this.open.add(value);
    const converted = Array.isArray(value) ? this.convertArray(value, path) : this.convertMap(value, path);
    this.open.delete(value);
    return converted;
  }

  private convertArray(items: readonly unknown[], path: string): YamlValue[] {
    return items.flatMap((item, index) => {
      const converted = this.convert(item, `${path}[${index}]`);
      return converted === undefined ? [] : [converted];
    });
  }

  private convertMap(object: object, path: string): YamlMap | undefined {
    if (!(object instanceof Map) && !isPlain(object)) {
      return this.refuse(path, `an instance of ${object.constructor?.name ?? 'a class'} cannot be written as YAML; give plain data`);
    }
    const map: YamlMap = new Map();
    const seen = new Map<unknown, YamlScalar>();
    for (const [key, value] of object instanceof Map ? object : Object.entries(object)) {
      const name = path ? `${path}.${String(key)}` : String(key);
      if (value === undefined) { continue; }
      const convertedKey = this.convertKey(key, name);
      if (convertedKey === undefined) { continue; }
      const identity = keyIdentity(convertedKey);
      if (seen.has(identity)) {
        this.refuse(name, `this key equals another one, ${String(seen.get(identity))}, in Python; keep one of them`);
        continue;
      }
      seen.set(identity, convertedKey);
      const converted = this.convert(value, name);
      if (converted !== undefined) { map.set(convertedKey, converted); }
    }
    return map;
  }

  private convertKey(key: unknown, path: string): YamlScalar | undefined {
    const converted = this.convert(key, path);
    if (converted === undefined) { return undefined; }
    if (keyIdentity(converted) === undefined) { return this.refuse(path, 'a list or a map cannot be a key; give a text or a number'); }
    if (converted instanceof YamlFloat && Number.isNaN(converted.value)) { return this.refuse(path, 'NaN cannot be a key; give a text or a number'); }
    return converted as YamlScalar;
  }

  private refuse(path: string, text: string): undefined {
    this.problems.push({ path: path || undefined, text });
    return undefined;
  }
}

function convertNumber(value: number): YamlValue {
  if (!Number.isInteger(value)) { return new YamlFloat(value); }
  if (Number.isSafeInteger(value)) { return value === 0 ? 0 : value; }
  return BigInt(value);
}

function isYamlClass(value: object): value is YamlFloat | YamlTimestamp | YamlBinary | YamlSet | YamlPairs | YamlEnvText {
  return value instanceof YamlFloat || value instanceof YamlTimestamp || value instanceof YamlBinary
    || value instanceof YamlSet || value instanceof YamlPairs || value instanceof YamlEnvText;
}

/** Whether an object is no instance of a class; asked in a way that also holds for objects of another realm. */
export function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
