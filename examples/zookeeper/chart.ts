import { join } from 'node:path';
import { App, Size } from 'cdk8s';
import { NodepoolConfig, NodepoolStack, Platform, ZookeeperSource } from 'cdk8s-nodepool';

/** A launcher with a ZooKeeper ensemble of its own, which Zuul uses too. */
export function zookeeper(app: App, platform = Platform.KUBERNETES): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    platform,
    config: NodepoolConfig.fromFile(join(__dirname, 'nodepool.yaml')),
    zookeeper: ZookeeperSource.managed({
      members: 3,
      storage: { size: Size.gibibytes(10) },
      // the Secret nodepool-zookeeper-zuul-tls, for Zuul's pods in the same namespace.
      clients: [{ name: 'zuul' }],
      backup: { keep: 14 },
    }),
  });
}
