import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Size } from 'cdk8s';
import { NodepoolConfig, NodepoolStack, Platform, SecretSource, ZookeeperSource } from 'cdk8s-nodepool';

/** What differs from one installation to the next. */
export interface CompleteOptions {
  /** The kind of cluster; Kubernetes unless set. */
  readonly platform?: Platform;

  /** The host keys of the image-builder machine, as lines of a `known_hosts` file. Nobody holds the private half of the one that stands here. */
  readonly knownHosts?: string[];

  /** nodepool.yaml; the one beside this file unless set. */
  readonly config?: NodepoolConfig;

  /** Where clouds.yaml comes from; a Secret that exists unless set. */
  readonly providers?: SecretSource;

  /** The ZooKeeper ensemble that Nodepool shares with Zuul; one that exists unless set. */
  readonly zookeeper?: ZookeeperSource;

  /** Whether launcher and builder rest, while somebody works on ZooKeeper. */
  readonly paused?: boolean;
}

/** Everything in one cluster: job pods, namespaces and OpenStack servers for jobs, and a builder for the servers' images. */
export function complete(app: App, options: CompleteOptions = {}): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    platform: options.platform,
    config: options.config ?? NodepoolConfig.fromFile(join(__dirname, 'nodepool.yaml')),
    zookeeper: options.zookeeper ?? ZookeeperSource.external({ servers: ['zookeeper.zuul.svc:2281'], tlsSecret: 'zookeeper-client-tls' }),

    // clouds.yaml with the clouds cloud-one and cloud-two; the cluster's own accounts need no secret here.
    providers: options.providers ?? SecretSource.existing('nodepool-providers-secrets'),
    openshiftPods: [{ namespace: 'nodepool-pods' }],
    kubernetesDriver: { namespaceLabels: true },

    launcher: { replicas: options.paused ? 0 : undefined },
    builder: {
      replicas: options.paused ? 0 : undefined,
      storage: { size: Size.gibibytes(2) },
      knownHosts: options.knownHosts ?? [
        'image-builder.outside.svc ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7',
      ],
      sshConfig: ['Host image-builder.outside.svc', '  User image-builder'],
      dibCommands: { 'build-image': readFileSync(join(__dirname, '..', 'production', 'build-image'), 'utf8') },
    },
  });
}
