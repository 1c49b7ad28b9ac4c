import { Cluster } from './cluster';
import { Kubectl, Manifest } from './kubectl';
import { waitFor } from './wait';

/** The namespaces that objects are in and do not bring. */
export async function provideNamespaces(kubectl: Kubectl, objects: readonly Manifest[]): Promise<void> {
  const names = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))];
  await kubectl.apply(names.map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
}

/**
 * Deletes objects, and the volumes that they made: the next example may have other ones under the same names. Namespaces stay, where they
 * are those of stand-ins too.
 */
export async function takeAway(cluster: Cluster, objects: readonly Manifest[]): Promise<void> {
  const { kubectl } = cluster;
  const namespaces = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))];
  await kubectl.delete(objects.filter(({ kind }) => kind !== 'Namespace'));
  for (const namespace of namespaces) {
    const selector = 'app.kubernetes.io/name=nodepool';
    // without controllers nobody makes pods and volumes, and nobody takes them away.
    if (cluster.apiOnly || !await kubectl.find('namespace', namespace)) { continue; }
    await waitFor(`the pods in ${namespace} are gone`, 120, async () => (await kubectl.list('pods', namespace, selector)).length === 0);
    await kubectl.run(['delete', 'pvc', '-n', namespace, '-l', selector, '--timeout=60s'], { timeout: 70 });
  }
}
