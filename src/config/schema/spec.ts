import { SCHEMAS } from './schemas.generated';

// The schemas in the form that the validator walks along. Read once, when somebody first asks.

/** Types as Python's `isinstance` and the tests of the real schema tell them apart. */
export type PythonType = 'str' | 'int' | 'float' | 'num' | 'floatish' | 'bool' | 'list' | 'dict' | 'any';

/** What a value must be. */
export interface ValueSpec {
  /** One of these. */
  readonly types: readonly PythonType[];

  /** The only texts allowed. */
  readonly choices?: ReadonlySet<string>;

  /** What a text must begin like. */
  readonly pattern?: RegExp;
  readonly nullable: boolean;

  /** What the items of a list must be; unchecked when absent. */
  readonly items?: ValueSpec;

  /** What the parts of a map must be; unchecked when absent. */
  readonly map?: MapSpec;

  /** Whether items are providers, each checked by its driver's schema. */
  readonly providers: boolean;

  /** Why nothing reads it. */
  readonly unused?: string;

  /** What to write instead, when it is given up. */
  readonly instead?: string;
}

/** What the parts of a map must be. */
export interface MapSpec {
  readonly properties: ReadonlyMap<string, ValueSpec>;

  /** What keys that are not listed must be; they are refused when absent. */
  readonly others?: ValueSpec;
  readonly required: readonly string[];
  readonly requiredByLoader: readonly string[];

  /** Of each list at least one must be there. */
  readonly requiredAny: ReadonlyArray<readonly string[]>;

  /** Of each list at most one may be there. */
  readonly exclusive: ReadonlyArray<readonly string[]>;

  /** Keys that suffer only some others beside them. */
  readonly alone: ReadonlyMap<string, readonly string[]>;

  /** Keys that the validator refuses and the daemons honour. */
  readonly loaderOnly: ReadonlySet<string>;
}

interface Schema { readonly [key: string]: any }

const PYTHON_TYPE: Record<string, PythonType> = {
  string: 'str', integer: 'int', number: 'num', boolean: 'bool', array: 'list', object: 'dict',
};

let schemas: Record<string, Schema> | undefined;
const specs = new Map<string, MapSpec>();

/** The schema of the top level (`nodepool`), or of a driver. */
export function specOf(name: string): MapSpec | undefined {
  const known = specs.get(name);
  if (known) { return known; }
  schemas ??= JSON.parse(SCHEMAS) as Record<string, Schema>;
  const file = name === 'fake' ? 'openstack' : name;
  if (!Object.hasOwn(schemas, file)) { return undefined; }
  const spec = new Compiler(schemas[file].$defs ?? {}).map(schemas[file]);
  specs.set(name, spec);
  return spec;
}

/** The schema of a driver; `undefined` when there is no such driver. */
export function providerSpecOf(driver: string): MapSpec | undefined {
  return driver === 'nodepool' ? undefined : specOf(driver);
}

/** The names of the drivers to choose from. */
export function driverNames(): string[] {
  return ['openstack', 'aws', 'azure', 'gce', 'ibmvpc', 'kubernetes', 'openshift', 'openshiftpods', 'static', 'metastatic'];
}

class Compiler {
  constructor(private readonly definitions: Schema) {}

  public map(schema: Schema): MapSpec {
    const { additionalProperties: others } = schema;
    return {
      properties: new Map(Object.entries<Schema>(schema.properties ?? {}).map(([key, value]) => [key, this.value(value)])),
      others: others ? this.value(others) : undefined,
      required: schema.required ?? [],
      requiredByLoader: schema['x-required-by-loader'] ?? [],
      requiredAny: schema['x-required-any'] ?? [],
      exclusive: Object.values<string[]>(schema['x-exclusive-groups'] ?? {}),
      alone: new Map(Object.entries<string[]>(schema['x-alone-with'] ?? {})),
      loaderOnly: new Set(Object.keys(schema['x-loader-only'] ?? {})),
    };
  }

  private value(reference: Schema): ValueSpec {
    const schema = this.resolved(reference);
    const alternatives: Schema[] = (schema.anyOf ?? [schema]).map((part: Schema) => this.resolved(part));
    const list = alternatives.find(part => part.type === 'array');
    const map = alternatives.find(part => part.type === 'object');
    return {
      types: alternatives.flatMap(typesOf),
      choices: schema.enum && new Set(schema.enum),
      pattern: schema.pattern && new RegExp(schema.pattern),
      nullable: schema['x-null-allowed'] ?? false,
      items: list?.items && this.value(list.items),
      map: map && (map.properties || map.additionalProperties) ? this.map(map) : undefined,
      providers: schema['x-providers'] ?? false,
      unused: schema['x-unused'],
      instead: schema['x-instead'],
    };
  }

  private resolved(schema: Schema): Schema {
    const name = /^#\/\$defs\/(.*)$/.exec(schema.$ref ?? '')?.[1];
    return name === undefined ? schema : { ...this.definitions[name], ...schema };
  }
}

function typesOf(schema: Schema): PythonType[] {
  if (schema['x-python-type']) { return [schema['x-python-type']]; }
  return [schema.type ?? []].flat().map((type: string) => PYTHON_TYPE[type]);
}
