import { Located } from '../../located';
import { Loading } from '../loading';
import { loadKubernetesPools } from './kubernetes';

/** Loads a provider of the openshift driver. */
export function loadOpenshift(provider: Located, loading: Loading): void {
  loading.int(provider.get('launch-retries'));
  loading.need(provider, 'context');
  loading.map(provider.get('max-resources'));
  loadKubernetesPools(provider, loading);
}
