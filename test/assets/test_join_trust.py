"""join_trust.py with files as kubelet mounts them."""

import contextlib
import io

from support import TempDirTest, Volume, blocks, make_certificate

import join_trust


class JoinTrustTest(TempDirTest):

    def join(self, files):
        Volume(self.path('in'), files)
        messages = io.StringIO()
        with contextlib.redirect_stderr(messages):
            code = join_trust.main([self.path('in'), self.path('out')])
        return code, messages.getvalue()

    def test_all_certificates_are_in_one_file(self):
        first, second = make_certificate('one'), make_certificate('two').rstrip('\n')
        self.assertEqual(self.join({'2.crt': second, '1.crt': first})[0], 0)
        self.assertEqual(self.read('out'), first + second + '\n')
        self.assertEqual(blocks(self.read('out')), 2)

    def test_what_is_no_certificate_is_refused(self):
        code, message = self.join({'1.crt': make_certificate('one'), '2.crt': ''})
        self.assertEqual(code, 1)
        self.assertIn('2.crt in {} is no certificate'.format(self.path('in')), message)

    def test_a_private_key_is_refused(self):
        self.assertEqual(self.join({'1.crt': make_certificate('one') + '-----BEGIN PRIVATE KEY-----'})[0], 1)

    def test_an_empty_directory_is_refused(self):
        self.assertEqual(self.join({})[0], 1)
