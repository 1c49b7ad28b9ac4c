"""A process beside the daemon, for which the supervisor never waits: it asks from time to time, and collects it as any other."""

import os
import signal
import subprocess
import time

# Much more than the last words of a traceback.
MOST_OUTPUT = 1024 * 1024


class SideProcess:
    """At most one process at a time; what it prints is kept."""

    def __init__(self, niceness=0):
        """
        :param niceness: how far it stands behind the daemon, as of nice(1)
        """
        self.output = b''
        self._niceness = niceness
        self._process = None
        self._begun = 0.0

    @property
    def pid(self):
        """Of the process, or None while none runs."""
        return None if self._process is None else self._process.pid

    def begin(self, command):
        """Start it. Raises OSError or subprocess.SubprocessError when that is not possible."""
        self.output, self._begun = b'', time.monotonic()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=self._step_back)
        os.set_blocking(self._process.stdout.fileno(), False)

    def runs_longer_than(self, seconds):
        """Whether it has been running for so long. Takes what it has printed, too: it would wait for ever with a full pipe."""
        if self._process is None:
            return False
        self._drain()
        return time.monotonic() >= self._begun + seconds

    def ended(self, pid, status):
        """Take notice of a process that the supervisor has collected; True if it was this one."""
        if self._process is None or pid != self._process.pid:
            return False
        self._drain()
        self._let_go(status)
        return True

    def cancel(self):
        """End it, if it runs."""
        if self._process is None:
            return
        try:
            # A session of its own: whatever it has started goes too.
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._let_go(-signal.SIGKILL)

    def _let_go(self, status):
        """The supervisor collects all processes, so Popen must not wait for this one."""
        self._process.returncode = status
        self._process.stdout.close()
        self._process = None

    def _drain(self):
        while True:
            try:
                data = os.read(self._process.stdout.fileno(), 65536)
            except BlockingIOError:
                return
            if not data:
                return
            self.output = (self.output + data)[-MOST_OUTPUT:]

    def _step_back(self):
        """In the new process: the daemon comes first, and nothing of the supervisor's signals is left."""
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if self._niceness:
            os.nice(self._niceness)
        try:
            with open('/proc/self/oom_score_adj', 'w') as stream:
                stream.write('1000')
        except OSError:
            pass
