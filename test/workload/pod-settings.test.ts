import { Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, Secret, Volume, DeploymentStrategy } from 'cdk8s-plus-27';
import { ContainerImage, CorporateCa, LogLevel, NodepoolConfig, NodepoolLauncherProps, Platform, PodSettings, ProvidersSecret, SecretSource } from '../../src';
import { container, environment, launcher, named, nodepoolYaml, objects, option, pod, testChart, zookeeper } from '../fixtures';
import { only } from '../manifests';

const SETTINGS: Omit<Required<PodSettings>, 'image'> = {
  registryMirror: 'registry.example.com/quay',
  imagePullSecrets: ['registry-credentials'],
  replicas: 2,
  logLevel: LogLevel.DEBUG,
  resources: {
    cpu: { request: Cpu.millis(250), limit: Cpu.units(2) },
    memory: { request: Size.gibibytes(1), limit: Size.gibibytes(4) },
    ephemeralStorage: { limit: Size.gibibytes(10) },
  },
  extraLabels: { team: 'ci' },
  extraAnnotations: { 'example.com/owner': 'ci' },
  hostAliases: [{ ip: '192.0.2.1', hostnames: ['cloud.example.com'] }],
  env: { NODEPOOL_RATE: EnvValue.fromValue('1') },
  volumes: [{ path: '/opt/more', volume: Volume.fromEmptyDir(testChart(), 'More', 'more'), readOnly: true, subPath: 'sub' }],
  initContainers: [{ name: 'before', image: 'busybox:1' }],
  sidecars: [{ name: 'beside', image: 'busybox:1' }],
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'ci', operator: 'Exists' }],
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }] } } },
  topologySpread: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
  priorityClassName: 'ci-services',
  terminationGracePeriod: Duration.minutes(5),
  runAsUser: 1001,
  fsGroup: 2000,
  statsd: { host: 'statsd.monitoring.svc', port: 9125 },
  reloader: true,
};

/** Every prop of the launcher at once, so that a new one that nobody tests does not compile. */
function everything() {
  const chart = testChart();
  // configRepository excludes config, and has its own tests.
  const props: Required<Omit<NodepoolLauncherProps, 'configRepository'>> = {
    ...SETTINGS,
    image: ContainerImage.parse('quay.io/zuul-ci/nodepool-launcher:11.0.0'),
    webapp: { port: 9006, listenAddress: '::' },
    strategy: DeploymentStrategy.recreate(),
    config: NodepoolConfig.fromObject({ labels: [{ name: '%(NODEPOOL_RATE)' }] }),
    zookeeper: zookeeper(),
    providers: new ProvidersSecret(chart, 'Providers', { source: SecretSource.existing('mine') }),
    clusterAccess: [{ context: 'pods', server: 'https://kubernetes.default.svc', tokenSecretName: 'pods-token' }],
    corporateCa: CorporateCa.fromConfigMapName('corporate-ca-certs'),
    instanceName: 'blue',
    platform: Platform.KUBERNETES,
  };
  launcher(props, chart);
  const deployment = only(objects(chart), 'Deployment');
  const template = deployment.spec.template;
  return { chart, deployment, template, spec: template.spec, main: container(template, 'launcher') };
}

describe('a launcher with every prop', () => {
  const { chart, deployment, template, spec, main } = everything();

  test.each<[string, () => unknown, unknown]>([
    ['image and registryMirror', () => main.image, 'registry.example.com/quay/zuul-ci/nodepool-launcher:11.0.0'],
    ['imagePullSecrets', () => spec.imagePullSecrets, [{ name: 'registry-credentials' }]],
    ['replicas', () => deployment.spec.replicas, 2],
    ['logLevel', () => /root:\n {2}level: '(\w+)'/.exec(only(objects(chart), 'ConfigMap', 'blue-launcher-logging').data['logging.yaml'])?.[1], 'DEBUG'],
    ['resources', () => main.resources, {
      requests: { cpu: '250m', memory: '1Gi' }, limits: { 'cpu': '2', 'memory': '4Gi', 'ephemeral-storage': '10Gi' },
    }],
    ['extraLabels', () => [deployment.metadata.labels?.team, template.metadata.labels.team], ['ci', 'ci']],
    ['extraAnnotations', () => [deployment, template].map(each => each.metadata.annotations['example.com/owner']), ['ci', 'ci']],
    ['hostAliases', () => spec.hostAliases, [{ ip: '192.0.2.1', hostnames: ['cloud.example.com'] }]],
    ['env', () => environment(main).NODEPOOL_RATE, '1'],
    ['volumes', () => main.volumeMounts.filter((mount: any) => mount.name === 'more'), [{ name: 'more', mountPath: '/opt/more', readOnly: true, subPath: 'sub' }]],
    ['initContainers', () => named(spec.initContainers, 'before').image, 'busybox:1'],
    ['sidecars', () => named(spec.containers, 'beside').image, 'busybox:1'],
    ['nodeSelector', () => spec.nodeSelector, { disk: 'ssd' }],
    ['tolerations', () => spec.tolerations, SETTINGS.tolerations],
    ['affinity', () => spec.affinity, SETTINGS.affinity],
    ['topologySpread', () => spec.topologySpreadConstraints[0].topologyKey, 'zone'],
    ['priorityClassName', () => spec.priorityClassName, 'ci-services'],
    ['terminationGracePeriod', () => [spec.terminationGracePeriodSeconds, ...option(main.command, '--stop-timeout')], [300, '290']],
    ['runAsUser and fsGroup', () => spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1001,
      runAsGroup: 1001,
      fsGroup: 2000,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    }],
    ['statsd', () => [environment(main).STATSD_HOST, environment(main).STATSD_PORT], ['statsd.monitoring.svc', '9125']],
    ['reloader', () => deployment.metadata.annotations, expect.objectContaining({
      'configmap.reloader.stakater.com/reload': 'corporate-ca-certs',
      'secret.reloader.stakater.com/reload': 'pods-token,mine',
    })],
    ['webapp', () => nodepoolYaml(chart, 'blue-launcher').webapp, { port: 9006, listen_address: '::' }],
    ['strategy', () => deployment.spec.strategy, { type: 'Recreate' }],
    ['config', () => nodepoolYaml(chart, 'blue-launcher').labels, [{ name: '%(NODEPOOL_RATE)' }]],
    ['zookeeper', () => named(spec.volumes, 'zookeeper-tls').secret.secretName, 'zookeeper-client-tls'],
    ['providers and clusterAccess', () => environment(main).KUBECONFIG, '/etc/nodepool-providers/kube.config:/etc/nodepool-kubeconfig/kube.config'],
    ['corporateCa', () => named(spec.volumes, 'corporate-ca').configMap.name, 'corporate-ca-certs'],
    ['instanceName', () => deployment.metadata.name, 'blue-launcher'],
  ])('%s', (_, actual, expected) => {
    expect(actual()).toEqual(expected);
  });
});

describe('by default', () => {
  const deployment = only(objects(launcher().chart), 'Deployment');
  const main = container(deployment.spec.template, 'launcher');

  test.each<[string, unknown, unknown]>([
    ['the image is the Software Factory\'s', main.image, 'quay.io/software-factory/nodepool-launcher:11.0.0-20250925-2'],
    ['there is one replica', deployment.spec.replicas, 1],
    ['requests are 100m and 128Mi, limits 500m and 2Gi', main.resources, { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '2Gi' } }],
    ['the user is 10001, and the group that owns volumes is too', deployment.spec.template.spec.securityContext, expect.objectContaining({ runAsUser: 10001, fsGroup: 10001 })],
    ['no metrics are sent', Object.keys(environment(main)).filter(name => name.startsWith('STATSD')), []],
    ['there is nothing for Reloader', deployment.metadata.annotations, undefined],
    ['home is that of the images', environment(main).HOME, '/var/lib/nodepool'],
    ['no token is mounted', deployment.spec.template.spec.automountServiceAccountToken, false],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });

  test('metrics go to port 8125', () => {
    const { chart } = launcher({ statsd: { host: 'statsd' } });
    expect(environment(container(pod(chart), 'launcher')).STATSD_PORT).toBe('8125');
  });

  test('the group that owns the volumes is the number of the user', () => {
    expect(pod(launcher({ runAsUser: 1234 }).chart).spec.securityContext).toMatchObject({ runAsUser: 1234, runAsGroup: 1234, fsGroup: 1234 });
  });
});

describe('OpenShift', () => {
  test('no id stands anywhere in the pod', () => {
    const secret = Secret.fromSecretName(testChart(), 'S', 's');
    const text = JSON.stringify(pod(launcher({ platform: Platform.OPENSHIFT, env: { A: EnvValue.fromSecretValue({ secret, key: 'a' }) } }).chart));
    expect(text).not.toMatch(/runAsUser|runAsGroup|fsGroup|supplementalGroups/);
  });

  test.each(['runAsUser', 'fsGroup'])('fails when %s is set', id => {
    expect(() => launcher({ platform: Platform.OPENSHIFT, [id]: 5 })).toThrow(`[ci/Launcher] '${id}' must not be set on Platform.OPENSHIFT: the namespace gives it, got 5`);
  });
});
