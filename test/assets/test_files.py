"""The config files, as far as the programs at hand can judge them. The real ones are in test/conformance/pod-scripts."""

import json
import logging
import logging.config
import os
import re
import shutil
import subprocess
import unittest

from support import ASSETS, TempDirTest

HTTPD = shutil.which('httpd') or shutil.which('apache2')


class Ssh(unittest.TestCase):

    @unittest.skipUnless(shutil.which('ssh'), 'needs ssh')
    def test_ssh_reads_the_config_and_holds_to_it(self):
        done = subprocess.run(['ssh', '-G', '-F', os.path.join(ASSETS, 'ssh', 'config'), 'example.com'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        settings = dict(line.split(' ', 1) for line in done.stdout.decode().splitlines() if ' ' in line)
        expected = {
            'identityfile': '/var/lib/nodepool-ssh-key/priv', 'identitiesonly': 'yes', 'batchmode': 'yes',
            'userknownhostsfile': '/var/lib/nodepool/.ssh/known_hosts', 'globalknownhostsfile': '/dev/null',
            'serveraliveinterval': '60', 'passwordauthentication': 'no', 'controlmaster': 'false',
            'stricthostkeychecking': 'true', 'updatehostkeys': 'false', 'forwardagent': 'no',
        }
        self.assertEqual({key: settings.get(key) for key in expected}, expected)


class Httpd(TempDirTest):

    @unittest.skipUnless(HTTPD, 'needs httpd or apache2')
    def test_httpd_takes_the_config(self):
        root = self.path('root')
        os.mkdir(root)
        for modules in ('/usr/lib/apache2/modules', '/etc/httpd/modules', '/usr/local/apache2/modules'):
            if os.path.isdir(modules):
                os.symlink(modules, os.path.join(root, 'modules'))
                break
        done = subprocess.run([HTTPD, '-t', '-d', root, '-f', os.path.join(ASSETS, 'build-logs', 'httpd.conf')],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout.decode())


class Logging(TempDirTest):

    def test_levels_are_placeholders_and_no_library_is_forgotten(self):
        with open(os.path.join(ASSETS, 'logging', 'logging.yaml')) as stream:
            text = ''.join(line for line in stream if not line.lstrip().startswith('#'))
        libraries = re.findall(r"^  (\w+):\n    level: '@LIBRARY_LEVEL@'$", text, re.MULTILINE)
        self.assertEqual(sorted(libraries), sorted([
            'kazoo', 'openstack', 'keystoneauth', 'urllib3', 'botocore', 'boto3', 'stevedore', 'requests',
            'kubernetes']))
        self.assertEqual(len(re.findall("'@LEVEL@'", text)), 2)
        for level in ('INFO', 'WARNING', 'DEBUG'):
            self.assertIsInstance(logging.getLevelName(level), int)

    def test_dict_config_takes_it(self):
        try:
            import yaml
        except ImportError:
            self.skipTest('needs PyYAML')
        with open(os.path.join(ASSETS, 'logging', 'logging.yaml')) as stream:
            text = stream.read().replace('@LEVEL@', 'INFO').replace('@LIBRARY_LEVEL@', 'WARNING')
        config = yaml.safe_load(text)
        self.assertEqual(json.loads(json.dumps(config)), config)
        # Nodepool's formatter is at hand only where Nodepool is.
        config['formatters']['console'].pop('class')
        logging.config.dictConfig(config)
        self.addCleanup(logging.basicConfig)
        self.assertEqual(logging.getLogger('nodepool.launcher').getEffectiveLevel(), logging.INFO)
        self.assertEqual(logging.getLogger('urllib3.connectionpool').getEffectiveLevel(), logging.WARNING)


if __name__ == '__main__':
    unittest.main()
