import { Prop, Struct, structModules } from '../../../scripts/generate-structs';
import { NodepoolConfig, Provider } from '../../../src/config';
import { readYaml, YamlEnvText, YamlFloat, YamlMap, YamlValue } from '../../../src/config/yaml';

// Says what a nodepool.yaml says with the typed structs, and compares what comes out of them.

/** Why a value cannot be said typed: it is no value of the documented type. */
export class NotTyped extends Error {}

/** The factories of providers, by driver. */
export const FACTORIES: Record<string, (props: any) => Provider> = {
  aws: Provider.aws,
  azure: Provider.azure,
  gce: Provider.gce,
  ibmvpc: Provider.ibmvpc,
  kubernetes: Provider.kubernetes,
  metastatic: Provider.metastatic,
  openshift: Provider.openshift,
  openshiftpods: Provider.openshiftpods,
  openstack: Provider.openstack,
  static: Provider.staticNodes,
};

/** Settings that the stack makes. */
const BASE_KEYS = ['webapp', 'elements-dir', 'images-dir', 'build-log-dir', 'build-log-retention', 'zookeeper-servers', 'zookeeper-tls'];

const MODULES = structModules();
const STRUCTS = new Map([...MODULES.values()].flatMap(module => module.structs).map(struct => [struct.name, struct]));
const ENUMS = new Map([...MODULES.values()].flatMap(module => module.enums).map(({ name, members }) => [name, new Set(Object.values(members))]));

/** The struct of a driver's providers. */
export function providerStruct(driver: string): Struct { return MODULES.get(driver)!.structs[0]; }

/** A struct by its name. */
export function structNamed(name: string): Struct { return STRUCTS.get(name)!; }

/** Writes a configuration typed and reads what comes of it. Says what differs; `undefined` when nothing does. */
export function roundTrip(text: string): string | undefined {
  const { data } = readYaml(text, { placeholders: true });
  if (!(data instanceof Map)) { throw new NotTyped('it is no map'); }
  const wanted: YamlMap = new Map([...data].filter(([key]) => !BASE_KEYS.includes(key as string)));
  const written = readYaml(typedConfig(wanted)._withBase({}), { placeholders: true }).data as YamlMap;
  return difference(withDrivers(wanted), written, '');
}

/** A configuration made of typed structs. */
function typedConfig(data: YamlMap): NodepoolConfig {
  const providers = data.get('providers');
  const others: YamlMap = new Map([...data].filter(([key]) => key !== 'providers'));
  const props = structOf('NodepoolConfigProps', others, '');
  if (providers === undefined) { return new NodepoolConfig(props); }
  if (!Array.isArray(providers)) { throw new NotTyped('providers: no list'); }
  return new NodepoolConfig({ ...props, providers: providers.map(providerOf) });
}

function providerOf(value: YamlValue): Provider {
  if (!(value instanceof Map)) { throw new NotTyped('providers: no map'); }
  const driver = driverOf(value);
  if (typeof driver !== 'string' || !FACTORIES[driver]) { throw new NotTyped(`driver ${String(driver)} is one of Nodepool's own tests`); }
  const props = new Map([...value].filter(([key]) => key !== 'driver'));
  return FACTORIES[driver](structOf(providerStruct(driver).name, props, `providers[${String(value.get('name'))}]`));
}

/** The driver that Nodepool takes. The fake one reads what openstack reads. */
function driverOf(provider: YamlMap): YamlValue {
  const name = provider.get('name');
  return typeof name === 'string' && name.startsWith('fake') ? 'openstack' : provider.get('driver') ?? 'openstack';
}

function withDrivers(config: YamlMap): YamlMap {
  const providers = config.get('providers');
  if (!Array.isArray(providers)) { return config; }
  return new Map(config).set('providers', providers.map(provider => new Map(provider as YamlMap).set('driver', driverOf(provider as YamlMap))));
}

function structOf(name: string, map: YamlMap, path: string): any {
  const { props } = structNamed(name);
  const struct: Record<string, unknown> = {};
  for (const [key, value] of map) {
    const where = path ? `${path}.${String(key)}` : String(key);
    const candidates = props.filter(prop => prop.key === key);
    const prop = candidates.find(candidate => isOfType(candidate, value)) ?? candidates[0];
    const free = props.find(({ key: own }) => own === undefined);
    if (prop) {
      struct[prop.name] = propValue(prop, value, where);
    } else if (free && typeof key === 'string') {
      struct[free.name] = { ...struct[free.name] as object, [key]: leaf('number', { type: 'integer' }, value, where) };
    } else {
      throw new NotTyped(`${where}: no such key`);
    }
  }
  return struct;
}

/** Which of several props for one key a value is for. */
function isOfType({ type }: Prop, value: YamlValue): boolean {
  if (Array.isArray(value)) { return type.endsWith('[]'); }
  return value instanceof Map ? !['string', 'number'].includes(type) : type === typeof value;
}

function propValue({ type, conversion, schema }: Prop, value: YamlValue, path: string): unknown {
  const struct = conversion?.replace('[]', '') ?? '';
  if (!STRUCTS.has(struct)) { return value === null && conversion === 'null' ? 'null' : leaf(type, schema, value, path); }
  const values = conversion!.endsWith('[]') ? value : [value];
  if (!Array.isArray(values)) { throw new NotTyped(`${path}: no list`); }
  const structs = values.map(item => {
    if (!(item instanceof Map)) { throw new NotTyped(`${path}: no map`); }
    return structOf(struct, item, path);
  });
  return values === value ? structs : structs[0];
}

function leaf(type: string, schema: any, value: YamlValue, path: string): unknown {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) { throw new NotTyped(`${path}: no list`); }
    return value.map(item => leaf(type.slice(0, -2), schema.items ?? {}, item, path));
  }
  if (type.startsWith('{')) {
    if (!(value instanceof Map)) { throw new NotTyped(`${path}: no map`); }
    const own = schema.additionalProperties;
    return plainMap(value, path, item => (own ? leaf(own.type === 'string' ? 'string' : 'number', own, item, path) : plain(item, path)));
  }
  if (type === 'any') { return plain(value, path); }
  if (type === 'string' && value instanceof YamlEnvText) { return value.text; }
  if (type === 'number' && schema.type === 'number' && value instanceof YamlFloat) { return value.value; }
  if (typeof value !== 'object' && (typeof value === type || ENUMS.get(type)?.has(value as string))) { return value; }
  throw new NotTyped(`${path}: ${value instanceof YamlEnvText ? 'a variable' : value === null ? 'null' : typeof value} is not of type ${type}`);
}

/** Free data as a program says it. */
function plain(value: YamlValue, path: string): unknown {
  if (Array.isArray(value)) { return value.map(item => plain(item, path)); }
  if (value instanceof Map) { return plainMap(value, path, item => plain(item, path)); }
  if (value instanceof YamlFloat) { return value.value; }
  if (value instanceof YamlEnvText) { return value.text; }
  if (typeof value === 'object' && value !== null) { throw new NotTyped(`${path}: ${value.constructor.name} is no plain data`); }
  return value;
}

function plainMap(map: YamlMap, path: string, convert: (value: YamlValue) => unknown): object {
  return Object.fromEntries([...map].map(([key, value]) => {
    if (typeof key !== 'string') { throw new NotTyped(`${path}: a key that is no text`); }
    return [key, convert(value)];
  }));
}

/** Keys whose values need a decimal point. */
const FLOAT_KEYS = new Set([...STRUCTS.values()].flatMap(({ props }) => props.filter(({ conversion }) => conversion === 'float').map(({ key }) => key)));

/** The first difference, as Python compares: 1 equals 1.0, except where Nodepool tells them apart. */
function difference(wanted: YamlValue | undefined, written: YamlValue | undefined, path: string, key?: YamlValue): string | undefined {
  if (Array.isArray(wanted) && Array.isArray(written) && wanted.length === written.length) {
    return firstOf(wanted.map((item, index) => difference(item, written[index], `${path}[${index}]`)));
  }
  if (wanted instanceof Map && written instanceof Map) {
    const keys = new Set([...wanted.keys(), ...written.keys()]);
    return firstOf([...keys].map(part => difference(wanted.get(part), written.get(part), `${path}.${String(part)}`, part)));
  }
  const same = Object.is(scalar(wanted), scalar(written)) && (written instanceof YamlFloat || !FLOAT_KEYS.has(key as string));
  return same ? undefined : `${path}: ${JSON.stringify(wanted)} became ${JSON.stringify(written)}`;
}

function scalar(value: YamlValue | undefined): unknown {
  if (value instanceof YamlFloat) { return value.value === 0 ? 0 : value.value; }
  return value instanceof YamlEnvText ? value.text : value;
}

function firstOf(texts: ReadonlyArray<string | undefined>): string | undefined {
  return texts.find(text => text !== undefined);
}
