import { rootCertificates } from 'node:tls';
import { App, JsonPatch, Size, Testing } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { container, errorOf, environment, images, named, nodepoolYaml, objects, pod, stack, staticNodes, zookeeper } from './fixtures';
import { only } from './manifests';
import { BuilderOptions, CorporateCa, LogLevel, NodepoolConfig, NodepoolStackProps, Platform, SecretSource, StackBuilderOptions } from '../src';

const names = (chart: any, kind: string) => objects(chart).filter(object => object.kind === kind).map(object => object.metadata.name).sort();

describe('a stack with every prop', () => {
  // configRepository excludes config, and has its own tests.
  const props: Required<Omit<NodepoolStackProps, 'configRepository'>> = {
    namespace: 'sf',
    config: staticNodes(),
    zookeeper: zookeeper(),
    builderConfig: images(600),
    providers: SecretSource.plainTextInGit({ 'clouds.yaml': 'clouds: {}' }),
    imagePull: SecretSource.existing('registry'),
    openshiftPods: [{ namespace: 'jobs' }],
    kubernetesDriver: { namespaceLabels: true },
    openshiftDriver: { context: 'projects' },
    launcher: { replicas: 2 },
    builder: { storage: { size: Size.gibibytes(200) } },
    podDefaults: { logLevel: LogLevel.DEBUG },
    corporateCa: CorporateCa.fromPem(rootCertificates[0]),
    extraLabels: { team: 'ci' },
    instanceName: 'blue',
    platform: Platform.OPENSHIFT,
    createNamespace: true,
  };
  const chart = stack(props);
  const all = objects(chart);
  const launcher = only(all, 'Deployment');
  const builder = only(all, 'StatefulSet');

  test.each<[string, () => unknown, unknown]>([
    ['namespace', () => launcher.metadata.namespace, 'sf'],
    ['config', () => nodepoolYaml(chart, 'blue-launcher').labels, [{ name: 'small' }]],
    ['zookeeper', () => nodepoolYaml(chart, 'blue-builder')['zookeeper-servers'], [{ host: 'zk.example.com', port: 2281 }]],
    ['builderConfig', () => nodepoolYaml(chart, 'blue-builder').diskimages.map((image: any) => image.name), ['debian']],
    ['providers', () => [launcher, builder].map(({ spec }) => named(spec.template.spec.volumes, 'providers').secret.secretName), Array(2).fill('blue-providers-secrets')],
    ['imagePull', () => [launcher, builder].map(({ spec }) => spec.template.spec.imagePullSecrets), Array(2).fill([{ name: 'registry' }])],
    ['openshiftPods', () => only(all, 'Role').metadata.namespace, 'jobs'],
    ['kubernetesDriver', () => JSON.stringify(only(all, 'ClusterRole').rules).includes('replicasets'), true],
    ['openshiftDriver', () => chart.openshiftDriver!.clusterAccess.context, 'projects'],
    ['launcher', () => launcher.spec.replicas, 2],
    ['builder', () => builder.spec.volumeClaimTemplates.map((claim: any) => claim.spec.resources.requests.storage), ['200Gi']],
    ['podDefaults', () => ['launcher', 'builder'].map(each => /level: '(\w+)'/.exec(only(all, 'ConfigMap', `blue-${each}-logging`).data['logging.yaml'])?.[1]), ['DEBUG', 'DEBUG']],
    ['corporateCa', () => names(chart, 'ConfigMap').filter(name => name.endsWith('corporate-ca')), ['blue-builder-corporate-ca', 'blue-launcher-corporate-ca']],
    ['extraLabels', () => all.filter(object => object.metadata.labels?.team !== 'ci').map(object => object.kind), []],
    ['instanceName', () => all.filter(object => object.kind !== 'Namespace' && !object.metadata.name.startsWith('blue-')), []],
    ['platform', () => [launcher, builder].filter(each => 'runAsUser' in each.spec.template.spec.securityContext), []],
    ['createNamespace', () => names(chart, 'Namespace'), ['jobs', 'sf']],
  ])('%s', (_, actual, expected) => {
    expect(actual()).toEqual(expected);
  });

  test('the launcher reaches the clusters of all drivers', () => {
    const text = only(all, 'ConfigMap', 'blue-launcher-kubeconfig').data['kube.config'];
    expect([...text.matchAll(/tokenFile: (\S+)/g)].map(match => match[1])).toEqual([
      '/etc/nodepool-cluster-access/blue-openshiftpods-jobs-token/token',
      '/etc/nodepool-cluster-access/blue-kubernetes-token/token',
      '/etc/nodepool-cluster-access/blue-openshift-token/token',
    ]);
  });

  test('no namespace stands on what is cluster-scoped', () => {
    const kinds = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];
    expect(all.filter(object => kinds.includes(object.kind) && object.metadata.namespace !== undefined)).toEqual([]);
  });
});

describe('by default', () => {
  const chart = stack();

  test('there is a launcher, and nothing that was not asked for', () => {
    expect([...new Set(objects(chart).map(object => object.kind))].sort()).toEqual(['ConfigMap', 'Deployment', 'Service']);
    expect([chart.builder, chart.providersSecret, chart.namespaceObject, chart.kubernetesDriver, chart.openshiftDriver, chart.openshiftPods])
      .toEqual([undefined, undefined, undefined, undefined, undefined, []]);
  });

  test('the instance is nodepool', () => {
    expect(chart.instanceName).toBe('nodepool');
  });
});

describe('the builder', () => {
  const build = (diskimages: any[], props: Partial<NodepoolStackProps> = {}) =>
    stack({ config: NodepoolConfig.fromObject({ diskimages }), ...props }).builder;

  test.each<[string, any[], boolean]>([
    ['an image has more than its name', [{ name: 'a', elements: ['x'] }], true],
    ['an image has only its name', [{ name: 'a' }], false],
    ['the only image with more is abstract', [{ name: 'a', abstract: true, elements: ['x'] }], false],
    ['there are no images', [], false],
  ])('when %s: %s', (_, diskimages, present) => {
    expect(build(diskimages) !== undefined).toBe(present);
  });

  test('is there with a file of its own', () => {
    expect(stack({ builderConfig: NodepoolConfig.fromObject({}) }).builder).toBeDefined();
  });

  test('enabled overrides both', () => {
    const enabled: Required<Pick<StackBuilderOptions, 'enabled'>> & BuilderOptions = { enabled: true };
    expect(build([], { builder: enabled })).toBeDefined();
    expect(build([{ name: 'a', elements: ['x'] }], { builder: { enabled: false } })).toBeUndefined();
  });

  test('fails when an image comes after it was left out', () => {
    const config = staticNodes();
    const chart = stack({ config });
    config.addDiskimage({ name: 'late', elements: ['x'] });
    expect(() => Testing.synth(chart)).toThrow('[ci] a diskimage was added after the stack was made, and there is no builder; set builder: { enabled: true }');
  });

  test('an image that comes later is fine where there is no builder on purpose', () => {
    const config = staticNodes();
    const chart = stack({ config, builder: { enabled: false } });
    config.addDiskimage({ name: 'late', elements: ['x'] });
    expect(nodepoolYaml(chart).diskimages).toHaveLength(1);
  });
});

describe('settings of a service over those of all', () => {
  const chart = stack({
    builder: { enabled: true },
    extraLabels: { a: 'stack', b: 'stack', c: 'stack' },
    podDefaults: {
      extraLabels: { b: 'defaults', c: 'defaults' },
      nodeSelector: { disk: 'ssd' },
      imagePullSecrets: ['one'],
      resources: { cpu: { limit: Cpu.units(4) }, memory: { limit: Size.gibibytes(8) } },
    },
    launcher: { extraLabels: { c: 'launcher' }, nodeSelector: { zone: 'x' }, imagePullSecrets: ['two'], resources: { cpu: { limit: Cpu.units(1) } } },
  });

  test('maps are merged', () => {
    expect(pod(chart).metadata.labels).toMatchObject({ a: 'stack', b: 'defaults', c: 'launcher' });
    expect(pod(chart).spec.nodeSelector).toEqual({ disk: 'ssd', zone: 'x' });
  });

  test('anything else of the service replaces the default', () => {
    expect(pod(chart).spec.imagePullSecrets).toEqual([{ name: 'two' }]);
  });

  test('resources are merged by resource', () => {
    expect(container(pod(chart), 'launcher').resources.limits).toEqual({ cpu: '1', memory: '8Gi' });
  });

  test('the other service has the defaults', () => {
    expect(pod(chart, 'StatefulSet').metadata.labels).toMatchObject({ a: 'stack', b: 'defaults', c: 'defaults' });
    expect(pod(chart, 'StatefulSet').spec.imagePullSecrets).toEqual([{ name: 'one' }]);
  });
});

describe('createNamespace', () => {
  const { metadata } = only(objects(stack({ createNamespace: true })), 'Namespace');

  test('the Namespace enforces restricted', () => {
    expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  });

  test('the Namespace is never pruned', () => {
    expect(metadata.annotations).toMatchObject({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
  });

  test('a patch goes through it', () => {
    const chart = stack({ createNamespace: true });
    chart.namespaceObject!.addJsonPatch(JsonPatch.add('/metadata/labels/mine', 'x'));
    expect(only(objects(chart), 'Namespace').metadata.labels?.mine).toBe('x');
  });
});

describe('pods in the same cluster', () => {
  test('the token lies beside the launcher, and the kubeconfig points at it', () => {
    const all = objects(stack({ openshiftPods: [{ namespace: 'jobs' }] }));
    expect(only(all, 'Secret').metadata.namespace).toBe('ci');
    expect(only(all, 'ConfigMap', 'nodepool-launcher-kubeconfig').data['kube.config']).toContain(`/${only(all, 'Secret').metadata.name}/token`);
  });

  test('the builder gets no token', () => {
    const chart = stack({ openshiftPods: [{ namespace: 'jobs' }], builder: { enabled: true } });
    expect(environment(container(pod(chart, 'StatefulSet'), 'nodepool-builder')).KUBECONFIG).toBeUndefined();
  });
});

describe('refusals', () => {
  test.each(['', 'SF', 'a.b', undefined, 5])('fails when the namespace is %p', namespace => {
    expect(() => stack({ namespace: namespace as any })).toThrow("[ci] 'namespace' must be a namespace's name");
  });

  test('fails when two openshiftPods have one namespace', () => {
    expect(() => stack({ openshiftPods: [{ namespace: 'jobs' }, { namespace: 'jobs', context: 'b' }] }))
      .toThrow("[ci] 'openshiftPods' has the namespace \"jobs\" twice; one entry serves any number of providers and pools");
  });

  test('fails when two openshiftPods have one context', () => {
    expect(() => stack({ openshiftPods: [{ namespace: 'a' }, { namespace: 'b' }] }))
      .toThrow("[ci] 'openshiftPods' has the kubeconfig context \"openshiftpods\" for two namespaces; give each entry a 'context' of its own");
  });

  test.each(['jobs', [null], ['jobs']])('fails when openshiftPods are %j', openshiftPods => {
    expect(() => stack({ openshiftPods: openshiftPods as any })).toThrow("[ci] 'openshiftPods' must be a list");
  });

  test('fails with both', () => {
    const attempt = () => stack({ openshiftPods: [{ namespace: 'a' }, { namespace: 'a' }] });
    expect(attempt).toThrow('has the namespace "a" twice');
    expect(attempt).toThrow('has the kubeconfig context');
  });

  test.each([true, false])('fails when job pods are to run beside the services (createNamespace %s)', createNamespace => {
    expect(() => stack({ createNamespace, openshiftPods: [{ namespace: 'ci', createNamespace: false }] }))
      .toThrow("'namespace' is \"ci\", the launcher's own: every job holds a token that opens the pods there; give job pods a namespace of their own");
  });

  test('the launchers of two namespaces may share the namespace of their job pods', () => {
    const roles = ['one', 'two'].map(namespace => objects(stack({ namespace, openshiftPods: [{ namespace: 'jobs', createNamespace: false }] }))
      .find(object => object.kind === 'Role')?.metadata.name);
    expect(roles).toEqual(['nodepool-openshiftpods-one', 'nodepool-openshiftpods-two']);
  });

  test('fails when a driver has the context of another', () => {
    expect(() => stack({ openshiftPods: [{ namespace: 'a', context: 'kubernetes' }], kubernetesDriver: {} })).toThrow('has the kubeconfig context "kubernetes" twice');
  });

  test.each([undefined, 'nodepool.yaml'])('fails when the configuration is %p', config => {
    expect(() => stack({ config: config as any })).toThrow("'config' must be a NodepoolConfig, such as NodepoolConfig.fromFile('nodepool.yaml')");
  });

  test('fails when there is no ZooKeeper', () => {
    expect(() => stack({ zookeeper: undefined as any })).toThrow("'zookeeper' has no servers");
  });

  test('fails with a label of the stack that pods are selected by', () => {
    expect(() => stack({ extraLabels: { run: 'x' } })).toThrow("'extraLabels' must not set \"run\"");
  });

  test('names which of two stacks is wrong', () => {
    const app = new App();
    stack({}, app, 'good');
    expect(() => stack({ launcher: { replicas: -1 } }, app, 'bad')).toThrow("[bad/Launcher] 'replicas' must be a whole number, 0 or more, got -1");
  });

  test('fails at the builder with what its own file has', () => {
    const chart = stack({ builderConfig: NodepoolConfig.fromString('diskimages: [{name: a, parent: none}]') });
    expect(() => Testing.synth(chart)).toThrow(/\[ci\/Builder\] .*"none"/);
  });
});

test('fails with one error for the base keys of both files', () => {
  const make = () => stack({
    config: NodepoolConfig.fromString('webapp: {port: 1}\nlabels: []\n'),
    builderConfig: NodepoolConfig.fromString('labels: []\nimages-dir: /tmp\n'),
  });
  expect(make).toThrow("'config' and 'builderConfig': keys that the deployment sets itself");
  expect(make).toThrow('yaml:1:1: "webapp" (use \'launcher.webapp\'), yaml:2:1: "images-dir" (use \'builder.imagesDir\')');
});

test('a problem of a configuration that launcher and builder share is reported once', () => {
  const shared = NodepoolConfig.fromObject({
    diskimages: [{ name: 'debian', formats: ['raw'] }],
    providers: [{ name: 'rack', driver: 'static', pools: [{ name: 'main', nodes: [{ name: 'n1', labels: ['smal'] }] }] }],
  });
  let message = '';
  try { Testing.synth(stack({ config: shared })); } catch (error) { message = String(error); }
  expect(message.match(/label "smal"/g)).toHaveLength(1);
});

describe('warnings', () => {
  const written = (make: () => void) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      make();
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      write.mockRestore();
    }
  };

  test('a key that stands twice is a warning with both lines, said once', () => {
    const odd = stack({ config: NodepoolConfig.fromString('max-hold-age: 1\nmax-hold-age: 2\n') });
    const text = written(() => { Testing.synth(odd); Testing.synth(odd); });
    expect(text.match(/warning: \[ci\/Launcher\] yaml:2:1/g)).toHaveLength(1);
    expect(text).toContain('1');
  });

  describe('of a configuration', () => {
    const odd = () => NodepoolConfig.fromObject({
      diskimages: [{ name: 'd', formats: ['raw'] }],
      providers: [{
        'name': 'p', 'driver': 'aws', 'region-name': 'r', 'diskimages': [{ name: 'd' }], 'pools': [{ 'name': 'main', 'max-servers': 0, 'labels': [] }],
      }],
    });

    test('are all said once where launcher and builder share it', () => {
      const text = written(() => Testing.synth(stack({ config: odd() })));
      expect(text.match(/closes the pool/g)).toHaveLength(1);
      expect(text.match(/without "object-storage"/g)).toHaveLength(1);
    });

    test('are those of the service that has it, where each has its own', () => {
      const text = written(() => Testing.synth(stack({ config: odd(), builderConfig: odd() })));
      expect(text.match(/\[ci\/Launcher\] .* closes the pool/g)).toHaveLength(1);
      expect(text.match(/closes the pool/g)).toHaveLength(1);
      expect(text.match(/\[ci\/Builder\] .* without "object-storage"/g)).toHaveLength(1);
      expect(text.match(/without "object-storage"/g)).toHaveLength(1);
    });

    test('are those of the launcher where there is no builder', () => {
      expect(written(() => Testing.synth(stack({ config: odd(), builder: { enabled: false } })))).not.toContain('object-storage');
    });

    test('tell of what is allowed in vain', () => {
      const config = NodepoolConfig.fromObject({});
      config.allow('unknown-key', 'diskimages[lx]');
      expect(written(() => Testing.synth(stack({ config })))).toContain("warning: [ci/Launcher] allow('unknown-key', 'diskimages[lx]') lets nothing through: ");
    });
  });

  test('a key at the top that Nodepool does not know stops the synth, unless it is allowed', () => {
    const config = NodepoolConfig.fromString('x-anchors: {b: c}');
    expect(() => Testing.synth(stack({ config }))).toThrow('yaml:1:1: x-anchors: key "x-anchors" is not known at the top level');
    config.allow('unknown-key', 'x-anchors');
    expect(() => Testing.synth(stack({ config }))).not.toThrow();
  });

  test('a context that nobody brings is a warning with those that are known', () => {
    const config = NodepoolConfig.fromObject({
      labels: [{ name: 'pod' }],
      providers: [{ name: 'pods', driver: 'openshiftpods', context: 'wrong', pools: [{ name: 'jobs', labels: [{ name: 'pod', image: 'x' }] }] }],
    });
    const text = written(() => Testing.synth(stack({ config, openshiftPods: [{ namespace: 'jobs' }] })));
    expect(text).toContain('providers[pods].context: no kubeconfig has the context "wrong"; known contexts: openshiftpods');
  });

  test('nothing is said of a context where the providers\' Secret may bring it', () => {
    const config = NodepoolConfig.fromObject({ providers: [{ name: 'pods', driver: 'kubernetes', context: 'elsewhere', pools: [] }] });
    expect(written(() => Testing.synth(stack({ config, providers: SecretSource.existing('clouds') })))).toBe('');
  });
});

describe('what a language without types lets through', () => {
  test.each<[string, any, string]>([
    ['a prop is misspelt', { podDefault: {} }, "[ci] 'podDefault' is unknown; did you mean 'podDefaults'?"],
    ['a switch is a text', { createNamespace: 'false', builder: { enabled: 'false' } }, "[ci] 'createNamespace' must be true or false, got \"false\"\n[ci] 'builder.enabled' must be true or false"],
    ['a default of the pods is misspelt', { podDefaults: { replica: 1 } }, "[ci] 'podDefaults.replica' is unknown; did you mean 'podDefaults.replicas'?"],
    ['a setting of the launcher is misspelt', { launcher: { replica: 1 } }, "[ci] 'launcher.replica' is unknown; did you mean 'launcher.replicas'?"],
    ['a setting of the builder is misspelt', { builder: { enable: true } }, "[ci] 'builder.enable' is unknown; did you mean 'builder.enabled'?"],
    ['the launcher is a text', { launcher: 'x' }, "[ci] 'launcher' must be a map of any of"],
    ['the builder is true', { builder: true }, "[ci] 'builder' must be a map of any of"],
    ['a setting of job pods is misspelt', { openshiftPods: [{ namespace: 'jobs', contexts: 'x' }] },
      "[ci] 'openshiftPods[jobs].contexts' is unknown; did you mean 'openshiftPods[jobs].context'?"],
    ['labels are a text', { extraLabels: 'a=b' }, "[ci] 'extraLabels' must be a map of strings, got \"a=b\""],
    ['labels of the pods are a text', { podDefaults: { extraLabels: 'a=b' } }, "[ci] 'podDefaults.extraLabels' must be a map of strings, got \"a=b\""],
  ])('fails when %s', (_, props, message) => {
    expect(errorOf(() => stack(props))).toContain(message);
  });
});
