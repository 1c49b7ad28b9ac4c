"""zookeeper_watch.py by the clock: its questions are answered by a script of the test, and nothing waits."""

import os
import sys
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
        ask = self.write('ask.sh', 'echo "$@" >> {}; read -r code text < {}; echo "$text"; exit "$code"\n'.format(
            self.path('asked'), self.path('answer')))
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

    def test_after_two_minutes_it_starts_all_the_same(self):
        self.answer(1, 'zk-0: Name or service not known')
        begun = self.now
        while not self.may_start():
            self.assertLess(self.now, begun + 200)
        self.assertEqual(self.now, begun + 120)
        self.assertIn('starting nodepool-launcher all the same', self.lines[-1])

    def test_each_start_waits_anew(self):
        self.answer(1, 'zk-0: Name or service not known')
        while not self.may_start():
            pass
        self.watch.forget()
        self.assertFalse(self.may_start())
        self.assertFalse(self.may_start())

    def test_a_lookup_that_hangs_is_broken_off(self):
        self.write('ask.sh', 'sleep 60')
        with mock.patch.object(zookeeper_watch, 'ANSWER_WITHIN', 0.0):
            self.assertFalse(self.watch.may_start(self.now))
            self.assertFalse(self.watch.may_start(self.now + 1))
            self.assertFalse(self.watch.may_start(self.now + 2))
        self.assertIn('no answer within 0 s; waiting', self.lines[0])

    def test_without_members_nothing_is_asked(self):
        self.watch = self.make(servers=[])
        self.assertTrue(self.watch.may_start(self.now))
        self.assertEqual(self.asked(), [])


class GivesUp(WatchTest):

    def test_a_daemon_that_is_connected_is_left_alone_and_nobody_is_asked(self):
        self.connected(600)
        self.assertEqual(self.asked(), [])

    def test_one_that_was_connected_for_a_moment_only_is_restarted_after_a_minute(self):
        self.answer(0, 'zk-1:2281')
        begun = self.now
        self.assertTrue(self.poll(begun + 300))
        self.assertTrue(60 < self.now - begun <= 80, self.now - begun)
        self.assertEqual(set(self.asked()), {'serves ca.crt tls.crt tls.key zk-0:2281 zk-1:2281'})
        self.assertEqual(self.lines, [
            'nodepool-launcher has no connection to ZooKeeper, though zk-1:2281 serves; it is restarted in 60 s if that lasts',
            'nodepool-launcher has no connection to ZooKeeper, though zk-1:2281 serves; restarting it'])

    def test_one_that_lost_its_connection_has_three_minutes_to_come_back(self):
        self.answer(0, 'zk-1:2281')
        self.connected(60)
        lost = self.now
        self.assertFalse(self.poll(lost + 180))
        self.connected(10)
        lost = self.now
        self.assertTrue(self.poll(lost + 300))
        self.assertTrue(180 < self.now - lost <= 200, self.now - lost)

    def test_while_no_member_serves_it_is_left_alone(self):
        self.answer(1, 'zk-0:2281: Connection refused')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 3600))
        self.assertEqual(self.lines, [])

    def test_the_time_counts_from_when_a_member_serves_again(self):
        self.answer(0, 'zk-1:2281')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 150))
        self.answer(1, 'zk-1:2281: Connection refused')
        self.assertFalse(self.poll(self.now + 60))
        self.answer(0, 'zk-1:2281')
        self.assertFalse(self.poll(self.now + 150))

    def test_restarts_that_do_not_help_become_rare(self):
        self.answer(0, 'zk-1:2281')
        pauses = []
        for _ in range(7):
            begun = self.now
            self.assertTrue(self.poll(begun + 3600))
            pauses.append(self.now - begun)
            self.watch.forget()
        for pause, expected in zip(pauses, (60, 120, 240, 480, 900, 900, 900)):
            self.assertTrue(expected < pause <= expected + 20, pauses)
        self.connected(60)
        self.watch.forget()
        begun = self.now
        self.assertTrue(self.poll(begun + 3600))
        self.assertLessEqual(self.now - begun, 80)

    def test_what_was_answered_before_it_was_connected_again_does_not_count(self):
        self.answer(0, 'zk-1:2281')
        self.connected(60)
        self.assertFalse(self.poll(self.now + 5))
        self.connected(60)
        self.answer(1, 'zk-1:2281: Connection refused')
        self.assertFalse(self.poll(self.now + 600))
        self.assertEqual(self.lines, [])

    def test_a_connection_that_cannot_be_seen_counts_as_one(self):
        self.answer(0, 'zk-1:2281')
        self.sockets = None
        self.assertFalse(self.poll(self.now + 3600))

    def test_without_certificates_nobody_is_asked(self):
        self.watch = self.make(tls=None)
        self.assertFalse(self.poll(self.now + 3600))
        self.assertEqual(self.asked(), [])


if __name__ == '__main__':
    unittest.main()
