import { fromObject } from './from-object';
import { Located } from './located';
import { FilePlace, NodepoolConfigError, Problem } from './problem';
import { writeYaml, YamlMap, YamlValue } from './yaml';

/** Settings that belong to the stack, and the props of `NodepoolStack` that make them. */
export const BASE_PROPS: Readonly<Record<string, string>> = {
  'zookeeper-servers': 'zookeeper',
  'zookeeper-tls': 'zookeeper',
  'webapp': 'launcher.webapp',
  'images-dir': 'builder.imagesDir',
  'build-log-dir': 'builder.buildLogDir',
  'build-log-retention': 'builder.buildLogRetention',
  'elements-dir': 'builder.elementsDir',
};

/** Settings that Nodepool reads once, when it starts. */
export const START_KEYS = ['zookeeper-servers', 'zookeeper-tls', 'zookeeper-timeout', 'webapp'];

/** A setting of the stack that the user's configuration makes too. */
export interface BaseKey {
  readonly key: string;

  /** The prop to use instead. */
  readonly prop: string;

  /** Where; absent for what came from an object. */
  readonly place?: FilePlace;
}

/** The settings of the stack that a configuration makes itself. */
export function baseKeys(config: Located): BaseKey[] {
  return Object.entries(BASE_PROPS).flatMap(([key, prop]) => {
    const part = config.get(key);
    return part ? [{ key, prop, place: part.keyPlace }] : [];
  });
}

/** A configuration with base settings before it; where both set a key, the base counts. */
export function withBase(config: YamlMap, base: Record<string, unknown>): YamlMap {
  const problems: Problem[] = [];
  const merged = fromObject(base, problems) as YamlMap;
  if (problems.length) { throw new NodepoolConfigError(problems); }
  for (const [key, value] of config) {
    if (!merged.has(key)) { merged.set(key, value); }
  }
  return merged;
}

/** What only a restart makes Nodepool see, as a text that is the same for the same meaning. */
export function startOnly(config: YamlMap): string {
  return writeYaml(new Map(START_KEYS.filter(key => config.has(key)).map(key => [key, sorted(config.get(key)!)])));
}

/** Maps with their keys in one order. */
function sorted(value: YamlValue): YamlValue {
  if (Array.isArray(value)) { return value.map(sorted); }
  if (!(value instanceof Map)) { return value; }
  const entries = [...value].map(([key, item]) => ({ key, item: sorted(item), name: writeYaml(key) }));
  entries.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return new Map(entries.map(({ key, item }) => [key, item]));
}
