import { Duration, JsonPatch, Testing } from 'cdk8s';
import {
  ExternalSecretCreation, ExternalSecretDecoding, ExternalSecretDeletion, ExternalSecretOptions, ExternalSecretRefresh, ExternalSecretValue,
  ProvidersSecret, RemoteCluster, SecretContents, SecretSource, SecretStore,
} from '../../src';
import { errorOf, objects, stack, testChart } from '../fixtures';
import { expectGoodManifests, only, parseManifests } from '../manifests';
import { providers, VAULT } from './fixture';

const rendered = (options: Partial<ExternalSecretOptions>) =>
  only(providers(SecretSource.externalSecret({ store: VAULT, ...options })).all, 'ExternalSecret');
const DEFAULTS = { conversionStrategy: 'Default', decodingStrategy: 'None', metadataPolicy: 'None' };
const CLOUDS = { 'clouds.yaml': { key: 'ci/nodepool', property: 'clouds' } };
const CLUSTER: Required<RemoteCluster> = {
  context: 'far',
  server: 'https://api.pods.example.com:6443',
  namespace: 'jobs',
  store: SecretStore.namespaced('far'),
  tokenSecretName: 'nodepool-openshiftpods-jobs-token',
};

const VALUE: Required<ExternalSecretValue> = {
  key: 'a', property: 'b', version: '3', decoding: ExternalSecretDecoding.BASE64, store: SecretStore.clusterWide('other'),
};
const HOLDS: Required<SecretContents> = { keys: ['clouds.yaml'], clouds: ['one'], contexts: ['far'], awsProfiles: ['ci'] };

test('every option has its effect', () => {
  const options: Required<ExternalSecretOptions> = {
    store: SecretStore.namespaced('vault'),
    data: { clouds: VALUE },
    extract: [{ key: 'whole' }],
    template: { 'clouds.yaml': '{{ .clouds }}' },
    templateMerges: true,
    clusters: [CLUSTER],
    refreshInterval: Duration.minutes(90),
    refreshPolicy: ExternalSecretRefresh.ON_CHANGE,
    creationPolicy: ExternalSecretCreation.ORPHAN,
    deletionPolicy: ExternalSecretDeletion.MERGE,
    holds: HOLDS,
  };
  const { spec } = rendered(options);
  expect(providers(SecretSource.externalSecret(options)).part._contents).toEqual(HOLDS);
  expect(spec).toMatchObject({
    secretStoreRef: { kind: 'SecretStore', name: 'vault' },
    refreshInterval: '1h30m0s',
    refreshPolicy: 'OnChange',
    target: { creationPolicy: 'Orphan', deletionPolicy: 'Merge', template: { mergePolicy: 'Merge' } },
    dataFrom: [{ extract: { key: 'whole', ...DEFAULTS } }],
  });
  expect(spec.data[0]).toEqual({
    secretKey: 'clouds',
    remoteRef: { key: 'a', property: 'b', version: '3', ...DEFAULTS, decodingStrategy: 'Base64' },
    sourceRef: { storeRef: { kind: 'ClusterSecretStore', name: 'other' } },
  });
  expect(Object.keys(spec.target.template.data)).toEqual(['clouds.yaml', 'kube.config']);
});

test('every default is written out, so that Argo CD shows no difference', () => {
  expect(rendered({ data: CLOUDS }).spec).toEqual({
    refreshInterval: '1h0m0s',
    refreshPolicy: 'Periodic',
    secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
    target: {
      name: 'nodepool-providers-secrets',
      creationPolicy: 'Owner',
      deletionPolicy: 'Retain',
      template: {
        type: 'Opaque',
        engineVersion: 'v2',
        mergePolicy: 'Replace',
        metadata: { labels: { 'app.kubernetes.io/component': 'providers', 'app.kubernetes.io/name': 'nodepool', 'app.kubernetes.io/part-of': 'zuul' } },
      },
    },
    data: [{ secretKey: 'clouds.yaml', remoteRef: { key: 'ci/nodepool', property: 'clouds', ...DEFAULTS } }],
  });
});

test.each([[0, '0s'], [30, '30s'], [60, '1m0s'], [90, '1m30s'], [3600, '1h0m0s'], [90061, '25h1m1s']])('%d seconds are written as Go writes them: %s', (seconds, text) => {
  expect(rendered({ data: CLOUDS, refreshInterval: Duration.seconds(seconds) }).spec.refreshInterval).toBe(text);
});

test('a whole stack with its Secrets keeps every rule', () => {
  const from = (...keys: string[]) => SecretSource.externalSecret({ store: VAULT, data: Object.fromEntries(keys.map(key => [key, { key: 'ci', property: key }])) });
  const chart = stack({ providers: from('clouds.yaml'), imagePull: from('.dockerconfigjson'), builder: { enabled: true, sshKey: from('priv', 'pub') } });
  const secrets = objects(chart).filter(object => object.kind === 'ExternalSecret');
  expect(secrets.map(({ metadata, spec }) => [metadata.name, spec.target.template.type])).toEqual([
    ['nodepool-providers-secrets', 'Opaque'], ['nodepool-image-pull', 'kubernetes.io/dockerconfigjson'], ['nodepool-builder-ssh-key', 'Opaque'],
  ]);
  expectGoodManifests(objects(chart), {
    customKinds: ['external-secrets.io/v1/ExternalSecret'],
    external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }],
  });
});

test('the user\'s maps and lists may change afterwards', () => {
  const options = { store: VAULT, data: { ...CLOUDS } as Record<string, ExternalSecretValue>, extract: [{ key: 'whole' }], template: { a: 'b' }, clusters: [CLUSTER] };
  const source = SecretSource.externalSecret(options);
  const before = providers(source).all;
  options.data.more = { key: 'x' };
  options.extract.pop();
  (options.template as any).c = 'd';
  options.clusters.pop();
  expect(providers(source).all).toEqual(before);
});

test('nothing is known of a Secret that somebody else makes, but for the clusters', () => {
  const source = SecretSource.externalSecret({ store: VAULT, data: CLOUDS, clusters: [CLUSTER], creationPolicy: ExternalSecretCreation.MERGE });
  expect(providers(source).part._contents).toEqual({ contexts: ['far'] });
});

test('a patch goes through the ExternalSecret', () => {
  const chart = testChart();
  const part = new ProvidersSecret(chart, 'Providers', { source: SecretSource.externalSecret({ store: VAULT, data: CLOUDS }) });
  part.secret!.addJsonPatch(JsonPatch.add('/spec/data/0/remoteRef/nullBytePolicy', 'Ignore'));
  part.secret!.metadata.addAnnotation('argocd.argoproj.io/sync-wave', '-5');
  const [object] = Testing.synth(chart);
  expect([object.spec.data[0].remoteRef.nullBytePolicy, object.metadata.annotations]).toEqual(['Ignore', { 'argocd.argoproj.io/sync-wave': '-5' }]);
});

describe('the kubeconfig of other clusters', () => {
  const { spec } = rendered({ data: CLOUDS, clusters: [CLUSTER] });

  test('is made in the cluster from the token\'s Secret there', () => {
    expect(spec.data.slice(1)).toEqual(['token', 'ca.crt'].map(property => ({
      secretKey: `cluster-0-${property}`,
      remoteRef: { key: 'nodepool-openshiftpods-jobs-token', property, ...DEFAULTS },
      sourceRef: { storeRef: { kind: 'SecretStore', name: 'far' } },
    })));
  });

  test('names context, server and namespace, and has places for token and CA', () => {
    const [kubeconfig] = parseManifests(spec.target.template.data['kube.config']) as any[];
    expect(kubeconfig).toEqual({
      'apiVersion': 'v1',
      'kind': 'Config',
      'current-context': 'far',
      'clusters': [{ name: 'far', cluster: { 'certificate-authority-data': '{{ index . "cluster-0-ca.crt" | b64enc }}', 'server': 'https://api.pods.example.com:6443' } }],
      'contexts': [{ name: 'far', context: { cluster: 'far', namespace: 'jobs', user: 'far' } }],
      'users': [{ name: 'far', user: { token: '{{ index . "cluster-0-token" | trim }}' } }],
    });
  });

  test('stands beside what else was fetched', () => {
    expect(spec.target.template.mergePolicy).toBe('Merge');
  });

  test.each<[string, any, string]>([
    ['its address has a query', { server: 'https://api.example.com/?token=hunter2' },
      "'providers.clusters[far].server' must be the URL of an API server without query, fragment and braces, got \"https://api.example.com/?…\""],
    ['its address has braces', { server: 'https://api.example.com:6443/{{ .x }}' }, "'providers.clusters[far].server' must be the URL of an API server without query"],
    ['its address is local', { server: 'https://localhost:6443' }, "'providers.clusters[far].server' is at \"localhost\""],
    ['its context holds a template', { context: '{{ .x }}' }, '.context\' must be the name of a kubeconfig context'],
    ['a prop is misspelt', { servers: 'x' }, "'providers.clusters[far].servers' is unknown; did you mean 'providers.clusters[far].server'?"],
    ['its store is a name', { store: 'far' }, "'providers.clusters[far].store' must be a SecretStore"],
  ])('fails when %s', (_, change, message) => {
    expect(errorOf(() => rendered({ clusters: [{ ...CLUSTER, ...change }] }))).toContain(message);
  });

  test('fails when two have one context', () => {
    expect(() => rendered({ clusters: [CLUSTER, CLUSTER] })).toThrow("'providers.clusters' has the kubeconfig context \"far\" twice");
  });

  test('fails beside another kube.config', () => {
    expect(() => rendered({ clusters: [CLUSTER], template: { 'kube.config': 'x' } })).toThrow("'providers' has the key \"kube.config\", which 'clusters' makes");
  });
});

describe('refusals', () => {
  test.each<[string, any, string]>([
    ['nothing is fetched', {}, "'providers' fetches nothing; give at least one of 'data', 'extract' and 'clusters'"],
    ['a switch is a text', { data: CLOUDS, templateMerges: 'false' }, "'providers.templateMerges' must be true or false, got \"false\""],
    ['there is no store', { store: undefined, data: CLOUDS }, "'providers.store' must be a SecretStore, such as SecretStore.clusterWide('vault')"],
    ['the store has no name', { store: SecretStore.namespaced('No Name'), data: CLOUDS }, "'providers.store' must be an object's name"],
    ['an option is misspelt', { datas: {} }, "'providers.datas' is unknown; did you mean 'providers.data'?"],
    ['a key is none', { data: { 'a b': { key: 'x' } } }, "'providers.data' has a key that no Secret can have, of 3 characters"],
    ['an entry has no name', { data: { a: {} } }, "'providers.data.a.key' must name an entry of the store"],
    ['an entry is a text', { data: { a: 'x' } }, "'providers.data.a' must be a map of any of key, property, version, decoding, store, got a value of type string"],
    ['a version is a number', { data: { a: { key: 'x', version: 3 } } }, "'providers.data.a.version' must be a text; quote it"],
    ['data are a list', { data: [] }, "'providers.data' must be a map by the Secret's keys, got a list"],
    ['whole entries have stores', { extract: [{ key: 'x', store: VAULT }] }, "'providers.extract[0].store' is not possible for whole entries"],
    ['a policy is unknown', { data: CLOUDS, refreshPolicy: 'Often' }, "'providers.refreshPolicy' must be one of \"Periodic\", \"OnChange\", \"CreatedOnce\", got \"Often\""],
    ['an orphan would be deleted', { data: CLOUDS, creationPolicy: 'Orphan', deletionPolicy: 'Delete' }, "'providers.deletionPolicy' is \"Delete\", which the operator takes for its own"],
    ['the interval has a fraction', { data: CLOUDS, refreshInterval: Duration.millis(1500) }, "'providers.refreshInterval' must be in whole seconds, got 1500 milliseconds"],
    ['the interval is no Duration', { data: CLOUDS, refreshInterval: '1h' }, "'providers.refreshInterval' must be a Duration, such as Duration.hours(1), got \"1h\""],
    ['what it holds is no list', { data: CLOUDS, holds: { clouds: 'one' } }, "'providers.holds.clouds' must be a list of names"],
  ])('fails when %s', (_, options, message) => {
    expect(errorOf(() => rendered(options))).toContain(message);
  });

  test('fails with everything that is wrong', () => {
    expect(errorOf(() => rendered({ data: { 'a b': { key: '' }, 'c d': { key: 'x' } }, refreshPolicy: 'x' as any })).split('\n')).toHaveLength(3);
  });
});

test('a template without a placeholder is a warning, which does not show it', () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    rendered({ data: CLOUDS, template: { a: 'hunter2', b: '{{ .c }}' } });
    expect(write.mock.calls.map(([text]) => String(text)))
      .toEqual(["warning: [ci/Providers] 'providers.template.a' has no placeholder {{ … }}: it is written into the manifests as it stands, and so into Git\n"]);
  } finally {
    write.mockRestore();
  }
});

test('Flux leaves a template alone that has its braces', () => {
  const annotations = (text: string) => rendered({ data: CLOUDS, template: { a: text } }).metadata.annotations;
  expect([annotations('${X} {{ .c }}'), annotations('{{ .c }}')]).toEqual([{ 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' }, undefined]);
});
