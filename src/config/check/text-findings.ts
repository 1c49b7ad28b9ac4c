import { Located } from '../located';
import { Places } from '../places';
import { usedEnvironmentVariables } from '../used-variables';
import { DuplicateKey, Place, shortened, variablesIn, YamlNode, YamlProblem, YamlSource, YamlValue } from '../yaml';
import { Finding, FindingSeverity } from './finding';

// What is found in the text itself, with the paths of what it became.

/** Keys that stand twice in a map. */
export function duplicateKeys(duplicates: readonly DuplicateKey[], root: Located, places: Places): Finding[] {
  if (!duplicates.length) { return []; }
  const maps = new Map<YamlNode, Located>();
  for (const part of everyPart(root)) {
    const node = places.nodeOf(part.value);
    if (node && !maps.has(node)) { maps.set(node, part); }
  }
  return duplicates.map(({ map, key, ...problem }) => duplicateKey(problem, maps.get(map)?.part(key, null).path ?? ''));
}

function duplicateKey({ line, column, problem, remedy }: YamlProblem, path: string): Finding {
  return { severity: FindingSeverity.WARNING, line, column, path, rule: 'duplicate-key', message: problem, remedy: remedy ?? '', validator: false, loader: false };
}

/** Variables that stay in the text as they are written; without a root, because it could not be read, wherever no comment is. */
export function unsetVariables(source: YamlSource, root?: Located): Finding[] {
  const offsets = new Map<string, number[]>();
  for (const { name, index } of variablesIn(source.text)) {
    const known = offsets.get(name);
    if (known) { known.push(index); } else { offsets.set(name, [index]); }
  }
  if (!offsets.size) { return []; }
  if (!root) {
    return [...offsets].flatMap(([name, all]) => {
      const index = all.find(offset => !isInComment(source.text, offset));
      return index === undefined ? [] : [unsetVariable(name, source.place(index), '')];
    });
  }
  const found = new Map<string, Finding>();
  for (const part of everyPart(root)) {
    for (const [text, place] of [[part.key, part.keyPlace], [part.value, part.place]] as const) {
      if (text === undefined || isContainer(text)) { continue; }
      for (const name of usedEnvironmentVariables(text)) {
        // A name that is only made of escapes is not in the text, where Nodepool looks for it.
        const index = found.has(name) ? undefined : offsets.get(name)?.find(offset => !place || !isBefore(source.place(offset), place));
        if (index !== undefined) { found.set(name, unsetVariable(name, source.place(index), part.path)); }
      }
    }
  }
  return [...found.values()];
}

function unsetVariable(name: string, { line, column }: Place, path: string): Finding {
  const short = shortened(name);
  const message = `the variable ${short} is not set, so %(${short}) stays in the text as it is`;
  const remedy = 'say in "env" what Nodepool finds in its environment';
  return { severity: FindingSeverity.WARNING, line, column, path, rule: 'unset-variable', message, remedy, validator: false, loader: false };
}

/** Every part of a configuration; what stands there more than once, by an alias, only the first time. */
function* everyPart(root: Located): Generator<Located> {
  const seen = new Set<YamlValue>();
  const open = [root];
  for (let part = open.pop(); part; part = open.pop()) {
    if (isContainer(part.value)) {
      if (seen.has(part.value)) { continue; }
      seen.add(part.value);
      const parts = part.isMap ? part.parts.map(([, value]) => value) : part.list;
      for (let index = parts.length - 1; index >= 0; index--) { open.push(parts[index]); }
    }
    yield part;
  }
}

function isContainer(value: YamlValue): boolean { return value instanceof Map || Array.isArray(value); }

function isBefore(a: Place, b: Place): boolean { return a.line < b.line || (a.line === b.line && a.column < b.column); }

/** Whether a comment seems to begin before an offset, on its line. */
function isInComment(text: string, offset: number): boolean {
  return /(?:^|\s)#/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset));
}
