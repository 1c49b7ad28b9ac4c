import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const route = (objects: ManifestObject[]) => only(objects, 'HTTPRoute').spec;

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a container port without protocol', o => { delete only(o, 'Deployment').spec.template.spec.containers[0].ports[0].protocol; },
    'drift/protocol spec.template.spec.containers[launcher].ports[api].protocol'],
  ['a Service port without protocol', o => { delete only(o, 'Service', 'nodepool-builder').spec.ports[0].protocol; }, 'drift/protocol spec.ports[logs].protocol'],
  ['a Service without type', o => { delete only(o, 'Service', 'nodepool-builder').spec.type; }, 'drift/service-type spec.type'],
  ['a claim template without apiVersion', o => { delete only(o, 'StatefulSet').spec.volumeClaimTemplates[0].apiVersion; },
    'drift/claim-template spec.volumeClaimTemplates[data]'],
  ['pull secrets of a service account', o => { only(o, 'ServiceAccount').imagePullSecrets = [{ name: 'nodepool-token' }]; },
    'drift/service-account-list imagePullSecrets'],
  ['a backend without weight', o => { delete route(o).rules[0].backendRefs[0].weight; }, 'drift/custom-default spec.rules.[0].backendRefs.[nodepool-launcher].weight'],
  ['a parent without group', o => { delete route(o).parentRefs[0].group; }, 'drift/custom-default spec.parentRefs.[public].group'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('fails for replicas that an autoscaler sets', () => {
  const autoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'nodepool-launcher', namespace: 'sf' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nodepool-launcher' } },
  };
  expect(afterEdit(o => { o.push(autoscaler); })).toEqual(['drift/replicas spec.replicas']);
});

test('fails for defaults that External Secrets writes into its objects', () => {
  const secret = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'e', namespace: 'sf' },
    spec: { refreshInterval: '1h0m0s', target: { creationPolicy: 'Owner', deletionPolicy: 'Retain' }, data: [{ secretKey: 'a', remoteRef: { key: 'x' } }] },
  };
  const drifts = afterEdit(o => { o.push(secret); }).filter(violation => violation.startsWith('drift'));
  expect(drifts).toEqual(['conversionStrategy', 'decodingStrategy', 'metadataPolicy'].map(field => `drift/custom-default spec.data.[0].remoteRef.${field}`));
});
