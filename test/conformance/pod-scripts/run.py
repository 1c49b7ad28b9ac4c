#!/usr/bin/env python3
"""The pods' scripts and config files with the real Nodepool 11, a real ZooKeeper 3.9 over TLS and a real httpd.

    python3 test/conformance/pod-scripts/run.py [--nodepool-python PYTHON] [--cache DIR] [--only WORD] [--keep]

Needs root (for namespaces), python3, java, mvn, openssl, unshare; apache2 or httpd and curl for the build logs.
What is missing of Nodepool and ZooKeeper is put into the cache. Prints what was seen, and at the end one line
"N passed, N failed, N skipped"; the exit code is 1 if anything failed, or if nothing ran.
"""

import argparse
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, '..', '..', '..'))
ASSETS = os.path.join(ROOT, 'assets')
ZOOKEEPER = '3.9.5'
# Without these no driver loads (cachetools, pkg_resources), or openshiftpods reads no token (kubernetes 36).
NODEPOOL = ['nodepool==11.0.0', 'cachetools', 'setuptools<81', 'kubernetes<36']
BUILD_SECONDS = 15
# A cloud that nobody needs to reach: Nodepool's loader asks whether clouds.yaml has it.
CLOUDS = ('clouds: {cloud-one: {auth: {auth_url: "http://127.0.0.1:9/v3", username: old-user, password: old-password, '
          'project_name: p, user_domain_name: d, project_domain_name: d}}}')
CLOUD_PROVIDER = {'name': 'one', 'driver': 'openstack', 'cloud': 'cloud-one', 'pools': []}


class Failed(Exception):
    """What was expected and not seen."""


class Skipped(Exception):
    """What is missing on this machine."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def wait_for(what, probe, timeout, every=0.1):
    """Seconds until the probe returns something true, or a failure that says what was waited for."""
    begun = time.monotonic()
    while True:
        if probe():
            return time.monotonic() - begun
        if time.monotonic() - begun > timeout:
            raise Failed('not seen within {} s: {}'.format(timeout, what))
        time.sleep(every)


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options).stdout


# -- what is needed ---------------------------------------------------------------------------------------------------

def provide_nodepool(cache, python):
    """The python of an environment with Nodepool in it."""
    if python:
        return os.path.abspath(python)
    venv = os.path.join(cache, 'venv-nodepool')
    python = os.path.join(venv, 'bin', 'python')
    if not os.path.exists(os.path.join(venv, 'bin', 'nodepool-launcher')):
        print('installing Nodepool into', venv, flush=True)
        run(sys.executable, '-m', 'venv', venv)
        run(python, '-m', 'pip', 'install', '-q', *NODEPOOL)
    return python


def provide_zookeeper(cache):
    """The directory of ZooKeeper's jars."""
    jars = os.path.join(cache, 'zookeeper-' + ZOOKEEPER)
    # Several runs side by side fetch it once.
    with open(jars + '.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(jars, 'zookeeper-{}.jar'.format(ZOOKEEPER))):
            print('fetching ZooKeeper', ZOOKEEPER, 'into', jars, flush=True)
            # Into a directory of its own first: a broken download must not look complete to the next run.
            with tempfile.TemporaryDirectory(dir=cache) as fresh:
                target = os.path.join(fresh, 'jars')
                run('mvn', '-q', '-B', '-f', os.path.join(HERE, 'pom.xml'), 'dependency:copy-dependencies',
                    '-DoutputDirectory=' + target)
                shutil.rmtree(jars, ignore_errors=True)
                os.rename(target, jars)
    return jars


class Certificates:
    """A CA, a server's and a client's certificate, made for this run and gone with it."""

    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory)
        run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
            '-subj', '/CN=test ca', '-keyout', self.path('ca.key'), '-out', self.path('ca.crt'))
        for name in ('server', 'client'):
            run('openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                '-subj', '/CN=' + name, '-keyout', self.path(name + '.key'), '-out', self.path(name + '.csr'))
            with open(self.path('ext'), 'w') as stream:
                stream.write('subjectAltName=DNS:localhost,IP:127.0.0.1\n')
            run('openssl', 'x509', '-req', '-in', self.path(name + '.csr'), '-CA', self.path('ca.crt'),
                '-CAkey', self.path('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', self.path('ext'),
                '-out', self.path(name + '.crt'))
        with open(self.path('server.pem'), 'w') as out:
            for part in ('server.crt', 'server.key'):
                with open(self.path(part)) as stream:
                    out.write(stream.read())

    def path(self, name):
        return os.path.join(self.directory, name)


class ZooKeeper:
    """One server that speaks TLS only and wants a client certificate."""

    def __init__(self, directory, jars, certificates):
        self.directory, self.jars, self.certificates = directory, jars, certificates
        self.port = free_port()
        self.process = None
        os.makedirs(os.path.join(directory, 'data'))
        with open(os.path.join(directory, 'zoo.cfg'), 'w') as stream:
            stream.write('\n'.join([
                'tickTime=1000', 'dataDir=' + os.path.join(directory, 'data'),
                'secureClientPort={}'.format(self.port), 'admin.enableServer=false', 'standaloneEnabled=true',
                'serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory', 'ssl.clientAuth=need',
                'ssl.keyStore.location=' + certificates.path('server.pem'), 'ssl.keyStore.type=PEM',
                'ssl.trustStore.location=' + certificates.path('ca.crt'), 'ssl.trustStore.type=PEM', '']))

    def start(self):
        with open(os.path.join(self.directory, 'log'), 'ab') as log:
            self.process = subprocess.Popen(
                ['java', '-Xmx256m', '-cp', os.path.join(self.jars, '*'),
                 'org.apache.zookeeper.server.quorum.QuorumPeerMain', os.path.join(self.directory, 'zoo.cfg')],
                stdout=log, stderr=log)

        def serves():
            with socket.socket() as client:
                return client.connect_ex(('127.0.0.1', self.port)) == 0
        return wait_for('ZooKeeper listens', serves, 60)

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


# -- a volume and a container -----------------------------------------------------------------------------------------

class Volume:
    """A directory that changes as kubelet's ConfigMaps and Secrets do: all at once, by a link that is swapped."""

    def __init__(self, directory, **files):
        self.directory = directory
        self.generation = 0
        os.makedirs(directory)
        self.set(files)

    def set(self, files):
        self.generation += 1
        fresh = '..generation_{}'.format(self.generation)
        data = os.path.join(self.directory, '..data')
        old = os.readlink(data) if os.path.islink(data) else None
        os.mkdir(os.path.join(self.directory, fresh))
        for name, text in files.items():
            with open(os.path.join(self.directory, fresh, name), 'w') as stream:
                stream.write(text)
            link = os.path.join(self.directory, name)
            if not os.path.islink(link):
                os.symlink(os.path.join('..data', name), link)
        os.symlink(fresh, data + '_tmp')
        os.rename(data + '_tmp', data)
        if old:
            for name in os.listdir(os.path.join(self.directory, old)):
                if name not in files:
                    os.unlink(os.path.join(self.directory, name))
            shutil.rmtree(os.path.join(self.directory, old))


class Container:
    """A command as PID 1 of a PID namespace; all that it prints is kept."""

    def __init__(self, *command, env=None):
        self.lines = []
        self.most_lines = float('inf')
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child'] + list(command),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            # Past the limit only the supervisor's own are kept.
            if len(self.lines) < self.most_lines or b' supervise: ' in line:
                self.lines.append(line.decode(errors='replace').rstrip('\n'))

    def send(self, number):
        """Send a signal to PID 1 inside."""
        with open('/proc/{0}/task/{0}/children'.format(self.process.pid)) as stream:
            os.kill(int(stream.read().split()[0]), number)

    def log(self, pattern):
        """The lines in which the pattern is found."""
        return [line for line in self.lines if re.search(pattern, line)]

    def wait(self, timeout):
        """Exit code, and the seconds that it took."""
        begun = time.monotonic()
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed('still running {} s later'.format(timeout))
        self.reader.join(5)
        return code, time.monotonic() - begun

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class World:
    """What the cases share."""

    def __init__(self, args, directory):
        cache = os.path.abspath(args.cache)
        os.makedirs(cache, exist_ok=True)
        self.directory = directory
        self.bin = os.path.dirname(provide_nodepool(cache, args.nodepool_python))
        self.certificates = Certificates(os.path.join(directory, 'tls'))
        self.zookeeper = ZooKeeper(os.path.join(directory, 'zookeeper'), provide_zookeeper(cache), self.certificates)
        self.containers = []
        self.cases = 0
        with open(os.path.join(ASSETS, 'logging', 'logging.yaml')) as stream:
            logging = stream.read().replace('@LEVEL@', 'DEBUG').replace('@LIBRARY_LEVEL@', 'WARNING')
        self.logging = os.path.join(directory, 'logging.yaml')
        with open(self.logging, 'w') as stream:
            stream.write(logging)

    def case_directory(self):
        self.cases += 1
        path = os.path.join(self.directory, 'case-{}'.format(self.cases))
        os.mkdir(path)
        return path

    def base(self, chroot, host='127.0.0.1'):
        """What every nodepool.yaml begins with. JSON is YAML."""
        return {
            'zookeeper-servers': [dict(host=host, port=self.zookeeper.port, **({'chroot': '/' + chroot} if chroot else {}))],
            'zookeeper-tls': {'cert': self.certificates.path('client.crt'), 'key': self.certificates.path('client.key'),
                              'ca': self.certificates.path('ca.crt')},
        }

    def watched(self, host='127.0.0.1'):
        """The supervisor's arguments for ZooKeeper, as the pod has them."""
        return ('--zookeeper', '{}:{}'.format(host, self.zookeeper.port),
                '--zookeeper-tls', *map(self.certificates.path, ('ca.crt', 'client.crt', 'client.key')))

    def supervised(self, daemon, config, *options, prefix=(), **more):
        # The system's python, as in the pod: supervise.py is not part of Nodepool's environment.
        container = Container(
            *prefix, sys.executable, os.path.join(ASSETS, 'pod', 'supervise.py'), '--poll', '0.5', *options, '--',
            os.path.join(self.bin, daemon), '-f', '-c', config, '-l', self.logging, **more)
        self.containers.append(container)
        return container

    def close(self):
        for container in self.containers:
            container.kill()
        self.zookeeper.stop()


class Launcher:
    """A launcher with a volume for its config and one for its credentials."""

    def __init__(self, world, *options, cloud=False, host='127.0.0.1', chroot=True, **more):
        directory = world.case_directory()
        self.world, self.cloud, self.host = world, cloud, host
        self.web = free_port()
        self.chroot = chroot and os.path.basename(directory)
        self.config = Volume(os.path.join(directory, 'config'), **{'nodepool.yaml': self.yaml('first')})
        self.providers = Volume(os.path.join(directory, 'providers'), **{'clouds.yaml': CLOUDS if cloud else '{clouds: {}}'})
        self.container = world.supervised(
            'nodepool-launcher', os.path.join(self.config.directory, 'nodepool.yaml'),
            '--watch', self.providers.directory, '--judge', os.path.join(self.config.directory, 'nodepool.yaml'),
            *world.watched(host), *options, **more,
            env=dict(os.environ, OS_CLIENT_CONFIG_FILE=os.path.join(self.providers.directory, 'clouds.yaml')))

    def yaml(self, *labels):
        return json.dumps(dict(
            self.world.base(self.chroot, self.host), webapp={'port': self.web, 'listen_address': '127.0.0.1'},
            labels=[{'name': label} for label in labels],
            providers=[{'name': 'rack', 'driver': 'static', 'pools': [{'name': 'main', 'nodes': [
                {'name': '127.0.0.1', 'labels': list(labels), 'username': 'zuul', 'host-key-checking': False}]}]}]
            + ([CLOUD_PROVIDER] if self.cloud else [])))

    def get(self, path):
        """Status and text of a page; 0 where nobody listens."""
        try:
            with urllib.request.urlopen('http://127.0.0.1:{}{}'.format(self.web, path), timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ''
        except OSError:
            return 0, ''

    def ready(self):
        return wait_for('/ready answers 200', lambda: self.get('/ready')[0] == 200, 60)

    def serves(self):
        """Not even a new nodepool.yaml, for which the launcher reads clouds.yaml itself, ends it."""
        self.config.set({'nodepool.yaml': self.yaml('first', 'second')})
        wait_for('the launcher refuses it itself', lambda: self.container.log(r'^(?!.* supervise: ).*Cloud cloud-one was not found'), 60)
        check(self.get('/ready')[0] == 200 and 'first' in self.get('/label-list')[1], 'the launcher does not serve')


class Builder:
    """A builder of one image, whose build sleeps, then writes the file."""

    def __init__(self, world, *options, cloud=False, host='127.0.0.1', chroot=True, **more):
        directory = world.case_directory()
        self.world = world
        self.images = os.path.join(directory, 'images')
        self.started = os.path.join(directory, 'started')
        logs = os.path.join(directory, 'logs')
        command = os.path.join(directory, 'dib')
        for path in (self.images, logs):
            os.mkdir(path)
        with open(command, 'w') as stream:
            stream.write(
                '#!/bin/sh\n'
                'while [ $# -gt 0 ]; do case $1 in -o) out=$2;; esac; shift; done\n'
                'echo begun >> {}\nsleep {}\necho image > "$out.qcow2"\n'.format(self.started, BUILD_SECONDS))
        os.chmod(command, 0o755)
        config = dict(world.base(chroot and os.path.basename(directory), host), **{
            'images-dir': self.images, 'build-log-dir': logs, 'labels': [], 'providers': [CLOUD_PROVIDER] if cloud else [],
            # One that has a cloud shows by its next build that it goes on.
            'diskimages': [{'name': 'img', 'formats': ['qcow2'], 'dib-cmd': command, 'rebuild-age': 20 if cloud else 86400}]})
        self.config = os.path.join(directory, 'nodepool.yaml')
        with open(self.config, 'w') as stream:
            json.dump(config, stream)
        self.providers = Volume(os.path.join(directory, 'providers'), **{'clouds.yaml': CLOUDS if cloud else '{clouds: {}}'})
        self.container = world.supervised(
            'nodepool-builder', self.config, '--watch', self.providers.directory, '--judge', self.config,
            *world.watched(host), *options, **more,
            env=dict(os.environ, OS_CLIENT_CONFIG_FILE=os.path.join(self.providers.directory, 'clouds.yaml')))

    def builds(self):
        """How many builds have begun."""
        if not os.path.exists(self.started):
            return 0
        with open(self.started) as stream:
            return len(stream.readlines())

    def ready(self):
        return self.serves()

    def serves(self):
        """The builder begins another build."""
        before = self.builds()
        return wait_for('another build begins', lambda: self.builds() > before, 90)

    def in_the_middle(self):
        """Wait until a build has been running for a while."""
        wait_for('a build begins', lambda: self.builds() == 1, 60)
        time.sleep(3)

    def images_listed(self):
        return run(os.path.join(self.world.bin, 'nodepool'), '-c', self.config, 'dib-image-list',
                   timeout=60).decode()


# -- the cases --------------------------------------------------------------------------------------------------------

def case_launcher(world, say):
    """launcher: ready, reloads nodepool.yaml, restarts for its credentials, stops on SIGTERM"""
    launcher = Launcher(world, '--stop-timeout', '60')
    container = launcher.container
    say('ready after {:.1f} s'.format(launcher.ready()))

    lines = container.log(r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO) nodepool\.')
    check(lines, 'no log line as logging.yaml formats it; got: {}'.format(container.lines[:5]))
    check(not container.log(r' (DEBUG|INFO) kazoo'), 'kazoo logs below WARNING')
    say('logging.yaml is accepted; its first line: {}'.format(lines[0]))

    launcher.config.set({'nodepool.yaml': launcher.yaml('first', 'second')})
    seconds = wait_for('/label-list shows the new label', lambda: 'second' in launcher.get('/label-list')[1], 30)
    check(len(container.log('supervise: started')) == 1, 'a new nodepool.yaml restarted the launcher')
    say('a label added to nodepool.yaml is on /label-list after {:.1f} s, without a restart'.format(seconds))

    begun = time.monotonic()
    launcher.providers.set({'clouds.yaml': '{clouds: {one: {}}}'})
    wait_for('the launcher is started again', lambda: len(container.log('supervise: started')) == 2, 60)
    gone = time.monotonic() - begun
    launcher.ready()
    check(container.log('supervise: changed: .*providers'), 'the changed directory is not in the log')
    check(container.log('ended with exit code 0 as it was told to'), 'the launcher did not end in order')
    check(not container.log('one: {}'), "the log shows the file's content")
    check(container.process.poll() is None, 'the container ended')
    say('changed credentials: the next launcher started after {:.1f} s, ready after {:.1f} s, same container'.format(
        gone, time.monotonic() - begun))

    container.send(signal.SIGTERM)
    code, seconds = container.wait(30)
    check(code == 0, 'exit code {}'.format(code))
    check(container.log('nodepool.NodePool: Finished stopping'), "the launcher's own orderly stop is not in its log")
    say('SIGTERM: "Finished stopping", exit 0 after {:.1f} s'.format(seconds))


def case_broken_credentials(world, say):
    """launcher and builder: a broken clouds.yaml is refused and they go on; the mended one restarts them"""
    for service in (Launcher(world, '--stop-timeout', '60', cloud=True), Builder(world, '--stop-timeout', '60', cloud=True)):
        container, name = service.container, type(service).__name__.lower()
        service.ready()
        begun = time.monotonic()
        service.providers.set({'clouds.yaml': 'clouds: [{password: not-for-the-log'})
        wait_for('the {} refuses it'.format(name), lambda: container.log('is refused with the new files'), 200)
        seconds = time.monotonic() - begun
        wait_for('it says why', lambda: container.log("Nodepool's loader: .*Cloud cloud-one was not found"), 5)
        check(not container.log('not-for-the-log'), "the log shows the file's content")
        time.sleep(5)
        check(len(container.log('supervise: started')) == 1, 'the {} was restarted'.format(name))
        check(len(container.log('is refused with the new files')) == 1, 'the refusal is said more than once')
        service.serves()
        say('{}: refused after {:.1f} s, goes on and serves: {}'.format(
            name, seconds, container.log("Nodepool's loader")[0].split('supervise:')[1].strip()))

        begun = time.monotonic()
        service.providers.set({'clouds.yaml': CLOUDS.replace('old-user', 'new-user')})
        wait_for('the {} is started again'.format(name), lambda: len(container.log('supervise: started')) == 2, 200)
        seconds = time.monotonic() - begun
        check(container.log('ended with exit code 0 as it was told to'), 'it did not end in order')
        service.ready()
        check(not container.log('new-user'), "the log shows the file's content")
        say('{}: mended, started again after {:.1f} s and ready'.format(name, seconds))

        service.providers.set({'clouds.yaml': 'clouds: ['})
        time.sleep(2)
        container.send(signal.SIGTERM)
        code, seconds = container.wait(60)
        check(code == 0, 'exit code {}'.format(code))
        say('{}: SIGTERM while the next one is judged: exit 0 after {:.1f} s'.format(name, seconds))


def case_launcher_early_stop(world, say):
    """launcher: SIGTERM at any moment of its start ends it"""
    for delay in (0.05, 0.4, 0.8, 1.2, 1.6, 2.0, 2.5, 3.0):
        container = Launcher(world, '--stop-timeout', '60').container
        # Before Python runs, the kernel drops a SIGTERM for PID 1, and no script can do anything about it.
        wait_for('the supervisor starts', lambda: container.log('supervise: started'), 20)
        time.sleep(delay)
        container.send(signal.SIGTERM)
        code, seconds = container.wait(20)
        say('after {} s: exit {} in {:.1f} s'.format(delay, code, seconds))


def case_build_survives_stop(world, say):
    """builder: SIGTERM in the middle of a build lets it finish"""
    builder = Builder(world, '--stop-timeout', '60')
    builder.in_the_middle()
    builder.container.send(signal.SIGTERM)
    time.sleep(1)
    builder.container.send(signal.SIGTERM)
    code, seconds = builder.container.wait(60)
    check(code == 0, 'exit code {}'.format(code))
    check(seconds > BUILD_SECONDS / 2, 'it did not wait for the build: {:.1f} s'.format(seconds))
    files = [name for name in os.listdir(builder.images) if name.endswith('.qcow2')]
    check(files, 'no image file')
    table = builder.images_listed()
    check('| ready' in table and '| building' not in table, table)
    say('exit 0 after {:.1f} s, image written, dib-image-list says ready'.format(seconds))


def case_restart_waits_for_build(world, say):
    """builder: changed credentials wait for the build that is running"""
    builder = Builder(world, '--stop-timeout', '60')
    builder.in_the_middle()
    builder.providers.set({'clouds.yaml': '{clouds: {one: {}}}'})
    seconds = wait_for('the builder is started again',
                       lambda: len(builder.container.log('supervise: started')) == 2, 60)
    check(seconds > BUILD_SECONDS / 2, 'it did not wait for the build: {:.1f} s'.format(seconds))
    table = builder.images_listed()
    check('| ready' in table and '| building' not in table, table)
    time.sleep(12)
    check(builder.builds() == 1, 'the image was built again')
    say('started again after {:.1f} s, the image is ready and was built once'.format(seconds))
    builder.container.send(signal.SIGTERM)
    code, seconds = builder.container.wait(30)
    check(code == 0, 'exit code {}'.format(code))
    say('SIGTERM while idle: exit 0 after {:.1f} s'.format(seconds))


def case_builder_early_stop(world, say):
    """builder: SIGTERM at any moment of its start ends it"""
    for delay in (0.05, 0.4, 0.8, 1.2, 1.6, 2.0, 2.5, 3.0):
        container = Builder(world, '--stop-timeout', '60').container
        # Before Python runs, the kernel drops a SIGTERM for PID 1, and no script can do anything about it.
        wait_for('the supervisor starts', lambda: container.log('supervise: started'), 20)
        time.sleep(delay)
        container.send(signal.SIGTERM)
        code, seconds = container.wait(40)
        say('after {} s: exit {} in {:.1f} s'.format(delay, code, seconds))


def case_lost_zookeeper(world, say):
    """ZooKeeper gone: neither a launcher nor a builder needs the whole stop timeout"""
    launcher = Launcher(world, '--stop-timeout', '300')
    builder = Builder(world, '--stop-timeout', '300')
    launcher.ready()
    builder.in_the_middle()
    time.sleep(BUILD_SECONDS)
    world.zookeeper.stop()
    try:
        time.sleep(3)
        launcher.container.send(signal.SIGTERM)
        builder.container.send(signal.SIGTERM)
        for name, container in (('launcher', launcher.container), ('builder', builder.container)):
            code, seconds = container.wait(60)
            say('{} that lost ZooKeeper 3 s before: exit {}, {:.1f} s'.format(name, code, seconds))

        # It never was there: a new pod while ZooKeeper is down.
        launcher = Launcher(world, '--stop-timeout', '300')
        builder = Builder(world, '--stop-timeout', '300')
        time.sleep(8)
        check(launcher.get('/ready')[0] == 503, '/ready is not 503 without ZooKeeper')
        for name, container in (('launcher', launcher.container), ('builder', builder.container)):
            container.send(signal.SIGTERM)
            code, seconds = container.wait(20)
            check(container.log('has never been connected'), '\n'.join(container.lines[-5:]))
            say('{} that never was connected: exit {}, {:.1f} s'.format(name, code, seconds))
    finally:
        world.zookeeper.start()


def case_build_logs(world, say):
    """httpd.conf as it is: another uid, read-only root, its own paths and port"""
    binary = shutil.which('httpd') or shutil.which('apache2')
    if not binary or not shutil.which('curl'):
        raise Skipped('httpd (or apache2) and curl are needed')
    modules = '/usr/lib/apache2/modules' if binary.endswith('apache2') else '/etc/httpd/modules'
    output = run('unshare', '-m', '-n', '--propagation', 'private', '--fork', '--pid', '--mount-proc', '--kill-child',
                 'sh', os.path.join(HERE, 'build-logs.sh'),
                 os.path.join(ASSETS, 'build-logs', 'httpd.conf'), binary, modules, timeout=60).decode()
    for line in output.splitlines():
        say(line)
    check('build logs: all as expected' in output, 'see above')


CASES = [case_launcher, case_broken_credentials, case_launcher_early_stop, case_build_survives_stop, case_restart_waits_for_build,
         case_builder_early_stop, case_lost_zookeeper, case_build_logs]


def main(cases=None):
    cases = CASES if cases is None else cases
    default = os.path.join(os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'cdk8s-nodepool')
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--nodepool-python', help='python of an environment with Nodepool 11 (default: in the cache)')
    parser.add_argument('--cache', default=default, help='default: %(default)s')
    parser.add_argument('--only', default='', help='run the cases whose name holds this word')
    parser.add_argument('--keep', action='store_true', help='keep the temporary directory')
    args = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit('namespaces need root: run this as root')

    counts = {'passed': 0, 'failed': 0, 'skipped': 0}
    directory = tempfile.mkdtemp(prefix='pod-scripts-')
    world = World(args, directory)
    try:
        print('ZooKeeper {} listens after {:.1f} s'.format(ZOOKEEPER, world.zookeeper.start()), flush=True)
        for case in cases:
            if args.only not in case.__name__:
                continue
            print('\n{}: {}'.format(case.__name__[len('case_'):], case.__doc__), flush=True)
            first = len(world.containers)
            try:
                case(world, lambda text: print('    ' + text, flush=True))
                result = 'passed'
            except Skipped as reason:
                result = 'skipped'
                print('    ' + str(reason))
            except Exception as error:
                result = 'failed'
                print('    ' + (str(error) if isinstance(error, Failed) else traceback.format_exc()))
                if isinstance(error, subprocess.CalledProcessError):
                    print(error.output.decode(errors='replace'))
                for container in world.containers[first:]:
                    print('    ---- ' + '\n    '.join(container.lines[-40:]))
            finally:
                for container in world.containers[first:]:
                    container.kill()
            counts[result] += 1
            print('  ' + result, flush=True)
    finally:
        world.close()
        if not args.keep:
            shutil.rmtree(directory, ignore_errors=True)
    print('\n{passed} passed, {failed} failed, {skipped} skipped'.format(**counts))
    return 1 if counts['failed'] or not counts['passed'] else 0


if __name__ == '__main__':
    sys.exit(main())
