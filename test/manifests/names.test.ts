import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const deployment = (objects: ManifestObject[]) => only(objects, 'Deployment');
const pod = (objects: ManifestObject[]) => deployment(objects).spec.template.spec;
const launcher = (objects: ManifestObject[]) => pod(objects).containers[0];
const at = 'spec.template.spec.containers[launcher]';

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['upper case in a name', o => { only(o, 'Role').kind = 'ServiceAccount'; only(o, 'ServiceAccount', 'nodepool').metadata.name = 'Nodepool'; },
    'names/object-name metadata.name'],
  ['a Service whose name begins with a digit', o => { only(o, 'Service', 'nodepool-builder').metadata.name = '1builder'; }, 'names/object-name metadata.name'],
  ['a dot in the name of a StatefulSet', o => { only(o, 'StatefulSet').metadata.name = 'nodepool.builder'; }, 'names/object-name metadata.name'],
  ['a StatefulSet whose name leaves no room for the hash', o => { only(o, 'StatefulSet').metadata.name = 'b'.repeat(53); }, 'names/object-name metadata.name'],
  ['a namespace that is no label', o => { only(o, 'PodDisruptionBudget').metadata.namespace = 's_f'; }, 'names/object-name metadata.namespace'],
  ['two objects of one name', o => { o.push(structuredClone(only(o, 'Role'))); }, 'names/duplicate-object metadata.name'],
  ['a port name of 16 characters', o => { launcher(o).ports[0].name = 'nodepool-web-api'; }, `names/port-name ${at}.ports`],
  ['a port name without a letter', o => { launcher(o).ports[0].name = '8006'; }, `names/port-name ${at}.ports`],
  ['a port name given twice', o => { launcher(o).ports.push({ name: 'api', containerPort: 1, protocol: 'TCP' }); }, `names/duplicate ${at}.ports`],
  ['a port number given twice', o => { launcher(o).ports.push({ name: 'b', containerPort: 8006, protocol: 'TCP' }); }, `names/duplicate ${at}.ports`],
  ['two ports of a Service without a name', o => {
    const service = only(o, 'Service', 'nodepool-builder');
    delete service.spec.ports[0].name;
    service.spec.ports.push({ name: 'b', port: 1, targetPort: 8080, protocol: 'TCP' });
  }, 'names/port-name spec.ports[0].name'],
  ['a label value of 64 characters', o => { deployment(o).metadata.labels = { a: 'x'.repeat(64) }; }, 'names/label-value metadata.labels.a'],
  ['a label value with a space', o => { deployment(o).metadata.labels = { a: 'x y' }; }, 'names/label-value metadata.labels.a'],
  ['a label key with two slashes', o => { deployment(o).metadata.labels = { 'a/b/c': 'x' }; }, 'names/key metadata.labels.a/b/c'],
  ['an annotation key that ends in a dash', o => { deployment(o).metadata.annotations = { 'example.com/a-': 'x' }; },
    'names/key metadata.annotations.example.com/a-'],
  ['an environment variable given twice', o => { launcher(o).env.push({ name: 'EMPTY', value: 'x' }); }, `names/duplicate ${at}.env`],
  ['an environment variable with a dash', o => { launcher(o).env[0].name = 'A-B'; }, `names/env-name ${at}.env[A-B]`],
  ['a mount path given twice', o => { launcher(o).volumeMounts[1].mountPath = '/etc/nodepool/'; }, `names/duplicate ${at}.volumeMounts`],
  ['a relative mount path', o => { launcher(o).volumeMounts[0].mountPath = 'etc/nodepool'; }, `names/mount-path ${at}.volumeMounts`],
  ['a container name with an underscore', o => { pod(o).initContainers[0].name = 'pre_pare'; },
    'names/container-name spec.template.spec.initContainers[pre_pare].name'],
  ['a container name given twice', o => { pod(o).initContainers[0].name = 'launcher'; }, `names/duplicate ${at}`],
  ['a volume given twice', o => { pod(o).volumes.push({ name: 'tmp', emptyDir: {} }); }, 'names/duplicate spec.template.spec.volumes'],
  ['a key of a ConfigMap with a slash', o => { only(o, 'ConfigMap', 'nodepool-config').data['a/b'] = 'x'; }, 'names/data-key data.a/b'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('the same name is free in another namespace, kind or API group', () => {
  expect(afterEdit(o => {
    o.push({ ...structuredClone(only(o, 'Role')), metadata: { name: 'nodepool', namespace: 'other' } });
    o.push({ ...structuredClone(only(o, 'HTTPRoute')), apiVersion: 'example.com/v1', spec: { a: 1 } });
  }, { customKinds: ['example.com/v1/HTTPRoute', 'gateway.networking.k8s.io/v1/HTTPRoute', 'monitoring.coreos.com/v1/PodMonitor'] })
    .filter(violation => violation.startsWith('names'))).toEqual([]);
});

test('roles may be named with a colon', () => {
  expect(afterEdit(o => { only(o, 'Role').metadata.name = 'nodepool:pods'; only(o, 'RoleBinding').roleRef.name = 'nodepool:pods'; })).toEqual([]);
});
