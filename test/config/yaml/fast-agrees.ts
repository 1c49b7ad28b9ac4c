import { isDeepStrictEqual } from 'node:util';
import { Places } from '../../../src/config/places';
import { readYaml, YamlDocument, YamlError, YamlScalar, YamlSource, YamlValue } from '../../../src/config/yaml';
import { readFast } from '../../../src/config/yaml/fast';

/** How the quick reader and the complete one differ on a text; `undefined` when they agree or the quick one passes it on. */
export function fastDifference(text: string): string | undefined {
  const fast = readFast(text);
  if (!fast) { return undefined; }
  let full: YamlDocument;
  try {
    full = readYaml(text);
  } catch (error) {
    if (error instanceof YamlError) { return `refused: ${error.message}`; }
    throw error;
  }
  if (full.pureOnlyErrors.length) { return `refused by the validator: ${full.pureOnlyErrors[0].message}`; }
  if (full.duplicates.length) { return 'a key stands twice'; }
  if (!isDeepStrictEqual(fast.data, full.data)) { return 'the data differs'; }
  const [ours, theirs] = [new Places(), new Places()];
  ours.add({ data: fast.data, origins: new Map(), offsets: { source: new YamlSource(text), of: fast.offsets } });
  theirs.add(full);
  if (!isDeepStrictEqual(ours.ofContainer(fast.data), theirs.ofContainer(full.data))) { return 'it begins elsewhere'; }
  return placeDifference(fast.data, full.data, ours, theirs, '');
}

function placeDifference(a: YamlValue, b: YamlValue, ours: Places, theirs: Places, path: string): string | undefined {
  if (!(a instanceof Map) && !Array.isArray(a)) { return undefined; }
  const keys: YamlScalar[] = a instanceof Map ? [...a.keys()] as YamlScalar[] : [...a.keys()];
  for (const key of keys) {
    const parts = a instanceof Map ? ['key', 'value'] as const : ['value'] as const;
    for (const part of parts) {
      const [mine, other] = [ours.of(a, key, part), theirs.of(b, key, part)];
      if (!isDeepStrictEqual(mine, other)) { return `${path}.${key} (${part}) is at ${JSON.stringify(other)}, not ${JSON.stringify(mine)}`; }
    }
    const child = [a, b].map(container => (container instanceof Map ? container.get(key) : (container as YamlValue[])[key as number])!);
    const found = placeDifference(child[0], child[1], ours, theirs, `${path}.${key}`);
    if (found) { return found; }
  }
  return undefined;
}
