#!/usr/bin/env python3
"""Clients of a ZooKeeper ensemble: one that writes all the time and knows what was acknowledged, and some that ask or should be refused.

    python zookeeper_client.py [--tls DIR] [--trust DIR] COMMAND ... SERVER...

    write NAME SERVER...   writes without a pause, until the file /tmp/NAME.stop is there: a client per server, which begins with that one and
                           goes to the others when it must. Then checks, as below
    check NAME SERVER...   whether every server by itself has every write of NAME that was acknowledged, with its content
    next NAME SERVER       the number that the next sequential node below NAME gets, which is made and deleted
    ask WORD SERVER        a four-letter word
    certificate SERVER     the SHA-256 of the certificate that a port shows to everybody, if need be without letting them in
    try SERVER             one write and one read as a client. With --stdin, ca, cert and key are read as JSON; what is missing is not shown
    handshake SERVER       what a port says to a certificate that it did not ask for: `let in`, or why not. --stdin as above
    plain SERVER           what a port answers to a client that speaks no TLS

Prints JSON. A write that fails is tried again for five seconds, by which time it has failed. The one DIR holds tls.crt and tls.key, the other the
authorities, as any number of files; they may change at any time.
"""

import argparse
import glob
import hashlib
import json
import os
import re
import socket
import ssl
import sys
import tempfile
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import KazooException, NodeExistsError, NoNodeError
from kazoo.handlers.threading import KazooTimeoutError

RETRIES = 5
PAUSE = 0.02
# longer than this between two acknowledged writes of a client is a gap
GAP = 0.3
TRUST = '/tmp/trust.pem'
TIMEOUT = 10  # of a session; Nodepool's default


def connect(servers, tls, timeout=15):
    client = KazooClient(hosts=','.join(servers), timeout=TIMEOUT, randomize_hosts=False, use_ssl=True, **tls)
    client.start(timeout=timeout)
    return client


def root(name):
    return '/conformance/' + name


class Writer(threading.Thread):
    """One client; what it saw is in `lines` when it has ended."""

    def __init__(self, name, number, servers, tls, stopped):
        super().__init__()
        self.path = '{}/{}'.format(root(name), number)
        self.number = number
        self.stopped = stopped
        self.client = connect(servers[number:] + servers[:number], tls)
        self.client.ensure_path(self.path)
        self.lines = []
        self.error = None
        self.states = []
        states = self.states
        self.client.add_listener(lambda state: states.append([round(time.time(), 2), state]))

    def run(self):
        try:
            written = 0
            while not self.stopped():
                begun = time.time()
                error, tries = self.write(str(written), begun + RETRIES)
                self.lines.append({'n': written, 'begun': begun, 'ended': time.time(), 'tries': tries, 'error': error})
                written += 1
                time.sleep(PAUSE)
            self.states = list(self.states)  # the listener goes on with the old one, and ends with it
        except Exception as error:  # or the report would call it a short run
            self.error = repr(error)

    def write(self, name, end):
        tries = 0
        while True:
            tries += 1
            try:
                self.client.create_async(self.path + '/' + name, name.encode()).get(timeout=max(0, end - time.time()))
                return None, tries
            except NodeExistsError:
                if tries == 1:
                    raise
                return None, tries  # a try before was acknowledged to nobody, and is there
            except (KazooException, KazooTimeoutError) as error:
                if time.time() >= end:
                    return type(error).__name__, tries
                time.sleep(0.05)

    def report(self):
        ends = [line['ended'] for line in self.lines if not line['error']]
        return {
            'acknowledged': len(ends),
            'tried_again': sum(line['tries'] > 1 for line in self.lines),
            'failed': [line for line in self.lines if line['error']],
            'gaps': [[before, after] for before, after in zip(ends, ends[1:]) if after - before > GAP],
            'states': self.states, 'error': self.error,
        }


def write(options, tls):
    stop = '/tmp/{}.stop'.format(options.name)
    writers = [Writer(options.name, number, options.servers, tls, lambda: os.path.exists(stop)) for number in range(len(options.servers))]
    threading.Thread(target=follow_trust, args=(options,), daemon=True).start()
    open('/tmp/{}.started'.format(options.name), 'w').close()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        writer.client.stop()
    with open('/tmp/{}.acknowledged'.format(options.name), 'a') as log:
        for writer in writers:
            for line in writer.lines:
                if not line['error']:
                    print(json.dumps([writer.number, line['n']]), file=log)
    report = {'clients': [writer.report() for writer in writers], **check(options, tls)}
    with open('/tmp/{}.report'.format(options.name), 'w') as copy:  # for whoever looks around
        json.dump(report, copy)
    return report


def check(options, tls):
    with open('/tmp/{}.acknowledged'.format(options.name)) as log:
        acknowledged = [tuple(json.loads(line)) for line in log]
    lost = {}
    for server in options.servers:
        client = connect([server], tls)
        client.sync(root(options.name))
        missing = []
        answers = [(number, n, client.get_async('{}/{}/{}'.format(root(options.name), number, n))) for number, n in acknowledged]
        for number, n, answer in answers:
            try:
                if answer.get(timeout=60)[0] != str(n).encode():
                    missing.append([number, n])
            except NoNodeError:
                missing.append([number, n])
        client.stop()
        if missing:
            lost[server] = missing
    return {'checked': len(acknowledged), 'lost': lost}


def next_number(options, tls):
    client = connect(options.servers, tls)
    made = client.create(root(options.name) + '/numbered-', sequence=True, makepath=True)
    client.delete(made)
    client.stop()
    return int(made[-10:])


def host_and_port(server):
    host, _, port = server.rpartition(':')
    return host, int(port)


def ask(options, tls):
    context = ssl.create_default_context(cafile=tls['ca'])
    context.check_hostname = False
    context.load_cert_chain(tls['certfile'], tls['keyfile'])
    with socket.create_connection(host_and_port(options.servers[0]), timeout=3) as plain:
        with context.wrap_socket(plain) as connection:
            connection.sendall(options.name.encode())
            text = b''
            while True:
                more = connection.recv(65536)
                if not more:
                    return text.decode()
                text += more


def certificate(options, _):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(host_and_port(options.servers[0]), timeout=3) as plain:
        with context.wrap_socket(plain) as connection:
            return hashlib.sha256(connection.getpeercert(binary_form=True)).hexdigest()


def try_once(options, tls):
    path = '/conformance/try-{}'.format(time.time_ns())
    try:
        client = connect(options.servers, tls, timeout=4)
    except (KazooTimeoutError, ssl.SSLError) as error:
        return {'let_in': False, 'error': repr(error), 'handshake': handshake(options.servers[0], tls)}
    client.create(path, b'written', makepath=True)
    read = client.get(path)[0].decode()
    client.delete(path)
    client.stop()
    return {'let_in': True, 'read': read}


def handshake(server, tls):
    """Unlike java, openssl shows a certificate also where the server names other authorities."""
    context = ssl.create_default_context(cafile=tls.get('ca'))
    context.check_hostname = False
    if tls.get('certfile'):
        context.load_cert_chain(tls['certfile'], tls['keyfile'])
    try:
        with socket.create_connection(host_and_port(server), timeout=3) as plain:
            with context.wrap_socket(plain) as connection:
                connection.sendall(b'srvr')
                # with TLS 1.3 the refusal comes as the answer to what is sent first
                return 'let in' if connection.recv(10) else 'closed without an answer'
    except socket.timeout:
        return 'let in'
    except OSError as error:
        alert = re.search(r'alert [a-z ]*[a-z]', str(error))
        return alert.group() if alert else str(error)


def plain(options, _):
    try:
        with socket.create_connection(host_and_port(options.servers[0]), timeout=3) as connection:
            connection.sendall(b'ruok')
            return connection.recv(100).decode(errors='replace')
    except OSError as error:
        return type(error).__name__


def join_trust(options):
    """Clients want the authorities in one file, and read it for each connection. Where cert-manager made none, the Secret has them."""
    names = sorted(glob.glob(os.path.join(options.trust, '*'))) or [os.path.join(options.tls, 'ca.crt')]
    texts = [open(name).read() for name in names]
    new = tempfile.NamedTemporaryFile('w', dir=os.path.dirname(TRUST), delete=False)
    with new:
        new.write('\n'.join(texts))
    os.rename(new.name, TRUST)


def follow_trust(options):
    while True:
        time.sleep(1)
        join_trust(options)


def files(options):
    """The client's files by kazoo's names: those of --tls, or what standard input holds of them."""
    if not options.stdin:
        join_trust(options)
        return {'ca': TRUST, 'certfile': os.path.join(options.tls, 'tls.crt'), 'keyfile': os.path.join(options.tls, 'tls.key')}
    given, directory = json.load(sys.stdin), tempfile.mkdtemp()
    found = {}
    for key, name in (('ca', 'ca'), ('cert', 'certfile'), ('key', 'keyfile')):
        if key in given:
            found[name] = os.path.join(directory, key)
            with open(found[name], 'w') as file:
                file.write(given[key])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--tls', default='/tls/client', help='default: %(default)s')
    parser.add_argument('--trust', default='/tls/trust', help='default: %(default)s')
    parser.add_argument('--stdin', action='store_true')
    commands = parser.add_subparsers(dest='command', required=True)
    functions = {
        'write': write, 'check': check, 'next': next_number, 'ask': ask, 'certificate': certificate, 'try': try_once, 'plain': plain,
        'handshake': lambda options, tls: handshake(options.servers[0], tls),
    }
    for name in functions:
        command = commands.add_parser(name)
        if name in ('write', 'check', 'next', 'ask'):
            command.add_argument('name')
        command.add_argument('servers', nargs='+', metavar='HOST:PORT')
    options = parser.parse_args()
    print(json.dumps(functions[options.command](options, files(options))))


if __name__ == '__main__':
    main()
