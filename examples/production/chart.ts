import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart, Size } from 'cdk8s';
import { CorporateCa, NodepoolConfig, NodepoolStack, Platform, SecretSource, ZookeeperSource } from 'cdk8s-nodepool';
import { ConfigMap, Cpu, EnvValue, Volume } from 'cdk8s-plus-27';

/** Two OpenStack clouds and AWS, images that are built on an image-builder machine, a company's own CA. */
export function production(app: App, platform = Platform.KUBERNETES): NodepoolStack {
  const script = Volume.fromConfigMap(app, 'Script', ConfigMap.fromConfigMapName(app, 'ScriptName', BUILD_SCRIPT), {
    name: BUILD_SCRIPT,
    defaultMode: 0o555,
  });
  const stack = new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    platform,
    config: NodepoolConfig.fromFile(join(__dirname, 'nodepool.yaml')),
    zookeeper: ZookeeperSource.external({
      servers: ['zk01.example.com:2281', 'zk02.example.com:2281', 'zk03.example.com:2281'],
      tlsSecret: 'zookeeper-client-tls',
      chroot: '/zuul',
    }),

    // One Secret with clouds.yaml (cloud-one, cloud-two) and aws.config (profile zuul).
    providers: SecretSource.existing('nodepool-providers-secrets'),
    corporateCa: CorporateCa.fromConfigMapName('corporate-ca-certs'),
    extraLabels: { 'example.com/team': 'ci', 'example.com/cost-centre': '4711' },
    podDefaults: {
      registryMirror: 'registry.example.com/quay',
      imagePullSecrets: ['registry-credentials'],
      hostAliases: [{ ip: '192.0.2.10', hostnames: ['keystone.cloud-one.example.com'] }],
      priorityClassName: 'ci-services',
      statsd: { host: 'statsd.monitoring.svc' },
    },
    launcher: {
      resources: {
        cpu: { request: Cpu.millis(250), limit: Cpu.units(2) },
        memory: { request: Size.gibibytes(1), limit: Size.gibibytes(4) },
      },
    },
    builder: {
      storage: { size: Size.gibibytes(200), storageClassName: 'fast' },
      resources: { cpu: { limit: Cpu.units(2) } },
      knownHosts: [
        'image-builder.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7',
      ],
      sshConfig: ['Host image-builder.example.com', '  User image-builder'],
      zuulPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG1zwPWiik/CjPGyw8vxafZL9c6S2X6/g8GCCSDRV+qQ zuul',
      buildLogRetention: 14,
      env: { IMAGE_BUILDER: EnvValue.fromValue('image-builder.example.com') },
      volumes: [{ path: '/opt/image-builder', volume: script, readOnly: true }],
    },
  });
  buildScript(stack);
  return stack;
}

const BUILD_SCRIPT = 'image-builder';

/** The command that the diskimages of nodepool.yaml name as `dib-cmd`: it builds on another machine, over ssh. */
function buildScript(chart: Chart): ApiObject {
  return new ApiObject(chart, 'BuildScript', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: BUILD_SCRIPT, annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } },
    data: { 'build-image': readFileSync(join(__dirname, 'build-image'), 'utf8') },
  });
}
