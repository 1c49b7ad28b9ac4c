import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { AnsibleCall } from './ansible-diskimage';
import { addCheckout, refuseOther } from './git-playbooks';
import { Machine } from './image-builder';
import { inventory } from './inventory';
import { configMapKeys, Playbooks } from './playbooks';
import { NodepoolConfig } from '../config';
import { asset } from '../workload/assets';
import { shown } from '../workload/checks';
import { fileConfigMap } from '../workload/config-map';
import { ServicePod } from '../workload/service-pod';

const SCRIPT_DIR = '/etc/nodepool-dib-ansible';
const INVENTORY_DIR = '/etc/nodepool-inventory';
const PLAYBOOKS_DIR = '/opt/nodepool/playbooks';

/** What `dib-ansible` brings into the pod. */
export interface DibAnsibleObjects {
  readonly scripts?: ApiObject;
  readonly playbooks?: ApiObject;
  readonly inventory?: ApiObject;
  readonly checkout?: ApiObject;
  readonly credentials?: ApiObject;
}

/** What goes into the pod. */
interface DibAnsibleInput {
  readonly playbooks?: Playbooks;
  readonly machines: readonly Machine[];
  /** The certificates that git trusts, where the company has its own. */
  readonly caBundle?: { volume: string; path: string };
}

/** Mounts the command, the playbooks and the inventory. Each build reads them anew, so that a change needs no restart. */
export function addDibAnsible(scope: Construct, pod: ServicePod, name: string, input: DibAnsibleInput): DibAnsibleObjects {
  const { playbooks, machines, caBundle } = input;
  if (playbooks !== undefined && !(playbooks instanceof Playbooks)) { refuseOther(scope, playbooks); }
  const inventoryMap = addInventory(scope, pod, name, machines);
  if (playbooks === undefined) { return { inventory: inventoryMap }; }

  const scripts = fileConfigMap(scope, 'DibAnsible', `${name}-dib-ansible`, pod.labels, {
    'dib-ansible': asset('dib-ansible/dib-ansible'),
    'dib_ansible.py': asset('dib-ansible/dib_ansible.py'),
    'build_log.py': asset('dib-ansible/build_log.py'),
    'checked_ssh.py': asset('dib-ansible/checked_ssh.py'),
    'secrets_in_files.py': asset('dib-ansible/secrets_in_files.py'),
  });
  pod.addConfigMap('dib-ansible', scripts.name, SCRIPT_DIR, { executable: true });
  // alone, since the directory has programs of the image. Such a mount does not follow changes, and this file has none.
  pod.addMount({ name: 'dib-ansible', mountPath: '/usr/local/bin/dib-ansible', subPath: 'dib-ansible', readOnly: true });
  if (pod.secretEnvNames.length > 0) { pod.addEnv('DIB_ANSIBLE_SECRETS', pod.secretEnvNames.join(',')); }
  if (playbooks._git) {
    const { directory, configMap, secret } = addCheckout(scope, pod, name, playbooks._git, caBundle);
    pod.addEnv('DIB_ANSIBLE_DIR', directory);
    return { scripts, inventory: inventoryMap, checkout: configMap, credentials: secret };
  }
  pod.addEnv('DIB_ANSIBLE_DIR', PLAYBOOKS_DIR);
  return { scripts, inventory: inventoryMap, playbooks: addFiles(scope, pod, name, playbooks._files!) };
}

/** What cannot work of the diskimages that `dib-ansible` builds, as far as it can be seen. */
export function dibAnsibleProblems(config: NodepoolConfig | undefined, playbooks: Playbooks | undefined, machines: readonly Machine[]): string[] {
  const calls = (config?._dibCommands() ?? []).flatMap(({ diskimage, command }) => AnsibleCall.of(diskimage, command) ?? []);
  const files = playbooks?._files;
  const known = Object.keys(files ?? {}).filter(path => /^[^/]+\.ya?ml$/.test(path)).sort();
  return calls.flatMap(({ diskimage, playbook }) => {
    const where = `diskimages[${diskimage}].dib-cmd`;
    if (playbooks === undefined) { return [`${where} is dib-ansible, and the builder has no playbooks; give it 'playbooks', such as Playbooks.fromDirectory('playbooks')`]; }
    if (files && playbook !== undefined && !(playbook in files)) { return [`${where}: 'playbooks' has no ${shown(playbook)}; it has ${known.join(', ')}`]; }
    if (files && machines.length === 0 && !('inventory.yaml' in files)) {
      return [`${where} is dib-ansible, and there is no machine to build on; declare 'imageBuilders', or put inventory.yaml beside the playbooks`];
    }
    return [];
  });
}

function addInventory(scope: Construct, pod: ServicePod, name: string, machines: readonly Machine[]): ApiObject | undefined {
  if (machines.length === 0) { return undefined; }
  const configMap = fileConfigMap(scope, 'Inventory', `${name}-inventory`, pod.labels, { 'inventory.yaml': inventory(machines) }, "'imageBuilders'");
  pod.addConfigMap('inventory', configMap.name, INVENTORY_DIR);
  pod.addEnv('DIB_ANSIBLE_INVENTORY', `${INVENTORY_DIR}/inventory.yaml`);
  return configMap;
}

function addFiles(scope: Construct, pod: ServicePod, name: string, files: { readonly [path: string]: string }): ApiObject {
  const keys = configMapKeys(Object.keys(files));
  const data = Object.fromEntries([...keys].map(([path, key]) => [key, files[path]]));
  const configMap = fileConfigMap(scope, 'Playbooks', `${name}-playbooks`, pod.labels, data, "'playbooks' of files (a checkout of Playbooks.fromGit may be larger)");
  pod.addConfigMap('playbooks', configMap.name, PLAYBOOKS_DIR, { items: Object.fromEntries([...keys].map(([path, key]) => [key, path])) });
  return configMap;
}
