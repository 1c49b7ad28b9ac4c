import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Size } from 'cdk8s';
import { CorporateCa, NodepoolConfig, NodepoolStack, Platform, SecretSource, ZookeeperSource } from 'cdk8s-nodepool';

/** Two OpenStack clouds and AWS, images that are built on an image-builder machine, a company's own CA. */
export function production(app: App, platform = Platform.KUBERNETES): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
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
      resources: { memory: { request: Size.gibibytes(1), limit: Size.gibibytes(4) } },
    },
    builder: {
      storage: { size: Size.gibibytes(200), storageClassName: 'fast' },
      knownHosts: [
        'image-builder.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7',
      ],
      sshConfig: ['Host image-builder.example.com', '  User image-builder'],
      zuulPublicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG1zwPWiik/CjPGyw8vxafZL9c6S2X6/g8GCCSDRV+qQ zuul',
      buildLogRetention: 14,
      dibCommands: { 'build-image': readFileSync(join(__dirname, 'build-image'), 'utf8') },
    },
  });
}
