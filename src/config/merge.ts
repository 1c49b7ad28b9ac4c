import { keyText } from './located';
import { Places } from './places';
import { describePlace, Problem } from './problem';
import { YamlMap, YamlScalar, YamlValue, writeYaml } from './yaml';

/** Merges configurations: lists are appended in order, maps merged key by key; a value set twice must be the same. */
export function mergeConfigs(configs: readonly YamlMap[], places: Places, problems: Problem[]): YamlMap {
  return configs.slice(1).reduce((merged, config) => mergeMaps(merged, config, '', places, problems), configs[0] ?? new Map());
}

function mergeMaps(a: YamlMap, b: YamlMap, path: string, places: Places, problems: Problem[]): YamlMap {
  const merged: YamlMap = new Map();
  for (const [key, value] of a) {
    merged.set(key, value);
    places.link(merged, key as YamlScalar, a, key as YamlScalar);
  }
  for (const [key, value] of b) {
    const before = merged.get(key);
    if (before === undefined) {
      merged.set(key, value);
      places.link(merged, key as YamlScalar, b, key as YamlScalar);
      continue;
    }
    const name = path ? `${path}.${keyText(key)}` : keyText(key);
    if (before instanceof Map && value instanceof Map) {
      merged.set(key, mergeMaps(before, value, name, places, problems));
    } else if (Array.isArray(before) && Array.isArray(value)) {
      merged.set(key, append(before, value, places));
    } else if (writeYaml(before) !== writeYaml(value)) {
      const place = places.of(b, key as YamlScalar);
      const first = places.of(a, key as YamlScalar);
      problems.push({
        path: name,
        place,
        text: `this is set to different values in two files${first ? `, first at ${describePlace(first)}` : ''}; set it in one of them`,
      });
    }
  }
  return merged;
}

function append(a: YamlValue[], b: YamlValue[], places: Places): YamlValue[] {
  const list = [...a, ...b];
  a.forEach((_, index) => places.link(list, index, a, index));
  b.forEach((_, index) => places.link(list, a.length + index, b, index));
  return list;
}
