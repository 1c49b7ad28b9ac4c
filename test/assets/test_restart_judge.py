"""restart_judge.py: what allows a restart and what does not, what the log says, and that nothing waits."""

import json
import os
import signal
import sys
import textwrap
import time
import unittest
from unittest import mock

from support import TempDirTest, Volume
from test_supervise import SuperviseTest, wait_until

import restart_judge

SECRET = 'pa55-word/+x'

# As Nodepool's loader: it has an opinion of clouds.yaml, and notes that it was asked.
LOADER = textwrap.dedent('''
    import os, sys, time
    def loadConfig(path):
        with open({counter!r}, 'a') as stream:
            stream.write('{{}}\\n'.format(os.getpid()))
        clouds = open({clouds!r}).read()
        text = clouds + open(path).read()
        if 'flood' in text:
            print('x' * 300000)
        if 'hang' in text:
            time.sleep(60)
        if 'slow' in text:
            time.sleep(1)
        if 'killed' in text:
            os.kill(os.getpid(), 9)
        if 'crash' in text:
            os._exit(1)
        if 'memory' in text:
            raise MemoryError()
        if 'broken' in text:
            raise Exception('Cloud cloud-one was not found: ' + os.environ.get('NODEPOOL_X', '') + ' ' + clouds.split()[-1])
''')


class JudgeTest(TempDirTest):
    """The judge alone, by a clock of its own."""

    def setUp(self):
        super().setUp()
        self.config = self.write('nodepool.yaml', 'providers: [{cloud: cloud-one}]\n')
        self.counter = self.write('counter', '')
        self.write('lib/nodepool/__init__.py', '')
        self.write('lib/nodepool/config.py', LOADER.format(counter=self.counter, clouds=self.path('providers', 'clouds.yaml')))
        self.write('providers/clouds.yaml', 'good')
        environment = mock.patch.dict(os.environ, PYTHONPATH=self.path('lib'), NODEPOOL_X='placeheld')
        environment.start()
        self.addCleanup(environment.stop)
        self.lines = []
        self.judge = self.make()
        self.addCleanup(lambda: self.judge.cancel())

    def make(self, **more):
        more.setdefault('config', self.config)
        return restart_judge.Judge(program=sys.executable, directories=[self.path('providers')], log=self.lines.append, **more)

    def ask(self, text):
        self.write('providers/clouds.yaml', text)
        return self.judge.allows({self.path('providers'): text}, [self.path('providers')])

    def collect(self):
        """As the supervisor does."""
        pid, status = os.waitpid(self.judge._process.pid, 0)
        self.assertTrue(self.judge.ended(pid, status))

    def verdict(self, text):
        if self.ask(text):
            return True
        self.collect()
        return self.ask(text)

    def asked(self):
        return len(self.read('counter').split())


class Verdict(JudgeTest):

    def test_without_a_file_to_judge_everything_is_allowed_at_once(self):
        self.judge = self.make(config=None)
        self.assertTrue(self.ask('broken'))
        self.assertEqual(self.asked(), 0)

    def test_what_the_loader_takes_is_allowed_in_silence(self):
        self.assertFalse(self.ask('good two'))
        self.collect()
        self.assertTrue(self.ask('good two'))
        self.assertEqual((self.lines, self.asked()), ([], 1))

    def test_what_the_loader_refuses_is_not_allowed_and_said_once(self):
        self.assertFalse(self.verdict('broken'))
        self.assertEqual(len(self.lines), 2)
        self.assertIn('changed: {}; python'.format(self.path('providers')), self.lines[0])
        self.assertIn('goes on with what it has read', self.lines[0])
        self.assertTrue(self.lines[1].startswith("  Nodepool's loader: Exception: Cloud cloud-one was not found: "), self.lines)
        self.assertTrue(self.judge.refuses)
        self.assertFalse(self.ask('broken'))
        self.assertEqual((self.asked(), len(self.lines)), (1, 2))

    def test_other_files_are_judged_at_once_and_said_again(self):
        self.assertFalse(self.verdict('broken'))
        self.assertFalse(self.verdict('broken too'))
        self.assertEqual((self.asked(), len(self.lines)), (2, 4))
        self.assertTrue(self.verdict('good'))

    def test_a_new_nodepool_yaml_is_judged_at_once(self):
        self.write('nodepool.yaml', 'broken')
        self.assertFalse(self.verdict('two'))
        self.write('nodepool.yaml', 'mended')
        self.assertTrue(self.verdict('two'))

    def test_the_same_files_are_judged_again_after_a_pause_that_grows_and_nothing_is_repeated(self):
        clock = [1000.0]
        with mock.patch.object(restart_judge.time, 'monotonic', lambda: clock[0]):
            self.assertFalse(self.verdict('broken'))
            begun = []
            while clock[0] < 1000 + 3600:
                clock[0] += 5
                before = self.asked()
                if self.judge._process.pid is None:
                    self.ask('broken')
                if self.judge._process.pid is not None:
                    self.collect()
                    begun.append(clock[0] - 1000)
                self.assertLessEqual(self.asked() - before, 1)
        self.assertEqual(begun, [60, 180, 420, 900, 1800, 2700, 3600])
        self.assertEqual(len(self.lines), 2)

    def test_what_is_good_when_it_is_judged_again_is_allowed(self):
        files = {'x': 'same'}
        self.write('providers/clouds.yaml', 'broken')
        self.judge.allows(files, ['x'])
        self.collect()
        self.write('providers/clouds.yaml', 'the cause was elsewhere')
        self.assertFalse(self.judge.allows(files, ['x']))
        self.judge._again_at = 0
        self.judge.allows(files, ['x'])
        self.collect()
        self.assertTrue(self.judge.allows(files, ['x']))

    def test_what_was_forgotten_is_judged_and_said_anew(self):
        self.assertFalse(self.verdict('broken'))
        self.judge.forget()
        self.assertFalse(self.judge.refuses)
        self.assertFalse(self.verdict('broken'))
        self.assertEqual((self.asked(), len(self.lines)), (2, 4))


class CannotJudge(JudgeTest):

    def allowed(self, text, reason):
        self.assertTrue(self.verdict(text), self.lines)
        self.assertEqual(len(self.lines), 1)
        self.assertIn(reason, self.lines[0])

    def test_a_loader_that_is_killed_allows_it(self):
        self.allowed('killed', 'was ended by SIGKILL; has the container enough memory?')

    def test_a_loader_that_crashes_allows_it(self):
        self.allowed('crash', 'ended with exit code 1')

    def test_a_loader_without_memory_allows_it(self):
        self.allowed('memory', 'ended with exit code 1')

    def test_a_python_without_nodepool_allows_it(self):
        os.unlink(self.path('lib', 'nodepool', 'config.py'))
        self.allowed('broken', 'ended with exit code 1')

    def test_a_python_that_cannot_run_allows_it(self):
        with mock.patch.object(restart_judge.config_verdict, 'interpreter', lambda program: '/no/such/python'):
            self.assertTrue(self.ask('broken'))
        self.assertIn('cannot run: No such file or directory', self.lines[0])

    def test_a_loader_that_takes_too_long_is_ended_and_allows_it(self):
        self.judge = self.make(limit=0.5)
        self.assertFalse(self.ask('hang'))
        pid = self.judge._process.pid
        time.sleep(0.6)
        self.assertTrue(self.ask('hang'))
        self.assertEqual(os.waitpid(pid, 0)[1], signal.SIGKILL)
        self.assertIn('did not end within 0.5 s', self.lines[0])

    def test_a_loader_that_says_much_is_heard_to_its_end(self):
        self.write('providers/clouds.yaml', 'flood broken')
        question = {'x': 'flood'}, ['x']
        self.assertFalse(self.judge.allows(*question))
        pid = self.judge._process.pid
        end = time.monotonic() + 20
        found = (0, 0)
        while found[0] == 0 and time.monotonic() < end:
            self.assertFalse(self.judge.allows(*question))
            found = os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
        self.assertTrue(self.judge.ended(*found))
        self.assertIn('was not found', ''.join(self.lines))
        self.assertLess(max(map(len, self.lines)), 600)


class Masked(JudgeTest):

    def masked(self, message, text, name='clouds.yaml'):
        self.write('providers/' + name, text)
        return restart_judge.masked(message, [self.path('providers')], self.config)

    def test_the_log_shows_no_value_of_a_file_or_a_variable(self):
        self.assertFalse(self.verdict('broken {}'.format(SECRET)))
        self.assertEqual(self.lines[1], "  Nodepool's loader: Exception: Cloud cloud-one was not found: %(NODEPOOL_X) ***")
        self.assertNotIn(SECRET, self.lines[0])

    def test_values_are_hidden_however_they_are_written(self):
        for text in ('password: pa55-word/+x\n', 'password: "pa55-word/+x"\n', "{a: {password: 'pa55-word/+x', b: c}}",
                     json.dumps({'clouds': {'a': {'auth': {'password': SECRET}}}}), '[default]\npassword = pa55-word/+x\n',
                     'password=pa55-word/+x\n', '- pa55-word/+x\n', 'password: |\n  pa55-word/+x\n', 'password: [pa55-word/+x',
                     'password: &a pa55-word/+x # why\n'):
            self.assertEqual(self.masked('no such thing: {}!'.format(SECRET), text), 'no such thing: ***!', text)

    def test_what_a_parser_cuts_out_of_a_value_is_hidden(self):
        # An alias, a tag, an anchor: YAML takes a part of the password for its name.
        for text in ('password: *s3cret$tail\n', 'password: !s3cret$tail x\n', 'password: &s3cret$tail x\n'):
            self.assertEqual(self.masked("found undefined 's3cret' here", text), "found undefined '***' here", text)

    def test_a_value_with_spaces_and_signs_is_hidden_as_a_whole(self):
        self.assertEqual(self.masked('bad: a b: c d', 'password: a b: c d\n'), 'bad: ***')

    def test_a_short_value_takes_nothing_out_of_other_words(self):
        self.assertEqual(self.masked('is one of cloudone, one', 'region: one\n'), 'is *** of cloudone, ***')

    def test_keys_and_what_nodepool_yaml_says_are_left(self):
        self.assertEqual(self.masked('cloud-one: password is missing', 'clouds:\n  cloud-one:\n    auth: {password: x1x}\n- cloud-one\n'),
                         'cloud-one: password is missing')

    def test_a_comment_hides_no_words(self):
        self.assertEqual(self.masked('was not found', '# the old one was not good\n'), 'was not found')


class Supervised(SuperviseTest):
    """With the supervisor, a daemon, and a volume as kubelet changes it."""

    def setUp(self):
        super().setUp()
        self.volume = Volume(self.path('secret'), {'clouds.yaml': 'one'})
        self.config = self.write('nodepool.yaml', '')
        self.counter = self.write('counter', '')
        self.write('lib/nodepool/__init__.py', '')
        self.write('lib/nodepool/config.py', LOADER.format(counter=self.counter, clouds=self.path('secret', 'clouds.yaml')))

    def watch(self, *options, **more):
        self.start('--watch', self.volume.directory, '--judge', self.config, *options, env={'PYTHONPATH': self.path('lib')}, **more)

    def set(self, text):
        self.volume.set({'clouds.yaml': text})

    def asked(self):
        return len(self.read('counter').split())

    def wait_log(self, text):
        wait_until(lambda: text in self.read('log'), text, 20)

    def test_the_first_start_is_not_judged(self):
        self.set('broken')
        self.watch()
        self.assertEqual(self.terminate(), 0)
        self.assertEqual(self.asked(), 0)

    def test_a_broken_file_leaves_the_daemon_alone_and_a_good_one_restarts_it(self):
        self.watch()
        self.set('broken')
        self.wait_log('was not found')
        time.sleep(0.5)
        self.assertEqual(self.notes()[1:], [])
        self.assertEqual(self.asked(), 1)
        self.set('good')
        self.wait_ups(2)
        self.assertEqual([line.split()[0] for line in self.notes()], ['up', 'SIGINT', 'stopped', 'up'])
        self.assertEqual(self.terminate(), 0)
        self.assertEqual(self.log.count('is refused with the new files'), 1)
        self.assertIn('changed: {}; restarting'.format(self.volume.directory), self.log)

    def test_a_broken_file_that_is_taken_back_restarts_nothing(self):
        self.watch()
        self.set('broken')
        self.wait_log('was not found')
        self.set('one')
        self.wait_log('the files are again as')
        time.sleep(0.5)
        self.assertEqual((len(self.ups()), self.asked()), (1, 1))
        self.assertEqual(self.read('log').count('the files are again'), 1)

    def test_a_loader_that_crashes_restarts_the_daemon_as_if_nobody_had_asked(self):
        self.watch()
        self.set('killed')
        self.wait_ups(2)
        self.assertIn('cannot judge', self.read('log'))

    def test_a_file_that_changes_while_it_is_judged_is_judged_again(self):
        self.watch()
        self.set('slow good')
        wait_until(lambda: self.asked() == 1, 'the first judgement')
        self.set('broken')
        self.wait_log('was not found')
        time.sleep(1.5)
        self.assertEqual((len(self.ups()), self.asked()), (1, 2))

    def test_a_stop_while_it_judges_is_not_delayed_and_ends_the_loader(self):
        self.watch(stop=3)
        self.set('hang')
        wait_until(lambda: self.asked() == 1, 'the loader runs')
        loader = int(self.read('counter'))
        self.process.send_signal(signal.SIGTERM)
        wait_until(lambda: 'SIGINT' in self.notes(), 'SIGINT', 1)
        # At once, and not only when the daemon has ended: it needs the processor.
        wait_until(lambda: not runs(loader), 'the loader is gone', 1)
        self.assertNotIn('stopped', self.notes())
        self.assertEqual(self.end(), 0)
        self.assertEqual(self.notes()[1:], ['SIGINT', 'stopped'])

    def test_a_daemon_that_ends_while_it_is_judged_ends_the_container_at_once(self):
        self.watch()
        self.set('hang')
        wait_until(lambda: self.asked() == 1, 'the loader runs')
        loader = int(self.read('counter'))
        os.kill(self.ups()[0], signal.SIGKILL)
        self.assertEqual(self.end(), 137)
        self.assertLess(self.seconds, 2)
        wait_until(lambda: not runs(loader), 'the loader is gone')

    def test_the_daemon_comes_first(self):
        self.watch()
        self.set('hang')
        wait_until(lambda: self.asked() == 1, 'the loader runs')
        loader = int(self.read('counter'))
        self.assertGreater(os.getpriority(os.PRIO_PROCESS, loader), os.getpriority(os.PRIO_PROCESS, self.ups()[0]))
        with open('/proc/{}/oom_score_adj'.format(loader)) as stream:
            self.assertEqual(stream.read().strip(), '1000')
        with open('/proc/{}/status'.format(loader)) as stream:
            self.assertIn('SigBlk:\t0000000000000000', stream.read())


def runs(pid):
    """Whether a process is there and no zombie."""
    try:
        with open('/proc/{}/stat'.format(pid)) as stream:
            return stream.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except OSError:
        return False


if __name__ == '__main__':
    unittest.main()
