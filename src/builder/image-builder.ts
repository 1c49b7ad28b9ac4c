import { Construct } from 'constructs';
import { checkHostKey } from './host-keys';
import { fromObject } from '../config/from-object';
import { Problem } from '../config/problem';
import { YamlMap } from '../config/yaml';
import { checkCount, checkHost, checkList, shown } from '../workload/checks';
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
   * Its variables in Ansible's inventory, which stands in Git. Host, port and user have props of their own; a password is refused unless it
   * is a template, such as "{{ lookup('env', 'BECOME_PASSWORD') }}".
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

/** Variables that props set. */
const OWN_VARIABLES: Record<string, string> = {
  ansible_host: 'host', ansible_ssh_host: 'host', ansible_port: 'port', ansible_ssh_port: 'port', ansible_user: 'user', ansible_ssh_user: 'user',
};
const PASSWORD = /^ansible_.*(pass|password)$/;
const NO_HOST_KEY_CHECK = /StrictHostKeyChecking\s*[= ]\s*["']?(no|off|accept-new)\b/i;

/** The machines, checked, with every default. */
export function machinesOf(scope: Construct, given: readonly ImageBuilder[] | undefined): Machine[] {
  checkList(scope, 'imageBuilders', given);
  const machines: Machine[] = [];
  checkAll((given ?? []).map((each, index) => () => { machines.push(machineOf(scope, `imageBuilders[${each?.name ?? each?.host ?? index}]`, each)); }));
  checkTogether(scope, machines);
  return machines;
}

/** Refuses lines of ssh's configuration, or options of a command, that take any host key. */
export function refuseUncheckedHostKeys(scope: Construct, prop: string, text: string): void {
  if (NO_HOST_KEY_CHECK.test(text)) {
    fail(scope, `'${prop}' switches off the check of host keys; declare the machine in 'imageBuilders' with its 'hostKeys', or with 'trustHostKeyOnFirstUse: true'`);
  }
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

/** The values may be secret by mistake, so that no message shows them. */
function variablesOf(scope: Construct, prop: string, given: { [name: string]: any }): YamlMap {
  if (typeof given !== 'object' || Array.isArray(given)) { fail(scope, `'${prop}' must be a map of Ansible's variables`); }
  checkAll(Object.entries(given).map(([name, value]) => () => checkVariable(scope, prop, name, value)));
  const problems: Problem[] = [];
  const data = fromObject(given, problems, prop);
  if (problems.length > 0) { fail(scope, problems.map(({ path, text }) => `'${path}': ${text}`).join('; ')); }
  return data as YamlMap;
}

function checkVariable(scope: Construct, prop: string, name: string, value: unknown): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) { fail(scope, `'${prop}' has ${shown(name)}, which is no name of a variable: letters, digits and '_', not first a digit`); }
  if (OWN_VARIABLES[name]) { fail(scope, `'${prop}.${name}' is what '${OWN_VARIABLES[name]}' sets; use that`); }
  if (PASSWORD.test(name) && !(typeof value === 'string' && value.trim().startsWith('{{'))) {
    fail(scope, `'${prop}.${name}' would stand in Git; give a template that finds it in the builder, such as "{{ lookup('env', 'BECOME_PASSWORD') }}", and set the variable by 'env'`);
  }
  if (/^ansible_(ssh_)?host_key_checking$/.test(name)) {
    fail(scope, `'${prop}.${name}' is ours: host keys are always checked; give 'hostKeys', or 'trustHostKeyOnFirstUse: true'`);
  }
  if (typeof value === 'string' && name.startsWith('ansible_')) { refuseUncheckedHostKeys(scope, `${prop}.${name}`, value); }
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
