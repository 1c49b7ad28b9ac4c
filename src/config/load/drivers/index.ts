import { Located } from '../../located';
import { Loading } from '../loading';
import { loadAws } from './aws';
import { loadAzure } from './azure';
import { loadExample } from './example';
import { loadGce } from './gce';
import { loadIbmvpc } from './ibmvpc';
import { loadKubernetes } from './kubernetes';
import { loadMetastatic } from './metastatic';
import { loadOpenshift } from './openshift';
import { loadOpenshiftPods } from './openshiftpods';
import { loadFake, loadOpenstack } from './openstack';
import { loadStatic } from './static';
import { loadTest } from './test';

/** Loads a provider as its driver does. */
export type LoadProvider = (provider: Located, loading: Loading) => void;

/** How each driver loads its providers. */
export const DRIVERS: { readonly [driver: string]: LoadProvider | undefined } = Object.assign(Object.create(null), {
  openstack: loadOpenstack,
  fake: loadFake,
  aws: loadAws,
  azure: loadAzure,
  gce: loadGce,
  ibmvpc: loadIbmvpc,
  kubernetes: loadKubernetes,
  openshift: loadOpenshift,
  openshiftpods: loadOpenshiftPods,
  static: loadStatic,
  metastatic: loadMetastatic,
  test: loadTest,
  example: loadExample,
});
