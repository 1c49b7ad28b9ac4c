import { Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, Volume } from 'cdk8s-plus-27';
import { BuilderStorage, BuildLogsOptions, ContainerImage, CorporateCa, LogLevel, NodepoolBuilderProps, Platform, Playbooks, ProvidersSecret, SecretSource } from '../../src';
import { builder, container, environment, HOST_KEY, images, mounts, named, nodepoolYaml, objects, option, pod, PUBLIC_KEY, testChart, zookeeper } from '../fixtures';
import { only } from '../manifests';

const STORAGE: Required<BuilderStorage> = {
  size: Size.gibibytes(100), expandTo: Size.gibibytes(200), storageClassName: 'fast', annotations: { 'example.com/backup': 'no' },
};

const LOGS: Required<BuildLogsOptions> = {
  image: ContainerImage.parse('docker.io/library/httpd:2.4.66'), resources: { memory: { limit: Size.mebibytes(256) } },
};

const chart = testChart();
// configRepository excludes config, and has its own tests.
const props: Required<Omit<NodepoolBuilderProps, 'configRepository'>> = {
  image: ContainerImage.parse('quay.io/zuul-ci/nodepool-builder:11.0.0'),
  registryMirror: 'registry.example.com',
  imagePullSecrets: ['registry-credentials'],
  replicas: 2,
  logLevel: LogLevel.WARN,
  resources: { cpu: { request: Cpu.units(1), limit: Cpu.units(2) } },
  extraLabels: { team: 'ci' },
  extraAnnotations: { 'example.com/owner': 'ci' },
  hostAliases: [{ ip: '192.0.2.1', hostnames: ['cloud.example.com'] }],
  env: { A: EnvValue.fromValue('1') },
  volumes: [{ path: '/opt/more', volume: Volume.fromEmptyDir(testChart(), 'More', 'more') }],
  initContainers: [{ name: 'before', image: 'busybox:1' }],
  sidecars: [{ name: 'beside', image: 'busybox:1' }],
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'ci', operator: 'Exists' }],
  affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchFields: [{ key: 'a', operator: 'Exists' }] } }] } },
  topologySpread: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
  priorityClassName: 'ci-services',
  terminationGracePeriod: Duration.hours(1),
  runAsUser: 1001,
  fsGroup: 2000,
  statsd: { host: 'statsd', port: 9125 },
  reloader: true,
  sshKey: SecretSource.existing('ssh'),
  knownHosts: [`builder.example.com ${HOST_KEY}`],
  sshConfig: ['Host x'],
  zuulPublicKey: PUBLIC_KEY,
  zuulSparePublicKey: PUBLIC_KEY,
  storage: STORAGE,
  imagesDir: '/var/lib/nodepool/images',
  buildLogDir: '/var/lib/nodepool/builds/other',
  buildLogRetention: -1,
  elementsDir: '/opt/more/elements',
  buildLogs: LOGS,
  dibCommands: { build: '#!/bin/sh\nexit 0\n' },
  imageBuilders: [{ host: 'builder-2.example.com', hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7'] }],
  playbooks: Playbooks.fromFiles({ 'debian.yaml': '- hosts: all\n' }),
  networkPolicy: {},
  config: images(),
  zookeeper: zookeeper(),
  providers: new ProvidersSecret(chart, 'Providers', { source: SecretSource.existing('clouds') }),
  corporateCa: CorporateCa.fromConfigMapName('corporate-ca-certs'),
  instanceName: 'blue',
  platform: Platform.KUBERNETES,
};
builder(props, chart);
const all = objects(chart);
const set = only(all, 'StatefulSet');
const template = pod(chart, 'StatefulSet');
const { spec } = template;
const main = container(template, 'nodepool-builder');
const logs = container(template, 'build-logs');
const yaml = nodepoolYaml(chart, 'blue-builder');
const claim = only(all, 'PersistentVolumeClaim', 'blue-builder-blue-builder-1');

test.each<[string, unknown, unknown]>([
  ['dibCommands', only(all, 'ConfigMap', 'blue-builder-dib-commands').data, { build: '#!/bin/sh\nexit 0\n' }],
  ['imageBuilders', Object.keys(only(all, 'ConfigMap', 'blue-builder-inventory').data), ['inventory.yaml']],
  ['playbooks', only(all, 'ConfigMap', 'blue-builder-playbooks').data, { 'debian.yaml': '- hosts: all\n' }],
  ['networkPolicy', only(all, 'NetworkPolicy').metadata.name, 'blue-builder'],
  ['image and registryMirror', main.image, 'registry.example.com/zuul-ci/nodepool-builder:11.0.0'],
  ['imagePullSecrets', spec.imagePullSecrets, [{ name: 'registry-credentials' }]],
  ['replicas', set.spec.replicas, 2],
  ['logLevel', only(all, 'ConfigMap', 'blue-builder-logging').data['logging.yaml'].includes("level: 'WARNING'"), true],
  ['resources', main.resources, { requests: { cpu: '1', memory: '128Mi' }, limits: { cpu: '2', memory: '2Gi' } }],
  ['extraLabels', [set.metadata.labels?.team, template.metadata.labels.team], ['ci', 'ci']],
  ['extraAnnotations', [set, template].map(each => each.metadata.annotations['example.com/owner']), ['ci', 'ci']],
  ['hostAliases', spec.hostAliases, [{ ip: '192.0.2.1', hostnames: ['cloud.example.com'] }]],
  ['env', environment(main).A, '1'],
  ['volumes', mounts(main)['/opt/more'], 'more'],
  ['initContainers', named(spec.initContainers, 'before').image, 'busybox:1'],
  ['sidecars', named(spec.containers, 'beside').image, 'busybox:1'],
  ['nodeSelector', spec.nodeSelector, { disk: 'ssd' }],
  ['tolerations', spec.tolerations, props.tolerations],
  ['affinity', spec.affinity, props.affinity],
  ['topologySpread', spec.topologySpreadConstraints.map((each: any) => each.topologyKey), ['zone']],
  ['priorityClassName', spec.priorityClassName, 'ci-services'],
  ['terminationGracePeriod', spec.terminationGracePeriodSeconds, 3600],
  ['runAsUser and fsGroup', spec.securityContext, expect.objectContaining({ runAsUser: 1001, runAsGroup: 1001, fsGroup: 2000 })],
  ['statsd', [environment(main).STATSD_HOST, environment(main).STATSD_PORT], ['statsd', '9125']],
  ['reloader', set.metadata.annotations?.['secret.reloader.stakater.com/reload'], 'clouds'],
  ['sshKey', named(spec.volumes, 'ssh-key').secret.secretName, 'ssh'],
  ['knownHosts', only(all, 'ConfigMap', 'blue-builder-ssh').data.known_hosts.split(' ').slice(0, 1), ['builder.example.com']],
  ['sshConfig', only(all, 'ConfigMap', 'blue-builder-ssh').data.config.split('\n').slice(0, 1), ['Host x']],
  ['zuulPublicKey and zuulSparePublicKey', Object.keys(only(all, 'ConfigMap', 'blue-builder-zuul-keys').data), ['pub', 'spare']],
  ['storage.size', set.spec.volumeClaimTemplates.map((each: any) => each.spec.resources.requests.storage), ['100Gi']],
  ['storage.expandTo', claim.spec.resources.requests.storage, '200Gi'],
  ['storage.storageClassName', [claim, ...set.spec.volumeClaimTemplates].map(each => each.spec.storageClassName), ['fast', 'fast']],
  ['storage.annotations', [claim, ...set.spec.volumeClaimTemplates].map(each => each.metadata.annotations['example.com/backup']), ['no', 'no']],
  ['imagesDir', yaml['images-dir'], '/var/lib/nodepool/images'],
  ['imagesDir is made', option(container(template, 'prepare').command, '--mkdir'), ['/var/lib/nodepool/images', '/var/lib/nodepool/builds/other', '/var/lib/nodepool/.ssh']],
  ['buildLogDir', yaml['build-log-dir'], '/var/lib/nodepool/builds/other'],
  ['buildLogRetention', yaml['build-log-retention'], -1],
  ['elementsDir', yaml['elements-dir'], '/opt/more/elements'],
  ['buildLogs.image', logs.image, 'registry.example.com/library/httpd:2.4.66'],
  ['buildLogs.resources', logs.resources, { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '200m', memory: '256Mi' } }],
  ['config', yaml.diskimages.map((image: any) => image.name), ['debian']],
  ['zookeeper', yaml['zookeeper-servers'], [{ host: 'zk.example.com', port: 2281 }]],
  ['providers', environment(main).OS_CLIENT_CONFIG_FILE, '/etc/nodepool-providers/clouds.yaml'],
  ['corporateCa', named(spec.volumes, 'corporate-ca').configMap.name, 'corporate-ca-certs'],
  ['instanceName', set.metadata.name, 'blue-builder'],
])('a builder with every prop: %s', (_, actual, expected) => {
  expect(actual).toEqual(expected);
});

test('a builder on OpenShift leaves ids out everywhere', () => {
  expect(JSON.stringify(pod(builder({ platform: Platform.OPENSHIFT }).chart, 'StatefulSet'))).not.toMatch(/runAsUser|runAsGroup|fsGroup|supplementalGroups/);
});

test('the server of the logs asks for 10m and 32Mi, and gets 200m and 128Mi at the most', () => {
  expect(container(pod(builder().chart, 'StatefulSet'), 'build-logs').resources).toEqual({
    requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '200m', memory: '128Mi' },
  });
});
