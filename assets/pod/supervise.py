"""PID 1 of the launcher's and the builder's container: stops Nodepool in order, and restarts it when its files change.

    python3 supervise.py [--stop-timeout SECONDS] [--wait-for FILE] [--watch DIR]... [--judge FILE]
                         [--ca-source DIR --ca-bundle-dir DIR]
                         [--zookeeper HOST:PORT]... [--zookeeper-tls CA CERTIFICATE KEY] [--poll SECONDS]
                         -- COMMAND ARG...

Why Nodepool needs this:

- Kubernetes stops a container by SIGTERM. The launcher then leaves at once and cleans nothing up; the builder as PID 1
  ignores it. Both stop in order on SIGINT, and the builder finishes the image it is building, if nothing tells the
  build itself to stop: so the signal goes to the daemon alone, never to its process group.
- Credentials (clouds.yaml, kubeconfig, TLS files) and certificates are read once, at the start. When such a directory
  changes, the daemon is stopped in order and started again inside the same container: no pod is replaced, and the
  pod's restart count keeps meaning that something went wrong. With `--judge`, a daemon that runs is not stopped for
  files with which the next one would not start: see `restart_judge.py`.
- Where the pod fetches its configuration, there may be no good one yet. With `--wait-for`, the daemon is started when
  that file is there.
- PID 1 inherits the orphans of the container, and building an image leaves many. They are reaped.
- Nodepool cannot stop in order without ZooKeeper. The launcher waits for the connection (for the first one, or for a
  lost one to come back) before it looks whether it should stop; the builder, asked to stop while it waits for its first
  connection, locks itself up for good. With `--zookeeper`, a daemon without a connection is not waited for: see
  `Supervisor._stop` and `Supervisor._lost_zookeeper`.
- Nodepool's client of ZooKeeper can close itself for good, and Nodepool goes on without it. With `--zookeeper`, that is
  avoided before the daemon is started, and mended by a restart where it has happened: see `zookeeper_watch.py`.

COMMAND must be the daemon itself, not a shell around it: it gets the signals.

Exit code: the child's, or 128 + the signal that ended it. Nothing is logged but what happened: neither environment nor
arguments nor any content of a file.
"""

import os
import signal
import sys

TERMINATE = (signal.SIGTERM, signal.SIGINT)
FORWARD = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
HANDLED = TERMINATE + FORWARD + (signal.SIGCHLD,)

# No signal handler anywhere: all that matter are blocked, so that they stay pending until the loop takes them, one at
# a time and between its steps. A stop that comes before the child exists, or between two children, cannot get lost.
# Before the other imports, because the kernel drops a signal that PID 1 neither handles nor blocks.
if __name__ == '__main__':
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)

import argparse  # noqa: E402
import datetime  # noqa: E402
import hashlib  # noqa: E402
import time  # noqa: E402

import ca_bundle  # noqa: E402
import restart_judge  # noqa: E402
import zookeeper_ask  # noqa: E402
import zookeeper_watch  # noqa: E402

# From SIGTERM to SIGKILL, once the stop timeout is over.
KILL_AFTER = 5.0
# How often connections are looked at while that matters (the start and the stop); otherwise it is at each poll.
LOOK_EVERY = 0.5
# ZooKeeper ends the session of a client that is away for longer than the session timeout (10 s in Nodepool), and all
# that the daemon was doing under it is void then, a running build included.
SESSION_GONE = 15.0


def log(message):
    """One line per event, on stderr: stdout belongs to the daemon."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec='milliseconds')
    try:
        print('{} supervise: {}'.format(now, message), file=sys.stderr, flush=True)
    except OSError:
        # Whoever read our log is gone; that is no reason to leave the daemon alone.
        pass


def fingerprint(directory):
    """A digest of the names and bytes of a directory's files. One that does not exist is like an empty one.

    Times and inodes say nothing: kubelet swaps the whole volume for any change of one key, and on some changes of none.
    """
    digest = hashlib.sha256()

    def add(data):
        digest.update(b'%d:' % len(data))
        digest.update(data)

    if os.path.isfile(directory):
        files = [('', directory)]
    else:
        try:
            files = ca_bundle.visible_files(directory)
        except OSError as error:
            files = []
            add(b'unreadable %d' % error.errno)
    for name, path in files:
        add(os.fsencode(name))
        try:
            with open(path, 'rb') as stream:
                add(hashlib.sha256(stream.read()).digest())
        except OSError as error:
            # Caught in the middle of a swap, or not readable for this uid: a state like any other.
            add(b'unreadable %d' % error.errno)
    return digest.hexdigest()


class Supervisor:
    """Runs one child at a time until it is told to stop, or until the child ends by itself."""

    def __init__(self, args):
        self.command = args.command
        self.name = os.path.basename(args.command[0])
        self.stop_timeout = args.stop_timeout
        self.poll = args.poll
        self.wait_for = args.wait_for
        self.ca_source = args.ca_source
        self.ca_bundle_dir = args.ca_bundle_dir
        self.watched = list(dict.fromkeys(args.watch + ([args.ca_source] if args.ca_source else [])))
        self.zookeeper = zookeeper_watch.ZookeeperWatch(args.zookeeper, args.zookeeper_tls, self.name, log)
        self.lifeline = self.zookeeper.lifeline
        self.judge = restart_judge.Judge(args.judge, args.command[0], self.watched, log)

        self.child = None           # pid, while one runs
        self.status = None          # how the last one ended, as waitpid() gives it
        self.started = 0.0
        self.terminating = False    # told to end: no further start
        self.waiting = False        # said that the file to wait for is not there
        self.stopping = False       # the child has been, or is about to be, told to stop
        self.stop_begun = None      # when that began
        self.asked = None           # when it was sent SIGINT
        self.term_at = None         # when it will be sent SIGTERM, then SIGKILL
        self.kill_at = None
        self.baseline = {}          # fingerprints of what the running child has read
        self.pending = None         # fingerprints at the last poll, when they differed
        self.next_poll = 0.0

    def run(self):
        """Run to the end and return the exit code."""
        while True:
            self._take_signals(0)
            if self.terminating:
                # Told to stop while no child ran: there is nothing to wait for.
                self.zookeeper.cancel()
                log('stopped')
                return 0 if self.status is None else self._exit_code()
            if self._waits():
                continue
            self._start()
            self._watch_child()
            self.judge.forget()
            self.zookeeper.forget()
            if self.terminating or not self.stopping:
                return self._exit_code()
            log('{} ended {} as it was told to; starting it again'.format(self.name, self._how()))
            self._end_leftovers()
            self.stopping = False

    def _waits(self):
        """Whether something without which the child should not start is not there yet; takes a moment then."""
        if self.wait_for is not None and not os.path.exists(self.wait_for):
            if not self.waiting:
                log('there is no {} yet; waiting for it'.format(self.wait_for))
                self.waiting = True
        elif self.zookeeper.may_start(time.monotonic()):
            return False
        self._take_signals(min(self.poll, 1))
        self._reap()
        return True

    # -- the child ------------------------------------------------------------------------------------------------

    def _start(self):
        """Start the child, with files that are read now."""
        # Before the child reads them: a change in between is then seen at the next poll.
        self.baseline = {path: fingerprint(path) for path in self.watched}
        self.pending = None
        self._merge_ca()
        self.status = None
        self.stop_begun = self.asked = self.term_at = self.kill_at = None
        self.zookeeper.forget()
        pid = os.fork()
        if pid == 0:
            self._exec()
        self.child = pid
        self.started = time.monotonic()
        self.next_poll = self.started + self.poll
        log('started {}, pid {}'.format(self.name, pid))

    def _exec(self):
        """Become the command. Never returns."""
        try:
            # Python's own handler would note a SIGINT and then be gone with the exec: let it end us instead. And what
            # Python ignores (a broken pipe, a full quota) the daemon and its builds would ignore too.
            for number in HANDLED + (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            os.execvp(self.command[0], self.command)
        except OSError as error:
            log('cannot run {}: {}'.format(self.command[0], error.strerror))
            os._exit(127 if isinstance(error, FileNotFoundError) else 126)
        finally:
            os._exit(126)

    def _merge_ca(self):
        if not self.ca_bundle_dir:
            return
        try:
            ca_bundle.merge(self.ca_source, self.ca_bundle_dir, log)
        except (ca_bundle.CaBundleError, OSError) as error:
            # The bundle of the last start, or prepare.py's, is still there: better than no Nodepool.
            text = error.strerror if isinstance(error, OSError) else error
            log('CA bundle not renewed: {}'.format(text))

    def _watch_child(self):
        """Wait until the child has ended."""
        while self.child is not None:
            self._take_signals(self._next_wake() - time.monotonic())
            self._reap()
            if self.child is None:
                return
            now = time.monotonic()
            due = not self.stopping and now >= self.next_poll
            # Once: what two looks see is a connection that lasts.
            if due or self._looking(now):
                self.lifeline.look(self.child, now)
            if self.stopping:
                self._stop(now)
            elif due:
                self.next_poll = now + self.poll
                self._check_files()
                if not self.stopping and self.zookeeper.gives_up(now):
                    self.stopping = True
                    self._stop(now)

    def _next_wake(self):
        times = [at for at in (self.term_at, self.kill_at) if at is not None]
        if not self.stopping:
            times.append(self.next_poll)
        if self._looking(time.monotonic()) or (self.stopping and self.asked is None):
            times.append(time.monotonic() + LOOK_EVERY)
        # When nothing is due, SIGCHLD wakes us; the cap is only a belt beside the braces.
        return min(times + [time.monotonic() + 30])

    def _looking(self, now):
        """Whether connections are looked at often: until the child has settled, and while it stops."""
        if not self.lifeline.ports:
            return False
        return self.stopping or not self.lifeline.settled(now)

    def _reap(self):
        """Collect all that has ended: our child, and the orphans that PID 1 inherits."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self.judge.ended(pid, status):
                self.next_poll = 0.0
            elif self.zookeeper.ended(pid, status):
                pass
            elif pid == self.child:
                self.child = None
                self.status = status
                if not self.stopping:
                    log('{} ended by itself {} after {:.0f} s'.format(
                        self.name, self._how(), time.monotonic() - self.started))
                elif self.terminating:
                    log('{} ended {}'.format(self.name, self._how()))

    def _how(self):
        if os.WIFSIGNALED(self.status):
            return 'by {}'.format(signal.Signals(os.WTERMSIG(self.status)).name)
        return 'with exit code {}'.format(os.WEXITSTATUS(self.status))

    def _exit_code(self):
        if os.WIFSIGNALED(self.status):
            return 128 + os.WTERMSIG(self.status)
        return os.WEXITSTATUS(self.status)

    def _end_leftovers(self):
        """End what the old child left running, before a new one starts.

        A build that outlived its builder would write the same files as the next one. Only our own descendants: what
        somebody runs by `kubectl exec` has another parent. At the very end the kernel does the same for PID 1.
        """
        number, deadline = signal.SIGTERM, time.monotonic() + KILL_AFTER
        while True:
            self._reap()
            left = descendants(os.getpid())
            if not left or self.terminating:
                return
            if number is not None:
                log('{} processes of {} are left over; sending {}'.format(len(left), self.name, number.name))
                for pid in left:
                    _kill(pid, number)
                number = None
            self._take_signals(LOOK_EVERY / 5)
            if time.monotonic() >= deadline:
                number, deadline = signal.SIGKILL, time.monotonic() + KILL_AFTER

    # -- signals and stopping -------------------------------------------------------------------------------------

    def _take_signals(self, timeout):
        """Wait for a signal, at most so long, and take all that are pending."""
        info = signal.sigtimedwait(HANDLED, max(0, timeout))
        while info is not None:
            self._on_signal(signal.Signals(info.si_signo))
            info = signal.sigtimedwait(HANDLED, 0)

    def _on_signal(self, number):
        if number in FORWARD:
            if self.child is not None:
                log('received {}, forwarded to {}'.format(number.name, self.name))
                _kill(self.child, number)
        elif number in TERMINATE:
            if self.terminating:
                log('received {} again; already stopping'.format(number.name))
                return
            self.terminating = True
            log('received {}'.format(number.name))
            if self.stopping:
                log('{} is being stopped already; it will not be started again'.format(self.name))
            self.stopping = True

    def _stop(self, now):
        """Take the next step of stopping the child, if one is due."""
        if self.stop_begun is None:
            self.stop_begun = now
            self.judge.cancel()
            self.zookeeper.cancel()
        if self.asked is None and self.term_at is None and self.kill_at is None:
            if self.lifeline.ports and self.lifeline.since is None:
                if self.lifeline.fresh and now < self.stop_begun + zookeeper_watch.SETTLE:
                    return  # a first connection was seen a moment ago: the next look tells whether it lasts
                log('{} has never been connected to ZooKeeper: nothing to finish'.format(self.name))
                self.term_at = now
            elif self.lifeline.ports and not self.lifeline.settled(now):
                # Connected just now, and still starting. The builder would lock itself up.
                return
            else:
                self.asked = now
                _kill(self.child, signal.SIGINT)
                limit = ''
                if self.stop_timeout:
                    self.term_at = now + self.stop_timeout
                    limit = ' for at most {:g} s'.format(self.stop_timeout)
                log('sent SIGINT to {} (pid {}); waiting{}'.format(self.name, self.child, limit))
        elif self.kill_at is None and self._lost_zookeeper(now):
            log('{} has no connection to ZooKeeper and cannot stop in order'.format(self.name))
            self.term_at = now
        if self.term_at is not None and now >= self.term_at:
            log('sent SIGTERM to {} after {:.0f} s'.format(self.name, now - (self.asked or now)))
            _kill(self.child, signal.SIGTERM)
            self.term_at, self.kill_at = None, now + KILL_AFTER
        elif self.kill_at is not None and now >= self.kill_at:
            log('sent SIGKILL to {}'.format(self.name))
            _kill(self.child, signal.SIGKILL)
            self.kill_at = now + KILL_AFTER

    def _lost_zookeeper(self, now):
        """Whether there is nothing left to wait for: the session is gone, and all that was done under it."""
        return (bool(self.lifeline.ports) and self.lifeline.last is not None
                and now - self.asked >= zookeeper_watch.SETTLE and now - self.lifeline.last >= SESSION_GONE)

    # -- files ----------------------------------------------------------------------------------------------------

    def _check_files(self):
        """Begin a restart if a watched directory has changed, was the same at two polls in a row, and will do.

        Several volumes change one after the other when one release changes them all: one restart, not one for each.
        """
        current = {path: fingerprint(path) for path in self.watched}
        changed = [path for path in self.watched if current[path] != self.baseline[path]]
        if not changed:
            self.pending = None
            if self.judge.refuses:
                log('the files are again as {} has read them'.format(self.name))
            self.judge.forget()
        elif current != self.pending:
            self.pending = current
        elif self.judge.allows(current, changed):
            log('changed: {}; restarting {}'.format(', '.join(changed), self.name))
            self.stopping = True
            self._stop(time.monotonic())


def descendants(root):
    """Processes below this one."""
    parents = {}
    for entry in os.listdir('/proc'):
        if not entry.isdigit():
            continue
        try:
            with open('/proc/{}/stat'.format(entry), 'rb') as stream:
                # The name, in brackets, may itself hold spaces and brackets.
                fields = stream.read().rsplit(b')', 1)[1].split()
        except (OSError, IndexError):
            continue
        if fields[0] != b'Z':
            parents[int(entry)] = int(fields[1])
    found = []
    for pid in parents:
        above = parents.get(pid)
        while above and above != root:
            above = parents.get(above)
        if above == root:
            found.append(pid)
    return found


def _kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def parse(argv):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog='supervise.py', description=__doc__.splitlines()[0],
        usage='%(prog)s [options] -- COMMAND [ARG...]')
    parser.add_argument('--stop-timeout', metavar='SECONDS', type=float, default=0,
                        help='how long a stop in order may take before SIGTERM is sent (0, the default: no limit)')
    parser.add_argument('--watch', metavar='DIR', action='append', default=[],
                        help='restart COMMAND when the files in this directory change; repeatable')
    parser.add_argument('--wait-for', metavar='FILE', help='start COMMAND when this file is there')
    parser.add_argument('--judge', metavar='FILE',
                        help="a nodepool.yaml: do not restart COMMAND for files with which Nodepool's loader refuses it")
    parser.add_argument('--ca-source', metavar='DIR',
                        help="PEM certificates to trust besides the system's; watched as well")
    parser.add_argument('--ca-bundle-dir', metavar='DIR', help='where prepare.py saved system.pem')
    parser.add_argument('--zookeeper', metavar='HOST:PORT', action='append', default=[],
                        help='a member to which COMMAND connects; repeatable')
    parser.add_argument('--zookeeper-tls', metavar=('CA', 'CERTIFICATE', 'KEY'), nargs=3,
                        help='files in PEM by which it does; with them a COMMAND that does not connect is restarted')
    parser.add_argument('--poll', metavar='SECONDS', type=float, default=5.0,
                        help='how often the directories are read (default: %(default)s)')
    parser.add_argument('command', metavar='COMMAND', nargs=argparse.REMAINDER, help='the daemon and its arguments')
    args = parser.parse_args(argv)
    if args.command[:1] == ['--']:
        args.command = args.command[1:]
    if not args.command:
        parser.error('no COMMAND given')
    if args.ca_source and not args.ca_bundle_dir:
        parser.error('--ca-source needs --ca-bundle-dir')
    if args.zookeeper_tls and not args.zookeeper:
        parser.error('--zookeeper-tls needs --zookeeper')
    for server in args.zookeeper:
        try:
            zookeeper_ask.host_and_port(server)
        except ValueError as error:
            parser.error('--zookeeper: {}'.format(error))
    if args.poll <= 0:
        parser.error('--poll must be more than 0')
    if args.stop_timeout < 0:
        parser.error('--stop-timeout must be 0 or more')
    return args


def main(argv=None):
    """Run the command under supervision and return its exit code."""
    return Supervisor(parse(argv)).run()


if __name__ == '__main__':
    sys.exit(main())
