"""dib-ansible with an ansible-playbook that does as the test says."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from support import ASSETS, TempDirTest, Volume

DIB_ANSIBLE = os.path.join(ASSETS, 'dib-ansible', 'dib_ansible.py')
STAMP = r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| '

# Reads its own story from the playbook, so that a test is one playbook.
FAKE = '''#!{python}
import json, os, signal, subprocess, sys, time
out = json.loads(sys.argv[sys.argv.index('-e') + 1])['image_output']
exec(open(sys.argv[-1]).read())
'''


class DibAnsibleTest(TempDirTest):

    def setUp(self):
        super().setUp()
        for name in ('bin', 'playbooks', 'images', 'tmp'):
            os.mkdir(self.path(name))
        self.write('bin/ansible-playbook', FAKE.format(python=sys.executable))
        os.chmod(self.path('bin', 'ansible-playbook'), 0o755)
        self.write('playbooks/inventory.yaml', 'all: {}\n')
        self.output = self.path('images', 'debian-0001')

    def env(self, **more):
        env = {'PATH': self.path('bin') + ':/usr/bin:/bin', 'DIB_ANSIBLE_DIR': self.path('playbooks'),
               'TMPDIR': self.path('tmp'), 'PYTHONDONTWRITEBYTECODE': '1'}
        env.update(more)
        return env

    def command(self, *words, types='qcow2,raw'):
        """As Nodepool calls it: the words of dib-cmd first."""
        return [sys.executable, DIB_ANSIBLE, *words, '-x', '-t', types, '--checksum', '--no-tmpfs',
                '--qemu-img-options', 'compat=0.10', '-o', self.output]

    def build(self, story='', code=0, words=('build.yaml',), types='qcow2', elements=(), **env):
        self.write('playbooks/build.yaml', story)
        done = subprocess.run(self.command(*words, types=types) + list(elements), env=self.env(**env), cwd='/',
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        log = done.stdout.decode('utf-8', 'replace')
        self.assertEqual(done.returncode, code, log)
        self.assertNotIn('Traceback', log)
        self.assertEqual(os.listdir(self.path('tmp')), [], 'something was left behind')
        return log


# The same, with less patience for an Ansible that does not stop.
IMPATIENT = """
import sys
sys.path.insert(0, {!r})
import dib_ansible
dib_ansible.STOP_STEPS = tuple((number, 1.0) for number, _ in dib_ansible.STOP_STEPS)
sys.exit(dib_ansible.main(sys.argv[1:]))
"""
IMAGE = "open(out + '.qcow2', 'wb').write(b'image')\n"


class CommandLine(DibAnsibleTest):

    def test_the_playbook_gets_output_types_and_elements(self):
        self.build("print(sys.argv[1:-1]); print(sys.argv[-1])\n" + IMAGE + "open(out + '.raw', 'w').write('x')",
                   types='raw,qcow2', elements=('a', 'b'))
        log = self.build('print(sys.argv)\n' + IMAGE, elements=('a', 'b'))
        self.assertIn("'-v', '-i', '{}'".format(self.path('playbooks', 'inventory.yaml')), log)
        self.assertIn('{"dib_elements": ["a", "b"], "image_output": "%s", "qcow2_type": true}' % self.output, log)

    def test_types_that_are_not_wanted_are_not_defined(self):
        self.assertNotIn('raw_type', self.build('print(sys.argv)\n' + IMAGE))

    def test_without_one_in_dib_cmd_the_playbook_is_the_first_element(self):
        self.build(IMAGE, words=(), elements=('build.yaml',))

    def test_another_format_is_refused(self):
        log = self.build(code=2, types='qcow2,vhd')
        self.assertIn("error: cannot build the format 'vhd'", log)
        self.assertIn('may be qcow2 and raw', log)

    def test_without_a_playbook_it_says_where_one_belongs(self):
        self.assertIn('say dib-cmd: /usr/local/bin/dib-ansible PLAYBOOK', self.build(code=2, words=()))

    def test_a_playbook_that_is_not_there_is_named_beside_those_that_are(self):
        log = self.build(code=2, words=('other.yaml',))
        self.assertIn("there is no playbook 'other.yaml' in {}; there are: build.yaml".format(self.path('playbooks')), log)

    def test_an_unknown_option_is_refused_with_a_timestamp(self):
        self.assertRegex(self.build(code=2, words=('build.yaml', '--fast')), '^' + STAMP + 'dib-ansible: error: unrecogn')

    def test_a_missing_inventory_is_an_error(self):
        os.unlink(self.path('playbooks', 'inventory.yaml'))
        self.assertIn("declare 'imageBuilders', or put inventory.yaml beside", self.build(code=2))

    def test_missing_playbooks_are_an_error(self):
        log = self.build(code=2, DIB_ANSIBLE_DIR=self.path('nowhere'))
        self.assertIn("nowhere is missing; give the builder 'playbooks'", log)

    def test_an_image_without_ansible_is_named(self):
        os.unlink(self.path('bin', 'ansible-playbook'))
        self.assertIn('there is no ansible-playbook in this image', self.build(code=1))

    def test_declared_machines_go_before_the_inventory_of_the_playbooks(self):
        declared = self.write('declared/inventory.yaml', 'all: {}')
        self.assertIn("'-i', '{}'".format(declared), self.build('print(sys.argv)\n' + IMAGE, DIB_ANSIBLE_INVENTORY=declared))


class Environment(DibAnsibleTest):

    def test_the_check_of_host_keys_is_in_the_variables_and_the_environment_that_win(self):
        log = self.build("print(sys.argv[sys.argv.index('-e') + 3])\nprint(sorted(i for i in os.environ.items() if 'HOST_KEY' in i[0]))\n" + IMAGE,
                         ANSIBLE_HOST_KEY_CHECKING='False', ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD='True')
        for kind in ('', 'ssh_', 'paramiko_'):
            self.assertIn('"ansible_{}host_key_checking": true'.format(kind), log)
            self.assertIn("('ANSIBLE_{}HOST_KEY_CHECKING', 'True')".format(kind.upper()), log)
        self.assertIn("('ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD', 'False')", log)
        for name in ('ssh', 'scp', 'sftp'):
            self.assertRegex(log, '"ansible_{}_executable": "{}/dib-ansible-[^/]*/bin/{}"'.format(name, re.escape(self.path('tmp')), name))

    @unittest.skipUnless(shutil.which('ssh'), 'ssh is missing')
    def test_modules_that_call_ssh_themselves_find_the_checked_one(self):
        config = self.write('config', 'StrictHostKeyChecking yes\n')
        log = self.build("print(subprocess.check_output(['ssh', '-G', '-oStrictHostKeyChecking=no', 'b']).decode())\n" + IMAGE,
                         DIB_ANSIBLE_SSH_CONFIG=config)
        self.assertIn('stricthostkeychecking true', log)

    def test_what_nodepool_sets_reaches_the_playbook(self):
        self.assertIn('release 12', self.build("print('release', os.environ['DIB_RELEASE'])\n" + IMAGE, DIB_RELEASE='12'))

    def test_ansible_has_a_place_of_its_own_and_the_configuration_beside_the_playbooks(self):
        self.write('playbooks/ansible.cfg', '[defaults]\n')
        log = self.build("print(os.environ['ANSIBLE_HOME'], os.environ['ANSIBLE_CONFIG'], os.getcwd())\n"
                         "print(os.environ['ANSIBLE_SSH_CONTROL_PATH_DIR'])\n" + IMAGE)
        self.assertEqual(log.count('{}/dib-ansible-'.format(self.path('tmp'))), 2)
        self.assertIn('{} {}'.format(self.path('playbooks', 'ansible.cfg'), self.path('playbooks')), log)

    def test_a_build_keeps_the_playbooks_that_it_began_with(self):
        story = "import shutil\nshutil.rmtree(os.environ['GONE']); print(open('roles.txt').read())\n" + IMAGE
        volume = Volume(self.path('volume'), {'build.yaml': story, 'roles.txt': 'as before', 'inventory.yaml': 'all: {}'})
        log = self.build(DIB_ANSIBLE_DIR=volume.directory, GONE=os.path.realpath(self.path('volume', '..data')))
        self.assertIn('as before', log)


class Images(DibAnsibleTest):

    def test_every_wanted_image_must_be_there(self):
        log = self.build(IMAGE, code=1, types='qcow2,raw')
        self.assertIn('ansible-playbook was successful, and there is no image {}.raw; the playbook'.format(self.output), log)
        self.assertIn("fetching it to '{{ image_output }}.raw'", log)

    def test_an_empty_image_is_none(self):
        self.assertIn('there is no image', self.build("open(out + '.qcow2', 'w')", code=1))

    def test_checksums_are_made(self):
        self.build(IMAGE)
        for name in ('md5', 'sha256'):
            self.assertEqual(self.read('images', 'debian-0001.qcow2.' + name),
                             '{}  {}.qcow2\n'.format(hashlib.new(name, b'image').hexdigest(), self.output))

    def test_checksums_of_the_playbook_stay(self):
        self.build(IMAGE + "open(out + '.qcow2.md5', 'w').write('mine')")
        self.assertEqual(self.read('images', 'debian-0001.qcow2.md5'), 'mine')

    def test_a_failing_playbook_hands_on_its_exit_code(self):
        log = self.build(IMAGE + 'sys.exit(4)', code=4)
        self.assertIn('error: ansible-playbook ended with exit code 4', log)

    def test_a_killed_ansible_is_a_failure(self):
        log = self.build(IMAGE + 'os.kill(os.getpid(), signal.SIGKILL)', code=137)
        self.assertIn('ansible-playbook was killed by SIGKILL', log)


class Log(DibAnsibleTest):

    def test_each_line_has_a_timestamp(self):
        log = self.build("print('one'); print('two', file=sys.stderr); sys.stdout.write('10%\\r20%\\r\\nend')\n" + IMAGE)
        self.assertEqual([line for line in log.splitlines() if not re.match(STAMP, line)], [])
        self.assertRegex(log, STAMP + 'two\n')
        self.assertRegex(log, STAMP + '10%\n' + STAMP + '20%\n' + STAMP + 'end\n')

    def test_lines_come_as_they_are_printed(self):
        self.write('playbooks/build.yaml', "print('now', flush=True); time.sleep(30)")
        process = subprocess.Popen(self.command('build.yaml'), env=self.env(), stdout=subprocess.PIPE)
        self.addCleanup(process.kill)
        begun = time.monotonic()
        while b'now' not in process.stdout.readline():
            pass
        self.assertLess(time.monotonic() - begun, 10)
        process.terminate()
        process.communicate()

    def test_what_is_left_running_does_not_keep_the_build_from_ending(self):
        begun = time.monotonic()
        self.build("subprocess.Popen(['sleep', '40'], start_new_session=True)\n" + IMAGE)
        self.assertLess(time.monotonic() - begun, 20)

    def test_the_environment_is_not_in_the_log(self):
        self.assertNotIn('unmistakable', self.build(IMAGE, SOMETHING='unmistakable'))


class Secrets(DibAnsibleTest):
    SECRET = 'hunter2/"+ä'

    def masked(self, story, **env):
        log = self.build('import base64, urllib.parse\n' + story + '\n' + IMAGE, **env)
        self.assertIn('********', log)
        return log

    def test_values_of_variables_with_telling_names_are_masked(self):
        for name in ('DB_PASSWORD', 'OS_PASSWORD', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'REGISTRY_PASS', 'SSH_KEY'):
            log = self.masked("print('it is', os.environ['{}'])".format(name), **{name: self.SECRET})
            self.assertNotIn(self.SECRET, log)

    def test_values_of_variables_that_come_from_secrets_are_masked(self):
        log = self.masked("print('it is', os.environ['LOGIN'], os.environ['OTHER'])", LOGIN=self.SECRET, OTHER='plain-value',
                          DIB_ANSIBLE_SECRETS='A,LOGIN')
        self.assertNotIn(self.SECRET, log)
        self.assertIn('plain-value', log)

    def test_secrets_of_every_file_beside_clouds_yaml_are_masked(self):
        self.write('providers/azure.json', '{"clientId": "public-id", "clientSecret": "abcdefgh1", "tenant": "public-tenant"}')
        self.write('providers/gce.json', '{\n "private_key": "-----BEGIN PRIVATE KEY-----\\nAAAAsecretline\\n-----END PRIVATE KEY-----\\n"}')
        path = self.write('providers/clouds.yaml', "clouds: {a: {auth: {username: 'public-user', password: 'abcdefgh2'}}}\n")
        log = self.masked("print('abcdefgh1 abcdefgh2 AAAAsecretline public-user public-id public-tenant')", OS_CLIENT_CONFIG_FILE=path)
        for secret in ('abcdefgh', 'secretline'):
            self.assertNotIn(secret, log)
        for public in ('public-user', 'public-id', 'public-tenant'):
            self.assertIn(public, log)

    def test_encoded_values_are_masked(self):
        for code in ('base64.b64encode(it.encode()).decode()', 'json.dumps(it)', 'urllib.parse.quote(it, safe="")'):
            log = self.masked("it = os.environ['X_TOKEN']; print({})".format(code), X_TOKEN=self.SECRET)
            self.assertNotIn('hunter2', log)

    def test_each_line_of_the_ssh_key_is_masked(self):
        key = self.write('priv', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAAsecretline\nBBBBsecretline\n-----END OPENSSH PRIVATE KEY-----\n')
        log = self.masked("print(open(os.environ['DIB_ANSIBLE_SSH_KEY']).read())", DIB_ANSIBLE_SSH_KEY=key)
        self.assertNotIn('secretline', log)

    def test_secrets_of_the_files_that_libraries_read_are_masked(self):
        files = {
            'OS_CLIENT_CONFIG_FILE': 'clouds:\n  one:\n    auth: \n      username: ci\n      password: "abcdefgh1"\n',
            'AWS_CONFIG_FILE': '[default]\naws_secret_access_key = abcdefgh2\n',
            'KUBECONFIG': 'users:\n- user:\n    token: abcdefgh3\n',
            'ANSIBLE_VAULT_PASSWORD_FILE': 'abcdefgh4\n',
        }
        env = {name: self.write(name, text) for name, text in files.items()}
        log = self.masked("print('abcdefgh1 abcdefgh2 abcdefgh3 abcdefgh4', os.environ['AWS_CONFIG_FILE'])", **env)
        self.assertNotIn('abcdefgh', log)
        self.assertIn(env['AWS_CONFIG_FILE'], log)

    def test_what_is_short_or_a_path_is_not_masked(self):
        path = self.write('key', '')
        log = self.build("print('no', os.environ['A_KEY'])\n" + IMAGE, A_TOKEN='no', A_KEY=path)
        self.assertIn('no ' + path, log)


class Stop(DibAnsibleTest):
    CHILD = "child = subprocess.Popen(['sleep', '77'])\ntell = lambda: print('pid', os.getpid(), child.pid, flush=True)\n"

    def stopped(self, story, number):
        """The log and exit code after a signal, and the processes of Ansible."""
        self.write('playbooks/build.yaml', self.CHILD + story)
        process = subprocess.Popen([sys.executable, '-c', IMPATIENT.format(os.path.dirname(DIB_ANSIBLE))]
                                   + self.command('build.yaml')[2:], env=self.env(), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        line = b''
        while b'pid' not in line:
            line = process.stdout.readline()
        pids = list(map(int, line.split()[-2:]))
        process.send_signal(number)
        log, _ = process.communicate(timeout=60)
        return log.decode(), process.returncode, pids

    def gone(self, pids, within):
        end = time.monotonic() + within
        while time.monotonic() < end:
            if not any(self.is_running(pid) for pid in pids):
                return True
            time.sleep(0.1)
        return False

    @staticmethod
    def is_running(pid):
        try:
            with open('/proc/{}/stat'.format(pid)) as stream:
                return stream.read().rsplit(')', 1)[1].split()[0] != 'Z'
        except OSError:
            return False

    def test_ansible_stops_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            log, code, pids = self.stopped("try:\n    tell(); time.sleep(60)\nexcept KeyboardInterrupt:\n    print('cleaned up')\n", number)
            self.assertEqual(code, 128 + number, log)
            self.assertIn('{}: stopping ansible-playbook'.format(signal.Signals(number).name), log)
            self.assertIn('cleaned up', log)
            self.assertTrue(self.gone(pids, 5), 'processes are left')

    def test_ansible_ends_when_the_build_takes_too_long_and_is_killed(self):
        _, code, pids = self.stopped('tell(); time.sleep(60)\n', signal.SIGKILL)
        self.assertEqual(code, -signal.SIGKILL)
        self.assertTrue(self.gone(pids, 10), 'processes are left')

    def test_an_ansible_that_does_not_stop_is_killed(self):
        story = 'signal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntell(); time.sleep(60)\n'
        log, code, pids = self.stopped(story, signal.SIGTERM)
        self.assertEqual(code, 128 + signal.SIGTERM, log)
        self.assertTrue(self.gone(pids, 5), 'processes are left')
