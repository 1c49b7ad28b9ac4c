import { keyText, Located } from './located';
import { Problem } from './problem';
import { specOf } from './schema/spec';
import { suggest } from './suggest';
import { YamlEnvText } from './yaml';

/** Keys at the top that Nodepool does not know. */
export function unknownTopLevelKeys(config: Located): Problem[] {
  const known = specOf('nodepool')!.properties;
  return config.parts.filter(([key]) => !(key instanceof YamlEnvText) && !known.has(key as string)).map(([key, part]) => {
    const meant = suggest(keyText(key), known.keys());
    const remedy = meant ? `did you mean "${meant}"?` : `known keys: ${[...known.keys()].join(', ')}`;
    return part.keyProblem(`key "${keyText(key)}" is not known at the top level; ${remedy}`);
  });
}
