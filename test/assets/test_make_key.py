"""make_key.py with a real ssh-keygen and an API server of our own."""

import base64
import contextlib
import http.server
import io
import json
import os
import shutil
import subprocess
import threading
import unittest
import unittest.mock

from support import TempDirTest

import make_key

SECRETS = '/api/v1/namespaces/ci/secrets'


class ApiServer(http.server.ThreadingHTTPServer):
    """The Secrets of the namespace `ci`, for whoever has the token."""

    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        self.secrets = {}
        self.calls = []
        self.answers = []
        self.lock = threading.Lock()
        self.at_get = lambda: None


class Handler(http.server.BaseHTTPRequestHandler):

    def do_GET(self):
        name = self.path[len(SECRETS) + 1:]
        with self.server.lock:
            found = self.server.secrets.get(name)
        self.server.at_get()
        self.answer(*((200, found) if found else (404, {'message': 'not found'})))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        name = body['metadata']['name']
        with self.server.lock:
            taken = name in self.server.secrets
            if not taken and not self.server.answers:
                self.server.secrets[name] = body
        self.answer(*((409, {'message': 'already exists'}) if taken else (201, body)))

    def answer(self, code, body):
        self.server.calls.append(self.command)
        if self.headers['Authorization'] != 'Bearer the-token':
            code, body = 401, {'message': 'Unauthorized'}
        if self.server.answers:
            code, body = self.server.answers.pop(0), {'message': 'forbidden: User may not'}
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@unittest.skipUnless(shutil.which('ssh-keygen'), 'ssh-keygen is missing')
class MakeKeyTest(TempDirTest):

    def setUp(self):
        super().setUp()
        self.server = ApiServer()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.write('account/token', 'the-token\n')
        self.write('account/namespace', 'ci')
        os.environ['MAKE_KEY_ACCOUNT'] = self.path('account')
        os.environ['MAKE_KEY_SERVER'] = 'http://127.0.0.1:{}'.format(self.server.server_port)
        self.addCleanup(os.environ.pop, 'MAKE_KEY_ACCOUNT')
        self.addCleanup(os.environ.pop, 'MAKE_KEY_SERVER')

    def make(self, *more, code=0, secrets=('key',)):
        log = io.StringIO()
        with contextlib.redirect_stderr(log):
            got = make_key.main([word for name in secrets for word in ('--secret', name)] + list(more), pause=0.01)
        self.assertEqual(got, code, log.getvalue())
        for secret in self.server.secrets.values():
            self.assertNotIn(secret['data'].get('priv') or 'nothing', log.getvalue())
        return log.getvalue()

    def value(self, key, name='key'):
        return base64.b64decode(self.server.secrets[name]['data'][key]).decode()

    def test_a_secret_gets_a_key_that_fits_together(self):
        self.make()
        path = self.write('priv', self.value('priv'))
        os.chmod(path, 0o600)
        public = subprocess.check_output(['ssh-keygen', '-y', '-f', path]).decode()
        self.assertEqual(self.value('pub').split()[:2], public.split()[:2])
        self.assertEqual(self.value('pub').split()[::2], ['ssh-ed25519', 'key'])

    def test_it_is_immutable_and_has_its_metadata(self):
        self.make('--metadata', '{"labels": {"a": "b"}, "annotations": {"c": "d"}}', '--comment', 'of the builder')
        secret = self.server.secrets['key']
        self.assertEqual((secret['immutable'], secret['type']), (True, 'Opaque'))
        self.assertEqual(secret['metadata'], {'name': 'key', 'namespace': 'ci', 'labels': {'a': 'b'}, 'annotations': {'c': 'd'}})
        self.assertTrue(self.value('pub').endswith(' of the builder\n'))

    def test_a_comment_may_begin_with_a_dash(self):
        self.make('--comment=-x')
        self.assertTrue(self.value('pub').endswith(' -x\n'))

    def test_the_log_says_how_to_read_the_public_key_and_shows_none(self):
        log = self.make()
        self.assertIn('kubectl -n ci get secret key -o jsonpath={.data.pub} | base64 -d', log)
        self.assertNotIn('ssh-ed25519', log)

    def test_a_second_run_changes_nothing(self):
        self.make()
        before = json.dumps(self.server.secrets)
        self.server.calls.clear()
        self.assertIn('the Secret key is there', self.make())
        self.assertEqual(json.dumps(self.server.secrets), before)
        self.assertEqual(self.server.calls, ['GET'])

    def test_of_two_at_once_one_wins_and_both_are_content(self):
        both = threading.Barrier(2, action=lambda: setattr(self.server, 'at_get', lambda: None))

        def at_get():
            # Both look before one makes it.
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(timeout=2)

        self.server.at_get = at_get
        codes = []
        log = io.StringIO()
        with contextlib.redirect_stderr(log):
            runs = [threading.Thread(target=lambda: codes.append(make_key.main(['--secret', 'key']))) for _ in range(2)]
            for run in runs:
                run.start()
            for run in runs:
                run.join()
        self.assertEqual(codes, [0, 0], log.getvalue())
        self.assertEqual(self.server.calls.count('POST'), 2)
        self.assertIn('somebody else made the Secret key at the same time; theirs stays', log.getvalue())

    def test_several_keys_are_made_each_once(self):
        self.make()
        first = self.value('priv')
        self.make(secrets=('key', 'key-2'))
        self.assertEqual(self.value('priv'), first)
        self.assertNotEqual(self.value('priv', 'key-2'), first)

    def test_a_secret_without_a_key_is_left_as_it_is(self):
        self.server.secrets['key'] = {'data': {'pub': 'eA=='}}
        log = self.make(code=1)
        self.assertIn("the Secret key is there without priv, and is left as it is; delete it", log)
        self.assertEqual(self.server.calls, ['GET'])

    def test_an_empty_key_is_none(self):
        self.server.secrets['key'] = {'data': {'pub': 'eA==', 'priv': ''}}
        self.assertIn('the Secret key is there without priv, and is left as it is; delete it', self.make(code=1))

    def test_rights_that_come_late_are_waited_for(self):
        self.server.answers = [403, 503]
        self.make()
        self.assertIn('key', self.server.secrets)

    def test_rights_that_do_not_come_are_named(self):
        self.server.answers = [403] * 20
        self.assertIn('error: cannot read the Secret key: 403 forbidden: User may not', self.make(code=1))

    def test_what_will_not_get_better_is_not_tried_again(self):
        self.server.answers = [422]
        self.assertEqual(self.make(code=1).count('error:'), 1)

    def test_a_server_that_is_away_is_named(self):
        os.environ['MAKE_KEY_SERVER'] = 'http://127.0.0.1:1'
        self.assertIn('cannot reach the API server at http://127.0.0.1:1', self.make(code=1))

    def test_without_a_token_it_says_what_is_missing(self):
        os.unlink(self.path('account', 'token'))
        self.assertIn('the pod needs the token of its account', self.make(code=1))

    def test_the_address_of_the_api_server_is_the_clusters(self):
        del os.environ['MAKE_KEY_SERVER']
        self.addCleanup(os.environ.__setitem__, 'MAKE_KEY_SERVER', 'x')
        for host, url in (('10.0.0.1', 'https://10.0.0.1:6443'), ('fd00::1', 'https://[fd00::1]:6443')):
            with unittest.mock.patch.dict(os.environ, KUBERNETES_SERVICE_HOST=host, KUBERNETES_SERVICE_PORT_HTTPS='6443'):
                self.assertEqual(make_key.Api()._server, url)
