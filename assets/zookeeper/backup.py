"""Saves what is in a ZooKeeper ensemble to a file, and writes it into one.

    backup.py CONNECTION --directory DIR save [--keep N] [--path PATH]...
    backup.py CONNECTION --directory DIR restore FILE|latest [--overwrite]
    backup.py CONNECTION --directory DIR list

CONNECTION: --servers HOST:PORT,... --ca FILE|DIRECTORY --cert FILE --key FILE [--chroot PATH]

A file is gzipped JSON, a line for each node: its path below the chroot, its data as base64, and how many children it has had, which is what
ZooKeeper numbers sequential nodes by. Ephemeral nodes belong to sessions and are left out, so that locks are free afterwards. The nodes are read
one after the other while others write: each is whole, all of them are not of one instant. Where a path is not there, or nothing is in it all, there
is no file, and none is deleted: an empty one would take the place of a good one.

restore refuses a path that has nodes already. With --overwrite it writes over those that the file has too, and deletes none: so it also goes on where
one broke off. Nodepool and Zuul must not run meanwhile.
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
PARTIAL = '.partial'
# Who saves writes without such a pause: an older partial file is nobody's any more.
ABANDONED = 3600
# How long a lost connection may take to come back: the election of a leader takes seconds, a node that is gone some minutes.
PATIENCE = 300
REEXECUTED = 'ZOOKEEPER_BACKUP_REEXECUTED'


class BackupError(Exception):
    """Why it cannot be done, in words for the log."""


def log(message):
    """One line per event."""
    print('backup: {}'.format(message), file=sys.stderr, flush=True)


def below(path, name):
    """The path of a child."""
    return '/' + name if path == '/' else path + '/' + name


def outermost(paths):
    """The paths without those that lie in another one: what is saved twice cannot be created twice."""
    paths = sorted({path.rstrip('/') or '/' for path in paths})
    return [path for path in paths if not any(other != path and path.startswith(other.rstrip('/') + '/') for other in paths)]


class Tree:
    """The nodes below a chroot. Paths begin with a slash, as clients with that chroot see them."""

    def __init__(self, client, chroot, no_node, failure=(), retry=lambda step, *args: step(*args)):
        """`no_node` and `failure` are kazoo's exceptions; `retry` does a step again after a connection was lost."""
        self.client = client
        self.chroot = chroot
        self.no_node = no_node
        self.failure = failure
        self.retry = retry

    def full(self, path):
        return (self.chroot + path).rstrip('/') or '/'

    def nodes(self, paths):
        """Every persistent node at and below the paths: parents before their children."""
        level = list(paths)
        while level:
            following = []
            for start in range(0, len(level), WINDOW):
                for node, children in self.retry(self.read, level[start:start + WINDOW]):
                    yield node
                    following += [below(node['path'], child) for child in sorted(children)]
            level = [path for path in following if self.chroot or path != OWN]

    def read(self, paths):
        asked = [(path, self.client.get_children_async(self.full(path), include_data=True), self.client.get_async(self.full(path))) for path in paths]
        found = []
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
            found.append(({'path': path, 'data': base64.b64encode(content or b'').decode(), 'sequence': sequence}, names))
        return found

    def is_empty(self, path):
        """Whether nothing of anybody is there."""
        try:
            names, _ = self.client.get_children_async(self.full(path), include_data=True).get()
        except self.no_node:
            return True
        return not [name for name in names if self.chroot or below(path, name) != OWN]

    def write(self, nodes):
        """Write nodes, parents first; returns how many."""
        self.retry(self.client.ensure_path, self.full('/'))
        count, batch, size = 0, [], 0
        for node in nodes:
            content = base64.b64decode(node['data'])
            if batch and (len(batch) >= OPERATIONS or size + len(content) > BYTES):
                self.retry(self.create, batch)
                batch, size = [], 0
            batch.append((node['path'], content))
            size += len(content) + len(node['path'])
            count += 1
        self.retry(self.create, batch)
        return count

    def create(self, batch):
        """Write some nodes; again is the same as once, since nobody knows what came of the last words before a connection was lost."""
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
        while self.retry(self.raise_some, path, sequence):
            pass

    def raise_some(self, path, sequence):
        """One transaction of it; returns whether there is more to do."""
        stat = self.client.exists(self.full(path))
        missing = sequence - (stat.cversion + stat.numChildren) // 2
        child = self.full(below(path, TEMPORARY))
        transaction = self.client.transaction()
        for _ in range(min(missing, OPERATIONS // 2)):
            transaction.create(child)
            transaction.delete(child)
        self.commit(transaction)
        return missing > OPERATIONS // 2

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
    paths = outermost(paths)
    name, partial, opened = reserve(directory, time.time() if now is None else now)
    try:
        with open(opened, 'wb') as raw:
            # others may save at the same time, such as a job by hand beside the nightly one: only what nobody writes to is a leftover.
            sweep(directory, os.fstat(raw.fileno()).st_mtime - ABANDONED)
            count = write(tree, paths, raw)
        os.rename(partial, os.path.join(directory, name))
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise
    for old in files(directory)[:-keep]:
        try:
            os.unlink(os.path.join(directory, old))
        except FileNotFoundError:
            # another one that saves was faster.
            continue
        log('deleted {}, {} are kept'.format(old, keep))
    return name, count


def reserve(directory, now):
    """The name of a new file, that of its partial one, and the partial one opened: no other save has either of them."""
    while True:
        name = '{}{}{}'.format(PREFIX, time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now)), SUFFIX)
        partial = os.path.join(directory, '.' + name + PARTIAL)
        try:
            # it may hold Zuul's keys: encrypted, and still nobody else's.
            opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            now += 1
            continue
        if not os.path.exists(os.path.join(directory, name)):
            return name, partial, opened
        os.close(opened)
        os.unlink(partial)
        now += 1


def sweep(directory, before):
    """Delete the partial files that nobody has written to since then. Both times are those of the volume's own clock."""
    for left in os.listdir(directory):
        try:
            if left.endswith(PARTIAL) and os.stat(os.path.join(directory, left)).st_mtime < before:
                os.unlink(os.path.join(directory, left))
        except FileNotFoundError:
            continue


def write(tree, paths, raw):
    """Write the nodes to a file that is open; returns how many they are. That nothing is there is an error."""
    count, missing, bare = 0, set(paths), True
    with gzip.GzipFile(fileobj=raw, mode='wb', filename='', mtime=0) as stream:
        def line(value):
            stream.write(json.dumps(value, sort_keys=True).encode() + b'\n')
        line({'format': FORMAT, 'paths': paths})
        try:
            for node in tree.nodes(paths):
                line(node)
                count += 1
                missing.discard(node['path'])
                # the root of an ensemble is there always, and Nodepool's own path soon.
                bare = bare and node['path'] == '/'
        except tree.failure as error:
            raise BackupError('reading broke off: {} {}; no file was written, and none deleted'.format(type(error).__name__, error))
        line({'nodes': count})
    where = ' below the chroot {}'.format(tree.chroot) if tree.chroot else ''
    if missing:
        raise BackupError('{}{} is not there, or ends with its session; no file was written, and none deleted. Mend the path or the chroot, or leave '
                          'it out'.format(', '.join(sorted(missing)), where))
    if bare:
        raise BackupError('nothing is there{}; no file was written, and none deleted. Is it the right ensemble and chroot, and is its data '
                          'there?'.format(where or ' at all'))
    raw.flush()
    os.fsync(raw.fileno())
    return count


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
    if not lines or not all(isinstance(line, dict) for line in lines) or lines[0].get('format') != FORMAT:
        raise BackupError('{} is no backup of this kind'.format(path))
    nodes = lines[1:-1]
    if len(lines) < 2 or lines[-1] != {'nodes': len(nodes)}:
        raise BackupError('{} is not whole'.format(path))
    # sorted, a parent comes before its children.
    return outermost(lines[0]['paths']), sorted({node['path']: node for node in nodes}.values(), key=lambda node: node['path'])


def restore(tree, path, overwrite):
    """Write a file into the ensemble."""
    paths, nodes = load(path)
    try:
        full = [each for each in paths if not tree.retry(tree.is_empty, each)]
    except tree.failure as error:
        raise BackupError('reading broke off: {} {}; nothing was written'.format(type(error).__name__, error))
    if full and not overwrite:
        # the second pod of a job comes here when the first one broke off.
        raise BackupError('{} has nodes already, and this attempt wrote nothing. If it has them from a restore of this file that broke off, restore it '
                          'again with --overwrite, which writes what is missing. Else give another chroot, or --overwrite to write over '
                          'them'.format(', '.join(full)))
    broke_off = ('a part of {} nodes may be there, and sequential numbers may be too low. Leave Nodepool and Zuul paused, and restore the same file again '
                 'with --overwrite, which writes what is missing'.format(len(nodes)))
    try:
        count = tree.write(nodes)
        for node in nodes:
            tree.raise_sequence(node['path'], node['sequence'])
    except BackupError as error:
        raise BackupError('{}; {}'.format(error, broke_off))
    except tree.failure as error:
        raise BackupError('writing broke off: {} {}; {}'.format(type(error).__name__, error, broke_off))
    except SystemExit:
        log('error: told to stop; ' + broke_off)
        raise
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
    for path in getattr(args, 'paths', None) or []:
        if not path.startswith('/'):
            parser.error('--path must begin with a slash, got {}'.format(path))
    return args


def connect(args):
    """The nodes of the ensemble, and its client."""
    from kazoo.client import KazooClient
    from kazoo.exceptions import KazooException, NoNodeError
    from kazoo.handlers.threading import KazooTimeoutError
    from kazoo.retry import KazooRetry
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
    retry = KazooRetry(max_tries=-1, max_delay=5, deadline=PATIENCE)
    return Tree(client, args.chroot, NoNodeError, (KazooException, KazooTimeoutError), retry), client


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
