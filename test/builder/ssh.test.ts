import { BuilderSshOptions, SecretSource } from '../../src';
import { builder, container, errorOf, HOST_KEY, mounts, named, objects, pod, privateKey, PUBLIC_KEY, randomSecret } from '../fixtures';
import { expectNoSecretValues, only } from '../manifests';

const HOST = `builder.example.com ${HOST_KEY} zuul`;
const sshFiles = (chart: any) => only(objects(chart), 'ConfigMap', 'nodepool-builder-ssh').data;

test('every option has its effect', () => {
  const options: Required<BuilderSshOptions> = {
    sshKey: SecretSource.existing('mine'),
    imageBuilders: [],
    knownHosts: [HOST],
    sshConfig: ['Host builder.example.com', '  Port 2222'],
    zuulPublicKey: PUBLIC_KEY,
    zuulSparePublicKey: PUBLIC_KEY.replace('zuul', 'spare'),
  };
  const { chart } = builder(options);
  const template = pod(chart, 'StatefulSet');
  expect(named(template.spec.volumes, 'ssh-key').secret.secretName).toBe('mine');
  expect(sshFiles(chart).known_hosts).toBe(`${HOST}\n`);
  expect(sshFiles(chart).config.split('\n').slice(0, 2)).toEqual(['Host builder.example.com', '  Port 2222']);
  expect(only(objects(chart), 'ConfigMap', 'nodepool-builder-zuul-keys').data).toEqual({ pub: `${PUBLIC_KEY}\n`, spare: `${PUBLIC_KEY.replace('zuul', 'spare')}\n` });
});

describe('by default', () => {
  const { chart, builder: part } = builder();
  const template = pod(chart, 'StatefulSet');

  test('the key is in a Secret that exists, under the name that administrators know', () => {
    expect(part.sshKeySecretName).toBe('nodepool-builder-ssh-key');
    expect(part.sshKeySecret).toBeUndefined();
    expect(named(template.spec.volumes, 'ssh-key').secret.secretName).toBe('nodepool-builder-ssh-key');
  });

  test('no machine is known, and an unknown one is refused', () => {
    expect(sshFiles(chart).known_hosts).toBe('');
    expect(sshFiles(chart).config).toMatch(/StrictHostKeyChecking yes/);
  });

  test('there are no keys of Zuul', () => {
    expect(part.zuulKeysConfigMap).toBeUndefined();
  });
});

describe('where ssh and Nodepool look', () => {
  const { chart } = builder({ zuulPublicKey: PUBLIC_KEY, zuulSparePublicKey: PUBLIC_KEY });
  const template = pod(chart, 'StatefulSet');
  const main = container(template, 'nodepool-builder');

  test.each([
    ['/var/lib/nodepool/.ssh', 'ssh'],
    ['/var/lib/nodepool-ssh-key', 'ssh-key'],
    ['/var/lib/zuul-ssh-key', 'zuul-key'],
    ['/var/lib/zuul-spare-ssh-key', 'zuul-spare-key'],
  ])('%s is there', (path, volume) => {
    expect(mounts(main)[path]).toBe(volume);
  });

  test('both of Zuul\'s keys are files named pub', () => {
    expect(named(template.spec.volumes, 'zuul-key').configMap.items).toMatchObject([{ key: 'pub', path: 'pub' }]);
    expect(named(template.spec.volumes, 'zuul-spare-key').configMap.items).toMatchObject([{ key: 'spare', path: 'pub' }]);
  });

  test('any user id has a line in /etc/passwd, without which ssh stops', () => {
    expect(main.volumeMounts).toContainEqual({ name: 'passwd', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true });
    expect(container(template, 'prepare').command).toEqual(expect.arrayContaining(['--passwd-out', '/etc/nodepool-passwd/passwd', '--home', '/var/lib/nodepool']));
  });
});

test('what cannot grow has a limit, and what builds write has none', () => {
  const { volumes } = pod(builder().chart, 'StatefulSet').spec;
  expect(named(volumes, 'passwd').emptyDir).toEqual({ sizeLimit: '8Mi' });
  expect(named(volumes, 'tmp').emptyDir).toEqual({});
});

describe('a key that is rendered', () => {
  const { chart, builder: part } = builder({ instanceName: 'blue', sshKey: SecretSource.plainTextInGit({ priv: 'a', pub: 'b' }) });
  const secret = only(objects(chart), 'Secret');

  test('is in the Secret of the instance', () => {
    expect(secret.metadata.name).toBe('blue-builder-ssh-key');
    expect(part.sshKeySecretName).toBe('blue-builder-ssh-key');
    expect(Object.keys(secret.data)).toEqual(['priv', 'pub']);
  });

  test('is never pruned', () => {
    expect(secret.metadata.annotations).toEqual({ 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
  });

  test.each([[{ priv: 'x' }, '"priv"'], [{ private: 'x', pub: 'y' }, '"private", "pub"']])('fails when a key is missing from %j', (data, given) => {
    expect(() => builder({ sshKey: SecretSource.plainTextInGit(data as any) })).toThrow(`[ci/Builder] 'sshKey' needs the keys "priv" and "pub", got ${given}`);
  });
});

describe('public lines', () => {
  test.each(['ssh-rsa', 'ecdsa-sha2-nistp256', 'sk-ssh-ed25519@openssh.com', 'ssh-ed25519-cert-v01@openssh.com'])('%s is a type of key', type => {
    expect(builder({ zuulPublicKey: `${type} ${'A'.repeat(68)}\n` }).builder.zuulKeysConfigMap).toBeDefined();
  });

  test.each([`[builder.example.com]:2222 ${HOST_KEY}`, `|1|aaaa=|bbbb= ${HOST_KEY}`, `@cert-authority *.example.com ${HOST_KEY} ca`, `a,192.0.2.1 ${HOST_KEY}\n`])('%s is a known host', line => {
    expect(sshFiles(builder({ knownHosts: [line] }).chart).known_hosts).toBe(`${line.trim()}\n`);
  });

  test('the user\'s list may change afterwards', () => {
    const knownHosts = [HOST];
    const { chart } = builder({ knownHosts });
    knownHosts.push('x');
    expect(sshFiles(chart).known_hosts).toBe(`${HOST}\n`);
  });
});

describe('refusals', () => {
  test.each(['', 'ssh-ed25519', 'ssh-ed25519 AAAA', `${PUBLIC_KEY}\n${PUBLIC_KEY}`, 5, null])('fails when Zuul\'s key is %j', key => {
    expect(() => builder({ zuulPublicKey: key as any })).toThrow("[ci/Builder] 'zuulPublicKey' must be one ssh public key, such as \"ssh-ed25519 AAAA… zuul\", got");
  });

  test.each(['', '# builder.example.com:22 SSH-2.0', `#${HOST}`, `# ${HOST}`, `@revoked #${HOST}`, PUBLIC_KEY, `${HOST}\n${HOST}`, undefined])('fails when a known host is %j', line => {
    expect(() => builder({ knownHosts: [line as any] })).toThrow("[ci/Builder] 'knownHosts[0]' must be one line of a known_hosts file");
  });

  test.each([HOST.replace(/.{5} zuul$/, ''), `@cert-authority ${HOST.replace(/.{5} zuul$/, '')}`, `builder.example.com ${PUBLIC_KEY}`])('fails when the key of a known host is cut or made up: %j', line => {
    expect(() => builder({ knownHosts: [line] })).toThrow("[ci/Builder] 'knownHosts[0]' is cut or mistyped: what follows ssh-ed25519 (");
  });

  test('fails when known hosts are one text', () => {
    expect(() => builder({ knownHosts: HOST as any })).toThrow("'knownHosts' must be a list of lines");
  });

  test('fails with every bad line', () => {
    const message = errorOf(() => builder({ knownHosts: ['x', HOST, 'y'], zuulPublicKey: 'x', zuulSparePublicKey: 'y' }));
    expect(message.match(/^\[ci\/Builder\] '[^']+'/gm)?.map(start => start.slice(13))).toEqual(["'zuulPublicKey'", "'zuulSparePublicKey'", "'knownHosts[0]'", "'knownHosts[2]'"]);
  });

  test.each(['zuulPublicKey', 'zuulSparePublicKey'])('fails when %s is a private key, and shows none of it', prop => {
    const key = privateKey();
    const message = errorOf(() => builder({ [prop]: key }));
    expect(message).toBe(`[ci/Builder] '${prop}' holds a private key; give the public one (the file that ends in .pub)`);
    expectNoSecretValues(message, [key]);
  });

  test.each(['knownHosts', 'sshConfig'])('fails when %s hold a private key, and shows none of it', prop => {
    const key = privateKey();
    const message = errorOf(() => builder({ [prop]: [key] }));
    expect(message).toContain(`'${prop}[0]' holds a private key; give lines of`);
    expectNoSecretValues(message, [key]);
  });

  test('fails without showing what may be a key without its first line', () => {
    const secret = randomSecret();
    expectNoSecretValues(errorOf(() => builder({ zuulPublicKey: secret, knownHosts: [secret] })), [secret]);
  });
});
