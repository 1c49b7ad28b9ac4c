"""checked_ssh.py with the real ssh, as far as it tells without connecting."""

import os
import shutil
import subprocess
import sys
import unittest

from support import ASSETS, TempDirTest

import checked_ssh

SCRIPT = os.path.join(ASSETS, 'dib-ansible', 'checked_ssh.py')
CONFIG = '''
Host fast fast.example.com
    HostName fast.example.com
    StrictHostKeyChecking accept-new
    UserKnownHostsFile /volume/first_use /volume/known_hosts
Host careless
    StrictHostKeyChecking no
Host *
    StrictHostKeyChecking yes
    UserKnownHostsFile /volume/known_hosts
    GlobalKnownHostsFile /dev/null
'''


class HostOf(unittest.TestCase):

    def test_the_host_is_found_among_options_and_commands(self):
        for name, line, host in (
                ('ssh', 'b echo c', 'b'), ('ssh', '-vvv -C -o A=b -oC=d -p 22 -tt me@b -o E=f c', 'b'), ('ssh', '-vo A=b -- b', 'b'),
                ('ssh', 'ssh://me@b:22', 'b'), ('ssh', '-O check b', 'b'), ('ssh', '-V', checked_ssh.NOBODY), ('ssh', '-o', checked_ssh.NOBODY),
                ('sftp', '-b - -vvv -o A=b [b]', 'b'), ('sftp', 'me@b:/x', 'b'), ('sftp', 'sftp://me@[fd00::1]:22/x', 'fd00::1'),
                ('scp', '-o A=b /x [b]:/y', 'b'), ('scp', '-P 22 me@b:/x@c /y', 'b'), ('scp', '/x [fd00::1]:/y', 'fd00::1'),
                ('scp', '/x:y z', checked_ssh.NOBODY), ('scp', 'scp://b:22/x y', 'b')):
            self.assertEqual(checked_ssh.host_of(name, line.split()), host, line)


@unittest.skipUnless(shutil.which('ssh'), 'ssh is missing')
class Checked(TempDirTest):

    def setUp(self):
        super().setUp()
        self.config = self.write('config', CONFIG)
        env = {'PATH': os.environ['PATH'], 'DIB_ANSIBLE_SSH_CONFIG': self.config}
        self.bin = checked_ssh.install(env, self.directory)

    def settings(self, *arguments):
        """What the real ssh would do."""
        done = subprocess.run([os.path.join(self.bin, 'ssh'), '-G', *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        return dict(line.partition(' ')[::2] for line in done.stdout.decode().splitlines())

    def test_nothing_that_comes_later_switches_the_check_off(self):
        other = self.write('other', 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n')
        for words in (['-oStrictHostKeyChecking=no'], ['-o', 'stricthostkeychecking false'], ['-o', '"StrictHostKeyChecking"\toff'], ['-F', other],
                      ['-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=accept-new'], ['-o', 'GlobalKnownHostsFile=/x'],
                      ['-o', 'NoHostAuthenticationForLocalhost=yes'], ['-o', 'VerifyHostKeyDNS=yes'], ['-o', 'KnownHostsCommand=/bin/echo %H %t %K']):
            found = self.settings(*words, 'b.example.com')
            self.assertEqual(found['stricthostkeychecking'], 'true', words)
            self.assertEqual((found['userknownhostsfile'], found['globalknownhostsfile']), ('/volume/known_hosts', '/dev/null'), words)
            self.assertEqual((found['nohostauthenticationforlocalhost'], found['verifyhostkeydns']), ('no', 'false'), words)
            self.assertIn(found.get('knownhostscommand', 'none'), ('none', ''), words)

    def test_a_machine_that_is_trusted_on_first_use_stays_so(self):
        for host in ('fast', 'fast.example.com', 'me@fast'):
            found = self.settings('-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', host)
            self.assertEqual(found['stricthostkeychecking'], 'accept-new')
            self.assertEqual(found['userknownhostsfile'], '/volume/first_use /volume/known_hosts')

    def test_a_configuration_that_checks_nothing_is_not_followed(self):
        self.assertEqual(self.settings('careless')['stricthostkeychecking'], 'true')

    def test_a_configuration_that_ssh_does_not_take_stops_it(self):
        self.write('config', 'Nonsense yes\n')
        done = subprocess.run([os.path.join(self.bin, 'ssh'), 'b', 'true'], stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 255)
        self.assertIn(b'dib-ansible: ssh does not take its configuration for b: ', done.stderr)

    def test_an_ssh_that_does_not_know_an_option_is_not_given_it(self):
        old = self.write('old', '#!/bin/sh\ncase "$*" in *KnownHostsCommand*) exit 255 ;; esac\necho userknownhostsfile /a\n')
        os.chmod(old, 0o755)
        values, knows = checked_ssh.configured(old, '', 'b')
        self.assertNotIn('KnownHostsCommand', ' '.join(checked_ssh.checks(values, knows)))
        self.assertIn('UserKnownHostsFile=/a', checked_ssh.checks(values, knows))

    def test_scp_and_sftp_get_the_same_options_first(self):
        for name, operand in (('scp', '[b]:/x'), ('sftp', '[b]')):
            program = self.write('tools/' + name, '#!/bin/sh\nprintf "%s\\n" "$@"\n')
            os.chmod(program, 0o755)
            done = subprocess.run([sys.executable, SCRIPT, name, program, shutil.which('ssh'), self.config, '-oStrictHostKeyChecking=no', operand],
                                  stdout=subprocess.PIPE, check=True)
            words = done.stdout.decode().splitlines()
            self.assertLess(words.index('StrictHostKeyChecking=yes'), words.index('-oStrictHostKeyChecking=no'))
            self.assertIn('UserKnownHostsFile=/volume/known_hosts', words)
