import { YamlBinary, YamlEnvText, YamlFloat, YamlPairs, YamlSet, YamlTimestamp, YamlValue } from './yaml';

/** What a value is, in a message. */
export function kindOf(value: YamlValue): string {
  switch (typeof value) {
    case 'string': return 'a text';
    case 'boolean': return 'true or false';
    case 'number':
    case 'bigint': return 'an integer';
  }
  if (value === null) { return 'null'; }
  if (Array.isArray(value)) { return 'a list'; }
  if (value instanceof YamlPairs) { return 'a list of pairs'; }
  if (value instanceof Map) { return 'a map'; }
  if (value instanceof YamlFloat) { return 'a number with a point'; }
  if (value instanceof YamlTimestamp) { return 'a date'; }
  if (value instanceof YamlSet) { return 'a set'; }
  if (value instanceof YamlBinary) { return 'binary data'; }
  return value instanceof YamlEnvText ? 'a text' : 'an unknown value';
}

/** What to say about a configuration that is no map. */
export function notAMap(value: YamlValue): { message: string; remedy: string } {
  if (value === null) { return { message: 'there is nothing in it', remedy: 'write labels and providers, or "{}" for a configuration without any' }; }
  return { message: `the configuration is ${kindOf(value)}, not a map`, remedy: 'write keys such as "labels:" and "providers:"' };
}
