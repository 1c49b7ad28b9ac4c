import { Random } from './random';
import { copy } from './tree';
import { Located } from '../../../src/config/located';
import { Places } from '../../../src/config/places';
import { effectiveDriver } from '../../../src/config/providers';
import { MapSpec, providerSpecOf, specOf, ValueSpec } from '../../../src/config/schema/spec';
import { YamlBinary, YamlFloat, YamlMap, YamlPairs, YamlValue } from '../../../src/config/yaml';

/** Sets a key that belongs where it is put, to a value that is right, or wrong by very little. */
export function setTyped(tree: YamlValue, wild: readonly YamlValue[], random: Random): void {
  const maps = specMaps(tree);
  if (!maps.length) { return; }
  const [map, spec] = random.pick(maps);
  const keys = [...spec.properties.keys(), ...spec.loaderOnly];
  const key = random.pick(keys);
  const part = spec.properties.get(key);
  map.set(key, part && random.chance(0.65) ? valid(part, random, 0) : copy(random.pick(wild)));
}

/** The maps of a configuration with their schemas, always in the same order. */
export function specMaps(tree: YamlValue): Array<[YamlMap, MapSpec]> {
  const maps: Array<[YamlMap, MapSpec]> = [];
  collect(tree, specOf('nodepool')!, maps);
  return maps;
}

function collect(value: YamlValue, spec: MapSpec, found: Array<[YamlMap, MapSpec]>): void {
  if (!(value instanceof Map)) { return; }
  found.push([value, spec]);
  for (const [key, part] of value) {
    const partSpec = spec.properties.get(key as string);
    if (partSpec) { collectValue(part, partSpec, found); }
  }
}

function collectValue(value: YamlValue, spec: ValueSpec, found: Array<[YamlMap, MapSpec]>): void {
  if (Array.isArray(value)) {
    for (const item of value) {
      const map = spec.providers ? providerSpec(item) : spec.items?.map;
      if (map) { collect(item, map, found); }
    }
  } else if (spec.map) {
    collect(value, spec.map, found);
  }
}

function providerSpec(item: YamlValue): MapSpec | undefined {
  const driver = item instanceof Map ? effectiveDriver(Located.root(item, new Places())) : undefined;
  return driver === undefined ? undefined : providerSpecOf(driver);
}

/** A value that fits a schema. */
function valid(spec: ValueSpec, random: Random, depth: number): YamlValue {
  if (spec.nullable && random.chance(0.3)) { return null; }
  if (spec.choices && random.chance(0.9)) { return random.pick([...spec.choices]); }
  switch (random.pick(spec.types)) {
    case 'str': return random.pick(['a', 'l', 'd', 'ssh', 'small', 'v2.0', 'fake', 'a b', '']);
    case 'int': return random.pick<YamlValue>([0, 1, 2, 5, 60, -1, true]);
    case 'float': return new YamlFloat(random.pick([0, 1, 2.5]));
    case 'num': return random.pick<YamlValue>([1, new YamlFloat(0.5), false]);
    case 'floatish': return random.pick<YamlValue>([1, new YamlFloat(0.5), '0.5', ' 1_0 ', true, '1e400', '1__0', '_1', '٣', new YamlBinary('NS41')]);
    case 'bool': return random.chance(0.5);
    case 'list': return random.chance(0.1) ? new YamlPairs([]) : Array.from({ length: random.below(3) }, () => (spec.items && depth < 4 ? valid(spec.items, random, depth + 1) : 'a'));
    case 'dict': return validMap(spec.map, random, depth);
    case 'any': return random.pick<YamlValue>(['a', 1, null, []]);
  }
}

function validMap(spec: MapSpec | undefined, random: Random, depth: number): YamlMap {
  if (!spec) { return new Map<YamlValue, YamlValue>(random.chance(0.5) ? [] : [['a', 1], [2, 'b']]); }
  const keys = [...spec.required, ...spec.requiredByLoader, ...spec.requiredAny.map(names => random.pick(names))];
  const optional = [...spec.properties.keys()].filter(() => random.chance(0.15));
  const map: YamlMap = new Map();
  for (const key of random.chance(0.1) ? optional : [...keys, ...optional]) {
    if (spec.exclusive.some(group => group.includes(key) && group.some(other => map.has(other))) && random.chance(0.8)) { continue; }
    map.set(key, valid(spec.properties.get(key)!, random, depth + 1));
  }
  if (spec.others && random.chance(0.5)) { map.set('x', valid(spec.others, random, depth + 1)); }
  return map;
}
