import { EnvValue, Volume } from 'cdk8s-plus-27';
import { NodepoolConfig, NodepoolStackProps, ProvidersSecret, SecretSource } from '../../src';
import { builder, errorOf, launcher, stack, testChart } from '../fixtures';
import { synthYaml } from '../manifests';
import { encrypt, file, seal, sopsSecret, VAULT } from './fixture';

/** A configuration with a cloud, an AWS profile and a context. */
function config(names: { cloud?: string; profile?: string; context?: string }): NodepoolConfig {
  const { cloud, profile, context } = names;
  return NodepoolConfig.fromObject({
    providers: [
      ...(cloud ? [{ name: 'a', cloud, pools: [] }] : []),
      ...(profile ? [{ 'name': 'b', 'driver': 'aws', 'region-name': 'x', 'profile-name': profile, 'pools': [] }] : []),
      ...(context ? [{ name: 'c', driver: 'openshiftpods', context, pools: [] }] : []),
    ],
  });
}

const problemsOf = (providers: SecretSource, names: Parameters<typeof config>[0], more: Partial<NodepoolStackProps> = {}) => {
  const chart = stack({ config: config(names), providers, ...more });
  try {
    synthYaml(chart);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

const PLAIN = {
  'clouds.yaml': 'clouds:\n  one: {}\n  two: {}\n',
  'aws.config': '[default]\nregion = x\n[profile ci]\nregion = y\n[profile "our team"]\nkey = [no]\n[keys]\n',
  'kube.config': 'contexts:\n- name: near\n- name: far\n',
};

describe('plain text', () => {
  const source = SecretSource.plainTextInGit(PLAIN);

  test.each([{ cloud: 'one' }, { cloud: 'two' }, { profile: 'default' }, { profile: 'ci' }, { profile: 'our team' }, { profile: 'keys' }, { context: 'near' }])('%j is known', names => {
    expect(problemsOf(source, names)).toBe('');
  });

  test.each<[any, string]>([
    [{ cloud: 'three' }, "'config' names the cloud \"three\", which the Secret \"nodepool-providers-secrets\" of 'providers' does not hold; known clouds: one, two"],
    [{ profile: 'cd' }, "'config' names the AWS profile \"cd\", which the Secret \"nodepool-providers-secrets\" of 'providers' does not hold; known AWS profiles: default, ci, our team, keys"],
    [{ context: 'x' }, "'config' names the kubeconfig context \"x\", which the Secret \"nodepool-providers-secrets\" of 'providers' does not hold; known kubeconfig contexts: near, far"],
  ])('fails when %j is not known, and says which are', (names, message) => {
    expect(problemsOf(source, names)).toContain(`[ci/Launcher] ${message}`);
  });

  test('fails with every unknown name', () => {
    expect(problemsOf(source, { cloud: 'a', profile: 'b', context: 'c' }).match(/names the/g)).toHaveLength(3);
  });

  test('a key cloud.yaml counts where there is no clouds.yaml, as in the pod', () => {
    expect(problemsOf(SecretSource.plainTextInGit({ 'cloud.yaml': PLAIN['clouds.yaml'] }), { cloud: 'one' })).toBe('');
    expect(problemsOf(SecretSource.plainTextInGit({ 'cloud.yaml': PLAIN['clouds.yaml'], 'clouds.yaml': 'clouds: {}' }), { cloud: 'one' })).toContain('known clouds: none');
  });

  test.each(['clouds: 5', 'x', '', '[clouds]'])('a clouds.yaml %j has none', text => {
    expect(problemsOf(SecretSource.plainTextInGit({ 'clouds.yaml': text }), { cloud: 'one' })).toContain('known clouds: none');
  });
});

describe('what a source shows of itself', () => {
  const data = { 'clouds.yaml': { key: 'x' } };
  const sops = () => file(sopsSecret({ 'clouds.yaml': encrypt('x') }));

  test.each<[string, () => SecretSource]>([
    ['the keys of an ExternalSecret', () => SecretSource.externalSecret({ store: VAULT, data })],
    ['the templates of an ExternalSecret', () => SecretSource.externalSecret({ store: VAULT, extract: [{ key: 'x' }], template: { 'clouds.yaml': '{{ .x }}' } })],
    ['the keys of a SealedSecret', () => SecretSource.sealedSecret({ encryptedData: { 'clouds.yaml': seal('x') } })],
    ['the keys of a file of SOPS', () => SecretSource.sops(sops())],
    ['the keys that are declared', () => SecretSource.existing('nodepool-providers-secrets', { keys: ['clouds.yaml'] })],
  ])('%s tell that there are no profiles, and nothing of clouds', (_, source) => {
    expect(problemsOf(source(), { cloud: 'any' })).toBe('');
    expect(problemsOf(source(), { profile: 'ci' })).toContain('names the AWS profile "ci", which the Secret "nodepool-providers-secrets" of \'providers\' does not hold '
      + '(it has no key aws.config; its keys: clouds.yaml); known AWS profiles: none');
  });

  test.each<[string, () => SecretSource]>([
    ['existing', () => SecretSource.existing('x', { clouds: ['one'] })],
    ['externalSecret', () => SecretSource.externalSecret({ store: VAULT, data, holds: { clouds: ['one'] } })],
    ['sealedSecret', () => SecretSource.sealedSecret({ encryptedData: { 'clouds.yaml': seal('x') }, holds: { clouds: ['one'] } })],
    ['sops', () => SecretSource.sops(sops(), { clouds: ['one'] })],
  ])('%s takes the names that are declared', (_, source) => {
    expect(problemsOf(source(), { cloud: 'one' })).toBe('');
    expect(problemsOf(source(), { cloud: 'two' })).toContain('known clouds: one');
  });

  test('nothing is known of an existing Secret, or of whole entries', () => {
    const names = { cloud: 'a', profile: 'b', context: 'c' };
    expect(problemsOf(SecretSource.existing('x'), names)).toBe('');
    expect(problemsOf(SecretSource.externalSecret({ store: VAULT, extract: [{ key: 'x' }] }), names)).toBe('');
  });

  test('the clusters of an ExternalSecret are its contexts', () => {
    const source = SecretSource.externalSecret({
      store: VAULT, clusters: [{ context: 'far', server: 'https://api.example.com', store: VAULT, tokenSecretName: 'token' }],
    });
    expect(problemsOf(source, { context: 'far' })).toBe('');
    expect(problemsOf(source, { context: 'near' })).toContain('known kubeconfig contexts: far');
  });

  test.each<[any, string]>([
    [{ clouds: 'one' }, "'providers.holds.clouds' must be a list of names"],
    [{ cloud: ['one'] }, "'providers.holds.cloud' is unknown; did you mean 'providers.holds.clouds'?"],
    [['one'], "'providers.holds' must be a map of any of keys, clouds, contexts, awsProfiles, got a list"],
  ])('fails when %j is declared', (holds, message) => {
    expect(errorOf(() => stack({ providers: SecretSource.existing('x', holds) }))).toContain(message);
  });
});

describe('what comes from elsewhere is not judged', () => {
  const source = SecretSource.plainTextInGit(PLAIN);
  const env = (name: string) => ({ launcher: { env: { [name]: EnvValue.fromValue('/x') } } });

  test.each<[any, string]>([
    [{ cloud: 'x' }, 'OS_CLIENT_CONFIG_FILE'], [{ cloud: 'envvars' }, 'OS_AUTH_URL'], [{ context: 'x' }, 'KUBECONFIG'], [{ profile: 'x' }, 'AWS_SHARED_CREDENTIALS_FILE'],
  ])('%j with the variable %s', (names, variable) => {
    expect(problemsOf(source, names)).not.toBe('');
    expect(problemsOf(source, names, env(variable))).toBe('');
  });

  test('the contexts that the stack makes', () => {
    expect(problemsOf(source, { context: 'openshiftpods' }, { openshiftPods: [{ namespace: 'jobs' }] })).toBe('');
    expect(problemsOf(source, { context: 'x' }, { openshiftPods: [{ namespace: 'jobs' }] })).toContain('known kubeconfig contexts: near, far, openshiftpods');
  });

  test('clouds of a volume where openstacksdk looks', () => {
    const chart = testChart();
    const volumes = [{ path: '/etc/xdg/openstack', volume: Volume.fromEmptyDir(chart, 'Clouds', 'more') }];
    const aws = SecretSource.plainTextInGit({ 'aws.config': '' });
    expect(problemsOf(aws, { cloud: 'x' }, { launcher: { volumes } })).toBe('');
  });

  test('what a variable stands for', () => {
    expect(problemsOf(source, { cloud: '%(NODEPOOL_CLOUD)' }, env('NODEPOOL_CLOUD'))).toBe('');
  });
});

test('a builder that talks to no cluster is not asked about contexts', () => {
  const chart = testChart();
  const part = new ProvidersSecret(chart, 'Providers', { source: SecretSource.plainTextInGit(PLAIN) });
  builder({ config: config({ context: 'x', cloud: 'x' }), providers: part }, chart);
  expect(errorOf(() => synthYaml(chart))).toMatch(/\[ci\/Builder\] 'config' names the cloud "x"/);
  expect(errorOf(() => synthYaml(chart))).not.toContain('context');
});

test('a launcher by itself is asked too', () => {
  const chart = testChart();
  launcher({ config: config({ cloud: 'x' }), providers: new ProvidersSecret(chart, 'Providers', { source: SecretSource.plainTextInGit(PLAIN) }) }, chart);
  expect(errorOf(() => synthYaml(chart))).toContain('[ci/Launcher] \'config\' names the cloud "x"');
});

test('a configuration that launcher and builder share is reported once', () => {
  expect(problemsOf(SecretSource.plainTextInGit(PLAIN), { cloud: 'x' }, { builder: { enabled: true } }).match(/names the cloud/g)).toHaveLength(1);
});

describe('without any credentials', () => {
  const warnings = (names: Parameters<typeof config>[0], more: Partial<NodepoolStackProps> = {}) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      synthYaml(stack({ config: config(names), ...more }));
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      write.mockRestore();
    }
  };

  test.each<[any, string]>([
    [{ cloud: 'one' }, "warning: [ci/Launcher] 'config' names the clouds \"one\", and there are no credentials; give a Secret with the key clouds.yaml by 'providers'\n"],
    [{ profile: 'ci' }, "warning: [ci/Launcher] 'config' names the AWS profiles \"ci\", and there are no credentials; give a Secret with the key aws.config by 'providers'\n"],
  ])('%j is a warning', (names, text) => {
    expect(warnings(names)).toBe(text);
  });

  test('nothing is said where they may come from elsewhere', () => {
    expect(warnings({ cloud: 'one' }, { launcher: { env: { OS_AUTH_URL: EnvValue.fromValue('x') } } })).toBe('');
    expect(warnings({})).toBe('');
  });
});
