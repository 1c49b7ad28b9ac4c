import { Sample } from './corpus';
import { VALUES } from './mutate';
import { copy } from './tree';
import { specMaps } from './typed';
import { fromObject } from '../../../src/config/from-object';
import { Located } from '../../../src/config/located';
import { Places } from '../../../src/config/places';
import { writeYaml, YamlMap, YamlValue } from '../../../src/config/yaml';
import { provider } from '../../config/check/complete';

const DRIVERS = ['openstack', 'fake', 'aws', 'azure', 'gce', 'ibmvpc', 'kubernetes', 'openshift', 'openshiftpods', 'metastatic', 'example'];
const STATIC = { name: 'p', driver: 'static', pools: [{ name: 'main', nodes: [{ name: 'n', labels: ['l'] }] }] };
const TEST = { name: 'p', driver: 'test', pools: [{ name: 'main', labels: ['l'] }] };

/** A small configuration for each driver, and one of the top level, that Nodepool takes. */
export function bases(): Sample[] {
  const labels = [{ name: 'l' }, { name: 'd' }];
  const diskimages = [{ name: 'd' }, { name: 'base', abstract: true }];
  const uploading = new Set(['openstack', 'fake', 'aws', 'azure', 'ibmvpc']);
  const offered = (driver: string) => [{ name: 'l' }, ...uploading.has(driver) ? [{ name: 'd', diskimage: 'd' }] : []];
  const providers = [
    ...DRIVERS.map(driver => ({ ...provider(driver, offered(driver), uploading.has(driver) ? { diskimages: ['d'] } : {}), ...['openstack', 'fake'].includes(driver) ? { cloud: 'fake' } : {} })),
    STATIC,
    TEST,
  ];
  const top = {
    'webapp': { port: 1 },
    'zookeeper-servers': [{ host: 'h' }],
    'zookeeper-tls': { cert: 'c' },
    labels,
    'diskimages': [...diskimages, { name: 'e', parent: 'base', elements: ['x'] }],
    'tenant-resource-limits': [{ 'tenant-name': 't' }],
  };
  const objects = [['top level', top] as const, ...providers.map(one => [(one as { driver: string }).driver, { labels, diskimages, providers: [one] }] as const)];
  return objects.map(([name, object]) => ({ name, text: writeYaml(fromObject(object, [])!) }));
}

/** Every key of every map of every base, known to the schema or not, missing or with every value in turn. */
export function* sweep(samples: ReadonlyArray<readonly [string, YamlMap]>): Generator<Sample> {
  for (const [name, tree] of samples) {
    const count = specMaps(tree).length;
    for (let index = 0; index < count; index++) {
      const [map, spec] = specMaps(tree)[index];
      const keys = new Set([...spec.properties.keys(), ...spec.loaderOnly, ...map.keys() as Iterable<string>, 'unknown']);
      for (const key of keys) {
        for (let number = -1; number < VALUES.length; number++) {
          const changed = copy(tree) as YamlMap;
          const [target] = specMaps(changed)[index];
          if (number < 0) { target.delete(key); } else { target.set(key, copy(VALUES[number])); }
          yield { name: `${name}, ${pathOf(tree, map)} ${key}, value ${number}`, text: writeYaml(changed) };
        }
      }
    }
  }
}

/** Where a map is, for the name of a sample. */
function pathOf(tree: YamlValue, map: YamlMap): string {
  const queue = [Located.root(tree, new Places())];
  for (const at of queue) {
    if (at.value === map) { return at.path; }
    queue.push(...at.list, ...at.parts.map(([, part]) => part));
  }
  return '';
}
