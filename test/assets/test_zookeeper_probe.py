"""probe.sh with a member that answers over TLS."""

import os
import subprocess

from zookeeper_fixture import ZOOKEEPER, ZookeeperTest

SCRIPT = os.path.join(ZOOKEEPER, 'probe.sh')
SERVING = {'ruok': 'imok', 'srvr': 'Zookeeper version: 3.9.5\nMode: follower\n'}
WAITING = {'ruok': 'imok', 'srvr': 'This ZooKeeper instance is not currently serving requests\n'}
HUNG = {'ruok': None, 'srvr': None}


class ProbeTest(ZookeeperTest):

    def probe(self, what, port):
        return subprocess.run(['bash', SCRIPT, what, self.path('tls'), str(port)], stderr=subprocess.PIPE, text=True)

    def verdicts(self, port):
        return {what: self.probe(what, port).returncode for what in ('alive', 'ready')}

    def test_a_member_that_serves_is_alive_and_ready(self):
        self.tls_directory()
        self.assertEqual(self.verdicts(self.member(SERVING).port), {'alive': 0, 'ready': 0})

    def test_a_member_without_a_quorum_is_alive_and_not_ready(self):
        self.tls_directory()
        self.assertEqual(self.verdicts(self.member(WAITING).port), {'alive': 0, 'ready': 1})

    def test_a_member_that_hangs_is_neither(self):
        self.tls_directory()
        self.assertEqual(self.verdicts(self.member(HUNG).port), {'alive': 1, 'ready': 1})

    def test_a_member_that_is_not_there_is_neither(self):
        self.tls_directory()
        self.assertEqual(self.verdicts(1), {'alive': 1, 'ready': 1})

    def test_a_member_that_refuses_the_certificate_lives_and_is_not_ready(self):
        self.authority('other')
        self.issue('stranger', 'other')
        self.tls_directory('stranger')
        self.assertEqual(self.verdicts(self.member(SERVING).port), {'alive': 0, 'ready': 1})

    def test_a_certificate_is_shown_with_the_authorities_between(self):
        self.chain()
        self.tls_directory('chained')
        member = self.member(SERVING, certificate='chained')
        self.assertEqual((self.verdicts(member.port), member.asked), ({'alive': 0, 'ready': 0}, ['ruok', 'srvr']))

    def test_what_was_wrong_is_said(self):
        self.tls_directory()
        self.assertIn('not ready: This ZooKeeper instance is not', self.probe('ready', self.member(WAITING).port).stderr)
