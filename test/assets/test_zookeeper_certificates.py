"""certificates.sh with real keys, and volumes that change as kubelet changes them."""

import os
import subprocess
import time

from support import Volume, blocks
from zookeeper_fixture import ZOOKEEPER, ZookeeperTest

SCRIPT = os.path.join(ZOOKEEPER, 'certificates.sh')


class CertificatesTest(ZookeeperTest):

    def setUp(self):
        super().setUp()
        self.authority('quorum-ca')
        self.issue('quorum', 'quorum-ca')
        os.mkdir(self.path('out'))
        os.mkdir(self.path('in'))
        self.volumes = {
            'server': Volume(self.path('in', 'server'), self.pair('server')),
            'quorum': Volume(self.path('in', 'quorum'), self.pair('quorum')),
            'client-trust': Volume(self.path('in', 'client-trust'), {'1.crt': self.read('ca.crt')}),
            'quorum-trust': Volume(self.path('in', 'quorum-trust'), {'1.crt': self.read('quorum-ca.crt')}),
        }

    def pair(self, name):
        return {'tls.crt': self.read(name + '.crt'), 'tls.key': self.read(name + '.key')}

    def once(self):
        return subprocess.run(['bash', SCRIPT, 'once', self.path('in'), self.path('out')], stderr=subprocess.PIPE, text=True)

    def follow(self):
        process = subprocess.Popen(['bash', SCRIPT, 'follow', self.path('in'), self.path('out'), '0.1'], stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, what):
        for _ in range(600):
            if what():
                return
            time.sleep(0.05)
        self.fail('not within 30 seconds')

    def refused(self, message):
        done = self.once()
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)
        self.assertFalse(os.path.exists(self.path('out', 'server.pem')))

    def test_certificate_and_key_are_one_file(self):
        self.assertEqual(self.once().returncode, 0)
        pair = self.pair('server')
        self.assertEqual(self.read('out', 'server.pem'), pair['tls.crt'] + pair['tls.key'])
        self.assertEqual(self.read('out', 'client-trust.pem'), self.read('ca.crt'))
        self.assertEqual(os.stat(self.path('out', 'server.pem')).st_mode & 0o777, 0o600)
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['client-trust.pem', 'quorum-trust.pem', 'quorum.pem', 'server.pem'])

    def test_all_authorities_are_trusted(self):
        self.authority('ca2')
        self.volumes['client-trust'].set({'1.crt': self.read('ca.crt'), '2.crt': self.read('ca2.crt')})
        self.assertEqual(self.once().returncode, 0)
        self.assertEqual(blocks(self.read('out', 'client-trust.pem')), 2)
        self.assertEqual(blocks(self.read('out', 'quorum-trust.pem')), 1)

    def test_a_key_that_is_not_pkcs8_is_refused(self):
        for form in (['ec', '-in'], ['rsa', '-traditional', '-in']):
            if form[0] == 'rsa':
                self.issue('server', 'ca', ['-newkey', 'rsa:2048', '-nodes'])
            key = subprocess.run(['openssl', *form, self.path('server.key')], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
            self.assertNotIn('BEGIN PRIVATE KEY', key)
            self.volumes['server'].set({'tls.crt': self.read('server.crt'), 'tls.key': key})
            self.refused('server: tls.key is no unencrypted PKCS#8 key')

    def test_an_edwards_key_is_refused(self):
        self.issue('server', 'ca', ['-newkey', 'ed25519', '-nodes'])
        self.volumes['server'].set(self.pair('server'))
        self.refused('server: tls.key is an Edwards key')

    def test_an_rsa_key_in_pkcs8_is_taken(self):
        self.issue('server', 'ca', ['-newkey', 'rsa:2048', '-nodes'])
        self.volumes['server'].set(self.pair('server'))
        self.assertEqual(self.once().returncode, 0)

    def test_a_pair_that_does_not_belong_together_is_refused(self):
        self.volumes['server'].set({'tls.crt': self.read('server.crt'), 'tls.key': self.read('quorum.key')})
        self.refused('server: tls.crt and tls.key do not belong together')

    def test_what_is_empty_or_no_certificate_is_refused(self):
        self.volumes['server'].set({'tls.crt': '', 'tls.key': self.read('server.key')})
        self.refused('server: tls.crt is missing or empty')
        self.volumes['server'].set({'tls.crt': 'nonsense', 'tls.key': self.read('server.key')})
        self.refused('server: tls.crt is no certificate')

    def test_one_that_is_cut_off_or_damaged_among_others_is_refused_and_changes_nothing(self):
        self.assertEqual(self.once().returncode, 0)
        good = {name: self.read('out', name) for name in os.listdir(self.path('out'))}
        ca, leaf = self.read('ca.crt'), self.pair('server')
        damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
        for name, files, message in (
                ('client-trust', {'1.crt': ca, '2.crt': ca + damaged}, 'client-trust: 2.crt has a certificate that cannot be read, of 2'),
                ('client-trust', {'1.crt': ca + ca[:200]}, 'client-trust: 1.crt has a certificate that cannot be read, of 2 '),
                ('quorum-trust', {'1.crt': ca[:200], '2.crt': ca}, 'quorum-trust: 1.crt has a certificate that cannot be read, of 1 '),
                ('quorum-trust', {'1.crt': ca, '2.crt': 'nonsense'}, 'quorum-trust: 2.crt is no certificate in PEM'),
                ('server', {**leaf, 'tls.crt': leaf['tls.crt'] + damaged}, 'server: tls.crt has a certificate that cannot be read, of 2 '),
                ('quorum', {**leaf, 'tls.crt': leaf['tls.crt'] + ca[:-40]}, 'quorum: tls.crt has a certificate that cannot be read, of 2 ')):
            before = {each: self.read('in', name, each) for each in os.listdir(self.path('in', name)) if not each.startswith('.')}
            self.volumes[name].set(files)
            done = self.once()
            self.assertEqual(done.returncode, 1, message)
            self.assertIn(message, done.stderr)
            self.assertEqual({each: self.read('out', each) for each in os.listdir(self.path('out'))}, good)
            self.volumes[name].set(before)

    def test_a_chain_and_words_between_certificates_are_taken(self):
        self.volumes['client-trust'].set({'1.crt': '# ours\n' + self.read('ca.crt').replace('\n', '\r\n') + '# again\n' + self.read('ca.crt')})
        self.volumes['server'].set({'tls.crt': self.read('server.crt') + self.read('ca.crt'), 'tls.key': self.read('server.key')})
        done = self.once()
        self.assertEqual((done.returncode, done.stderr.count('warning')), (0, 0), done.stderr)

    def test_members_whose_certificate_is_not_among_those_let_in_are_told(self):
        self.authority('ca2')
        self.volumes['client-trust'].set({'1.crt': self.read('ca2.crt')})
        done = self.once()
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, 'server: warning: client-trust does not vouch for its certificate .unable to get local issuer.*ca.crt of its own Secret')
        self.assertNotIn('quorum: warning', done.stderr)
        self.authority('ca3')
        self.volumes['quorum-trust'].set({'1.crt': self.read('ca3.crt')})
        self.assertIn('quorum: warning: quorum-trust does not vouch', self.once().stderr)
        self.volumes['client-trust'].set({'1.crt': self.read('ca2.crt') + self.read('ca.crt')})
        self.assertNotIn('server: warning', self.once().stderr)

    def test_an_authority_of_clients_and_of_the_quorum_is_refused(self):
        self.authority('ca2')
        for name in ('client-trust', 'quorum-trust'):
            own = self.read('in', name, '1.crt')
            other = self.read('quorum-ca.crt' if name == 'client-trust' else 'ca.crt')
            self.assertEqual(self.once().returncode, 0)
            self.volumes[name].set({'1.crt': own + other.replace('\n', '\r\n')})
            done = self.once()
            self.assertEqual(done.returncode, 1)
            self.assertIn(name + ': an authority is in', done.stderr)
            self.assertEqual(self.read('out', name + '.pem'), own)
            self.volumes[name].set({'1.crt': own})

    def test_an_authority_in_a_form_of_openssl_alone_is_refused(self):
        trusted = subprocess.run(['openssl', 'x509', '-trustout', '-in', self.path('ca.crt')], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.volumes['client-trust'].set({'1.crt': trusted})
        done = self.once()
        self.assertEqual(done.returncode, 1)
        self.assertIn('1.crt has a "TRUSTED CERTIFICATE"', done.stderr)

    def test_a_certificate_that_has_ended_is_told(self):
        self.issue('server', 'ca', extensions=['-days', '0'])
        self.volumes['server'].set(self.pair('server'))
        time.sleep(1.5)
        self.assertIn("server: warning: its certificate, or its authority's in client-trust, has expired; renew it", self.once().stderr)

    def test_that_is_said_once(self):
        self.authority('ca2')
        self.volumes['client-trust'].set({'1.crt': self.read('ca2.crt')})
        process = self.follow()
        self.wait_for(lambda: os.path.exists(self.path('out', 'quorum.pem')))
        time.sleep(1)
        process.terminate()
        self.assertEqual(process.stderr.read().count('warning'), 1)

    def test_a_private_key_is_never_trusted(self):
        self.volumes['client-trust'].set({'1.crt': self.read('ca.crt') + self.read('ca.key')})
        done = self.once()
        self.assertEqual(done.returncode, 1)
        self.assertIn('client-trust: there is a private key among the certificates', done.stderr)

    def test_no_message_shows_a_key(self):
        self.volumes['server'].set({'tls.crt': self.read('server.crt'), 'tls.key': self.read('quorum.key')})
        self.assertNotIn(self.read('quorum.key').splitlines()[1], self.once().stderr)

    def test_a_renewed_pair_is_put_in_place_by_a_rename(self):
        self.follow()
        self.wait_for(lambda: os.path.exists(self.path('out', 'quorum.pem')))
        before = os.stat(self.path('out', 'server.pem')).st_ino
        self.issue('server', 'ca')
        self.volumes['server'].set(self.pair('server'))
        self.wait_for(lambda: self.read('out', 'server.pem') == ''.join(self.pair('server').values()))
        self.assertNotEqual(os.stat(self.path('out', 'server.pem')).st_ino, before)

    def test_what_did_not_change_is_left_alone(self):
        self.follow()
        self.wait_for(lambda: os.path.exists(self.path('out', 'quorum.pem')))
        before = [os.stat(self.path('out', name)).st_ino for name in sorted(os.listdir(self.path('out')))]
        # the same content again, as after any change of the Secret's metadata.
        self.volumes['server'].set(self.pair('server'))
        time.sleep(0.5)
        self.assertEqual([os.stat(self.path('out', name)).st_ino for name in sorted(os.listdir(self.path('out')))], before)

    def test_a_bad_renewal_changes_nothing_is_said_once_and_is_mended(self):
        process = self.follow()
        self.wait_for(lambda: os.path.exists(self.path('out', 'quorum.pem')))
        good = self.read('out', 'server.pem')
        self.volumes['server'].set({'tls.crt': self.read('server.crt'), 'tls.key': self.read('quorum.key')})
        time.sleep(1)
        self.assertEqual(self.read('out', 'server.pem'), good)
        self.issue('server', 'ca')
        self.volumes['server'].set(self.pair('server'))
        self.wait_for(lambda: self.read('out', 'server.pem') != good)
        process.terminate()
        self.assertEqual(process.stderr.read().count('do not belong together'), 1)

    def stop(self, *linger):
        process = subprocess.Popen(['bash', SCRIPT, 'follow', self.path('in'), self.path('out'), '60', *linger], stderr=subprocess.DEVNULL)
        self.wait_for(lambda: os.path.exists(self.path('out', 'quorum.pem')))
        time.sleep(0.3)
        process.terminate()
        begun = time.monotonic()
        self.assertEqual(process.wait(timeout=60), 0)
        return time.monotonic() - begun

    def test_sigterm_ends_it_at_once(self):
        # not after the minute of its pause.
        self.assertLess(self.stop(), 20)

    def test_it_lingers_as_long_as_it_is_told_to(self):
        self.assertTrue(1.9 < self.stop('2') < 30)
