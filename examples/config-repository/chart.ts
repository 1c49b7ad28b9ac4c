import { App } from 'cdk8s';
import { NodepoolStack, SecretSource, ZookeeperSource } from 'cdk8s-nodepool';

/** A launcher and a builder that fetch their nodepool.yaml from Zuul's config repository. */
export function configRepository(app: App): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    configRepository: {
      url: 'ssh://nodepool@review.example.com:29418/config',
      ref: 'main',
      path: 'nodepool/nodepool.yaml',
      builderPath: 'nodepool/nodepool-builder.yaml',
      credentials: SecretSource.existing('config-repository'),
    },
    providers: SecretSource.existing('nodepool-providers-secrets'),
    zookeeper: ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }),
  });
}
