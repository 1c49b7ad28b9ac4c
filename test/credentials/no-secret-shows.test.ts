import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { NodepoolConfig, Playbooks, SecretSource, ZookeeperSource } from '../../src';
import { objects, stack } from '../fixtures';
import { expectNoSecretValues, ManifestObject } from '../manifests';
import { encrypt, file, seal, sopsBlock, VAULT } from './fixture';

/** Names clouds, profiles and contexts that no source has, so that errors talk about what the sources hold. */
const config = () => NodepoolConfig.fromObject({
  providers: [
    { name: 'a', cloud: 'unknown', pools: [] },
    { 'name': 'b', 'driver': 'aws', 'region-name': 'x', 'profile-name': 'unknown', 'pools': [] },
    { name: 'c', driver: 'kubernetes', context: 'unknown', pools: [] },
  ],
});

/** What an app prints: its manifests, or its error, and its warnings. */
function spoken(make: () => ManifestObject[]): { all: ManifestObject[]; said: string } {
  let said = '';
  const write = jest.spyOn(process.stderr, 'write').mockImplementation(text => { said += String(text); return true; });
  try {
    return { all: make(), said };
  } catch (error) {
    return { all: [], said: `${said}${(error as Error).stack}${JSON.stringify(error)}` };
  } finally {
    write.mockRestore();
  }
}

/** A secret: text of any kind that nothing else holds by accident. */
const secret = fc.tuple(fc.uint8Array({ minLength: 14, maxLength: 40 }), fc.constantFrom<BufferEncoding>('base64', 'hex', 'latin1'), fc.constantFrom('', '\n', '"', '{{ ', 'ü🔑'))
  .map(([bytes, encoding, end]) => Buffer.from(bytes).toString(encoding) + end)
  // eslint-disable-next-line no-control-regex
  .filter(text => new Set(text).size >= 8 && !/[\u0000-\u0008\u000b-\u001f\u007f-\u00a0]/.test(text) && text.trim().length >= 12);

/** The files of a providers' Secret, with secrets where they have theirs. */
const files = secret.chain(value => fc.record({
  value: fc.constant(value),
  data: fc.dictionary(
    fc.constantFrom('clouds.yaml', 'cloud.yaml', 'aws.config', 'kube.config', 'azure.json', 'bad key', 'priv', 'pub', 'ca.crt', 'tls.crt', 'tls.key', '.dockerconfigjson'),
    fc.constantFrom(
      value,
      `clouds: {one: {auth: {password: ${JSON.stringify(value)}}}}`,
      `clouds: [${JSON.stringify(value)}`,
      `[default]\naws_secret_access_key = ${value.trim()}\n`,
      `contexts: [{name: one}]\nusers: [{name: one, user: {token: ${JSON.stringify(value)}}}]\nclusters: [{cluster: {server: "https://localhost"}}]`,
    ),
    { minKeys: 1 },
  ),
}));

/** Every source but plainTextInGit, with what may go wrong: a value that was forgotten, or one in a place for something else. */
const SOURCES: Record<string, (data: Record<string, any>, forgotten: boolean) => SecretSource> = {
  externalSecret: (data, forgotten) => SecretSource.externalSecret({
    store: VAULT,
    data: Object.fromEntries(Object.keys(data).map(key => [key, forgotten ? data[key] : { key: 'ci', property: key }])),
  }),
  externalSecretEntry: (data, forgotten) => SecretSource.externalSecret({
    store: forgotten ? Object.values(data)[0] as any : VAULT, extract: [{ key: 'ci' }], holds: forgotten ? Object.values(data) as any : undefined,
  }),
  sealedSecret: (data, forgotten) => SecretSource.sealedSecret({
    encryptedData: Object.fromEntries(Object.keys(data).map((key, index) =>
      [key, forgotten && index === 0 ? Buffer.from(data[key]).toString('base64') : seal(data[key])])),
  }),
  sops: (data, forgotten) => SecretSource.sops(file({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'nodepool-providers-secrets', namespace: 'ci' },
    stringData: Object.fromEntries(Object.keys(data).map((key, index) => [key, forgotten && index === 0 ? data[key] : encrypt(data[key])])),
    sops: sopsBlock(),
  })),
  brokenSops: data => SecretSource.sops(file(Object.entries(data).map(([key, value]) => `${key}: ${value}`).join('\n'))),
  existing: data => SecretSource.existing('mine', { keys: Object.keys(data) }),
};

/** Where a stack takes a source. */
const USES: Record<string, (source: SecretSource) => object> = {
  providers: providers => ({ providers }),
  imagePull: imagePull => ({ imagePull }),
  sshKey: sshKey => ({ builder: { enabled: true, sshKey } }),
  configRepository: credentials => ({ config: undefined, builder: { enabled: true }, configRepository: { url: 'https://git.example.com/c', credentials } }),
  playbooks: credentials => ({ builder: { enabled: true, playbooks: Playbooks.fromGit({ url: 'https://git.example.com/x', ref: 'main', credentials }) } }),
  zookeeper: tls => ({ zookeeper: ZookeeperSource.external({ servers: ['zk'], tls }) }),
};

describe.each(Object.keys(USES))('as %s', use => {
  test.each(Object.keys(SOURCES))('no value of a source %s is in manifests, errors or warnings', name => {
    fc.assert(fc.property(files, fc.boolean(), ({ value, data }, forgotten) => {
      const { all, said } = spoken(() => objects(stack({ config: config(), ...USES[use](SOURCES[name](data, forgotten)) })));
      expectNoSecretValues(Yaml.stringify(...all) + said, [value]);
    }), { numRuns: 40, seed: 1 });
  });

  test('a value of plainTextInGit is in its Secret and nowhere else', () => {
    fc.assert(fc.property(files, ({ value, data }) => {
      const { all, said } = spoken(() => objects(stack({ config: config(), ...USES[use](SecretSource.plainTextInGit(data)) })));
      expectNoSecretValues(Yaml.stringify(...all.filter(object => object.kind !== 'Secret')) + said, [value]);
    }), { numRuns: 60, seed: 1 });
  });
});

test('the values would be found', () => {
  fc.assert(fc.property(files, ({ value, data }) => {
    for (const text of [Object.values(data).join('\n'), Buffer.from(`x${value}`).toString('base64')]) {
      expect(() => expectNoSecretValues(text, [value])).toThrow('value 0 of the list stands in the text');
    }
  }), { numRuns: 60, seed: 1 });
});
