import { afterEdit, GOOD_OPTIONS, goodManifests, violationsAfter } from './fixture';
import { ManifestObject, only } from './objects';

const deployment = (objects: ManifestObject[]) => only(objects, 'Deployment');
const launcher = (objects: ManifestObject[]) => deployment(objects).spec.template.spec.containers[0];

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a misspelt field', o => { deployment(o).spec.replica = 1; }, 'schema/unknown-field spec.replica'],
  ['a misspelt field deep inside', o => { launcher(o).livenessProbe.httpGet.prot = 1; },
    'schema/unknown-field spec.template.spec.containers[0].livenessProbe.httpGet.prot'],
  ['a field of another place', o => { launcher(o).runAsNonRoot = true; }, 'schema/unknown-field spec.template.spec.containers[0].runAsNonRoot'],
  ['a status', o => { deployment(o).status = { replicas: 1 }; }, 'schema/unknown-field status'],
  ['a string for a number', o => { deployment(o).spec.replicas = '1'; }, 'schema/type spec.replicas'],
  ['a number for a string', o => { launcher(o).env[0].value = 1; }, 'schema/type spec.template.spec.containers[0].env[0].value'],
  ['null', o => { deployment(o).spec.revisionHistoryLimit = null; }, 'schema/type spec.revisionHistoryLimit'],
  ['a missing field', o => { delete deployment(o).spec.selector; }, 'schema/missing-field spec.selector'],
  ['something that is no quantity', o => { launcher(o).resources.limits.memory = '1 GB'; }, 'schema/type spec.template.spec.containers[0].resources.limits.memory'],
  ['a claim template without kind', o => { delete only(o, 'StatefulSet').spec.volumeClaimTemplates[0].kind; },
    'schema/missing-field spec.volumeClaimTemplates[0].kind'],
  ['an old API version', o => { only(o, 'PodDisruptionBudget').apiVersion = 'policy/v1beta1'; }, 'schema/unknown-kind kind'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('the message lists the fields that are known', () => {
  const [violation] = violationsAfter(o => { only(o, 'PodDisruptionBudget').spec.maxUnavailble = 1; });
  expect(violation.remedy).toContain('maxUnavailable, minAvailable, selector');
});

test('fails for a kind that Kubernetes does not have, unless it is listed', () => {
  const queue = { apiVersion: 'example.com/v1', kind: 'Queue', metadata: { name: 'q', namespace: 'sf' }, spec: { size: 1 } };
  expect(afterEdit(o => { o.push(queue); })).toEqual(['schema/unknown-kind kind']);
  expect(afterEdit(o => { o.push(queue); }, { customKinds: [...GOOD_OPTIONS.customKinds!, 'example.com/v1/Queue'] })).toEqual([]);
});

test('fails for a field that only newer versions know, unless a user handed it in', () => {
  const newer = (o: ManifestObject[]) => { deployment(o).spec.template.spec.hostnameOverride = 'launcher'; };
  expect(afterEdit(newer)).toEqual(['schema/too-new spec.template.spec.hostnameOverride']);
  expect(afterEdit(newer, { newerFields: ['hostnameOverride'] })).toEqual([]);
});

test('ports take names and numbers, quantities strings and numbers', () => {
  const objects = goodManifests();
  expect(only(objects, 'Service', 'nodepool-launcher').spec.ports[0].targetPort).toBe('api');
  expect(only(objects, 'Service', 'nodepool-builder').spec.ports[0].targetPort).toBe(8080);
  expect(afterEdit(o => { launcher(o).resources.limits.memory = 1e9; })).toEqual([]);
});

test('a Secret encrypted by SOPS keeps the field of SOPS', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'sf' }, stringData: { a: 'ENC[AES256_GCM,data:x]' }, sops: { mac: 'ENC' } };
  expect(afterEdit(o => { o.push(secret); }, { usedElsewhere: [{ kind: 'Secret', name: 'x' }, { kind: 'ConfigMap', name: 'dashboard' }] })).toEqual([]);
});

test('a violation never shows what a Secret holds', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'sf' }, data: { a: 'plain text' }, stringData: { b: 5 } };
  const text = JSON.stringify(violationsAfter(o => { o.push(secret as any); }));
  expect(text).toContain('values/base64');
  expect(text).not.toContain('plain text"');
  expect(text).not.toContain('"value":5');
});
