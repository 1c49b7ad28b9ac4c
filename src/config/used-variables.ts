import { environmentVariables, YamlEnvText, YamlPairs, YamlSet, YamlValue } from './yaml';

/** The environment variables that texts anywhere in a value name, sorted. */
export function usedEnvironmentVariables(data: YamlValue): string[] {
  const names = new Set<string>();
  const collect = (text: string) => environmentVariables(text).forEach(name => names.add(name));
  const walk = (value: YamlValue): void => {
    if (typeof value === 'string') {
      collect(value);
    } else if (value instanceof YamlEnvText) {
      collect(value.text);
    } else if (Array.isArray(value)) {
      value.forEach(walk);
    } else if (value instanceof YamlSet) {
      value.items.forEach(walk);
    } else if (value instanceof YamlPairs) {
      value.pairs.forEach(pair => pair.forEach(walk));
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        walk(key);
        walk(item);
      }
    }
  };
  walk(data);
  return [...names].sort();
}
