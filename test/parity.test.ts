import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { container, environment, images, mounts, named, nodepoolYaml, objects, option, PUBLIC_KEY, stack, staticNodes } from './fixtures';
import { only } from './manifests';
import { CorporateCa, LogLevel, Platform, SecretSource } from '../src';

/*
 * The custom resource of the SF Operator, field by field, as a stack: what an administrator who comes from there had, and
 * where it is now. Metrics, exposure and log forwarding have parts of their own.
 */
const chart = stack({
  namespace: 'sf', // metadata.namespace
  platform: Platform.OPENSHIFT,
  config: staticNodes(), // config-location, the launcher's part
  builderConfig: images(), // config-location, the builder's part
  providers: SecretSource.existing('nodepool-providers-secrets'),
  corporateCa: CorporateCa.fromConfigMapName('corporate-ca-certs'),
  extraLabels: { app: 'sf' }, // extraLabels
  openshiftPods: [{ namespace: 'nodepool' }], // nodepool create openshiftpods-namespace
  podDefaults: {
    hostAliases: [{ ip: '192.0.2.1', hostnames: ['a.example.com', 'b.example.com'] }], // hostaliases
    statsd: { host: 'statsd.example.com', port: 9125 }, // nodepool.statsdTarget
  },
  launcher: {
    logLevel: LogLevel.WARN, // nodepool.launcher.logLevel
    resources: { cpu: { limit: Cpu.units(1) }, memory: { limit: Size.gibibytes(4) } }, // nodepool.launcher.limits
  },
  builder: {
    logLevel: LogLevel.DEBUG, // nodepool.builder.logLevel
    resources: { cpu: { limit: Cpu.units(2) }, memory: { limit: Size.gibibytes(8) } }, // nodepool.builder.limits
    storage: { size: Size.gibibytes(30), storageClassName: 'fast', annotations: { x: 'y' } }, // nodepool.builder.storage, storageDefault
    zuulPublicKey: PUBLIC_KEY,
    zuulSparePublicKey: PUBLIC_KEY,
  },
});
const all = objects(chart);
const deployment = only(all, 'Deployment');
const statefulSet = only(all, 'StatefulSet');
const launcher = container(deployment.spec.template, 'launcher');
const builder = container(statefulSet.spec.template, 'nodepool-builder');
const pods = [deployment, statefulSet].map(each => each.spec.template);
const logging = (service: string) => /root:\n {2}level: '(\w+)'/.exec(only(all, 'ConfigMap', `nodepool-${service}-logging`).data['logging.yaml'])?.[1];

describe('launcher', () => {
  test.each<[string, unknown, unknown]>([
    ['Deployment nodepool-launcher with one replica', [deployment.metadata.name, deployment.spec.replicas], ['nodepool-launcher', 1]],
    ['container launcher of the same image', launcher.image, 'quay.io/software-factory/nodepool-launcher:11.0.0-20250925-2'],
    ['the daemon in the foreground with its logging configuration', launcher.command.slice(-4), ['nodepool-launcher', '-f', '-l', '/etc/nodepool-logging/logging.yaml']],
    ['port 8006 nlwebapp', launcher.ports, [{ name: 'nlwebapp', containerPort: 8006, protocol: 'TCP' }]],
    ['its home', environment(launcher).HOME, '/var/lib/nodepool'],
    ['its metrics', [environment(launcher).STATSD_HOST, environment(launcher).STATSD_PORT], ['statsd.example.com', '9125']],
    ['its requests, and limits as set', launcher.resources, { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '4Gi' } }],
    ['readiness by /ready', launcher.readinessProbe.httpGet.path, '/ready'],
    ['its log level', logging('launcher'), 'WARNING'],
    ['Service nodepool-launcher:8006', only(all, 'Service', 'nodepool-launcher').spec.ports, [{ name: 'nlwebapp', port: 8006, protocol: 'TCP', targetPort: 'nlwebapp' }]],
    ['the providers\' Secret', named(deployment.spec.template.spec.volumes, 'providers').secret.secretName, 'nodepool-providers-secrets'],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });
});

describe('builder', () => {
  test.each<[string, unknown, unknown]>([
    ['StatefulSet nodepool-builder with one replica', [statefulSet.metadata.name, statefulSet.spec.replicas], ['nodepool-builder', 1]],
    ['container nodepool-builder of the same image', builder.image, 'quay.io/software-factory/nodepool-builder:11.0.0-20250925-2'],
    ['the daemon in the foreground', builder.command.slice(-4), ['nodepool-builder', '-f', '-l', '/etc/nodepool-logging/logging.yaml']],
    ['claim nodepool-builder', statefulSet.spec.volumeClaimTemplates.map((claim: any) => claim.metadata.name), ['nodepool-builder']],
    ['size, class and annotations of the claim', statefulSet.spec.volumeClaimTemplates.map((claim: any) =>
      [claim.spec.resources.requests.storage, claim.spec.storageClassName, claim.metadata.annotations.x]), [['30Gi', 'fast', 'y']]],
    ['its volume', mounts(builder)['/var/lib/nodepool'], 'nodepool-builder'],
    ['its limits', builder.resources.limits, { cpu: '2', memory: '8Gi' }],
    ['its log level', logging('builder'), 'DEBUG'],
    ['its ssh key', [mounts(builder)['/var/lib/nodepool-ssh-key'], named(statefulSet.spec.template.spec.volumes, 'ssh-key').secret.secretName], ['ssh-key', 'nodepool-builder-ssh-key']],
    ['Zuul\'s keys', [mounts(builder)['/var/lib/zuul-ssh-key'], mounts(builder)['/var/lib/zuul-spare-ssh-key']], ['zuul-key', 'zuul-spare-key']],
    ['ssh keeps alive every 60 s', /ServerAliveInterval (\d+)/.exec(only(all, 'ConfigMap', 'nodepool-builder-ssh').data.config)?.[1], '60'],
    ['the server of the build logs', container(statefulSet.spec.template, 'build-logs').image, 'quay.io/software-factory/httpd-24:1-1756313744'],
    ['Service nodepool-builder:8080', only(all, 'Service', 'nodepool-builder').spec.ports, [{ name: 'build-logs', port: 8080, protocol: 'TCP', targetPort: 'build-logs' }]],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });
});

describe('both', () => {
  test.each<[string, (pod: any) => unknown, unknown]>([
    ['labels app and run', pod => [pod.metadata.labels.app, /^nodepool-(launcher|builder)$/.test(pod.metadata.labels.run)], ['sf', true]],
    ['host aliases', pod => pod.spec.hostAliases, [{ ip: '192.0.2.1', hostnames: ['a.example.com', 'b.example.com'] }]],
    ['no token', pod => pod.spec.automountServiceAccountToken, false],
    ['no root, seccomp, no id of ours', pod => pod.spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }],
    ['no capability and no escalation', pod => pod.spec.containers.filter((each: any) =>
      each.securityContext.allowPrivilegeEscalation !== false || !each.securityContext.capabilities.drop.includes('ALL')), []],
    ['images are pulled when they are missing', pod => pod.spec.containers.filter((each: any) => each.imagePullPolicy !== 'IfNotPresent'), []],
    ['the certificate of ZooKeeper', pod => mounts(pod.spec.containers.find((each: any) => 'HOME' in environment(each)))['/tls/client'], 'zookeeper-tls'],
    ['the corporate certificates', pod => named(pod.spec.volumes, 'corporate-ca').configMap.name, 'corporate-ca-certs'],
  ])('%s', (_, actual, expected) => {
    expect(pods.map(actual)).toEqual([expected, expected]);
  });

  test('the base settings', () => {
    const tls = { ca: '/tls/client/ca.crt', cert: '/tls/client/tls.crt', key: '/tls/client/tls.key' };
    expect(nodepoolYaml(chart)).toMatchObject({ 'webapp': { port: 8006 }, 'zookeeper-tls': tls });
    expect(nodepoolYaml(chart, 'nodepool-builder')).toMatchObject({
      'images-dir': '/var/lib/nodepool/dib', 'build-log-dir': '/var/lib/nodepool/builds/logs', 'zookeeper-tls': tls,
    });
  });

  test('a changed providers\' Secret restarts both', () => {
    expect([launcher, builder].map(each => option(each.command, '--watch').includes('/etc/nodepool-providers'))).toEqual([true, true]);
  });
});

test('the namespace of job pods', () => {
  expect(only(all, 'Namespace').metadata.name).toBe('nodepool');
  expect(only(all, 'Role').metadata.namespace).toBe('nodepool');
  expect(only(all, 'ConfigMap', 'nodepool-launcher-kubeconfig').data['kube.config']).toMatch(/current-context: openshiftpods[^]*namespace: nodepool/);
});
