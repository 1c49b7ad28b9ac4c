import { drift } from './drift';
import { gitops } from './gitops';
import { house } from './house';
import { names } from './names';
import { noise } from './noise';
import { describe, ManifestObject, parseManifests, parseManifestsAsYaml11 } from './objects';
import { podSecurity } from './pod-security';
import { references } from './references';
import { CheckOptions, Manifests, Rule, Violation } from './rule';
import { schema } from './schema';
import { selectors } from './selectors';
import { values } from './values';

const RULES: Rule[] = [schema, values, names, noise, selectors, references, podSecurity, house, drift, gitops];

/** Everything that is wrong with the manifests of one cluster. */
export function checkManifests(objects: ManifestObject[], options: CheckOptions = {}): Violation[] {
  const malformed = objects.filter(object => typeof object?.kind !== 'string' || typeof object?.metadata !== 'object' || object.metadata === null);
  if (malformed.length > 0) {
    return malformed.map(object => ({
      object: `${object?.kind} ?`,
      path: '',
      rule: 'schema/object',
      value: Object.keys(object ?? {}),
      remedy: 'an object with kind and metadata',
    }));
  }
  const manifests = new Manifests(objects, options);
  return applyExceptions(RULES.flatMap(rule => rule(manifests)), options);
}

/** Fails with a line for each violation. A text is also checked for words that YAML readers take differently. */
export function expectGoodManifests(manifests: string | ManifestObject[], options: CheckOptions = {}): void {
  const objects = typeof manifests === 'string' ? parseManifests(manifests) : manifests;
  if (objects.length === 0) { throw new Error('there are no manifests to check'); }
  const violations = [
    ...(typeof manifests === 'string' ? ambiguousText(manifests, objects) : []),
    ...checkManifests(objects, options),
  ];
  if (violations.length > 0) { throw new Error(`${violations.length} violations\n${violations.map(line).join('\n')}`); }
}

function line({ object, path, rule, value, remedy }: Violation): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return `  ${object}: ${path}: ${rule}: got ${text.length > 200 ? `${text.slice(0, 200)}…` : text}, want ${remedy}`;
}

/** Readers of YAML 1.1 (kubectl) and 1.2 differ about words such as an unquoted `yes` or `0o400`. */
function ambiguousText(text: string, objects: ManifestObject[]): Violation[] {
  const others = parseManifestsAsYaml11(text);
  return objects.flatMap((object, index) => differences(object, others[index], '').map(({ path, value, other }) => ({
    object: describe(object),
    path,
    rule: 'yaml/ambiguous',
    value: object.kind === 'Secret' ? '(hidden)' : value,
    remedy: object.kind === 'Secret' ? 'quotes' : `quotes: YAML 1.1 reads ${JSON.stringify(other)}`,
  })));
}

function differences(value: any, other: any, path: string): { path: string; value: unknown; other: unknown }[] {
  if (typeof value !== 'object' || value === null || typeof other !== 'object' || other === null) {
    return Object.is(value, other) ? [] : [{ path, value, other }];
  }
  const keys = new Set([...Object.keys(value), ...Object.keys(other)]);
  return [...keys].flatMap(key => differences(value[key], other[key], path === '' ? key : `${path}.${key}`));
}

/** Takes out what is broken on purpose, and reports an exception that nothing needs. */
function applyExceptions(violations: Violation[], { except = [] }: CheckOptions): Violation[] {
  const covers = (index: number, { rule, object }: Violation) =>
    (rule === except[index].rule || rule.startsWith(`${except[index].rule}/`)) && [undefined, object].includes(except[index].object);
  const needless = except.filter((_, index) => !violations.some(violation => covers(index, violation)));
  return [
    ...violations.filter(violation => !except.some((_, index) => covers(index, violation))),
    ...needless.map(({ rule, object }) => ({
      object: object ?? 'any object',
      path: '',
      rule: 'options/except',
      value: rule,
      remedy: 'no such exception: nothing breaks this rule',
    })),
  ];
}
