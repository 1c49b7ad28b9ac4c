"""What Nodepool itself says of a nodepool.yaml: `nodepool config-validate`, and the loader of its daemons."""

import signal
import subprocess

import config_merge

# How long Nodepool may take for one check: on a small CPU limit loading all drivers takes most of a minute.
CHECK_TIMEOUT = 300
LOAD = 'import sys; from nodepool import config; config.loadConfig(sys.argv[1])'


def must_pass(nodepool, python, path, env):
    """Raise what Nodepool refuses about a file.

    :param nodepool: the program
    :param python: the Python that it is installed for
    :param path: the whole file
    :param env: the environment that the daemons have
    """
    _must_run('nodepool config-validate', [nodepool, '-c', path, 'config-validate'], env)
    # What config-validate lets through and the daemons stop on, such as a cloud that clouds.yaml does not have.
    _must_run("Nodepool's loader", [python, '-c', LOAD, path], env)


def _must_run(what, command, env):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=env, timeout=CHECK_TIMEOUT)
    except subprocess.TimeoutExpired:
        raise config_merge.Refused('{} did not end within {} s'.format(what, CHECK_TIMEOUT))
    except OSError as error:
        raise config_merge.Refused('{} cannot run: {}'.format(what, error.strerror))
    if done.returncode == 0:
        return
    if done.returncode < 0:
        raise config_merge.Refused('{} was ended by {}; has the container enough memory?'.format(
            what, signal.Signals(-done.returncode).name))
    output = config_merge.redacted(done.stdout.decode('utf-8', 'replace'), env)
    raise config_merge.Refused(*['{}: {}'.format(what, line) for line in essence(output)]
                               or ['{} refuses it without a word'.format(what)])


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
