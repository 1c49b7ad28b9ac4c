import { integerText } from './shortened';
import { ScalarStyle } from './tokens';

// What a YAML document says, in the types that Python would have. JavaScript has one number type and YAML two, so
// integers are `number` (`bigint` beyond 2^53) and everything else has a class of its own.

/** Anything that a YAML document can say. */
export type YamlValue = YamlScalar | YamlValue[] | YamlMap | YamlSet | YamlPairs;

/** A value without parts; only these can be keys of a map. */
export type YamlScalar = string | boolean | null | number | bigint | YamlFloat | YamlTimestamp | YamlBinary | YamlEnvText;

/** A map; keys keep their types, and their order. */
export interface YamlMap extends Map<YamlValue, YamlValue> {}

/** A floating point number, also a whole one: `1.0` is not `1` to Nodepool's validator. */
export class YamlFloat {
  constructor(public readonly value: number) {}
}

/** The time of day in a timestamp. */
export interface YamlTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;

  /** Minutes east of UTC; a time without one is local to nowhere. */
  readonly offset?: number;
}

/** A date, or a date and time. */
export class YamlTimestamp {
  constructor(
    public readonly year: number,
    public readonly month: number,
    public readonly day: number,
    public readonly time?: YamlTime,
  ) {}

  /** The one way it is written, which PyYAML reads as the same date or time. */
  public toString(): string {
    const date = `${pad(this.year, 4)}-${pad(this.month)}-${pad(this.day)}`;
    if (!this.time) { return date; }
    const { hour, minute, second, microsecond, offset } = this.time;
    const fraction = microsecond ? `.${pad(microsecond, 6)}` : '';
    return `${date}T${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}${offset === undefined ? '' : zone(offset)}`;
  }

  /** Equal for equal dates and times, as Python compares them: times with an offset by the moment they name. */
  public get identity(): string {
    if (this.time?.offset === undefined) { return this.toString(); }
    const { hour, minute, second, microsecond, offset } = this.time;
    const day = new Date(0);
    day.setUTCFullYear(this.year, this.month - 1, this.day);
    return `@${day.getTime() / 1000 + hour * 3600 + (minute - offset) * 60 + second}.${pad(microsecond, 6)}`;
  }
}

/** Bytes (`!!binary`). */
export class YamlBinary {
  constructor(public readonly base64: string) {}
}

/** A set (`!!set`); its items are distinct, in the order written. */
export class YamlSet {
  constructor(public readonly items: readonly YamlValue[]) {}
}

/** A list of pairs (`!!pairs`, `!!omap`). */
export class YamlPairs {
  constructor(public readonly pairs: ReadonlyArray<readonly [YamlValue, YamlValue]>) {}
}

/**
 * Text with a `%(NODEPOOL_…)` in it, which Nodepool replaces before it reads the YAML. The style is kept, because it
 * decides what the replaced text means: unquoted, `%(NODEPOOL_PORT)` becomes a number.
 */
export class YamlEnvText {
  constructor(public readonly text: string, public readonly style: ScalarStyle) {}

  /** Whether it is a string whatever the variable holds. */
  public get isString(): boolean { return this.style !== 'plain'; }
}

/** A variable in a text, for regular expressions; its name is what Kubernetes lets a variable of the environment be called. */
export const VARIABLE = '%\\((NODEPOOL_[\\w.-]*)\\)';

/** The environment variables that a text names, and where. */
export function* variablesIn(text: string): Generator<{ readonly name: string; readonly index: number }> {
  for (const { 1: name, index } of text.matchAll(new RegExp(VARIABLE, 'g'))) { yield { name, index }; }
}

/** The environment variables that a text names. */
export function environmentVariables(text: string): string[] {
  return text.includes('%(NODEPOOL_') ? Array.from(variablesIn(text), ({ name }) => name) : [];
}

/**
 * What a value is looked up by as a key of a Python dictionary: `1`, `1.0` and `true` are one key there.
 * `undefined` for what cannot be a key.
 */
export function keyIdentity(value: YamlValue): unknown {
  switch (typeof value) {
    case 'string': return `s${value}`;
    case 'number': return `n${value === 0 ? 0 : value}`;
    case 'bigint': return `n${integerText(value)}`;
    case 'boolean': return value ? 'n1' : 'n0';
  }
  if (value === null) { return 'null'; }
  if (value instanceof YamlFloat) {
    if (Number.isInteger(value.value)) { return `n${BigInt(value.value)}`; }
    return `n${value.value}`;
  }
  if (value instanceof YamlTimestamp) { return `t${value.identity}`; }
  if (value instanceof YamlBinary) { return `b${value.base64}`; }
  if (value instanceof YamlEnvText) { return `e${value.isString} ${value.text}`; }
  return undefined;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

function zone(offset: number): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
