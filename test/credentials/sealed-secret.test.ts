import { SealedSecretOptions, SealingScope, SecretSource } from '../../src';
import { builder, errorOf, objects, randomSecret, stack } from '../fixtures';
import { expectGoodManifests, expectNoSecretValues, only } from '../manifests';
import { providers, seal } from './fixture';

const SEALED = seal('clouds: {}');
const rendered = (options: Partial<SealedSecretOptions>) =>
  only(providers(SecretSource.sealedSecret({ encryptedData: { 'clouds.yaml': SEALED }, ...options })).all, 'SealedSecret');

test('every option has its effect', () => {
  const options: Required<SealedSecretOptions> = { encryptedData: { 'clouds.yaml': SEALED }, scope: SealingScope.CLUSTER_WIDE, holds: { clouds: ['one'] } };
  const { part } = providers(SecretSource.sealedSecret(options));
  expect(part._contents).toEqual({ keys: ['clouds.yaml'], clouds: ['one'] });
  expect(rendered(options).spec.encryptedData).toEqual({ 'clouds.yaml': SEALED });
});

test('the controller makes a Secret of the name and type that the pods use', () => {
  const { apiVersion, metadata, spec } = rendered({});
  expect([apiVersion, metadata.name, spec.template.type]).toEqual(['bitnami.com/v1alpha1', 'nodepool-providers-secrets', 'Opaque']);
});

test.each<[SealingScope | undefined, any]>([
  [undefined, undefined],
  [SealingScope.STRICT, undefined],
  [SealingScope.NAMESPACE_WIDE, { 'sealedsecrets.bitnami.com/namespace-wide': 'true' }],
  [SealingScope.CLUSTER_WIDE, { 'sealedsecrets.bitnami.com/cluster-wide': 'true' }],
])('the scope %s stands on the SealedSecret and on what is made of it', (scope, annotations) => {
  const { metadata, spec } = rendered({ scope });
  expect([metadata.annotations, spec.template.metadata.annotations]).toEqual([annotations, annotations]);
});

test('the annotations that keep the ssh key stay beside those of the scope', () => {
  const sshKey = SecretSource.sealedSecret({ encryptedData: { priv: SEALED, pub: SEALED }, scope: SealingScope.NAMESPACE_WIDE });
  expect(Object.keys(only(objects(builder({ sshKey }).chart), 'SealedSecret').metadata.annotations!).sort()).toEqual([
    'argocd.argoproj.io/sync-options', 'kustomize.toolkit.fluxcd.io/prune', 'sealedsecrets.bitnami.com/namespace-wide',
  ]);
});

test('a stack with it keeps every rule', () => {
  expectGoodManifests(objects(stack({ providers: SecretSource.sealedSecret({ encryptedData: { 'clouds.yaml': SEALED } }) })), {
    customKinds: ['bitnami.com/v1alpha1/SealedSecret'], external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }],
  });
});

describe('refusals', () => {
  const secret = randomSecret();

  test.each<[string, unknown]>([
    ['is plain', secret],
    ['is only encoded', Buffer.from(`clouds: {x: ${secret}}`).toString('base64')],
    ['is only encoded, and long', Buffer.from(`clouds: {x: ${secret.repeat(50)}}`).toString('base64')],
    ['is cut', SEALED.slice(0, 300)],
    ['has a line end', `${SEALED}\n`],
    ['is empty', ''],
    ['is a number', 5],
    ['is a list', [secret]],
  ])('fails when a value %s, and does not show it', (_, value) => {
    const message = errorOf(() => rendered({ encryptedData: { 'clouds.yaml': value as any } }));
    expect(message).toBe("[ci/Providers] 'providers.encryptedData.clouds.yaml' is no sealed value; give what kubeseal wrote, in one line of base64 (the value is not shown)");
    expectNoSecretValues(message, [secret]);
  });

  test.each<[string, any, string]>([
    ['there is no value', { encryptedData: {} }, "'providers' is a sealedSecret without any key; give at least one sealed value in 'encryptedData'"],
    ['the map is missing', { encryptedData: undefined }, "'providers' is a sealedSecret without any key"],
    ['the scope is unknown', { scope: 'namespace' }, "'providers.scope' must be one of \"strict\", \"namespace-wide\", \"cluster-wide\", got \"namespace\""],
    ['an option is misspelt', { encryptData: {} }, "'providers.encryptData' is unknown; did you mean 'providers.encryptedData'?"],
    ['a key is none', { encryptedData: { 'a b': SEALED } }, "'providers.encryptedData' has a key that no Secret can have, of 3 characters"],
  ])('fails when %s', (_, options, message) => {
    expect(errorOf(() => rendered(options))).toContain(message);
  });

  test('fails when the ssh key lacks one of its keys', () => {
    expect(() => builder({ sshKey: SecretSource.sealedSecret({ encryptedData: { priv: SEALED } }) })).toThrow("[ci/Builder] 'sshKey' needs the keys \"priv\" and \"pub\", got \"priv\"");
  });
});
