import { keyText } from '../located';
import { suggest } from '../suggest';
import { YamlEnvText } from '../yaml';
import { Rule } from './rule';

/** The keys that Nodepool knows at the top of its configuration. */
export const TOP_LEVEL_KEYS = [
  'webapp', 'elements-dir', 'images-dir', 'build-log-dir', 'build-log-retention', 'zookeeper-servers', 'zookeeper-tls',
  'zookeeper-timeout', 'labels', 'diskimages', 'providers', 'max-hold-age', 'tenant-resource-limits',
];

/** Keys at the top that Nodepool does not know. */
export const unknownTopLevelKeys: Rule = config => config.parts
  .filter(([key]) => !(key instanceof YamlEnvText) && !TOP_LEVEL_KEYS.includes(key as string))
  .map(([key, part]) => {
    const meant = suggest(keyText(key), TOP_LEVEL_KEYS);
    const remedy = meant ? `did you mean "${meant}"?` : `known keys: ${TOP_LEVEL_KEYS.join(', ')}`;
    return part.keyProblem(`key "${keyText(key)}" is not known at the top level; ${remedy}`);
  });
