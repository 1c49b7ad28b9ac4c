"""What the tests of the pods' scripts share: the scripts' places, certificates made on the spot, kubelet's volumes."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ASSETS = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', 'assets'))
POD = os.path.join(ASSETS, 'pod')
# The scripts must not leave bytecode in the tree from which the library is packed.
sys.dont_write_bytecode = True
os.environ['PYTHONDONTWRITEBYTECODE'] = '1'
sys.path[:0] = [POD, *(os.path.join(ASSETS, name) for name in ('dib-ansible', 'ssh', 'zookeeper'))]


class TempDirTest(unittest.TestCase):
    """A test with a directory of its own."""

    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as stream:
            stream.write(text)
        return path

    def read(self, *parts):
        with open(self.path(*parts)) as stream:
            return stream.read()


def make_certificate(name):
    """A self-signed certificate as PEM. Its key is made in memory of the test and thrown away."""
    with tempfile.TemporaryDirectory() as directory:
        return subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
             '-subj', '/CN=' + name, '-keyout', os.path.join(directory, 'key')],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()


def blocks(pem):
    """How many certificates a text holds."""
    return pem.count('-----BEGIN CERTIFICATE-----')


class Volume:
    """A directory that changes as kubelet changes a ConfigMap or Secret: all at once, by a link that is swapped."""

    def __init__(self, directory, files):
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
        os.symlink(fresh, data + '_tmp')
        os.rename(data + '_tmp', data)
        for name in files:
            if not os.path.islink(os.path.join(self.directory, name)):
                os.symlink(os.path.join('..data', name), os.path.join(self.directory, name))
        if old:
            for name in os.listdir(os.path.join(self.directory, old)):
                if name not in files:
                    os.unlink(os.path.join(self.directory, name))
            shutil.rmtree(os.path.join(self.directory, old))
