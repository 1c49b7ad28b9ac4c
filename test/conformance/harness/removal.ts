import { Cluster } from './cluster';
import { Kubectl, Manifest } from './kubectl';
import { waitFor } from './wait';

/** What objects need to be taken and do not bring: the namespaces that they are in, and the priority classes of their pods. */
export async function provideGround(kubectl: Kubectl, objects: readonly Manifest[]): Promise<void> {
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  const classes = new Set(objects.flatMap(({ spec }) => spec?.template?.spec?.priorityClassName ?? []));
  await kubectl.apply([
    ...[...namespaces].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...[...classes].map(name => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 1000 })),
  ]);
}

/**
 * Deletes objects, with their pods and volumes: the next example may have other ones under the same names. Namespaces stay. Pods end in order,
 * unless it is said that nothing depends on that.
 */
export async function takeAway(
  { kubectl, apiOnly }: Cluster, objects: readonly Manifest[], options: { readonly atOnce?: boolean } = {},
): Promise<void> {
  if (apiOnly) { await withoutProtection(kubectl, objects); }
  await kubectl.delete(objects.filter(({ kind }) => kind !== 'Namespace'));
  if (apiOnly) { return; } // without controllers nobody made any pod
  for (const { metadata: { namespace }, spec } of objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')) {
    const selector = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`).join(',');
    const gone = async () => (await kubectl.list('pods', namespace, selector)).length === 0;
    if (options.atOnce) { await kubectl.run(['delete', 'pods', '-n', namespace!, '-l', selector, '--grace-period=0', '--force']); }
    await waitFor(`the pods of ${selector} are gone`, 90, gone);
    await kubectl.run(['delete', 'pvc', '-n', namespace!, '-l', selector, '--timeout=60s'], { timeout: 70 });
  }
}

/** The API server marks every claim as in use, and a controller takes the mark off again. Without controllers no claim would ever be gone. */
async function withoutProtection(kubectl: Kubectl, objects: readonly Manifest[]): Promise<void> {
  for (const { metadata: { name, namespace } } of objects.filter(({ kind }) => kind === 'PersistentVolumeClaim')) {
    if (!await kubectl.find('pvc', name, namespace!)) { continue; }
    await kubectl.run(['patch', 'pvc', '-n', namespace!, name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  }
}
