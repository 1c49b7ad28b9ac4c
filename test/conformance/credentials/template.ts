import { load } from 'js-yaml';
import { Check, providers, refused, run, same } from './tools';
import { SecretSource, SecretStore, SshKeyPair } from '../../../src';
import { builder, objects } from '../../fixtures';
import { only } from '../../manifests';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const cluster = (context: string) => ({
  context, server: 'https://api.example.com:6443', namespace: 'jobs', store: SecretStore.namespaced('pods'), tokenSecretName: 'token',
});

/** Go's own engine fills our templates with what External Secrets would have fetched. */
export function checkTemplates(check: Check, program: string): void {
  const fill = (template: string, data: Record<string, string>) => run(program, [], { input: JSON.stringify({ template, data }) });
  const source = SecretSource.externalSecret({ store: SecretStore.clusterWide('vault'), clusters: [cluster('near'), cluster('far "2"')] });
  const { spec } = only(objects(providers(source).chart), 'ExternalSecret');
  const template = spec.target.template.data['kube.config'];
  const fetched = Object.fromEntries(spec.data.map(({ secretKey, remoteRef }: any) => [secretKey, remoteRef.property === 'token' ? `${secretKey}-value\n` : CA]));

  check('template: the kubeconfig of other clusters is one, with each one\'s token and CA', () => {
    const { clusters, contexts, users, ...rest } = load(fill(template, fetched)) as any;
    same(rest, { 'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'near' });
    same(contexts.map(({ name, context }: any) => [name, context]), ['near', 'far "2"'].map(name => [name, { cluster: name, namespace: 'jobs', user: name }]));
    same(clusters.map((each: any) => Buffer.from(each.cluster['certificate-authority-data'], 'base64').toString()), [CA, CA]);
    same(users.map((each: any) => each.user.token), ['cluster-0-token-value', 'cluster-1-token-value']);
  });
  check('template: a text that is no template is refused', () => refused('', () => fill('{{ index . ', {})));
  check('template: the generated key is under the names that the builder looks for', () => {
    const secrets = objects(builder({ sshKey: SshKeyPair.generatedByExternalSecrets() }).chart);
    const { priv, pub } = only(secrets, 'ExternalSecret').spec.target.template.data;
    same([fill(priv, { privateKey: 'a\n', publicKey: 'b' }), fill(pub, { privateKey: 'a', publicKey: 'b\n' })], ['a\n', 'b\n']);
  });
}
