import { readFileSync } from 'node:fs';
import Ajv, { ValidateFunction } from 'ajv';
import { loadAll } from 'js-yaml';
import { ManifestObject } from '../../manifests';

/** The real schemas of custom kinds, as their operators publish them. */
export class CustomKinds {
  private readonly schemas = new Map<string, any>();
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(...files: string[]) {
    const definitions = files.flatMap(file => loadAll(readFileSync(file, 'utf8')) as any[]).filter(object => object?.kind === 'CustomResourceDefinition');
    for (const { spec } of definitions) {
      for (const { name, schema } of spec.versions.filter((version: any) => version.served)) {
        this.schemas.set(`${spec.group}/${name}/${spec.names.kind}`, schema.openAPIV3Schema);
      }
    }
  }

  /** What the API server would refuse, or drop because it knows no such field. */
  public refusals(object: ManifestObject): string[] {
    const kind = this.kindOf(object);
    const schema = this.schemas.get(kind);
    if (!schema) { return [`${kind} is not served`]; }
    const validate = this.validators.get(kind) ?? new Ajv({ allErrors: true, strict: false, formats: FORMATS }).compile(strict(schema, true));
    this.validators.set(kind, validate);
    return validate(object) ? [] : validate.errors!.map(error => `${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
  }

  /** The object as it reads back, with the defaults that the API server writes into it. */
  public readBack(object: ManifestObject): ManifestObject {
    return withDefaults(this.schemas.get(this.kindOf(object)), structuredClone(object));
  }

  private kindOf({ apiVersion, kind }: ManifestObject): string { return `${apiVersion}/${kind}`; }
}

/** Formats that only say how a number is stored. */
const FORMATS = { 'int32': true, 'int64': true, 'byte': true, 'date-time': true } as const;

/** A schema that also refuses what the API server drops; metadata have a schema of their own there. */
function strict(schema: any, top = false): any {
  if (typeof schema !== 'object' || schema === null) { return schema; }
  const result: any = { ...schema };
  if (schema.nullable) { result.type = [schema.type, 'null']; }
  if (schema.properties) {
    result.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, part]) => [name, top && name === 'metadata' ? {} : strict(part)]));
    if (!schema['x-kubernetes-preserve-unknown-fields']) { result.additionalProperties = false; }
  } else if (typeof schema.additionalProperties === 'object') {
    result.additionalProperties = strict(schema.additionalProperties);
  }
  if (schema.items) { result.items = strict(schema.items); }
  return result;
}

/** Defaults as the API server sets them: in every object that is there, from the outside in. */
function withDefaults(schema: any, value: any): any {
  if (Array.isArray(value)) { return schema?.items ? value.map(item => withDefaults(schema.items, item)) : value; }
  if (typeof value !== 'object' || value === null) { return value; }
  for (const [name, part] of Object.entries<any>(schema?.properties ?? {})) {
    if (value[name] === undefined && part.default !== undefined) { value[name] = structuredClone(part.default); }
    if (value[name] !== undefined) { value[name] = withDefaults(part, value[name]); }
  }
  return value;
}
