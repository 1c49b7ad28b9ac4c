import { generateKeyPairSync } from 'node:crypto';
import { ImageBuilder } from '../../src';
import { builder, environment, errorOf, HOST_KEY as KEY, named, objects, pod, privateKey, PUBLIC_KEY, randomSecret } from '../fixtures';
import { expectNoSecretValues, only, parseManifests } from '../manifests';

const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG1zwPWiik/CjPGyw8vxafZL9c6S2X6/g8GCCSDRV+qQ';
/** A key whose fields fit together, with 20 bytes for 32. */
const SHORT = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 20]), Buffer.alloc(20, 7)]).toString('base64');
const HOST = 'image-builder.example.com';

const withMachines = (...imageBuilders: ImageBuilder[]) => builder({ imageBuilders }).chart;
const ssh = (...imageBuilders: ImageBuilder[]) => only(objects(withMachines(...imageBuilders)), 'ConfigMap', 'nodepool-builder-ssh').data;
const inventory = (...imageBuilders: ImageBuilder[]): any =>
  parseManifests(only(objects(withMachines(...imageBuilders)), 'ConfigMap', 'nodepool-builder-inventory').data['inventory.yaml'])[0];
const refusal = (...imageBuilders: any[]) => errorOf(() => builder({ imageBuilders }));

/** The block of a machine in ssh's configuration, before ours. */
function block(config: string, host: string): string[] {
  const lines = config.split('\n');
  const begin = lines.findIndex(line => line.startsWith('Host ') && line.split(' ').includes(host));
  return lines.slice(begin, lines.indexOf('', begin)).map(line => line.trim());
}

test('every prop has its effect', () => {
  const machine: Required<Omit<ImageBuilder, 'trustHostKeyOnFirstUse'>> = {
    host: HOST, name: 'fast', port: 2222, user: 'dib', hostKeys: [KEY, `@cert-authority ${OTHER}`], groups: ['builders'], variables: { ansible_become: true, size: '10G' },
  };
  expect(inventory(machine)).toEqual({
    all: {
      hosts: { fast: { ansible_host: HOST, ansible_port: 2222, ansible_user: 'dib', ansible_become: true, size: '10G' } },
      children: { builders: { hosts: { fast: {} } } },
    },
  });
  expect(ssh(machine).known_hosts).toBe(`[${HOST}]:2222 ${KEY}\n@cert-authority [${HOST}]:2222 ${OTHER}\n`);
  expect(block(ssh(machine).config, 'fast')).toEqual([`Host fast ${HOST}`, `HostName ${HOST}`, 'Port 2222', 'User dib']);
});

describe('a machine with its host and its key alone', () => {
  const machine = { host: 'Image-Builder.example.com', hostKeys: [`${KEY} root@builder\n`] };

  test('is reached as nodepool on port 22', () => {
    expect(inventory(machine)).toEqual({ all: { hosts: { [HOST]: { ansible_host: HOST, ansible_port: 22, ansible_user: 'nodepool' } } } });
  });

  test('is known by its key, under the name that ssh looks for', () => {
    expect(ssh(machine).known_hosts).toBe(`${HOST} ${KEY} root@builder\n`);
  });

  test('keeps the check of host keys', () => {
    expect(ssh(machine).config).not.toMatch(/accept-new|StrictHostKeyChecking (?!yes)/);
  });
});

test('a key is taken at the first use only where a prop says so, and is kept on the volume', () => {
  const config = block(ssh({ host: HOST, trustHostKeyOnFirstUse: true }).config, HOST);
  expect(config.slice(4)).toEqual(['StrictHostKeyChecking accept-new', 'UserKnownHostsFile /var/lib/nodepool/known_hosts_first_use /var/lib/nodepool/.ssh/known_hosts']);
});

test('two machines at one host differ by their ports', () => {
  const machines = [{ host: HOST, hostKeys: [KEY] }, { host: HOST, name: 'second', port: 2222, hostKeys: [OTHER] }];
  expect(ssh(...machines).known_hosts).toBe(`${HOST} ${KEY}\n[${HOST}]:2222 ${OTHER}\n`);
  expect(block(ssh(...machines).config, 'second')[0]).toBe('Host second');
});

test('a machine may share a group with others, and have several', () => {
  expect(inventory({ host: 'a', hostKeys: [KEY], groups: ['x', 'y'] }, { host: 'b', hostKeys: [KEY], groups: ['x'] }).all.children)
    .toEqual({ x: { hosts: { a: {}, b: {} } }, y: { hosts: { a: {} } } });
});

test('the lines of knownHosts and sshConfig stand before those of the machines', () => {
  const { chart } = builder({ imageBuilders: [{ host: HOST, hostKeys: [KEY] }], knownHosts: [`other.example.com ${OTHER}`], sshConfig: ['Host x'] });
  const { known_hosts: knownHosts, config } = only(objects(chart), 'ConfigMap', 'nodepool-builder-ssh').data;
  expect(knownHosts).toBe(`other.example.com ${OTHER}\n${HOST} ${KEY}\n`);
  expect(config.split('\n').slice(0, 2)).toEqual(['Host x', `Host ${HOST}`]);
});

test('Ansible finds the inventory, which is mounted as a directory and so follows changes', () => {
  const { spec } = pod(withMachines({ host: HOST, hostKeys: [KEY] }), 'StatefulSet');
  const main = named(spec.containers, 'nodepool-builder');
  expect(environment(main).DIB_ANSIBLE_INVENTORY).toBe('/etc/nodepool-inventory/inventory.yaml');
  expect(main.volumeMounts).toContainEqual({ name: 'inventory', mountPath: '/etc/nodepool-inventory', readOnly: true });
});

test('without machines there is no inventory', () => {
  expect(builder().builder.inventoryConfigMap).toBeUndefined();
  expect(environment(named(pod(builder().chart, 'StatefulSet').spec.containers, 'nodepool-builder'))).not.toHaveProperty('DIB_ANSIBLE_INVENTORY');
});

describe('host keys', () => {
  test('fails when a machine has none, and says how to get it', () => {
    expect(refusal({ host: HOST })).toBe(`[ci/Builder] 'imageBuilders[${HOST}].hostKeys' is missing, and without one the machine would be refused;`
      + ` give what "cat /etc/ssh/ssh_host_ed25519_key.pub" prints on "${HOST}"`);
  });

  test('fails when a key is known and trusted all the same', () => {
    expect(refusal({ host: HOST, hostKeys: [KEY], trustHostKeyOnFirstUse: true })).toContain("has 'hostKeys' and 'trustHostKeyOnFirstUse'");
  });

  test.each([['is cut', KEY.slice(0, -4)], ['lost its last letter', KEY.slice(0, -1)], ['has another type', KEY.replace('ssh-ed25519', 'ssh-rsa')], ['is made up', PUBLIC_KEY], ['is shorter than its type', `ssh-ed25519 ${SHORT}`]])('fails when a key %s', (_, key) => {
    expect(refusal({ host: HOST, hostKeys: [key] })).toContain(`'imageBuilders[${HOST}].hostKeys[0]' is cut or mistyped`);
  });

  test('fails when a host stands before the key', () => {
    expect(refusal({ host: HOST, hostKeys: [`${HOST} ${KEY}`] })).toContain('begins with a host, as ssh-keyscan prints it; give the key alone');
  });

  test('fails when it is a private key, and shows none of it', () => {
    const key = privateKey();
    expectNoSecretValues(refusal({ host: HOST, hostKeys: [key] }), [key]);
    expect(refusal({ host: HOST, hostKeys: [key] })).toContain("hostKeys[0]' holds a private key");
  });

  test('an RSA key is one', () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    const field = (bytes: Buffer) => { const length = Buffer.alloc(4); length.writeUInt32BE(bytes.length); return Buffer.concat([length, bytes]); };
    const fields = [Buffer.from('ssh-rsa'), Buffer.from(jwk.e!, 'base64url'), Buffer.concat([Buffer.from([0]), Buffer.from(jwk.n!, 'base64url')])];
    const key = `ssh-rsa ${Buffer.concat(fields.map(field)).toString('base64')}`;
    expect(ssh({ host: HOST, hostKeys: [key] }).known_hosts).toBe(`${HOST} ${key}\n`);
  });

  test.each(['false', 'no', 1, null])('fails when trust on first use is %j, which would count as true', value => {
    expect(refusal({ host: HOST, trustHostKeyOnFirstUse: value })).toContain(`trustHostKeyOnFirstUse' must be true or false, got ${JSON.stringify(value)}`);
  });

  test.each<[string, string[]]>([
    ['ecdsa-sha2-nistp256', ['nistp256', 'x'.repeat(65)]], ['ecdsa-sha2-nistp521', ['nistp521', 'x'.repeat(133)]],
    ['sk-ssh-ed25519@openssh.com', ['x'.repeat(32), 'ssh:']], ['sk-ecdsa-sha2-nistp256@openssh.com', ['nistp256', 'x'.repeat(65), 'ssh:']], ['ssh-dss', ['p', 'q', 'g', 'y'.repeat(20)]],
  ])('%s is a type of host key', (type, parts) => {
    const field = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
    const key = `${type} ${Buffer.concat([type, ...parts].map(field)).toString('base64')}`;
    expect(ssh({ host: HOST, hostKeys: [key] }).known_hosts).toBe(`${HOST} ${key}\n`);
  });
});

describe('refusals', () => {
  const machine = { host: HOST, hostKeys: [KEY] };

  test.each<[string, any, string]>([
    ['the host has a port', { ...machine, host: `${HOST}:22` }, "'imageBuilders[image-builder.example.com:22].host' must be a host name or an IP address"],
    ['the port is none', { ...machine, port: 0 }, ".port' must be a whole number, from 1 to 65535, got 0"],
    ['the user is none', { ...machine, user: '-oProxyCommand=x' }, ".user' must be a user's name"],
    ['the name is a pattern', { ...machine, name: 'fast*' }, "'imageBuilders[fast*].name' must be a-z"],
    ['an IPv6 address has no name', { ...machine, host: '2001:db8::1' }, ".name' must be a-z"],
    ['a group is Ansible\'s', { ...machine, groups: ['all'] }, "\"all\" and \"ungrouped\" are Ansible's), got \"all\""],
    ['a prop is misspelt', { ...machine, hostkeys: [KEY] }, "hostkeys' is unknown; did you mean"],
    ['a machine is a text', HOST, "must be a map such as { host: 'image-builder.example.com'"],
    ['a variable has a prop of its own', { ...machine, variables: { ansible_ssh_user: 'x' } }, "variables.ansible_ssh_user' is what 'user' sets; use that"],
    ['a variable switches host keys off', { ...machine, variables: { ansible_host_key_checking: false } }, 'host keys are always checked'],
    ['a variable switches paramiko\'s off', { ...machine, variables: { ansible_paramiko_host_key_checking: false } }, 'host keys are always checked'],
    ['a variable names another ssh', { ...machine, variables: { ansible_ssh_executable: '/usr/bin/ssh' } }, "ansible_ssh_executable' is ours"],
    ['ssh\'s arguments switch host keys off', { ...machine, variables: { ansible_ssh_common_args: '-o StrictHostKeyChecking=no' } }, 'switches off the check of host keys (StrictHostKeyChecking may be yes alone)'],
    ['they do so in another spelling', { ...machine, variables: { ansible_ssh_extra_args: '-vo"stricthostkeychecking\tfalse"' } }, 'switches off the check of host keys'],
    ['they do so as a list', { ...machine, variables: { ansible_ssh_args: ['-o', 'StrictHostKeyChecking', 'no'] } }, 'switches off the check of host keys'],
    ['they do so by a template', { ...machine, variables: { ansible_ssh_args: '-o StrictHostKeyChecking={{ x }}' } }, 'switches off the check of host keys'],
    ['they name a program that gives host keys', { ...machine, variables: { ansible_ssh_args: "-o 'KnownHostsCommand /bin/echo %H %t %K'" } }, 'KnownHostsCommand may be none alone'],
    ['a variable has no name', { ...machine, variables: { 'a-b': 1 } }, 'has "a-b", which is no name of a variable'],
  ])('fails when %s', (_, given, message) => {
    expect(refusal(given)).toContain(message);
  });

  test.each<[string, (secret: string) => any, string]>([
    ['of Ansible', secret => ({ ansible_become_password: secret }), 'ansible_become_password'],
    ['of another name', secret => ({ db_password: secret, dbToken: 'x' }), 'db_password'],
    ['in a map', secret => ({ x: { y: [{ api_key: secret }] } }), 'x.y[0].api_key'],
    ['below a telling name', secret => ({ passwords: { root: [secret] } }), 'passwords.root[0]'],
    ['as a text in a template', secret => ({ ansible_become_pass: `{{ '${secret}' }}` }), 'ansible_become_pass'],
    ['as a text in a template with a filter', secret => ({ ansible_become_pass: `{{- ("${secret}" | string) }}` }), 'ansible_become_pass'],
    ['beside a template', secret => ({ ansible_become_pass: `{{ x }}${secret}` }), 'ansible_become_pass'],
  ])('fails when a password %s would stand in Git, and shows none of it', (_, variables, path) => {
    const secret = randomSecret();
    const message = refusal({ ...machine, variables: variables(secret) });
    expect(message).toContain(`variables.${path}' would stand in Git; give a template`);
    expectNoSecretValues(message, [secret]);
  });

  test('fails when a password is a number', () => {
    expect(refusal({ ...machine, variables: { db_password: 73557355 } })).toMatch(/^(?!.*7355).*db_password' would stand in Git/);
  });

  test.each<[string, (key: string) => any]>([
    ['is a variable', key => ({ text: key })], ['is in a list in a map', key => ({ a: { b: [key] } })], ['is a name', key => ({ a: { [key]: 1 } })],
  ])('fails when a private key %s, and shows none of it', (_, variables) => {
    const key = privateKey();
    const message = refusal({ ...machine, variables: variables(key) });
    expect(message).toContain('holds a private key; give the builder\'s own key by \'sshKey\'');
    expectNoSecretValues(message, [key]);
  });

  test.each<[string, any]>([
    ['a password that is found in the builder', { ansible_become_password: "{{ lookup('env', 'BECOME_PASSWORD') }}" }],
    ['a password that is put together', { x: { db_password: "{{ (a | default('')) }}{{- b -}}" } }],
    ['a switch', { change_password: true, needs_token: false }],
    ['no password', { db_password: '', api_key: null }],
    ['the path of a key', { ansible_ssh_private_key_file: '/run/key', secret_name: 'x', token_url: 'https://x' }],
    ['a check of host keys', { ansible_ssh_common_args: '-o StrictHostKeyChecking=yes -o VerifyHostKeyDNS=no' }],
    ["a file of the image's", { ssh_config_of_the_image: 'StrictHostKeyChecking no' }],
  ])('%s may stand in Git', (_, variables) => {
    expect(inventory({ ...machine, variables }).all.hosts[HOST]).toMatchObject(variables);
  });

  test('fails when two machines are one to ssh or to Ansible, and says all', () => {
    const message = refusal(machine, machine, { ...machine, host: 'a', groups: ['fast'] }, { ...machine, host: 'b', name: 'fast' });
    expect(message).toContain(`'imageBuilders' has the name "${HOST}" twice`);
    expect(message).toContain('has the name "fast" for a machine and for a group');
  });

  test('fails when trust in one machine would count for another', () => {
    expect(refusal(machine, { host: HOST, name: 'b', port: 2222, trustHostKeyOnFirstUse: true })).toContain(`would count for another machine at ${HOST} too`);
  });

  test('fails with every bad machine', () => {
    expect(refusal({ host: 'a' }, machine, { host: 'c' }).match(/imageBuilders\[.\]/g)).toEqual(['imageBuilders[a]', 'imageBuilders[c]']);
  });
});
