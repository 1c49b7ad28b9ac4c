"""start.sh with a command in place of java, and members that answer over TLS at addresses of their own."""

import os
import subprocess
import time

from zookeeper_fixture import ZOOKEEPER, ZookeeperTest

SCRIPT = os.path.join(ZOOKEEPER, 'start.sh')
NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'


def members(weights):
    """The lines of zoo.cfg, and of what a member answers to `conf`: by the ordinals, None for equal votes."""
    lines = ['server.{}=127.0.1.{}:2888:3888'.format(5 - ordinal, ordinal + 1) for ordinal in range(len(weights))]
    if len(set(weights)) > 1:
        lines.append('group.1=' + ':'.join(str(5 - ordinal) for ordinal in range(len(weights))))
        lines += ['weight.{}={}'.format(5 - ordinal, weight) for ordinal, weight in enumerate(weights)]
    return lines


def runs_with(*weights):
    return '\n'.join(['serverId=5', 'membership: ', *(line.replace('3888', '3888:participant') for line in members(weights)), 'version=0', ''])


class StartTest(ZookeeperTest):

    def setUp(self):
        super().setUp()
        self.tls_directory()
        os.mkdir(self.path('data'))
        self.port = None

    def other(self, ordinal, answer):
        """A member of the others; all have one port, as in a cluster, each at an address of its own."""
        member = self.member({'conf': answer}, '127.0.1.{}'.format(ordinal + 1), self.port or 0)
        self.port = member.port
        return member

    def start(self, ordinal, weights=(1, 1, 1), more=''):
        self.write('zoo.cfg', '\n'.join([
            'dataDir={}'.format(self.path('data')),
            'secureClientPort={}'.format(self.port or 1),
            'ssl.keyStore.location={}'.format(self.path('tls', 'server.pem')),
            'ssl.trustStore.location={}'.format(self.path('tls', 'client-trust.pem')),
            # as in the rest of the file, a name that contains another one.
            'xdataDir=/nowhere', more, *members(weights), '',
        ]))
        process = subprocess.Popen(
            ['bash', SCRIPT, self.path('zoo.cfg'), 'sh', '-c', 'echo started as $$'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, 'HOSTNAME': 'nodepool-zookeeper-{}'.format(ordinal)})
        self.addCleanup(process.kill)
        return process

    def finished(self, process, timeout=120):
        out, err = process.communicate(timeout=timeout)
        return process.returncode, out, err

    def has_data(self, weights=None):
        self.write('data/version-2/snapshot.0', 'x')
        if weights:
            self.write('data/weights', weights + '\n')

    def refused(self, process, *words):
        code, out, err = self.finished(process)
        self.assertEqual((code, out), (1, ''), err)
        for word in words:
            self.assertIn(word, err)

    def starts(self, process):
        code, _, err = self.finished(process)
        self.assertEqual(code, 0, err)

    def test_the_first_member_starts_at_once_and_becomes_the_command(self):
        process = self.start(0)
        code, out, err = self.finished(process)
        self.assertEqual((code, out), (0, 'started as {}\n'.format(process.pid)), err)
        self.assertEqual([self.read('data', name) for name in ('myid', 'weights')], ['5\n', '1 1 1 0 0\n'])

    def test_the_number_is_written_over_what_is_there(self):
        self.write('data/myid', '5\n')
        self.starts(self.start(0))
        self.assertEqual(self.read('data', 'myid'), '5\n')

    def test_the_volume_of_another_member_is_refused(self):
        self.write('data/myid', '4\n')
        self.refused(self.start(0), 'belongs to member 1, and this is member 0')

    def test_damaged_files_are_refused_with_what_to_do(self):
        for name, contents in (('myid', ('', '\n', 'abc', '54', '9', '5\n4')), ('weights', ('', '1 1 1', 'garbage x', 'a[$(id)] 1 1 0 0', '1 1 1 0 0\n1'))):
            for content in contents:
                self.write('data/' + name, content)
                self.refused(self.start(0), '{} is damaged: it must hold'.format(name), "delete this member's claims and its pod")
                self.assertEqual(self.read('data', name), content)
            os.unlink(self.path('data', name))

    def test_a_crash_leaves_no_half_of_a_file(self):
        self.starts(self.start(0))
        # what a crash left.
        self.write('data/.weights.new', '1 1')
        self.has_data()
        kept = [open(self.path('data', name)) for name in ('myid', 'weights')]
        self.starts(self.start(0, (2, 1, 1)))
        # who has the old ones open reads them still: nothing was written over them.
        self.assertEqual([stream.read() for stream in kept], ['5\n', '1 1 1 0 0\n'])
        for stream in kept:
            stream.close()
        self.assertEqual(sorted(os.listdir(self.path('data'))), ['myid', 'version-2', 'weights'])
        self.assertEqual(self.read('data', 'weights'), '2 1 1 0 0\n')

    def test_a_member_that_zoo_cfg_does_not_know_is_refused(self):
        self.refused(self.start(3), 'zoo.cfg has no server.2')

    def test_a_volume_that_is_not_there_is_told(self):
        self.refused(self.start(0, more='dataLogDir={}'.format(self.path('nowhere'))), 'nowhere is not writable')

    def test_each_step_from_one_to_three_starts(self):
        self.other(0, runs_with(1))
        self.starts(self.start(1, (1, 0, 0)))
        self.other(2, runs_with(1, 0, 0))
        self.has_data()
        self.starts(self.start(1, (2, 1, 1)))

    def test_each_step_from_three_to_five_starts(self):
        for ordinal in (0, 1, 2):
            self.other(ordinal, runs_with(1, 1, 1))
        self.starts(self.start(4, (1, 1, 1, 0, 0)))
        self.has_data()
        self.starts(self.start(4, (2, 2, 2, 1, 1)))

    def test_new_members_may_join_three_without_copying_first(self):
        for ordinal in (0, 1, 2):
            self.other(ordinal, runs_with(1, 1, 1))
        self.starts(self.start(3, (2, 2, 2, 1, 1)))

    def test_from_one_to_three_at_once_is_refused(self):
        self.other(0, runs_with(1))
        self.refused(self.start(1), "'votingMembers'", 'member 0 runs with 1 0 0 0 0')
        self.assertEqual(os.listdir(self.path('data')), [])

    def test_from_three_to_five_at_once_is_refused(self):
        for ordinal in (0, 1, 2):
            self.other(ordinal, runs_with(1, 1, 1))
        self.refused(self.start(4, (1, 1, 1, 1, 1)), 'runs with 1 1 1 0 0')

    def test_a_step_before_the_last_one_is_over_is_refused(self):
        self.other(0, runs_with(1, 0, 0))
        self.other(1, runs_with(2, 1, 1))
        self.has_data('2 1 1 0 0')
        self.refused(self.start(2), 'member 0 runs with 1 0 0 0 0')

    def test_a_step_too_many_is_refused_where_nobody_answers(self):
        self.has_data('1 1 1 0 0')
        self.refused(self.start(0, (1, 1, 1, 1, 1)), 'this one last ran with 1 1 1 0 0')
        self.refused(self.start(0, (1,)), 'this one last ran with 1 1 1 0 0')
        self.starts(self.start(0))

    def test_back_to_where_it_was_starts(self):
        self.other(0, runs_with(1, 1, 1))
        self.has_data('2 2 2 1 1')
        self.starts(self.start(2))

    def test_data_of_a_time_before_it_was_taken_away_does_not_help(self):
        self.other(0, runs_with(1))
        self.has_data('1 1 1 0 0')
        self.refused(self.start(1), 'member 0 runs with 1 0 0 0 0')

    def test_a_member_that_could_not_find_its_leader_is_told_what_to_do(self):
        self.other(0, runs_with(1))
        self.refused(self.start(1, (2, 1, 1)), "'votingMembers' without 'newMembersVote' first")

    def test_a_member_that_lost_its_volume_starts_where_the_others_serve(self):
        self.other(0, runs_with(1, 1, 1))
        self.other(1, runs_with(1, 1, 1))
        self.starts(self.start(2))

    def test_a_member_with_data_starts_where_nobody_serves(self):
        self.has_data()
        self.starts(self.start(1))

    def test_the_first_member_without_data_waits_for_others_that_were_members(self):
        self.other(1, NOT_SERVING)
        process = self.start(0)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=8)
        process.terminate()
        _, _, err = self.finished(process)
        self.assertIn('has no data, and others were members with it (1)', err)
        self.assertFalse(os.path.exists(self.path('data', 'myid')))

    def test_the_first_member_of_a_new_ensemble_does_not_wait_for_those_without_a_vote(self):
        self.other(1, NOT_SERVING)
        self.starts(self.start(0, (1, 0, 0)))

    def test_the_first_member_without_data_starts_when_the_others_serve(self):
        first = self.other(1, NOT_SERVING)
        process = self.start(0)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=4)
        first.answers['conf'] = runs_with(1, 1, 1)
        self.other(2, runs_with(1, 1, 1))
        self.starts(process)

    def test_the_others_are_asked_with_the_authorities_between(self):
        self.chain()
        self.tls_directory('chained')
        self.other(0, runs_with(1))
        self.refused(self.start(1), 'member 0 runs with 1 0 0 0 0')

    def test_a_new_member_waits_for_the_first_one(self):
        self.other(0, NOT_SERVING)
        begun = time.monotonic()
        self.starts(self.start(1))
        # as long as an ensemble of one needs to find that it is one.
        self.assertGreater(time.monotonic() - begun, 2)

    def test_a_new_member_does_not_start_before_the_first_one_was_heard(self):
        self.other(2, NOT_SERVING)
        process = self.start(1)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(timeout=8)
        process.terminate()
        self.assertEqual(process.wait(timeout=30), 143)
        self.assertFalse(os.path.exists(self.path('data', 'myid')))
