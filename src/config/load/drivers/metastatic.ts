import { Located } from '../../located';
import { equals, isLess } from '../../python';
import { keyIdentity, YamlValue } from '../../yaml';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** What labels with one backing label must agree in, with what counts when they say nothing. */
const SHARED: Record<string, YamlValue> = { 'max-parallel-jobs': 1, 'grace-time': 60, 'min-retention-time': 0, 'max-age': null };

/** Loads a provider of the metastatic driver. */
export function loadMetastatic(provider: Located, loading: Loading): void {
  const backed = new Map<unknown, Located>();
  loadPools(provider, loading, {
    label: label => {
      const backing = loading.need(label, 'backing-label');
      ages(label, loading);
      if (!loading.hash(backing)) { return; }
      const before = backed.get(keyIdentity(backing.value));
      if (before) { compare(label, before, backing, loading); }
      backed.set(keyIdentity(backing.value), label);
    },
  });
}

function ages(label: Located, loading: Loading): void {
  const maxAge = label.get('max-age');
  if (!maxAge?.isTruthy || maxAge.isUnknown) { return; }
  const retention = label.get('min-retention-time');
  const less = isLess(maxAge.value, retention ? retention.value : 0);
  if (less === undefined) {
    loading.wrongKind(retention && typeof maxAge.value === 'number' ? retention : maxAge, 'an integer');
  } else if (less) {
    loading.fail('max-age', maxAge, 'max-age is less than min-retention-time', 'make it at least as long, or 0 for none');
  }
}

function compare(label: Located, before: Located, backing: Located, loading: Loading): void {
  const key = Object.keys(SHARED).find(name => !equals(valueOf(label, name), valueOf(before, name)));
  if (!key) { return; }
  const message = `"${key}" differs from that of ${before.path}, which has the same backing label`;
  loading.fail('backing-label', label.get(key) ?? backing, message, 'all labels of a provider with one backing label must agree');
}

function valueOf(label: Located, key: string): YamlValue {
  const part = label.get(key);
  return part ? part.value : SHARED[key];
}
