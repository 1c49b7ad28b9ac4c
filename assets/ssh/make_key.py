"""Makes the builder's ssh key in the cluster, once: nobody ever sees it, and none is in Git.

    python3 make_key.py --secret NAME [--secret NAME]... [--comment TEXT] [--metadata JSON]

A Secret that is there stays as it is. Of two that make the same one the first wins: the other finds it there. Nothing
is ever changed or deleted, so that running it again does no harm; and no key is printed.

It needs the token of an account that may create Secrets, and get those of these names, as Kubernetes mounts it, and
ssh-keygen. The exit code is 0 once every Secret is there with both its keys, 1 otherwise.
"""

import argparse
import base64
import http.client
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
KEYS = ('priv', 'pub')
# Rights that were granted a moment ago, a webhook or an API server that is starting: tried again for some minutes.
ATTEMPTS = 8
AGAIN = (401, 403, 408, 429, 500, 502, 503, 504)


class NoKey(Exception):
    """Why there is no key, in words for the Job's log."""

    def __init__(self, message, again=False):
        super().__init__(message)
        self.again = again


def log(message):
    """Say what was done; never a key."""
    print('make_key: {}'.format(message), file=sys.stderr, flush=True)


class Api:
    """The Secrets of one namespace."""

    def __init__(self, account=None, server=None):
        self._account = account or os.environ.get('MAKE_KEY_ACCOUNT', ACCOUNT)
        self._server = server or os.environ.get('MAKE_KEY_SERVER') or 'https://{}:{}'.format(
            bracketed(os.environ.get('KUBERNETES_SERVICE_HOST', 'kubernetes.default.svc')),
            os.environ.get('KUBERNETES_SERVICE_PORT_HTTPS', '443'))
        self.namespace = self._file('namespace')

    def get(self, name):
        """The keys that a Secret has a value for; None where there is no such Secret."""
        code, body = self._call('GET', '/' + name)
        if code == 404:
            return None
        self._expect(code, body, (200,), 'read', name)
        return sorted(key for key, value in (body.get('data') or {}).items() if value)

    def create(self, secret):
        """Whether it was made; it was not if there is one already."""
        name = secret['metadata']['name']
        code, body = self._call('POST', '', secret)
        if code == 409:
            return False
        self._expect(code, body, (200, 201), 'create', name)
        return True

    def _file(self, name):
        try:
            with open(os.path.join(self._account, name)) as stream:
                return stream.read().strip()
        except OSError as error:
            raise NoKey('cannot read {}: {}; the pod needs the token of its account'.format(
                error.filename, error.strerror))

    def _call(self, method, path, body=None):
        """Status and body of an answer; the token is read anew, because it is renewed."""
        request = urllib.request.Request(
            '{}/api/v1/namespaces/{}/secrets{}'.format(self._server, self.namespace, path), method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={'Authorization': 'Bearer ' + self._file('token'), 'Accept': 'application/json',
                     'Content-Type': 'application/json'})
        handlers = [urllib.request.ProxyHandler({})]
        if self._server.startswith('https:'):
            context = ssl.create_default_context(cafile=os.path.join(self._account, 'ca.crt'))
            # Python 3.13 asks more of an authority's form than clusters' own ones have; who is trusted stays the same.
            context.verify_flags &= ~getattr(ssl, 'VERIFY_X509_STRICT', 0)
            handlers.append(urllib.request.HTTPSHandler(context=context))
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
                return answer.status, parsed(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, parsed(error.read())
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, 'reason', error)
            raise NoKey('cannot reach the API server at {}: {}'.format(self._server, reason), again=True)

    @staticmethod
    def _expect(code, body, good, verb, name):
        if code not in good:
            # The reason is the server's; it names the object and never repeats what was sent.
            raise NoKey('cannot {} the Secret {}: {} {}'.format(verb, name, code, body.get('message', '')).strip(),
                        code in AGAIN)


def bracketed(host):
    """An IPv6 address stands in brackets in a URL."""
    return '[{}]'.format(host) if ':' in host else host


def parsed(text):
    """What the API server answered; nothing where it is no object."""
    try:
        body = json.loads(text.decode('utf-8', 'replace'))
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def new_key(comment):
    """A private key and its public one, as ssh-keygen writes them."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'key')
        try:
            done = subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except FileNotFoundError:
            raise NoKey("there is no ssh-keygen in this image; give the key's 'image' one with OpenSSH's client")
        if done.returncode != 0:
            raise NoKey('ssh-keygen failed: {}'.format(done.stdout.decode('utf-8', 'replace').strip()))
        with open(path, 'rb') as private, open(path + '.pub', 'rb') as public:
            return {'priv': private.read(), 'pub': public.read()}


def ensure(api, name, comment, metadata):
    """Make the Secret unless it is there."""
    found = api.get(name)
    if found is None:
        key = new_key(comment)
        made = api.create({
            'apiVersion': 'v1', 'kind': 'Secret', 'type': 'Opaque', 'immutable': True,
            'metadata': dict(metadata, name=name, namespace=api.namespace),
            'data': {part: base64.b64encode(value).decode() for part, value in key.items()}})
        if made:
            log('made the Secret {0}; its public key: kubectl -n {1} get secret {0} -o jsonpath={{.data.pub}} | '
                'base64 -d'.format(name, api.namespace))
            return
        log('somebody else made the Secret {} at the same time; theirs stays'.format(name))
        found = api.get(name)
    missing = [key for key in KEYS if key not in (found or ())]
    if missing:
        raise NoKey('the Secret {} is there without {}, and is left as it is; delete it to get a new key, or give '
                    "'sshKey' another one".format(name, ' and '.join(missing)))
    log('the Secret {} is there'.format(name))


def main(argv=None, pause=2.0):
    """Make every Secret that is missing."""
    parser = argparse.ArgumentParser(prog='make_key.py', description=__doc__.splitlines()[0])
    parser.add_argument('--secret', action='append', required=True, metavar='NAME')
    parser.add_argument('--comment', metavar='TEXT', help='at the end of the public key (the name of the Secret)')
    parser.add_argument('--metadata', type=json.loads, default={}, metavar='JSON', help='labels and annotations')
    args = parser.parse_args(argv)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            api = Api()
            for name in args.secret:
                ensure(api, name, args.comment or name, args.metadata)
            return 0
        except NoKey as error:
            log('error: {}'.format(error))
            if not error.again or attempt == ATTEMPTS:
                return 1
            time.sleep(pause * attempt)
    return 1


if __name__ == '__main__':
    sys.exit(main())
