"""Saves what is in a ZooKeeper ensemble to a file, and writes it into one.

    backup.py CONNECTION --directory DIR save [--keep N] [--path PATH]...
    backup.py CONNECTION --directory DIR restore FILE|latest [--overwrite]
    backup.py CONNECTION --directory DIR list

CONNECTION: --servers HOST:PORT,... --ca FILE|DIRECTORY --cert FILE --key FILE [--chroot PATH]

A file is gzipped JSON, a line for each node: its path below the chroot, its data as base64, and how many children it has had, which is what
ZooKeeper numbers sequential nodes by. Ephemeral nodes belong to sessions and are left out, so that locks are free afterwards. The nodes are read
one after the other while others write: each is whole, all of them are not of one instant.

restore refuses a path that has nodes already. With --overwrite it writes over those that the file has too, and deletes none. Nodepool and Zuul
must not run meanwhile.
"""

import argparse
import base64
import gzip
import json
import os
import shutil
import signal
import sys
import tempfile
import time

FORMAT = 1
PREFIX, SUFFIX = 'zookeeper-', '.jsonl.gz'
# ZooKeeper's own nodes, which no client writes.
OWN = '/zookeeper'
# Requests at once, operations of a transaction, and bytes of one: it may have 1 MiB.
WINDOW, OPERATIONS, BYTES = 200, 500, 500_000
CONTAINER = -2 ** 63
TEMPORARY = 'backup-counter'
REEXECUTED = 'ZOOKEEPER_BACKUP_REEXECUTED'


class BackupError(Exception):
    """Why it cannot be done, in words for the log."""


def log(message):
    """One line per event."""
    print('backup: {}'.format(message), file=sys.stderr, flush=True)


def below(path, name):
    """The path of a child."""
    return '/' + name if path == '/' else path + '/' + name


class Tree:
    """The nodes below a chroot. Paths begin with a slash, as clients with that chroot see them."""

    def __init__(self, client, chroot, no_node):
        self.client = client
        self.chroot = chroot
        self.no_node = no_node

    def full(self, path):
        return (self.chroot + path).rstrip('/') or '/'

    def nodes(self, paths):
        """Every persistent node at and below the paths: parents before their children."""
        level = list(paths)
        while level:
            following = []
            for start in range(0, len(level), WINDOW):
                for node, children in self.read(level[start:start + WINDOW]):
                    yield node
                    following += [below(node['path'], child) for child in sorted(children)]
            level = [path for path in following if self.chroot or path != OWN]

    def read(self, paths):
        asked = [(path, self.client.get_children_async(self.full(path), include_data=True), self.client.get_async(self.full(path))) for path in paths]
        for path, children, data in asked:
            try:
                names, stat = children.get()
                content, own = data.get()
            except self.no_node:
                # deleted meanwhile.
                continue
            if own.ephemeralOwner not in (0, CONTAINER):
                continue
            # `cversion` counts deletions too; this is the number that the next sequential child gets.
            sequence = (stat.cversion + stat.numChildren) // 2
            yield {'path': path, 'data': base64.b64encode(content or b'').decode(), 'sequence': sequence}, names

    def is_empty(self, path):
        """Whether nothing of anybody is there."""
        try:
            names, _ = self.client.get_children_async(self.full(path), include_data=True).get()
        except self.no_node:
            return True
        return not [name for name in names if self.chroot or below(path, name) != OWN]

    def write(self, nodes):
        """Write nodes, parents first; returns how many."""
        self.client.ensure_path(self.full('/'))
        count, batch, size = 0, [], 0
        for node in nodes:
            content = base64.b64decode(node['data'])
            if batch and (len(batch) >= OPERATIONS or size + len(content) > BYTES):
                self.create(batch)
                batch, size = [], 0
            batch.append((node['path'], content))
            size += len(content) + len(node['path'])
            count += 1
        self.create(batch)
        return count

    def create(self, batch):
        transaction = self.client.transaction()
        known = {path for path, _ in batch}
        for path, content in batch:
            if self.client.exists(self.full(path)):
                transaction.set_data(self.full(path), content)
                continue
            parent = path.rsplit('/', 1)[0] or '/'
            if parent not in known:
                # what was saved alone, such as /nodepool/images, has parents that are not in the file.
                self.client.ensure_path(self.full(parent))
            transaction.create(self.full(path), content)
        self.commit(transaction)

    def raise_sequence(self, path, sequence):
        """Let sequential children go on where they were, by children that are made and deleted at once."""
        stat = self.client.exists(self.full(path))
        missing = sequence - (stat.cversion + stat.numChildren) // 2
        child = self.full(below(path, TEMPORARY))
        while missing > 0:
            transaction = self.client.transaction()
            for _ in range(min(missing, OPERATIONS // 2)):
                transaction.create(child)
                transaction.delete(child)
            self.commit(transaction)
            missing -= min(missing, OPERATIONS // 2)

    @staticmethod
    def commit(transaction):
        if not transaction.operations:
            return
        failed = [result for result in transaction.commit() if isinstance(result, Exception)]
        if failed:
            # of those that follow the one at fault, ZooKeeper says only that they were not tried.
            causes = sorted({type(error).__name__ for error in failed})
            raise BackupError('ZooKeeper refused to write: {}'.format(', '.join(causes)))


def save(tree, directory, paths, keep, now=None):
    """Save to a new file, whole or not at all, and delete the oldest ones."""
    name = '{}{}{}'.format(PREFIX, time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now)), SUFFIX)
    for left in os.listdir(directory):
        if left.endswith('.partial'):
            os.unlink(os.path.join(directory, left))
    partial = os.path.join(directory, '.{}.partial'.format(name))
    count = 0
    # it may hold Zuul's keys: encrypted, and still nobody else's.
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as raw:
        with gzip.GzipFile(fileobj=raw, mode='wb', filename='', mtime=0) as stream:
            def line(value):
                stream.write(json.dumps(value, sort_keys=True).encode() + b'\n')
            line({'format': FORMAT, 'paths': paths})
            for node in tree.nodes(paths):
                line(node)
                count += 1
            line({'nodes': count})
        raw.flush()
        os.fsync(raw.fileno())
    os.rename(partial, os.path.join(directory, name))
    for old in files(directory)[:-keep]:
        os.unlink(os.path.join(directory, old))
        log('deleted {}, {} are kept'.format(old, keep))
    return name, count


def files(directory):
    """What was saved, the oldest first."""
    return sorted(name for name in os.listdir(directory) if name.startswith(PREFIX) and name.endswith(SUFFIX))


def load(path):
    """What a file holds: the saved paths, and the nodes. A file that is not whole is refused before anything is written."""
    try:
        with gzip.open(path, 'rt', encoding='utf-8') as stream:
            lines = [json.loads(text) for text in stream]
    except FileNotFoundError:
        raise BackupError('{} is not there'.format(path))
    except (OSError, EOFError, ValueError) as error:
        raise BackupError('{} cannot be read: {}'.format(path, error))
    if not lines or lines[0].get('format') != FORMAT:
        raise BackupError('{} is no backup of this kind'.format(path))
    nodes = lines[1:-1]
    if len(lines) < 2 or lines[-1] != {'nodes': len(nodes)}:
        raise BackupError('{} is not whole'.format(path))
    return lines[0]['paths'], nodes


def restore(tree, path, overwrite):
    """Write a file into the ensemble."""
    paths, nodes = load(path)
    full = [each for each in paths if not tree.is_empty(each)]
    if full and not overwrite:
        raise BackupError('{} has nodes already; nothing was written. Give another chroot, or --overwrite to write over them'.format(', '.join(full)))
    count = tree.write(nodes)
    for node in nodes:
        tree.raise_sequence(node['path'], node['sequence'])
    return count


def parse(argv):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='backup.py', description=__doc__.splitlines()[0])
    parser.add_argument('--servers', metavar='HOST:PORT,...', required=True)
    parser.add_argument('--ca', metavar='PATH', required=True, help='authorities of the members, a file or a directory of files')
    parser.add_argument('--cert', metavar='FILE', required=True)
    parser.add_argument('--key', metavar='FILE', required=True)
    parser.add_argument('--chroot', metavar='PATH', default='')
    parser.add_argument('--directory', metavar='DIR', required=True, help='where the files are')
    commands = parser.add_subparsers(dest='command', required=True)
    saving = commands.add_parser('save')
    saving.add_argument('--keep', metavar='N', type=int, default=14)
    saving.add_argument('--path', metavar='PATH', action='append', dest='paths')
    restoring = commands.add_parser('restore')
    restoring.add_argument('file', help='name of a file in the directory, or latest')
    restoring.add_argument('--overwrite', action='store_true')
    commands.add_parser('list')
    args = parser.parse_args(argv)
    if args.command == 'save' and args.keep < 1:
        parser.error('--keep must be at least 1')
    return args


def connect(args):
    """The nodes of the ensemble, and its client."""
    from kazoo.client import KazooClient
    from kazoo.exceptions import NoNodeError
    from kazoo.handlers.threading import KazooTimeoutError
    ca = args.ca
    if os.path.isdir(ca):
        with tempfile.NamedTemporaryFile('w', suffix='.crt', delete=False) as joined:
            for name in sorted(name for name in os.listdir(ca) if not name.startswith('.')):
                with open(os.path.join(ca, name)) as stream:
                    joined.write(stream.read().rstrip('\n') + '\n')
        ca = joined.name
    client = KazooClient(hosts=args.servers, use_ssl=True, ca=ca, certfile=args.cert, keyfile=args.key, timeout=20)
    try:
        client.start(timeout=60)
    except KazooTimeoutError:
        raise BackupError('no member of {} answers as it should within 60 seconds'.format(args.servers))
    return Tree(client, args.chroot, NoNodeError), client


def python_of_nodepool():
    """The Python that Nodepool, and so kazoo, is installed for: an image may have another one first in its PATH."""
    with open(shutil.which('nodepool') or os.devnull, 'rb') as stream:
        head = stream.read(1024).decode('utf-8', 'replace').splitlines()[:3]
    words = ' '.join(head).replace('#!', ' ').replace('"', ' ').replace("'", ' ').split()
    return next((word for word in words if 'python' in os.path.basename(word) and os.access(word, os.X_OK)), sys.executable)


def main(argv=None):
    """The exit code is 1 where it was not done."""
    args = parse(argv)
    # the kernel drops a signal that PID 1 does not handle, and the pod would wait for its whole grace period.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if args.command == 'list':
            print('\n'.join(files(args.directory)))
            return 0
        try:
            tree, client = connect(args)
        except ImportError:
            python = python_of_nodepool()
            if os.environ.get(REEXECUTED) or python == sys.executable:
                raise BackupError('{} has no kazoo; is this an image of Nodepool?'.format(python))
            os.execve(python, [python] + sys.argv, dict(os.environ, **{REEXECUTED: 'yes'}))
        try:
            if args.command == 'save':
                name, count = save(tree, args.directory, args.paths or ['/'], args.keep)
                log('{}: {} nodes, {} bytes'.format(name, count, os.path.getsize(os.path.join(args.directory, name))))
            else:
                name = args.file
                if name == 'latest':
                    name = (files(args.directory) or [''])[-1] or 'zookeeper-*'
                log('{}: {} nodes are there again'.format(name, restore(tree, os.path.join(args.directory, name), args.overwrite)))
        finally:
            client.stop()
            client.close()
    except (BackupError, OSError) as error:
        log('error: {}'.format(error))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
