import { Located } from '../../located';
import { Loading } from '../loading';
import { loadOpenshift } from './openshift';

/** Loads a provider of the openshiftpods driver, which sets the type of every label itself. */
export function loadOpenshiftPods(provider: Located, loading: Loading): void {
  for (const pool of provider.items('pools')) {
    for (const label of pool.items('labels')) { loading.typedLabels.add(label.value); }
  }
  loadOpenshift(provider, loading);
}
