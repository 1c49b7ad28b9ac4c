import { App, Chart } from 'cdk8s';
import { ContainerImage, MadeSshKeyOptions, NodepoolBuilder, NodepoolBuilderProps, Platform, SshKeyPair } from '../../src';
import { builder, container, environment, errorOf, images, mounts, named, objects, option, pod, stack, zookeeper } from '../fixtures';
import { expectGoodManifests, ManifestObject, only } from '../manifests';

const made = (options?: MadeSshKeyOptions, props: Partial<NodepoolBuilderProps> = {}) =>
  builder({ sshKey: SshKeyPair.madeInCluster(options), ...props });
const jobOf = (options?: MadeSshKeyOptions, props?: Partial<NodepoolBuilderProps>) => only(objects(made(options, props).chart), 'Job');
const EXTERNAL = [{ kind: 'Secret', name: 'zookeeper-client-tls' }, { kind: 'Secret', name: 'nodepool-builder-ssh-key' }];

test('every option has its effect', () => {
  const options: Required<MadeSshKeyOptions> = { revision: '2', nextRevision: '3', comment: 'the builder', image: ContainerImage.parse('quay.io/example/ssh:1') };
  const { chart, builder: part } = made(options, { registryMirror: 'registry.example.com' });
  const main = container(only(objects(chart), 'Job').spec.template, 'make-key');
  expect(part.sshKeySecretName).toBe('nodepool-builder-ssh-key-2');
  expect(option(main.command, '--secret')).toEqual(['nodepool-builder-ssh-key-2', 'nodepool-builder-ssh-key-3']);
  expect(main.command).toContain('--comment=the builder');
  expect(main.image).toBe('registry.example.com/example/ssh:1');
});

test('a comment is one word, whatever it begins with, and kubelet puts no variable into it', () => {
  const { command } = container(jobOf({ comment: '-x $(HOME) $$' }).spec.template, 'make-key');
  expect(command).toContain('--comment=-x $$(HOME) $$$$');
});

describe('a key that a Job makes', () => {
  const { chart, builder: part } = made();
  const all = objects(chart);
  const job = only(all, 'Job');
  const { spec } = job.spec.template;

  test('is in the Secret that administrators know and the builder waits for', () => {
    expect(part.sshKeySecretName).toBe('nodepool-builder-ssh-key');
    expect(named(pod(chart, 'StatefulSet').spec.volumes, 'ssh-key').secret).toEqual({ secretName: 'nodepool-builder-ssh-key', defaultMode: 0o440 });
    expect(option(container({ spec }, 'make-key').command, '--secret')).toEqual(['nodepool-builder-ssh-key']);
  });

  test('its Secret is never pruned, whoever looks at it', () => {
    const [metadata] = option(container({ spec }, 'make-key').command, '--metadata').map(text => JSON.parse(text));
    expect(metadata.annotations).toEqual({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
    expect(metadata.labels['app.kubernetes.io/name']).toBe('nodepool');
  });

  test('the Job may create Secrets, and read this one: no more', () => {
    expect(only(all, 'Role').rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['nodepool-builder-ssh-key'], verbs: ['get'] },
    ]);
    expect(only(all, 'RoleBinding').subjects).toEqual([{ kind: 'ServiceAccount', name: 'nodepool-builder-ssh-key-maker', namespace: 'ci' }]);
    expect(spec.serviceAccountName).toBe('nodepool-builder-ssh-key-maker');
  });

  test('only the container that makes the key has the token, for an hour', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(mounts(container({ spec }, 'make-key'))['/var/run/secrets/kubernetes.io/serviceaccount']).toBe('account');
    expect(Object.values(mounts(container({ spec }, 'prepare')))).not.toContain('account');
    expect(named(spec.volumes, 'account').projected.sources[0]).toEqual({ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } });
  });

  test('the key is on no disk', () => {
    expect(named(spec.volumes, 'tmp').emptyDir).toEqual({ medium: 'Memory', sizeLimit: '8Mi' });
    expect(environment(container({ spec }, 'make-key')).HOME).toBe('/tmp');
  });

  test('any user id has a line in /etc/passwd, without which ssh-keygen stops', () => {
    expect(container({ spec }, 'make-key').volumeMounts).toContainEqual({ name: 'passwd', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true });
    expect(option(container({ spec }, 'prepare').command, '--passwd-out')).toEqual(['/etc/nodepool-passwd/passwd']);
  });

  test('its pods are not the builder\'s', () => {
    expect(job.spec.template.metadata.labels.run).toBe('nodepool-builder-ssh-key-maker');
  });

  test('the Job is the object of the key', () => {
    expect(part.sshKeySecret?.kind).toBe('Job');
  });
});

describe('GitOps tools', () => {
  test('Argo CD runs it in each sync, beside all else: what it needs is there, and what needs it waits', () => {
    expect(jobOf().metadata.annotations).toMatchObject({
      'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation,HookSucceeded',
    });
  });

  test('Flux finds it finished and leaves it alone', () => {
    expect(jobOf().spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(jobOf().metadata.annotations).toMatchObject({ 'kustomize.toolkit.fluxcd.io/force': 'enabled' });
  });

  test.each<[string, MadeSshKeyOptions, Partial<NodepoolBuilderProps>]>([
    ['the image', {}, { image: ContainerImage.parse('quay.io/zuul-ci/nodepool-builder:11.0.0') }],
    ['the next key', { nextRevision: '2' }, {}],
    ['the placement', {}, { nodeSelector: { a: 'b' } }],
  ])('it has another name when %s changes, since a Job cannot be changed', (_, options, props) => {
    expect(jobOf(options, props).metadata.name).not.toBe(jobOf().metadata.name);
    expect(jobOf().metadata.name).toMatch(/^nodepool-builder-ssh-key-maker-[0-9a-f]{8}$/);
  });

  test('its name stays when something else changes', () => {
    expect(jobOf({}, { replicas: 0, config: images(5) }).metadata.name).toBe(jobOf().metadata.name);
  });

  test('the longest instance name fits', () => {
    expect(jobOf({}, { instanceName: 'a'.repeat(32) }).metadata.name).toHaveLength(63);
  });
});

test('the pod runs where the builder runs', () => {
  const { spec } = jobOf({}, {
    imagePullSecrets: ['registry'], nodeSelector: { a: 'b' }, tolerations: [{ key: 'ci', operator: 'Exists' }], priorityClassName: 'ci', runAsUser: 1001,
  }).spec.template;
  expect(spec).toMatchObject({
    imagePullSecrets: [{ name: 'registry' }],
    nodeSelector: { a: 'b' },
    tolerations: [{ key: 'ci', operator: 'Exists' }],
    priorityClassName: 'ci',
    securityContext: { runAsUser: 1001, runAsNonRoot: true },
  });
});

test.each([Platform.KUBERNETES, Platform.OPENSHIFT])('a stack on %s with it keeps every rule', platform => {
  const all = objects(stack({ platform, createNamespace: true, builder: { enabled: true, sshKey: SshKeyPair.madeInCluster({ nextRevision: '2' }) } }));
  expectGoodManifests(all, { external: EXTERNAL, platform });
  if (platform === Platform.OPENSHIFT) { expect(JSON.stringify(only(all, 'Job'))).not.toMatch(/runAsUser|runAsGroup|fsGroup/); }
});

test('two builders in one namespace have a Job each', () => {
  const names = (instanceName: string) => objects(made({}, { instanceName }).chart).map((object: ManifestObject) => `${object.kind} ${object.metadata.name}`);
  expect(names('one').filter(name => names('two').includes(name))).toEqual([]);
});

describe('refusals', () => {
  test.each<[any, string]>([
    [{ revision: 2 }, "'sshKey.revision' must be a text such as \"2\", got 2"],
    [{ revision: '2', nextRevision: '2' }, "'sshKey.nextRevision' is \"2\", the present revision"],
    [{ image: 'x' }, "'sshKey.image' must be a ContainerImage"],
    [{ images: 'x' }, "'sshKey.images' is unknown"],
  ])('fails with %j', (options, message) => {
    expect(errorOf(() => made(options))).toContain(message);
  });

  test('fails in a chart without a namespace', () => {
    const chart = new Chart(new App(), 'ci');
    expect(() => new NodepoolBuilder(chart, 'Builder', { config: images(), zookeeper: zookeeper(), sshKey: SshKeyPair.madeInCluster() }))
      .toThrow("[ci/Builder] 'sshKey' is made by a Job, whose rights name a namespace; give the chart one");
  });

  test('fails where no ssh key belongs', () => {
    expect(() => stack({ providers: SshKeyPair.madeInCluster() })).toThrow("'providers' is an ssh key, which only 'sshKey' takes");
  });
});
