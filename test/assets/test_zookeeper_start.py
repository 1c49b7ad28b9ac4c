"""start.sh with a command in place of java, and members that answer over TLS at addresses of their own."""

import os
import subprocess
import time

from zookeeper_fixture import ZOOKEEPER, ZookeeperTest

SCRIPT = os.path.join(ZOOKEEPER, 'start.sh')
NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'
# The metrics have it with a fraction.
SIZE = 'zk_version\t3.9.5\nzk_quorum_size\t{}.0\n'


class StartTest(ZookeeperTest):

    def setUp(self):
        super().setUp()
        self.tls_directory()
        os.mkdir(self.path('data'))
        self.port = None

    def other(self, number, answer):
        """A member of the others; all have one port, as in a cluster, each at an address of its own."""
        member = self.member({'mntr': answer}, '127.0.1.{}'.format(number), self.port or 0)
        self.port = member.port
        return member

    def start(self, ordinal, members=3, voting=None, more=''):
        weights = '' if voting is None else ''.join('weight.{}={}\n'.format(k + 1, int(k < voting)) for k in range(members))
        self.write('zoo.cfg', ''.join([
            'dataDir={}\n'.format(self.path('data')),
            'secureClientPort={}\n'.format(self.port or 1),
            'ssl.keyStore.location={}\n'.format(self.path('tls', 'server.pem')),
            'ssl.trustStore.location={}\n'.format(self.path('tls', 'client-trust.pem')),
            # as in the rest of the file, a name that contains another one.
            'xdataDir=/nowhere\n', more,
            *('server.{0}=127.0.1.{0}:2888:3888\n'.format(k + 1) for k in range(members)), weights,
        ]))
        process = subprocess.Popen(
            ['bash', SCRIPT, self.path('zoo.cfg'), 'sh', '-c', 'echo started as $$'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, 'HOSTNAME': 'nodepool-zookeeper-{}'.format(ordinal)})
        self.addCleanup(process.kill)
        return process

    def finished(self, process, timeout=120):
        out, err = process.communicate(timeout=timeout)
        return process.returncode, out, err

    def has_data(self):
        self.write('data/version-2/snapshot.0', 'x')

    def test_the_first_member_starts_at_once_and_becomes_the_command(self):
        process = self.start(0)
        code, out, err = self.finished(process)
        self.assertEqual((code, out), (0, 'started as {}\n'.format(process.pid)), err)
        self.assertEqual(self.read('data', 'myid'), '1\n')

    def test_the_number_is_written_over_what_is_there(self):
        self.write('data/myid', '1\n')
        self.finished(self.start(0))
        self.assertEqual(self.read('data', 'myid'), '1\n')

    def test_the_volume_of_another_member_is_refused(self):
        self.write('data/myid', '2\n')
        code, _, err = self.finished(self.start(0))
        self.assertEqual(code, 1)
        self.assertIn('belongs to member 2, and this is member 1', err)

    def test_a_member_that_zoo_cfg_does_not_know_is_refused(self):
        code, _, err = self.finished(self.start(3))
        self.assertEqual(code, 1)
        self.assertIn('zoo.cfg has no server.4', err)

    def test_a_volume_that_is_not_there_is_told(self):
        code, _, err = self.finished(self.start(0, more='dataLogDir={}\n'.format(self.path('nowhere'))))
        self.assertEqual(code, 1)
        self.assertIn('nowhere is not writable', err)

    def test_new_members_that_would_be_the_majority_are_refused(self):
        self.other(1, SIZE.format(1))
        for ordinal in (1, 2):
            code, out, err = self.finished(self.start(ordinal))
            self.assertEqual((code, out), (1, ''))
            self.assertIn("Commit 'votingMembers: 1' beside 'members: 3' first", err)
            self.assertFalse(os.path.exists(self.path('data', 'myid')))

    def test_old_data_of_a_time_before_it_was_taken_away_does_not_help(self):
        self.other(1, SIZE.format(1))
        self.has_data()
        self.assertEqual(self.finished(self.start(1))[0], 1)

    def test_new_members_without_a_vote_start(self):
        member = self.other(1, SIZE.format(1))
        self.assertEqual(self.finished(self.start(1, voting=1))[0], 0)
        self.assertEqual(member.asked, [])

    def test_two_new_members_of_five_start(self):
        for number in (1, 2, 3):
            self.other(number, SIZE.format(3))
        self.assertEqual(self.finished(self.start(4, members=5))[0], 0)

    def test_four_new_members_of_five_are_refused(self):
        self.other(1, SIZE.format(1))
        code, _, err = self.finished(self.start(4, members=5))
        self.assertEqual(code, 1)
        self.assertIn('4 of the 5', err)

    def test_a_member_that_lost_its_volume_starts_where_the_others_serve(self):
        self.other(1, SIZE.format(3))
        self.assertEqual(self.finished(self.start(2))[0], 0)

    def test_a_member_with_data_starts_where_nobody_serves(self):
        self.has_data()
        self.assertEqual(self.finished(self.start(1))[0], 0)

    def test_a_new_member_waits_for_the_first_one(self):
        self.port = self.other(1, NOT_SERVING).port
        begun = time.monotonic()
        self.assertEqual(self.finished(self.start(1))[0], 0)
        # as long as an ensemble of one needs to find that it is one.
        self.assertGreater(time.monotonic() - begun, 2)

    def test_a_new_member_does_not_start_before_the_first_one_was_heard(self):
        self.port = self.other(3, NOT_SERVING).port
        process = self.start(1)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=8)
        process.terminate()
        self.assertEqual(process.wait(timeout=30), 143)
        self.assertFalse(os.path.exists(self.path('data', 'myid')))
