import { App, Duration } from 'cdk8s';
import { NodepoolStack, SecretSource, SshKeyPair, ZookeeperSource } from 'cdk8s-nodepool';

/** What differs from one installation to the next. */
export interface ConfigRepositoryOptions {
  /** What the names of all objects begin with; `nodepool` unless set. */
  readonly instanceName?: string;

  /** Where Zuul's config repository is. */
  readonly url?: string;

  /** How often it is asked for a new commit; a minute unless set. */
  readonly interval?: Duration;

  /** The ensemble that Zuul uses. */
  readonly zookeeper?: ZookeeperSource;
}

/** A launcher and a builder that fetch their nodepool.yaml from Zuul's config repository. */
export function configRepository(app: App, options: ConfigRepositoryOptions = {}): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    instanceName: options.instanceName,
    configRepository: {
      url: options.url ?? 'ssh://nodepool@review.example.com:29418/config',
      interval: options.interval,
      ref: 'main',
      path: 'nodepool/nodepool.yaml',
      builderPath: 'nodepool/nodepool-builder.yaml',
      credentials: SecretSource.existing('config-repository'),
    },
    providers: SecretSource.existing('nodepool-providers-secrets'),
    builder: { sshKey: SshKeyPair.existing('nodepool-builder-ssh-key') },
    zookeeper: options.zookeeper ?? ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }),
  });
}
