import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { NodepoolConfig, NodepoolStack, SecretSource, SecretStore, SshKeyPair, ZookeeperSource } from 'cdk8s-nodepool';

const file = (name: string) => join(__dirname, name);

/** A stack whose secrets come from everywhere: none is readable in Git, and nobody types a command. */
export function credentials(app: App): NodepoolStack {
  return new NodepoolStack(app, 'ci', {
    namespace: 'zuul',
    config: NodepoolConfig.fromFile(file('nodepool.yaml')),

    // External Secrets fetches clouds.yaml from Vault, and puts the kubeconfig of another cluster together from the token there.
    providers: SecretSource.externalSecret({
      store: SecretStore.clusterWide('vault'),
      data: { 'clouds.yaml': { key: 'ci/nodepool', property: 'clouds.yaml' } },
      clusters: [{
        context: 'pods-cluster',
        server: 'https://api.pods.example.com:6443',
        namespace: 'nodepool',
        store: SecretStore.namespaced('pods-cluster'),
        tokenSecretName: 'nodepool-openshiftpods-nodepool-token',
      }],
      holds: { clouds: ['cloud-one'] },
    }),

    // It makes the builder's ssh key too, once.
    builder: { sshKey: SshKeyPair.generatedByExternalSecrets() },

    // Sealed by kubeseal for the Secret nodepool-image-pull of the namespace zuul.
    imagePull: SecretSource.sealedSecret({ encryptedData: { '.dockerconfigjson': readFileSync(file('registry.sealed'), 'utf8').trim() } }),

    // Encrypted by sops, and applied by Flux beside the manifests.
    zookeeper: ZookeeperSource.external({ servers: ['zookeeper.zuul.svc:2281'], tls: SecretSource.sops(file('zookeeper-tls.sops.yaml')) }),
  });
}
