import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';
import { matches } from './selectors';

const deployment = (objects: ManifestObject[]) => only(objects, 'Deployment');
const pod = (objects: ManifestObject[]) => deployment(objects).spec.template.spec;
const service = (objects: ManifestObject[]) => only(objects, 'Service', 'nodepool-launcher');
/** A Service of one pod of the builder. */
function ofBuilder(ordinal: number): ManifestObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'one', namespace: 'sf' },
    spec: { type: 'ClusterIP', selector: { 'run': 'nodepool-builder', 'statefulset.kubernetes.io/pod-name': `nodepool-builder-${ordinal}` } },
  };
}

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a selector that its template does not match', o => { deployment(o).spec.selector.matchLabels.run = 'launcher'; }, 'selectors/template spec.selector'],
  ['a selector that matches the pods of another', o => { only(o, 'StatefulSet').spec.template.metadata.labels.run = 'nodepool-launcher'; },
    'selectors/overlap spec.selector'],
  ['an empty selector', o => { deployment(o).spec.selector = {}; }, 'selectors/template spec.selector'],
  ['a Service that chooses no pod', o => { service(o).spec.selector = { run: 'launcher' }; }, 'selectors/service spec.selector'],
  ['a Service in another namespace than its pods', o => { service(o).metadata.namespace = 'other'; }, 'selectors/service spec.selector'],
  ['a Service of a pod that the StatefulSet does not have', o => { o.push(ofBuilder(1)); }, 'selectors/service spec.selector'],
  ['a target port that no container names', o => { service(o).spec.ports[0].targetPort = 'web'; }, 'selectors/target-port spec.ports[api].targetPort'],
  ['a target port that no container opens', o => { service(o).spec.ports[0].targetPort = 8005; }, 'selectors/target-port spec.ports[api].targetPort'],
  ['a target port of another protocol', o => { service(o).spec.ports[0].protocol = 'UDP'; }, 'selectors/target-port spec.ports[api].targetPort'],
  ['a disruption budget for no pod', o => { only(o, 'PodDisruptionBudget').spec.selector.matchLabels.run = 'builder'; }, 'selectors/pods spec.selector'],
  ['a network policy for no pod', o => { only(o, 'NetworkPolicy').spec.podSelector = { matchLabels: { run: 'x' } }; }, 'selectors/pods spec.podSelector'],
  ['a monitor of no pod', o => { only(o, 'PodMonitor').spec.selector.matchLabels.run = 'x'; }, 'selectors/monitor spec.selector'],
  ['a monitor of a port that is not there', o => { only(o, 'PodMonitor').spec.podMetricsEndpoints[0].port = 'metrics'; }, 'selectors/monitor spec'],
  ['a route to no Service', o => { only(o, 'HTTPRoute').spec.rules[0].backendRefs[0].name = 'launcher'; }, 'selectors/backend spec.rules.backendRefs'],
  ['a route to a port that the Service lacks', o => { only(o, 'HTTPRoute').spec.rules[0].backendRefs[0].port = 80; },
    'selectors/backend-port spec.rules.backendRefs'],
  ['a pod that spreads from others than itself', o => { pod(o).topologySpreadConstraints[0].labelSelector.matchLabels.run = 'x'; },
    'selectors/spread spec.template.spec.topologySpreadConstraints'],
  ['a probe of a port that the container does not name', o => { pod(o).containers[0].readinessProbe.httpGet.port = 'web'; },
    'selectors/probe-port spec.template.spec.containers[launcher].readinessProbe'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('fails for an Ingress or a Route to a port that the Service lacks', () => {
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 'sf' },
    spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'nodepool-launcher', port: { name: 'web' } } } }] } }] },
  };
  const route = { apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: { name: 'r', namespace: 'sf' }, spec: { to: { name: 'nodepool-launcher' }, port: { targetPort: 'web' } } };
  expect(afterEdit(o => { o.push(ingress); })).toEqual(['selectors/backend-port spec.rules']);
  expect(afterEdit(o => { o.push(route); })).toContain('selectors/backend-port spec.to');
});

test('a Service of one pod of a StatefulSet chooses it', () => {
  expect(afterEdit(o => { o.push(ofBuilder(0)); })).toEqual([]);
});

test('a policy for pods that a driver makes is not judged where the output has no pods', () => {
  expect(afterEdit(o => {
    o.push({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'n', namespace: 'jobs' }, spec: { podSelector: { matchLabels: { a: 'b' } } } });
  })).toEqual([]);
});

test('a native sidecar serves, another init container does not', () => {
  const sidecar = (restartPolicy?: string) => (o: ManifestObject[]) => {
    const { initContainers, containers } = pod(o);
    initContainers[0].ports = [{ name: 'web', containerPort: 9000, protocol: 'TCP' }];
    if (restartPolicy) { initContainers[0].restartPolicy = restartPolicy; }
    expect(containers).toHaveLength(1);
    service(o).spec.ports[0].targetPort = 'web';
  };
  expect(afterEdit(sidecar('Always'))).toEqual([]);
  expect(afterEdit(sidecar())).toEqual(['selectors/target-port spec.ports[api].targetPort']);
});

test('expressions of a selector are understood', () => {
  const expression = (operator: string, values?: string[]) => ({ matchExpressions: [{ key: 'a', operator, values }] });
  expect(matches(expression('In', ['x', 'y']), { a: 'x' })).toBe(true);
  expect(matches(expression('NotIn', ['x']), { a: 'x' })).toBe(false);
  expect(matches(expression('Exists'), { a: '' })).toBe(true);
  expect(matches(expression('DoesNotExist'), { a: '' })).toBe(false);
});
