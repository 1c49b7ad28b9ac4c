import { kindOf } from '../kinds';
import { keyText, Located } from '../located';
import { POD_SPEC } from '../schema/pod-spec.generated';
import { suggest } from '../suggest';
import { YamlEnvText, YamlFloat } from '../yaml';
import { Report } from './report';

/**
 * Types by name, and of each the types of its fields: `s` a text, `i` an integer, `n` a number, `b` true or false, `q` a
 * quantity, `x` a text or an integer, `*` anything, `[T]` a list, `{T}` a map from texts, else another type by its name. A
 * `!` behind it says that the field must be there.
 */
type Types = Readonly<Record<string, Readonly<Record<string, string>>>>;

const WANTED: Record<string, string> = {
  s: 'a text', i: 'an integer', n: 'a number', b: 'true or false', q: 'a quantity, such as 500m or 2Gi', x: 'a text or an integer',
};
const QUANTITY = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

let types: Types | undefined;

/** Checks a PodSpec of Kubernetes, which Nodepool takes as it is. */
export function checkPodSpec(at: Located, report: Report): void {
  if (!at.isTruthy) { return; }
  types ??= JSON.parse(POD_SPEC) as Types;
  checkFields(at, types.PodSpec, report);
}

function checkFields(at: Located, fields: Readonly<Record<string, string>>, report: Report): void {
  let unknown = false;
  for (const [key, part] of at.parts) {
    unknown ||= key instanceof YamlEnvText;
    const type = typeof key === 'string' && Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (type !== undefined) {
      checkValue(part, type.replace('!', ''), report);
    } else if (!(key instanceof YamlEnvText)) {
      const meant = suggest(keyText(key), Object.keys(fields));
      const remedy = meant ? `did you mean "${meant}"?` : 'leave it out';
      report.warn({ rule: 'pod-spec', at: part, atKey: true, message: `Kubernetes knows no field "${keyText(key)}" here`, remedy, noValue: true });
    }
  }
  for (const [key, type] of Object.entries(fields)) {
    if (!type.endsWith('!') || unknown || at.get(key)) { continue; }
    report.warn({ rule: 'pod-spec', at, detail: key, message: `Kubernetes asks for "${key}"`, remedy: `add "${key}"`, noValue: true });
  }
}

function checkValue(at: Located, type: string, report: Report): void {
  const { value } = at;
  if (type === '*' || value === null || at.isUnknown) { return; }
  if (type.startsWith('[')) {
    if (Array.isArray(value)) { at.list.forEach(item => checkValue(item, type.slice(1, -1), report)); } else { wrong(at, 'a list', report); }
  } else if (type.startsWith('{') || /^[A-Z]/.test(type)) {
    if (!at.isMap) {
      wrong(at, 'a map', report);
    } else if (type.startsWith('{')) {
      at.parts.forEach(([, part]) => checkValue(part, type.slice(1, -1), report));
    } else {
      checkFields(at, types![type], report);
    }
  } else if (!isOf(type, at)) {
    wrong(at, WANTED[type], report);
  }
}

function isOf(type: string, { value }: Located): boolean {
  const isInteger = typeof value === 'number' || typeof value === 'bigint';
  switch (type) {
    case 's': return typeof value === 'string';
    case 'i': return isInteger;
    case 'n': return isInteger || value instanceof YamlFloat;
    case 'b': return typeof value === 'boolean';
    case 'q': return isInteger || value instanceof YamlFloat || (typeof value === 'string' && QUANTITY.test(value));
    default: return isInteger || typeof value === 'string';
  }
}

function wrong(at: Located, wanted: string, report: Report): void {
  report.warn({ rule: 'pod-spec', at, message: `this is ${kindOf(at.value)}, not ${wanted}`, remedy: wanted === 'a text' ? 'quote it' : `write ${wanted}` });
}
