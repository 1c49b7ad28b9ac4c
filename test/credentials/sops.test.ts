import { SecretSource } from '../../src';
import { builder, errorOf, objects, randomSecret, stack } from '../fixtures';
import { expectGoodManifests, expectNoSecretValues } from '../manifests';
import { encrypt, file, providers, sopsBlock, sopsSecret } from './fixture';

const SECRET = randomSecret();
const VALUES = { 'clouds.yaml': encrypt('clouds: {}') };
const check = (content: unknown) => providers(SecretSource.sops(file(content)));

/** An encrypted Secret with a change. */
const changed = (change: Record<string, unknown>) => ({ ...sopsSecret(VALUES), ...change });

describe('a file that sops encrypted', () => {
  test('is not rendered again', () => {
    const { part, all } = check(sopsSecret(VALUES));
    expect([all, part.secret, part.secretName]).toEqual([[], undefined, 'nodepool-providers-secrets']);
  });

  test('tells its keys, and no more', () => {
    expect(check(sopsSecret({ ...VALUES, 'aws.config': encrypt('x') })).part._contents).toEqual({ keys: ['clouds.yaml', 'aws.config'] });
  });

  test('may say what it holds', () => {
    expect(providers(SecretSource.sops(file(sopsSecret(VALUES)), { clouds: ['one'] })).part._contents).toEqual({ keys: ['clouds.yaml'], clouds: ['one'] });
  });

  test.each<[string, (secret: any) => unknown]>([
    ['JSON that sops indented by tabs', secret => JSON.stringify(secret, undefined, '\t')],
    ['values under data', ({ stringData, ...secret }) => ({ ...secret, data: stringData })],
    ['an empty value, which sops leaves', secret => ({ ...secret, stringData: { ...VALUES, 'aws.config': '' } })],
    ['the type Opaque', secret => ({ ...secret, type: 'Opaque' })],
    ['values that may not be changed', secret => ({ ...secret, immutable: true })],
  ])('may have %s', (_, change) => {
    expect(check(change(sopsSecret(VALUES))).all).toEqual([]);
  });

  test('a stack with it keeps every rule', () => {
    expectGoodManifests(objects(stack({ providers: SecretSource.sops(file(sopsSecret(VALUES))) })), {
      external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }, { kind: 'Secret', name: 'nodepool-providers-secrets', keys: ['clouds.yaml', 'cloud.yaml'] }],
    });
  });
});

describe('refusals', () => {
  test.each<[string, unknown, string]>([
    ['it has no block of sops', changed({ sops: undefined }), ' is not encrypted: it has no block "sops"; encrypt it with sops --encrypt'],
    ['the MAC is missing', changed({ sops: { ...sopsBlock(), mac: undefined } }), ': sops.mac is missing or no MAC'],
    ['the MAC is none', changed({ sops: { ...sopsBlock(), mac: 'x' } }), ': sops.mac is missing or no MAC'],
    ['nobody can decrypt it', changed({ sops: { mac: encrypt('A') } }), ': the block "sops" names no key that decrypts it'],
    ['one value is plain', sopsSecret({ ...VALUES, 'aws.config': SECRET }), ': stringData.aws.config is not encrypted (the value is not shown)'],
    ['one value is a number', sopsSecret({ ...VALUES, port: 5 }), ': stringData.port is not encrypted'],
    ['one value is a map', sopsSecret({ ...VALUES, more: { inner: SECRET } }), ': stringData.more is not encrypted'],
    ['a value only looks encrypted', sopsSecret({ 'clouds.yaml': `ENC[AES256_GCM,data:${SECRET}]` }), ': stringData.clouds.yaml is not encrypted'],
    ['plain values stand under data', changed({ data: { more: SECRET } }), ': data.more is not encrypted'],
    ['a value was a number', sopsSecret({ port: encrypt('5', 'int') }), ': stringData.port was encrypted as int, and a Secret holds texts; quote it'],
    ['the values are no map', changed({ stringData: SECRET }), ': stringData is no map'],
    ['there is no value', sopsSecret({}), ' has no value; put at least one under stringData'],
    ['another field holds values', changed({ clouds: SECRET }), ' has "clouds", which no Secret has; its values belong under stringData'],
    ['it was applied before it was encrypted', changed({
      metadata: { name: 'nodepool-providers-secrets', namespace: 'ci', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET } },
    }), 'in which the values stand unencrypted'],
    ['the name is another', changed({ metadata: { name: 'clouds', namespace: 'ci' } }), ': metadata.name is "clouds"; the pods look for "nodepool-providers-secrets"'],
    ['the name is encrypted', changed({ metadata: { name: encrypt('x'), namespace: 'ci' } }), ': metadata.name is encrypted, so that nobody finds the Secret by it'],
    ['the namespace is another', changed({ metadata: { name: 'nodepool-providers-secrets', namespace: 'zuul' } }), ': metadata.namespace is "zuul"; the pods look in "ci"'],
    ['the namespace is missing', changed({ metadata: { name: 'nodepool-providers-secrets' } }), ': metadata.namespace is missing; the pods look in "ci"'],
    ['it is no Secret', changed({ kind: 'ConfigMap' }), ': kind is "ConfigMap"; it must be a "Secret"'],
    ['the type is another', changed({ type: 'kubernetes.io/tls' }), ': type is "kubernetes.io/tls"; it must be "Opaque"'],
    ['it is a list', '- a', ' is no manifest; give a file with one Secret'],
    ['it is empty', '', ' is no manifest'],
    ['it is no YAML', 'a: [', ' is no YAML or JSON with one document (line 1)'],
    ['it is no JSON', `{"a": ${SECRET}`, ' is no YAML or JSON with one document'],
    ['it has two documents', 'a: 1\n---\nb: 2\n', ' is no YAML or JSON with one document (line 2)'],
    ['a key of JSON stands twice', `{"stringData": {\t"a": "${SECRET}",\n"a": "x"}}`, ' has a key twice (line 2)'],
    ['a key stands twice, plain and encrypted', `stringData:\n  a: ${SECRET}\n  a: x\n`, ' has a key twice (line 3)'],
  ])('fails when %s', (_, content, message) => {
    const error = errorOf(() => check(content));
    expect(error).toMatch(/^\[ci\/Providers\] 'providers' \(sops file ".*secret\.yaml"\)/);
    expect(error).toContain(message);
    expectNoSecretValues(error, [SECRET]);
  });

  test.each(['/no/such/file.yaml', '/', undefined])('fails when the file is %p', path => {
    expect(() => providers(SecretSource.sops(path as any))).toThrow(/'providers' \(sops file .*\) cannot be read \(\w+\); give the path of a file/);
  });

  test('fails when the contents are given in the place of the path, and does not show them', () => {
    const error = errorOf(() => providers(SecretSource.sops(`clouds.yaml: ${SECRET}`)));
    expect(error).toMatch(/^\[ci\/Providers\] 'providers' \(sops file of \d+ characters, which is not shown\) cannot be read \(ENOENT\)/);
    expectNoSecretValues(error, [SECRET]);
  });

  const yaml = (...values: string[]) => ['# who may read it', 'apiVersion: v1', 'kind: Secret', 'metadata:', '  # where', '  name: nodepool-providers-secrets', '  namespace: ci',
    'stringData:', ...values, `  clouds.yaml: ${encrypt('x')}`, 'sops:', '  # age', `  mac: ${encrypt('A')}`, '  age: [{recipient: x}]', ''].join('\n');

  test('fails when somebody has written a comment among the values, and does not show it', () => {
    const error = errorOf(() => check(yaml(`  # ${SECRET}`)));
    expect(error).toContain(': line 9 is a comment under stringData that is not encrypted, and is not shown');
    expectNoSecretValues(error, [SECRET]);
  });

  test('takes comments that sops encrypted, and those elsewhere', () => {
    expect(check(yaml('  #ENC[AES256_GCM,data:AA==,iv:AA==,tag:AAAAAAAAAAAAAAAAAAAAAA==,type:comment]')).all).toEqual([]);
  });

  test('fails with everything that is wrong', () => {
    const error = errorOf(() => check({ ...sopsSecret({ a: SECRET, b: SECRET }), metadata: {}, sops: undefined }));
    expect(error.split('\n')).toHaveLength(5);
  });

  test('fails when the ssh key lacks one of its keys', () => {
    const secret = { ...sopsSecret({ priv: encrypt('x') }), metadata: { name: 'nodepool-builder-ssh-key', namespace: 'ci' } };
    expect(() => builder({ sshKey: SecretSource.sops(file(secret)) })).toThrow("[ci/Builder] 'sshKey' needs the keys \"priv\" and \"pub\", got \"priv\"");
  });

  test('fails when the kubelet would not take the type', () => {
    const secret = { ...sopsSecret({ '.dockerconfigjson': encrypt('{}') }), metadata: { name: 'nodepool-image-pull', namespace: 'ci' } };
    expect(() => stack({ imagePull: SecretSource.sops(file(secret)) })).toThrow(': type is missing; it must be "kubernetes.io/dockerconfigjson"');
    expect(stack({ imagePull: SecretSource.sops(file({ ...secret, type: 'kubernetes.io/dockerconfigjson' })) }).imagePullSecret).toBeUndefined();
  });
});
