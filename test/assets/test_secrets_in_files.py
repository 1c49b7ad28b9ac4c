"""What secrets_in_files.py finds, by lines alone and with PyYAML where it is installed."""

import json
import os
import time
import unittest
import unittest.mock

from support import TempDirTest

import build_log
import secrets_in_files

# How the value is written, and what it is.
FORMS = {
    'plain': ('hunter2a', 'hunter2a'),
    'with a comment behind it': ('hunter2comment # the real one', 'hunter2comment'),
    'with a number sign in it': ('hunter#2comment', 'hunter#2comment'),
    'with a comma': ('ab,cdefghijk1', 'ab,cdefghijk1'),
    'with brackets': ('a}b]c{d[efgh', 'a}b]c{d[efgh'),
    'with a colon': ('ab:cdefgh:ij', 'ab:cdefgh:ij'),
    'with an equals sign': ('abcd=efgh==', 'abcd=efgh=='),
    'with blanks': ('correct horse battery', 'correct horse battery'),
    'in double quotes': ('"in: quotes # all"', 'in: quotes # all'),
    'with an escaped quote': (r'"dq\"escaped1"', 'dq"escaped1'),
    'with escapes': (r'"uni\u0063ode\x41"', 'unicodeA'),
    'in single quotes': ("'single # quotes'", 'single # quotes'),
    'with a doubled quote': ("'it''s-secret1'", "it's-secret1"),
    'with a tag': ('!!str tagged-value', 'tagged-value'),
    'with an anchor': ('&anchor anchored-value', 'anchored-value'),
    'with tag and anchor in quotes': ('!!str &a "quoted-value"', 'quoted-value'),
    'that is a number': ('1234567890', '1234567890'),
    'in a block': ('|\n        line-of-block', 'line-of-block'),
    'in a stripped block': ('|-\n        line-of-block', 'line-of-block'),
    'in a folded block with a comment': ('>- # folded\n        folded-value', 'folded-value'),
    'on the next line': ('\n        next-line-value', 'next-line-value'),
    'on the next line in quotes': ('\n        "next-line-value"', 'next-line-value'),
    'on the next line after a tag': ('!!str\n        next-line-value', 'next-line-value'),
    'in a list': ('\n        - first-of-list', 'first-of-list'),
    'in a list in one line': ('[first-of-list, second-of-list]', 'second-of-list'),
}
KEYS = ['password', 'admin_password', 'application_credential_secret', 'token', 'client-key-data', 'clientSecret', 'api_key', 'apiKey',
        'aws_secret_access_key', 'private_key', 'passphrase', 'db_pass']


class Forms(unittest.TestCase):
    yaml = False

    def found(self, text):
        with unittest.mock.patch.object(secrets_in_files, 'yaml', secrets_in_files.yaml if self.yaml else None):
            return secrets_in_files.secrets_of_text(text)

    def test_a_value_is_found_in_each_form(self):
        for name, (written, value) in FORMS.items():
            with self.subTest(name):
                text = 'clouds:\n  one:\n    auth:\n      username: public-user\n      password: {}\n      project: public-project\n'.format(written)
                found = self.found(text)
                self.assertIn(value, found)
                self.assertFalse([each for each in found if 'public' in each], found)

    def test_a_value_is_found_in_flow_style_and_in_json(self):
        for text in ("clouds: {a: {auth: {password: plain-value, username: public-user}}}", "{a: {password: plain-value}}",
                     "a: {password: 'plain-value', b: public}", "a: {b: public, password: plain-value}", '{"password":"plain-value"}',
                     json.dumps({'a': {'password': 'plain-value', 'b': 'public'}}, indent=1), 'password=plain-value', 'password = plain-value',
                     '- password: plain-value\n  user: public', '[default]\npassword: plain-value ; no comment\n'):
            found = self.found(text)
            self.assertTrue([each for each in found if each.startswith('plain-value')], (text, found))
            self.assertNotIn('public', found, text)

    def test_keys_with_telling_names_are_known(self):
        for key in KEYS:
            self.assertIn('hunter2abc', self.found('{}: hunter2abc\n'.format(key)), key)
        for key in ('username', 'key', 'auth_url', 'project_name', 'aws_access_key_id', 'compass', 'region'):
            self.assertEqual(self.found('{}: public-value\n'.format(key)), [], key)

    def test_passwords_in_urls_are_found_under_any_key(self):
        for url in ('https://user:pass-word1@host/path', 'postgresql+psycopg2://:pass-word1@host', 'proxy=http://u:pass-word1@h:80'):
            self.assertIn('pass-word1', self.found('auth_url: {}\n'.format(url)))
        self.assertEqual(self.found('auth_url: https://keystone.example.com:5000/v3\n'), [])

    def test_what_is_no_text_of_any_kind_does_no_harm(self):
        for text in ('', '\0\1', 'password:', 'password: [', '&a [*a]', 'password: &a [*a]', ': : :', '"', '[' * 5000):
            self.found(text)

    def test_a_long_line_is_read_in_no_time(self):
        begun = time.monotonic()
        for text in ('a' * 1000000, 'a:' * 300000, '"' * 100000, 'password: ' + 'a,' * 100000):
            self.found(text)
        self.assertLess(time.monotonic() - begun, 20)


@unittest.skipUnless(secrets_in_files.yaml, 'PyYAML is missing')
class FormsByYaml(Forms):
    yaml = True

    def test_what_only_yaml_tells_is_found(self):
        for text, value in (('a: &x hidden-value\npassword: *x\n', 'hidden-value'), ('password: folded\n  value-here\n', 'folded value-here'),
                            ('password: "over\n  two lines"\n', 'over two lines'), ('? password\n: after-question-mark\n', 'after-question-mark'),
                            ('tokens: {a: {b: deep-value}}\n', 'deep-value'), ('"pass\\u0077ord": hidden-name\n', 'hidden-name')):
            self.assertIn(value, self.found(text), text)


class Masked(TempDirTest):

    def test_values_are_masked_in_the_forms_that_a_program_would_print(self):
        self.write('providers/clouds.yaml', 'a: {password: "dq\\"escaped1"}\nb: https://user:en%2Fcoded@host\n')
        env = {'OS_CLIENT_CONFIG_FILE': self.path('providers', 'clouds.yaml'), 'DIB_ANSIBLE_SSH_KEY': '', 'GITHUB_PAT': 'ghp_abcdef',
               'HTTPS_PROXY': 'http://me:proxy-password@proxy:3128', 'PLAIN': 'http://proxy:3128/at@home'}
        secrets = build_log.known_secrets(env)
        for value in (b'dq"escaped1', b'dq\\"escaped1', b'en%2Fcoded', b'en/coded', b'ghp_abcdef', b'proxy-password'):
            self.assertIn(value, secrets)
        self.assertFalse([each for each in secrets if b'3128' in each], secrets)

    def test_each_line_of_a_key_in_a_file_is_masked(self):
        key = '-----BEGIN PRIVATE KEY-----\nAAAAsecretline\nBBBBsecretline\n-----END PRIVATE KEY-----\n'
        for name, text in (('gce.json', json.dumps({'private_key': key})), ('a.yaml', 'private_key: |\n' + ''.join('  {}\n'.format(line) for line in key.splitlines()))):
            os.makedirs(self.path('p'), exist_ok=True)
            found = build_log.secrets_of_file(self.write('p/' + name, text))
            self.assertIn('AAAAsecretline', found)
            self.assertIn('BBBBsecretline', found)
            self.assertFalse([each for each in found if each.startswith('-----')], found)

    def test_what_is_shorter_than_six_characters_is_not_masked(self):
        self.assertEqual(build_log.known_secrets({'A_TOKEN': 'short', 'DIB_ANSIBLE_SSH_KEY': ''}), [])
        self.assertIn(b'longer', build_log.known_secrets({'A_TOKEN': 'longer', 'DIB_ANSIBLE_SSH_KEY': ''}))
