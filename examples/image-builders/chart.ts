import { join } from 'node:path';
import { App } from 'cdk8s';
import {
  BuilderOptions, Diskimages, NodepoolConfig, NodepoolStack, Platform, Playbooks, Provider, SecretSource, SshKeyPair, ZookeeperSource,
} from 'cdk8s-nodepool';

/** What differs from one installation to the next. */
export interface ImageBuildersOptions {
  /** The kind of cluster; Kubernetes unless set. */
  readonly platform?: Platform;

  /** The namespace; `zuul` unless set. */
  readonly namespace?: string;

  /** nodepool.yaml; one image and a cloud unless set. */
  readonly config?: NodepoolConfig;

  /** The ZooKeeper that Zuul uses. */
  readonly zookeeper?: ZookeeperSource;

  /** What the builder has otherwise, such as its machines: nobody holds the private half of the host key that stands here. */
  readonly builder?: BuilderOptions;
}

/** Images that Ansible builds on another machine, with a key that is made in the cluster. */
export function imageBuilders(app: App, options: ImageBuildersOptions = {}): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: options.namespace ?? 'zuul',
    platform: options.platform,
    config: options.config ?? new NodepoolConfig({
      labels: [{ name: 'debian', minReady: 1 }],
      diskimages: [Diskimages.ansible({ name: 'debian', playbook: 'debian.yaml', release: 'bookworm', buildTimeout: 7200, rebuildAge: 86400 })],
      providers: [Provider.openstack({
        name: 'cloud-one',
        cloud: 'cloud-one',
        diskimages: [{ name: 'debian' }],
        pools: [{ name: 'main', maxServers: 10, labels: [{ name: 'debian', diskimage: 'debian', flavorName: 'm1.large' }] }],
      })],
    }),
    zookeeper: options.zookeeper ?? ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }),
    providers: SecretSource.existing('nodepool-providers-secrets', { keys: ['clouds.yaml'], clouds: ['cloud-one'] }),
    builder: {
      sshKey: SshKeyPair.madeInCluster(),
      imageBuilders: [{
        host: 'image-builder.example.com',
        user: 'image-builder',
        hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7'],
        groups: ['builders'],
        variables: { ansible_python_interpreter: '/usr/bin/python3' },
      }],
      playbooks: Playbooks.fromDirectory(join(__dirname, 'playbooks')),
      ...options.builder,
    },
  });
}
