#!/usr/bin/env python3
"""dib-ansible with the real Ansible and a real sshd, and with what a stack renders for them.

    python3 test/conformance/dib-ansible/run.py --ansible BIN_DIRECTORY [--only WORD]

Needs node with the project's modules, sshd, ssh and ssh-keygen. sshd runs as whoever runs this, on a free port. Prints
what was seen, and at the end one line "N passed, N failed, N skipped"; the exit code is 1 if anything failed or nothing ran.
"""

import argparse
import base64
import getpass
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, '..', '..', '..'))
STAMP = re.compile(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| ')
PASSWORD = 'correct-horse-battery'


class Failed(Exception):
    """What was expected and not seen."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def make_key(path):
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path], check=True)
    with open(path + '.pub') as stream:
        return stream.read().strip()


class Machine:
    """An image-builder machine: sshd with a host key of its own, which lets one key in."""

    def __init__(self, directory, authorized_key, port=None):
        os.makedirs(directory)
        self.directory = directory
        self.port = port or free_port()
        self.host_key = make_key(os.path.join(directory, 'host'))
        with open(os.path.join(directory, 'authorized'), 'w') as stream:
            stream.write(authorized_key + '\n')
        if os.geteuid() == 0:
            os.makedirs('/run/sshd', exist_ok=True)
        self.process = subprocess.Popen(
            [shutil.which('sshd', path=os.environ['PATH'] + ':/usr/sbin'), '-D', '-e', '-f', '/dev/null',
             '-p', str(self.port), '-h', os.path.join(directory, 'host'), '-o', 'ListenAddress=127.0.0.1',
             '-o', 'PidFile=none', '-o', 'UsePAM=no', '-o', 'StrictModes=no', '-o', 'PasswordAuthentication=no',
             '-o', 'AuthorizedKeysFile=' + os.path.join(directory, 'authorized'), '-o', 'Subsystem=sftp internal-sftp'],
            stdout=subprocess.DEVNULL, stderr=open(os.path.join(directory, 'log'), 'w'))
        end = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(('127.0.0.1', self.port), timeout=1).close()
                return
            except OSError:
                check(time.monotonic() < end and self.process.poll() is None, 'sshd does not start, see its log in ' + directory)
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Builder:
    """A directory that is what the builder's pod has, but for where it lies."""

    def __init__(self, directory, ansible, machine, **properties):
        self.directory = directory
        self.ansible = ansible
        for name in ('home/.ssh', 'images', 'tmp', 'command', 'inventory', 'volume'):
            os.makedirs(self.path(name), exist_ok=True)
        self.machine = dict({'host': '127.0.0.1', 'name': 'image-builder', 'port': machine.port, 'user': getpass.getuser(),
                             'variables': {'ansible_python_interpreter': sys.executable, 'machine_directory': machine.directory}},
                            **properties)
        rendered = json.loads(subprocess.run(
            ['npx', '--loglevel=error', 'tsx', '--tsconfig', 'tsconfig.dev.json', os.path.join(HERE, 'render.ts'), json.dumps(self.machine),
             os.path.join(HERE, 'playbooks')], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
        self.write('command', rendered['command'])
        self.write('inventory', rendered['inventory'])
        # The paths of the pod are written in the configuration.
        here = {name: text.replace('/var/lib/nodepool-ssh-key/priv', self.path('priv')).replace('/var/lib/nodepool', self.path('home'))
                for name, text in rendered['ssh'].items()}
        self.write('home/.ssh', here)
        # As kubelet mounts it: files behind a link that is swapped when they change.
        self.write('volume/..2026', rendered['playbooks'])
        os.symlink('..2026', self.path('volume', '..data'))
        for name in os.listdir(self.path('volume', '..2026')):
            os.symlink(os.path.join('..data', name), self.path('volume', name))

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, directory, files):
        for name, text in files.items():
            path = self.path(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as stream:
                stream.write(text)

    def start(self, playbook, types, **env):
        """As Nodepool does: its own arguments after those of dib-cmd, its own variables in the environment."""
        self.output = self.path('images', 'debian-{}'.format(time.monotonic_ns()))
        everything = {
            'PATH': self.ansible + ':' + os.environ['PATH'], 'HOME': self.path('home'), 'TMPDIR': self.path('tmp'),
            'LC_ALL': 'C.UTF-8', 'DIB_ANSIBLE_DIR': self.path('volume'), 'DIB_ANSIBLE_SSH_KEY': self.path('priv'),
            'DIB_ANSIBLE_INVENTORY': self.path('inventory', 'inventory.yaml'), 'DIB_IMAGE_NAME': 'debian',
            'DIB_ANSIBLE_SSH_CONFIG': self.path('home', '.ssh', 'config'),
            'ANSIBLE_SSH_COMMON_ARGS': '-F ' + self.path('home', '.ssh', 'config'), 'PYTHONDONTWRITEBYTECODE': '1', **env}
        return subprocess.Popen(
            [sys.executable, self.path('command', 'dib_ansible.py'), playbook, '-x', '-t', types, '--checksum', '--no-tmpfs',
             '--qemu-img-options', 'compat=0.10', '-o', self.output],
            cwd='/', env=everything, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def build(self, playbook, code, types='qcow2', **env):
        begun = time.monotonic()
        process = self.start(playbook, types, **env)
        log = process.communicate(timeout=120)[0].decode()
        print('       {}: exit code {} after {:.1f} s'.format(playbook, process.returncode, time.monotonic() - begun))
        check(process.returncode == code, 'exit code {} instead of {}:\n{}'.format(process.returncode, code, log))
        unstamped = [line for line in log.splitlines() if not STAMP.match(line)]
        check(not unstamped, 'lines without a timestamp: {}'.format(unstamped))
        return log


# -- what must be so --------------------------------------------------------------------------------------------------

class Checks:
    def __init__(self, directory, ansible):
        self.directory, self.ansible = directory, ansible
        self.count = 0
        self.machines = []

    def pair(self, **properties):
        """A builder and its machine; the host key is declared unless the properties say otherwise."""
        self.count += 1
        directory = os.path.join(self.directory, str(self.count))
        os.makedirs(os.path.join(directory, 'builder'))
        public = make_key(os.path.join(directory, 'builder', 'priv'))
        machine = Machine(os.path.join(directory, 'machine'), public)
        self.machines.append(machine)
        properties = properties or {'hostKeys': [machine.host_key]}
        return Builder(os.path.join(directory, 'builder'), self.ansible, machine, **properties), machine, public

    def an_image_comes_back_in_each_format_with_its_checksums(self):
        builder, machine, _ = self.pair()
        builder.build('image.yaml', 0, types='qcow2,raw')
        for name in ('qcow2', 'raw'):
            path = '{}.{}'.format(builder.output, name)
            with open(path, 'rb') as here, open(os.path.join(machine.directory, 'image'), 'rb') as there:
                check(here.read() == there.read(), name + ' is not the image of the machine')
            for sum_name in ('md5', 'sha256'):
                subprocess.run([sum_name + 'sum', '--check', '--quiet', '{}.{}'.format(path, sum_name)], check=True)
        check(os.listdir(builder.path('tmp')) == [], 'files are left in /tmp')

    def a_failing_playbook_fails_the_build(self):
        log = self.pair()[0].build('fails.yaml', 2)
        check('ansible-playbook ended with exit code 2' in log, log)

    def a_playbook_that_leaves_no_image_fails_the_build(self):
        log = self.pair()[0].build('no-image.yaml', 1)
        check('ansible-playbook was successful, and there is no image' in log, log)

    def another_host_key_is_refused(self):
        builder, machine, _ = self.pair()
        other = make_key(builder.path('other'))
        refused = Builder(builder.directory + '-refused', self.ansible, machine, hostKeys=[other])
        shutil.copy(builder.path('priv'), refused.path('priv'))
        log = refused.build('image.yaml', 4)
        check('Host key verification failed' in log or 'HOST IDENTIFICATION HAS CHANGED' in log, log)

    def host_keys_are_checked_whatever_playbooks_and_settings_say(self):
        builder, machine, _ = self.pair()
        refused = Builder(builder.directory + '-refused', self.ansible, machine, hostKeys=[make_key(builder.path('other'))])
        shutil.copy(builder.path('priv'), refused.path('priv'))
        unchecked = '-F /dev/null -o StrictHostKeyChecking=false -o UserKnownHostsFile=/dev/null -i ' + refused.path('priv')
        play = '- hosts: all\n  gather_facts: false\n  vars: {}\n  tasks: [command: "true"]\n'
        cases = [
            ('a variable of a group', {'group_vars/all.yaml': 'ansible_host_key_checking: false\n'}, {}),
            ('another one', {'group_vars/all.yaml': 'ansible_ssh_host_key_checking: false\n'}, {}),
            ('a variable of the play', {'play.yaml': play.format('{ansible_host_key_checking: false}')}, {}),
            ('arguments of the play', {'play.yaml': play.format(json.dumps({'ansible_ssh_extra_args': unchecked}))}, {}),
            ('common arguments', {'play.yaml': play.format(json.dumps({'no': 'false', 'ansible_ssh_common_args': unchecked.replace('false', '{{ no }}')}))}, {}),
            ('another ssh', {'play.yaml': play.format('{ansible_ssh_executable: /usr/bin/ssh, ansible_host_key_checking: false}')}, {}),
            ('a host that the play adds', {'play.yaml': json.dumps([{'hosts': 'all', 'gather_facts': False, 'tasks': [
                {'add_host': {'name': 'again', 'ansible_host': '127.0.0.1', 'ansible_port': machine.port, 'ansible_user': getpass.getuser(),
                              'ansible_host_key_checking': False, 'ansible_ssh_extra_args': unchecked}, 'changed_when': False},
                {'command': 'true', 'delegate_to': 'again', 'vars': {'ansible_ssh_executable': '/usr/bin/ssh'}}]}])}, {}),
            ('ansible.cfg', {'ansible.cfg': '[defaults]\nhost_key_checking = False\n'}, {}),
            ('arguments in ansible.cfg', {'ansible.cfg': '[ssh_connection]\nssh_args = -o StrictHostKeyChecking=no\n'}, {}),
            ('more arguments in ansible.cfg', {'ansible.cfg': '[ssh_connection]\nssh_extra_args = {}\n'.format(unchecked)}, {}),
            ('the environment', {}, {'ANSIBLE_HOST_KEY_CHECKING': 'False', 'ANSIBLE_SSH_HOST_KEY_CHECKING': 'False'}),
            ('arguments in the environment', {}, {'ANSIBLE_SSH_ARGS': '-oStrictHostKeyChecking=off', 'ANSIBLE_SSH_EXECUTABLE': '/usr/bin/ssh'}),
            ('a program that gives the keys', {}, {'ANSIBLE_SSH_ARGS': '-o "KnownHostsCommand=/bin/echo %H %t %K"'}),
            ('an exception for this host', {}, {'ANSIBLE_SSH_ARGS': '-o NoHostAuthenticationForLocalhost=yes'}),
        ]
        for title, files, env in cases:
            shutil.rmtree(refused.path('volume', '..2026'))
            refused.write('volume/..2026', {'play.yaml': play.format('{}'), **files})
            log = refused.build('play.yaml', 4, **env)
            check('unreachable=1' in log and 'changed=0' in log, '{}: {}'.format(title, log))
            check('Host key verification failed' in log or 'HOST IDENTIFICATION HAS CHANGED' in log, '{}: {}'.format(title, log))
            print('       refused with ' + title)

    def an_image_comes_back_by_each_way_of_transfer(self):
        for way in ('sftp', 'scp', 'piped'):
            self.pair()[0].build('copy.yaml', 0, ANSIBLE_SSH_TRANSFER_METHOD=way)

    def a_key_that_is_trusted_on_first_use_is_kept_and_another_refused(self):
        builder, machine, public = self.pair(trustHostKeyOnFirstUse=True)
        builder.build('image.yaml', 0)
        with open(builder.path('home', 'known_hosts_first_use')) as stream:
            check(machine.host_key.split()[1] in stream.read(), 'the key was not kept')
        machine.stop()
        self.machines.append(Machine(machine.directory + '-again', public, machine.port))
        log = builder.build('image.yaml', 4, ANSIBLE_SSH_ARGS='-o StrictHostKeyChecking=no')
        check('HOST IDENTIFICATION HAS CHANGED' in log, log)

    def secrets_are_not_in_the_log(self):
        builder, _, _ = self.pair()
        log = builder.build('secrets.yaml', 1, REGISTRY_PASSWORD=PASSWORD)
        check('********' in log, 'nothing was masked')
        with open(builder.path('priv')) as stream:
            lines = [line.strip() for line in stream if not line.startswith('-----')]
        for secret in [PASSWORD, base64.b64encode(PASSWORD.encode()).decode(), 'unknown-secret-of-the-task', *lines]:
            check(secret not in log, 'a secret is in the log: {}'.format(secret))

    def a_build_that_is_stopped_ends_ansible_and_its_ssh(self):
        for number, code in ((signal.SIGTERM, 143), (signal.SIGKILL, -9)):
            builder, _, _ = self.pair()
            process = builder.start('slow.yaml', 'raw')
            end = time.monotonic() + 30
            while not self.running(builder, 'sleep 300', machine=True):
                check(time.monotonic() < end, 'the task does not begin')
                time.sleep(0.2)
            process.send_signal(number)
            process.wait(timeout=40)
            check(process.returncode == code, 'exit code {}'.format(process.returncode))
            end = time.monotonic() + 20
            while self.running(builder, 'ansible-playbook'):
                check(time.monotonic() < end, 'ansible-playbook goes on')
                time.sleep(0.2)

    @staticmethod
    def running(builder, word, machine=False):
        """Processes with this word and, unless it is the machine's, this builder in their command line."""
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open('/proc/{}/cmdline'.format(pid)) as stream:
                    line = stream.read().replace('\0', ' ')
            except OSError:
                continue
            if word in line and (machine or builder.directory in line):
                return True
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--ansible', required=True, metavar='DIRECTORY', help='with ansible-playbook in it')
    parser.add_argument('--only', default='', metavar='WORD', help='only the checks with this word in their name')
    args = parser.parse_args()
    passed = failed = 0
    # Short: the paths of Ansible's control sockets are in it, and such a path has at most 107 characters.
    directory = tempfile.mkdtemp(prefix='da-', dir='/tmp')
    checks = Checks(directory, os.path.abspath(args.ansible))
    try:
        for name in [name for name in vars(Checks) if name.startswith(('a_', 'an', 'host_', 'secrets_')) and args.only in name]:
            title = name.replace('_', ' ')
            try:
                getattr(checks, name)()
                passed += 1
                print('ok     ' + title, flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print('FAILED {}\n{}'.format(title, error if isinstance(error, Failed) else traceback.format_exc()), flush=True)
    finally:
        for machine in checks.machines:
            machine.process.kill()
        shutil.rmtree(directory, ignore_errors=True)
    print('{} passed, {} failed, 0 skipped'.format(passed, failed))
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
