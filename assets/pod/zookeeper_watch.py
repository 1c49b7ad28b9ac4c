"""Whether the daemon is connected to ZooKeeper, and what is done where it cannot become so by itself.

Nodepool's client of ZooKeeper, kazoo, can close itself for good, and Nodepool then runs on without it: it serves no
request, tells nobody, and logs an error thousands of times a second. It happens at the start. Nodepool gives kazoo one
second for the first connection, and another one, until there is one; kazoo, told to give an attempt up, queues a request
to close the session. An attempt that came so far as to try a member empties that queue at its end. One that was still
looking up names (slow, or of which none resolved) does not, and the first connection that succeeds sends what is
queued, and is closed. So:

- the daemon is started when the names resolve quickly, or after `NAMES_AT_MOST` all the same;
- one that has no connection while a member serves is restarted: after `UNSETTLED` if it never was connected for long, as
  after such a start, else after `SETTLED`, which is longer than kazoo goes without an attempt. While no member serves the
  daemon is left alone, because it connects by itself when one does.

Both questions are asked by a process beside the daemon, `zookeeper_ask.py`, since looking up a name cannot be broken off.
"""

import os
import subprocess
import sys

import side_process
import zookeeper_ask

# How long a daemon must have been connected before it can be stopped in order: it starts its threads in that time.
SETTLE = 3.0
# Nobody listens meanwhile, and the launcher's liveness probe, which counts when it is started again in its container, gives
# it a hundred seconds: the daemon must be loaded, too.
NAMES_AT_MOST = 45.0
# So long a daemon may take to load all drivers, with little CPU, before anybody asks why it is not connected.
LOADING = 60.0
UNSETTLED = 30.0
# kazoo waits for 84 s at most (60 s and two fifths). A member that hangs costs it its session timeout, 10 s unless
# `zookeeper-timeout` says more, in each round.
SETTLED = 300.0
# A restart that did not help is not repeated at the same pace.
LONGEST = 900.0
# How often a question is asked again, and how long an answer may take.
ASK_EVERY = 10.0
ANSWER_WITHIN = 15.0

# How long there must be no connection before the log says that nobody serves.
SAY_AFTER = 60.0

# Read now: when the ConfigMap changes, the kubelet takes the directory away from which this program was started.
with open(zookeeper_ask.__file__, encoding='utf-8') as stream:
    ASK = stream.read()
YES, NO = 0, 1
ESTABLISHED = '01'


def connections(pid, ports):
    """Inodes of the sockets by which a process is connected to one of the ports, or None if that cannot be seen."""
    try:
        own = set()
        for descriptor in os.listdir('/proc/{}/fd'.format(pid)):
            try:
                target = os.readlink('/proc/{}/fd/{}'.format(pid, descriptor))
            except FileNotFoundError:
                continue
            if target.startswith('socket:['):
                own.add(target[len('socket:['):-1])
        found, tables = set(), 0
        for table in ('tcp', 'tcp6'):
            try:
                with open('/proc/{}/net/{}'.format(pid, table)) as stream:
                    lines = stream.readlines()[1:]
            except FileNotFoundError:
                continue
            tables += 1
            for line in lines:
                fields = line.split()
                if (fields[3] == ESTABLISHED and int(fields[2].rsplit(':', 1)[1], 16) in ports
                        and fields[9] in own):
                    found.add(fields[9])
        return found if tables else None
    except (OSError, IndexError, ValueError):
        return None


class Lifeline:
    """Whether the daemon is connected to ZooKeeper, seen from outside.

    A connection counts when two looks in a row saw the same socket: a ZooKeeper without a quorum accepts each
    attempt and closes it again.
    """

    def __init__(self, ports):
        self.ports = frozenset(ports)
        self.reset()

    def reset(self):
        """A new child begins: nothing is known of it."""
        self.since = None
        self.last = None
        self.longest = 0.0  # how long one socket was there
        self._sockets = {}

    @property
    def fresh(self):
        """Whether the last look saw a connection of which it is not yet known whether it lasts."""
        return bool(self._sockets)

    def look(self, pid, now):
        """Take notice of the connections as they are now."""
        if not self.ports:
            return
        seen = connections(pid, self.ports)
        if seen is None:
            # We are blind: then it counts as connected, because to wait too long is the smaller harm.
            self.since = self.since or now - SETTLE
            self.last, self.longest = now, SETTLE
            return
        lasting = [first for inode, first in self._sockets.items() if inode in seen]
        if lasting:
            self.since = self.since or min(lasting)
            self.last, self.longest = now, max(self.longest, now - min(lasting))
        self._sockets = {inode: self._sockets.get(inode, now) for inode in seen}

    def settled(self, now):
        """Whether it was connected, at least once, for so long as it takes to start."""
        return self.since is not None and now >= self.since + SETTLE


class ZookeeperWatch:
    """Asks whether the daemon may start, and whether it should be connected when it is not."""

    def __init__(self, servers, tls, name, log):
        """
        :param servers: the members, as `host:port`; none: nothing is watched
        :param tls: the files of the authority, the certificate and the key; None: a daemon is never given up
        :param name: the daemon's, for the log
        :param log: takes a line
        """
        self.servers = list(servers)
        self.tls = tls
        self.name = name
        self.log = log
        self.lifeline = Lifeline({zookeeper_ask.host_and_port(server)[1] for server in self.servers})
        self._patience = UNSETTLED
        self._process = side_process.SideProcess()
        self.forget()

    def forget(self):
        """The next child begins: nothing is known of it."""
        self.cancel()
        self.lifeline.reset()
        self._answer = None         # exit code of the last question, and what it printed
        self._ask_at = 0.0
        self._waiting_since = None  # since when names are waited for
        self._said = None           # what was logged of that
        self._asked_since = None    # since when the daemon is there
        self._connected_again()

    def _connected_again(self):
        self._answer = None
        self._lost_since = None     # since when there is no connection
        self._nobody_said = False   # whether the log says that nobody serves
        self._serves_since = None   # since when a member serves while there is none

    # -- before the start -----------------------------------------------------------------------------------------

    def may_start(self, now):
        """Whether the names resolve as they should, or were waited for long enough. False: ask again in a moment."""
        if not self.servers:
            return True
        if self._waiting_since is None:
            self._waiting_since = now
        if self._answer is not None:
            code, lines = self._answer
            self._answer = None
            if code == NO:
                self._say("ZooKeeper's members cannot be looked up as quickly as {} needs it: {}; waiting".format(
                    self.name, '; '.join(lines)), lines)
            else:
                if code != YES:
                    self.log("whether ZooKeeper's members can be looked up is not known: {}".format(lines[-1]))
                return True
        if now >= self._waiting_since + NAMES_AT_MOST:
            self.cancel()
            self.log('starting {} all the same'.format(self.name))
            return True
        self._ask(now, 1.0, ['names'] + self.servers)
        return False

    def _say(self, text, subject):
        """Once per subject: how long a lookup took differs each time."""
        subject = [line for line in subject if ': ' in line] or 'slow'
        if subject != self._said:
            self._said = subject
            self.log(text)

    # -- afterwards -----------------------------------------------------------------------------------------------

    def gives_up(self, now):
        """Whether the daemon should be restarted, since it is not connected and will not be: ask after each look."""
        lifeline = self.lifeline
        if self._asked_since is None:
            self._asked_since = now
        if not self.tls or lifeline.last == now or lifeline.fresh:
            if lifeline.last == now and lifeline.longest >= SETTLE:
                self._patience = UNSETTLED
            self.cancel()
            self._connected_again()
            return False
        if lifeline.since is None and now < self._asked_since + LOADING:
            return False
        if self._lost_since is None:
            self._lost_since = now
        if self._answer is not None:
            code, lines = self._answer
            self._answer = None
            if code == YES:
                return self._someone_serves(now, lines[0])
            self._serves_since = None
            self._nobody_serves(now, lines)
        self._ask(now, ASK_EVERY, ['serves'] + list(self.tls) + self.servers)
        return False

    def _someone_serves(self, now, who):
        limit = SETTLED if self.lifeline.longest >= SETTLE else self._patience
        if self._serves_since is None:
            self._serves_since = now
            self.log('{} has no connection to ZooKeeper, though {} serves; it is restarted in {:g} s if that lasts'.format(
                self.name, who, limit))
        if now < self._serves_since + limit:
            return False
        self.log('{} has no connection to ZooKeeper, though {} serves; restarting it'.format(self.name, who))
        self._patience = min(2 * self._patience, LONGEST)
        return True

    def _nobody_serves(self, now, lines):
        if self._nobody_said or now < self._lost_since + SAY_AFTER:
            return
        self._nobody_said = True
        self.log('{} has no connection to ZooKeeper, and nobody is known to serve; it connects when one does: {}'.format(
            self.name, '; '.join(lines)))

    # -- the process that asks ------------------------------------------------------------------------------------

    def ended(self, pid, status):
        """Take notice of a process that the supervisor has collected; True if it was ours."""
        if not self._process.ended(pid, status):
            return False
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        lines = self._process.output.decode('utf-8', 'replace').splitlines()
        self._answer = (code, lines or ['no answer'])
        return True

    def cancel(self):
        """End the process, if it runs."""
        self._process.cancel()

    def _ask(self, now, every, arguments):
        if self._process.pid is not None:
            if self._process.runs_longer_than(ANSWER_WITHIN):
                self.cancel()
                self._answer = (NO, ['no answer within {:g} s'.format(ANSWER_WITHIN)])
        elif self._answer is None and now >= self._ask_at:
            self._ask_at = now + every
            try:
                self._process.begin([sys.executable, '-c', ASK] + arguments)
            except (OSError, subprocess.SubprocessError) as error:
                self._answer = (None, ['cannot ask: {}'.format(getattr(error, 'strerror', None) or type(error).__name__)])
