"""zookeeper_watch.py by the clock: its questions are answered by a script of the test, and nothing waits."""

import os
import signal
import socket
import sys
import time
import unittest
from unittest import mock

from support import TempDirTest

import zookeeper_watch

TLS = ['ca.crt', 'tls.crt', 'tls.key']


class Lifeline(unittest.TestCase):
    """A socket of the daemon, at moments that the test gives."""

    def setUp(self):
        self.sockets = set()
        self.original = zookeeper_watch.connections
        zookeeper_watch.connections = lambda pid, ports: self.sockets
        self.addCleanup(setattr, zookeeper_watch, 'connections', self.original)
        self.lifeline = zookeeper_watch.Lifeline([2281])

    def test_a_socket_seen_only_once_is_no_connection(self):
        for now in range(10):
            self.sockets = {str(now)}
            self.lifeline.look(1, now)
        self.assertIsNone(self.lifeline.since)

    def test_a_socket_seen_twice_is_one_since_the_first_look(self):
        self.sockets = {'7'}
        self.lifeline.look(1, 10)
        self.lifeline.look(1, 11)
        self.assertEqual((self.lifeline.since, self.lifeline.last), (10, 11))
        self.sockets = set()
        self.lifeline.look(1, 12)
        self.assertEqual((self.lifeline.since, self.lifeline.last), (10, 11))

    def test_what_cannot_be_seen_counts_as_connected(self):
        self.sockets = None
        self.lifeline.look(1, 10)
        self.assertEqual(self.lifeline.last, 10)


class WatchTest(TempDirTest):

    def setUp(self):
        super().setUp()
        # What is asked stands in a file, and another one says how to answer. A shell, since hundreds are asked.
        ask = 'echo "$0 $@" >> {}; read -r code text < {}; echo "$text"; [ "$code" != killed ] || kill -9 $$; exit "$code"'.format(
            self.path('asked'), self.path('answer'))
        self.write('asked', '')
        self.sockets = set()
        for where, name, value in ((zookeeper_watch, 'ASK', ask), (sys, 'executable', '/bin/sh'),
                                   (zookeeper_watch, 'connections', lambda pid, ports: self.sockets)):
            patch = mock.patch.object(where, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.lines = []
        self.watch = self.make()
        self.addCleanup(lambda: self.watch.cancel())
        self.now = 1000.0

    def make(self, servers=('zk-0:2281', 'zk-1:2281'), tls=TLS):
        return zookeeper_watch.ZookeeperWatch(servers, tls, 'nodepool-launcher', self.lines.append)

    def asked(self):
        return self.read('asked').splitlines()

    def answer(self, code, text):
        self.write('answer', '{} {}\n'.format(code, text))

    def collect(self):
        """As the supervisor does."""
        if self.watch._process.pid is not None:
            self.assertTrue(self.watch.ended(*os.waitpid(self.watch._process.pid, 0)))

    def poll(self, until, step=5.0):
        """Look and ask as the supervisor does, until that moment or a restart; True for a restart."""
        while self.now < until:
            self.now += step
            self.watch.lifeline.look(1, self.now)
            if self.watch.gives_up(self.now):
                return True
            self.collect()
        return False

    def connected(self, seconds):
        self.sockets = {'7'}
        self.assertFalse(self.poll(self.now + seconds))
        self.sockets = set()


class MayStart(WatchTest):

    def may_start(self):
        if self.watch.may_start(self.now):
            return True
        self.collect()
        self.now += 1
        return False

    def test_names_that_resolve_quickly_let_the_daemon_start_at_once(self):
        self.answer(0, '')
        self.assertFalse(self.may_start())
        self.assertTrue(self.may_start())
        self.assertEqual(self.asked(), ['names zk-0:2281 zk-1:2281'])
        self.assertEqual(self.lines, [])

    def test_while_they_do_not_it_waits_and_says_why_once(self):
        self.answer(1, 'zk-0: Name or service not known')
        for _ in range(6):
            self.assertFalse(self.may_start())
        self.assertEqual(len(self.lines), 1)
        self.assertIn('zk-0: Name or service not known; waiting', self.lines[0])
        self.answer(1, 'it took 2.3 s to look up zk-0, zk-1')
        for _ in range(3):
            self.assertFalse(self.may_start())
        self.answer(1, 'it took 2.4 s to look up zk-0, zk-1')
        for _ in range(3):
            self.assertFalse(self.may_start())
        self.assertEqual(len(self.lines), 2)
        self.answer(0, '')
        self.assertFalse(self.may_start())
        self.assertTrue(self.may_start())

    def test_after_45_seconds_it_starts_all_the_same(self):
        self.answer(1, 'zk-0: Name or service not known')
        begun = self.now
        while not self.may_start():
            self.assertLess(self.now, begun + 200)
        self.assertEqual(self.now, begun + 45)
        self.assertIn('starting nodepool-launcher all the same', self.lines[-1])

    def test_a_question_that_cannot_be_asked_keeps_no_daemon_down(self):
        for code, text in ((2, 'usage'), ('killed', 'anything')):
            self.answer(code, text)
            self.assertFalse(self.may_start())
            self.assertTrue(self.may_start())
            self.assertIn('can be looked up is not known: {}'.format(text), self.lines[-1])
            self.watch.forget()
        with mock.patch.object(sys, 'executable', '/no/such/python'):
            self.assertFalse(self.may_start())
            self.assertTrue(self.may_start())
        self.assertIn('not known: cannot ask: No such file or directory', self.lines[-1])

    def test_each_start_waits_anew(self):
        self.answer(1, 'zk-0: Name or service not known')
        while not self.may_start():
            pass
        self.watch.forget()
        self.assertFalse(self.may_start())
        self.assertFalse(self.may_start())

    def test_a_lookup_that_hangs_is_broken_off(self):
        with mock.patch.object(zookeeper_watch, 'ANSWER_WITHIN', 0.0), mock.patch.object(zookeeper_watch, 'ASK', 'sleep 60'):
            self.assertFalse(self.watch.may_start(self.now))
            pid = self.watch._process.pid
            self.assertFalse(self.watch.may_start(self.now + 1))
            self.assertFalse(self.watch.may_start(self.now + 2))
            self.assertEqual(os.waitpid(pid, 0)[1], signal.SIGKILL)
        self.assertIn('no answer within 0 s; waiting', self.lines[0])

    def test_no_question_is_left_running_when_it_starts_all_the_same(self):
        with mock.patch.object(zookeeper_watch, 'ASK', 'sleep 60'), mock.patch.object(zookeeper_watch, 'ANSWER_WITHIN', 100.0):
            self.assertFalse(self.watch.may_start(self.now))
            pid = self.watch._process.pid
            self.assertTrue(self.watch.may_start(self.now + 45))
            self.assertEqual(os.waitpid(pid, 0)[1], signal.SIGKILL)

    def test_without_members_nothing_is_asked(self):
        self.watch = self.make(servers=[])
        self.assertTrue(self.watch.may_start(self.now))
        self.assertEqual(self.asked(), [])


class GivesUp(WatchTest):

    def restarted_after(self, most=3600):
        """Seconds until the restart."""
        begun = self.now
        self.assertTrue(self.poll(begun + most), 'not restarted within {} s'.format(most))
        return self.now - begun

    def test_a_daemon_that_is_connected_is_left_alone_and_nobody_is_asked(self):
        self.connected(600)
        self.assertEqual(self.asked(), [])

    def test_one_that_never_was_connected_has_a_minute_to_load_and_half_a_one_to_connect(self):
        self.answer(0, 'zk-1:2281')
        self.assertFalse(self.poll(self.now + 60))
        self.assertEqual((self.asked(), self.lines), ([], []))
        self.assertTrue(30 < self.restarted_after() <= 50)
        self.assertEqual(set(self.asked()), {'serves ca.crt tls.crt tls.key zk-0:2281 zk-1:2281'})
        self.assertEqual(self.lines, [
            'nodepool-launcher has no connection to ZooKeeper, though zk-1:2281 serves; it is restarted in 30 s if that lasts',
            'nodepool-launcher has no connection to ZooKeeper, though zk-1:2281 serves; restarting it'])

    def test_one_that_was_connected_for_a_moment_only_is_restarted_after_half_a_minute(self):
        self.answer(0, 'zk-1:2281')
        self.sockets = {'7'}
        self.assertFalse(self.poll(self.now + 1, step=0.5))
        self.sockets = set()
        self.assertTrue(30 < self.restarted_after() <= 50)

    def test_moments_far_from_each_other_are_no_connection(self):
        self.answer(0, 'zk-1:2281')
        for socket in '78':
            self.sockets = {socket}
            self.assertFalse(self.poll(self.now + 1, step=0.5))
            self.sockets = set()
            self.assertFalse(self.poll(self.now + 10))
        self.assertLessEqual(self.restarted_after(), 50)

    def test_one_that_lost_its_connection_has_five_minutes_to_come_back(self):
        self.answer(0, 'zk-1:2281')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 290))
        self.connected(10)
        self.assertTrue(300 < self.restarted_after() <= 320)

    def test_while_no_member_serves_it_is_left_alone_and_the_log_says_why_once(self):
        self.answer(1, 'zk-0:2281: Connection refused')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 50))
        self.assertEqual(self.lines, [])
        self.assertFalse(self.poll(self.now + 3600))
        self.assertEqual(self.lines, ['nodepool-launcher has no connection to ZooKeeper, and nobody is known to serve; '
                                      'it connects when one does: zk-0:2281: Connection refused'])
        self.connected(60)
        self.assertFalse(self.poll(self.now + 100))
        self.assertEqual(len(self.lines), 2)

    def test_a_question_that_cannot_be_asked_restarts_nothing(self):
        self.connected(60)
        for code in (2, 'killed'):
            self.answer(code, 'zk-1:2281')
            self.assertFalse(self.poll(self.now + 1000))
        with mock.patch.object(sys, 'executable', '/no/such/python'):
            self.assertFalse(self.poll(self.now + 1000))

    def test_the_time_counts_from_when_a_member_serves_again(self):
        self.answer(0, 'zk-1:2281')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 250))
        self.answer(1, 'zk-1:2281: Connection refused')
        self.assertFalse(self.poll(self.now + 60))
        self.answer(0, 'zk-1:2281')
        self.assertFalse(self.poll(self.now + 250))

    def test_restarts_that_do_not_help_become_rare_also_where_it_was_connected_for_a_moment(self):
        self.answer(0, 'zk-1:2281')
        pauses = []
        for _ in range(7):
            self.sockets = {'7'}
            self.assertFalse(self.poll(self.now + 1, step=0.5))
            self.sockets = set()
            pauses.append(self.restarted_after())
            self.watch.forget()
        for pause, expected in zip(pauses, (30, 60, 120, 240, 480, 900, 900)):
            self.assertTrue(expected < pause <= expected + 20, pauses)
        self.connected(60)
        self.assertTrue(300 < self.restarted_after() <= 320, 'a connection that lasted does not count')

    def test_what_was_answered_before_it_was_connected_again_does_not_count(self):
        self.answer(0, 'zk-1:2281')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 5))
        self.connected(60)
        self.answer(1, 'zk-1:2281: Connection refused')
        self.assertFalse(self.poll(self.now + 50))
        self.assertEqual(self.lines, [])

    def test_a_question_is_broken_off_when_it_is_connected_again(self):
        self.connected(60)
        with mock.patch.object(zookeeper_watch, 'ASK', 'sleep 60'):
            self.now += 5
            self.watch.lifeline.look(1, self.now)
            self.assertFalse(self.watch.gives_up(self.now))
            pid = self.watch._process.pid
            self.sockets = {'8'}
            self.watch.lifeline.look(1, self.now + 5)
            self.assertFalse(self.watch.gives_up(self.now + 5))
            self.assertEqual(os.waitpid(pid, 0)[1], signal.SIGKILL)

    def test_a_connection_that_cannot_be_seen_counts_as_one(self):
        self.answer(0, 'zk-1:2281')
        self.sockets = None
        self.assertFalse(self.poll(self.now + 3600))

    def test_without_certificates_nobody_is_asked(self):
        self.watch = self.make(tls=None)
        self.assertFalse(self.poll(self.now + 3600))
        self.assertEqual(self.asked(), [])


class Connections(unittest.TestCase):
    """What /proc says of this very process."""

    def setUp(self):
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(1)
        self.port = self.listener.getsockname()[1]
        self.client = socket.create_connection(('127.0.0.1', self.port))
        self.server = self.listener.accept()[0]
        for each in (self.listener, self.client, self.server):
            self.addCleanup(each.close)

    def inodes(self, *ports):
        return zookeeper_watch.connections(os.getpid(), set(ports))

    def test_a_connection_to_the_port_is_seen_and_one_to_another_is_not(self):
        self.assertEqual(self.inodes(self.port), {str(os.fstat(self.client.fileno()).st_ino)})
        self.assertEqual(self.inodes(1), set())

    def test_one_that_the_other_side_has_closed_does_not_count(self):
        self.server.close()
        end = time.monotonic() + 5
        while self.inodes(self.port) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(self.inodes(self.port), set())

    def test_without_the_tables_nothing_is_known(self):
        def missing(path, *_):
            raise FileNotFoundError(path)
        with mock.patch('builtins.open', missing):
            self.assertIsNone(self.inodes(self.port))


if __name__ == '__main__':
    unittest.main()
