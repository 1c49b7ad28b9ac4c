#!/usr/bin/env python3
"""How launcher and builder come to their connection with ZooKeeper, with the real Nodepool 11 and a real ZooKeeper 3.9.

    python3 test/conformance/pod-scripts/zookeeper_connection.py [the options of run.py]

Needs what run.py needs. Names are looked up in a file of the test, which stands in for the cluster's DNS.
"""

import os
import sys
import time

import run
from run import Builder, Launcher, check, wait_for

NAME = 'zookeeper.names.test'
# The fault makes Nodepool log thousands of lines a second.
MOST_LINES = 20000


class Names:
    """The names that a container can look up. Without any, the machine's own name still resolves."""

    def __init__(self, world):
        directory = world.case_directory()
        self.hosts, switch = os.path.join(directory, 'hosts'), os.path.join(directory, 'nsswitch.conf')
        with open(switch, 'w') as stream:
            stream.write('passwd: files\ngroup: files\nhosts: files\n')
        self.forget()
        self.prefix = ('sh', '-c', 'mount --bind {} /etc/hosts && mount --bind {} /etc/nsswitch.conf && exec "$@"'.format(
            self.hosts, switch), 'sh')

    def _write(self, more):
        # In place: what is mounted is this file.
        with open(self.hosts, 'w') as stream:
            stream.write('127.0.0.1 localhost {}\n{}'.format(os.uname().nodename, more))

    def know(self):
        self._write('127.0.0.1 {}\n'.format(NAME))

    def forget(self):
        self._write('')


def both(world, names):
    """A launcher and a builder that reach ZooKeeper by a name, and how each shows that it serves.

    Without a chroot: kazoo asks for that one as soon as it is connected, and where this fails the launcher makes itself
    another client, and the builder ends.
    """
    launcher, builder = (kind(world, '--stop-timeout', '60', host=NAME, chroot=False, prefix=names.prefix)
                         for kind in (Launcher, Builder))
    return [('launcher', launcher.ready, launcher.container),
            ('builder', lambda: wait_for('a build begins', lambda: builder.builds() > 0, 60), builder.container)]


def case_names_that_come_later(world, say):
    """started before any name resolves: they wait, and connect once it does"""
    names = Names(world)
    services = both(world, names)
    for name, _, container in services:
        wait_for('the {} waits'.format(name), lambda: container.log('cannot be looked up'), 20)
        check(NAME in container.log('cannot be looked up')[0], container.lines)
    time.sleep(5)
    check(not any(container.log('supervise: started') for _, _, container in services), 'one was started')
    names.know()
    begun = time.monotonic()
    for name, serves, container in services:
        serves()
        check(len(container.log('supervise: started')) == 1, 'the {} was started again'.format(name))
        say('{}: serves {:.1f} s after the name resolved, started once'.format(name, time.monotonic() - begun))


def case_closed_for_good(world, say):
    """the first lookup fails after all, and Nodepool's client closes itself: the launcher is started again, the builder ends"""
    names = Names(world)
    names.know()
    services = both(world, names)
    for _, _, container in services:
        container.most_lines = MOST_LINES
        wait_for('it is started', lambda: container.log('supervise: started'), 20)
    # While Nodepool loads its drivers, after the supervisor has looked.
    names.forget()
    for name, _, container in services:
        wait_for('the {} tries in vain'.format(name), lambda: container.log('Retrying zookeeper connection'), 30)
    names.know()
    begun = time.monotonic()
    (_, serves, launcher), (_, _, builder) = services
    code, _ = builder.wait(30)
    check(code == 1 and builder.log('kazoo.exceptions.Connection'), 'exit code {}'.format(code))
    say('builder: ends by itself with exit code 1, and the kubelet starts it again')
    wait_for('the fault', lambda: launcher.log('ConnectionClosedError: Connection has been closed'), 30)
    wait_for('the launcher is started again', lambda: len(launcher.log('supervise: started')) == 2, 150)
    seconds = time.monotonic() - begun
    serves()
    check(launcher.process.poll() is None, 'the container ended')
    say('launcher: started again {:.0f} s after its client was closed, and serves: {}'.format(
        seconds, launcher.log('no connection to ZooKeeper')[0].split('supervise: ')[1]))


def case_zookeeper_away(world, say):
    """ZooKeeper is away for a while: they wait for it, say so, and connect again, not started again"""
    names = Names(world)
    names.know()
    services = both(world, names)
    for _, serves, _ in services:
        serves()
    # A connection of a moment would not count as one.
    time.sleep(10)
    world.zookeeper.stop()
    try:
        time.sleep(100)
    finally:
        world.zookeeper.start()
    begun = time.monotonic()
    for name, _, container in services:
        said = container.log('nobody is known to serve; it connects when one does')
        check(len(said) == 1 and NAME in said[0], said)
        wait_for('the {} is connected again'.format(name), lambda: len(container.log('ZooKeeper connection: CONNECTED')) == 2, 120)
        check(len(container.log('supervise: started')) == 1, 'the {} was started again'.format(name))
        say('{}: connected {:.1f} s after ZooKeeper was started again'.format(name, time.monotonic() - begun))


CASES = [case_names_that_come_later, case_closed_for_good, case_zookeeper_away]


if __name__ == '__main__':
    sys.exit(run.main(CASES))
