import { AUTHORITY } from './host-keys';
import { Machine } from './image-builder';
import { writeYaml, YamlMap } from '../config/yaml';
import { HOME } from '../service/nodepool-service';

/** Host keys that were taken at the first connection: on the builder's volume, so that another key is refused for good. */
const FIRST_USE_FILE = `${HOME}/known_hosts_first_use`;

/** Ansible's inventory of the machines. */
export function inventory(machines: readonly Machine[]): string {
  const hosts: YamlMap = new Map(machines.map(machine => [machine.name, new Map<string, any>([
    ['ansible_host', machine.host],
    ['ansible_port', machine.port],
    ['ansible_user', machine.user],
    ...machine.variables as Map<string, any>,
  ])]));
  const groups = [...new Set(machines.flatMap(machine => machine.groups))].sort();
  const children: YamlMap = new Map(groups.map(group => [group, new Map([
    ['hosts', new Map(machines.filter(machine => machine.groups.includes(group)).map(machine => [machine.name, new Map()]))],
  ])]));
  return writeYaml(new Map([['all', new Map([['hosts', hosts], ...(groups.length > 0 ? [['children', children] as [string, YamlMap]] : [])])]]));
}

/** The machines' lines of known_hosts. */
export function knownHostLines(machines: readonly Machine[]): string[] {
  return machines.flatMap(({ host, port, hostKeys }) => {
    const pattern = port === 22 ? host : `[${host}]:${port}`;
    return hostKeys.map(key => key.startsWith(AUTHORITY) ? `${AUTHORITY}${pattern} ${key.slice(AUTHORITY.length).trim()}` : `${pattern} ${key}`);
  });
}

/** The machines' part of ssh's configuration, for those who call ssh themselves; Ansible has all but the last two from its inventory. */
export function sshConfigLines(machines: readonly Machine[]): string[] {
  return machines.flatMap(machine => {
    const { name, host, port, user } = machine;
    const shared = machines.some(other => other !== machine && (other.host === host || other.name === host));
    return [
      `Host ${name}${name === host || shared ? '' : ` ${host}`}`,
      `    HostName ${host}`,
      `    Port ${port}`,
      `    User ${user}`,
      ...(machine.trusted ? [
        '    StrictHostKeyChecking accept-new',
        `    UserKnownHostsFile ${FIRST_USE_FILE} ${HOME}/.ssh/known_hosts`,
      ] : []),
      '',
    ];
  });
}
