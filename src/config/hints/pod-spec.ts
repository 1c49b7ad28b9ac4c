import { Report } from '../check/report';
import { kindOf } from '../kinds';
import { keyText, Located } from '../located';
import { describePlace } from '../problem';
import { POD_SPEC } from '../schema/pod-spec.generated';
import { suggest } from '../suggest';
import { YamlEnvText, YamlFloat } from '../yaml';

/**
 * Types by name, and of each the types of its fields: `s` a text, `i` an integer, `n` a number, `b` true or false, `q` a
 * quantity, `x` a text or an integer, `*` anything, `[T]` a list, `{T}` a map from texts, else another type by its name. A
 * `!` behind it says that the field must be there.
 */
type Types = Readonly<Record<string, Readonly<Record<string, string>>>>;

const WANTED: Record<string, string> = {
  s: 'a text', i: 'an integer', n: 'a number', b: 'true or false', q: 'a quantity, such as 500m or 2Gi', x: 'a text or an integer',
};
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const QUANTITY = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

let types: Types | undefined;

/** Checks a PodSpec of Kubernetes, which Nodepool takes as it is. */
export function checkPodSpec(at: Located, report: Report): void {
  if (!at.isTruthy) { return; }
  types ??= JSON.parse(POD_SPEC) as Types;
  checkFields(at, types.PodSpec, report);
  checkContainers(at, report);
  checkRestartPolicy(at.get('restartPolicy'), report);
}

/** What types cannot say of containers: there is one, and each has its own name. */
function checkContainers(at: Located, report: Report): void {
  const containers = at.get('containers');
  if (containers && Array.isArray(containers.value) && containers.value.length === 0) {
    report.warn({ rule: 'pod-spec', at: containers, message: 'Kubernetes asks for at least one container', remedy: 'add one', noValue: true });
  }
  const first = new Map<string, Located>();
  for (const container of ['initContainers', 'containers', 'ephemeralContainers'].flatMap(key => at.items(key))) {
    const name = container.get('name');
    if (name?.text === undefined || name.isUnknown) { continue; }
    const before = first.get(name.text);
    if (!before) {
      first.set(name.text, name);
      continue;
    }
    const where = before.place ? `, first at ${describePlace(before.place)}` : '';
    report.warn({ rule: 'pod-spec', at: name, pathOf: container, message: `container "${name.text}" is there twice${where}`, remedy: 'give every container its own name' });
  }
}

function checkRestartPolicy(policy: Located | undefined, report: Report): void {
  if (policy?.text === undefined || policy.isUnknown || policy.text.includes('%(') || RESTART_POLICIES.includes(policy.text)) { return; }
  const meant = suggest(policy.text, RESTART_POLICIES);
  const remedy = meant ? `did you mean "${meant}"?` : `allowed: ${RESTART_POLICIES.join(', ')}`;
  report.warn({ rule: 'pod-spec', at: policy, message: `"${policy.text}" is not among the values allowed`, remedy });
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
    if (!type.endsWith('!') || unknown || (at.get(key)?.value ?? null) !== null) { continue; }
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
