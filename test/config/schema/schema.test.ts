import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { bundle, readSchemas } from '../../../scripts/bundle-schema';
import { checkText } from '../../../src/config/check/check';
import { readYaml, YamlFloat, YamlValue } from '../../../src/config/yaml';
import probes from '../verdicts/probes.json';

const root = join(__dirname, '../../..');

test.each(Object.entries(bundle()))('%s is what scripts/bundle-schema.ts makes of the schemas', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text);
});

/** Every object schema of every file, by where it is. */
const objects = [...readSchemas()].flatMap(([file, schema]) => [schema, ...Object.values(schema.$defs ?? {})].map(object => [`${file}: ${(object as any).title}`, object as any] as const));

test.each(objects)('%s has a title of its own, and a description on every key', (name, object) => {
  expect(objects.filter(([, other]) => other.title === object.title)).toHaveLength(1);
  expect(object.title).toMatch(/^[A-Z][A-Za-z]+$/);
  for (const [key, value] of Object.entries<any>({ ...object.properties, ...object['x-loader-only'] })) {
    const { description, type } = value.$ref ? { type: 'object', description: 'x' } : value;
    expect([name, key, typeof description, Boolean(type)]).toEqual([name, key, 'string', true]);
  }
});

describe('the schema for editors', () => {
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(join(root, 'schemas/nodepool.schema.json'), 'utf8')));
  const accepts = (yaml: string) => validate(plain(readYaml(yaml).data));

  /** Rules of values that Python takes and nobody documents. */
  const LENIENT = new Set(['number-type', 'null-value', 'fake-name']);

  /** Drivers that no editor offers, what the real schema does not look into, and what is no YAML before it is filled in. */
  const apart = /driver: (?:test|example)|instance-types: \[1|%\(/;

  const good = probes.filter(({ yaml, validate: verdict, load }) => verdict === 'ok' && load === 'ok' && !apart.test(yaml)
    && !checkText(yaml, {}).some(({ rule }) => LENIENT.has(rule)));

  test.each(good.map(({ name, yaml }) => [name, yaml]))('accepts what Nodepool accepts: %s', (_, yaml) => {
    expect([accepts(yaml), validate.errors]).toEqual([true, null]);
  });

  test.each([
    ['a key that does not exist', 'lables: []'],
    ['a text for a number', 'max-hold-age: "5"'],
    ['a label without a name', 'labels: [{min-ready: 1}]'],
    ['a driver that does not exist', 'providers: [{name: p, driver: opnstack}]'],
    ['a key of another driver', 'providers: [{name: p, driver: static, cloud: c}]'],
    ['a provider without what its driver needs', 'providers: [{name: p, driver: aws, pools: []}]'],
    ['openstack without a cloud, whether named or not', 'providers: [{name: p}]'],
    ['two images in one label', 'providers: [{name: p, cloud: c, pools: [{name: m, labels: [{name: l, min-ram: 1, diskimage: a, cloud-image: b}]}]}]'],
    ['a label without an image', 'providers: [{name: p, cloud: c, pools: [{name: m, labels: [{name: l, min-ram: 1}]}]}]'],
    ['a pool that Nodepool fails to load', 'providers: [{name: p, cloud: c, pools: [{max-servers: 1}]}]'],
    ['a PodSpec beside an image', 'providers: [{name: p, driver: kubernetes, pools: [{name: m, labels: [{name: l, type: pod, image: i, spec: {}}]}]}]'],
  ])('refuses %s', (_, yaml) => {
    expect(accepts(yaml)).toBe(false);
  });

  test('a name that begins with "fake" decides about the driver', () => {
    expect(accepts('providers: [{name: fake, driver: aws, cloud: c}]')).toBe(true);
  });
});

function plain(value: YamlValue): unknown {
  if (Array.isArray(value)) { return value.map(plain); }
  if (value instanceof YamlFloat) { return value.value; }
  if (typeof value === 'bigint') { return Number(value); }
  return value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)])) : value;
}
