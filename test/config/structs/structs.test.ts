import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AWS } from './complete/aws';
import { AZURE } from './complete/azure';
import { GCE } from './complete/gce';
import { IBMVPC } from './complete/ibmvpc';
import { KUBERNETES } from './complete/kubernetes';
import { METASTATIC } from './complete/metastatic';
import { NODEPOOL } from './complete/nodepool';
import { OPENSHIFT } from './complete/openshift';
import { OPENSHIFTPODS } from './complete/openshiftpods';
import { OPENSTACK } from './complete/openstack';
import { STATIC } from './complete/static';
import { config as documented } from './documented';
import { FACTORIES } from './typed';
import { Json, readSchemas } from '../../../scripts/bundle-schema';
import { staleFiles } from '../../../scripts/generate-structs';
import { NodepoolConfig } from '../../../src/config';
import { readYaml, YamlFloat, YamlMap, YamlValue } from '../../../src/config/yaml';

const SCHEMAS = readSchemas();

/** Every driver with all its props, without those that exclude others in the second place. */
const COMPLETE: Array<[driver: string, props: object, left?: string[]]> = [
  ['aws', AWS], ['azure', AZURE, ['networkDetails']], ['azure', AZURE, ['network']], ['gce', GCE], ['ibmvpc', IBMVPC], ['kubernetes', KUBERNETES],
  ['metastatic', METASTATIC], ['openshift', OPENSHIFT], ['openshiftpods', OPENSHIFTPODS], ['openstack', OPENSTACK],
  ['static', STATIC, ['label', 'hostKey']], ['static', STATIC, ['labels', 'hostKeys']],
];

/** What Nodepool would read. */
function written(config: NodepoolConfig): YamlMap { return readYaml(config._withBase({})).data as YamlMap; }

/** A copy without some props; what is in free keys and below the first one that is left stays. */
function without(value: any, props: readonly string[]): any {
  if (Array.isArray(value)) { return value.map(item => without(item, props)); }
  if (typeof value !== 'object') { return value; }
  const deeper = Object.keys(value).some(key => props.includes(key)) ? [] : props;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !props.includes(key)).map(([key, item]) => [key, without(item, deeper)]));
}

/** What is wrong with data in which each text is the key that it belongs to, and nothing is missing. */
function faults(schema: Json, value: YamlValue | undefined, key: string, definitions: Json): string[] {
  if (schema.$ref) { return faults({ ...definitions[schema.$ref.replace('#/$defs/', '')], ...schema, $ref: undefined }, value, key, definitions); }
  if (value === undefined) { return [`${key} is missing`]; }
  if (schema.anyOf) {
    const each: string[][] = schema.anyOf.map((part: Json) => faults(part, value, key, definitions));
    return each.some(found => found.length === 0) ? [] : each.flat();
  }
  if (Array.isArray(schema.type)) { return ['5', key].includes(String(value)) ? [] : [`${key}: ${String(value)}`]; }
  switch (schema.type) {
    case 'array': return Array.isArray(value) && value.length === 1 ? faults(schema.items ?? {}, value[0], key, definitions) : [`${key} is no list`];
    case 'object': return value instanceof Map ? mapFaults(schema, value, key, definitions) : [`${key} is no map`];
    case 'string': return (schema.enum ?? [schema.const ?? key]).includes(value) ? [] : [`${key}: ${String(value)}`];
    case 'boolean': return value === true ? [] : [`${key}: ${String(value)}`];
    case undefined: return value instanceof Map ? [] : [`${key} is no map`];
    default: return (schema['x-python-type'] === 'float' ? value instanceof YamlFloat && value.value === 10 : value === 5) ? [] : [`${key}: ${String(value)}`];
  }
}

function mapFaults(schema: Json, map: YamlMap, key: string, definitions: Json): string[] {
  if (!schema.properties) { return [...map.keys()].join() === 'myOwn_key' || schema['x-pod-spec'] ? [] : [`${key} has the keys ${[...map.keys()].join()}`]; }
  const properties: Json = { ...schema.properties, ...schema['x-loader-only'] };
  const others = [...map.keys()].filter(name => !Object.hasOwn(properties, name as string));
  const free = schema.additionalProperties ? ['myOwn_key'] : [];
  return [
    ...(others.join() === free.join() ? [] : [`${key} has the keys ${others.join()} besides`]),
    ...Object.entries<Json>(properties).flatMap(([name, part]) => faults(part, map.get(name), name, definitions)),
  ];
}

test('generated files are those that the schemas give', () => {
  expect(staleFiles()).toEqual([]);
});

test.each(COMPLETE)('every key of %s reaches nodepool.yaml', (driver, props, left = []) => {
  const config = new NodepoolConfig({ providers: [FACTORIES[driver](without(props, left))] });
  const [provider] = written(config).get('providers') as YamlMap[];
  expect(faults(SCHEMAS.get(driver)!, provider, driver, SCHEMAS.get(driver)!.$defs)).toEqual([]);
});

test.each([['release'], ['releaseNumber']])('every key of the top level reaches nodepool.yaml, without %s', left => {
  const { properties, $defs } = SCHEMAS.get('nodepool')!;
  const data = written(new NodepoolConfig(without(NODEPOOL, [left])));
  expect([...data].flatMap(([key, value]) => faults(properties[key as string], value, key as string, $defs))).toEqual([]);
  expect([...data.keys()].sort()).toEqual(['diskimages', 'labels', 'max-hold-age', 'tenant-resource-limits', 'zookeeper-timeout']);
});

test('the example in the docs is this one, and gives what they say', () => {
  const [, program, yaml] = /```ts\n(.*?)```.*?```yaml\n(.*?)```/s.exec(readFileSync(join(__dirname, '../../../docs/typed-configuration.md'), 'utf8'))!;
  expect(readFileSync(join(__dirname, 'documented.ts'), 'utf8')).toBe(`${program}\nexport { config };\n`);
  expect(documented._withBase({})).toBe(yaml);
});
