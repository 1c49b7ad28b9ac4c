import { App, Chart, Duration } from 'cdk8s';
import {
  ExternalSecretCreation, ExternalSecretDecoding, ExternalSecretDeletion, ExternalSecretOptions, ExternalSecretRefresh, GeneratedSshKeyOptions,
  ProvidersSecret, SealingScope, SecretSource, SecretStore, SshKeyPair,
} from '../../../src';
import { seal } from '../../credentials/fixture';
import { builder, objects } from '../../fixtures';
import { ManifestObject } from '../../manifests';

const store = SecretStore.clusterWide('vault');
const data = { 'clouds.yaml': { key: 'ci/nodepool', property: 'clouds' } };
const cluster = { context: 'far', server: 'https://api.example.com:6443', namespace: 'jobs', store: SecretStore.namespaced('far'), tokenSecretName: 'token' };

const EXTERNAL: Record<string, Partial<ExternalSecretOptions>> = {
  'per key': { data },
  'per key, each with all it may have': {
    data: { 'aws.config': { key: 'a', property: 'b', version: '3', decoding: ExternalSecretDecoding.AUTO, store: SecretStore.namespaced('other') } },
  },
  'whole entries': { extract: [{ key: 'ci/nodepool' }, { key: 'more', version: '2', property: 'x', decoding: ExternalSecretDecoding.BASE64_URL }] },
  'templates': { data, template: { 'clouds.yaml': '{{ index . "clouds.yaml" }}' } },
  'templates beside what was fetched': { data, template: { more: '{{ index . "clouds.yaml" }}' }, templateMerges: true },
  'a kubeconfig': { clusters: [cluster, { ...cluster, context: 'farther', namespace: undefined }] },
  'a store of the namespace': { data, store: SecretStore.namespaced('vault') },
  'never again': { data, refreshInterval: Duration.seconds(0), refreshPolicy: ExternalSecretRefresh.CREATED_ONCE },
  ...all('refresh', ExternalSecretRefresh, refreshPolicy => ({ data, refreshPolicy })),
  ...all('creation', ExternalSecretCreation, creationPolicy => ({ data, creationPolicy })),
  ...all('deletion', ExternalSecretDeletion, deletionPolicy => ({ data, deletionPolicy })),
};

const GENERATED: Record<string, GeneratedSshKeyOptions> = {
  'generated key': {},
  'generated key with its successor': { revision: '2', nextRevision: '3', comment: 'the builder of ci' },
};

function all<T extends string>(what: string, values: Record<string, T>, options: (value: T) => Partial<ExternalSecretOptions>) {
  return Object.fromEntries(Object.values(values).map(value => [`${what} ${value}`, options(value)]));
}

/** Whether an object is an operator's, and not Kubernetes' own. */
export function isCustom({ apiVersion }: ManifestObject): boolean {
  return /external-secrets\.io|bitnami\.com/.test(apiVersion);
}

/** The custom objects of every variant that a source renders, by what it is. */
export function variants(): Record<string, ManifestObject[]> {
  const providers = (source: SecretSource) => {
    const chart = new Chart(new App(), 'ci', { namespace: 'ci' });
    new ProvidersSecret(chart, 'Providers', { source });
    return objects(chart);
  };
  const entries: [string, ManifestObject[]][] = [
    ...Object.entries(EXTERNAL).map(([name, options]) => [`externalSecret: ${name}`, providers(SecretSource.externalSecret({ store, ...options }))] as [string, ManifestObject[]]),
    ...Object.values(SealingScope).map(scope =>
      [`sealedSecret: ${scope}`, providers(SecretSource.sealedSecret({ encryptedData: { 'clouds.yaml': seal('x') }, scope }))] as [string, ManifestObject[]]),
    ...Object.entries(GENERATED).map(([name, options]) =>
      [`sshKey: ${name}`, objects(builder({ sshKey: SshKeyPair.generatedByExternalSecrets(options) }).chart)] as [string, ManifestObject[]]),
  ];
  return Object.fromEntries(entries.map(([name, found]) => [name, found.filter(isCustom)]));
}
