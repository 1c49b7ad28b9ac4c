import { inspect } from 'node:util';
import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { CorporateCa, NodepoolConfig, NodepoolStackProps, Playbooks, SecretSource, SecretStore, ZookeeperSource } from '../../src';
import { objects, stack } from '../fixtures';
import { expectNoSecretValues, ManifestObject } from '../manifests';
import { encrypt, file, seal, sopsBlock, VAULT } from './fixture';

/** Names clouds, profiles and contexts that no source has, so that errors talk about what the sources hold. */
const unknownNames = () => NodepoolConfig.fromObject({
  providers: [
    { name: 'a', cloud: 'unknown', pools: [] },
    { 'name': 'b', 'driver': 'aws', 'region-name': 'x', 'profile-name': 'unknown', 'pools': [] },
    { name: 'c', driver: 'kubernetes', context: 'unknown', pools: [] },
  ],
});

/** What an app prints: its manifests, or its error with all that is in it, and its warnings. */
function spoken(make: () => ManifestObject[]): { all: ManifestObject[]; said: string } {
  let said = '';
  const streams = [process.stderr, process.stdout].map(stream => jest.spyOn(stream, 'write').mockImplementation(text => { said += String(text); return true; }));
  const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map(level => jest.spyOn(console, level).mockImplementation((...text) => { said += inspect(text); }));
  try {
    return { all: make(), said };
  } catch (error) {
    return { all: [], said: `${said}${(error as Error).stack}${inspect(error, { depth: 10, showHidden: true })}` };
  } finally {
    [...streams, ...consoles].forEach(each => each.mockRestore());
  }
}

/** A secret: text of any kind that nothing else holds by accident. */
const secret = fc.tuple(fc.uint8Array({ minLength: 14, maxLength: 40 }), fc.constantFrom<BufferEncoding>('base64', 'hex', 'latin1'), fc.constantFrom('', '\n', '"', '{{ ', 'ü🔑'))
  .map(([bytes, encoding, end]) => Buffer.from(bytes).toString(encoding) + end)
  // eslint-disable-next-line no-control-regex
  .filter(text => new Set(text).size >= 8 && !/[\u0000-\u0008\u000b-\u001f\u007f-\u00a0]/.test(text) && text.trim().length >= 12);

/** A file of a Secret, with the secret where such a file has it, and where it should not be. */
const contentWith = (value: string) => fc.constantFrom(
  value,
  `clouds: {one: {auth: {password: ${JSON.stringify(value)}}}}`,
  `clouds: [${JSON.stringify(value)}`,
  `[default]\naws_secret_access_key = ${value.trim()}\n`,
  `contexts: [{name: one}]\nusers: [{name: one, user: {token: ${JSON.stringify(value)}}}]\nclusters: [{cluster: {server: "https://localhost"}}]`,
);

/** How a stack takes a source: by which prop, and what its Secret must be. */
interface Use {
  readonly props: (source: SecretSource) => Partial<NodepoolStackProps>;
  /** The Secret's name, for a file that must have it. */
  readonly name: string;
  readonly keys: string[];
  readonly type?: string;
}

const FAR = { context: 'far', server: 'https://api.example.com', store: SecretStore.namespaced('far'), tokenSecretName: 'token' };
const HTTPS = 'https://git.example.com/c';
const SSH = 'ssh://git@git.example.com/c';
const USES: Record<string, Use> = {
  'providers': { props: providers => ({ providers }), name: 'nodepool-providers-secrets', keys: ['clouds.yaml'] },
  'imagePull': { props: imagePull => ({ imagePull }), name: 'nodepool-image-pull', keys: ['.dockerconfigjson'], type: 'kubernetes.io/dockerconfigjson' },
  'sshKey': { props: sshKey => ({ builder: { enabled: true, sshKey } }), name: 'nodepool-builder-ssh-key', keys: ['priv', 'pub'] },
  'zookeeper.tls': { props: tls => ({ zookeeper: ZookeeperSource.external({ servers: ['zk'], tls }) }), name: 'nodepool-zookeeper-client-tls', keys: ['ca.crt', 'tls.crt', 'tls.key'], type: 'kubernetes.io/tls' },
  'corporateCa': { props: source => ({ corporateCa: CorporateCa.fromSecret(source, ['ca.crt']) }), name: 'nodepool-corporate-ca', keys: ['ca.crt', 'tls.key'] },
  'configRepository over https': { props: credentials => fetched({ url: HTTPS, credentials }), name: 'nodepool-config-repository', keys: ['username', 'password'] },
  'configRepository over ssh': { props: credentials => fetched({ url: SSH, credentials }), name: 'nodepool-config-repository', keys: ['identity', 'known_hosts'] },
  'configRepository.ca': { props: source => fetched({ url: HTTPS, ca: CorporateCa.fromSecret(source, ['ca.crt']) }), name: 'nodepool-config-corporate-ca', keys: ['ca.crt'] },
  'playbooks over https': { props: credentials => playbooks({ url: HTTPS, credentials }), name: 'nodepool-builder-playbooks-git', keys: ['username', 'password'] },
  'playbooks over ssh': { props: credentials => playbooks({ url: SSH, credentials }), name: 'nodepool-builder-playbooks-git', keys: ['identity', 'known_hosts'] },
};

function fetched(configRepository: NonNullable<NodepoolStackProps['configRepository']>): Partial<NodepoolStackProps> {
  return { config: undefined, builder: { enabled: true }, configRepository };
}

function playbooks(options: { url: string; credentials?: SecretSource }): Partial<NodepoolStackProps> {
  return { builder: { enabled: true, playbooks: Playbooks.fromGit({ ref: 'main', ...options }) } };
}

const KEYS = ['clouds.yaml', 'cloud.yaml', 'aws.config', 'kube.config', 'azure.json', 'bad key', ...new Set(Object.values(USES).flatMap(use => use.keys))];

const dockerConfig = (value: string) => fc.constant(JSON.stringify({ auths: { 'registry.example.com': { auth: value } } }));

/** A Secret for a use: what it must have and more, or anything; with a cloud that it does not hold, or none. */
const secretFor = (use: Use) => secret.chain(value => fc.record({
  value: fc.constant(value),
  data: fc.oneof(
    // what the API server reads as JSON must be some.
    { arbitrary: fc.record(Object.fromEntries(use.keys.map(key => [key, key === '.dockerconfigjson' ? dockerConfig(value) : contentWith(value)]))), weight: 2 },
    { arbitrary: fc.dictionary(fc.constantFrom(...KEYS), contentWith(value), { minKeys: 1 }), weight: 1 },
  ) as fc.Arbitrary<Record<string, string>>,
  naming: fc.boolean(),
}));

/** Every source but plainTextInGit, with what may go wrong: a value that was forgotten, or one in a place for something else. */
const SOURCES: Record<string, (data: Record<string, any>, forgotten: boolean, use: Use) => SecretSource> = {
  externalSecret: (data, forgotten) => SecretSource.externalSecret({
    store: VAULT,
    data: Object.fromEntries(Object.keys(data).map(key => [key, forgotten ? data[key] : { key: 'ci', property: key }])),
  }),
  externalSecretEntry: (data, forgotten) => SecretSource.externalSecret({
    store: forgotten ? Object.values(data)[0] as any : VAULT, extract: [{ key: 'ci' }], holds: forgotten ? Object.values(data) as any : undefined,
  }),
  externalSecretTemplate: (data, forgotten) => SecretSource.externalSecret({
    store: VAULT,
    extract: [{ key: 'ci', property: forgotten ? data as any : 'a' }],
    template: Object.fromEntries(Object.keys(data).map(key => [key, forgotten ? [data[key]] as any : '{{ .a }}'])),
  }),
  externalSecretClusters: (data, forgotten) => SecretSource.externalSecret({
    store: VAULT,
    data: Object.fromEntries(Object.keys(data).filter(key => key !== 'kube.config').map(key => [key, { key: 'ci', property: key }])),
    templateMerges: true,
    clusters: [{ ...FAR, tokenSecretName: forgotten ? Object.values(data)[0] : FAR.tokenSecretName }],
  }),
  sealedSecret: (data, forgotten) => SecretSource.sealedSecret({
    encryptedData: Object.fromEntries(Object.keys(data).map((key, index) =>
      [key, forgotten && index === 0 ? Buffer.from(data[key]).toString('base64') : seal(data[key])])),
  }),
  sops: (data, forgotten, { name, type }) => SecretSource.sops(file({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'ci' },
    type,
    stringData: Object.fromEntries(Object.keys(data).map((key, index) => [key, forgotten && index === 0 ? data[key] : encrypt(data[key])])),
    sops: sopsBlock(),
  })),
  brokenSops: data => SecretSource.sops(file(Object.entries(data).map(([key, value]) => `${key}: ${value}`).join('\n'))),
  existing: (data, forgotten) => forgotten
    ? SecretSource.existing(notAName(Object.values(data)[0]), { clouds: { ...data } as any })
    : SecretSource.existing('mine', { keys: Object.keys(data) }),
  noSource: (data, forgotten) => (forgotten ? Object.values(data)[0] : data) as any,
};

/** What is written as a Secret's name and is none; what is one would be taken for it. */
function notAName(text: string): string { return /^[a-z0-9.-]+$/.test(text) ? `${text}!` : text; }

/** What is written as a key and is none; what is one would be taken for it. */
function notAKey(text: string): string { return /^[-._a-zA-Z0-9]+$/.test(text) ? `${text}!` : text; }

/** Which sources are wrong whatever else is right. */
const NEVER_GOOD = ['brokenSops', 'noSource'];

describe.each(Object.keys(USES))('as %s', name => {
  const use = USES[name];

  /** What a stack with a source says and writes. */
  const spokenWith = (source: () => SecretSource, naming = false) =>
    spoken(() => objects(stack({ ...(naming ? { config: unknownNames() } : {}), ...use.props(source()) })));

  test.each(Object.keys(SOURCES))('no value of a source %s is in manifests, errors or warnings', kind => {
    let written = 0;
    fc.assert(fc.property(secretFor(use), fc.boolean(), ({ value, data, naming }, forgotten) => {
      const { all, said } = spokenWith(() => SOURCES[kind](data, forgotten, use), naming);
      if (all.length > 0) { written++; }
      expectNoSecretValues(Yaml.stringify(...all) + said, [value]);
    }), { numRuns: 12, seed: 1 });
    // most Secrets are as the pods need them: it is not always an error that is looked at.
    if (NEVER_GOOD.includes(kind)) { expect(written).toBe(0); } else { expect(written).toBeGreaterThan(0); }
  });

  test('a value of plainTextInGit is in its Secret and nowhere else', () => {
    let written = 0;
    fc.assert(fc.property(secretFor(use), ({ value, data, naming }) => {
      const { all, said } = spokenWith(() => SecretSource.plainTextInGit(data), naming);
      const inEachOthersPlace = Object.fromEntries(Object.entries(data).map(([key, text]) => [notAKey(text), key]));
      const swapped = spokenWith(() => SecretSource.plainTextInGit(inEachOthersPlace));
      expectNoSecretValues(swapped.said, [value]);
      written += all.filter(object => object.kind === 'Secret').length;
      expectNoSecretValues(Yaml.stringify(...all.filter(object => object.kind !== 'Secret')) + said, [value]);
    }), { numRuns: 20, seed: 1 });
    expect(written).toBeGreaterThan(0);
  });
});

/** Places beside a source in which people put secrets. */
const WRONG_PLACES: Record<string, (value: string) => Partial<NodepoolStackProps>> = {
  'the password in the address of configRepository': value => fetched({ url: `https://ci:${value}@git.example.com/c` }),
  'the token in the address of configRepository': value => fetched({ url: `https://${encodeURIComponent(value)}@git.example.com/c` }),
  'the query of configRepository': value => fetched({ url: `https://git.example.com/c?token=${encodeURIComponent(value)}` }),
  'the query of configRepository, with a mark of users': value => fetched({ url: `https://git.example.com/c?token=${encodeURIComponent(value)}@x` }),
  'the fragment of configRepository': value => fetched({ url: `https://git.example.com/c#${encodeURIComponent(value)}` }),
  'the query of playbooks': value => playbooks({ url: `https://git.example.com/c?token=${encodeURIComponent(value)}` }),
  'the query of a cluster': value => ({ providers: SecretSource.externalSecret({ store: VAULT, clusters: [{ ...FAR, server: `https://api.example.com/?token=${encodeURIComponent(value)}` }] }) }),
  'the contents in the place of a sops file': value => ({ providers: SecretSource.sops(`password: ${value}`) }),
  'the password in the address of playbooks': value => playbooks({ url: `ssh://ci:${value}@git.example.com/c`, credentials: SecretSource.existing('x') }),
  'the token in the address of playbooks': value => playbooks({ url: `https://${encodeURIComponent(value)}@git.example.com/c` }),
  'the password in the address of a cluster': value => ({ providers: SecretSource.externalSecret({ store: VAULT, clusters: [{ ...FAR, server: `https://ci:${value}@api.example.com` }] }) }),
  'tlsSecret': value => ({ zookeeper: ZookeeperSource.external({ servers: ['zk'], tlsSecret: notAName(value) }) }),
  'imagePullSecrets': value => ({ podDefaults: { imagePullSecrets: [notAName(value)] } }),
  'a certificate with its key': value => ({ corporateCa: CorporateCa.fromPem(`-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----\n`) }),
  'a certificate that is none': value => ({ corporateCa: CorporateCa.fromPem(`-----BEGIN CERTIFICATE-----\n${value}\n-----END CERTIFICATE-----\n`) }),
  'a private key for a public one': value => ({ builder: { enabled: true, zuulPublicKey: privateKey(value) } }),
  'a private key as known host': value => ({ builder: { enabled: true, knownHosts: [privateKey(value)] } }),
  'a private key in sshConfig': value => ({ builder: { enabled: true, sshConfig: [privateKey(value)] } }),
  'a private key as host key': value => ({ builder: { enabled: true, imageBuilders: [{ host: 'a', hostKeys: [privateKey(value)] }] } }),
  'a password of a machine': value => ({ builder: { enabled: true, imageBuilders: [{ host: 'a', trustHostKeyOnFirstUse: true, variables: { ansible_become_password: `x${value.replace(/[{}]/g, '')}` } }] } }),
};

function privateKey(value: string): string {
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${value}\n-----END OPENSSH PRIVATE KEY-----`;
}

test.each(Object.keys(WRONG_PLACES))('%s is refused, and not shown', place => {
  fc.assert(fc.property(secret, value => {
    const { all, said } = spoken(() => objects(stack(WRONG_PLACES[place](value))));
    expect(all).toEqual([]);
    expectNoSecretValues(said, [value.replace(/[{}]/g, '').trim()]);
  }), { numRuns: 20, seed: 1 });
});

test('the values would be found', () => {
  fc.assert(fc.property(secretFor(USES.providers), ({ value, data }) => {
    for (const text of [Object.values(data).join('\n'), Buffer.from(`x${value}`).toString('base64')]) {
      expect(() => expectNoSecretValues(text, [value])).toThrow('value 0 of the list stands in the text');
    }
  }), { numRuns: 20, seed: 1 });
});
