"""What the tests of ZooKeeper's scripts share: keys of two authorities, and members that answer over TLS."""

import os
import socket
import ssl
import subprocess
import threading

from support import ASSETS, TempDirTest

ZOOKEEPER = os.path.join(ASSETS, 'zookeeper')
EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']


def openssl(*args, **more):
    """What openssl prints; an error when it fails."""
    return subprocess.run(['openssl', *args], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout.decode()


class ZookeeperTest(TempDirTest):
    """A directory with the authority `ca` and the pair `server` of it; others are made by the tests."""

    def setUp(self):
        super().setUp()
        self.authority('ca')
        self.issue('server', 'ca')

    def authority(self, name):
        openssl('req', '-x509', *EC, '-days', '2', '-subj', '/CN=' + name, '-keyout', self.path(name + '.key'), '-out', self.path(name + '.crt'))

    def issue(self, name, authority, key=EC, extensions=()):
        openssl('req', *key, '-subj', '/CN=' + name, '-keyout', self.path(name + '.key'), '-out', self.path(name + '.csr'))
        openssl('x509', '-req', '-in', self.path(name + '.csr'), '-CA', self.path(authority + '.crt'), '-CAkey', self.path(authority + '.key'),
                '-CAcreateserial', '-days', '2', *extensions, '-out', self.path(name + '.crt'))

    def chain(self):
        """The pair `chained`, issued by an authority that `ca` issued: its certificate is followed by that of its issuer."""
        self.write('between.ext', 'basicConstraints=critical,CA:TRUE\n')
        self.issue('between', 'ca', extensions=['-extfile', self.path('between.ext')])
        self.issue('chained', 'between')
        self.write('chained.crt', self.read('chained.crt') + self.read('between.crt'))

    def tls_directory(self, name='server', trust='ca'):
        """The files as `certificates.sh` leaves them."""
        self.write('tls/server.pem', self.read(name + '.crt') + self.read(name + '.key'))
        self.write('tls/client-trust.pem', self.read(trust + '.crt'))
        return self.path('tls')

    def member(self, answers, address='127.0.0.1', port=0, certificate='server'):
        """Answers each word that it knows; a word that maps to None gets no answer at all."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(certificate + '.crt'), self.path(certificate + '.key'))
        context.load_verify_locations(self.path('ca.crt'))
        context.verify_mode = ssl.CERT_REQUIRED
        server = Member(context, answers, address, port)
        self.addCleanup(server.close)
        return server


class Member:

    def __init__(self, context, answers, address, port):
        self.context = context
        self.answers = answers
        self.asked = []
        self.listener = socket.create_server((address, port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as channel:
                word = channel.recv(100).decode().strip()
                self.asked.append(word)
                text = self.answers.get(word, '')
                if text is None:
                    channel.recv(1)
                else:
                    channel.sendall(text.encode())
        except OSError:
            pass

    def close(self):
        self.listener.close()
