"""Whether a daemon that runs may be restarted for changed files: Nodepool's own loader is asked first.

A clouds.yaml with a typo would stop a healthy daemon, and the next one would not start, for none of its providers. So
before the supervisor stops it, the loader of Nodepool's daemons reads the nodepool.yaml in use with the new files, as a
process of its own in the daemon's environment. What it refuses is said once, and the daemon goes on with what it has read.

Nothing here waits: the supervisor asks at each of its polls. Where the loader itself cannot run, the restart is allowed.
"""

import hashlib
import os
import re
import signal
import subprocess
import time

import ca_bundle
import config_verdict
import side_process

# After a refusal: when the same files are judged again, since the cause may be elsewhere. Doubled each time.
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 900.0
# It has time; the daemon has not.
NICENESS = 10
LONGEST_LINE = 500
HIDDEN = '***'

LOADER = "Nodepool's loader"
_KEY = re.compile(r'(?:^|[{,])\s*(?:- +)*["\']?([\w.-]+)["\']?\s*:(?=\s|$)|^\s*([\w.-]+)\s*=')
_SEPARATORS = re.compile(r'(?:[\s,\[\]{}"\']|:(?=\s|$))+')
_RUN = re.compile(r'[A-Za-z0-9_-]+')


class Judge:
    """Asks the loader, and remembers what it said."""

    def __init__(self, config, program, directories, log, limit=config_verdict.CHECK_TIMEOUT):
        """
        :param config: the nodepool.yaml in use; None: every restart is allowed
        :param program: the daemon, which tells Nodepool's Python
        :param directories: the files that nobody may read in the log
        :param log: takes a line
        :param limit: how long the loader may take, in seconds
        """
        self.config = config
        self.program = program
        self.directories = directories
        self.log = log
        self.limit = limit
        self._process = side_process.SideProcess(NICENESS)
        self.forget()

    def forget(self):
        """What was judged is of no interest any more; what is being judged neither."""
        self.cancel()
        self.refuses = False        # whether the log says that the daemon is not restarted
        self._asked = (None, None)  # the files and the nodepool.yaml that are, or were last, judged
        self._changed = ''          # the directories of these that changed, for the log
        self._allowed = False
        self._said = None           # the last refusal of these files that was logged
        self._again_at = 0.0        # when the same are judged again
        self._pause = FIRST_PAUSE

    def allows(self, files, changed):
        """Whether the daemon may be restarted with these files. False as long as that is not known: ask again.

        :param files: fingerprints of all that is watched
        :param changed: the paths that differ from what the daemon has read
        """
        if self.config is None:
            return True
        asked, now = (files, self._config_digest()), time.monotonic()
        if asked != self._asked:
            self.cancel()
            if files != self._asked[0]:
                self._said = None
            self._asked, self._changed = asked, ', '.join(changed)
            self._allowed, self._pause = False, FIRST_PAUSE
            self._begin()
        elif self._process.pid is not None:
            if self._process.runs_longer_than(self.limit):
                self.cancel()
                self._cannot('did not end within {:g} s'.format(self.limit))
        elif not self._allowed and now >= self._again_at:
            self._begin()
        return self._allowed

    def ended(self, pid, status):
        """Take notice of a process that the supervisor has collected; True if it was the loader."""
        if not self._process.ended(pid, status):
            return False
        if os.WIFSIGNALED(status):
            self._cannot('was ended by {}; has the container enough memory?'.format(
                signal.Signals(os.WTERMSIG(status)).name))
        elif os.WEXITSTATUS(status) == config_verdict.REFUSED:
            self._refuse()
        elif os.WEXITSTATUS(status) != 0:
            self._cannot('ended with exit code {}'.format(os.WEXITSTATUS(status)))
        else:
            self._allowed = True
        return True

    def cancel(self):
        """End the loader, if it runs."""
        self._process.cancel()

    def _begin(self):
        python = config_verdict.interpreter(self.program)
        try:
            self._process.begin(config_verdict.loader(python, self.config))
        except (OSError, subprocess.SubprocessError) as error:
            self._cannot('cannot run: {}'.format(getattr(error, 'strerror', None) or type(error).__name__))

    def _refuse(self):
        output = config_verdict.redacted(self._process.output.decode('utf-8', 'replace'), os.environ)
        lines = [masked(line, self.directories, self.config) for line in config_verdict.reasons(LOADER, output)]
        self._again_at = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        if self._said == lines:
            return
        self._said, self.refuses = lines, True
        self.log('changed: {}; {} is not restarted and goes on with what it has read, because nodepool.yaml is refused '
                 'with the new files:'.format(self._changed, os.path.basename(self.program)))
        for line in lines:
            self.log('  ' + line[:LONGEST_LINE])

    def _cannot(self, why):
        """The daemon has the last word then, as if nobody had been asked."""
        self._allowed = True
        self.log('{} cannot judge what changed in {}: it {}'.format(LOADER, self._changed, why))

    def _config_digest(self):
        try:
            with open(self.config, 'rb') as stream:
                return hashlib.sha256(stream.read()).hexdigest()
        except OSError:
            return None


def masked(line, directories, config):
    """A line without the values that stand in the files of some directories.

    Left are the names of keys, and what nodepool.yaml says too: there `cloud-one` is no secret.
    """
    public = set(_parts(_text(config)))
    values = set()
    for directory in directories:
        try:
            files = [('', directory)] if os.path.isfile(directory) else ca_bundle.visible_files(directory)
        except OSError:
            continue
        for _, path in files:
            keys, found = _values(_text(path))
            public |= keys
            values |= found
    for value in sorted(values - public, key=lambda each: (-len(each), each)):
        # A short one only as a word of its own, lest it takes the middle out of others.
        bounds = ('(?<![A-Za-z0-9])', '(?![A-Za-z0-9])') if len(value) < 8 else ('', '')
        line = re.sub(bounds[0] + re.escape(value) + bounds[1], HIDDEN, line)
    return line


def _values(text):
    """The keys of a YAML, JSON or INI file, and all else that stands in it. It may be broken."""
    keys, found = set(), set()
    for line in text.splitlines():
        if line.lstrip().startswith('#'):
            # Nobody reads it, so nobody can print it.
            continue
        found.update(_parts(line))
        for match in _KEY.finditer(line):
            keys.add(match.group(1) or match.group(2))
        key = _KEY.match(line)
        whole = line[key.end() if key else 0:].strip()
        found.update(each for each in (whole, whole.strip('"\''), repr(whole.strip('"\''))[1:-1]) if len(each) > 2)
    return keys, found


def _parts(text):
    """The words of a text, and the letters and digits in a row, as messages of parsers show them."""
    return [part for part in _SEPARATORS.split(text) + _RUN.findall(text) if len(part) > 2]


def _text(path):
    try:
        with open(path, 'rb') as stream:
            return stream.read().decode('utf-8', 'replace')
    except OSError:
        return ''
