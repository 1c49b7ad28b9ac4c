import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { shown } from '../workload/checks';
import { fileConfigMap } from '../workload/config-map';
import { checkAll, fail } from '../workload/errors';
import { ServicePod } from '../workload/service-pod';

const COMMANDS_DIR = '/opt/nodepool/dib-commands';

/** Mounts the scripts that `dib-cmd` names. The builder calls them anew for each build, so a change needs no restart. */
export function addDibCommands(scope: Construct, pod: ServicePod, name: string, commands: { [name: string]: string } = {}): ApiObject | undefined {
  checkAll(Object.entries(commands).map(([command, text]) => () => checkCommand(scope, command, text)));
  if (Object.keys(commands).length === 0) { return undefined; }
  const configMap = fileConfigMap(scope, 'DibCommands', `${name}-dib-commands`, pod.labels, { ...commands }, "'dibCommands' together");
  pod.addConfigMap('dib-commands', configMap.name, COMMANDS_DIR, { executable: true });
  return configMap;
}

function checkCommand(scope: Construct, command: string, text: unknown): void {
  if (!/^[a-zA-Z0-9][-._a-zA-Z0-9]{0,252}$/.test(command)) {
    fail(scope, `'dibCommands' has the name ${shown(command)}; a name is a letter or digit, then at most 252 letters, digits, '-', '_' and '.'`);
  }
  if (typeof text !== 'string' || !text.startsWith('#!')) {
    fail(scope, `'dibCommands.${command}' must be the text of a script that begins with "#!", such as "#!/bin/bash"; read a file with readFileSync`);
  }
  if (text.includes('\r')) {
    // the kernel would look for an interpreter whose name ends in a carriage return.
    fail(scope, `'dibCommands.${command}' must have line ends of LF alone, got CR; save it so, or hand in text.replace(/\\r/g, '')`);
  }
}
