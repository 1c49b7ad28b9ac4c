import { ApiObject, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { errorOf, launcher, nodepoolYaml, objects, testChart } from './fixtures';
import { only } from './manifests';
import { OpenshiftPodsNamespace, OpenshiftPodsNamespaceProps, OpenshiftPodsProviderOptions, PodSecurityLevel } from '../src';

function pods(props: Partial<OpenshiftPodsNamespaceProps> = {}, chart = testChart()) {
  const part = new OpenshiftPodsNamespace(chart, 'Pods', { namespace: 'jobs', ...props });
  return { chart, part, all: objects(chart) };
}

const QUANTITY = k8s.Quantity.fromString;
const LIMITS: k8s.LimitRangeItem = { type: 'Container', default: { memory: QUANTITY('1Gi') }, max: { cpu: QUANTITY('4') } };

test('every prop has its effect', () => {
  const props: Required<OpenshiftPodsNamespaceProps> = {
    namespace: 'jobs',
    context: 'builds',
    createNamespace: true,
    server: 'https://api.example.com:6443',
    podSecurity: PodSecurityLevel.PRIVILEGED,
    resourceQuota: { 'pods': '20', 'requests.cpu': '40' },
    limitRange: [LIMITS],
    networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] },
    extraLabels: { team: 'ci' },
    namespaceAnnotations: { 'openshift.io/node-selector': 'ci=true' },
    launcherNamespace: 'sf',
    instanceName: 'blue',
  };
  const { part, all } = pods(props);
  expect(part.clusterAccess).toEqual({ context: 'builds', server: 'https://api.example.com:6443', namespace: 'jobs', tokenSecretName: part.tokenSecret.name });
  const namespace = only(all, 'Namespace').metadata;
  expect(namespace).toMatchObject({ name: 'jobs', annotations: { 'openshift.io/node-selector': 'ci=true' } });
  expect(namespace.labels).toMatchObject({ 'team': 'ci', 'pod-security.kubernetes.io/enforce': 'privileged' });
  expect(only(all, 'ResourceQuota').spec).toEqual({ hard: { 'pods': '20', 'requests.cpu': '40' } });
  expect(only(all, 'LimitRange').spec).toEqual({ limits: [{ type: 'Container', default: { memory: '1Gi' }, max: { cpu: '4' } }] });
  expect(only(all, 'NetworkPolicy').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] });
  expect(all.filter(object => object.metadata.labels?.team !== 'ci')).toEqual([]);
  expect(only(all, 'ServiceAccount').metadata).toMatchObject({ name: 'blue-openshiftpods-jobs', namespace: 'sf' });
});

describe('by default', () => {
  test('the Namespace is there, in no namespace, baseline, and never pruned', () => {
    const { metadata } = only(pods().all, 'Namespace');
    expect(metadata.namespace).toBeUndefined();
    expect(metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/audit': 'baseline', 'pod-security.kubernetes.io/warn': 'baseline',
    });
    expect(metadata.annotations).toEqual({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
  });

  test('the context is openshiftpods and the server that of the cluster', () => {
    expect(pods({ launcherNamespace: 'sf' }).part.clusterAccess).toMatchObject({ context: 'openshiftpods', server: 'https://kubernetes.default.svc' });
  });

  test('there is neither a quota nor a limit nor a policy', () => {
    const { part } = pods();
    expect([part.resourceQuota, part.limitRange, part.networkPolicy]).toEqual([undefined, undefined, undefined]);
  });

  test('an empty policy lets nobody in and everything out', () => {
    expect(only(pods({ networkPolicy: {} }).all, 'NetworkPolicy').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
  });

  test('an empty list of egress rules lets nothing out', () => {
    expect(only(pods({ networkPolicy: { egress: [] } }).all, 'NetworkPolicy').spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  test('sync options of the user stay beside those that keep the Namespace', () => {
    const { metadata } = only(pods({ namespaceAnnotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true, Prune=false' } }).all, 'Namespace');
    expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toBe('ServerSideApply=true,Prune=false,Delete=false');
  });

  test('a Namespace that exists is not rendered', () => {
    const { all, part } = pods({ createNamespace: false });
    expect(all.map(object => object.kind).sort()).toEqual(['Role', 'RoleBinding', 'Secret', 'ServiceAccount']);
    expect(part.namespace).toBeUndefined();
  });
});

describe('rights', () => {
  test('the Role holds what the driver and the executors call, and nothing else', () => {
    expect(only(pods().all, 'Role').rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'get'] },
      { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['create', 'get'] },
    ]);
  });

  test('inside one cluster the account lives beside the launcher, and the binding reaches over', () => {
    const { all } = pods({ launcherNamespace: 'sf' });
    const account = only(all, 'ServiceAccount').metadata;
    expect(account.namespace).toBe('sf');
    expect(only(all, 'RoleBinding').metadata.namespace).toBe('jobs');
    expect(only(all, 'RoleBinding').subjects).toEqual([{ kind: 'ServiceAccount', name: account.name, namespace: 'sf' }]);
    expect(only(all, 'RoleBinding').roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: only(all, 'Role').metadata.name });
    expect(only(all, 'Role').metadata.namespace).toBe('jobs');
  });

  test('the token Secret is empty and of the account', () => {
    const { all } = pods({ launcherNamespace: 'sf' });
    const secret = only(all, 'Secret');
    expect(secret).toMatchObject({ type: 'kubernetes.io/service-account-token', metadata: { namespace: 'sf' } });
    expect(secret.metadata.annotations).toEqual({ 'kubernetes.io/service-account.name': only(all, 'ServiceAccount').metadata.name });
    expect([secret.data, secret.stringData]).toEqual([undefined, undefined]);
  });

  test('for another cluster the account lives in the pods\' namespace, and no access is handed on', () => {
    const { all, part } = pods();
    expect(only(all, 'ServiceAccount').metadata.namespace).toBe('jobs');
    expect(part.clusterAccess).toBeUndefined();
  });

  test('two namespaces have two accounts', () => {
    const chart = testChart();
    pods({ launcherNamespace: 'sf' }, chart);
    new OpenshiftPodsNamespace(chart, 'Other', { namespace: 'other', launcherNamespace: 'sf' });
    expect(objects(chart).filter(object => object.kind === 'ServiceAccount').map(object => object.metadata.name))
      .toEqual(['nodepool-openshiftpods-jobs', 'nodepool-openshiftpods-other']);
  });
});

describe('the provider', () => {
  test('every option has its effect', () => {
    const options: Required<OpenshiftPodsProviderOptions> = { name: 'pods', labels: [{ name: 'pod', image: 'quay.io/x:1' }], maxServers: 5 };
    expect(pods({ context: 'builds' }).part.provider(options)).toEqual({
      name: 'pods', driver: 'openshiftpods', context: 'builds', pools: [{ 'name': 'jobs', 'max-servers': 5, 'labels': [{ name: 'pod', image: 'quay.io/x:1' }] }],
    });
  });

  test('it has the name of the namespace and no limit by default', () => {
    expect(pods().part.provider({ labels: [] })).toEqual({ name: 'jobs', driver: 'openshiftpods', context: 'openshiftpods', pools: [{ name: 'jobs', labels: [] }] });
  });

  test('it goes into a configuration', () => {
    const { chart, config } = launcher();
    const provider = pods({}, testChart()).part.provider({ labels: [{ name: 'small', image: 'quay.io/x:1' }] });
    config.addProvider(provider);
    expect(nodepoolYaml(chart).providers).toContainEqual(provider);
  });
});

describe('alone', () => {
  test('it works in a chart without a namespace, inside another construct', () => {
    const chart = testChart();
    new OpenshiftPodsNamespace(new Construct(chart, 'Nest'), 'Any', { namespace: 'jobs' });
    expect(objects(chart).map(object => object.metadata.namespace)).toEqual([undefined, 'jobs', 'jobs', 'jobs', 'jobs']);
  });

  test.each(['namespace', 'serviceAccount', 'tokenSecret', 'role', 'roleBinding', 'resourceQuota', 'limitRange', 'networkPolicy'] as const)('a patch goes through %s', field => {
    const { chart, part } = pods({ resourceQuota: { pods: '1' }, limitRange: [LIMITS], networkPolicy: {} });
    part[field]!.addJsonPatch(JsonPatch.add('/newerField', 'x'));
    expect(objects(chart).filter(object => object.newerField === 'x').map(object => object.kind)).toEqual([part[field]!.kind]);
  });

  test('ApiObject.of finds the Role', () => {
    const { part } = pods();
    expect(ApiObject.of(part)).toBe(part.role);
  });

  test('a newer field of a limit survives', () => {
    expect(only(pods({ limitRange: [{ ...LIMITS, newerField: 'x' } as k8s.LimitRangeItem] }).all, 'LimitRange').spec.limits).toMatchObject([{ newerField: 'x' }]);
  });
});

describe('refusals', () => {
  test.each(['', 'Jobs', 'a.b', 'x'.repeat(64), undefined, 5])('fails when the namespace is %p', namespace => {
    expect(() => pods({ namespace: namespace as any })).toThrow("[ci/Pods] 'namespace' must be a namespace's name");
  });

  test('fails when the launcher\'s namespace is none', () => {
    expect(() => pods({ launcherNamespace: 'a b' })).toThrow("'launcherNamespace' must be a namespace's name");
  });

  test.each(['', ' '])('fails when the context is %j', context => {
    expect(() => pods({ context })).toThrow("'context' must not be empty; leave it out for \"openshiftpods\"");
  });

  test.each(['10 GB', '1,5', '', '1gb', '-', 20])('fails when a quota is %j', pod => {
    expect(() => pods({ resourceQuota: { pods: pod as any } })).toThrow("'resourceQuota.pods' must be a quantity such as \"500m\", \"4\" or \"10Gi\", got");
  });

  test('fails when a limit is no quantity', () => {
    expect(() => pods({ limitRange: [{ ...LIMITS, max: { memory: QUANTITY('10 GB') } }] }))
      .toThrow("'limitRange[Container].max.memory' must be a quantity such as \"500m\", \"4\" or \"10Gi\", got \"10 GB\"");
  });

  test('fails when quota or limits are empty', () => {
    expect(() => pods({ resourceQuota: {} })).toThrow("'resourceQuota' is empty; give at least one limit");
    expect(() => pods({ limitRange: [] })).toThrow("'limitRange' is empty; give at least one item");
  });

  test('fails when a switch is a text, which would count as true', () => {
    expect(() => pods({ createNamespace: 'false' as any })).toThrow("'createNamespace' must be true or false, got \"false\"");
  });

  test('fails when Pod Security has no such level', () => {
    expect(() => pods({ podSecurity: 'Baseline' as any })).toThrow("'podSecurity' must be one of \"privileged\", \"baseline\", \"restricted\", got \"Baseline\"");
  });

  test('fails with all that is wrong', () => {
    const message = errorOf(() => pods({ server: 'x', extraLabels: { a: ' ' }, resourceQuota: { pods: 'x', secrets: 'y' }, namespaceAnnotations: { 'a b': 'x' } }));
    expect(message.match(/'(server|extraLabels\.a|namespaceAnnotations|resourceQuota\.\w+)'/g)).toEqual([
      "'server'", "'extraLabels.a'", "'namespaceAnnotations'", "'resourceQuota.pods'", "'resourceQuota.secrets'",
    ]);
  });
});
