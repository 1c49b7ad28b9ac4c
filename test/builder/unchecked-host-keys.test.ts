import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builder, errorOf } from '../fixtures';

/** Lines that ssh takes as "check no host key", or as "ask somebody else". */
const OFF = [
  'StrictHostKeyChecking no', '  stricthostkeychecking=accept-new', 'StrictHostKeyChecking = "off"', 'StrictHostKeyChecking false', 'STRICTHOSTKEYCHECKING\tno',
  '"StrictHostKeyChecking" no', 'Strict"HostKeyChecking" no', "StrictHostKeyChecking 'n'\"o\"", '=StrictHostKeyChecking no', '\tStrictHostKeyChecking\t=\tno  ',
  'NoHostAuthenticationForLocalhost yes', 'VerifyHostKeyDNS=yes', 'KnownHostsCommand /bin/echo %H %t %K', 'User x\nStrictHostKeyChecking no',
];
const ON = [
  'StrictHostKeyChecking yes', 'stricthostkeychecking = "ask"', 'StrictHostKeyChecking true', '# StrictHostKeyChecking no', '  #StrictHostKeyChecking=no', 'VerifyHostKeyDNS ask',
  'NoHostAuthenticationForLocalhost no', 'KnownHostsCommand none', 'Match host x user y', 'Host strict', 'UserKnownHostsFile /volume/known_hosts', '',
];

test.each(OFF)('fails when ssh is told %j', line => {
  expect(errorOf(() => builder({ sshConfig: ['Host x', line] }))).toMatch(
    /^\[ci\/Builder\] 'sshConfig\[1\]' switches off the check of host keys \(\w+ may be (yes|no|none) alone\); declare the machine in 'imageBuilders' with its 'hostKeys'/);
});

test.each(ON)('ssh may be told %j', line => {
  expect(() => builder({ sshConfig: [line] })).not.toThrow();
});

test.each(['Include /etc/ssh/company.conf', '  include="x"', 'Match all\nInclude x'])('fails with %j, since nobody sees what is in the file', line => {
  expect(errorOf(() => builder({ sshConfig: [line] }))).toContain("'sshConfig[0]' has Include, and nobody sees what its file says about host keys; write the file's lines in its place");
});

// A machine without ssh reports this as skipped.
const withSsh = spawnSync('ssh', ['-V']).status === 0 ? test : test.skip;

withSsh('the real ssh takes these lines as the tests above say', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ssh-config-'));
  try {
    const checks = (line: string) => {
      writeFileSync(join(directory, 'config'), `${line}\n`);
      const done = spawnSync('ssh', ['-G', '-F', join(directory, 'config'), 'b'], { encoding: 'utf-8' });
      const found = new Map(done.stdout.split('\n').map(each => [each.split(' ')[0], each.slice(each.indexOf(' ') + 1)]));
      const on = ['true', 'ask'].includes(found.get('stricthostkeychecking')!) && found.get('nohostauthenticationforlocalhost') !== 'yes'
        && found.get('verifyhostkeydns') !== 'true' && ['none', '', undefined].includes(found.get('knownhostscommand'));
      return { status: done.status, on };
    };
    expect(OFF.filter(line => checks(line).status === 0 && checks(line).on)).toEqual([]);
    expect(ON.filter(line => checks(line).status !== 0 || !checks(line).on)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
