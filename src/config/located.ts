import { Places } from './places';
import { FilePlace, Problem } from './problem';
import { YamlEnvText, YamlFloat, YamlScalar, YamlValue } from './yaml';

/** A part of a configuration that knows its path and its place, for rules to walk along. */
export class Located {
  /** The whole configuration. */
  public static root(value: YamlValue, places: Places): Located {
    return new Located(value, '', places);
  }

  private constructor(
    public readonly value: YamlValue,
    public readonly path: string,
    private readonly places: Places,
    private readonly container?: YamlValue,
    private readonly key?: YamlScalar,
  ) {}

  /** Where its value stands. */
  public get place(): FilePlace | undefined {
    return this.container === undefined ? this.places.ofContainer(this.value) : this.places.of(this.container, this.key!);
  }

  /** Where its key stands. */
  public get keyPlace(): FilePlace | undefined {
    return this.container === undefined ? this.place : this.places.of(this.container, this.key!, 'key');
  }

  /** Whether the environment decides what it is: no rule can tell. */
  public get isUnknown(): boolean { return this.value instanceof YamlEnvText; }

  /** Its text, when it is a string; a variable in it is still spelled out. */
  public get text(): string | undefined {
    if (this.value instanceof YamlEnvText) { return this.value.text; }
    return typeof this.value === 'string' ? this.value : undefined;
  }

  /** Whether Python takes it for true in an `if`. */
  public get isTruthy(): boolean {
    const { value } = this;
    if (Array.isArray(value)) { return value.length > 0; }
    if (value instanceof Map) { return value.size > 0; }
    if (value instanceof YamlFloat) { return value.value !== 0; }
    return Boolean(value);
  }

  public get isMap(): boolean { return this.value instanceof Map; }

  /** A part of a map; `undefined` when it is missing or this is no map. */
  public get(key: string): Located | undefined {
    if (!(this.value instanceof Map) || !this.value.has(key)) { return undefined; }
    return new Located(this.value.get(key)!, this.path ? `${this.path}.${key}` : key, this.places, this.value, key);
  }

  /** The items of a list under a key; none when it is missing or no list. Named items are named in their path. */
  public items(key: string): Located[] {
    const list = this.get(key);
    if (!list || !Array.isArray(list.value)) { return []; }
    return list.value.map((item, index) => new Located(item, `${list.path}[${nameOf(item) ?? index}]`, this.places, list.value, index));
  }

  /** The parts of a map with their keys. */
  public get parts(): Array<[YamlScalar, Located]> {
    if (!(this.value instanceof Map)) { return []; }
    return [...this.value].map(([key, value]) => [
      key as YamlScalar,
      new Located(value, this.path ? `${this.path}.${keyText(key)}` : keyText(key), this.places, this.value, key as YamlScalar),
    ]);
  }

  /** A problem with this value. */
  public problem(text: string): Problem { return { path: this.path, place: this.place, text }; }

  /** A problem with this key. */
  public keyProblem(text: string): Problem { return { path: this.path, place: this.keyPlace, text }; }
}

/** What an item of a list is called: its `name`, or its own text. */
function nameOf(item: YamlValue): string | undefined {
  const name = item instanceof Map ? item.get('name') : item;
  if (name instanceof YamlEnvText) { return name.text; }
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** A key in a message. */
export function keyText(key: YamlValue): string {
  return key instanceof YamlEnvText ? key.text : String(key instanceof YamlFloat ? key.value : key);
}
