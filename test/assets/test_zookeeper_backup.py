"""backup.py with an ensemble in memory that numbers its nodes as ZooKeeper does."""

import contextlib
import gzip
import io
import os
import types

from support import TempDirTest

import backup


class NoNode(Exception):
    """As kazoo's."""


class Answer:

    def __init__(self, ask):
        self.ask = ask

    def get(self):
        return self.ask()


class Node:

    def __init__(self, data=b'', owner=0):
        self.data = data
        self.owner = owner
        self.creates = 0
        self.children = {}

    def stat(self):
        # ZooKeeper shows creations and deletions in one number.
        return types.SimpleNamespace(ephemeralOwner=self.owner, cversion=2 * self.creates - len(self.children), numChildren=len(self.children))


class Ensemble:
    """What backup.py calls of kazoo's client."""

    def __init__(self):
        self.root = Node()
        self.transactions = []
        self.create('/zookeeper')
        self.create('/zookeeper/quota')

    def find(self, path):
        node = self.root
        for name in path.strip('/').split('/') if path != '/' else []:
            if name not in node.children:
                raise NoNode(path)
            node = node.children[name]
        return node

    def create(self, path, data=b'', sequence=False, owner=0):
        parent, name = path.rsplit('/', 1)
        parent = self.find(parent or '/')
        if sequence:
            name += '{:010d}'.format(parent.creates)
        if name in parent.children:
            raise FileExistsError(path)
        parent.children[name] = Node(data, owner)
        parent.creates += 1
        return name

    def delete(self, path):
        parent, name = path.rsplit('/', 1)
        del self.find(parent or '/').children[name]

    def exists(self, path):
        try:
            return self.find(path).stat()
        except NoNode:
            return None

    def ensure_path(self, path):
        parts = path.strip('/').split('/') if path != '/' else []
        for end in range(1, len(parts) + 1):
            if not self.exists('/' + '/'.join(parts[:end])):
                self.create('/' + '/'.join(parts[:end]))

    def get_async(self, path):
        return Answer(lambda: (self.find(path).data, self.find(path).stat()))

    def get_children_async(self, path, include_data):
        return Answer(lambda: (list(self.find(path).children), self.find(path).stat()))

    def transaction(self):
        return Transaction(self)

    def tree(self, chroot=''):
        return backup.Tree(self, chroot, NoNode)

    def paths(self, path='/'):
        return {node['path']: node['data'] for node in self.tree().nodes([path])}


class Transaction:

    def __init__(self, ensemble):
        self.ensemble = ensemble
        self.operations = []

    def create(self, path, data=b''):
        self.operations.append(lambda: self.ensemble.create(path, data))

    def delete(self, path):
        self.operations.append(lambda: self.ensemble.delete(path))

    def set_data(self, path, data):
        self.operations.append(lambda: setattr(self.ensemble.find(path), 'data', data))

    def commit(self):
        self.ensemble.transactions.append(len(self.operations))
        results = []
        for operation in self.operations:
            try:
                results.append(operation())
            except Exception as error:
                results.append(error)
        return results


class BackupTest(TempDirTest):

    def setUp(self):
        super().setUp()
        self.source = Ensemble()
        for path in ('/nodepool', '/nodepool/requests', '/nodepool/nodes'):
            self.source.create(path)
        for number in range(7):
            name = self.source.create('/nodepool/requests/100-', b'r%d\xff' % number, sequence=True)
            if number != 3:
                self.source.delete('/nodepool/requests/' + name)
        self.source.create('/nodepool/nodes/1', b'', owner=5)
        self.source.create('/keystorage', b'encrypted')

    def save(self, paths=('/',), keep=3, now=0, chroot=''):
        with contextlib.redirect_stderr(io.StringIO()):
            return backup.save(self.source.tree(chroot), self.directory, list(paths), keep, now)

    def restore(self, into, name, chroot='', overwrite=False):
        return backup.restore(into.tree(chroot), self.path(name), overwrite)

    def test_what_was_saved_is_there_again(self):
        name, count = self.save()
        self.assertEqual(count, 6)
        target = Ensemble()
        self.assertEqual(self.restore(target, name), 6)
        self.assertEqual(target.find('/nodepool/requests/100-0000000003').data, b'r3\xff')
        self.assertEqual(target.find('/keystorage').data, b'encrypted')

    def test_sequential_nodes_go_on_where_they_were(self):
        name, _ = self.save()
        target = Ensemble()
        self.restore(target, name)
        self.assertEqual(target.create('/nodepool/requests/100-', sequence=True), '100-0000000007')
        self.assertEqual(list(target.find('/nodepool/requests').children), ['100-0000000003', '100-0000000007'])

    def test_a_counter_far_ahead_is_raised_in_transactions_of_limited_size(self):
        self.source.find('/nodepool/nodes').creates = 10_000
        name, _ = self.save()
        target = Ensemble()
        self.restore(target, name)
        self.assertEqual(target.find('/nodepool/nodes').creates, 10_000)
        self.assertLessEqual(max(target.transactions), 500)

    def test_ephemeral_nodes_and_zookeepers_own_are_left_out(self):
        name, _ = self.save()
        paths = [node['path'] for node in backup.load(self.path(name))[1]]
        self.assertEqual(paths, ['/', '/keystorage', '/nodepool', '/nodepool/nodes', '/nodepool/requests', '/nodepool/requests/100-0000000003'])

    def test_a_path_alone(self):
        name, count = self.save(['/nodepool/requests'])
        self.assertEqual(count, 2)
        target = Ensemble()
        self.restore(target, name)
        self.assertEqual(sorted(target.paths()), ['/', '/nodepool', '/nodepool/requests', '/nodepool/requests/100-0000000003'])

    def test_another_chroot(self):
        name, _ = self.save(['/'], chroot='/nodepool')
        target = Ensemble()
        self.restore(target, name, chroot='/zuul')
        self.assertEqual(sorted(target.paths()), ['/', '/zuul', '/zuul/nodes', '/zuul/requests', '/zuul/requests/100-0000000003'])

    def test_nodes_that_are_there_are_not_touched(self):
        name, _ = self.save()
        target = Ensemble()
        target.create('/nodepool', b'mine')
        with self.assertRaisesRegex(backup.BackupError, '/ has nodes already; nothing was written'):
            self.restore(target, name)
        self.assertEqual(target.paths(), {'/': '', '/nodepool': 'bWluZQ=='})

    def test_overwrite_writes_over_them_and_deletes_none(self):
        name, _ = self.save()
        target = Ensemble()
        target.create('/keystorage', b'other')
        target.create('/mine')
        self.restore(target, name, overwrite=True)
        self.assertEqual(target.find('/keystorage').data, b'encrypted')
        self.assertIn('/mine', target.paths())
        self.restore(target, name, overwrite=True)
        self.assertEqual(target.create('/nodepool/requests/100-', sequence=True), '100-0000000007')

    def test_the_newest_ones_are_kept(self):
        names = [self.save(keep=2, now=now)[0] for now in (0, 60, 120)]
        self.assertEqual(backup.files(self.directory), names[1:])

    def test_other_files_are_left_alone(self):
        self.write('notes.txt', 'x')
        self.save(keep=1, now=0)
        self.save(keep=1, now=60)
        self.assertEqual(len(os.listdir(self.directory)), 2)

    def test_a_file_is_for_its_owner_alone(self):
        self.assertEqual(os.stat(self.path(self.save()[0])).st_mode & 0o777, 0o600)

    def test_a_save_that_fails_leaves_no_file_that_counts(self):
        self.source.get_async = lambda path: Answer(lambda: 1 / 0)
        with self.assertRaises(ZeroDivisionError):
            self.save()
        self.assertEqual(backup.files(self.directory), [])

    def test_a_node_that_is_deleted_meanwhile_is_left_out(self):
        real = self.source.get_children_async
        self.source.get_children_async = lambda path, include_data: Answer(
            lambda: (_ for _ in ()).throw(NoNode(path)) if path == '/keystorage' else real(path, include_data).get())
        self.assertEqual(self.save()[1], 5)

    def test_a_file_that_is_not_whole_writes_nothing(self):
        name, _ = self.save()
        with gzip.open(self.path(name)) as stream:
            lines = stream.read().splitlines(True)
        with gzip.open(self.path('cut'), 'wb') as stream:
            stream.writelines(lines[:-2])
        with open(self.path(name), 'rb') as stream, open(self.path('torn'), 'wb') as out:
            out.write(stream.read()[:-20])
        for file in ('cut', 'torn', 'nowhere'):
            target = Ensemble()
            with self.assertRaises(backup.BackupError):
                self.restore(target, file)
            self.assertEqual(target.paths(), {'/': ''})

    def test_what_zookeeper_refuses_is_an_error(self):
        name, _ = self.save()
        target = Ensemble()
        target.create = lambda *args, **more: 1 / 0
        with self.assertRaisesRegex(backup.BackupError, 'ZeroDivisionError'):
            self.restore(target, name)
