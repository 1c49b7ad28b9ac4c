import { join } from 'node:path';
import { App } from 'cdk8s';
import { NodepoolConfig, NodepoolStack, ZookeeperSource } from 'cdk8s-nodepool';

/** The smallest deployment: a launcher that serves static nodes, and a ZooKeeper ensemble that exists. */
export function minimal(app: App): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    config: NodepoolConfig.fromFile(join(__dirname, 'nodepool.yaml')),
    zookeeper: ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }),
  });
}
