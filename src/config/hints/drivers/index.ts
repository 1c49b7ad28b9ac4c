import { ProviderHint, Registered } from '../hint';
import { aws } from './aws';
import { azure } from './azure';
import { gce } from './gce';
import { ibmvpc } from './ibmvpc';
import { kubernetes, openshift, openshiftPods } from './kubernetes';
import { metastatic } from './metastatic';
import { openstack } from './openstack';
import { staticNodes } from './static';

/** Hints for the providers of each driver. */
export const PROVIDER_HINTS: { readonly [driver: string]: ReadonlyArray<Registered<ProviderHint>> | undefined } = Object.assign(Object.create(null), {
  openstack,
  fake: openstack,
  aws,
  azure,
  gce,
  ibmvpc,
  kubernetes,
  openshift,
  openshiftpods: openshiftPods,
  static: staticNodes,
  metastatic,
});
