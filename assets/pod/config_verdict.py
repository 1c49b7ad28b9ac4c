"""What Nodepool itself says of a nodepool.yaml: `nodepool config-validate`, and the loader of its daemons.

Used by `config_check.py` (before it takes a fetched file) and by `restart_judge.py` (before the supervisor restarts a
daemon that runs). No PyYAML here: the supervisor's Python need not be the one that Nodepool is installed for.
"""

import os
import shutil
import signal
import subprocess
import sys

# How long Nodepool may take for one check: on a small CPU limit loading all drivers takes most of a minute.
CHECK_TIMEOUT = 300
# The exit code by which the loader refuses a file. All others but 0 tell that it could not judge.
REFUSED = 3
_LOAD = '''
import sys, traceback
from nodepool import config
try:
    config.loadConfig(sys.argv[1])
except MemoryError:
    raise
except Exception:
    traceback.print_exc()
    sys.exit({})
'''.format(REFUSED)


class Refused(Exception):
    """Why a version of the file cannot be taken: one or more sentences, in words for the log."""

    def __init__(self, *reasons):
        super().__init__('; '.join(reasons))
        self.reasons = list(reasons)


def interpreter(program):
    """The Python that a program is installed for: an image may have another one first in its PATH."""
    path = shutil.which(program)
    if path is None:
        return sys.executable
    with open(path, 'rb') as stream:
        head = stream.read(1024).decode('utf-8', 'replace').splitlines()[:3]
    # A long path stands in the second or third line, after an exec of the shell.
    for word in ' '.join(head).replace('#!', ' ').replace('"', ' ').replace("'", ' ').split():
        if 'python' in os.path.basename(word) and os.access(word, os.X_OK):
            return word
    return sys.executable


def loader(python, path):
    """The command that loads a file as the daemons do: 0 if they take it, REFUSED if they do not."""
    return [python, '-c', _LOAD, path]


def must_pass(nodepool, python, path, env):
    """Raise what Nodepool refuses about a file.

    :param nodepool: the program
    :param python: the Python that it is installed for
    :param path: the whole file
    :param env: the environment that the daemons have
    """
    _must_run('nodepool config-validate', [nodepool, '-c', path, 'config-validate'], env)
    # What config-validate lets through and the daemons stop on, such as a cloud that clouds.yaml does not have.
    _must_run("Nodepool's loader", loader(python, path), env)


def _must_run(what, command, env):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=env, timeout=CHECK_TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Refused('{} did not end within {} s'.format(what, CHECK_TIMEOUT))
    except OSError as error:
        raise Refused('{} cannot run: {}'.format(what, error.strerror))
    if done.returncode == 0:
        return
    if done.returncode < 0:
        raise Refused('{} was ended by {}; has the container enough memory?'.format(
            what, signal.Signals(-done.returncode).name))
    raise Refused(*reasons(what, redacted(done.stdout.decode('utf-8', 'replace'), env)))


def reasons(what, output):
    """One or more sentences of what a program that refuses a file printed."""
    return ['{}: {}'.format(what, line) for line in essence(output)] or ['{} refuses it without a word'.format(what)]


def redacted(text, env):
    """The text without the values that variables stand for: they may be secrets."""
    values = sorted(((line.strip(), name) for name, value in env.items() if name.startswith('NODEPOOL_')
                     for line in value.splitlines() if len(line.strip()) > 2), key=lambda pair: -len(pair[0]))
    for value, name in values:
        text = text.replace(value, '%({})'.format(name))
    return text


def essence(output):
    """What went wrong, of what a program printed: its errors and the last words of its traceback."""
    lines = []
    for line in output.splitlines():
        if line[:1].isspace() or not line or line.startswith(('Traceback', 'During handling', 'The above exception')):
            continue
        words = line.split(' ', 3)
        if len(words) == 4 and words[2] in ('INFO', 'DEBUG', 'WARNING', 'ERROR', 'CRITICAL'):
            if words[2] not in ('ERROR', 'CRITICAL'):
                continue
            line = words[3].split(': ', 1)[-1]
        elif 'Warning: ' in line:
            continue
        lines.append(line)
    return lines[-20:]
