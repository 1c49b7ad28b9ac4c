import { Report } from '../check/report';
import { kindOf } from '../kinds';
import { keyText, Located } from '../located';
import { isHashable, isIntegral, isNumber, toFloat } from '../python';
import { YamlEnvText, YamlValue } from '../yaml';
import { Lookup } from './lookup';

/** How a file is loaded. */
export interface LoadOptions {
  /** Names that clouds.yaml defines; absent when nobody knows. */
  readonly clouds?: readonly string[];
}

/**
 * What loading a configuration has come to, and the operations of the loader. Where Python would raise, they note it and
 * say so, and the loader goes on with the next thing: so every failure is found, and not only the first.
 */
export class Loading {
  /** Labels of the top level. */
  public readonly labels = new Lookup('defined labels');

  /** Diskimages that are built: those that are not abstract. */
  public readonly diskimages = new Lookup('diskimages that are built');

  /** Diskimages that are only inherited from. */
  public readonly abstractDiskimages = new Lookup('abstract diskimages');

  /** All diskimages. */
  public readonly allDiskimages = new Lookup('defined diskimages');

  /** Labels whose type an earlier provider has set: the very maps are shared where YAML shares them by an alias. */
  public readonly typedLabels = new Set<YamlValue>();

  constructor(public readonly report: Report, public readonly options: LoadOptions) {}

  /** The same, noting no failure: only what is defined is learnt. */
  public silent(): Loading {
    return Object.assign(new Loading(new Report(), this.options), {
      labels: this.labels, diskimages: this.diskimages, abstractDiskimages: this.abstractDiskimages, allDiskimages: this.allDiskimages,
    });
  }

  /** Notes a failure that no operation below knows. */
  public fail(rule: string, at: Located, message: string, remedy: string): void {
    this.report.refuse('loader', { rule, at, message, remedy });
  }

  /** `for item in list`, where items are then looked into: anything but a list must be empty. */
  public each(list: Located | undefined): Located[] {
    if (!list || list.isUnknown) { return []; }
    if (Array.isArray(list.value)) { return list.list; }
    const { value } = list;
    const yieldsNothing = typeof value === 'string' || (typeof value === 'object' && value !== null && !isNumber(value));
    if (!yieldsNothing || list.isTruthy) { this.wrongKind(list, 'a list'); }
    return [];
  }

  /** `if not list: return`, then `for item in list`. */
  public eachIfAny(list: Located | undefined): Located[] {
    return list?.isTruthy ? this.each(list) : [];
  }

  /** `item.get(…)`: only a map has it. */
  public isMap(item: Located): boolean {
    if (item.value instanceof Map) { return true; }
    if (!item.isUnknown) { this.wrongKind(item, 'a map'); }
    return false;
  }

  /** `map[key]`. */
  public need(map: Located, key: string): Located | undefined {
    const part = map.get(key);
    if (!part && !hasUnknownKeys(map)) {
      this.report.refuse('loader', {
        rule: 'missing-key', at: map, detail: key, message: `"${key}" is missing`, remedy: key === 'name' ? 'give it a name' : `add "${key}"`, noValue: true,
      });
    }
    return part;
  }

  /** Whether a value can be a key, where it is used as one. */
  public hash(value: Located | undefined): value is Located {
    if (!value) { return false; }
    if (isHashable(value.value)) { return true; }
    this.wrongKind(value, 'a text');
    return false;
  }

  /** `int(value)`. */
  public int(value: Located | undefined): void {
    if (value && !isIntegral(value.value)) { this.wrongKind(value, 'an integer'); }
  }

  /** `float(value)`. */
  public float(value: Located | undefined): void {
    if (value && !value.isUnknown && toFloat(value.value) === undefined) { this.wrongKind(value, 'a number'); }
  }

  /** A value that is compared with numbers. */
  public number(value: Located | undefined): void {
    if (value && !value.isUnknown && !isNumber(value.value)) { this.wrongKind(value, 'a number'); }
  }

  /** `value.items()`: only a map has it. */
  public map(value: Located | undefined): void {
    if (value) { this.isMap(value); }
  }

  /** Notes that a value is of a kind that the loader fails on. */
  public wrongKind(at: Located, wanted: string): void {
    const remedy = at.value === null ? 'give a value, or leave the key out' : `write ${wanted}`;
    this.report.refuseKind({ at, message: `this is ${kindOf(at.value)}, not ${wanted}; Nodepool fails on it when it loads the file`, remedy });
  }

  /** A label that a pool or node offers must be among those of the top level. */
  public offer(label: Located, item: Located = label): void {
    if (this.labels.lacks(label.value)) { this.undefinedLabel(label.value, label, item); }
  }

  /** Notes a label that the top level does not define. */
  public undefinedLabel(name: YamlValue, at: Located, item: Located, by: 'loader' | 'validator' = 'loader'): void {
    const text = keyText(name);
    const path = item === at ? undefined : item;
    this.report.refuse(by, { rule: 'undefined-label', at, pathOf: path, detail: text, message: `label "${text}" is not defined`, remedy: this.labels.remedy(text) });
  }

  /** A diskimage that is referred to must be built. */
  public built(image: Located, item?: Located): boolean {
    if (!this.hash(image)) { return false; }
    if (!this.diskimages.lacks(image.value)) { return true; }
    this.notBuilt(image, 'loader', item);
    return false;
  }

  /** Notes a diskimage that is not built. */
  public notBuilt(image: Located, by: 'loader' | 'validator', item?: Located): void {
    const name = keyText(image.value);
    const abstract = !this.abstractDiskimages.lacks(image.value);
    const message = abstract ? `diskimage "${name}" is abstract, so it is never built` : `diskimage "${name}" is not defined`;
    this.report.refuse(by, { rule: abstract ? 'abstract-diskimage' : 'undefined-diskimage', at: image, pathOf: item, message, remedy: this.diskimages.remedy(name) });
  }
}

/** Whether a key of a map comes from the environment: it may be the missing one. */
function hasUnknownKeys(map: Located): boolean {
  return map.value instanceof Map && [...map.value.keys()].some(key => key instanceof YamlEnvText);
}
