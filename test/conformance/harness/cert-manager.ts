import { Cluster } from './cluster';
import { waitFor } from './wait';
import { certManagerController } from '../standins/controllers';
import { namespace, OUTSIDE } from '../standins/manifests';

/** cert-manager's controllers run, from now on. */
export async function certManager(cluster: Cluster): Promise<void> {
  const { kubectl } = cluster;
  const objects = certManagerController();
  await kubectl.apply([namespace(OUTSIDE)]);
  await waitFor(`the default account of ${OUTSIDE}`, 30, () => kubectl.find('serviceaccount', 'default', OUTSIDE));
  await cluster.provideImages(objects);
  await kubectl.apply(objects);
  await kubectl.rolledOut(OUTSIDE, 'deployment/cert-manager');
}
