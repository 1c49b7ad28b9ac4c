import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const pod = (objects: ManifestObject[]) => only(objects, 'Deployment').spec.template.spec;
const launcher = (objects: ManifestObject[]) => pod(objects).containers[0];
const spec = 'spec.template.spec';

function without(objects: ManifestObject[], kind: string, name?: string): void {
  objects.splice(objects.indexOf(only(objects, kind, name)), 1);
}

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a ConfigMap that is not there', o => { pod(o).volumes[0].configMap.name = 'other'; }, `references/missing ${spec}.volumes[config].configMap`],
  ['a Secret that is not there', o => { pod(o).volumes[1].secret.secretName = 'other'; }, `references/missing ${spec}.volumes[providers].secret`],
  ['a projected Secret that is not there', o => { pod(o).volumes[2].projected.sources[0].secret.name = 'x'; }, `references/missing ${spec}.volumes[token].projected`],
  ['a ConfigMap of another namespace', o => { only(o, 'ConfigMap', 'nodepool-config').metadata.namespace = 'other'; },
    `references/missing ${spec}.volumes[config].configMap`],
  ['a ConfigMap behind a variable', o => { launcher(o).env[1].valueFrom.configMapKeyRef.name = 'x'; }, `references/missing ${spec}.containers[launcher].env[CONFIG]`],
  ['a Secret behind envFrom', o => { launcher(o).envFrom = [{ secretRef: { name: 'x' } }]; }, `references/missing ${spec}.containers[launcher].envFrom`],
  ['a pull secret that is not there', o => { pod(o).imagePullSecrets = [{ name: 'x' }]; }, `references/missing ${spec}.imagePullSecrets`],
  ['a key that a ConfigMap lacks', o => { launcher(o).env[1].valueFrom.configMapKeyRef.key = 'x'; }, `references/missing-key ${spec}.containers[launcher].env[CONFIG]`],
  ['a key that an external Secret lacks', o => { pod(o).volumes[1].secret.items[0].key = 'x'; }, `references/missing-key ${spec}.volumes[providers].secret`],
  ['a key that a token Secret lacks', o => { pod(o).volumes[2].projected.sources[0].secret.items[0].key = 'x'; },
    `references/missing-key ${spec}.volumes[token].projected`],
  ['a subPath that a ConfigMap lacks', o => { launcher(o).volumeMounts[0].subPath = 'x.yaml'; }, `references/missing-key ${spec}.volumes[config].configMap`],
  ['a service account that is not there', o => { pod(o).serviceAccountName = 'x'; }, `references/missing ${spec}.serviceAccountName`],
  ['a priority class that is not there', o => { pod(o).priorityClassName = 'x'; }, `references/missing ${spec}.priorityClassName`],
  ['a claim that is not there', o => { pod(o).volumes[3] = { name: 'tmp', persistentVolumeClaim: { claimName: 'x' } }; }, `references/missing ${spec}.volumes[tmp]`],
  ['a storage class that is not there', o => { only(o, 'StatefulSet').spec.volumeClaimTemplates[0].spec.storageClassName = 'x'; },
    'references/missing storageClassName'],
  ['a StatefulSet without its Service', o => { only(o, 'StatefulSet').spec.serviceName = 'x'; }, 'references/missing spec.serviceName'],
  ['a mount without a volume', o => { launcher(o).volumeMounts[3].name = 'temp'; }, `references/volume ${spec}.containers[launcher].volumeMounts`],
  ['a volume that nothing mounts', o => { launcher(o).volumeMounts.pop(); }, `references/unmounted ${spec}.volumes[tmp]`],
  ['a claim template that nothing mounts', o => { only(o, 'StatefulSet').spec.template.spec.containers[0].volumeMounts = [{ name: 'x', mountPath: '/x' }]; },
    `references/unmounted ${spec}.volumes[data]`],
  ['a volume that hides behind a claim', o => { only(o, 'StatefulSet').spec.template.spec.volumes = [{ name: 'data', emptyDir: {} }]; },
    'references/volume spec.volumeClaimTemplates[data]'],
  ['a binding to no Role', o => { without(o, 'Role'); }, 'references/missing roleRef'],
  ['a binding to a Role of another namespace', o => { only(o, 'Role').metadata.namespace = 'other'; }, 'references/missing roleRef'],
  ['a binding to no account', o => { only(o, 'RoleBinding').subjects[0].namespace = 'other'; }, 'references/missing subjects'],
  ['a subject without namespace', o => { delete only(o, 'RoleBinding').subjects[0].namespace; }, 'references/missing subjects'],
  ['a token of no account', o => { only(o, 'Secret').metadata.annotations!['kubernetes.io/service-account.name'] = 'x'; }, 'references/missing metadata.annotations'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('fails for a ConfigMap that nothing names', () => {
  const leftover = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'leftover', namespace: 'sf' }, data: { a: 'b' } };
  expect(afterEdit(o => { o.push(leftover); })).toEqual(['references/unused metadata.name']);
});

test('what is optional may be missing', () => {
  expect(afterEdit(o => { pod(o).volumes[1].secret = { secretName: 'x', optional: true }; })).toEqual([]);
});

test('a Secret may be made by another object, with the keys that one says', () => {
  const keys = (key: string) => (o: ManifestObject[]) => {
    pod(o).volumes[1].secret = { secretName: 'made', items: [{ key, path: 'x' }] };
    o.push({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name: 'c', namespace: 'sf' },
      spec: { secretName: 'made', additionalOutputFormats: [{ type: 'CombinedPEM' }] },
    });
  };
  const missing = (violation: string) => violation.startsWith('references');
  expect(afterEdit(keys('tls-combined.pem')).filter(missing)).toEqual([]);
  expect(afterEdit(keys('keystore.jks')).filter(missing)).toEqual([`references/missing-key ${spec}.volumes[providers].secret`]);
});

test.each([
  ['data', { data: [{ secretKey: 'clouds.yaml' }] }, true],
  ['other data', { data: [{ secretKey: 'x' }] }, false],
  ['a template that replaces the data', { data: [{ secretKey: 'clouds.yaml' }], target: { template: { data: { x: '' } } } }, false],
  ['a template that is merged', { data: [{ secretKey: 'clouds.yaml' }], target: { template: { mergePolicy: 'Merge', data: { x: '' } } } }, true],
  ['whatever the store holds', { dataFrom: [{ extract: { key: 'x' } }] }, true],
])('keys of an ExternalSecret come from %s', (_, externalSecret, good) => {
  const violations = afterEdit(o => {
    o.push({ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', metadata: { name: 'e', namespace: 'sf' }, spec: externalSecret });
    pod(o).volumes[1].secret = { secretName: 'e', items: [{ key: 'clouds.yaml', path: 'x' }] };
  });
  const missing = violations.filter(violation => violation.startsWith('references'));
  expect(missing).toEqual(good ? [] : [`references/missing-key ${spec}.volumes[providers].secret`]);
});
