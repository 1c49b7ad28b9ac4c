import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Testing } from 'cdk8s';
import { EnvValue, Secret } from 'cdk8s-plus-27';
import { ContainerImage, CorporateCa, Diskimages, GitPlaybooks, NodepoolConfig, Playbooks, SecretSource } from '../../src';
import { builder, container, environment, errorOf, mounts, named, objects, pod, randomSecret, stack, testChart } from '../fixtures';
import { expectGoodManifests, expectNoSecretValues, only } from '../manifests';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7';
const MACHINE = { host: 'image-builder.example.com', hostKeys: [KEY] };
const PLAYBOOK = '- hosts: all\n';
const GIT: GitPlaybooks = { url: 'https://git.example.com/ci/playbooks.git', ref: 'main' };

const withPlaybooks = (playbooks: Playbooks, props = {}) => builder({ playbooks, imageBuilders: [MACHINE], ...props });
const template = (playbooks: Playbooks, props = {}) => pod(withPlaybooks(playbooks, props).chart, 'StatefulSet');

const directories: string[] = [];
afterAll(() => directories.forEach(each => rmSync(each, { recursive: true })));

/** A directory with files, until the tests have ended. */
function directory(files: Record<string, string | Buffer>): string {
  const root = mkdtempSync(join(tmpdir(), 'playbooks-'));
  directories.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

describe('dib-ansible', () => {
  const { chart, builder: part } = withPlaybooks(Playbooks.fromFiles({ 'debian.yaml': PLAYBOOK }));
  const main = container(pod(chart, 'StatefulSet'), 'nodepool-builder');

  test('is a program where the images of the Software Factory have it', () => {
    expect(main.volumeMounts).toContainEqual({ name: 'dib-ansible', mountPath: '/usr/local/bin/dib-ansible', subPath: 'dib-ansible', readOnly: true });
    expect(named(pod(chart, 'StatefulSet').spec.volumes, 'dib-ansible').configMap).toEqual({ name: 'nodepool-builder-dib-ansible', defaultMode: 0o555 });
  });

  test('finds its parts in a directory, which follows changes, and so does not replace the pod', () => {
    expect(Object.keys(only(objects(chart), 'ConfigMap', 'nodepool-builder-dib-ansible').data).sort()).toEqual(['build_log.py', 'checked_ssh.py', 'dib-ansible', 'dib_ansible.py', 'secrets_in_files.py']);
    expect(mounts(main)['/etc/nodepool-dib-ansible']).toBe('dib-ansible');
    expect(Object.keys(pod(chart, 'StatefulSet').metadata.annotations).join()).not.toContain('ansible');
  });

  test('finds the playbooks', () => {
    expect(environment(main).DIB_ANSIBLE_DIR).toBe('/opt/nodepool/playbooks');
    expect(mounts(main)['/opt/nodepool/playbooks']).toBe('playbooks');
  });

  test('knows which variables come from Secrets, so that the log never shows them', () => {
    const secret = Secret.fromSecretName(testChart(), 'Login', 'login');
    const env = { LOGIN: EnvValue.fromSecretValue({ secret, key: 'x' }), B: EnvValue.fromValue('b'), PIN: EnvValue.fromSecretValue({ secret, key: 'y' }) };
    const variables = environment(container(template(Playbooks.fromFiles({ 'debian.yaml': PLAYBOOK }), { env }), 'nodepool-builder'));
    expect(variables.DIB_ANSIBLE_SECRETS).toBe('LOGIN,PIN');
    expect(environment(main)).not.toHaveProperty('DIB_ANSIBLE_SECRETS');
  });

  test('its objects are fields', () => {
    expect([part.dibAnsibleConfigMap, part.playbooksConfigMap, part.inventoryConfigMap].map(object => object?.name))
      .toEqual(['nodepool-builder-dib-ansible', 'nodepool-builder-playbooks', 'nodepool-builder-inventory']);
  });

  test('is not there without playbooks', () => {
    const { chart: bare, builder: without } = builder();
    expect([without.dibAnsibleConfigMap, without.playbooksConfigMap]).toEqual([undefined, undefined]);
    expect(mounts(container(pod(bare, 'StatefulSet'), 'nodepool-builder'))).not.toHaveProperty(['/usr/local/bin/dib-ansible']);
  });
});

describe('playbooks of files', () => {
  const files = { 'debian.yaml': PLAYBOOK, 'roles/base/tasks/main.yaml': '- debug:\n', 'roles.base.tasks/main.yaml': 'x', 'files/a b': 'y' };

  test('a file in a folder has a key and its path', () => {
    const { chart } = withPlaybooks(Playbooks.fromFiles(files));
    const { data } = only(objects(chart), 'ConfigMap', 'nodepool-builder-playbooks');
    const { items } = named(pod(chart, 'StatefulSet').spec.volumes, 'playbooks').configMap;
    expect(Object.fromEntries(items.map(({ key, path }: any) => [path, data[key]]))).toEqual(files);
    expect(Object.keys(data).sort()).toEqual(['debian.yaml', 'files.a_b', 'roles.base.tasks.main.yaml', 'roles.base.tasks.main.yaml-2']);
  });

  test('a directory is read with all below it, but for what begins with a dot', () => {
    const root = directory({ ...files, '.git/config': 'x', 'roles/.keep': '' });
    expect(Playbooks.fromDirectory(root)._files).toEqual(files);
  });

  test('the user\'s map may change afterwards', () => {
    const given = { 'debian.yaml': PLAYBOOK };
    const playbooks = Playbooks.fromFiles(given);
    given['debian.yaml'] = 'x';
    expect(playbooks._files).toEqual({ 'debian.yaml': PLAYBOOK });
  });

  test('fails when they are more than a ConfigMap holds', () => {
    const message = errorOf(() => withPlaybooks(Playbooks.fromFiles({ 'debian.yaml': 'x'.repeat(1024 * 1024 + 1) })));
    expect(message).toContain("[ci/Builder] 'playbooks' of files (a checkout of Playbooks.fromGit may be larger) must be 1048576 bytes at most");
  });

  test.each<[string, any, string]>([
    ['the files are a text', 'debian.yaml', 'Playbooks.fromFiles: needs a map of texts by their paths, got a value of type string'],
    ['the files are a list', ['debian.yaml'], 'Playbooks.fromFiles: needs a map of texts by their paths, got a list'],
    ['a file is a folder too', { 'debian.yaml': '', 'a': '', 'a/b': '' }, 'Playbooks.fromFiles: "a" is a file, and the folder of "a/b"; it cannot be both'],
    ['a path is one of Windows', { 'debian.yaml': '', 'roles\\a': '' }, 'Playbooks.fromFiles: "roles\\\\a" must be a path without'],
    ['a path has a line end', { 'debian.yaml': '', 'a\nb': '' }, 'must be a path without'],
    ['a file is a private key', { 'debian.yaml': '', 'files/id': '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2' }, 'Playbooks.fromFiles: "files/id" holds a private key, which would be readable in Git'],
    ['a path is absolute', { '/a.yaml': '' }, 'Playbooks.fromFiles: "/a.yaml" must be a path without'],
    ['a path leads out', { 'a.yaml': '', 'roles/../../x': '' }, '"roles/../../x" must be a path'],
    ['a file is no text', { 'a.yaml': 5 }, '"a.yaml" must be a text, got a value of type number'],
    ['there is no playbook', { 'inventory.yaml': '', 'roles/a.yaml': '' }, 'holds no playbook; put at least one file'],
  ])('fails when %s', (_, given, message) => {
    expect(errorOf(() => Playbooks.fromFiles(given as any))).toContain(message);
  });

  test('fails when a directory is not there, or holds what is no text', () => {
    expect(() => Playbooks.fromDirectory('/nowhere')).toThrow('Playbooks.fromDirectory("/nowhere"): cannot be read (ENOENT)');
    expect(() => Playbooks.fromDirectory(undefined as any)).toThrow('Playbooks.fromDirectory(nothing): needs a directory');
    expect(errorOf(() => Playbooks.fromDirectory(directory({ 'a.yaml': '', 'files/x.bin': Buffer.from([0xff, 0xfe, 0]) }))))
      .toMatch(/"files\/x.bin" is no text in UTF-8; leave it out, or take the playbooks from Git/);
  });

  test('a link is followed within the directory, and not out of it', () => {
    const root = directory({ 'a.yaml': PLAYBOOK, 'roles/a': 'x' });
    symlinkSync('roles/a', join(root, 'b'));
    expect(Playbooks.fromDirectory(root)._files).toEqual({ 'a.yaml': PLAYBOOK, 'b': 'x', 'roles/a': 'x' });
    symlinkSync(join(directory({ password: 'hunter2' }), 'password'), join(root, 'c'));
    expect(errorOf(() => Playbooks.fromDirectory(root))).toMatch(/: "c" is a link that leads out of the directory; put the file itself there$/);
  });

  test('fails for a link that names nothing', () => {
    const root = directory({ 'a.yaml': PLAYBOOK });
    symlinkSync('nowhere', join(root, 'b'));
    expect(errorOf(() => Playbooks.fromDirectory(root))).toMatch(/: "b" cannot be read \(ENOENT\); if it is a link, what it names is not there$/);
  });

  test('fails when it is no Playbooks', () => {
    expect(() => builder({ playbooks: 'playbooks' as any })).toThrow("'playbooks' must be Playbooks, such as Playbooks.fromDirectory('playbooks')");
  });
});

describe('playbooks of a Git repository', () => {
  test('every option has its effect', () => {
    const options: Required<GitPlaybooks> = {
      url: 'ssh://git@git.example.com:2222/ci/playbooks.git',
      ref: 'v1.0',
      path: 'images/ansible',
      credentials: SecretSource.existing('deploy-key', { keys: ['identity', 'known_hosts'] }),
      image: ContainerImage.parse('quay.io/example/git:1'),
    };
    const { spec } = template(Playbooks.fromGit(options), { registryMirror: 'registry.example.com' });
    const init = named(spec.initContainers, 'playbooks');
    expect(init.image).toBe('registry.example.com/example/git:1');
    expect(init.command).toEqual([
      'sh', '/etc/nodepool-checkout/git_fetch.sh', '--once', '--url', options.url, '--ref', 'v1.0', '--checkout', 'images/ansible', '--out', '/opt/nodepool/playbooks',
      '--ssh-key', '/etc/nodepool-checkout-credentials/identity', '--known-hosts', '/etc/nodepool-checkout-credentials/known_hosts',
    ]);
    expect(named(spec.volumes, 'checkout-credentials').secret).toMatchObject({ secretName: 'deploy-key', items: [{ key: 'identity' }, { key: 'known_hosts' }] });
    expect(spec.initContainers.map((each: any) => each.name)).toEqual(['prepare', 'playbooks']);
    expect(mounts(init)['/etc/passwd']).toBe('passwd');
    expect(environment(container({ spec }, 'nodepool-builder')).DIB_ANSIBLE_DIR).toBe('/opt/nodepool/playbooks/checkout/images/ansible');
  });

  const { chart, builder: part } = withPlaybooks(Playbooks.fromGit(GIT));
  const { spec } = pod(chart, 'StatefulSet');

  test('a public one needs no credentials, and comes by the builder\'s own image', () => {
    const init = named(spec.initContainers, 'playbooks');
    expect(init.image).toBe(container({ spec }, 'nodepool-builder').image);
    expect(init.command.slice(-4)).toEqual(['--checkout', '.', '--out', '/opt/nodepool/playbooks']);
  });

  test('the script is a field, that of a fetched nodepool.yaml, and there is no ConfigMap of playbooks', () => {
    expect(part.checkoutConfigMap?.toJson().data).toEqual({ 'git_fetch.sh': readFileSync('assets/git/git_fetch.sh', 'utf8') });
    expect([part.checkoutConfigMap?.name, part.playbooksConfigMap, part.playbooksSecret]).toEqual(['nodepool-builder-checkout', undefined, undefined]);
  });

  test('the company\'s certificates count', () => {
    const init = named(template(Playbooks.fromGit(GIT), { corporateCa: CorporateCa.fromConfigMapName('ca') }).spec.initContainers, 'playbooks');
    expect(environment(init).GIT_SSL_CAINFO).toBe('/etc/nodepool-ca/ca-bundle.pem');
    expect(mounts(init)['/etc/nodepool-ca']).toBe('ca-bundle');
  });

  test('a user with a password has its own options', () => {
    const init = named(template(Playbooks.fromGit({ ...GIT, credentials: SecretSource.existing('x') })).spec.initContainers, 'playbooks');
    expect(init.command.slice(-4)).toEqual(['--username', '/etc/nodepool-checkout-credentials/username', '--password', '/etc/nodepool-checkout-credentials/password']);
  });

  test('credentials that are rendered have a name of ours', () => {
    const git = { ...GIT, credentials: SecretSource.plainTextInGit({ username: 'ci', password: 'x' }) };
    expect(withPlaybooks(Playbooks.fromGit(git)).builder.playbooksSecret?.name).toBe('nodepool-builder-playbooks-git');
  });

  test('fails when credentials lack a key', () => {
    const git = { ...GIT, credentials: SecretSource.existing('x', { keys: ['token'] }) };
    expect(() => withPlaybooks(Playbooks.fromGit(git))).toThrow("'playbooks.credentials' needs the keys \"username\" and \"password\", got \"token\"");
  });

  test.each<[string, any, string]>([
    ['the address is none', { url: 'git.example.com/x' }, "'url' must be the URL of a Git repository"],
    ['a branch leads elsewhere', { ref: '--upload-pack=x' }, "'ref' must be the name of a branch or tag, or the full hash of a commit"],
    ['there is no branch', { ref: undefined }, "'ref' must be the name of a branch or tag"],
    ['anybody between could change the playbooks', { url: 'http://git.example.com/x' }, "'url' must begin with https:// or ssh://"],
    ['the directory leads out', { path: '../x' }, "'path' must be a directory of the repository"],
    ['ssh has no credentials', { url: 'git@git.example.com:ci/x.git' }, "'credentials' is missing, and ssh lets nobody in"],
    ['credentials are a text', { credentials: 'x' }, "'credentials' must be a SecretSource"],
    ['an option is misspelt', { reff: 'x' }, "'reff' is unknown; did you mean 'ref'?"],
  ])('fails when %s', (_, change, message) => {
    expect(errorOf(() => Playbooks.fromGit({ ...GIT, ...change }))).toContain(`Playbooks.fromGit: ${message}`);
  });

  test('fails when a password is in the address, and shows none of it', () => {
    const secret = randomSecret();
    for (const url of [`https://ci:${secret}@git.example.com/x`, `https://${secret}@git.example.com/x`, `ssh://ci:${secret}@git.example.com/x`]) {
      const message = errorOf(() => Playbooks.fromGit({ ...GIT, url, credentials: SecretSource.existing('x') }));
      expect(message).toContain("'url' holds a user's name or password");
      expectNoSecretValues(message, [secret]);
    }
  });
});

describe('a diskimage that Ansible builds', () => {
  test('names the command with its playbook, and qcow2', () => {
    expect(Diskimages.ansible({ name: 'debian', playbook: 'debian.yaml', release: '12' }))
      .toEqual({ name: 'debian', release: '12', dibCmd: '/usr/local/bin/dib-ansible debian.yaml', formats: ['qcow2'] });
  });

  test('has the formats that it is given, or its parent\'s', () => {
    expect(Diskimages.ansible({ name: 'a', playbook: 'a.yaml', formats: ['raw'] }).formats).toEqual(['raw']);
    expect(Diskimages.ansible({ name: 'a', playbook: 'a.yaml', parent: 'base' }).formats).toBeUndefined();
  });

  test('is taken by a typed configuration, and by one that is added to', () => {
    const image = Diskimages.ansible({ name: 'debian', playbook: 'debian.yaml' });
    const config = new NodepoolConfig({ diskimages: [image] });
    config.addDiskimage(Diskimages.ansible({ name: 'fedora', playbook: 'fedora.yaml' }));
    expect(config._dibCommands()).toEqual([
      { diskimage: 'debian', command: '/usr/local/bin/dib-ansible debian.yaml' }, { diskimage: 'fedora', command: '/usr/local/bin/dib-ansible fedora.yaml' },
    ]);
  });

  test.each<[any, string]>([
    [{ playbook: undefined }, "'playbook' must be the path of a playbook"],
    [{ playbook: '../a.yaml' }, "'playbook' must be the path of a playbook"],
    [{ playbook: 'a.yaml -t vhd' }, "'playbook' must be the path of a playbook"],
    [{ dibCmd: 'x' }, "'dibCmd' is what this sets; leave it out"],
    [{ formats: 'raw' }, "'formats' must be a list, such as ['raw'], got \"raw\""],
    [{ formats: ['vhd', 'raw'] }, "'formats' must be of qcow2, raw, got \"vhd\""],
  ])('fails with %j', (change, message) => {
    expect(errorOf(() => Diskimages.ansible({ name: 'debian', playbook: 'a.yaml', ...change }))).toContain(`Diskimages.ansible("debian"): ${message}`);
  });

  test('fails without anything', () => {
    expect(() => Diskimages.ansible(undefined as any)).toThrow("Diskimages.ansible: needs a map with 'name' and 'playbook', got nothing");
    expect(() => Playbooks.fromGit(null as any)).toThrow("Playbooks.fromGit: needs a map with 'url' and 'ref', got null");
  });
});

describe('diskimages and playbooks are held against each other', () => {
  const config = (command: string) => NodepoolConfig.fromObject({ diskimages: [{ 'name': 'debian', 'dib-cmd': command, 'formats': ['raw'] }] });
  const synth = (command: string, props = {}) => Testing.synth(builder({
    config: config(command), playbooks: Playbooks.fromFiles({ 'debian.yaml': PLAYBOOK }), imageBuilders: [MACHINE], ...props,
  }).chart);

  test.each(['/usr/local/bin/dib-ansible debian.yaml', 'dib-ansible debian.yaml', 'dib-ansible', 'dib-ansible %(NODEPOOL_X).yaml', 'other missing.yaml'])('%s is taken', command => {
    expect(synth(command, { env: { NODEPOOL_X: { value: 'x' } } })).toBeDefined();
  });

  test.each<[string, string, any, string]>([
    ['a playbook is not there', 'dib-ansible debain.yaml', {}, 'diskimages[debian].dib-cmd: \'playbooks\' has no "debain.yaml"; it has debian.yaml'],
    ['there are no playbooks', 'dib-ansible debian.yaml', { playbooks: undefined }, "the builder has no playbooks; give it 'playbooks'"],
    ['there is no machine', 'dib-ansible debian.yaml', { imageBuilders: [] }, 'there is no machine to build on'],
  ])('fails when %s', (_, command, props, message) => {
    expect(errorOf(() => synth(command, props))).toContain(message);
  });

  test('an inventory beside the playbooks will do', () => {
    const playbooks = Playbooks.fromFiles({ 'debian.yaml': PLAYBOOK, 'inventory.yaml': 'all: {}\n' });
    expect(synth('dib-ansible debian.yaml', { playbooks, imageBuilders: [] })).toBeDefined();
  });
});

test.each([['files', Playbooks.fromFiles({ 'debian.yaml': `${PLAYBOOK}# \${X}\n`, 'roles/a/tasks/main.yaml': 'x' })], ['a checkout', Playbooks.fromGit(GIT)]])('a stack with playbooks of %s keeps every rule', (_, playbooks) => {
  const config = new NodepoolConfig({ diskimages: [Diskimages.ansible({ name: 'debian', playbook: 'debian.yaml' })] });
  expectGoodManifests(objects(stack({ config, builder: { playbooks, imageBuilders: [MACHINE], networkPolicy: {} } })), {
    external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }, { kind: 'Secret', name: 'nodepool-builder-ssh-key' }],
  });
});
