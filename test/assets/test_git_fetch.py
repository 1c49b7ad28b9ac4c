"""git_fetch.sh with real repositories, a real server of them, and the credentials that it asks for."""

import base64
import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support import ASSETS, TempDirTest

FETCH = os.path.join(ASSETS, 'git', 'git_fetch.sh')
FILE = 'nodepool/nodepool.yaml'


@unittest.skipUnless(shutil.which('git'), 'needs git')
class FetchTest(TempDirTest):

    def setUp(self):
        super().setUp()
        self.env = dict(os.environ, GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1')
        for role in ('AUTHOR', 'COMMITTER'):
            self.env.update({'GIT_{}_NAME'.format(role): 'Test', 'GIT_{}_EMAIL'.format(role): 'test@example.com'})
        self.bare = self.path('config.git')
        self.git('init', '-q', '--bare', '-b', 'main', self.bare)
        self.git('init', '-q', '-b', 'main', self.path('clone'))
        self.first = self.commit('labels: []\n')

    def git(self, *arguments, cwd=None):
        return subprocess.run(('git',) + arguments, cwd=cwd, env=self.env, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE).stdout.decode().strip()

    def commit(self, text, name=FILE, branch='main'):
        """Pushes a file and returns the commit."""
        if text is not None:
            self.write(os.path.join('clone', name), text)
        self.git('add', '-A', cwd=self.path('clone'))
        self.git('commit', '-q', '--allow-empty', '-m', 'change', cwd=self.path('clone'))
        self.git('push', '-q', '--force', self.bare, 'HEAD:' + branch, cwd=self.path('clone'))
        return self.git('rev-parse', 'HEAD', cwd=self.path('clone'))

    def arguments(self, *options, url=None, path=FILE, kind='--file'):
        return ['sh', FETCH, '--url', url or 'file://' + self.bare, kind, path, '--out', self.path('out'),
                '--tmp', self.path('tmp'), '--pause', '0'] + list(options)

    def once(self, *options, code=0, **more):
        done = subprocess.run(self.arguments('--once', *options, **more), env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        log = done.stdout.decode()
        self.assertEqual(done.returncode, code, log)
        return log

    def start(self, *options, **more):
        with open(self.path('log'), 'ab') as log:
            process = subprocess.Popen(self.arguments('--interval', '1', *options, **more), env=self.env, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait(self, probe, seconds=20):
        end = time.monotonic() + seconds
        while not probe():
            self.assertLess(time.monotonic(), end, self.read('log'))
            time.sleep(0.1)

    def fetched(self):
        """Commit and text, as the other container reads them."""
        commit = self.read('out', 'current').strip()
        return commit, self.read('out', commit + '.yaml')


class Once(FetchTest):

    def test_the_file_of_the_default_branch_is_there(self):
        log = self.once()
        self.assertEqual(self.fetched(), (self.first, 'labels: []\n'))
        self.assertIn('commit {} (HEAD) fetched'.format(self.first), log)

    def test_a_branch_a_tag_and_a_commit_can_be_named(self):
        other = self.commit('max-hold-age: 1\n', branch='other')
        self.git('tag', '-a', '-m', 'x', 'v1', other, cwd=self.path('clone'))
        self.git('push', '-q', self.bare, 'v1', cwd=self.path('clone'))
        for ref in ('other', 'v1', other):
            shutil.rmtree(self.path('out'), ignore_errors=True)
            self.once('--ref', ref)
            self.assertEqual(self.fetched(), (other, 'max-hold-age: 1\n'))

    def test_a_commit_is_found_on_a_server_that_hands_out_branches_alone(self):
        self.commit('labels: [{name: later}]\n')
        # Over version 2 git's own server hands out all that it has.
        self.env.update(GIT_CONFIG_COUNT='1', GIT_CONFIG_KEY_0='protocol.version', GIT_CONFIG_VALUE_0='0')
        self.once('--ref', self.first)
        self.assertEqual(self.fetched(), (self.first, 'labels: []\n'))
        self.once('--ref', self.first)

    def test_fails_for_a_commit_that_is_nowhere(self):
        self.assertIn('fatal', self.once('--ref', '1' * 40, code=1))

    def test_it_is_tried_three_times(self):
        self.assertEqual(self.once('--ref', 'nowhere', code=1).count('git-fetch:'), 3)

    def test_a_password_in_an_address_is_not_in_the_log(self):
        for user in ('ci:pass-word', 'pass-word'):
            log = self.once(url='https://{}@localhost:1/x.git'.format(user), code=1)
            self.assertNotIn('pass-word', log)
            self.assertIn('https://localhost:1/x.git', log)

    def test_fails_without_git_and_says_what_is_missing(self):
        os.mkdir(self.path('bin'))
        for program in ('sh', 'sed', 'date', 'cat'):
            os.symlink(shutil.which(program), self.path('bin', program))
        self.env['PATH'] = self.path('bin')
        self.assertIn("there is no git in this image; name one that has it by 'image'", self.once(code=1))

    def test_the_bytes_stay(self):
        text = 'labels: []\r\n# \u00e4 %(NODEPOOL_X) ' + 'x' * 3 + '  '
        with open(os.path.join(self.path('clone'), FILE), 'wb') as stream:
            stream.write(text.encode())
        self.commit(None)
        self.once()
        with open(self.path('out', self.fetched()[0] + '.yaml'), 'rb') as stream:
            self.assertEqual(stream.read(), text.encode())

    def test_only_the_last_two_versions_stay(self):
        for number in range(4):
            self.commit('max-hold-age: {}\n'.format(number))
            self.once()
        self.assertEqual(len([name for name in os.listdir(self.path('out')) if name.endswith('.yaml')]), 2)

    def test_what_was_fetched_before_does_when_the_server_is_away(self):
        self.once()
        os.rename(self.bare, self.path('gone'))
        log = self.once()
        self.assertEqual(self.fetched()[0], self.first)
        self.assertIn('going on with commit ' + self.first, log)

    def test_fails_without_a_server_and_says_what_git_says(self):
        log = self.once(code=1, url='file:///nonexistent/config.git')
        self.assertIn('file:///nonexistent/config.git: fatal: ', log)
        self.assertFalse(os.path.exists(self.path('out', 'current')))

    def test_fails_for_a_branch_that_is_not_there(self):
        self.assertIn("couldn't find remote ref nowhere", self.once('--ref', 'nowhere', code=1))

    def test_fails_for_a_path_that_is_no_file(self):
        self.assertIn('none.yaml is not in it', self.once(code=1, path='none.yaml'))
        self.assertIn('nodepool is no file', self.once(code=1, path='nodepool'))

    def test_fails_for_a_link(self):
        os.symlink('/etc/passwd', self.path('clone', 'link.yaml'))
        self.commit(None)
        self.assertIn('link.yaml is a symbolic link', self.once(code=1, path='link.yaml'))
        self.assertEqual([name for name in os.listdir(self.path('out'))], [])


class Checkout(FetchTest):

    def checkout(self, *options, path='.', **more):
        return self.once(*options, path=path, kind='--checkout', **more)

    def text(self, name=FILE):
        return self.read('out', 'checkout', name)

    def test_all_files_are_there(self):
        self.commit('- hosts: all\n', name='build.yaml')
        log = self.checkout()
        self.assertEqual((self.text(), self.text('build.yaml')), ('labels: []\n', '- hosts: all\n'))
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['checkout', 'current'])
        self.assertIn(self.read('out', 'current').strip(), log)

    def test_programs_and_links_stay_what_they_are(self):
        self.write('clone/run', '#!/bin/sh\n')
        os.chmod(self.path('clone', 'run'), 0o755)
        os.symlink('run', self.path('clone', 'link'))
        self.commit(None)
        self.checkout()
        self.assertTrue(os.access(self.path('out', 'checkout', 'run'), os.X_OK))
        self.assertEqual(os.readlink(self.path('out', 'checkout', 'link')), 'run')

    def test_a_second_run_takes_the_place_of_the_first(self):
        self.commit('x', name='old')
        self.checkout()
        self.git('rm', '-q', 'old', cwd=self.path('clone'))
        self.commit('labels: [1]\n')
        self.checkout()
        self.assertEqual(self.text(), 'labels: [1]\n')
        self.assertEqual(os.listdir(self.path('out', 'checkout')), ['nodepool'])

    def test_a_tag_and_a_commit_stay_what_they_are(self):
        self.git('push', '-q', self.bare, 'HEAD:refs/tags/v1', cwd=self.path('clone'))
        self.commit('labels: [1]\n')
        for ref in ('v1', self.first):
            self.checkout('--ref', ref)
            self.assertEqual(self.text(), 'labels: []\n')

    def test_the_same_commit_in_another_pod_and_after_a_restart(self):
        for name in ('out', 'tmp', None):
            self.checkout()
            self.assertEqual(self.text(), 'labels: []\n')
            shutil.rmtree(self.path(name or 'none'), ignore_errors=True)

    def test_fails_without_the_directory_that_must_be_there(self):
        for path in ('roles', FILE, '-x'):
            self.assertIn("{} is no directory in it; push it, or correct 'path'".format(path), self.checkout(path=path, code=1))
        self.assertFalse(os.path.exists(self.path('out', 'checkout')))
        self.checkout(path='nodepool')

    def test_what_is_missing_later_leaves_the_old_checkout(self):
        self.checkout()
        self.assertIn('going on with commit', self.checkout('--ref', 'nowhere'))
        self.assertEqual(self.text(), 'labels: []\n')


class Polling(FetchTest):

    def test_a_commit_arrives(self):
        self.once()
        self.start()
        second = self.commit('max-hold-age: 2\n')
        self.wait(lambda: self.fetched()[0] == second)
        self.assertEqual(self.fetched()[1], 'max-hold-age: 2\n')

    def test_history_that_was_written_anew_arrives(self):
        self.commit('max-hold-age: 1\n')
        self.once()
        self.start()
        self.git('reset', '-q', '--hard', self.first, cwd=self.path('clone'))
        other = self.commit('max-hold-age: 3\n')
        self.wait(lambda: self.fetched()[0] == other)

    def test_a_commit_without_the_file_is_said_once_and_the_last_one_stays(self):
        self.once()
        self.start()
        self.git('rm', '-q', '-r', 'nodepool', cwd=self.path('clone'))
        bad = self.commit('x', name='other')
        self.wait(lambda: bad in self.read('log'))
        time.sleep(2)
        self.assertEqual(self.read('log').count('\n'), 1, self.read('log'))
        self.assertIn('is not in it; push the file', self.read('log'))
        self.assertIn('going on with commit ' + self.first, self.read('log'))
        self.assertEqual(self.fetched()[0], self.first)

    def test_a_server_that_is_away_is_said_once_and_so_is_that_it_is_back(self):
        self.once()
        self.start()
        os.rename(self.bare, self.path('gone'))
        self.wait(lambda: 'fatal' in self.read('log'))
        time.sleep(2)
        os.rename(self.path('gone'), self.bare)
        second = self.commit('max-hold-age: 2\n')
        self.wait(lambda: 'reached again' in self.read('log') and self.fetched()[0] == second)
        self.assertEqual(self.read('log').count('going on with'), 1)

    def test_sigterm_ends_it_at_once_even_as_pid_1(self):
        unshare = ['unshare', '--fork', '--pid', '--kill-child'] if os.geteuid() == 0 and shutil.which('unshare') else []
        for prefix in filter(None, ([], unshare)) if unshare else [[]]:
            process = subprocess.Popen(list(prefix) + self.arguments('--interval', '600'), env=self.env)
            time.sleep(1)
            target = process.pid
            if prefix:
                with open('/proc/{0}/task/{0}/children'.format(process.pid)) as stream:
                    target = int(stream.read().split()[0])
            begun = time.monotonic()
            os.kill(target, signal.SIGTERM)
            self.assertEqual(process.wait(10), 0)
            self.assertLess(time.monotonic() - begun, 3)


class Server(ThreadingHTTPServer):
    """Serves the repositories of a directory as git does, to who knows the password."""

    def __init__(self, root, password, certificate=None):
        super().__init__(('127.0.0.1', 0), Handler)
        self.root, self.password, self.asked, self.redirect = root, password, [], None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.url = '{}://127.0.0.1:{}/config.git'.format('https' if certificate else 'http', self.server_port)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):

    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        given = self.headers.get('Authorization')
        self.server.asked.append(given)
        if self.server.redirect:
            self.send_response(302)
            self.send_header('Location', self.server.redirect + self.path[len('/config.git'):])
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        if given != 'Basic ' + base64.b64encode(b'robot:' + self.server.password.encode()).decode():
            self.send_response(401)
            self.send_header('WWW-Authenticate', 'Basic realm="git"')
            self.send_header('Content-Length', '0')
            self.end_headers()
            return
        path, _, query = self.path.partition('?')
        done = subprocess.run(
            ['git', 'http-backend'], input=self.rfile.read(int(self.headers.get('Content-Length') or 0)), stdout=subprocess.PIPE,
            env=dict(os.environ, GIT_PROJECT_ROOT=self.server.root, GIT_HTTP_EXPORT_ALL='1', PATH_INFO=path, QUERY_STRING=query,
                     REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get('Content-Type') or '', REMOTE_USER='robot',
                     HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding') or '',
                     GIT_PROTOCOL=self.headers.get('Git-Protocol') or ''))
        head, _, body = done.stdout.partition(b'\r\n\r\n')
        self.send_response(200)
        for line in head.decode().split('\r\n'):
            self.send_header(*line.split(': ', 1))
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Credentials(FetchTest):

    def serve(self, password='pass-word-1', **options):
        server = Server(self.directory, password, **options)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def test_the_password_is_read_at_each_fetch(self):
        server = self.serve()
        password = self.write('secret', 'pass-word-1')
        options = ('--password', password, '--username', self.write('user', 'robot\n'))
        log = self.once(*options, url=server.url)
        self.assertEqual(self.fetched()[0], self.first)
        server.password = 'pass-word-2'
        self.write('secret', 'pass-word-2\n')
        second = self.commit('max-hold-age: 2\n')
        log += self.once(*options, url=server.url)
        self.assertEqual(self.fetched()[0], second)
        self.assertNotIn('pass-word', log)

    def test_fails_with_a_wrong_password_and_shows_neither(self):
        server = self.serve()
        log = self.once('--password', self.write('secret', 'other-word'), '--username', self.write('user', 'robot\n'), url=server.url, code=1)
        self.assertIn('Authentication failed', log)
        self.assertNotIn('word', log.replace('Password', ''))

    def test_fails_at_once_without_credentials_where_they_are_needed(self):
        self.assertIn('terminal prompts disabled', self.once(url=self.serve().url, code=1))

    def certificate(self):
        """A server's certificate with its key; the directory ca holds its authority."""
        pem = self.path('server.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                        '-subj', '/CN=git', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', self.path('key'), '-out', pem],
                       check=True, stderr=subprocess.DEVNULL)
        os.mkdir(self.path('ca'))
        shutil.copy(pem, self.path('ca', 'ca.crt'))
        with open(self.path('key')) as key, open(pem, 'a') as out:
            out.write(key.read())
        return pem

    def test_another_server_does_not_get_the_password(self):
        there, elsewhere = self.serve(), self.serve()
        there.redirect = elsewhere.url
        self.once('--password', self.write('secret', 'pass-word-1'), '--username', self.write('user', 'robot\n'), url=there.url, code=1)
        self.assertTrue(elsewhere.asked)
        self.assertEqual(set(elsewhere.asked), {None})

    @unittest.skipUnless(shutil.which('openssl'), 'needs openssl')
    def test_a_redirect_from_https_to_clear_text_is_not_followed(self):
        pem, elsewhere = self.certificate(), self.serve()
        there = self.serve(certificate=pem)
        there.redirect = elsewhere.url
        options = ('--password', self.write('secret', 'pass-word-1'), '--username', self.write('user', 'robot\n'), '--ca', self.path('ca'))
        self.once(*options, url=there.url, code=1)
        self.assertTrue(there.asked)
        self.assertEqual(elsewhere.asked, [])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which('setpriv') and shutil.which('unshare'), 'needs root, setpriv and unshare')
    def test_any_uid_fetches_on_a_read_only_root(self):
        server = self.serve()
        for name in ('out', 'tmp'):
            os.mkdir(self.path(name))
            os.chown(self.path(name), 1000730000, 0)
        os.chmod(self.directory, 0o755)
        shutil.copytree(os.path.dirname(FETCH), self.path('git'))
        password = self.write('secret', 'pass-word-1')
        user = self.write('user', 'robot')
        for path in (user, password):
            os.chown(path, 0, 0)
            os.chmod(path, 0o440)
        arguments = self.arguments('--once', '--password', password, '--username', user, url=server.url)
        arguments[1] = self.path('git', 'git_fetch.sh')
        # The two volumes are all that can be written to.
        script = 'for d in {0}/out {0}/tmp; do mount --bind $d $d; done; mount -o remount,bind,ro /; ' \
            'mount | grep -q " on {0}/out " && exec setpriv --reuid 1000730000 --regid 0 --clear-groups "$@"'.format(self.directory)
        done = subprocess.run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh'] + arguments,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.assertEqual(self.fetched()[0], self.first)

    @unittest.skipUnless(shutil.which('openssl'), 'needs openssl')
    def test_https_is_trusted_by_the_ca_alone(self):
        server = self.serve(certificate=self.certificate())
        options = ('--password', self.write('secret', 'pass-word-1'), '--username', self.write('user', 'robot\n'))
        self.assertIn('certificate', self.once(*options, url=server.url, code=1))
        self.assertEqual(server.asked, [])
        self.once('--ca', self.path('ca'), *options, url=server.url)
        self.assertEqual(self.fetched()[0], self.first)


if __name__ == '__main__':
    unittest.main()
