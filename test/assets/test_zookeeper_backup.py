"""backup.py with an ensemble in memory that numbers its nodes as ZooKeeper does."""

import contextlib
import gzip
import io
import json
import os
import time
import types
from unittest import mock

from support import TempDirTest

import backup


class NoNode(Exception):
    """As kazoo's."""


class Lost(Exception):
    """As kazoo's, when a connection ends."""


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

    def tree(self, chroot='', **more):
        return backup.Tree(self, chroot, NoNode, Lost, **more)

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


class BackupFixture(TempDirTest):

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


class BackupTest(BackupFixture):

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
        with self.assertRaisesRegex(backup.BackupError, '/ has nodes already, and this attempt wrote nothing'):
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

    def test_what_lies_in_another_path_is_saved_once(self):
        for paths, count in ((['/nodepool/requests', '/nodepool'], 4), (['/nodepool', '/nodepool/'], 4), (['/nodepool', '/'], 6)):
            name, saved = self.save(paths)
            self.assertEqual((saved, self.restore(Ensemble(), name)), (count, count))
        self.assertEqual(backup.outermost(['/nodepool/n', '/nodepool/nodes']), ['/nodepool/n', '/nodepool/nodes'])

    def test_a_file_that_has_nodes_twice_is_restored_all_the_same(self):
        nodes = [{'path': path, 'data': '', 'sequence': 0} for path in ('/nodepool/images', '/nodepool', '/nodepool/images', '/nodepool/images/a')]
        with gzip.open(self.path('twice'), 'wt') as stream:
            for line in [{'format': 1, 'paths': ['/nodepool/images', '/nodepool']}, *nodes, {'nodes': len(nodes)}]:
                stream.write(json.dumps(line) + '\n')
        target = Ensemble()
        self.assertEqual(self.restore(target, 'twice'), 3)
        self.assertIn('/nodepool/images/a', target.paths())

    def test_where_nothing_is_no_file_is_written_and_none_deleted(self):
        good, _ = self.save()
        self.source.create('/empty')
        empty = Ensemble()
        empty.create('/session', owner=5)
        for source, paths, chroot, message in (
                (self.source, ['/nodepool', '/nodepol'], '', '/nodepol is not there'),
                (self.source, ['/nodepool/nodes/1'], '', '/nodepool/nodes/1 is not there, or ends with its session'),
                (self.source, ['/'], '/nix', '/ below the chroot /nix is not there'),
                (self.source, ['/'], '/empty', 'nothing is there below the chroot /empty'),
                (empty, ['/'], '', 'nothing is there at all')):
            with self.assertRaisesRegex(backup.BackupError, message + '.*no file was written, and none deleted'):
                backup.save(source.tree(chroot), self.directory, paths, 1, 60)
            self.assertEqual(os.listdir(self.directory), [good])

    def test_two_that_save_at_once_do_not_disturb_each_other(self):
        tree = self.source.tree()
        read, names = tree.nodes, []

        def nodes(paths):
            for node in read(paths):
                if not names:
                    # by its clock in the same second.
                    names.append(self.save()[0])
                yield node
        tree.nodes = nodes
        names.append(backup.save(tree, self.directory, ['/'], 3, 0)[0])
        self.assertEqual(sorted(os.listdir(self.directory)), sorted(set(names)))
        self.assertEqual([len(backup.load(self.path(name))[1]) for name in names], [6, 6])

    def test_a_second_one_in_the_same_second_has_a_name_of_its_own(self):
        names = [self.save()[0] for _ in range(3)]
        self.assertEqual(backup.files(self.directory), names)
        self.assertEqual(len(set(names)), 3)

    def test_partial_files_that_nobody_writes_to_go(self):
        self.write('.zookeeper-old.jsonl.gz.partial', 'x')
        os.utime(self.path('.zookeeper-old.jsonl.gz.partial'), (0, time.time() - 2 * 3600))
        self.write('.zookeeper-running.jsonl.gz.partial', 'x')
        name, _ = self.save()
        self.assertEqual(sorted(os.listdir(self.directory)), ['.zookeeper-running.jsonl.gz.partial', name])

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
        self.assertEqual(os.listdir(self.directory), [])

    def test_a_save_that_loses_its_connection_says_so(self):
        self.source.get_async = lambda path: Answer(lambda: (_ for _ in ()).throw(Lost('gone')))
        with self.assertRaisesRegex(backup.BackupError, 'reading broke off: Lost gone; no file was written'):
            self.save()
        self.assertEqual(os.listdir(self.directory), [])

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
        with gzip.open(self.path('lists'), 'wt') as stream:
            stream.write('[]\n[]\n')
        for file in ('cut', 'torn', 'lists', 'nowhere'):
            target = Ensemble()
            with self.assertRaises(backup.BackupError):
                self.restore(target, file)
            self.assertEqual(target.paths(), {'/': ''})

    def test_what_zookeeper_refuses_is_an_error(self):
        name, _ = self.save()
        target = Ensemble()
        target.create = lambda *args, **more: 1 / 0
        with self.assertRaisesRegex(backup.BackupError, 'ZeroDivisionError.*--overwrite'):
            self.restore(target, name)


class BrokenRestoreTest(BackupFixture):
    """Three transactions of two nodes, then the sequential numbers; the connection ends with one of them."""

    def setUp(self):
        super().setUp()
        self.name, _ = self.save()
        self.target = Ensemble()
        patched = mock.patch.object(backup, 'OPERATIONS', 2)
        patched.start()
        self.addCleanup(patched.stop)

    def losing(self, *transactions, done=False, error=Lost, **more):
        """A tree whose connection ends with these transactions, by their numbers: before they are done, or when they are."""
        tree = self.target.tree(**more)
        commit, count = tree.commit, iter(range(1000))

        def lossy(transaction):
            lost = next(count) in transactions
            if done or not lost:
                commit(transaction)
            if lost:
                raise error('gone')
        tree.commit = lossy
        return tree

    def test_it_says_what_to_do_and_so_does_the_next_pod_of_the_job(self):
        for transaction in (1, 4):
            self.target = Ensemble()
            with self.assertRaisesRegex(backup.BackupError, 'writing broke off: Lost gone; a part of 6 nodes may be there.*restore the same file again with --overwrite'):
                backup.restore(self.losing(transaction), self.path(self.name), False)
            with self.assertRaisesRegex(backup.BackupError, 'this attempt wrote nothing. If it has them from a restore of this file that broke off.*--overwrite'):
                self.restore(self.target, self.name)
            self.assertEqual(self.restore(self.target, self.name, overwrite=True), 6)
            self.assertEqual(self.target.paths(), self.source.paths())
            self.assertEqual(self.target.create('/nodepool/requests/100-', sequence=True), '100-0000000007')

    def test_a_connection_that_comes_back_is_gone_on_with(self):
        def again(step, *args):
            while True:
                try:
                    return step(*args)
                except Lost:
                    continue
        for done in (False, True):
            self.target = Ensemble()
            self.assertEqual(backup.restore(self.losing(1, 2, 5, done=done, retry=again), self.path(self.name), False), 6)
            self.assertEqual(self.target.paths(), self.source.paths())
            self.assertEqual(self.target.create('/nodepool/requests/100-', sequence=True), '100-0000000007')

    def test_one_that_is_told_to_stop_says_so_too(self):
        errors = io.StringIO()
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(errors):
            backup.restore(self.losing(1, error=SystemExit), self.path(self.name), False)
        self.assertIn('told to stop; a part of 6 nodes may be there', errors.getvalue())

    def test_one_that_reads_nothing_wrote_nothing(self):
        tree = self.target.tree()
        tree.is_empty = lambda path: (_ for _ in ()).throw(Lost('gone'))
        with self.assertRaisesRegex(backup.BackupError, 'reading broke off: Lost gone; nothing was written'):
            backup.restore(tree, self.path(self.name), False)
