"""checkout.py with a real git and repositories on the disk."""

import contextlib
import io
import os
import shutil
import subprocess
import unittest
from unittest import mock

from support import TempDirTest

import checkout


@unittest.skipUnless(shutil.which('git'), 'git is missing')
class CheckoutTest(TempDirTest):

    def setUp(self):
        super().setUp()
        self.repository = self.path('repository')
        self.git('init', '--quiet', '--initial-branch', 'main', self.repository, at='/')
        self.first = self.commit('one')
        self.to = self.path('volume', 'checkout')

    def git(self, *arguments, at=None):
        env = dict(os.environ, GIT_AUTHOR_NAME='a', GIT_AUTHOR_EMAIL='a@example.com', GIT_COMMITTER_NAME='a',
                   GIT_COMMITTER_EMAIL='a@example.com')
        return subprocess.run(('git', '-C', at or self.repository) + arguments, check=True, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode().strip()

    def commit(self, text):
        self.write('repository/playbooks/build.yaml', text)
        self.git('add', '.')
        self.git('commit', '--quiet', '-m', text)
        return self.git('rev-parse', 'HEAD')

    def run_checkout(self, *more, ref='main', code=0, repository=None):
        log = io.StringIO()
        with contextlib.redirect_stderr(log), mock.patch.object(checkout, 'ATTEMPTS', 2):
            got = checkout.main(['--repository', repository or 'file://' + self.repository, '--ref', ref, '--to', self.to] + list(more), pause=0.01)
        self.assertEqual(got, code, log.getvalue())
        return log.getvalue()

    def build(self):
        return self.read('volume', 'checkout', 'playbooks', 'build.yaml')

    def test_a_branch_is_checked_out_as_it_is_now(self):
        self.assertIn(self.first, self.run_checkout())
        self.assertEqual(self.build(), 'one')

    def test_a_second_run_takes_the_place_of_the_first(self):
        self.run_checkout()
        self.commit('two')
        self.run_checkout()
        self.assertEqual(self.build(), 'two')
        self.assertEqual(os.listdir(self.path('volume')), ['checkout'])

    def test_a_tag_and_a_commit_stay_what_they_are(self):
        self.git('tag', 'v1')
        self.commit('two')
        for ref in ('v1', self.first):
            self.run_checkout(ref=ref)
            self.assertEqual(self.build(), 'one')

    def test_a_commit_is_found_on_a_server_that_hands_out_branches_alone(self):
        self.commit('two')
        self.git('config', 'uploadpack.allowAnySHA1InWant', 'false')
        self.git('config', 'uploadpack.allowReachableSHA1InWant', 'false')
        self.run_checkout(ref=self.first)
        self.assertEqual(self.build(), 'one')

    def test_what_is_missing_fails_and_leaves_the_old_checkout(self):
        self.run_checkout()
        self.assertIn('git fetch:', self.run_checkout(ref='nowhere', code=1))
        self.assertIn("has no directory 'roles'", self.run_checkout('--needs', 'roles', code=1))
        self.assertEqual(self.build(), 'one')

    def test_it_is_tried_again(self):
        self.assertEqual(self.run_checkout(ref='nowhere', code=1).count('error:'), 2)

    def test_a_password_in_an_address_is_not_in_the_log(self):
        log = self.run_checkout(repository='https://ci:hunter2@localhost:1/x.git', code=1)
        self.assertNotIn('hunter2', log)
        self.assertIn('https://localhost:1/x.git', log)

    def test_credentials_reach_git_by_files_alone(self):
        self.write('credentials/username', 'ci')
        self.write('credentials/password', 'hunter2')
        env = checkout.environment(self.path('credentials'), self.directory)
        self.assertNotIn('hunter2', str(env) + self.read('askpass'))
        for prompt, answer in (("Username for 'https://x':", 'ci'), ("Password for 'https://ci@x':", 'hunter2')):
            self.assertEqual(subprocess.check_output([env['GIT_ASKPASS'], prompt], env=env).decode(), answer)

    def test_ssh_takes_no_unknown_host(self):
        command = checkout.environment('/credentials', self.directory)['GIT_SSH_COMMAND']
        self.assertIn('StrictHostKeyChecking=yes', command)
        self.assertIn('UserKnownHostsFile=/credentials/known_hosts', command)
