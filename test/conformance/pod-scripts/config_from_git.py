#!/usr/bin/env python3
"""nodepool.yaml from a Git repository, over real ssh, with the real Nodepool 11 and a real ZooKeeper.

    python3 test/conformance/pod-scripts/config_from_git.py [the options of run.py]

Needs what run.py needs, git, ssh and sshd. The pod's containers run as it would run them: first both with --once, one
after the other; then both beside the daemon.
"""

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import run
from run import ASSETS, Container, Launcher, Skipped, check, free_port, wait_for

PATH = 'nodepool/nodepool.yaml'
USER = 'NODEPOOL_NODE_USER'
SECRET_USER = 'zuul-se-cret'


class Server:
    """A bare repository behind sshd, which lets one key in."""

    def __init__(self, directory):
        for program in ('git', 'ssh', 'ssh-keygen'):
            if not shutil.which(program):
                raise Skipped('{} is needed'.format(program))
        sshd = shutil.which('sshd') or '/usr/sbin/sshd'
        if not os.path.exists(sshd):
            raise Skipped('sshd is needed')
        self.directory = directory
        self.port = free_port()
        for name in ('host', 'client', 'stranger'):
            run.run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.path(name))
        os.makedirs('/run/sshd', exist_ok=True)
        with open(self.path('sshd_config'), 'w') as stream:
            stream.write('\n'.join([
                'Port {}'.format(self.port), 'ListenAddress 127.0.0.1', 'HostKey ' + self.path('host'), 'UsePAM no', 'PidFile none',
                'StrictModes no', 'AuthorizedKeysFile ' + self.path('client.pub'), 'PasswordAuthentication no',
                'PermitRootLogin yes', '']))
        self.sshd = subprocess.Popen([sshd, '-D', '-e', '-f', self.path('sshd_config')], stderr=subprocess.DEVNULL)
        atexit.register(self.sshd.kill)
        self.known('host')
        self.env = dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null')
        for role in ('AUTHOR', 'COMMITTER'):
            self.env.update({'GIT_{}_NAME'.format(role): 'Test', 'GIT_{}_EMAIL'.format(role): 'test@example.com'})
        self.git('init', '-q', '--bare', '-b', 'main', self.path('config.git'))
        self.git('init', '-q', '-b', 'main', self.path('clone'))
        self.url = 'ssh://root@127.0.0.1:{}{}'.format(self.port, self.path('config.git'))

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def known(self, key):
        """Write the known hosts with the key of this name for the server."""
        with open(self.path(key + '.pub')) as stream:
            kind, text = stream.read().split()[:2]
        with open(self.path('known_hosts'), 'w') as stream:
            stream.write('[127.0.0.1]:{} {} {}\n'.format(self.port, kind, text))

    def git(self, *arguments):
        return run.run('git', *arguments, env=self.env).decode().strip()

    def push(self, text):
        """A commit with this file; its hash."""
        os.makedirs(self.path('clone', os.path.dirname(PATH)), exist_ok=True)
        with open(self.path('clone', PATH), 'w') as stream:
            stream.write(text)
        self.git('-C', self.path('clone'), 'add', '-A')
        self.git('-C', self.path('clone'), 'commit', '-q', '--allow-empty', '-m', 'change')
        self.git('-C', self.path('clone'), 'push', '-q', self.path('config.git'), 'main')
        return self.git('-C', self.path('clone'), 'rev-parse', 'HEAD')


class Pod:
    """The containers that bring a fetched nodepool.yaml, and the daemon."""

    def __init__(self, world, base, clouds='{clouds: {}}'):
        self.world = world
        self.directory = world.case_directory()
        self.server = Server(self.directory)
        self.out = os.path.join(self.directory, 'out')
        self.config = os.path.join(self.out, 'nodepool.yaml')
        self.base = dict(world.base(os.path.basename(self.directory)), **base)
        self.write('base.yaml', block(self.base))
        self.write('clouds.yaml', clouds)
        os.mkdir(self.out)
        self.env = dict(os.environ, OS_CLIENT_CONFIG_FILE=os.path.join(self.directory, 'clouds.yaml'), **{USER: SECRET_USER})
        self.fetch = self.check = self.daemon = None

    def write(self, name, text):
        with open(os.path.join(self.directory, name), 'w') as stream:
            stream.write(text)

    def container(self, *command):
        container = Container(*command, env=self.env)
        self.world.containers.append(container)
        return container

    def fetching(self, *options):
        server = self.server
        return self.container(
            'sh', os.path.join(ASSETS, 'git', 'git_fetch.sh'), *options, '--url', server.url, '--file', PATH, '--interval', '1',
            '--out', os.path.join(self.directory, 'fetched'), '--tmp', os.path.join(self.directory, 'tmp'), '--pause', '0',
            '--ssh-key', server.path('client'), '--known-hosts', server.path('known_hosts'))

    def checking(self, *options):
        keys = [word for key in ('zookeeper-servers', 'zookeeper-tls', 'webapp') for word in ('--base-key', key + '=zookeeper')]
        return self.container(
            sys.executable, os.path.join(ASSETS, 'pod', 'config_check.py'), *options, '--poll', '0.5', '--name', PATH, *keys,
            '--fetched', os.path.join(self.directory, 'fetched'), '--base', os.path.join(self.directory, 'base.yaml'),
            '--out', self.out, '--start-key', 'zookeeper-timeout', '--nodepool', os.path.join(self.world.bin, 'nodepool'))

    def first(self, fetched=0, checked=0):
        """The init containers, to the end of the one that is expected to fail."""
        for container, expected in ((self.fetching, fetched), (self.checking, checked)):
            container = container('--once')
            code, _ = container.wait(120)
            check(code == expected, 'exit code {}: {}'.format(code, container.lines))
            if code:
                return container
        return None

    def start(self, daemon):
        self.fetch, self.check = self.fetching(), self.checking()
        self.daemon = self.world.supervised(
            daemon, self.config, '--watch', os.path.join(self.out, 'start-only'), '--stop-timeout', '60',
            *self.world.watched(), env=self.env)

    def starts(self):
        return len(self.daemon.log('supervise: started'))

    def status(self):
        with open(os.path.join(self.out, 'status.json')) as stream:
            return json.load(stream)

    def taken(self, commit):
        return wait_for('commit {} is taken'.format(commit), lambda: self.status()['running'] == commit, 120)

    def refused(self, commit, why):
        """A commit is refused for this reason, in the log once, and nothing else changes."""
        before = os.stat(self.config)
        wait_for('commit {} is refused'.format(commit), lambda: (self.status()['refused'] or {}).get('commit') == commit, 120)
        time.sleep(3)
        check(len(self.check.log('commit {} is refused'.format(commit))) == 1, 'not said once: {}'.format(self.check.lines))
        lines = self.check.log(why)
        check(lines, 'not the reason: {}'.format(self.check.lines[-5:]))
        check(os.stat(self.config) == before, 'nodepool.yaml was touched')
        return lines[-1].strip()


class FetchedLauncher(Pod):
    """A launcher whose nodepool.yaml is in Git."""

    get = Launcher.get

    def __init__(self, world, **more):
        self.web = free_port()
        super().__init__(world, {'webapp': {'port': self.web, 'listen_address': '127.0.0.1'}}, **more)

    def ready(self):
        return wait_for('/ready answers 200', lambda: self.get('/ready')[0] == 200, 60)

    def labels(self, name):
        return wait_for('/label-list shows ' + name, lambda: name in self.get('/label-list')[1], 120)


def block(base):
    """YAML in block style, as the library writes it: each key of the top level in the first column."""
    return ''.join('{}: {}\n'.format(key, json.dumps(value)) for key, value in base.items())


def nodes(*labels):
    """What stands in the repository."""
    return '# in Git\nlabels:\n{}providers:\n- name: rack\n  driver: static\n  pools:\n  - name: main\n    nodes:\n    - {{name: 127.0.0.1, ' \
        'labels: [{}], username: "%({})", host-key-checking: false}}\n'.format(
            ''.join('- name: {}\n'.format(label) for label in labels), ', '.join(labels), USER)


def case_commits_reach_the_launcher(world, say):
    """launcher: a commit arrives without a restart, a broken one changes nothing, a fixed one arrives"""
    pod = FetchedLauncher(world)
    pod.server.push(nodes('first'))
    pod.first()
    pod.start('nodepool-launcher')
    pod.ready()
    pod.labels('first')
    with open(pod.config) as stream:
        text = stream.read()
    check('%({})'.format(USER) in text and SECRET_USER not in text, 'the placeholder was replaced in the file')
    wait_for('the node has the name of the variable', lambda: SECRET_USER in pod.get('/node-list?fields=username')[1], 30)
    say('the first version is served; %({}) stays in the file, and Nodepool reads the variable'.format(USER))

    commit = pod.server.push(nodes('first', 'second'))
    begun = time.monotonic()
    pod.labels('second')
    say('a pushed label is on /label-list after {:.1f} s'.format(time.monotonic() - begun))

    for what, text, why in (
            ('an unknown key', nodes('third').replace('labels:', 'labELz:', 1), 'config-validate: .*extra keys not allowed'),
            ('a cloud that clouds.yaml does not have', nodes('third') + '- {name: c, cloud: nowhere, pools: []}\n', 'loader: .*Cloud nowhere was not found'),
            ('a key of the deployment', nodes('third') + 'webapp: {port: 1}\n', 'line 11: "webapp" is set by the deployment'),
            ('no YAML', nodes('third') + '  x: [\n', 'line 1[23]: is no YAML'),
            ('a variable that nothing sets', nodes('third').replace(USER, 'NODEPOOL_NONE'), 'uses %\\(NODEPOOL_NONE\\), which nothing sets')):
        say('{}: {}'.format(what, pod.refused(pod.server.push(text), why)))
        check('second' in pod.get('/label-list')[1], 'the last good one is gone')
    check(pod.status()['running'] == commit, 'status.json: {}'.format(pod.status()))
    check(not pod.daemon.log('Traceback|Exception in main loop'), 'the launcher saw a broken file')

    commit = pod.server.push(nodes('first', 'second', 'fourth'))
    pod.labels('fourth')
    pod.taken(commit)
    check(pod.status()['refused'] is None, 'status.json: {}'.format(pod.status()))
    check(pod.starts() == 1, 'the launcher was restarted')
    say('the fixed one is taken; the launcher was started once in all')

    check(not any(SECRET_USER in line for container in (pod.fetch, pod.check) for line in container.lines), 'the log shows a value')
    stop(pod, say)


def case_cloud_comes_later(world, say):
    """a version that names a cloud which clouds.yaml does not have yet is taken when the cloud is there"""
    pod = FetchedLauncher(world)
    pod.server.push(nodes('first'))
    pod.first()
    pod.fetch, pod.check = pod.fetching(), pod.checking('--retry', '5')
    commit = pod.server.push(nodes('second') + '- {name: c, cloud: later, pools: []}\n')
    pod.refused(commit, 'loader: .*Cloud later was not found')
    pod.write('clouds.yaml', 'clouds: {later: {auth_type: password, regions: [one], auth: {auth_url: "http://127.0.0.1:1", '
              'username: u, password: p, project_name: p}}}')
    say('taken {:.1f} s after the cloud is in clouds.yaml'.format(pod.taken(commit)))
    check(len(pod.check.log('is refused')) == 1, pod.check.lines)


def case_start_only(world, say):
    """launcher: what it reads at its start alone restarts it in order, in the same container"""
    pod = FetchedLauncher(world)
    pod.server.push(nodes('first'))
    pod.first()
    pod.start('nodepool-launcher')
    pod.ready()
    pod.server.push('zookeeper-timeout: 20.0\n' + nodes('first', 'second'))
    wait_for('the launcher is started again', lambda: pod.starts() == 2, 120)
    pod.ready()
    pod.labels('second')
    check(pod.daemon.log('ended with exit code 0 as it was told to'), 'it did not end in order')
    say('zookeeper-timeout in the file: started again in the same container')
    stop(pod, say)


def case_server_away(world, say):
    """launcher: a server that is away changes nothing; neither does a container that starts again meanwhile"""
    pod = FetchedLauncher(world)
    pod.server.push(nodes('first'))
    pod.first()
    pod.start('nodepool-launcher')
    pod.ready()
    os.rename(pod.server.path('config.git'), pod.server.path('away'))
    wait_for('the log says so', lambda: pod.fetch.log('going on with commit'), 30)
    say(pod.fetch.log('going on with commit')[0])
    pod.first()
    say('init containers that run again keep what is there')
    os.rename(pod.server.path('away'), pod.server.path('config.git'))
    pod.server.push(nodes('first', 'second'))
    pod.labels('second')
    check(len(pod.fetch.log('going on with')) == 1 and pod.fetch.log('reached again'), pod.fetch.lines)
    stop(pod, say)


def case_no_good_version(world, say):
    """a pod does not start without a good version, nor with a server whose host key is another"""
    pod = FetchedLauncher(world)
    pod.server.push(nodes('first').replace('labels:', 'labELz:', 1))
    container = pod.first(checked=1)
    check(container.log('is refused:') and container.log('correct the file, push it, and the pod starts'), container.lines)
    check(not os.path.exists(pod.config), 'there is a nodepool.yaml')
    say(container.log('config-validate: ')[-1].strip())

    shutil.rmtree(os.path.join(pod.directory, 'fetched'))
    pod.server.known('stranger')
    container = pod.first(fetched=1)
    check(container.log('Host key verification failed'), container.lines)
    say('another host key: ' + container.lines[-1])
    pod.server.known('host')
    shutil.copy(pod.server.path('stranger'), pod.server.path('client'))
    container = pod.first(fetched=1)
    check(container.log('Permission denied'), container.lines)
    say('another key of ours: ' + container.lines[-1])


def case_builder(world, say):
    """builder: a diskimage that is pushed is built"""
    pod = Pod(world, {})
    images, logs, started = (os.path.join(pod.directory, name) for name in ('images', 'logs', 'started'))
    for path in (images, logs):
        os.mkdir(path)
    command = os.path.join(pod.directory, 'dib')
    pod.write('dib', '#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in -o) out=$2;; esac; shift; done\n'
              'echo begun >> {}\necho image > "$out.qcow2"\n'.format(started))
    os.chmod(command, 0o755)
    pod.base.update({'images-dir': images, 'build-log-dir': logs})
    pod.write('base.yaml', block(pod.base))
    pod.server.push('labels: []\n')
    pod.first()
    pod.start('nodepool-builder')
    time.sleep(8)
    begun = time.monotonic()
    pod.server.push('labels: []\ndiskimages:\n- {{name: img, formats: [qcow2], dib-cmd: {}}}\n'.format(command))
    wait_for('the build begins', lambda: os.path.exists(started), 120)
    say('the build of a pushed diskimage begins after {:.1f} s; the builder was started {} time'.format(
        time.monotonic() - begun, pod.starts()))
    check(pod.starts() == 1, 'the builder was restarted')
    stop(pod, say)


def stop(pod, say):
    """SIGTERM ends all containers of a pod; those that only wait do so at once."""
    for container in (pod.fetch, pod.check, pod.daemon):
        container.send(signal.SIGTERM)
    results = [container.wait(60) for container in (pod.fetch, pod.check, pod.daemon)]
    check(all(code == 0 for code, _ in results), 'exit codes: {}'.format(results))
    check(max(seconds for _, seconds in results[:2]) < 5, 'the others wait: {}'.format(results))
    say('SIGTERM: exit 0, 0 and 0 after {}'.format(', '.join('{:.1f} s'.format(seconds) for _, seconds in results)))


CASES = [case_commits_reach_the_launcher, case_cloud_comes_later, case_start_only, case_server_away, case_no_good_version,
         case_builder]


if __name__ == '__main__':
    sys.exit(run.main(CASES))
