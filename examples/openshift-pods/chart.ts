import { join } from 'node:path';
import { App } from 'cdk8s';
import { NodepoolConfig, NodepoolStack, Platform, ZookeeperSource } from 'cdk8s-nodepool';

/**
 * Job pods in the cluster that Nodepool itself runs in. No credential is made, copied or stored in Git: the cluster writes the token of the
 * pods' account beside the launcher, and the kubeconfig points at it.
 */
export function openshiftPods(app: App, platform = Platform.OPENSHIFT): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'sf',
    platform,
    config: NodepoolConfig.fromFile(join(__dirname, 'nodepool.yaml')),
    zookeeper: ZookeeperSource.external({ servers: ['zookeeper.sf.svc:2281'], tlsSecret: 'zookeeper-client-tls' }),
    openshiftPods: [{
      namespace: 'nodepool',
      resourceQuota: { 'pods': '20', 'limits.memory': '64Gi' },
    }],
  });
}
