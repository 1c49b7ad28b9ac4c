import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { objects, testChart } from './fixtures';
import { only } from './manifests';
import { KubernetesDriverAccess, KubernetesDriverAccessProps, OpenshiftDriverAccess, OpenshiftDriverAccessProps } from '../src';

function kubernetes(props: Partial<KubernetesDriverAccessProps> = {}) {
  const chart = testChart();
  const part = new KubernetesDriverAccess(chart, 'Driver', { namespace: 'ci', ...props });
  return { chart, part, all: objects(chart) };
}

function openshift(props: Partial<OpenshiftDriverAccessProps> = {}) {
  const chart = testChart();
  const part = new OpenshiftDriverAccess(chart, 'Driver', { namespace: 'ci', ...props });
  return { chart, part, all: objects(chart) };
}

const EVERYTHING: Required<OpenshiftDriverAccessProps> = {
  namespace: 'sf', context: 'builds', server: 'https://api.example.com:6443', extraLabels: { team: 'ci' }, instanceName: 'blue',
};

/** What the rules allow, as `verb group/resource`. */
function allowed(rules: any[]): string[] {
  return rules.flatMap(rule => rule.apiGroups.flatMap((group: string) =>
    rule.resources.flatMap((resource: string) => rule.verbs.map((verb: string) => `${verb} ${group}/${resource}`))));
}

describe('the kubernetes driver', () => {
  test('every prop has its effect', () => {
    const props: Required<KubernetesDriverAccessProps> = { ...EVERYTHING, namespaceLabels: true };
    const { part, all } = kubernetes(props);
    expect(part.clusterAccess).toEqual({ context: 'builds', server: 'https://api.example.com:6443', tokenSecretName: 'blue-kubernetes-token' });
    expect(only(all, 'ServiceAccount').metadata).toMatchObject({ name: 'blue-kubernetes', namespace: 'sf' });
    expect(only(all, 'ClusterRole').metadata.name).toBe('blue-kubernetes-sf');
    expect(allowed(only(all, 'ClusterRole').rules)).toContain('update /deployments');
    expect(all.filter(object => object.metadata.labels?.team !== 'ci')).toEqual([]);
  });

  test('it may do what the driver calls for pod labels, and no more', () => {
    const all = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
    expect(allowed(only(kubernetes().all, 'ClusterRole').rules).sort()).toEqual([
      ...['create', 'delete', 'get', 'list'].map(verb => `${verb} /namespaces`),
      'create /serviceaccounts', 'create /secrets', 'get /secrets',
      'create rbac.authorization.k8s.io/roles', 'create rbac.authorization.k8s.io/rolebindings',
      ...['create', 'get', 'list'].map(verb => `${verb} /pods`),
      ...all.flatMap(verb => ['exec', 'logs', 'portforward'].map(sub => `${verb} /pods/${sub}`)),
    ].sort());
  });

  test('cluster-scoped objects are in no namespace and carry it in their name', () => {
    const { all } = kubernetes();
    for (const kind of ['ClusterRole', 'ClusterRoleBinding']) {
      expect(only(all, kind).metadata.namespace).toBeUndefined();
      expect(only(all, kind).metadata.name).toBe('nodepool-kubernetes-ci');
    }
  });

  test('the binding gives the rights to the account', () => {
    const { all } = kubernetes();
    expect(only(all, 'ClusterRoleBinding')).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'nodepool-kubernetes-ci' },
      subjects: [{ kind: 'ServiceAccount', name: 'nodepool-kubernetes', namespace: 'ci' }],
    });
  });

  test('the context is kubernetes by default', () => {
    expect(kubernetes().part.clusterAccess).toMatchObject({ context: 'kubernetes', server: 'https://kubernetes.default.svc' });
  });

  test.each(['serviceAccount', 'tokenSecret', 'clusterRole', 'clusterRoleBinding'] as const)('a patch goes through %s', field => {
    const { chart, part } = kubernetes();
    part[field].addJsonPatch(JsonPatch.add('/newerField', 'x'));
    expect(objects(chart).filter(object => object.newerField === 'x').map(object => object.kind)).toEqual([part[field].kind]);
  });

  test('ApiObject.of finds the ClusterRole', () => {
    const { part } = kubernetes();
    expect(ApiObject.of(part)).toBe(part.clusterRole);
  });
});

describe('the openshift driver', () => {
  test('every prop has its effect', () => {
    const { part, all } = openshift(EVERYTHING);
    expect(part.clusterAccess).toEqual({ context: 'builds', server: 'https://api.example.com:6443', tokenSecretName: 'blue-openshift-token' });
    expect(only(all, 'ServiceAccount').metadata).toMatchObject({ name: 'blue-openshift', namespace: 'sf' });
    expect(all.filter(object => object.metadata.labels?.team !== 'ci')).toEqual([]);
  });

  test('it may ask for projects, by OpenShift\'s own role', () => {
    const { all } = openshift();
    expect(only(all, 'ClusterRoleBinding')).toMatchObject({
      metadata: { name: 'nodepool-openshift-ci' },
      roleRef: { kind: 'ClusterRole', name: 'self-provisioner' },
      subjects: [{ kind: 'ServiceAccount', name: 'nodepool-openshift', namespace: 'ci' }],
    });
    expect(all.filter(object => ['Role', 'ClusterRole'].includes(object.kind))).toEqual([]);
  });

  test('the context is openshift by default', () => {
    expect(openshift().part.clusterAccess.context).toBe('openshift');
  });

  test('ApiObject.of finds the binding', () => {
    const { part } = openshift();
    expect(ApiObject.of(part)).toBe(part.clusterRoleBinding);
  });

  test.each(['serviceAccount', 'tokenSecret', 'clusterRoleBinding'] as const)('a patch goes through %s', field => {
    const { chart, part } = openshift();
    part[field].addJsonPatch(JsonPatch.add('/newerField', 'x'));
    expect(objects(chart).filter(object => object.newerField === 'x').map(object => object.kind)).toEqual([part[field].kind]);
  });

  test('it works inside another construct', () => {
    const chart = testChart();
    new OpenshiftDriverAccess(new Construct(chart, 'Nest'), 'Any', { namespace: 'elsewhere' });
    expect(only(objects(chart), 'ServiceAccount').metadata).toMatchObject({ name: 'nodepool-openshift', namespace: 'elsewhere' });
  });
});

describe.each([['kubernetes', kubernetes], ['openshift', openshift]] as const)('refusals of the %s driver', (driver, make: (props: any) => unknown) => {
  test.each([
    [{ namespace: 'A' }, "'namespace' must be a namespace's name"],
    [{ context: ' ' }, `'context' must not be empty; leave it out for "${driver}"`],
    [{ server: 'https://localhost' }, "'server' is at \"localhost\""],
    [{ extraLabels: { 'a b': 'x' } }, "'extraLabels' has the key \"a b\""],
    [{ instanceName: '1' }, "'instanceName' must be at most 32"],
  ])('fails with %j', (props, message) => {
    expect(() => make(props)).toThrow(`[ci/Driver] ${message}`);
  });
});

test('fails when more rights are asked for by a text, which would count as true', () => {
  expect(() => kubernetes({ namespaceLabels: 'false' as any })).toThrow("[ci/Driver] 'namespaceLabels' must be true or false, got \"false\"");
});
