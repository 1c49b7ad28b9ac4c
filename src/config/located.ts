import { Places } from './places';
import { FilePlace } from './problem';
import { integerText, shortened, YamlBinary, YamlEnvText, YamlFloat, YamlPairs, YamlScalar, YamlSet, YamlValue } from './yaml';

/** What an item of a list may be called by, in this order. */
const NAMES = ['name', 'tenant-name', 'host'];

/** A part of a configuration that knows its path and its place, for rules to walk along. Both are found out when asked for. */
export class Located {
  /** The whole configuration. */
  public static root(value: YamlValue, places: Places): Located {
    return new Located(value, places);
  }

  private constructor(
    public readonly value: YamlValue,
    private readonly places: Places,
    private readonly parent?: Located,
    public readonly key?: YamlScalar,
  ) {}

  /** The map or list that it is a part of. */
  public get container(): YamlValue | undefined { return this.parent?.value; }

  /** Where its value stands. */
  public get place(): FilePlace | undefined {
    return this.parent ? this.places.of(this.parent.value, this.key!) : this.places.ofContainer(this.value);
  }

  /** Where its key stands. */
  public get keyPlace(): FilePlace | undefined {
    return this.parent ? this.places.of(this.parent.value, this.key!, 'key') : this.place;
  }

  /** Its key as it is written, when it came from a text: `NO` is a key that means false. */
  public get keySpelling(): string {
    return shortened((this.parent && this.places.spelling(this.parent.value, this.key!)) || keyText(this.key!));
  }

  /** Names of keys, and of items of lists where they have one. */
  public get path(): string {
    if (!this.parent) { return ''; }
    const { path, value } = this.parent;
    if (Array.isArray(value)) { return `${path}[${nameOf(this.value) ?? this.key}]`; }
    return path ? `${path}.${keyText(this.key!)}` : keyText(this.key!);
  }

  /** Whether the environment decides what it is: no rule can tell. */
  public get isUnknown(): boolean { return this.value instanceof YamlEnvText; }

  /** Its text, when it is a string; a variable in it is still spelled out. */
  public get text(): string | undefined {
    if (this.value instanceof YamlEnvText) { return this.value.text; }
    return typeof this.value === 'string' ? this.value : undefined;
  }

  /** Whether Python takes it for true in an `if`. */
  public get isTruthy(): boolean { return isTruthy(this.value); }

  public get isMap(): boolean { return this.value instanceof Map; }

  /** Whether it is a list of pairs, which is a list to Python, of tuples. */
  public get isPairs(): boolean { return this.value instanceof YamlPairs; }

  /** A part of a map; `undefined` when it is missing or this is no map. */
  public get(key: string): Located | undefined {
    if (!(this.value instanceof Map)) { return undefined; }
    const value = this.value.get(key);
    return value === undefined ? undefined : new Located(value, this.places, this, key);
  }

  /** The items of a list; none when this is no list. */
  public get list(): Located[] {
    if (!Array.isArray(this.value)) { return []; }
    return this.value.map((item, index) => new Located(item, this.places, this, index));
  }

  /** The items of a list under a key; none when it is missing or no list. */
  public items(key: string): Located[] { return this.get(key)?.list ?? []; }

  /** The parts of a map with their keys. */
  public get parts(): Array<[YamlScalar, Located]> {
    if (!(this.value instanceof Map)) { return []; }
    return Array.from(this.value, ([key, value]) => [key as YamlScalar, this.part(key as YamlScalar, value)]);
  }

  /** The part with a key or index, whose value the caller knows. */
  public part(key: YamlScalar, value: YamlValue): Located { return new Located(value, this.places, this, key); }
}

/** Whether Python takes a value for true in an `if`. */
export function isTruthy(value: YamlValue): boolean {
  if (typeof value !== 'object' || value === null) { return Boolean(value); }
  if (Array.isArray(value)) { return value.length > 0; }
  if (value instanceof Map) { return value.size > 0; }
  if (value instanceof YamlFloat) { return value.value !== 0; }
  if (value instanceof YamlSet) { return value.items.length > 0; }
  if (value instanceof YamlPairs) { return value.pairs.length > 0; }
  return value instanceof YamlBinary ? value.base64 !== '' : true;
}

/** What an item of a list is called: its `name`, or its own text. */
function nameOf(item: YamlValue): string | undefined {
  const name = item instanceof Map ? NAMES.map(key => item.get(key)).find(value => value !== undefined) : item;
  const text = name instanceof YamlEnvText ? name.text : name;
  return typeof text === 'string' && text !== '' ? shortened(text) : undefined;
}

/** A key or name in a message. */
export function keyText(key: YamlValue): string { return shortened(wholeText(key)); }

function wholeText(key: YamlValue): string {
  if (typeof key === 'string') { return key; }
  if (typeof key === 'bigint') { return integerText(key); }
  if (key instanceof YamlEnvText) { return key.text; }
  if (key instanceof YamlBinary) { return key.base64; }
  return String(key instanceof YamlFloat ? key.value : key);
}
