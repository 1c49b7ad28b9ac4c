import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { checkKnownHost, checkPublicKey, refusePrivateKey } from './host-keys';
import { ImageBuilder, Machine, machinesOf } from './image-builder';
import { knownHostLines, sshConfigLines } from './inventory';
import { refuseUncheckedConfig } from './unchecked-host-keys';
import { BoundSecret } from '../credentials/secret-kind';
import { SecretSource } from '../credentials/secret-source';
import { SshKeyPair } from '../credentials/ssh-key-pair';
import { HOME } from '../service/nodepool-service';
import { KEEP } from '../workload/annotations';
import { asset } from '../workload/assets';
import { fileConfigMap } from '../workload/config-map';
import { checkAll, fail } from '../workload/errors';
import { propsOf } from '../workload/known-props';
import { ServicePod } from '../workload/service-pod';

/** Where ssh looks for its configuration: a read-only mount inside the builder's volume. */
export const SSH_DIR = `${HOME}/.ssh`;

const KEY_DIR = '/var/lib/nodepool-ssh-key';
const ZUUL_KEY_DIR = '/var/lib/zuul-ssh-key';
const ZUUL_SPARE_KEY_DIR = '/var/lib/zuul-spare-ssh-key';

/** How the builder reaches the image-builder machines over ssh. */
export interface BuilderSshOptions {
  /**
   * The builder's own key: a Secret with the keys `priv` and `pub`, as `ssh-keygen` writes them. `SshKeyPair` has sources that make one.
   *
   * @default - the Secret `<instance>-builder-ssh-key` exists
   */
  readonly sshKey?: SecretSource;

  /**
   * The machines that build images. Each is in Ansible's inventory, in `known_hosts` and in ssh's configuration.
   *
   * @default - no machine is declared; enough for images that are built in the pod
   */
  readonly imageBuilders?: ImageBuilder[];

  /**
   * More host keys, as lines of a `known_hosts` file, before those of `imageBuilders`. A machine without a line is refused: nothing is
   * trusted on first use.
   *
   * @default - the keys of `imageBuilders` alone
   */
  readonly knownHosts?: string[];

  /**
   * Lines for the ssh client's configuration, before ours, such as a `Host` block with `Port` and `User`. ssh takes the first value that
   * it finds. Host keys are always checked: a line that says otherwise is an error, and so is `Include`, whose file nobody sees.
   *
   * @default - the machines of `imageBuilders`, and our configuration
   */
  readonly sshConfig?: string[];

  /**
   * Zuul's public key, for images that let Zuul in: the file `/var/lib/zuul-ssh-key/pub`.
   *
   * @default - no file
   */
  readonly zuulPublicKey?: string;

  /**
   * Zuul's next public key, while the two overlap: the file `/var/lib/zuul-spare-ssh-key/pub`.
   *
   * @default - no file
   */
  readonly zuulSparePublicKey?: string;
}

/** The names of the settings of ssh. */
export const SSH_OPTIONS = propsOf<BuilderSshOptions>({
  sshKey: true, imageBuilders: true, knownHosts: true, sshConfig: true, zuulPublicKey: true, zuulSparePublicKey: true,
});

/** Mounts keys, known hosts and configuration where ssh looks for them. ssh reads them at each connection, so nothing needs a restart. */
export function addSsh(scope: Construct, pod: ServicePod, instanceName: string, options: BuilderSshOptions):
{ key: BoundSecret; configMap: ApiObject; zuulKeysConfigMap?: ApiObject; machines: Machine[] } {
  const name = `${instanceName}-builder`;
  checkLines(scope, options);
  const machines = machinesOf(scope, options.imageBuilders);
  const knownHosts = [...(options.knownHosts ?? []).map(line => line.trim()), ...knownHostLines(machines)];
  const config = [...options.sshConfig ?? [], ...sshConfigLines(machines), asset('ssh/config')].join('\n');
  const files = { config, known_hosts: knownHosts.map(line => `${line}\n`).join('') };
  const given = `${machines.length > 0 ? "'imageBuilders', " : ''}'knownHosts' and 'sshConfig' together`;
  const configMap = fileConfigMap(scope, 'Ssh', `${name}-ssh`, pod.labels, files, given);
  pod.addConfigMap('ssh', configMap.name, SSH_DIR);

  if (options.sshKey !== undefined && !(options.sshKey instanceof SecretSource)) {
    fail(scope, "'sshKey' must be a SecretSource, such as SecretSource.existing('nodepool-builder-ssh-key')");
  }
  const keyName = `${instanceName}-builder-ssh-key`;
  const key = (options.sshKey ?? SshKeyPair.existing(keyName))._bind(scope, 'SshKey', {
    prop: 'sshKey', name: keyName, labels: pod.labels, annotations: KEEP, requiredKeys: ['priv', 'pub'], pod,
  });
  pod.addSecret('ssh-key', key.secretName, KEY_DIR);
  return { key, configMap, machines, zuulKeysConfigMap: addZuulKeys(scope, pod, `${name}-zuul-keys`, options) };
}

function addZuulKeys(scope: Construct, pod: ServicePod, name: string, options: BuilderSshOptions): ApiObject | undefined {
  const keys = { pub: options.zuulPublicKey, spare: options.zuulSparePublicKey };
  const data: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(keys)) {
    if (value !== undefined) { data[key] = `${value.trim()}\n`; }
  }
  if (Object.keys(data).length === 0) { return undefined; }
  const configMap = fileConfigMap(scope, 'ZuulKeys', name, pod.labels, data, "'zuulPublicKey' and 'zuulSparePublicKey' together");
  if (data.pub) { pod.addConfigMap('zuul-key', name, ZUUL_KEY_DIR, { items: { pub: 'pub' } }); }
  if (data.spare) { pod.addConfigMap('zuul-spare-key', name, ZUUL_SPARE_KEY_DIR, { items: { spare: 'pub' } }); }
  return configMap;
}

/** Refuses what ssh would not read. What was given may be a private key by mistake, so that no message shows it. */
function checkLines(scope: Construct, options: BuilderSshOptions): void {
  const lines = (prop: 'knownHosts' | 'sshConfig') => (Array.isArray(options[prop]) ? options[prop] : []).map((line, index) => ({ line, prop: `${prop}[${index}]` }));
  checkAll([
    ...(['knownHosts', 'sshConfig'] as const).map(prop => () => {
      if (options[prop] !== undefined && !Array.isArray(options[prop])) { fail(scope, `'${prop}' must be a list of lines`); }
    }),
    ...(['zuulPublicKey', 'zuulSparePublicKey'] as const).map(prop => () => { if (options[prop] !== undefined) { checkPublicKey(scope, prop, options[prop]); } }),
    ...lines('knownHosts').map(({ line, prop }) => () => checkKnownHost(scope, prop, line)),
    ...lines('sshConfig').map(({ line, prop }) => () => {
      if (typeof line !== 'string') { fail(scope, `'${prop}' must be a line of ssh's configuration`); }
      refusePrivateKey(scope, prop, line, "lines of ssh's configuration");
      refuseUncheckedConfig(scope, prop, line);
    }),
  ]);
}
