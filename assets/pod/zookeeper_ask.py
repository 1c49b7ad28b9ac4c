"""Whether ZooKeeper can be reached from this pod, as Nodepool would reach it.

    python3 zookeeper_ask.py names HOST:PORT...
    python3 zookeeper_ask.py serves CA CERTIFICATE KEY HOST:PORT...

`names`: do the members' names resolve, and so quickly that the client in Nodepool is not thrown off? `serves`: does any
member serve whoever shows this certificate? A line per finding; the exit code is 0 for yes and 1 for no.
"""

import concurrent.futures
import os
import re
import socket
import ssl
import sys
import time

# kazoo has one second for all names and the first connection: see zookeeper_watch.py.
QUICK = 0.5
# For each step of a conversation with a member.
TIMEOUT = 5.0
MOST_ANSWER = 64 * 1024
# A member that is "read-only" has no quorum, and Nodepool cannot use it.
SERVES = re.compile(rb'^Mode: (leader|follower|observer|standalone)\n', re.MULTILINE)


class DoesNotServe(Exception):
    """Why not, in words for the log."""


def host_and_port(server):
    """`host:port`, as a nodepool.yaml's server; an IPv6 address may stand in brackets."""
    host, colon, port = server.rpartition(':')
    if not colon or not host or not port.isdigit():
        raise ValueError('{!r} is no HOST:PORT'.format(server))
    return host.strip('[]'), int(port)


def names(servers):
    """Resolve them one after the other, as kazoo does. Returns whether that is good enough, and lines."""
    lines, found, begun = [], False, time.monotonic()
    for host, port in map(host_and_port, servers):
        try:
            socket.getaddrinfo(host, port, 0, 0, socket.IPPROTO_TCP)
            found = True
        except OSError as error:
            lines.append('{}: {}'.format(host, error.strerror))
    seconds = time.monotonic() - begun
    if seconds > QUICK:
        lines.append('it took {:.1f} s to look up {}'.format(
            seconds, ', '.join(host for host, _ in map(host_and_port, servers))))
    return found and seconds <= QUICK, lines


def serves(server, context):
    """Return if the member serves; else DoesNotServe says why not."""
    answer, why = b'', 'it closed the connection without an answer'
    try:
        # No server_name: kazoo sends none, and checks no name either.
        with socket.create_connection(host_and_port(server), TIMEOUT) as plain, context.wrap_socket(plain) as member:
            member.sendall(b'srvr')
            while len(answer) < MOST_ANSWER and not SERVES.search(answer):
                data = member.recv(4096)
                if not data:
                    break
                answer += data
    except socket.timeout:
        why = 'no answer within {:g} s'.format(TIMEOUT)
    except (OSError, ValueError) as error:
        why = getattr(error, 'reason', None) or getattr(error, 'strerror', None) or str(error)
    # Whatever ended the conversation: an answer that has come is one. Where 4lw.commands.whitelist does not allow the
    # question, a member says so whether it serves or not: then nothing is known.
    if not SERVES.search(answer):
        first = answer.decode('utf-8', 'replace').splitlines()[:1]
        raise DoesNotServe('it says: {}'.format(first[0][:200]) if first else why)


def any_serves(ca, certificate, key, servers):
    """Ask all members at once. Returns whether one serves, and lines."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        # The system's authorities are trusted besides, because kazoo does.
        context.load_default_certs()
        context.load_verify_locations(ca)
        context.load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        return False, ['the certificate cannot be used: {}'.format(
            getattr(error, 'reason', None) or getattr(error, 'strerror', None) or type(error).__name__)]
    lines = []
    pool = concurrent.futures.ThreadPoolExecutor(len(servers))
    asked = {pool.submit(serves, server, context): server for server in servers}
    for question in concurrent.futures.as_completed(asked):
        try:
            question.result()
            return True, [asked[question]]
        except DoesNotServe as error:
            lines.append('{}: {}'.format(asked[question], error))
    return False, sorted(lines)


def main(argv=None):
    """Ask, say what was found, and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        question = arguments.pop(0)
        if question == 'names' and arguments:
            good, lines = names(arguments)
        elif question == 'serves' and len(arguments) > 3:
            good, lines = any_serves(*arguments[:3], arguments[3:])
        else:
            raise ValueError('{!r} is no question with its arguments'.format(question))
    except (IndexError, ValueError) as error:
        print('usage: zookeeper_ask.py names HOST:PORT... | serves CA CERTIFICATE KEY HOST:PORT...: {}'.format(error),
              file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    return 0 if good else 1


if __name__ == '__main__':
    code = main()
    sys.stdout.flush()
    # One that serves is enough: those that do not answer are not waited for.
    os._exit(code)
