#!/usr/bin/env python3
"""backup.py with a real ZooKeeper, and records that the real Nodepool 11 wrote and reads.

    python3 test/conformance/pod-scripts/zookeeper_backup.py [the options of run.py]

Needs what run.py needs.
"""

import gzip
import json
import os
import subprocess
import sys
import time

import run
from run import ASSETS, check

# Nodepool's own models, below a chroot: `write` makes records, `read` says what it finds, `next` what comes after them.
RECORDS = '''
import json, sys
from nodepool import zk
from nodepool.zk import zookeeper
what, port, chroot, ca, cert, key = sys.argv[1:]
client = zk.ZooKeeperClient('127.0.0.1:' + port + chroot, tls_cert=cert, tls_key=key, tls_ca=ca)
client.connect()
store = zookeeper.ZooKeeper(client, enable_cache=False)
if what == 'write':
    for number in range(30):
        node = zookeeper.Node()
        node.state, node.provider, node.type = zookeeper.READY, 'rack', ['small']
        store.storeNode(node)
        # its lock is a node of its own, with an ephemeral one below.
        store.lockNode(node)
        if number % 3:
            store.deleteNode(node)
    build = zookeeper.ImageBuild()
    build.state, build.builder, build.formats = zookeeper.READY, 'builder', ['qcow2']
    store.storeBuild('debian', build)
if what == 'next':
    node = zookeeper.Node()
    node.state = zookeeper.INIT
    store.storeNode(node)
    print(node.id)
else:
    nodes = [store.getNode(each) for each in sorted(store.getNodes())]
    print(json.dumps({'nodes': [node.toDict() | {'id': node.id} for node in nodes], 'locked': [bool(node.lock) for node in nodes],
                      'builds': [build.toDict() for build in store.getBuilds('debian')]}, sort_keys=True))
client.disconnect()
'''


# Waits until a node has so many children.
GROWN = '''
import sys, time
from kazoo.client import KazooClient
port, ca, cert, key, path, least = sys.argv[1:]
client = KazooClient('127.0.0.1:' + port, use_ssl=True, ca=ca, certfile=cert, keyfile=key)
client.start()
while not client.exists(path) or client.get(path)[1].numChildren < int(least):
    time.sleep(0.02)
client.stop()
'''


def python(world):
    return os.path.join(world.bin, 'python')


def records(world, what, chroot):
    tls = [world.certificates.path(name) for name in ('ca.crt', 'client.crt', 'client.key')]
    done = subprocess.run([python(world), '-c', RECORDS, what, str(world.zookeeper.port), chroot, *tls],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
    check(done.returncode == 0, done.stderr)
    return done.stdout.strip()


def backup(world, directory, chroot, *command, interpreter=None):
    """As the pod calls it: the first Python of the PATH, which may have no kazoo."""
    path = ':'.join([world.bin, os.environ['PATH']])
    return subprocess.run(backup_command(world, directory, chroot, *command, interpreter=interpreter),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, env=dict(os.environ, PATH=path))


def backup_command(world, directory, chroot, *command, interpreter=None):
    return [
        interpreter or sys.executable, os.path.join(ASSETS, 'zookeeper', 'backup.py'),
        '--servers', '127.0.0.1:{}'.format(world.zookeeper.port), '--ca', world.certificates.path('ca.crt'),
        '--cert', world.certificates.path('client.crt'), '--key', world.certificates.path('client.key'),
        '--chroot', chroot, '--directory', directory, *command,
    ]


def case_records_come_back(world, say):
    """what Nodepool wrote it reads from where it was restored to, and numbers go on"""
    directory = world.case_directory()
    before = records(world, 'write', '/before')
    saved = backup(world, directory, '/before', 'save')
    check(saved.returncode == 0, saved.stdout)
    say(saved.stdout.strip().splitlines()[-1])
    restored = backup(world, directory, '/after', 'restore', 'latest')
    check(restored.returncode == 0, restored.stdout)
    say(restored.stdout.strip().splitlines()[-1])
    after = records(world, 'read', '/after')
    check(json.loads(after)['nodes'] == json.loads(before)['nodes'] and json.loads(after)['builds'] == json.loads(before)['builds'],
          'before: {}\nafter: {}'.format(before, after))
    check(len(json.loads(after)['nodes']) == 10 and len(json.loads(after)['builds']) == 1, after)
    ids = [records(world, 'next', chroot) for chroot in ('/before', '/after')]
    check(ids[0] == ids[1] == '{:010d}'.format(30), 'the next nodes are {}'.format(ids))
    say('10 nodes and a build are the same; the next node is {} in both'.format(ids[0]))
    again = backup(world, directory, '/after', 'restore', 'latest')
    check(again.returncode == 1 and 'has nodes already' in again.stdout, again.stdout)


def case_paths(world, say):
    """what lies in another path comes back too; where something is not there, there is no file and the old ones stay"""
    directory = world.case_directory()
    records(world, 'write', '/paths')
    saved = backup(world, directory, '/paths', 'save', '--path', '/nodepool', '--path', '/nodepool/images')
    check(saved.returncode == 0, saved.stdout)
    restored = backup(world, directory, '/paths-after', 'restore', 'latest')
    check(restored.returncode == 0, restored.stdout)
    say(restored.stdout.strip().splitlines()[-1])
    good = os.listdir(directory)
    for chroot, command, words in (('/paths', ['--path', '/nodepol'], '/nodepol below the chroot /paths is not there'),
                                   ('/nix', [], '/ below the chroot /nix is not there')):
        refused = backup(world, directory, chroot, 'save', '--keep', '1', *command)
        check(refused.returncode == 1 and words in refused.stdout, refused.stdout)
        say(refused.stdout.strip().splitlines()[-1])
        check(os.listdir(directory) == good, os.listdir(directory))


def case_lost_connection(world, say):
    """a restore goes on where ZooKeeper is away for some seconds, and one that is stopped is completed with --overwrite"""
    directory, count = world.case_directory(), 8000
    nodes = [{'path': path, 'data': '', 'sequence': 0} for path in ('/', '/bulk', *('/bulk/{:010d}'.format(number) for number in range(count)))]
    nodes[1]['sequence'] = count
    with gzip.open(os.path.join(directory, 'bulk'), 'wt') as stream:
        for line in [{'format': 1, 'paths': ['/']}, *nodes, {'nodes': len(nodes)}]:
            stream.write(json.dumps(line) + '\n')
    tls = [world.certificates.path(name) for name in ('ca.crt', 'client.crt', 'client.key')]

    def begin(chroot):
        process = subprocess.Popen(backup_command(world, directory, chroot, 'restore', 'bulk', interpreter=python(world)),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        run.run(python(world), '-c', GROWN, str(world.zookeeper.port), *tls, chroot + '/bulk', '500', timeout=60)
        check(process.poll() is None, 'it was over too soon')
        return process
    process = begin('/lost')
    world.zookeeper.stop()
    time.sleep(3)
    world.zookeeper.start()
    out, _ = process.communicate(timeout=180)
    check(process.returncode == 0 and '{} nodes are there again'.format(len(nodes)) in out, out)
    say('ZooKeeper was killed meanwhile: ' + out.strip().splitlines()[-1])

    process = begin('/stopped')
    process.terminate()
    out, _ = process.communicate(timeout=60)
    check(process.returncode == 143 and 'restore the same file again with --overwrite' in out, out)
    say(out.strip().splitlines()[-1])
    again = backup(world, directory, '/stopped', 'restore', 'bulk')
    check(again.returncode == 1 and 'this attempt wrote nothing' in again.stdout, again.stdout)
    again = backup(world, directory, '/stopped', 'restore', 'bulk', '--overwrite')
    check(again.returncode == 0, again.stdout)
    say('again with --overwrite: ' + again.stdout.strip().splitlines()[-1])


def case_no_ensemble(world, say):
    """without an ensemble, or with a certificate that it does not take, there is an error and no file"""
    directory = world.case_directory()
    run.run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=x',
            '-keyout', os.path.join(directory, 'key'), '-out', os.path.join(directory, 'crt'))
    stranger = subprocess.run([
        python(world), os.path.join(ASSETS, 'zookeeper', 'backup.py'), '--servers', '127.0.0.1:{}'.format(world.zookeeper.port),
        '--ca', world.certificates.path('ca.crt'), '--cert', os.path.join(directory, 'crt'), '--key', os.path.join(directory, 'key'),
        '--directory', directory, 'save'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    check(stranger.returncode == 1, stranger.stdout)
    say(stranger.stdout.strip().splitlines()[-1])
    check(not [name for name in os.listdir(directory) if name.startswith('zookeeper-')], 'there is a file')


if __name__ == '__main__':
    sys.exit(run.main([case_records_come_back, case_paths, case_lost_connection, case_no_ensemble]))
