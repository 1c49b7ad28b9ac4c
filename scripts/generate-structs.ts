// Writes what users write instead of YAML, from the JSON files in src/config/schema:
//   src/config/structs/<driver>.generated.ts    structs and enums of a driver; `nodepool` has those of the top level
//   src/config/structs/tables.generated.ts      how the props are spelled in YAML, as one text that is parsed on first use
//
//   npx tsx --tsconfig tsconfig.dev.json scripts/generate-structs.ts [--check]
//
// json2jsii is not used. By what is known of 0.5, it names members of enums B_HYPHEN_C, loses null, drops free keys that stand beside fixed ones
// (quotas of tenants), knows no numbers that must have a point, and makes a function for each struct where a table does.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Json, readSchemas } from './bundle-schema';
import { documented, enumDoc, propDoc, structDoc } from './generate-structs-docs';

const root = join(__dirname, '..');
const FOLDER = 'src/config/structs';

/** Drivers of Nodepool's own tests: nothing to offer. */
const INTERNAL = new Set(['test', 'example']);

/** Keys of the top level that the stack sets. */
const BASE_KEYS = new Set(['webapp', 'elements-dir', 'images-dir', 'build-log-dir', 'build-log-retention', 'zookeeper-servers', 'zookeeper-tls']);

/** Props that cannot be called like their key: a word of another language, or a name that two keys would share. */
const RENAMED: Record<string, string> = {
  'Diskimage#abstract': 'isAbstract',
  'KubernetesLabel#type': 'labelType',
  'OpenshiftLabel#type': 'labelType',
  'AwsImageFilter#Name': 'capitalName',
  'AwsImageFilter#Values': 'capitalValues',
  'KubernetesPool#default-label-extra_resources': 'defaultExtraResources',
  'OpenshiftPool#default-label-extra_resources': 'defaultExtraResources',
  'OpenshiftPodsPool#default-label-extra_resources': 'defaultExtraResources',
};

/** Keys that take values of two types, which other languages cannot say in one prop: a prop for each type. */
const SPLIT: Record<string, Record<string, string>> = {
  'StaticNode#labels': { array: 'labels', string: 'label' },
  'StaticNode#host-key': { array: 'hostKeys', string: 'hostKey' },
  'AzureProvider#network': { string: 'network', object: 'networkDetails' },
  'Diskimage#release': { string: 'release', integer: 'releaseNumber' },
};

/** The prop for the keys of a struct that are free. */
const FREE_KEYS: Record<string, string> = { TenantResourceLimit: 'quotas' };

/** Words that other languages keep for themselves and that could be keys; jsii warns of all of them. */
const RESERVED = new Set(`abstract as base class const default event final for from import in interface internal is lambda long map native new
  object operator out override package params pass private public range readonly ref return select self short static string struct super
  this type using virtual with`.split(/\s+/));

/** A prop of a struct. */
export interface Prop {
  readonly name: string;

  /** As Nodepool spells it; `undefined` for the prop that holds free keys. */
  readonly key?: string;
  readonly type: string;
  readonly required: boolean;

  /** What becomes of its value: another struct (`AwsPool`, `AwsPool[]`), `float`, `null`; nothing when absent. */
  readonly conversion?: string;
  readonly schema: Json;

  /** Props for the other types of the key. */
  readonly siblings: readonly string[];

  /** Whether it or a sibling has to be there. */
  readonly oneNeeded?: boolean;
  readonly loaderOnly: boolean;
}

/** A struct. */
export interface Struct {
  readonly name: string;
  readonly schema: Json;
  readonly props: readonly Prop[];
}

/** An enum. */
export interface Enum {
  readonly name: string;
  readonly description: string;

  /** Values by the names of the members. */
  readonly members: Record<string, string>;
}

/** What is generated for one schema. */
export interface StructModule {
  readonly source: string;
  readonly structs: readonly Struct[];
  readonly enums: readonly Enum[];
}

/** The structs of all schemas, by driver. */
export function structModules(): Map<string, StructModule> {
  const modules = [...readSchemas()].filter(([name]) => !INTERNAL.has(name));
  return new Map(modules.map(([name, schema]) => [name, new Reader(name, schema).read()]));
}

/** The files to write, by path from the root of the project. */
export function structFiles(): Record<string, string> {
  const modules = structModules();
  const files = [...modules].map(([name, module]) => [`${FOLDER}/${name}.generated.ts`, moduleText(module)]);
  const structs = [...modules.values()].flatMap(module => module.structs);
  return { ...Object.fromEntries(files), [`${FOLDER}/tables.generated.ts`]: tablesText(structs) };
}

/** The files that are not what they should be. */
export function staleFiles(): string[] {
  return Object.entries(structFiles()).filter(([path, text]) => readOr(join(root, path)) !== text).map(([path]) => path);
}

class Reader {
  private readonly structs: Struct[] = [];
  private readonly enums: Enum[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly source: string, private readonly schema: Json) {}

  public read(): StructModule {
    const top = this.source === 'nodepool';
    this.struct(top ? { ...this.schema, title: 'NodepoolConfigProps', description: 'Properties for `NodepoolConfig`.' } : this.schema);
    return { source: this.source, structs: this.structs, enums: this.enums };
  }

  /** Notes a struct, and after it those that it refers to; returns its name. */
  private struct(schema: Json): string {
    const { title: name } = schema;
    if (this.known.has(name)) { return name; }
    this.known.add(name);
    const position = this.structs.length;
    const props = this.props(name, schema);
    checkNames(name, props);
    this.structs.splice(position, 0, { name, schema, props });
    return name;
  }

  private props(struct: string, schema: Json): Prop[] {
    const required = new Set([...schema.required ?? [], ...schema['x-required-by-loader'] ?? []]);
    const of = (properties: Json = {}, loaderOnly = false) => Object.entries<Json>(properties)
      .filter(([key]) => !(key === 'driver' || (this.source === 'nodepool' && BASE_KEYS.has(key))))
      .flatMap(([key, value]) => this.propsOf(struct, key, this.resolved(value), required.has(key), loaderOnly));
    const props = [...of(schema.properties), ...of(schema['x-loader-only'], true)];
    if (schema.additionalProperties) {
      const type = `{ [name: string]: ${this.type(struct, '', schema.additionalProperties)} }`;
      const description = 'Limits on further resources, by the names of the resources; written beside the other keys.';
      props.push({ name: FREE_KEYS[struct], type, required: false, schema: { description }, siblings: [], loaderOnly: false });
    }
    return props;
  }

  /** The props for a key: one, or one for each type. */
  private propsOf(struct: string, key: string, schema: Json, required: boolean, loaderOnly: boolean): Prop[] {
    const split = SPLIT[`${struct}#${key}`];
    if (!split) { return [this.prop(struct, key, RENAMED[`${struct}#${key}`] ?? camelCase(key), schema, required, loaderOnly)]; }
    return Object.entries(split).map(([type, name]) => {
      const alternatives: Json[] = (schema.anyOf ?? [{}]).map((part: Json) => this.resolved(part));
      const { anyOf, default: value, ...own } = schema;
      const part = { ...alternatives.find(other => other.type === type), ...own, type };
      if (type === 'object') { Object.assign(part, { $ref: schema.anyOf.find((other: Json) => other.$ref).$ref }); }
      const kept = value !== undefined && (Array.isArray(value) ? 'array' : typeof value) === type ? { default: value } : {};
      const siblings = Object.values(split).filter(other => other !== name);
      return { ...this.prop(struct, key, name, { ...part, ...kept }, false, loaderOnly), siblings, oneNeeded: required };
    });
  }

  private prop(struct: string, key: string, name: string, schema: Json, required: boolean, loaderOnly: boolean): Prop {
    const type = this.type(struct, key, schema);
    return { name, key, type, required, conversion: this.conversion(schema), schema: documented(schema, type), siblings: [], loaderOnly };
  }

  private conversion(schema: Json): string | undefined {
    if (schema['x-providers']) { return 'Provider[]'; }
    if (schema['x-python-type'] === 'float') { return 'float'; }
    if (schema['x-null-allowed']) { return 'null'; }
    const target = this.title(schema);
    if (target) { return target; }
    const item = schema.type === 'array' && this.title(schema.items ?? {});
    return item ? `${item}[]` : undefined;
  }

  private type(struct: string, key: string, schema: Json): string {
    if (schema['x-providers']) { return 'Provider[]'; }
    if (schema.$ref) { return this.struct(this.definition(schema.$ref)); }
    if (schema.enum) { return this.enumeration(key, schema); }
    switch (schema.type) {
      case 'string': return 'string';
      case 'integer':
      case 'number': return 'number';
      case 'boolean': return 'boolean';
      case 'array': return `${this.type(struct, key, schema.items ?? {})}[]`;
      case 'object': return `{ [name: string]: ${this.type(struct, key, schema.additionalProperties ?? {})} }`;
      case undefined: return 'any';
      default: throw new Error(`${struct}#${key} takes several types; name a prop for each in SPLIT`);
    }
  }

  private enumeration(key: string, schema: Json): string {
    const name = this.schema.title.replace(/Provider$/, '') + pascalCase(key);
    const values: string[] = schema.enum;
    const members = Object.fromEntries(values.map(value => [value.toUpperCase().replace(/[^A-Z0-9]/g, '_'), value]));
    if (schema['x-null-allowed']) { members.NULL = 'null'; }
    if (!this.known.has(name)) { this.enums.push({ name, description: schema.description, members }); }
    this.known.add(name);
    return name;
  }

  /** A reference with its own words, where it has any, over those of what it refers to. */
  private resolved(schema: Json): Json {
    return schema.$ref ? { description: this.definition(schema.$ref).description, ...schema } : schema;
  }

  private title(schema: Json): string | undefined {
    return schema.$ref && this.definition(schema.$ref).title;
  }

  private definition(reference: string): Json {
    const found = this.schema.$defs[reference.replace('#/$defs/', '')];
    if (!found?.title) { throw new Error(`${this.source}: ${reference} is not a struct with a title`); }
    return found;
  }
}

function checkNames(struct: string, props: readonly Prop[]): void {
  const twice = props.find(({ name }, index) => props.findIndex(other => other.name === name) !== index);
  if (twice) { throw new Error(`${struct}: two keys would be called ${twice.name}; name one of them in RENAMED`); }
  const taken = props.find(({ name, key }) => props.some(other => other.key === name && other.key !== key));
  if (taken) { throw new Error(`${struct}: the prop ${taken.name} is called like another key; name it in RENAMED`); }
  const reserved = props.find(({ name }) => RESERVED.has(name));
  if (reserved) { throw new Error(`${struct}: ${reserved.name} is a word of another language; name the prop in RENAMED`); }
  const odd = props.find(({ name }) => !/^[a-z][A-Za-z0-9]*$/.test(name ?? ''));
  if (odd) { throw new Error(`${struct}#${odd.key} gives no name for a prop; name it in RENAMED, or free keys in FREE_KEYS`); }
}

function camelCase(key: string): string {
  return key.replace(/[-_]([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function pascalCase(key: string): string {
  return camelCase(`-${key}`);
}

function moduleText({ source, structs, enums }: StructModule): string {
  const parts = [
    `// Generated by scripts/generate-structs.ts from src/config/schema/${source}.schema.json. Never edit it.`,
    ...(source === 'nodepool' ? ["import type { Provider } from '../provider';"] : []),
  ];
  return `${[parts.join('\n'), ...structs.map(structText), ...enums.map(enumText)].join('\n\n')}\n`;
}

function structText(struct: Struct): string {
  const props = struct.props.map(prop => `${propDoc(prop, struct, '  ')}\n  readonly ${prop.name}${prop.required ? '' : '?'}: ${prop.type};`);
  return `${structDoc(struct)}\nexport interface ${struct.name} {\n${props.join('\n\n')}\n}`;
}

function enumText({ name, description, members }: Enum): string {
  const lines = Object.entries(members).map(([member, value]) => `${enumDoc(value, '  ')}\n  ${member} = '${value}',`);
  return `/** ${description} */\nexport enum ${name} {\n${lines.join('\n\n')}\n}`;
}

/** `{ "Label": { "minReady": "min-ready" } }`, a list where there is more to do than to spell. Props that are written as they are have no entry. */
function tablesText(structs: readonly Struct[]): string {
  const entry = ({ name, key, conversion }: Prop) => {
    if (key === undefined) { return [[name, ['', 'free']]]; }
    if (conversion) { return [[name, [key, conversion]]]; }
    return name === key ? [] : [[name, key]];
  };
  const lines = structs.map(({ name, props }) => ` ${JSON.stringify(name)}: ${JSON.stringify(Object.fromEntries(props.flatMap(entry)))}`);
  return [
    '// Generated by scripts/generate-structs.ts from the schemas. Never edit it.',
    '',
    '/** How the props of structs are spelled and converted, by struct, as JSON. */',
    `export const TABLES = \`{\n${lines.join(',\n')}\n}\`;`,
    '',
  ].join('\n');
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function main(): void {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    stale.forEach(path => console.error(`${path} is stale; run scripts/generate-structs.ts`));
    process.exitCode = stale.length ? 1 : 0;
    return;
  }
  for (const [path, text] of Object.entries(structFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

if (require.main === module) { main(); }
