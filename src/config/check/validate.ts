import { kindOf, notAMap } from '../kinds';
import { keyText, Located } from '../located';
import { effectiveDriver } from '../providers';
import { isNumber, toFloat } from '../python';
import { Report } from './report';
import { driverNames, MapSpec, providerSpecOf, PythonType, specOf, ValueSpec } from '../schema/spec';
import { suggest } from '../suggest';
import { YamlBinary, YamlEnvText, YamlFloat, YamlMap, YamlPairs, YamlScalar, YamlTimestamp, YamlValue } from '../yaml';
import { plainScalar } from '../yaml/fast-scalars';

/** Types in a message. */
const TYPE_NAMES: Record<PythonType, string> = {
  str: 'a text',
  int: 'an integer',
  float: 'a number with a point, such as 10.0',
  num: 'a number',
  floatish: 'a number',
  bool: 'true or false',
  list: 'a list',
  dict: 'a map',
  any: 'anything',
};

/** Finds what `nodepool config-validate` refuses in the shape of a configuration. */
export function validate(root: Located, report: Report): void {
  new Validator(report).root(root);
}

class Validator {
  constructor(private readonly report: Report) {}

  public root(root: Located): void {
    if (root.value instanceof Map) {
      this.map(specOf('nodepool')!, root, root.value, 'at the top level');
      return;
    }
    this.report.refuse('validator', { rule: 'not-a-map', at: root, ...notAMap(root.value) });
  }

  /** Checks a map against its schema. */
  private map(spec: MapSpec, at: Located, map: YamlMap, where = 'here', skip?: string): void {
    let unknown = false;
    for (const [key, value] of map) {
      const part = typeof key === 'string' ? spec.properties.get(key) : undefined;
      if (part) {
        if (key !== skip) { this.value(part, value, at, key as string); }
      } else if (key instanceof YamlEnvText) {
        unknown = true;
      } else if (spec.others && typeof key === 'string') {
        this.value(spec.others, value, at, key);
      } else {
        this.unknownKey(spec, at.part(key as YamlScalar, value), where);
      }
    }
    this.keysTogether(spec, at, map);
    if (unknown) { return; }
    for (const key of spec.required) {
      if (!map.has(key)) { this.missing(at, key); }
    }
    for (const keys of spec.requiredAny) {
      if (keys.some(key => map.has(key))) { continue; }
      const [message, remedy] = [`one of ${list(keys)} is missing`, `give one of them: ${list(keys)}`];
      this.report.refuse('validator', { rule: 'missing-one-of', at, detail: keys.join(' '), message, remedy, noValue: true });
    }
  }

  /** Keys that exclude each other. */
  private keysTogether(spec: MapSpec, at: Located, map: YamlMap): void {
    for (const keys of spec.exclusive) {
      const present = keys.filter(key => map.has(key));
      for (const key of present.slice(1)) {
        this.report.refuse('validator', {
          rule: 'exclusive-keys',
          at: at.get(key)!,
          atKey: true,
          message: `"${key}" and "${present[0]}" exclude each other`,
          remedy: `keep one of ${list(present)}`,
          noValue: true,
        });
      }
    }
    for (const [key, others] of spec.alone) {
      if (!map.has(key)) { continue; }
      for (const other of map.keys()) {
        if (other === key || typeof other !== 'string' || others.includes(other) || !spec.properties.has(other)) { continue; }
        this.report.refuse('validator', {
          rule: 'exclusive-keys',
          at: at.get(other)!,
          atKey: true,
          message: `"${other}" and "${key}" exclude each other`,
          remedy: `say it in "${key}", beside which only ${list(others)} may stand, or leave "${key}" out`,
          noValue: true,
        });
      }
    }
  }

  private missing(at: Located, key: string): void {
    this.report.refuse('validator', { rule: 'missing-key', at, detail: key, message: `"${key}" is missing`, remedy: remedyOfMissing(key), noValue: true });
  }

  private unknownKey(spec: MapSpec, at: Located, where: string): void {
    const key = at.keySpelling;
    if (spec.others) {
      const remedy = at.key instanceof YamlBinary ? 'leave the tag out' : `quote it: "${key}"`;
      this.report.refuse('validator', { rule: 'wrong-key', at, atKey: true, message: `the key ${key} is ${kindOf(at.key!)}, not a text`, remedy, noValue: true });
      return;
    }
    if (spec.loaderOnly.has(key)) {
      const message = `key "${key}" is refused by "nodepool config-validate", although the daemons honour it`;
      this.report.refuse('validator', { rule: 'loader-only-key', at, atKey: true, message, remedy: 'leave it out, or allow the rule "loader-only-key"', noValue: true });
      return;
    }
    const known = [...spec.properties.keys()];
    const meant = suggest(key, known);
    const remedy = meant && meant !== key ? `did you mean "${meant}"?` : `known keys: ${known.join(', ')}`;
    this.report.refuse('validator', { rule: 'unknown-key', at, atKey: true, message: `key "${key}" is not known ${where}`, remedy, noValue: true });
  }

  /** Checks a part of a map or list against its schema. */
  private value(spec: ValueSpec, value: YamlValue, parent: Located, key: YamlScalar): void {
    if (value instanceof YamlEnvText && !value.isString) { return; }
    if (spec.unused !== undefined || spec.instead !== undefined) { this.useless(spec, parent.part(key, value)); }
    const type = spec.types.find(candidate => isOf(candidate, value));
    if (type === undefined) {
      if (value === null && spec.nullable) {
        this.report.warn({ rule: 'null-value', at: parent.part(key, value), message: 'null says nothing here', remedy: 'leave the key out' });
      } else {
        this.wrongType(spec, parent.part(key, value));
      }
      return;
    }
    if (typeof value === 'object' && value !== null) {
      if (Array.isArray(value)) {
        this.list(spec, value, parent.part(key, value));
      } else if (value instanceof Map) {
        if (spec.map) { this.map(spec.map, parent.part(key, value), value); }
      } else if (value instanceof YamlPairs && value.pairs.length && (spec.providers || (spec.items && !spec.items.types.includes('any')))) {
        this.wrongType(spec, parent.part(key, value));
      }
    } else if (typeof value === 'boolean' && type !== 'bool' && type !== 'any') {
      const message = `${value} counts as ${Number(value)} here`;
      this.report.warn({ rule: 'number-type', at: parent.part(key, value), message, remedy: `write ${Number(value)}` });
    } else if (typeof value === 'string') {
      this.text(spec, value, parent, key);
    }
  }

  private text(spec: ValueSpec, value: string, parent: Located, key: YamlScalar): void {
    if (spec.choices && !spec.choices.has(value)) {
      const [message, remedy] = [`"${value}" is not among the values allowed`, oneOf(spec.choices, value)];
      this.report.refuse('validator', { rule: 'wrong-choice', at: parent.part(key, value), message, remedy });
    }
    if (spec.pattern && !spec.pattern.test(value)) {
      const [message, remedy] = [`"${value}" is empty or begins with an underscore`, 'begin it with another character'];
      this.report.refuse('validator', { rule: 'wrong-name', at: parent.part(key, value), message, remedy });
    }
  }

  private list(spec: ValueSpec, items: readonly YamlValue[], at: Located): void {
    if (spec.providers) {
      at.list.forEach(item => this.provider(item));
      return;
    }
    const { items: itemSpec } = spec;
    if (!itemSpec) { return; }
    items.forEach((item, index) => {
      if (item instanceof Map && itemSpec.map) {
        this.map(itemSpec.map, at.part(index, item), item);
      } else {
        this.value(itemSpec, item, at, index);
      }
    });
  }

  private provider(at: Located): void {
    const { value } = at;
    if (value instanceof YamlEnvText && !value.isString) { return; }
    if (!(value instanceof Map)) {
      this.report.refuse('validator', { rule: 'wrong-type', at, message: `this is ${kindOf(value)}, not a map`, remedy: 'write a provider: a map with "name" and "driver"' });
      return;
    }
    const driver = effectiveDriver(at);
    const spec = driver === undefined ? undefined : providerSpecOf(driver);
    if (spec) {
      this.map(spec, at, value, `to the driver "${driver}"`, driver === 'fake' ? 'driver' : undefined);
      return;
    }
    const written = at.get('driver');
    const name = at.get('name');
    if (name && typeof name.value !== 'string' && !name.isUnknown) { this.wrongType(specOf('openstack')!.properties.get('name')!, name); }
    if (written && !written.isUnknown) { this.unknownDriver(written); }
  }

  private unknownDriver(at: Located): void {
    const what = at.text === undefined ? `the driver is ${kindOf(at.value)}, not a text` : `driver "${at.text}" does not exist`;
    const meant = at.text === undefined ? undefined : suggest(keyText(at.text), driverNames());
    this.report.refuse('validator', { rule: 'unknown-driver', at, message: what, remedy: meant ? `did you mean "${meant}"?` : `drivers: ${driverNames().join(', ')}` });
  }

  private useless(spec: ValueSpec, at: Located): void {
    const key = keyText(at.key!);
    if (spec.unused === undefined) {
      this.report.inform({ rule: 'deprecated-key', at, atKey: true, message: `"${key}" is an old way to say it`, remedy: spec.instead! });
    } else {
      this.report.warn({ rule: 'unused-key', at, atKey: true, message: `nothing reads "${key}": ${spec.unused}`, remedy: 'leave it out' });
    }
  }

  private wrongType(spec: ValueSpec, at: Located): void {
    const wanted = spec.choices ? `one of ${[...spec.choices].join(', ')}` : [...new Set(spec.types.map(type => TYPE_NAMES[type]))].join(' or ');
    this.report.refuse('validator', { rule: 'wrong-type', at, message: `this is ${kindOf(at.value)}, not ${wanted}`, remedy: remedyOf(spec, at, wanted) });
  }
}

/** Whether a value passes for a type. */
function isOf(type: PythonType, value: YamlValue): boolean {
  switch (type) {
    case 'str': return typeof value === 'string' || value instanceof YamlEnvText;
    case 'int': return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
    case 'float': return value instanceof YamlFloat;
    case 'num': return isNumber(value);
    case 'floatish': return value instanceof YamlEnvText || toFloat(value) !== undefined;
    case 'bool': return typeof value === 'boolean';
    case 'list': return Array.isArray(value) || value instanceof YamlPairs;
    case 'dict': return value instanceof Map;
    case 'any': return true;
  }
}

function remedyOf({ types }: ValueSpec, { value, text }: Located, wanted: string): string {
  if (value === null) { return 'give a value, or leave the key out'; }
  if (types.includes('str') && (isNumber(value) || value instanceof YamlTimestamp)) { return 'quote it'; }
  if (types.includes('list') && !Array.isArray(value)) { return 'write a list: "- …"'; }
  if (text !== undefined && types.includes('dict')) {
    const key = /^[\w-]+:(?=\S)/.exec(text);
    return key ? `put a space behind "${key[0]}"` : `write ${wanted}`;
  }
  const variable = /%\(NODEPOOL_\w*\)/.exec(text ?? '');
  if (variable) { return `write ${variable[0]} without quotes`; }
  // what it would be without quotes; a long text is not meant for a number.
  const unquoted = text === undefined || text.length > 100 ? value : plainScalar(text);
  if (types.includes('float') && (typeof unquoted === 'number' || typeof unquoted === 'bigint')) { return `write ${unquoted}.0`; }
  return unquoted !== undefined && unquoted !== value && types.some(type => isOf(type, unquoted)) ? 'leave the quotes out' : `write ${wanted}`;
}

function remedyOfMissing(key: string): string {
  return key === 'name' ? 'give it a name' : `add "${key}"`;
}

function oneOf(choices: ReadonlySet<string>, value: string): string {
  const meant = suggest(keyText(value), choices);
  return meant ? `did you mean "${meant}"?` : `allowed: ${[...choices].join(', ')}`;
}

function list(keys: readonly string[]): string {
  return keys.map(key => `"${key}"`).join(', ');
}
