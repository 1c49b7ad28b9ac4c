import { Construct } from 'constructs';
import { checkHostKey } from './host-keys';
import { variablesOf } from './machine-variables';
import { YamlMap } from '../config/yaml';
import { checkBoolean, checkCount, checkHost, checkList, shown } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';
import { checkKnownProps, propsOf } from '../workload/known-props';

/**
 * A machine that builds images, which the builder reaches over ssh. Its host keys are declared: an unknown or changed one is refused, since
 * builds run as root there.
 */
export interface ImageBuilder {
  /** Host name or address, as the builder reaches it. */
  readonly host: string;

  /**
   * Its name in Ansible's inventory, and for `ssh`: a-z, 0-9, '-', '_' and '.', no other machine's name, no group's.
   *
   * @default - `host`; an IPv6 address needs a name
   */
  readonly name?: string;

  /**
   * Port of its ssh server.
   *
   * @default 22
   */
  readonly port?: number;

  /**
   * The user to log in as.
   *
   * @default nodepool
   */
  readonly user?: string;

  /**
   * Its public host keys, each in one line as in `/etc/ssh/ssh_host_ed25519_key.pub`: "ssh-ed25519 AAAA…". With "@cert-authority " before
   * it, the key of an authority that signs the machine's own. At least one is needed, unless `trustHostKeyOnFirstUse` is set.
   *
   * @default - none
   */
  readonly hostKeys?: string[];

  /**
   * Takes whatever host key the machine shows at the first connection, and keeps it on the builder's volume; another one later is refused.
   * Whoever answers first in the machine's place is trusted with the builder's images. Not together with `hostKeys`.
   *
   * @default false
   */
  readonly trustHostKeyOnFirstUse?: boolean;

  /**
   * Groups of Ansible's inventory that it belongs to.
   *
   * @default - Ansible's own `all` and `ungrouped`
   */
  readonly groups?: string[];

  /**
   * Its variables in Ansible's inventory, which stands in Git. Host, port and user have props of their own. Private keys are refused, and the
   * value of a name that ends as passwords, secrets, tokens and keys do, unless it is a template that begins with a name, such as
   * "{{ lookup('env', 'BECOME_PASSWORD') }}".
   *
   * @default - none beyond host, port and user
   */
  readonly variables?: { [name: string]: any };
}

/** A machine with every default. */
export interface Machine {
  readonly host: string;
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeys: readonly string[];
  readonly trusted: boolean;
  readonly groups: readonly string[];
  readonly variables: YamlMap;
}

const PROPS = propsOf<ImageBuilder>({
  host: true, name: true, port: true, user: true, hostKeys: true, trustHostKeyOnFirstUse: true, groups: true, variables: true,
});

/** The machines, checked, with every default. */
export function machinesOf(scope: Construct, given: readonly ImageBuilder[] | undefined): Machine[] {
  checkList(scope, 'imageBuilders', given);
  const machines: Machine[] = [];
  checkAll((given ?? []).map((each, index) => () => { machines.push(machineOf(scope, `imageBuilders[${each?.name ?? each?.host ?? index}]`, each)); }));
  checkTogether(scope, machines);
  return machines;
}

function machineOf(scope: Construct, prop: string, given: ImageBuilder): Machine {
  if (typeof given !== 'object' || given === null) { fail(scope, `'${prop}' must be a map such as { host: 'image-builder.example.com', hostKeys: ['ssh-ed25519 AAAA…'] }`); }
  checkAll([
    () => checkKnownProps(scope, prop, given, PROPS),
    () => checkHost(scope, `${prop}.host`, given.host),
    () => { if (given.port !== undefined) { checkCount(scope, `${prop}.port`, given.port, { least: 1, most: 65535 }); } },
    () => checkUser(scope, `${prop}.user`, given.user),
    () => checkHostKeys(scope, prop, given),
    () => checkGroups(scope, `${prop}.groups`, given.groups),
  ]);
  const host = given.host.toLowerCase();
  const name = given.name ?? host;
  if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$/.test(name)) {
    fail(scope, `'${prop}.name' must be a-z, 0-9, '-', '_' and '.', first and last a letter or digit, got ${shown(name)}`);
  }
  return {
    host,
    name,
    port: given.port ?? 22,
    user: given.user ?? 'nodepool',
    hostKeys: (given.hostKeys ?? []).map(key => key.trim()),
    trusted: given.trustHostKeyOnFirstUse ?? false,
    groups: [...given.groups ?? []],
    variables: variablesOf(scope, `${prop}.variables`, given.variables ?? {}),
  };
}

function checkUser(scope: Construct, prop: string, user: unknown): void {
  if (user !== undefined && !(typeof user === 'string' && /^[A-Za-z0-9_][-A-Za-z0-9_.]{0,31}$/.test(user))) {
    fail(scope, `'${prop}' must be a user's name (at most 32 letters, digits, '-', '_' and '.'), got ${shown(user)}`);
  }
}

function checkHostKeys(scope: Construct, prop: string, { host, hostKeys, trustHostKeyOnFirstUse }: ImageBuilder): void {
  checkBoolean(scope, `${prop}.trustHostKeyOnFirstUse`, trustHostKeyOnFirstUse);
  checkList(scope, `${prop}.hostKeys`, hostKeys);
  const keys = hostKeys ?? [];
  if (keys.length === 0 && !trustHostKeyOnFirstUse) {
    fail(scope, `'${prop}.hostKeys' is missing, and without one the machine would be refused; give what "cat /etc/ssh/ssh_host_ed25519_key.pub" prints on ${shown(host)}`);
  }
  if (keys.length > 0 && trustHostKeyOnFirstUse) {
    fail(scope, `'${prop}' has 'hostKeys' and 'trustHostKeyOnFirstUse'; leave out the latter, since the keys are known`);
  }
  checkAll(keys.map((key, index) => () => checkHostKey(scope, `${prop}.hostKeys[${index}]`, key)));
}

function checkGroups(scope: Construct, prop: string, groups: readonly string[] | undefined): void {
  checkList(scope, prop, groups);
  for (const group of groups ?? []) {
    if (typeof group !== 'string' || !/^[A-Za-z_][-A-Za-z0-9_]*$/.test(group) || group === 'all' || group === 'ungrouped') {
      fail(scope, `'${prop}' must be names of groups (letters, digits, '_' and '-', not first a digit; "all" and "ungrouped" are Ansible's), got ${shown(group)}`);
    }
  }
}

/** What ssh and Ansible could not tell apart. */
function checkTogether(scope: Construct, machines: readonly Machine[]): void {
  const groups = new Set(machines.flatMap(machine => machine.groups));
  checkAll(machines.map((machine, index) => () => {
    const others = machines.slice(0, index);
    const { name, host, port } = machine;
    if (others.some(other => other.name === name)) { fail(scope, `'imageBuilders' has the name ${shown(name)} twice; give each machine a 'name' of its own`); }
    if (others.some(other => other.host === host && other.port === port)) { fail(scope, `'imageBuilders' has ${host}:${port} twice; one entry is enough`); }
    if (groups.has(name)) { fail(scope, `'imageBuilders' has the name ${shown(name)} for a machine and for a group; Ansible cannot tell them apart`); }
    if (machine.trusted && machines.some(other => other !== machine && (other.host === host || other.name === host))) {
      fail(scope, `'imageBuilders[${name}].trustHostKeyOnFirstUse' would count for another machine at ${host} too; give both their 'hostKeys'`);
    }
  }));
}
