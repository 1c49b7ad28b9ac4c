import * as fs from 'fs';
import * as path from 'path';
import Ajv, { ErrorObject, ValidateFunction } from 'ajv';
import { ManifestObject } from './objects';
import { Findings, Manifests, Violation } from './rule';

const NEWEST = '1.37';
const OLDEST = '1.28';

const versions = new Map<string, (kind: string) => ValidateFunction | undefined>();

/** Every object is what the newest Kubernetes and the oldest supported one accept, with no field they do not know. */
export function schema(manifests: Manifests): Violation[] {
  const findings = new Findings('schema');
  for (const object of manifests.objects) {
    if (manifests.isCustom(object)) { continue; }
    if (!validator(NEWEST, `${object?.apiVersion}/${object?.kind}`)) {
      findings.add(object, 'kind', 'unknown-kind', `${object?.apiVersion}/${object?.kind}`, 'a kind of Kubernetes, or one listed in customKinds');
      continue;
    }
    const errors = validate(NEWEST, object);
    errors.forEach(error => findings.add(object, where(error), rule(error), what(error), remedy(error, NEWEST)));
    if (errors.length === 0) {
      validate(OLDEST, object).filter(error => !isNewer(manifests, error)).forEach(error =>
        findings.add(object, where(error), 'too-new', what(error), `${remedy(error, OLDEST)}; fields a user hands in go to newerFields`));
    }
  }
  return findings.violations;
}

function validate(version: string, object: ManifestObject): ErrorObject[] {
  const check = validator(version, `${object.apiVersion}/${object.kind}`);
  if (check?.(withoutSops(object)) !== false) { return []; }
  // where one of several forms fits, only the summary tells something
  return (check.errors ?? []).filter(error => !/\/(anyOf|oneOf)\/\d/.test(error.schemaPath));
}

/** SOPS puts its own field into a Secret, and takes it out before the cluster sees it. */
function withoutSops(object: ManifestObject): ManifestObject {
  const { sops, ...plain } = object;
  return object.kind === 'Secret' && sops ? plain as ManifestObject : object;
}

function validator(version: string, kind: string): ValidateFunction | undefined {
  if (!versions.has(version)) {
    const bundle = JSON.parse(fs.readFileSync(path.join(__dirname, 'schemas', `kubernetes-${version}.generated.json`), 'utf8'));
    const ajv = new Ajv({ allErrors: true, strict: false, verbose: true }).addSchema(bundle);
    versions.set(version, name => bundle.kinds[name] ? ajv.getSchema(`${bundle.$id}#/$defs/${bundle.kinds[name]}`) : undefined);
  }
  return versions.get(version)!(kind);
}

function isNewer(manifests: Manifests, error: ErrorObject): boolean {
  return error.keyword === 'additionalProperties' && (manifests.options.newerFields ?? []).includes(error.params.additionalProperty);
}

function where(error: ErrorObject): string {
  const parent = error.instancePath.slice(1).split('/').map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .reduce((text, part) => /^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`, '');
  const child = error.params.additionalProperty ?? error.params.missingProperty;
  return child === undefined ? parent : parent === '' ? child : `${parent}.${child}`;
}

function rule(error: ErrorObject): string {
  return { additionalProperties: 'unknown-field', required: 'missing-field' }[error.keyword] ?? 'type';
}

function what(error: ErrorObject): unknown {
  if (error.keyword === 'required') { return undefined; }
  return error.keyword === 'additionalProperties' ? (error.data as any)[error.params.additionalProperty] : error.data;
}

function remedy(error: ErrorObject, version: string): string {
  if (error.keyword === 'additionalProperties') {
    const known = Object.keys((error.parentSchema as any)?.properties ?? {});
    return `a field that Kubernetes ${version} knows: ${known.join(', ')}`;
  }
  if (error.keyword === 'enum') { return `one of ${(error.params.allowedValues as string[]).join(', ')}`; }
  return `Kubernetes ${version}: ${error.message}`;
}
