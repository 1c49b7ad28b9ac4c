import { Located } from '../located';
import { Loading } from './loading';

/** What a driver does with its pools and labels. */
interface PoolRules {
  /** Keys of a pool that are looked up without asking whether they are there. */
  readonly needs?: readonly string[];
  readonly check?: (pool: Located) => void;
  readonly label: (label: Located, pool: Located) => void;
}

/** Goes through the pools of a provider, and through the labels of each, as most drivers do. */
export function loadPools(provider: Located, loading: Loading, pool: PoolRules): void {
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
