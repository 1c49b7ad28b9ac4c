"""prepare.py and the CA bundle that it shares with supervise.py."""

import os
import shutil
import subprocess
import sys
import unittest

from support import POD, TempDirTest, Volume, blocks, make_certificate

import ca_bundle
import prepare

PREPARE = os.path.join(POD, 'prepare.py')
HAS_OTHER_UID = os.geteuid() == 0 and shutil.which('setpriv') and os.access('/usr/bin/python3', os.X_OK)


class PrepareTest(TempDirTest):

    def run_prepare(self, *options, code=0, env=None, prefix=()):
        done = subprocess.run(list(prefix or [sys.executable]) + [PREPARE] + list(options), stderr=subprocess.PIPE,
                              env=dict(os.environ, **(env or {})))
        log = done.stderr.decode()
        self.assertEqual(done.returncode, code, log)
        self.assertNotIn('Traceback', log)
        return log


class Passwd(PrepareTest):

    def passwd(self, text, uid=1000730000, gid=0, home='/var/lib/nodepool'):
        new, _ = prepare.passwd_with_user(text, uid, gid, home)
        return new.splitlines()

    def test_an_unknown_uid_gets_an_entry(self):
        self.assertEqual(self.passwd('root:x:0:0:root:/root:/bin/bash\n'), [
            'root:x:0:0:root:/root:/bin/bash',
            'nodepool:x:1000730000:0:Nodepool:/var/lib/nodepool:/bin/sh'])

    def test_a_known_uid_keeps_its_name_and_shell_and_place(self):
        self.assertEqual(self.passwd('a:x:10001:10001:Some One:/old:/bin/bash\nb:x:2:2::/:/bin/sh\n', uid=10001), [
            'a:x:10001:0:Some One:/var/lib/nodepool:/bin/bash',
            'b:x:2:2::/:/bin/sh'])

    def test_a_name_that_is_taken_gets_the_uid(self):
        lines = self.passwd('nodepool:x:10001:10001::/var/lib/nodepool:/bin/bash\n')
        self.assertEqual(lines[0], 'nodepool:x:10001:10001::/var/lib/nodepool:/bin/bash')
        self.assertEqual(lines[1], 'nodepool-1000730000:x:1000730000:0:Nodepool:/var/lib/nodepool:/bin/sh')

    def test_a_uid_has_one_entry_afterwards(self):
        lines = self.passwd('a:x:7:7::/a:/bin/a\nb:x:7:7::/b:/bin/b\n', uid=7)
        self.assertEqual(lines, ['a:x:7:0::/var/lib/nodepool:/bin/a'])

    def test_an_entry_without_a_shell_gets_one(self):
        self.assertEqual(self.passwd('a:x:7:7::/a:\n', uid=7), ['a:x:7:0::/var/lib/nodepool:/bin/sh'])

    def test_other_lines_pass_unchanged(self):
        self.assertEqual(self.passwd('+::::::\n# note\n')[:2], ['+::::::', '# note'])

    def test_the_file_is_for_the_uid_that_runs_it(self):
        source = self.write('passwd', 'r\u00f6ot:x:{}:9:x:/root:/bin/zsh\n'.format(os.getuid()))
        with open(source, 'ab') as stream:
            stream.write(b'latin:x:77:7:\xe9:/:/bin/sh\n')
        self.run_prepare('--passwd-out', self.path('out'), '--home', '/home/np', env={'PREPARE_PASSWD': source})
        with open(self.path('out'), 'rb') as stream:
            lines = stream.read().splitlines()
        self.assertEqual(lines[0].decode(), 'r\u00f6ot:x:{}:{}:x:/home/np:/bin/zsh'.format(os.getuid(), os.getgid()))
        self.assertEqual(lines[1], b'latin:x:77:7:\xe9:/:/bin/sh')

    def test_an_image_without_passwd_gets_one(self):
        self.run_prepare('--passwd-out', self.path('out'), '--home', '/h', env={'PREPARE_PASSWD': self.path('none')})
        self.assertEqual(self.read('out'), 'nodepool:x:{}:{}:Nodepool:/h:/bin/sh\n'.format(os.getuid(), os.getgid()))

    @unittest.skipUnless(HAS_OTHER_UID and shutil.which('unshare') and shutil.which('ssh-keygen'),
                         "needs root, unshare, ssh-keygen and the system's python3")
    def test_ssh_takes_it_as_any_uid(self):
        os.chmod(self.directory, 0o777)
        shutil.copytree(POD, self.path('pod'))
        other = ['setpriv', '--reuid', '1000730000', '--regid', '0', '--clear-groups']
        subprocess.run(other + ['/usr/bin/python3', self.path('pod', 'prepare.py'), '--passwd-out', self.path('out'),
                                '--home', self.directory], check=True, stderr=subprocess.DEVNULL)
        script = ('mount --bind {0}/out /etc/passwd && exec {1} ssh -G -o UserKnownHostsFile=~/known example.com'
                  .format(self.directory, ' '.join(other)))
        done = subprocess.run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('userknownhostsfile {}/known'.format(self.directory), done.stdout.decode())
        self.assertIn('user nodepool\n', done.stdout.decode())

    def test_fails_when_the_home_is_missing(self):
        self.assertIn('go together', self.run_prepare('--passwd-out', self.path('out'), code=2))


class Directories(PrepareTest):

    def test_missing_directories_are_made_and_twice_does_no_harm(self):
        for _ in range(2):
            self.run_prepare('--mkdir', self.path('a', 'b'), '--mkdir', self.path('c'))
        self.assertTrue(os.path.isdir(self.path('a', 'b')) and os.path.isdir(self.path('c')))

    def test_the_group_may_write(self):
        self.run_prepare('--mkdir', self.path('a'))
        self.assertEqual(os.stat(self.path('a')).st_mode & 0o777, 0o775)

    @unittest.skipUnless(HAS_OTHER_UID, "needs root, setpriv and the system's python3")
    def test_fails_when_not_writable_and_says_whose_it_is(self):
        os.chmod(self.directory, 0o755)
        shutil.copytree(POD, self.path('pod'))
        os.mkdir(self.path('there'))
        for directory in (self.path('new', 'deep'), self.path('there')):
            done = subprocess.run(
                ['setpriv', '--reuid', '10001', '--regid', '123', '--clear-groups', '/usr/bin/python3',
                 self.path('pod', 'prepare.py'), '--mkdir', directory], stderr=subprocess.PIPE)
            log = done.stderr.decode()
            self.assertEqual(done.returncode, 1, log)
            self.assertIn('not writable for uid 10001 gid 123', log)
            self.assertIn('belongs to uid 0 (root) gid 0 (root), mode 0755', log)
            self.assertIn('fsGroup', log)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which('unshare'), 'needs root and unshare')
    def test_fails_on_a_read_only_file_system(self):
        os.mkdir(self.path('ro'))
        script = 'mount -t tmpfs -o ro tmpfs {0}; exec {1} {2} --mkdir {0}'.format(
            self.path('ro'), sys.executable, PREPARE)
        for tail in ('', '/new'):
            done = subprocess.run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script + tail],
                                  stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'is a volume mounted there?', done.stderr)

    def test_fails_when_a_file_is_in_the_way(self):
        path = self.write('file', '')
        self.assertIn('{} is no directory'.format(path), self.run_prepare('--mkdir', path, code=1))
        self.assertIn('{} is no directory'.format(path), self.run_prepare('--mkdir', path + '/below', code=1))


class CaBundle(PrepareTest):

    @classmethod
    def setUpClass(cls):
        cls.a, cls.b, cls.c = (make_certificate(name) for name in 'abc')

    def merge(self, system, source, code=0):
        if isinstance(source, dict):
            shutil.rmtree(self.path('source'), ignore_errors=True)
            Volume(self.path('source'), source)
        env = {ca_bundle.SYSTEM_OVERRIDE: self.write('system', system)}
        return self.run_prepare('--ca-source', self.path('source'), '--ca-bundle-dir', self.path('bundle'), env=env,
                                code=code)

    def bundle(self):
        return self.read('bundle', 'ca-bundle.pem')

    def test_the_systems_come_first_then_the_sources_by_name(self):
        self.merge(self.a, {'2.pem': self.b, '1.pem': self.c})
        self.assertEqual(self.bundle(), self.a + self.c + self.b)
        self.assertEqual(self.read('bundle', 'system.pem'), self.a)

    def test_each_certificate_is_there_once(self):
        self.merge(self.a + self.b + self.a, {'x': self.b, 'y': self.c.replace('\n', '\r\n'), 'z': self.c})
        self.assertEqual(self.bundle(), self.a + self.b + self.c)

    def test_only_certificates_are_taken(self):
        key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n'
        log = self.merge('# comment\n' + self.a, {'x': key + 'subject=b\n' + self.b, 'note.txt': 'the-secret-word'})
        self.assertEqual(self.bundle(), self.a + self.b)
        self.assertIn('note.txt in {} holds no PEM certificate'.format(self.path('source')), log)
        self.assertNotIn('the-secret-word', log)

    def test_a_certificate_that_openssl_refuses_is_left_out(self):
        broken = '-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n'
        nonsense = '-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n'
        log = self.merge(self.a, {'x': broken + self.b + nonsense})
        self.assertEqual(self.bundle(), self.a + self.b)
        self.assertIn('x in {}: 2 of 3 certificates cannot be read'.format(self.path('source')), log)

    def test_a_certificate_that_was_taken_out_of_the_source_goes(self):
        self.merge(self.a, {'x': self.b + self.c})
        inode = os.stat(self.path('bundle', 'ca-bundle.pem')).st_ino
        self.merge(self.a, {'x': self.b})
        self.assertEqual(self.bundle(), self.a + self.b)
        self.assertEqual(os.stat(self.path('bundle', 'ca-bundle.pem')).st_ino, inode)

    def test_the_same_input_leaves_the_file_alone(self):
        self.merge(self.a, {'x': self.b})
        before = os.stat(self.path('bundle', 'ca-bundle.pem')).st_mtime_ns
        self.merge(self.a, {'x': self.b})
        self.assertEqual(os.stat(self.path('bundle', 'ca-bundle.pem')).st_mtime_ns, before)

    def test_a_missing_source_is_like_an_empty_one(self):
        self.merge(self.a, None)
        self.assertEqual(self.bundle(), self.a)

    def test_openssl_reads_the_result(self):
        self.merge(self.a, {'x': self.b})
        verified = subprocess.run(['openssl', 'verify', '-CAfile', self.path('bundle', 'ca-bundle.pem')],
                                  input=self.b.encode(), stdout=subprocess.PIPE)
        self.assertIn(b'OK', verified.stdout)

    def test_fails_when_there_is_no_certificate_at_all(self):
        self.assertIn('neither the system bundle nor', self.merge('', {'x': ''}, code=1))

    def test_fails_when_supervise_finds_no_system_pem(self):
        os.mkdir(self.path('empty'))
        with self.assertRaisesRegex(ca_bundle.CaBundleError, "the init container's prepare.py writes it"):
            ca_bundle.merge(None, self.path('empty'), print)

    def test_this_machines_own_bundle_is_found(self):
        path = ca_bundle.find_system_bundle(self.directory)
        if path is None:
            self.skipTest('this machine has no CA bundle')
        with open(path, 'rb') as stream:
            self.assertTrue(ca_bundle.certificates(stream.read()))

    def test_the_merged_bundle_mounted_over_the_systems_is_not_taken_for_it(self):
        own = self.write('bundle/ca-bundle.pem', self.a)
        os.link(own, self.path('mounted'))
        original = self.write('original', self.a)
        paths = ca_bundle.SYSTEM_BUNDLES
        self.addCleanup(setattr, ca_bundle, 'SYSTEM_BUNDLES', paths)
        ca_bundle.SYSTEM_BUNDLES = (self.path('mounted'), original)
        self.assertEqual(ca_bundle.find_system_bundle(self.path('bundle')), original)

    def test_a_key_in_a_folder_is_found_and_circles_end(self):
        self.write('source/sub/x.pem', self.b)
        os.symlink('..', self.path('source', 'sub', 'up'))
        self.merge(self.a, None)
        self.assertEqual(self.bundle(), self.a + self.b)


if __name__ == '__main__':
    unittest.main()
