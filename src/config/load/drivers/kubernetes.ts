import { Located } from '../../located';
import { areHashable, canUpdateMap } from '../../python';
import { YamlSet } from '../../yaml';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** Loads a provider of the kubernetes driver. */
export function loadKubernetes(provider: Located, loading: Loading): void {
  loading.int(provider.get('launch-retries'));
  loading.map(provider.get('max-resources'));
  loadKubernetesPools(provider, loading);
}

/** Loads pools as all drivers for Kubernetes do. */
export function loadKubernetesPools(provider: Located, loading: Loading): void {
  loadPools(provider, loading, {
    check: pool => {
      const resources = pool.get('max-resources');
      if (resources && !canUpdateMap(resources.value)) { loading.wrongKind(resources, 'a map'); }
    },
    label: (label, pool) => {
      if (!loading.typedLabels.has(label.value)) { loading.need(label, 'type'); }
      extraResources(label.get('extra-resources'), pool.get('default-label-extra_resources'), loading);
    },
  });
}

/** A copy of the pool's resources, updated by the label's. */
function extraResources(own: Located | undefined, defaults: Located | undefined, loading: Loading): void {
  if (!defaults || defaults.isMap || defaults.isUnknown) {
    if (own && !canUpdateMap(own.value)) { loading.wrongKind(own, 'a map'); }
  } else if (!(defaults.value instanceof YamlSet)) {
    loading.wrongKind(defaults, 'a map');
  } else if (own && !own.isUnknown && !areHashable(own.value)) {
    loading.wrongKind(own, 'a map');
  }
}
