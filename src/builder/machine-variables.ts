import { Construct } from 'constructs';
import { refusePrivateKey } from './host-keys';
import { refuseUncheckedArguments } from './unchecked-host-keys';
import { fromObject } from '../config/from-object';
import { Problem } from '../config/problem';
import { YamlMap } from '../config/yaml';
import { shown } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';

/** Variables that props set. */
const OWN_VARIABLES: Record<string, string> = {
  ansible_host: 'host', ansible_ssh_host: 'host', ansible_port: 'port', ansible_ssh_port: 'port', ansible_user: 'user', ansible_ssh_user: 'user',
};

/** Names of what does not belong in Git. */
const SECRET = /(?:password|passwd|passphrase|secret|token)s?$|(?:^|_)(?:pass|pwd)$|(?:api|access|private)_?keys?$/i;

/** The variables of a machine, checked. The values may be secret by mistake, so that no message shows them. */
export function variablesOf(scope: Construct, prop: string, given: { [name: string]: any }): YamlMap {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) { fail(scope, `'${prop}' must be a map of Ansible's variables`); }
  checkAll(Object.keys(given).map(name => () => checkName(scope, prop, name)));
  const problems: Problem[] = [];
  const data = fromObject(given, problems, prop) as YamlMap;
  if (problems.length > 0) { fail(scope, problems.map(({ path, text }) => `'${path}': ${text}`).join('; ')); }
  checkAll([...data].map(([key, value]) => () => {
    const name = String(key);
    checkValue(scope, `${prop}.${name}`, value, SECRET.test(name), name.startsWith('ansible_'));
  }));
  return data;
}

function checkName(scope: Construct, prop: string, name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) { fail(scope, `'${prop}' has ${shown(name)}, which is no name of a variable: letters, digits and '_', not first a digit`); }
  if (OWN_VARIABLES[name]) { fail(scope, `'${prop}.${name}' is what '${OWN_VARIABLES[name]}' sets; use that`); }
  if (/^ansible_((ssh|paramiko)_)?host_key_checking$/.test(name)) {
    fail(scope, `'${prop}.${name}' is ours: host keys are always checked; give 'hostKeys', or 'trustHostKeyOnFirstUse: true'`);
  }
  if (/^ansible_(ssh|scp|sftp)_executable$/.test(name)) {
    fail(scope, `'${prop}.${name}' is ours: dib-ansible has Ansible use a program that checks host keys; leave it out`);
  }
}

/** Looks at a value and at all that is in it. */
function checkValue(scope: Construct, prop: string, value: unknown, secret: boolean, ansibles: boolean): void {
  if (value instanceof Map) {
    checkAll([...value as YamlMap].map(([key, each]) => () => {
      const name = String(key);
      refusePrivateKey(scope, prop, name, "the builder's own key by 'sshKey'");
      checkValue(scope, `${prop}.${name}`, each, secret || SECRET.test(name), ansibles);
    }));
  } else if (Array.isArray(value)) {
    // a list of words is one text to Ansible.
    if (ansibles) { refuseUncheckedArguments(scope, prop, value.filter(each => typeof each === 'string').join(' ')); }
    checkAll(value.map((each, index) => () => checkValue(scope, `${prop}[${index}]`, each, secret, ansibles)));
  } else {
    refusePrivateKey(scope, prop, value, "the builder's own key by 'sshKey'");
    if (secret && !mayStandInGit(value)) {
      fail(scope, `'${prop}' would stand in Git; give a template that finds it in the builder, such as "{{ lookup('env', 'BECOME_PASSWORD') }}", and set the variable by 'env'`);
    }
    if (ansibles && typeof value === 'string') { refuseUncheckedArguments(scope, prop, value); }
  }
}

/** Whether it is nothing, a switch, or a template that finds the value elsewhere: its expressions begin with a name, with no text beside them. */
function mayStandInGit(value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || value === '') { return true; }
  if (typeof value !== 'string') { return false; }
  const expressions = [...value.matchAll(/\{\{[-+]?([^]*?)[-+]?\}\}/g)].map(match => match[1]);
  const beside = value.replace(/\{\{[^]*?\}\}/g, '').trim();
  return beside === '' && expressions.length > 0 && expressions.every(expression => /^[\s(]*[A-Za-z_]/.test(expression));
}
