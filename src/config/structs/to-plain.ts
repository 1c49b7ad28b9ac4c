import { TABLES } from './tables.generated';
import { isPlain } from '../from-object';
import { NodepoolConfigError, Problem } from '../problem';
import { suggest } from '../suggest';
import { YamlFloat } from '../yaml';

/** How a prop is spelled, and what becomes of its value: another struct (`AwsPool`, `AwsPool[]`), `float`, `null` or `free`. */
type Entry = string | readonly [key: string, conversion: string];

type Table = Readonly<Record<string, Entry>>;

let tables: Readonly<Record<string, Table>> | undefined;

/** Refuses what is no struct at all, as only languages without types can give it. */
export function requireStruct(props: unknown, what: string): void {
  if (typeof props === 'object' && props !== null && !Array.isArray(props)) { return; }
  const given = props === undefined || props === null ? 'nothing is given' : `${Array.isArray(props) ? 'a list' : `a ${typeof props}`} is given`;
  throw new NodepoolConfigError([{ text: `${given} for ${what}; give an object with its properties` }]);
}

/**
 * A struct as plain data with Nodepool's keys, for `fromObject`. Keys that are no props of the struct pass as they are,
 * with what is under them: they are spelled in Nodepool's way already.
 */
export function structToPlain(struct: string, value: unknown, problems: Problem[], path: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !isPlain(value)) { return value; }
  tables ??= JSON.parse(TABLES) as Record<string, Table>;
  return new Struct(tables[struct], problems, path).convert(value);
}

class Struct {
  private readonly plain = new Map<string, unknown>();

  /** The props by the keys they gave, to name both when two give the same. */
  private readonly givenBy = new Map<string, string>();

  constructor(private readonly table: Table, private readonly problems: Problem[], private readonly path: string) {}

  public convert(struct: object): Map<string, unknown> {
    const free: Array<[string, unknown]> = [];
    for (const [prop, value] of Object.entries(struct)) {
      if (value === undefined) { continue; }
      if (this.freeProp !== undefined && !this.isKnown(prop)) {
        this.refuseFree(prop, this.freeProp);
        continue;
      }
      const entry = Object.hasOwn(this.table, prop) ? this.table[prop] : prop;
      const [key, conversion] = typeof entry === 'string' ? [entry] : entry;
      if (conversion === 'free') { free.push([prop, value]); } else { this.set(prop, key, this.value(conversion, value, key)); }
    }
    free.forEach(([prop, keys]) => this.addFree(prop, keys));
    return this.plain;
  }

  /** The prop that holds names of the user's own, where there is one. */
  private get freeProp(): string | undefined { return Object.keys(this.table).find(prop => typeof this.table[prop] !== 'string' && this.table[prop][1] === 'free'); }

  private isKnown(prop: string): boolean {
    return Object.hasOwn(this.table, prop) || Object.values(this.table).some(entry => (typeof entry === 'string' ? entry : entry[0]) === prop);
  }

  /** A misspelt prop must not become a name of the user's own. */
  private refuseFree(prop: string, freeProp: string): void {
    const meant = suggest(prop, Object.keys(this.table));
    const remedy = `${meant ? `did you mean "${meant}"? ` : ''}other names stand in "${freeProp}"`;
    this.problems.push({ path: this.path || undefined, text: `there is no prop "${prop}"; ${remedy}` });
  }

  private addFree(prop: string, keys: unknown): void {
    if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
      this.problems.push({ path: `${this.path}.${prop}`, text: 'this is no map; give names with numbers' });
      return;
    }
    const entries = keys instanceof Map ? [...keys] : Object.entries(keys);
    for (const [key, value] of entries) {
      if (value !== undefined) { this.set(prop, key, value); }
    }
  }

  private set(prop: string, key: string, value: unknown): void {
    const first = this.givenBy.get(key);
    if (first !== undefined) {
      this.problems.push({ path: this.path || undefined, text: `"${key}" is given twice, as ${first} and as ${prop}; keep one of them` });
    }
    this.givenBy.set(key, prop);
    this.plain.set(key, value);
  }

  private value(conversion: string | undefined, value: unknown, key: string): unknown {
    if (conversion === undefined) { return value; }
    if (conversion === 'float') { return typeof value === 'number' ? new YamlFloat(value) : value; }
    if (conversion === 'null') { return value === 'null' ? null : value; }
    const path = this.path ? `${this.path}.${key}` : key;
    if (!conversion.endsWith('[]')) { return structToPlain(conversion, value, this.problems, path); }
    const struct = conversion.slice(0, -2);
    // providers know how they are written.
    if (struct === 'Provider' || !Array.isArray(value)) { return value; }
    return value.map((item, index) => structToPlain(struct, item, this.problems, `${path}[${index}]`));
  }
}
