"""config_check.py: what it takes, what it refuses, and what it says; config_merge.py with it."""

import json
import os
import subprocess
import sys
import time
import unittest

from support import POD, TempDirTest

import config_verdict

try:
    import yaml
    import config_merge
except ImportError:
    yaml = None

CHECK = os.path.join(POD, 'config_check.py')
BASE = 'zookeeper-servers:\n- host: zk\n  port: 2281\nwebapp:\n  port: 8006\n'
PROPS = {'zookeeper-servers': 'zookeeper', 'webapp': 'launcher.webapp'}
SECRET = 'se-cret: "value"'

# Refuses a file that says so, as the real programs refuse one: with a traceback, and exit code 1.
NODEPOOL = '''#!{python}
import os, sys, time
text = open(sys.argv[2]).read().replace('%(NODEPOOL_X)', os.environ.get('NODEPOOL_X', ''))
assert sys.argv[1] == '-c' and sys.argv[3] == 'config-validate'
with open({counter!r}, 'a') as stream:
    stream.write('.')
if 'hang' in text:
    os.kill(os.getpid(), 9)
if 'labELz' in text:
    print('2026-11-22 21:33:19,928 INFO nodepool.cmd.config_validator: validating x', file=sys.stderr)
    print('2026-11-22 21:33:19,929 ERROR nodepool.cmd.config_validator: Schema validation failed', file=sys.stderr)
    raise ValueError('extra keys not allowed @ ' + text)
'''
LOADER = '''
def loadConfig(path):
    if 'cloud: nowhere' in open(path).read():
        raise Exception('Cloud nowhere was not found.')
'''


@unittest.skipUnless(yaml, 'needs PyYAML')
class MergeTest(unittest.TestCase):

    def merge(self, source, env=None, base=BASE):
        return config_merge.merged(source, base, 'np.yaml', env or {}, PROPS)

    def refused(self, source, env=None):
        with self.assertRaises(config_verdict.Refused) as raised:
            self.merge(source, env)
        return raised.exception.reasons


class Merge(MergeTest):

    def test_the_repositorys_text_stays_as_it_is_before_the_settings(self):
        text, meant = self.merge('# a comment\nlabels:\n  - {name: small}  # another\n')
        self.assertTrue(text.startswith('# a comment\nlabels:\n  - {name: small}  # another\n'))
        self.assertEqual(yaml.safe_load(text), meant)
        self.assertEqual(meant['webapp'], {'port': 8006})

    def test_every_way_to_write_a_map_is_joined(self):
        for source in ('labels: []', '---\nlabels: []\n', '{labels: []}', '  labels: []\n  max-hold-age: 1\n',
                       'labels: []\n...\n', '\ufefflabels: []\n', '%YAML 1.1\n---\nlabels: []\n', 'labels: []\r\n',
                       'labels: &a []\nproviders: *a\n', 'labels: []\nproviders:\n- name: |+\n    x\n\n\n', '{labels: [],\n}'):
            text, meant = self.merge(source)
            self.assertEqual(yaml.safe_load(text), dict(yaml.safe_load(source), **yaml.safe_load(BASE)), source)
            self.assertEqual(meant['labels'], [])

    def test_placeholders_stay_wherever_they_are(self):
        env = {'NODEPOOL_X': SECRET}
        for source in ('labels: [{%(NODEPOOL_X)}]\n', '{labels: [{name: "%(NODEPOOL_Y)"}]}', '# %(NODEPOOL_X)\nlabels: []'):
            text, _ = self.merge(source, dict(env, NODEPOOL_Y='y'))
            self.assertNotIn('se-cret', text)
            self.assertIn('%(NODEPOOL_', text)

    def test_fails_for_each_key_of_the_deployment_and_names_its_prop(self):
        self.assertEqual(self.refused('labels: []\nwebapp: {port: 1}\nzookeeper-servers: []\n'), [
            'np.yaml line 3: "zookeeper-servers" is set by the deployment; take it out of the file and use the prop zookeeper',
            'np.yaml line 2: "webapp" is set by the deployment; take it out of the file and use the prop launcher.webapp'])

    def test_fails_for_a_variable_that_nothing_sets(self):
        self.assertEqual(self.refused('labels:\n- name: "%(NODEPOOL_NONE)"\n'), [
            'np.yaml line 2: uses %(NODEPOOL_NONE), which nothing sets; set it in the prop env'])
        self.assertIn('nothing sets %(NODEPOOL_NONE)', self.refused('labels:\n- name: %(NODEPOOL_NONE)\n')[0])

    def test_a_variable_in_a_comment_need_not_be_set(self):
        self.merge('# %(NODEPOOL_NONE)\nlabels: []\n')

    def test_fails_for_what_is_no_map(self):
        self.assertEqual(self.refused(''), ['np.yaml: is empty; a nodepool.yaml is a map with keys such as labels and providers'])
        self.assertIn('is no map', self.refused('- labels\n')[0])

    def test_fails_for_what_is_no_yaml_and_says_where_without_the_line(self):
        reason = self.refused('labels: []\nx: [%(NODEPOOL_X)\n', {'NODEPOOL_X': SECRET})[0]
        self.assertIn('np.yaml line ', reason)
        self.assertNotIn('se-cret', reason)

    def test_fails_when_the_two_cannot_be_one_file(self):
        self.assertIn('begin each key of the top level in the first column', self.refused('{labels: [%(NODEPOOL_X)]}', {'NODEPOOL_X': 'a'})[0])

    def test_fails_for_an_impossible_date(self):
        self.assertIn('a date that does not exist', self.refused('labels: [2020-02-31]\n')[0])

    def test_messages_show_no_value_of_a_variable(self):
        self.assertEqual(config_verdict.redacted('a s3cret b line2x', {'NODEPOOL_A': 's3cret', 'NODEPOOL_B': 'x\n line2x\n'}),
                         'a %(NODEPOOL_A) b %(NODEPOOL_B)')


@unittest.skipUnless(yaml, 'needs PyYAML')
class CheckTest(TempDirTest):

    def setUp(self):
        super().setUp()
        self.write('base/base.yaml', BASE)
        self.write('lib/nodepool/__init__.py', '')
        self.write('lib/nodepool/config.py', LOADER)
        self.counter = self.write('counter', '')
        program = self.write('nodepool', NODEPOOL.format(python=sys.executable, counter=self.counter))
        os.chmod(program, 0o755)
        os.mkdir(self.path('out'))
        self.env = dict(os.environ, PYTHONPATH=self.path('lib'), NODEPOOL_X=SECRET)

    def publish(self, commit, text):
        """As git_fetch.sh does."""
        self.write('fetched/{}.yaml'.format(commit), text)
        self.write('fetched/current.new', commit + '\n')
        os.rename(self.path('fetched', 'current.new'), self.path('fetched', 'current'))

    def arguments(self, *options):
        props = [option for key, prop in PROPS.items() for option in ('--base-key', key + '=' + prop)]
        return [sys.executable, CHECK, '--fetched', self.path('fetched'), '--base', self.path('base', 'base.yaml'), '--out',
                self.path('out'), '--nodepool', self.path('nodepool'), '--name', 'nodepool/nodepool.yaml',
                '--start-key', 'zookeeper-timeout'] + props + list(options)

    def once(self, *options, code=0):
        done = subprocess.run(self.arguments('--once', *options), env=self.env, stderr=subprocess.PIPE)
        log = done.stderr.decode()
        self.assertEqual(done.returncode, code, log)
        return log

    def start(self, *options):
        with open(self.path('log'), 'ab') as log:
            process = subprocess.Popen(self.arguments('--poll', '0.2', *options), env=self.env, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait(self, probe, seconds=20):
        end = time.monotonic() + seconds
        while not probe():
            self.assertLess(time.monotonic(), end, self.read('log'))
            time.sleep(0.05)

    def config(self):
        return yaml.safe_load(self.read('out', 'nodepool.yaml'))

    def status(self):
        return json.loads(self.read('out', 'status.json'))

    def checks(self):
        return len(self.read('counter'))


class Once(CheckTest):

    def test_a_good_file_is_there_with_the_settings(self):
        self.publish('one', 'labels: [{name: small}]\n')
        log = self.once()
        self.assertEqual(self.config(), dict(yaml.safe_load(BASE), labels=[{'name': 'small'}]))
        self.assertIn('commit one is good; nodepool.yaml is replaced', log)
        self.assertEqual((self.status()['running'], self.status()['refused']), ('one', None))

    def test_twice_does_no_harm_and_asks_nodepool_once(self):
        self.publish('one', 'labels: []\n')
        self.once()
        inode = os.stat(self.path('out', 'nodepool.yaml')).st_ino
        self.assertEqual(self.once(), '')
        self.assertEqual((os.stat(self.path('out', 'nodepool.yaml')).st_ino, self.checks()), (inode, 1))

    def test_fails_with_what_config_validate_says(self):
        self.publish('one', 'labELz: []\n')
        log = self.once(code=1)
        self.assertIn('commit one is refused:', log)
        self.assertIn('nodepool config-validate: Schema validation failed\n', log)
        self.assertIn('nodepool config-validate: ValueError: extra keys not allowed @ labELz', log)
        self.assertIn('correct the file, push it, and the pod starts', log)
        self.assertNotIn('validating', log)
        self.assertFalse(os.path.exists(self.path('out', 'nodepool.yaml')))

    def test_goes_on_without_a_good_file_if_told_to(self):
        self.publish('one', 'labELz: []\n')
        self.assertIn('commit one is refused:', self.once('--go-on'))
        self.assertFalse(os.path.exists(self.path('out', 'nodepool.yaml')))

    def test_fails_with_what_the_loader_says(self):
        self.publish('one', 'providers: [{name: a, cloud: nowhere}]\nlabels:\n- cloud: nowhere\n')
        self.assertIn("Nodepool's loader: Exception: Cloud nowhere was not found.", self.once(code=1))

    def test_fails_for_a_key_of_the_deployment(self):
        self.publish('one', 'labels: []\nwebapp: {port: 1}\n')
        self.assertIn('nodepool/nodepool.yaml line 2: "webapp" is set by the deployment', self.once(code=1))
        self.assertEqual(self.checks(), 0)

    def test_fails_for_bytes_that_are_no_utf_8(self):
        self.publish('one', '')
        with open(self.path('fetched', 'one.yaml'), 'wb') as stream:
            stream.write(b'labels: []\n# \xe9\n')
        self.assertIn('is not UTF-8', self.once(code=1))

    def test_fails_when_nodepool_is_killed_and_says_by_what(self):
        self.publish('one', 'labels: [hang]\n')
        self.assertIn('ended by SIGKILL; has the container enough memory?', self.once(code=1))

    def test_no_value_of_a_variable_is_said(self):
        self.publish('one', 'labELz: {%(NODEPOOL_X)}\n')
        log = self.once(code=1)
        self.assertIn('labELz: {%(NODEPOOL_X)}', log)
        for text in (log, self.read('out', 'status.json'), self.read('out', '.candidate.yaml')):
            self.assertNotIn('se-cret', text)

    def test_the_last_good_one_does_when_the_new_one_is_broken(self):
        self.publish('one', 'labels: []\n')
        self.once()
        self.publish('two', 'labELz: []\n')
        self.assertIn('going on with the file that is there', self.once())
        self.assertEqual(self.status()['refused']['commit'], 'two')

    def test_a_build_that_a_stop_would_cut_off_is_said(self):
        self.publish('one', 'diskimages:\n- {name: big, build-timeout: 40000}\n- {name: small, build-timeout: 5}\n')
        log = self.once('--longest-build', '28800')
        self.assertIn('diskimages[big].build-timeout is 40000 s', log)
        self.assertIn('raise terminationGracePeriod', log)
        self.assertNotIn('small', log)

    def test_so_is_one_that_inherits_its_time_or_has_that_of_nodepool(self):
        self.publish('one', 'diskimages:\n'
                     '- {name: base, abstract: true, build-timeout: 7200}\n'
                     '- {name: middle, abstract: true, parent: base, build-timeout: 0}\n'
                     '- {name: heir, parent: middle}\n'
                     '- {name: quick, parent: middle, build-timeout: 60}\n'
                     '- {name: plain}\n'
                     '- {name: unset, parent: plain, build-timeout: 0}\n')
        log = self.once('--longest-build', '3300')
        said = [line.split('nodepool.yaml: ')[1].split(', and')[0] for line in log.splitlines() if 'build-timeout' in line]
        self.assertEqual(said, ['diskimages[heir].build-timeout is 7200 s (set by its parent base)',
                                "diskimages[plain].build-timeout is 28800 s (Nodepool's own, since none is set)",
                                "diskimages[unset].build-timeout is 28800 s (Nodepool's own, since none is set)"])
        self.publish('two', 'diskimages:\n- {name: plain}\n')
        self.assertNotIn('build-timeout', self.once('--longest-build', '28800'))
        self.assertNotIn('build-timeout', self.once())

    def test_a_stop_that_waits_for_no_build_cuts_off_each(self):
        self.publish('one', 'diskimages:\n- {name: quick, build-timeout: 60}\n')
        self.assertIn('diskimages[quick].build-timeout is 60 s, and a builder that stops waits 0 s', self.once('--longest-build', '0'))


class Polling(CheckTest):

    def setUp(self):
        super().setUp()
        self.publish('one', 'labels: [{name: one}]\n')
        self.once()
        self.process = self.start()

    def test_a_good_version_replaces_the_file_in_one_step(self):
        before = os.stat(self.path('out', 'nodepool.yaml'))
        self.publish('two', 'labels: [{name: two}]\n')
        self.wait(lambda: self.config()['labels'] == [{'name': 'two'}])
        after = os.stat(self.path('out', 'nodepool.yaml'))
        # A new file, not the old one written again: nobody ever reads half of it.
        self.assertNotEqual(after.st_ino, before.st_ino)
        self.assertNotEqual(after.st_mtime_ns, before.st_mtime_ns)

    def test_a_broken_version_is_said_once_and_the_last_good_one_stays(self):
        self.publish('two', 'labELz: [{name: two}]\n')
        self.wait(lambda: 'commit two is refused, commit one stays' in self.read('log'))
        # it has other lines, and the status follows them
        self.wait(lambda: self.status()['refused'] is not None)
        log = self.read('log')
        time.sleep(1)
        self.assertEqual(self.read('log'), log)
        self.assertEqual(self.config()['labels'], [{'name': 'one'}])
        self.assertEqual((self.status()['running'], self.status()['refused']['commit']), ('one', 'two'))
        self.publish('three', 'labels: [{name: three}]\n')
        self.wait(lambda: self.config()['labels'] == [{'name': 'three'}])
        self.wait(lambda: self.status()['refused'] is None)

    def test_a_broken_version_that_is_taken_back_is_forgotten(self):
        self.publish('two', 'labELz: []\n')
        self.wait(lambda: 'commit two is refused' in self.read('log'))
        self.publish('three', 'labels: [{name: one}]\n')
        self.wait(lambda: 'commit three is good; the file is the same' in self.read('log'))
        self.wait(lambda: self.status()['refused'] is None)

    def test_a_commit_that_changes_other_files_is_not_checked_again(self):
        inode = os.stat(self.path('out', 'nodepool.yaml')).st_ino
        self.publish('two', 'labels: [{name: one}]\n')
        self.wait(lambda: 'commit two: the file is the same' in self.read('log'))
        self.assertEqual((self.checks(), os.stat(self.path('out', 'nodepool.yaml')).st_ino), (1, inode))

    def test_changed_settings_of_the_deployment_are_joined_anew(self):
        self.write('base/base.yaml', BASE + 'images-dir: /x\n')
        self.wait(lambda: self.config().get('images-dir') == '/x')

    def test_what_is_read_at_the_start_alone_is_written_for_the_supervisor(self):
        self.assertEqual(json.loads(self.read('out', 'start-only', 'settings.json')), {})
        self.publish('two', 'zookeeper-timeout: 20.0\n')
        self.wait(lambda: json.loads(self.read('out', 'start-only', 'settings.json')) == {'zookeeper-timeout': 20.0})
        self.assertEqual(self.config()['zookeeper-timeout'], 20.0)

    def test_sigterm_ends_it(self):
        # until Python has its handlers
        time.sleep(2)
        self.process.terminate()
        self.assertEqual(self.process.wait(5), 0)


class Python(CheckTest):

    def test_a_python_without_pyyaml_gives_way_to_nodepools_own(self):
        self.publish('one', 'labels: []\n')
        done = subprocess.run([sys.executable, '-c', 'import sys, runpy\nsys.modules["yaml"] = None\nsys.argv = sys.argv[1:]\n'
                               'sys.executable = "/usr/bin/another"\nsys.path.insert(0, {!r})\n'
                               'runpy.run_path(sys.argv[0], run_name="__main__")'.format(POD)] + self.arguments('--once')[1:],
                              env=self.env, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b'commit one is good', done.stderr)

    def test_a_python_of_a_long_path_stands_in_a_later_line(self):
        link = self.path('x' * 130, 'bin', 'python3')
        os.makedirs(os.path.dirname(link))
        os.symlink(sys.executable, link)
        program = self.write('program', '#!/bin/sh\n\'\'\'exec\' "{}" "$0" "$@"\n\' \'\'\'\nimport re\n'.format(link))
        os.chmod(program, 0o755)
        self.assertEqual(config_verdict.interpreter(program), link)

    def test_errors_are_all_that_is_left_of_an_output(self):
        self.assertEqual(config_verdict.essence(
            '/x/y.py:3: UserWarning: old\n  warn()\n2026 1 WARNING a: b\n2026 1 ERROR n.c: label x not in top-level labels\n'
            'Traceback (most recent call last):\n  File "x"\nValueError: no\n'), ['label x not in top-level labels', 'ValueError: no'])


if __name__ == '__main__':
    unittest.main()
