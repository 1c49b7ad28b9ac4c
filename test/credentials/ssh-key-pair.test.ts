import { GeneratedSshKeyOptions, SecretSource, SshKeyPair } from '../../src';
import { builder, errorOf, named, objects, option, pod, stack } from '../fixtures';
import { expectGoodManifests, ManifestObject, only } from '../manifests';

const KEEP = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };
const generated = (options?: GeneratedSshKeyOptions) => builder({ sshKey: SshKeyPair.generatedByExternalSecrets(options) });
const namesOf = (all: ManifestObject[], kind: string) => all.filter(object => object.kind === kind).map(object => object.metadata.name);

test('every option has its effect', () => {
  const options: Required<GeneratedSshKeyOptions> = { revision: '2', nextRevision: '3', comment: 'the builder' };
  const { chart, builder: part } = generated(options);
  expect(part.sshKeySecretName).toBe('nodepool-builder-ssh-key-2');
  expect(namesOf(objects(chart), 'ExternalSecret').sort()).toEqual(['nodepool-builder-ssh-key-2', 'nodepool-builder-ssh-key-3']);
  expect(only(objects(chart), 'SSHKey', 'nodepool-builder-ssh-key-3').spec.comment).toBe('the builder');
});

test('existing renders nothing', () => {
  const { chart, builder: part } = builder({ sshKey: SshKeyPair.existing('mine') });
  expect([part.sshKeySecretName, part.sshKeySecret, namesOf(objects(chart), 'Secret')]).toEqual(['mine', undefined, []]);
});

describe('a key that the cluster makes', () => {
  const { chart, builder: part } = generated();
  const all = objects(chart);
  const { metadata, spec } = only(all, 'ExternalSecret');

  test('is made once, belongs to nobody and cannot be changed: another one would lock the builder out', () => {
    expect(spec).toMatchObject({ refreshPolicy: 'CreatedOnce', refreshInterval: '0s', target: { creationPolicy: 'Orphan', deletionPolicy: 'Retain', immutable: true } });
  });

  test('is in the Secret and under the keys that administrators know', () => {
    expect([part.sshKeySecretName, spec.target.name, spec.target.template.data]).toEqual([
      'nodepool-builder-ssh-key', 'nodepool-builder-ssh-key', { priv: '{{ .privateKey }}', pub: '{{ .publicKey }}' },
    ]);
    expect(named(pod(chart, 'StatefulSet').spec.volumes, 'ssh-key').secret.secretName).toBe('nodepool-builder-ssh-key');
  });

  test('comes from a generator, which has every default written out', () => {
    const generator = only(all, 'SSHKey');
    expect(generator).toMatchObject({ apiVersion: 'generators.external-secrets.io/v1alpha1', spec: { keyType: 'ed25519', comment: 'nodepool-builder-ssh-key' } });
    expect(spec.dataFrom).toEqual([{ sourceRef: { generatorRef: { apiVersion: generator.apiVersion, kind: 'SSHKey', name: generator.metadata.name } } }]);
  });

  test('is never pruned, nor what made it', () => {
    expect([spec.target.template.metadata, metadata, only(all, 'SSHKey').metadata].map(each => each.annotations)).toEqual([KEEP, KEEP, KEEP]);
  });

  test('restarts nothing: ssh reads it at each connection', () => {
    const main = named(pod(chart, 'StatefulSet').spec.containers, 'nodepool-builder');
    expect(option(main.command, '--watch')).toEqual([]);
  });

  test('a stack with it keeps every rule', () => {
    expectGoodManifests(objects(stack({ builder: { enabled: true, sshKey: SshKeyPair.generatedByExternalSecrets({ nextRevision: '2' }) } })), {
      customKinds: ['external-secrets.io/v1/ExternalSecret', 'generators.external-secrets.io/v1alpha1/SSHKey'],
      external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }],
    });
  });
});

test('the next key is made and not yet used', () => {
  const { chart, builder: part } = generated({ nextRevision: '2' });
  expect(part.sshKeySecretName).toBe('nodepool-builder-ssh-key');
  expect(namesOf(objects(chart), 'ExternalSecret').sort()).toEqual(['nodepool-builder-ssh-key', 'nodepool-builder-ssh-key-2']);
});

describe('refusals', () => {
  test.each<[string, any, string]>([
    ['a revision is a number', { revision: 2 }, "'sshKey.revision' must be a text such as \"2\", got 2"],
    ['a revision is no part of a name', { nextRevision: 'Two' }, "'sshKey.nextRevision' must be a name"],
    ['a revision is long', { revision: 'x'.repeat(21) }, "'sshKey.revision' must have at most 20 characters"],
    ['the next revision is the present one', { revision: '2', nextRevision: '2' }, "'sshKey.nextRevision' is \"2\", the present revision"],
    ['a comment has two lines', { comment: 'a\nb' }, "'sshKey.comment' must be a text in one line"],
    ['an option is misspelt', { revisions: '2' }, "'sshKey.revisions' is unknown; did you mean 'sshKey.revision'?"],
  ])('fails when %s', (_, options, message) => {
    expect(errorOf(() => generated(options))).toContain(message);
  });

  test('fails where no ssh key belongs', () => {
    expect(() => stack({ providers: SshKeyPair.generatedByExternalSecrets() })).toThrow("[ci/Providers] 'providers' is an ssh key, which only 'sshKey' takes; give another SecretSource");
  });

  test('fails when the key\'s Secret has a bad name', () => {
    expect(() => builder({ sshKey: SshKeyPair.existing('No Name') })).toThrow("[ci/Builder] 'sshKey' must be a Secret's name");
  });
});

test('any source with the two keys will do', () => {
  expect(builder({ sshKey: SecretSource.existing('mine', { keys: ['priv', 'pub', 'more'] }) }).builder.sshKeySecretName).toBe('mine');
});
