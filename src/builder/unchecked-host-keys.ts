import { Construct } from 'constructs';
import { fail } from '../workload/errors';

/** ssh's options that decide whether host keys are checked, and the values that leave the check on; ssh does not care for their case. */
const CHECKS: ReadonlyMap<string, { readonly option: string; readonly good: readonly string[] }> = new Map([
  ['stricthostkeychecking', { option: 'StrictHostKeyChecking', good: ['yes', 'true', 'ask'] }],
  ['nohostauthenticationforlocalhost', { option: 'NoHostAuthenticationForLocalhost', good: ['no', 'false'] }],
  ['verifyhostkeydns', { option: 'VerifyHostKeyDNS', good: ['no', 'false', 'ask'] }],
  ['knownhostscommand', { option: 'KnownHostsCommand', good: ['none'] }],
]);

/** Refuses lines of ssh's configuration that take a host key that nobody declared, or that may do so unseen. */
export function refuseUncheckedConfig(scope: Construct, prop: string, text: string): void {
  for (const line of text.split('\n')) {
    const words = wordsOf(line);
    if (words[0]?.startsWith('#')) { continue; }
    if (words[0] === 'include') { fail(scope, `'${prop}' has Include, and nobody sees what its file says about host keys; write the file's lines in its place`); }
    refuseUncheckedWords(scope, prop, words);
  }
}

/** Refuses arguments of ssh that take a host key that nobody declared. */
export function refuseUncheckedArguments(scope: Construct, prop: string, text: string): void {
  refuseUncheckedWords(scope, prop, wordsOf(text));
}

function refuseUncheckedWords(scope: Construct, prop: string, words: readonly string[]): void {
  words.forEach((word, index) => {
    // an option may follow its -o without a blank.
    const found = [...CHECKS].find(([name]) => word.endsWith(name))?.[1];
    if (found && !found.good.includes(words[index + 1])) {
      fail(scope, `'${prop}' switches off the check of host keys (${found.option} may be ${found.good[0]} alone);`
        + " declare the machine in 'imageBuilders' with its 'hostKeys', or with 'trustHostKeyOnFirstUse: true'");
    }
  });
}

/** The words as ssh reads them: blanks of any kind and '=' between them, quotes around them or any part of them, capital letters or not. */
function wordsOf(text: string): string[] {
  return text.replace(/["'\\]/g, '').toLowerCase().split(/[\s=]+/).filter(word => word !== '');
}
