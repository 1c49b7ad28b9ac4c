"""supervise.py, with real processes and signals."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import unittest

from support import POD, TempDirTest, Volume, blocks, make_certificate

SUPERVISE = os.path.join(POD, 'supervise.py')

# A daemon that notes in a file what happens to it, and stops as its flags say.
DAEMON = textwrap.dedent('''
    import os, signal, socket, subprocess, sys, time
    notes, options = sys.argv[1], dict(pair.split("=") for pair in sys.argv[2:])
    def note(text):
        with open(notes, "a") as stream:
            stream.write(text + "\\n")
    def on_int(number, frame):
        note("SIGINT")
        time.sleep(float(options.get("stop", 0)))
        note("stopped")
        sys.exit(int(options.get("code", 0)))
    signal.signal(signal.SIGINT, signal.SIG_IGN if "deaf" in options else on_int)
    if options.get("deaf") == "kill":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for name in ("SIGHUP", "SIGUSR1", "SIGUSR2"):
        signal.signal(getattr(signal, name), lambda number, frame: note(signal.Signals(number).name))
    if "build" in options:
        subprocess.Popen(["sh", "-c", "trap 'echo build interrupted >> {0}' INT TERM; sleep {1}; echo build done >> {0}"
                          .format(notes, options["build"])])
    connections = []
    def connect():
        connections.append(socket.create_connection(("127.0.0.1", int(options["connect"]))))
    if "connect" in options:
        connect()
    note("up {}".format(os.getpid()))
    if "exit" in options:
        sys.exit(int(options["exit"]))
    while True:
        time.sleep(0.05)
        if connections and "lose" in options:
            connections.pop().close()
''')


def wait_until(probe, what, timeout=8):
    end = time.monotonic() + timeout
    while not probe():
        if time.monotonic() > end:
            raise AssertionError('not seen in time: ' + what)
        time.sleep(0.02)


class SuperviseTest(TempDirTest):

    def setUp(self):
        super().setUp()
        self.daemon_py = self.write('daemon.py', DAEMON)
        self.notes_file = self.path('notes')
        self.process = None
        self.log = ''

    def tearDown(self):
        # After a failure: nothing that was started may outlive the test.
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.ups():
            try:
                with open('/proc/{}/cmdline'.format(pid)) as stream:
                    if self.daemon_py in stream.read():
                        os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        super().tearDown()

    def command(self, options, script=SUPERVISE, **daemon):
        return ([sys.executable, script, '--poll', '0.05'] + list(options) + ['--', sys.executable, self.daemon_py,
                self.notes_file] + ['{}={}'.format(key, value) for key, value in daemon.items()])

    def start(self, *options, up=True, prefix=(), preexec=None, env=None, **daemon):
        # A file, not a pipe: who reads a pipe to its end waits for everybody who has it open.
        with open(self.path('log'), 'w') as log:
            self.process = subprocess.Popen(
                list(prefix) + self.command(options, **daemon), stderr=log, preexec_fn=preexec,
                env=dict(os.environ, **(env or {})))
        if up:
            self.wait_ups(1)

    def quick(self, changes):
        """The script with other times."""
        return self.write('quick.py', 'import sys; sys.path.insert(0, {!r})\nimport signal, supervise, zookeeper_watch\n'
                          'signal.pthread_sigmask(signal.SIG_BLOCK, supervise.HANDLED)\n'
                          '{}\nsys.exit(supervise.main())\n'.format(POD, changes))

    def notes(self):
        return self.read('notes').splitlines() if os.path.exists(self.notes_file) else []

    def ups(self):
        return [int(line.split()[1]) for line in self.notes() if line.startswith('up ')]

    def wait_ups(self, number):
        wait_until(lambda: len(self.ups()) >= number, 'start number {}'.format(number))

    def wait_note(self, note):
        wait_until(lambda: note in self.notes(), note)

    def end(self, timeout=15):
        begun = time.monotonic()
        self.process.wait(timeout)
        self.seconds = time.monotonic() - begun
        self.log = self.read('log')
        return self.process.returncode

    def terminate(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.end()


class Stop(SuperviseTest):

    def test_the_child_is_started_when_the_file_it_needs_is_there(self):
        self.start('--wait-for', self.path('needed'), up=False)
        wait_until(lambda: 'waiting for it' in self.read('log'), 'that it waits')
        self.assertEqual(self.ups(), [])
        self.write('needed', '')
        self.wait_ups(1)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.end(), 0)
        self.assertEqual(self.log.count('waiting for it'), 1)

    def test_a_stop_while_it_waits_for_a_file_ends_it(self):
        self.start('--wait-for', self.path('needed'), up=False)
        wait_until(lambda: 'waiting for it' in self.read('log'), 'that it waits')
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.end(), 0)
        self.assertEqual(self.ups(), [])

    def test_sigterm_becomes_sigint_and_the_exit_code_is_the_childs(self):
        self.start(code=0)
        self.assertEqual(self.terminate(), 0)
        self.assertEqual(self.notes()[1:], ['SIGINT', 'stopped'])

    def test_sigint_stops_the_same_way_and_another_exit_code_is_passed_on(self):
        self.start(code=3)
        self.assertEqual(self.terminate(signal.SIGINT), 3)
        self.assertEqual(self.notes()[1:], ['SIGINT', 'stopped'])

    def test_a_second_signal_does_not_shorten_the_stop(self):
        self.start('--stop-timeout', '10', stop=1)
        self.process.send_signal(signal.SIGTERM)
        self.wait_note('SIGINT')
        self.process.send_signal(signal.SIGTERM)
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.end(), 0)
        self.assertGreater(self.seconds, 0.5)
        self.assertEqual(self.notes()[1:], ['SIGINT', 'stopped'])
        self.assertIn('again; already stopping', self.log)

    def test_after_the_stop_timeout_sigterm_is_sent(self):
        self.start('--stop-timeout', '0.5', deaf='yes')
        self.assertEqual(self.terminate(), 128 + signal.SIGTERM)
        self.assertLess(self.seconds, 3)
        self.assertIn('sent SIGTERM', self.log)

    def test_five_seconds_later_sigkill_is_sent(self):
        import supervise
        self.assertEqual(supervise.KILL_AFTER, 5)
        # The same in one second.
        self.start('--stop-timeout', '0.2', deaf='kill', script=self.quick('supervise.KILL_AFTER = 1'))
        self.assertEqual(self.terminate(), 128 + signal.SIGKILL)
        self.assertGreater(self.seconds, 1.1)
        self.assertLess(self.seconds, 3)

    def test_what_the_child_started_gets_no_signal(self):
        self.start(stop=1.5, build=1)
        self.assertEqual(self.terminate(), 0)
        self.assertIn('build done', self.notes())
        self.assertNotIn('build interrupted', self.notes())

    def test_a_signal_before_the_child_is_up_ends_everything(self):
        # At any moment from the first instruction on: none of them may be lost.
        for delay in (0.08, 0.12, 0.16, 0.2, 0.3):
            self.start('--stop-timeout', '5', up=False)
            time.sleep(delay)
            self.process.send_signal(signal.SIGTERM)
            self.end()
            self.assertLess(self.seconds, 3, self.log)

    def test_a_signal_pending_at_the_start_is_not_lost(self):
        def send_to_self():
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            os.kill(os.getpid(), signal.SIGTERM)
        self.start(up=False, preexec=send_to_self)
        self.assertEqual(self.end(), 0)
        self.assertEqual(self.ups(), [])


class Child(SuperviseTest):

    def test_a_child_that_ends_by_itself_ends_the_container_with_its_code(self):
        for code in (0, 5):
            self.start(up=False, exit=code)
            self.assertEqual(self.end(), code)
            self.assertIn('ended by itself with exit code {}'.format(code), self.log)

    def test_a_child_that_was_killed_gives_128_and_the_signal(self):
        self.start()
        os.kill(self.ups()[0], signal.SIGKILL)
        self.assertEqual(self.end(), 137)
        self.assertIn('by SIGKILL', self.log)

    def test_a_command_that_does_not_exist_gives_127(self):
        process = subprocess.run([sys.executable, SUPERVISE, '--', '/no/such/command'], stderr=subprocess.PIPE)
        self.assertEqual(process.returncode, 127)
        self.assertIn(b'cannot run /no/such/command: No such file or directory', process.stderr)

    def test_other_signals_are_forwarded_as_they_are(self):
        self.start()
        for name in ('SIGUSR2', 'SIGUSR1', 'SIGHUP'):
            self.process.send_signal(getattr(signal, name))
            self.wait_note(name)
        self.assertEqual(self.terminate(), 0)

    def test_the_child_has_no_signal_blocked(self):
        process = subprocess.run(
            [sys.executable, SUPERVISE, '--', 'grep', '-E', '^Sig(Blk|Ign):', '/proc/self/status'],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in process.stdout.decode().splitlines():
            # Up to 31: the two after them are the C library's own.
            self.assertEqual(int(line.split()[1], 16) & 0x7fffffff, 0, line)

    def test_orphans_are_reaped(self):
        def adopt_orphans():
            # As PID 1 does; 36 is PR_SET_CHILD_SUBREAPER.
            ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
        script = self.write('orphans.sh', 'for i in 1 2 3; do (sleep 0.4 & echo $! >> {0}); done; exec sleep 60\n'
                           .format(self.path('orphans')))
        with open(self.path('log'), 'w') as log:
            self.process = subprocess.Popen([sys.executable, SUPERVISE, '--', 'sh', script], stderr=log,
                                            preexec_fn=adopt_orphans)
        wait_until(lambda: os.path.exists(self.path('orphans')) and len(self.read('orphans').split()) == 3, 'orphans')
        pids = self.read('orphans').split()
        self.assertEqual(self.parent(pids[0]), self.process.pid)
        # A zombie keeps its entry: when that is gone, it was reaped.
        wait_until(lambda: not any(os.path.exists('/proc/' + pid) for pid in pids), 'all orphans reaped', timeout=2)
        self.assertIsNone(self.process.poll())
        self.assertEqual(self.terminate(), 130)

    @staticmethod
    def parent(pid):
        with open('/proc/{}/stat'.format(pid)) as stream:
            return int(stream.read().rsplit(')', 1)[1].split()[1])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which('unshare'), 'needs root and unshare')
    def test_as_pid_1_of_a_namespace(self):
        self.start('--stop-timeout', '5', prefix=('unshare', '--fork', '--pid', '--mount-proc', '--kill-child'))
        with open('/proc/{0}/task/{0}/children'.format(self.process.pid)) as stream:
            os.kill(int(stream.read().split()[0]), signal.SIGTERM)
        self.assertEqual(self.end(), 0)
        self.assertEqual(self.notes(), ['up 2', 'SIGINT', 'stopped'])


class Restart(SuperviseTest):

    def setUp(self):
        super().setUp()
        self.volume = Volume(self.path('secret'), {'clouds.yaml': 'one', 'aws.config': 'same'})

    def watch(self, *options, **more):
        self.start('--watch', self.volume.directory, *options, **more)

    def no_restart(self, seconds=0.5):
        time.sleep(seconds)
        self.assertEqual(len(self.ups()), 1, self.notes())

    def test_changed_bytes_restart_the_child_in_order_in_the_same_container(self):
        self.watch()
        self.volume.set({'clouds.yaml': 'the-secret-word', 'aws.config': 'same'})
        self.wait_ups(2)
        self.assertIsNone(self.process.poll())
        self.assertEqual([line.split()[0] for line in self.notes()], ['up', 'SIGINT', 'stopped', 'up'])
        self.assertEqual(self.terminate(), 0)
        self.assertIn('changed: {}; restarting'.format(self.volume.directory), self.log)
        self.assertNotIn('the-secret-word', self.log)

    def test_one_change_is_one_restart(self):
        self.watch()
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_ups(2)
        time.sleep(0.6)
        self.assertEqual(len(self.ups()), 2)

    def test_an_added_and_a_removed_key_restart_it(self):
        self.watch()
        self.volume.set({'clouds.yaml': 'one', 'aws.config': 'same', 'kube.config': ''})
        self.wait_ups(2)
        self.volume.set({'clouds.yaml': 'one', 'aws.config': 'same'})
        self.wait_ups(3)

    def test_a_key_that_begins_with_a_dot_counts(self):
        self.watch()
        self.volume.set({'clouds.yaml': 'one', 'aws.config': 'same', '.netrc': 'x'})
        self.wait_ups(2)

    def test_a_swap_to_the_same_bytes_restarts_nothing(self):
        self.watch()
        self.volume.set({'clouds.yaml': 'one', 'aws.config': 'same'})
        self.no_restart()

    def test_a_change_that_is_taken_back_restarts_nothing(self):
        self.start('--poll', '0.5', '--watch', self.volume.directory)
        self.volume.set({'clouds.yaml': 'two', 'aws.config': 'same'})
        time.sleep(0.6)
        self.volume.set({'clouds.yaml': 'one', 'aws.config': 'same'})
        self.no_restart(1.2)

    def test_changes_that_go_on_are_one_restart(self):
        self.start('--poll', '0.3', '--watch', self.volume.directory)
        for number in range(9):
            self.volume.set({'clouds.yaml': str(number)})
            time.sleep(0.1)
        self.assertEqual(len(self.ups()), 1)
        self.wait_ups(2)
        time.sleep(0.8)
        self.assertEqual(len(self.ups()), 2)

    def test_a_missing_directory_is_like_an_empty_one(self):
        self.start('--watch', self.path('later'))
        os.mkdir(self.path('later'))
        self.no_restart(0.5)
        self.write('later/key', 'x')
        self.wait_ups(2)
        shutil.rmtree(self.path('later'))
        self.wait_ups(3)

    def test_each_changed_directory_is_named_and_no_other(self):
        other = Volume(self.path('other'), {'a': '1'})
        self.watch('--watch', other.directory)
        other.set({'a': '2'})
        self.wait_ups(2)
        self.terminate()
        self.assertIn('changed: {};'.format(other.directory), self.log)
        self.assertNotIn(self.volume.directory, self.log)

    def test_a_child_that_fails_while_it_stops_is_started_again_and_the_log_says_so(self):
        self.watch(code=9)
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_ups(2)
        self.assertEqual(self.terminate(), 9)
        self.assertIn('ended with exit code 9 as it was told to; starting it again', self.log)

    def test_the_stop_timeout_holds_for_a_restart_too(self):
        self.watch('--stop-timeout', '0.3', deaf='yes')
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_ups(2)

    def test_a_change_while_the_child_stops_is_in_what_the_next_one_reads(self):
        self.watch(stop=0.8)
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_note('SIGINT')
        self.volume.set({'clouds.yaml': 'three'})
        self.wait_ups(2)
        time.sleep(0.6)
        self.assertEqual(len(self.ups()), 2)

    def test_a_signal_while_restarting_ends_everything_in_order(self):
        self.watch('--stop-timeout', '10', stop=0.8)
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_note('SIGINT')
        self.assertEqual(self.terminate(), 0)
        self.assertGreater(self.seconds, 0.3)
        self.assertEqual([line.split()[0] for line in self.notes()], ['up', 'SIGINT', 'stopped'])

    def test_a_change_while_terminating_starts_nothing(self):
        self.watch(stop=0.8)
        self.process.send_signal(signal.SIGTERM)
        self.wait_note('SIGINT')
        self.volume.set({'clouds.yaml': 'two'})
        self.assertEqual(self.end(), 0)
        self.assertEqual(len(self.ups()), 1)

    def test_a_crash_after_a_restart_still_ends_the_container(self):
        self.watch()
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_ups(2)
        os.kill(self.ups()[1], signal.SIGKILL)
        self.assertEqual(self.end(), 137)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which('unshare'), 'needs root and unshare')
    def test_what_a_stopped_child_left_running_is_ended_before_the_next_starts(self):
        self.watch('--stop-timeout', '1', deaf='yes', build=60,
                   prefix=('unshare', '--fork', '--pid', '--mount-proc', '--kill-child'))
        self.volume.set({'clouds.yaml': 'two'})
        self.wait_ups(2)
        self.assertIn('left over', self.read('log'))

    def test_the_log_has_one_stamped_line_per_event_and_no_environment(self):
        self.watch(env={'OS_PASSWORD': 'the-secret-word'}, code=0)
        self.terminate()
        for line in self.log.splitlines():
            self.assertRegex(line, r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 supervise: \S')
        self.assertNotIn('the-secret-word', self.log)
        self.assertNotIn(self.notes_file, self.log)


class CaBundle(SuperviseTest):

    def test_the_bundle_is_merged_before_each_start_in_place(self):
        os.mkdir(self.path('bundle'))
        self.write('bundle/system.pem', make_certificate('system'))
        source = Volume(self.path('source'), {'a.crt': make_certificate('a')})
        self.start('--ca-source', source.directory, '--ca-bundle-dir', self.path('bundle'))
        self.assertEqual(blocks(self.read('bundle', 'ca-bundle.pem')), 2)
        inode = os.stat(self.path('bundle', 'ca-bundle.pem')).st_ino
        source.set({'a.crt': make_certificate('a') + make_certificate('b')})
        self.wait_ups(2)
        self.assertEqual(blocks(self.read('bundle', 'ca-bundle.pem')), 3)
        self.assertEqual(os.stat(self.path('bundle', 'ca-bundle.pem')).st_ino, inode)
        self.terminate()

    def test_a_bundle_that_cannot_be_renewed_does_not_keep_the_daemon_down(self):
        self.start('--ca-source', self.path('source'), '--ca-bundle-dir', self.path('nothing'))
        self.assertEqual(self.terminate(), 0)
        self.assertIn('CA bundle not renewed', self.log)


class Zookeeper(SuperviseTest):
    """A daemon without its connection cannot stop in order, so it is not waited for."""

    def setUp(self):
        super().setUp()
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(5)
        self.port = self.listener.getsockname()[1]
        self.accepted = []
        threading.Thread(target=self.accept, daemon=True).start()
        self.addCleanup(lambda: [connection.close() for connection in self.accepted + [self.listener]])

    def accept(self):
        try:
            while True:
                self.accepted.append(self.listener.accept()[0])
        except OSError:
            pass

    def test_a_child_that_never_was_connected_is_ended_at_once(self):
        self.start('--stop-timeout', '60', '--zookeeper', '127.0.0.1:{}'.format(self.port), deaf='yes')
        self.assertEqual(self.terminate(), 143)
        self.assertLess(self.seconds, 2)
        self.assertIn('has never been connected to ZooKeeper', self.log)

    def test_a_connected_child_is_stopped_in_order_once_it_has_settled(self):
        self.start('--stop-timeout', '60', '--zookeeper', '127.0.0.1:{}'.format(self.port), connect=self.port, stop=0.5)
        time.sleep(1.2)
        self.assertEqual(self.terminate(), 0)
        self.assertEqual(self.notes()[1:], ['SIGINT', 'stopped'])
        self.assertLess(self.seconds, 5)

    def test_a_child_that_does_not_connect_though_a_member_serves_is_restarted_and_one_that_does_is_not(self):
        tls = [self.write(name, '') for name in ('ca.crt', 'tls.crt', 'tls.key')]
        quick = self.quick('zookeeper_watch.LOADING, zookeeper_watch.UNSETTLED, zookeeper_watch.ASK_EVERY = 0.3, 0.3, 0.1\n'
                           'zookeeper_watch.ASK = "print(\'zk-1:2281\')"')
        options = ('--zookeeper', '127.0.0.1:{}'.format(self.port), '--zookeeper-tls', *tls)
        self.start(*options, script=quick)
        self.wait_ups(2)
        self.assertEqual(self.terminate(), 143)
        self.assertIn('has no connection to ZooKeeper, though zk-1:2281 serves; restarting it', self.log)
        self.assertIn('ended by SIGTERM as it was told to; starting it again', self.log)
        os.unlink(self.notes_file)
        self.start(*options, script=quick, connect=self.port)
        time.sleep(2.5)
        self.assertEqual(len(self.ups()), 1)
        self.assertEqual(self.terminate(), 0)

    def test_the_question_is_still_asked_when_the_scripts_volume_has_changed(self):
        # As kubelet mounts a ConfigMap: the directory from which a script was started goes with the next version.
        def scripts(more=''):
            files = {}
            for name in os.listdir(POD):
                if name.endswith('.py'):
                    with open(os.path.join(POD, name)) as stream:
                        files[name] = stream.read() + more
            return files
        volume, watched = Volume(self.path('scripts'), scripts()), Volume(self.path('secret'), {'clouds.yaml': 'one'})
        self.start('--zookeeper', '127.0.0.1:{}'.format(self.port), '--watch', watched.directory,
                   script=os.path.join(volume.directory, 'supervise.py'))
        volume.set(scripts('# next\n'))
        watched.set({'clouds.yaml': 'two'})
        self.wait_ups(2)
        self.assertNotIn('looked up', self.read('log'))
        self.terminate()

    def test_a_child_waits_for_a_name_that_does_not_resolve_and_a_stop_ends_that(self):
        self.start('--zookeeper', 'zookeeper.invalid:{}'.format(self.port), up=False)
        wait_until(lambda: 'cannot be looked up' in self.read('log'), 'that it waits', timeout=20)
        self.assertEqual(self.terminate(), 0)
        self.assertLess(self.seconds, 2)
        self.assertEqual(self.ups(), [])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which('setpriv') and os.access('/usr/bin/python3', os.X_OK),
                         "needs root, setpriv and the system's python3")
    def test_connections_are_seen_as_an_ordinary_uid(self):
        os.chmod(self.directory, 0o777)
        code = ('import sys, socket; sys.path.insert(0, {!r}); sys.dont_write_bytecode = True\n'
                'import os, zookeeper_watch\n'
                'client = socket.create_connection(("127.0.0.1", {port}))\n'
                'pid = os.fork()\n'
                'if pid == 0: client.close(); os.execlp("sleep", "sleep", "5")\n'
                'print(len(zookeeper_watch.connections(os.getpid(), {{{port}}})),'
                ' zookeeper_watch.connections(pid, {{{port}}}), zookeeper_watch.connections(1, {{{port}}}))\n'
                'os.kill(pid, 9)\n').format(self.path('pod'), port=self.port)
        shutil.copytree(POD, self.path('pod'))
        done = subprocess.run(['setpriv', '--reuid', '10001', '--regid', '0', '--clear-groups', '/usr/bin/python3',
                               '-c', code], stdout=subprocess.PIPE)
        # None for somebody else's process: it cannot be seen, and then counts as connected.
        self.assertIn(done.stdout, (b'1 set() None\n',))


class Usage(unittest.TestCase):

    def refused(self, *arguments):
        done = subprocess.run([sys.executable, SUPERVISE] + list(arguments), stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 2)
        return done.stderr.decode()

    def test_fails_without_a_command(self):
        self.assertIn('no COMMAND given', self.refused('--poll', '1', '--'))

    def test_fails_when_the_ca_source_has_no_bundle_directory(self):
        self.assertIn('--ca-source needs --ca-bundle-dir', self.refused('--ca-source', '/x', '--', 'true'))

    def test_fails_when_a_member_of_zookeeper_has_no_port(self):
        self.assertIn("'zk.example.com' is no HOST:PORT", self.refused('--zookeeper', 'zk.example.com', '--', 'true'))

    def test_fails_when_there_are_certificates_and_no_member_of_zookeeper(self):
        self.assertIn('--zookeeper-tls needs --zookeeper', self.refused('--zookeeper-tls', 'a', 'b', 'c', '--', 'true'))

    def test_fails_when_the_poll_is_not_positive(self):
        self.assertIn('--poll must be more than 0', self.refused('--poll', '0', '--', 'true'))


if __name__ == '__main__':
    unittest.main()
