"""A dib-cmd for Nodepool that lets Ansible build the image on another machine, since a pod may not be root.

    dib-ansible PLAYBOOK -x -t qcow2,raw --checksum --no-tmpfs [--qemu-img-options X] -o OUTPUT [ELEMENT...]

PLAYBOOK comes from dib-cmd (or is the first element), all else from Nodepool. The playbook gets the extra variables
`image_output` (the path of the image without its ending), `raw_type` and `qcow2_type` (true for what is wanted, not
defined otherwise) and, if there are elements, `dib_elements`. It must leave OUTPUT.TYPE here for each type.

Nodepool looks at nothing but the exit code, so it is 0 only if the playbook was successful and every image is there;
otherwise it is that of ansible-playbook, 1 for a missing image, 2 for a bad call, 128 + N for signal N.

Environment: DIB_ANSIBLE_DIR (the playbooks), DIB_ANSIBLE_INVENTORY (inventory.yaml beside the playbooks if not set),
DIB_ANSIBLE_SECRETS (names of variables whose values are secret, with commas), DIB_ANSIBLE_SSH_CONFIG (ssh's
configuration, where it is not the one that ssh finds itself).

Host keys are checked as that configuration says, whatever the playbooks and Ansible's settings say: Ansible is given an
ssh, a scp and a sftp that see to it (see checked_ssh.py).

Everybody may read the log (see build_log.py). Ansible prints the results of tasks: one that handles a secret needs
`no_log: true`; what is masked besides are the values that are known here.
"""

import argparse
import hashlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import checked_ssh
from build_log import BuildLog, known_secrets

TYPES = ('qcow2', 'raw')
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Ansible cleans up on SIGINT; what does not end by itself is ended. With each step: how long it is waited for.
STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 1.0))
# How long output may still come after ansible-playbook has ended, from something that it left running.
LINGER = 2.0


class BuildError(Exception):
    """Why there is no image, in words for the build's log."""

    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


class Parser(argparse.ArgumentParser):
    """Says what is wrong in the log, like everything else."""

    def error(self, message):
        raise BuildError('{} (dib-ansible takes PLAYBOOK, and from Nodepool the arguments of disk-image-create)'.format(
            message), 2)


def parse(argv):
    """The command line of disk-image-create, as far as Nodepool uses it."""
    parser = Parser(prog='dib-ansible', allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument('-x', action='store_true', help='accepted; Ansible is always run with -v')
    parser.add_argument('-t', dest='types', required=True, metavar='TYPES', help='any of ' + ', '.join(TYPES))
    parser.add_argument('--checksum', action='store_true', help='write OUTPUT.TYPE.md5 and .sha256')
    parser.add_argument('--no-tmpfs', action='store_true', help='accepted; it is the playbook that builds')
    parser.add_argument('--qemu-img-options', metavar='X', help='accepted; it is the playbook that builds')
    parser.add_argument('-o', dest='output', required=True, metavar='OUTPUT', help='the image without its ending')
    parser.add_argument('words', nargs='*', metavar='PLAYBOOK [ELEMENT]', help='below the directory of the playbooks')
    args = parser.parse_intermixed_args(argv)
    args.types = [name for name in args.types.split(',') if name]
    unknown = [name for name in args.types if name not in TYPES]
    if unknown or not args.types:
        raise BuildError("cannot build the format '{}': 'formats' of the diskimage, and what the providers that upload "
                         "it ask for, may be {}".format(','.join(unknown), ' and '.join(TYPES)), 2)
    if not args.words:
        raise BuildError('no playbook given; say dib-cmd: /usr/local/bin/dib-ansible PLAYBOOK in the diskimage', 2)
    return args


def frozen(directory, work):
    """The directory as it is now: kubelet swaps the files of a ConfigMap and removes the old ones, in mid-build too."""
    data = os.path.join(directory, '..data')
    for _ in range(5):
        if not os.path.islink(data):
            return directory
        copy = os.path.join(tempfile.mkdtemp(dir=work), 'files')
        try:
            shutil.copytree(os.path.realpath(data), copy)
            return copy
        except (OSError, shutil.Error):
            time.sleep(0.2)
    raise BuildError('the files in {} changed again and again while they were copied'.format(directory))


def find_inventory(env, source, directory, work):
    """The inventory of the declared machines, or the one that came with the playbooks."""
    declared = env.get('DIB_ANSIBLE_INVENTORY')
    if declared:
        path = os.path.join(frozen(os.path.dirname(declared), work), os.path.basename(declared))
    else:
        path = os.path.join(directory, 'inventory.yaml')
    if not os.path.isfile(path):
        raise BuildError("the inventory {} is missing; declare 'imageBuilders', or put inventory.yaml beside the "
                         "playbooks".format(declared or os.path.join(source, 'inventory.yaml')), 2)
    return path


def ansible_command(args, env, work, programs):
    """The command line of ansible-playbook, and the directory that it runs in."""
    program = shutil.which('ansible-playbook', path=env.get('PATH'))
    if not program:
        raise BuildError('there is no ansible-playbook in this image; give the builder an image with ansible-core, '
                         'such as quay.io/software-factory/nodepool-builder')
    source = env.get('DIB_ANSIBLE_DIR', '/opt/nodepool/dib-ansible')
    playbook, elements = args.words[0], args.words[1:]
    if not os.path.isdir(source):
        raise BuildError("the directory of playbooks {} is missing; give the builder 'playbooks'".format(source), 2)
    directory = frozen(source, work)
    if not os.path.isfile(os.path.join(directory, playbook)):
        there = sorted(name for name in os.listdir(directory) if name.endswith(('.yaml', '.yml')))
        raise BuildError("there is no playbook '{}' in {}; there are: {}".format(
            playbook, source, ', '.join(there) or 'none'), 2)
    variables = {'image_output': os.path.abspath(args.output)}
    variables.update({'{}_type'.format(name): True for name in args.types})
    if elements:
        variables['dib_elements'] = elements
    inventory = find_inventory(env, source, directory, work)
    extra = [word for each in (variables, checked_ssh.variables(programs))
             for word in ('-e', json.dumps(each, sort_keys=True))]
    return [program, '-v', '-i', inventory, *extra, playbook], directory


def ansible_environment(env, directory, work, programs):
    """The builder's environment, with a place for Ansible's files, and host keys checked whatever ansible.cfg says."""
    home = os.path.join(work, 'ansible')
    own = {'ANSIBLE_HOME': home, 'ANSIBLE_LOCAL_TEMP': os.path.join(home, 'tmp'), 'PYTHONUNBUFFERED': '1',
           # Not shared with the build before: its connections live on for a minute, and ask for no host key again.
           'ANSIBLE_SSH_CONTROL_PATH_DIR': os.path.join(home, 'cp')}
    config = os.path.join(directory, 'ansible.cfg')
    if os.path.isfile(config):
        # Ansible passes over a file in a directory that everybody may write to, as an emptyDir is.
        own['ANSIBLE_CONFIG'] = config
    forced = {'ANSIBLE_RETRY_FILES_ENABLED': 'False', 'ANSIBLE_NOCOLOR': '1', 'ANSIBLE_FORCE_COLOR': '0'}
    return {**own, **env, **forced, **checked_ssh.environment(programs, env)}


def signal_group(group, number):
    """Whether there was anybody left to get it."""
    try:
        os.killpg(group, number)
        return True
    except ProcessLookupError:
        return False


def guard(group, alive, ours):
    """A process that ends Ansible when we are killed: Nodepool sends SIGKILL to a build that takes too long."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        for descriptor in ours:
            os.close(descriptor)
        # One byte says that all went well; the end of the pipe comes without it when its other end was killed.
        if not os.read(alive, 1):
            for number, patience in STOP_STEPS:
                signal_group(group, number)
                end = time.monotonic() + patience
                while signal_group(group, 0) and time.monotonic() < end:
                    time.sleep(0.2)
    finally:
        os._exit(0)


class Run:
    """ansible-playbook from its start to its end, with its output in the log."""

    def __init__(self, command, directory, env, log):
        self._log = log
        self._stopped_by = None
        self._steps = iter(STOP_STEPS)
        self._next_step = None
        self._wake_in, wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(wake_out, False)
        signal.set_wakeup_fd(wake_out, warn_on_full_buffer=False)
        for number in STOP_SIGNALS:
            signal.signal(number, lambda *_: None)
        # A session of its own: a signal for us is not one for Ansible, which gets what we send, with all its children.
        self._child = subprocess.Popen(command, cwd=directory, env=env, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        alive, self._done = os.pipe()
        ours = (self._done, self._wake_in, wake_out, self._child.stdout.fileno())
        self._guard = guard(self._child.pid, alive, ours)
        os.close(alive)

    def wait(self):
        """The exit code, once Ansible has ended and said all."""
        ended, has_output = None, True
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            selector.register(self._wake_in, selectors.EVENT_READ)
            while ended is None or (has_output and time.monotonic() < ended + LINGER):
                for key, _ in selector.select(0.2):
                    if key.fd == self._wake_in:
                        self._signalled()
                    elif not self._read():
                        selector.unregister(self._child.stdout)
                        has_output = False
                if ended is None and self._child.poll() is not None:
                    ended = time.monotonic()
                elif ended is None:
                    self._stop_step()
        self._log.finish()
        if self._stopped_by is not None:
            # What Ansible left of its children.
            signal_group(self._child.pid, signal.SIGKILL)
        os.write(self._done, b'.')
        os.waitpid(self._guard, 0)
        return self._code()

    def _read(self):
        data = os.read(self._child.stdout.fileno(), 65536)
        self._log.feed(data)
        return bool(data)

    def _signalled(self):
        numbers = [number for number in os.read(self._wake_in, 64) if number in STOP_SIGNALS]
        if numbers and self._stopped_by is None:
            self._stopped_by = numbers[0]
            self._next_step = time.monotonic()
            self._log.say('{}: stopping ansible-playbook'.format(signal.Signals(self._stopped_by).name))

    def _stop_step(self):
        if self._next_step is not None and time.monotonic() >= self._next_step:
            number, patience = next(self._steps, STOP_STEPS[-1])
            signal_group(self._child.pid, number)
            self._next_step = time.monotonic() + patience

    def _code(self):
        if self._stopped_by is not None:
            return 128 + self._stopped_by
        code = self._child.returncode
        if code < 0:
            self._log.say('ansible-playbook was killed by {}'.format(signal.Signals(-code).name))
        return code if code >= 0 else 128 - code


def write_checksums(path):
    """The .md5 and .sha256 that are missing, as md5sum and sha256sum write them."""
    missing = {name: hashlib.new(name) for name in ('md5', 'sha256') if not os.path.isfile('{}.{}'.format(path, name))}
    with open(path, 'rb') as stream:
        for block in iter(lambda: stream.read(4 * 1024 * 1024) if missing else b'', b''):
            for digest in missing.values():
                digest.update(block)
    for name, digest in missing.items():
        with open('{}.{}'.format(path, name), 'w') as stream:
            stream.write('{}  {}\n'.format(digest.hexdigest(), path))


def check_images(args, log):
    """Nodepool would take the image for built, without a file."""
    images = ['{}.{}'.format(os.path.abspath(args.output), name) for name in args.types]
    missing = [path for path in images if not os.path.isfile(path) or os.path.getsize(path) == 0]
    if missing:
        raise BuildError('ansible-playbook was successful, and there is no image {}; the playbook must leave it here, '
                         "for example by fetching it to '{{{{ image_output }}}}.{}'".format(
                             ' and no image '.join(missing), missing[0].rsplit('.', 1)[1]))
    for path in images:
        if args.checksum:
            write_checksums(path)
        log.say('{}: {} bytes'.format(path, os.path.getsize(path)))


def main(argv=None):
    """Run the playbook, and look whether the images are there."""
    # Whoever started us may have blocked them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    env = dict(os.environ)
    log = BuildLog(sys.stdout.buffer, known_secrets(env))
    work = tempfile.mkdtemp(prefix='dib-ansible-')
    try:
        args = parse(argv)
        programs = checked_ssh.install(env, work)
        command, directory = ansible_command(args, env, work, programs)
        log.say('playbook {}, formats {}, output {}'.format(args.words[0], ', '.join(args.types), args.output))
        code = Run(command, directory, ansible_environment(env, directory, work, programs), log).wait()
        if code != 0:
            raise BuildError('ansible-playbook ended with exit code {}: no image'.format(code), code)
        check_images(args, log)
        return 0
    except BuildError as error:
        log.say('error: {}'.format(error))
        return error.code
    except OSError as error:
        log.say('error: {}: {}'.format(error.filename, error.strerror))
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
