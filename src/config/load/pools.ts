import { Located } from '../located';
import { Loading } from './loading';

/** Goes through the pools of a provider, and through the labels of each, as most drivers do. */
export function loadPools(
  provider: Located, loading: Loading, pool: { needs?: readonly string[]; check?: (pool: Located) => void; label: (label: Located, pool: Located) => void },
): void {
  for (const at of loading.each(provider.get('pools'))) {
    if (!loading.isMap(at)) { continue; }
    loading.hash(loading.need(at, 'name'));
    pool.needs?.forEach(key => loading.need(at, key));
    pool.check?.(at);
    for (const label of loading.each(at.get('labels'))) {
      if (!loading.isMap(label)) { continue; }
      const name = loading.need(label, 'name');
      pool.label(label, at);
      if (loading.hash(name)) { loading.offer(name, label); }
    }
  }
}
