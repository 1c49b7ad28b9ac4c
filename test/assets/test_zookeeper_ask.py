"""zookeeper_ask.py against members that answer as the test says, over TLS with certificates of the test."""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest
from unittest import mock

from support import POD, TempDirTest

import zookeeper_ask

SERVES = b'Zookeeper version: 3.9.5\nLatency min/avg/max: 0/0.0/0\nMode: follower\nNode count: 5\n'


class Names(unittest.TestCase):

    def names(self, *servers, seconds=0.0, unknown=()):
        def lookup(host, *_):
            time.sleep(seconds)
            if host in unknown:
                raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
        with mock.patch.object(socket, 'getaddrinfo', lookup):
            return zookeeper_ask.names(servers)

    def test_names_that_resolve_are_good(self):
        self.assertEqual(self.names('a:2281', 'b:2281'), (True, []))

    def test_one_that_resolves_is_enough_and_the_others_are_named(self):
        self.assertEqual(self.names('a:2281', 'b:2281', unknown=['a']), (True, ['a: Name or service not known']))

    def test_none_that_resolves_is_not(self):
        self.assertFalse(self.names('a:2281', 'b:2281', unknown=['a', 'b'])[0])

    def test_slow_ones_are_not_because_the_client_gives_up_after_a_second_in_all(self):
        good, lines = self.names('a:2281', 'b:2281', seconds=0.3)
        self.assertFalse(good)
        self.assertRegex(lines[0], r'^it took \d+\.\d s to look up a, b$')

    def test_addresses_are_names_too(self):
        self.assertEqual(zookeeper_ask.names(['127.0.0.1:2281', '[::1]:2281']), (True, []))


class Member:
    """A server that wants a client's certificate, reads a word and answers it, as often as it is asked."""

    def __init__(self, tls, answer):
        self.answer = answer
        self.then_hangs = False
        self.asked = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(tls('server.crt'), tls('server.key'))
        self.context.load_verify_locations(tls('ca.crt'))
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(5)
        self.name = '127.0.0.1:{}'.format(self.listener.getsockname()[1])
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                plain = self.listener.accept()[0]
            except OSError:
                return
            try:
                with self.context.wrap_socket(plain, server_side=True) as client:
                    self.asked.append(client.recv(4))
                    if self.answer is None:
                        time.sleep(60)
                    client.sendall(self.answer)
                    if self.then_hangs:
                        time.sleep(60)
            except OSError:
                pass


class Serves(TempDirTest):

    def setUp(self):
        super().setUp()
        self.issue('ca')
        for name in ('server', 'client'):
            self.issue(name, 'ca')

    def issue(self, name, issuer=None):
        command = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                   '-subj', '/CN=' + name, '-keyout', self.path(name + '.key'), '-out', self.path(name + '.crt')]
        if issuer:
            command += ['-CA', self.path(issuer + '.crt'), '-CAkey', self.path(issuer + '.key'),
                        '-addext', 'basicConstraints=critical,CA:FALSE']
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def member(self, answer):
        member = Member(self.path, answer)
        self.addCleanup(member.listener.close)
        return member

    def ask(self, *servers, client='client', ca='ca'):
        return zookeeper_ask.any_serves(
            self.path(ca + '.crt'), self.path(client + '.crt'), self.path(client + '.key'), servers)

    def test_a_member_with_a_mode_serves(self):
        member = self.member(SERVES)
        self.assertEqual(self.ask(member.name), (True, [member.name]))
        self.assertEqual(member.asked, [b'srvr'])

    def test_one_without_a_quorum_does_not(self):
        member = self.member(b'This ZooKeeper instance is not currently serving requests\n')
        self.assertEqual(self.ask(member.name), (False, [
            member.name + ': it says: This ZooKeeper instance is not currently serving requests']))

    def test_one_without_a_quorum_that_lets_read_does_not(self):
        member = self.member(b'READ-ONLY mode; serving only read-only clients\nZookeeper version: 3.9.5\nMode: read-only\nNode count: 5\n')
        self.assertFalse(self.ask(member.name)[0])

    def test_each_mode_with_a_quorum_does(self):
        for mode in (b'leader', b'observer', b'standalone'):
            self.assertTrue(self.ask(self.member(SERVES.replace(b'follower', mode)).name)[0], mode)

    def test_one_that_hangs_after_its_answer_has_answered(self):
        member = self.member(SERVES)
        member.then_hangs = True
        begun = time.monotonic()
        self.assertTrue(self.ask(member.name)[0])
        self.assertLess(time.monotonic() - begun, zookeeper_ask.TIMEOUT)

    def test_one_that_does_not_allow_the_question_counts_as_not_serving(self):
        member = self.member(b'srvr is not executed because it is not in the whitelist.\n')
        good, lines = self.ask(member.name)
        self.assertFalse(good)
        self.assertIn('whitelist', lines[0])

    def test_one_that_serves_is_enough_and_is_named(self):
        serving, waiting = self.member(SERVES), self.member(b'')
        self.assertEqual(self.ask(waiting.name, 'zookeeper.invalid:2281', serving.name), (True, [serving.name]))

    def test_each_that_does_not_says_why(self):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            refusing = '127.0.0.1:{}'.format(free.getsockname()[1])
        silent = self.member(b'')
        good, lines = self.ask(refusing, silent.name)
        self.assertFalse(good)
        self.assertEqual(sorted(lines), sorted([
            refusing + ': Connection refused', silent.name + ': it closed the connection without an answer']))

    def test_one_that_hangs_is_given_up(self):
        member = self.member(None)
        with mock.patch.object(zookeeper_ask, 'TIMEOUT', 0.3):
            self.assertEqual(self.ask(member.name), (False, [member.name + ': no answer within 0.3 s']))

    def test_a_certificate_of_another_authority_is_not_served(self):
        member = self.member(SERVES)
        self.issue('stranger')
        self.assertFalse(self.ask(member.name, client='stranger')[0])
        self.assertEqual(member.asked, [])

    def test_a_member_of_another_authority_is_not_believed(self):
        self.issue('stranger')
        member = self.member(SERVES)
        good, lines = self.ask(member.name, ca='stranger')
        self.assertFalse(good)
        self.assertIn('CERTIFICATE_VERIFY_FAILED', lines[0])
        self.assertEqual(member.asked, [])

    def test_a_certificate_that_cannot_be_read_is_said(self):
        self.assertEqual(self.ask('127.0.0.1:1', client='none'), (False, [
            'the certificate cannot be used: No such file or directory']))

    def test_the_program_does_not_wait_for_those_that_hang(self):
        serving, hanging = self.member(SERVES), self.member(None)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, os.path.join(POD, 'zookeeper_ask.py'), 'serves', self.path('ca.crt'), self.path('client.crt'),
             self.path('client.key'), hanging.name, serving.name], stdout=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stdout.decode()), (0, serving.name + '\n'))
        self.assertLess(time.monotonic() - begun, 4)


class Usage(unittest.TestCase):

    def test_what_is_no_question_says_how_to_ask(self):
        for arguments in ([], ['names'], ['serves', 'a', 'b', 'c'], ['other', 'a:1'], ['names', 'no-port']):
            done = subprocess.run([sys.executable, os.path.join(POD, 'zookeeper_ask.py')] + arguments, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(b'usage: zookeeper_ask.py names', done.stderr)


if __name__ == '__main__':
    unittest.main()
