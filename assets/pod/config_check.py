"""Takes a fetched nodepool.yaml when Nodepool itself finds nothing wrong with it; the last good one stays otherwise.

    python3 config_check.py [--once [--go-on]] --fetched DIR --base FILE --out DIR [--name NAME] [--base-key KEY=PROP]...
                            [--start-key KEY]... [--longest-build SECONDS] [--poll SECONDS] [--retry SECONDS]
                            [--nodepool PROGRAM]

`git_fetch.sh` puts the repository's file into --fetched. It is joined with the settings of the deployment, checked
by `nodepool config-validate` and by the daemons' own loader in the daemons' own environment, and only then moved over
`nodepool.yaml` in --out, in one step: the daemons see the new file within seconds and read it, without a restart. A
version that is refused is said once, in the log and in `status.json`, and changes nothing; it is looked at again from
time to time, since what it lacks (a cloud in clouds.yaml) may come later.

What Nodepool reads only at its start and the file may set is written to `start-only/` as well. The supervisor watches
that directory and restarts the daemon in order.

With --once it ends when there is a good file, or fails when there is none. With --go-on it does not fail: Kubernetes
would start this container again, and not the one that fetched before it, and would judge the same version for ever. So
the pod starts, what fetches and checks goes on beside the service, and the supervisor waits for the file.
"""

import os
import signal
import sys

# Before the other imports: the kernel drops a signal that PID 1 does not handle, and the pod would wait for us.
if __name__ == '__main__':
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(1 if '--once' in sys.argv else 0))

import argparse  # noqa: E402
import hashlib  # noqa: E402
import json  # noqa: E402
import time  # noqa: E402

import config_verdict  # noqa: E402

try:
    import config_merge
except ImportError:
    # This Python has no PyYAML; Nodepool's own has, see main().
    config_merge = None

CONFIG = 'nodepool.yaml'
STATUS = 'status.json'
START_ONLY = 'start-only'
DEFAULT_BUILD_TIMEOUT = 8 * 60 * 60
REEXECUTED = 'CONFIG_CHECK_REEXECUTED'


def log(message):
    """One line per event; what is said more than once says nothing."""
    print('{} config-check: {}'.format(time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime()), message),
          file=sys.stderr, flush=True)


def run_by(python):
    """Begin anew by another Python. Never returns."""
    if os.environ.get(REEXECUTED) or python == sys.executable:
        sys.exit('config-check: {} has no PyYAML; is this an image of Nodepool?'.format(python))
    os.execve(python, [python] + sys.argv, dict(os.environ, **{REEXECUTED: 'yes'}))


def build_timeouts(config):
    """How long the build of each diskimage may take, as Nodepool reckons it: name, seconds, and where they come from.

    The loader has passed the configuration: every parent is there, and none is its own ancestor.
    """
    images = {image['name']: image for image in config.get('diskimages') or []}
    for name, image in images.items():
        if image.get('abstract'):
            continue
        while not image.get('build-timeout') and image.get('parent'):
            image = images[image['parent']]
        timeout = image.get('build-timeout')
        source = '' if image['name'] == name else ' (set by its parent {})'.format(image['name'])
        yield name, timeout or DEFAULT_BUILD_TIMEOUT, source if timeout else " (Nodepool's own, since none is set)"


class Checker:
    """Looks at one directory, and keeps one file good."""

    def __init__(self, args):
        self.args = args
        self.python = config_verdict.interpreter(args.nodepool)
        self.base_props = dict(pair.split('=', 1) for pair in args.base_key)
        self.looked_at = None       # digest of the commit and of what was looked at
        self.retry_at = None        # when to look again although nothing has changed
        self.status = self._read_status()

    def look(self):
        """Take what is there, if it is new and good. True unless it was refused."""
        fetched = self._fetched()
        if fetched is None:
            return os.path.exists(self._path(CONFIG))
        commit, source, base = fetched
        key = hashlib.sha256(b'\0'.join([source, base])).hexdigest()
        known = self.status.get('inputs') == key and os.path.exists(self._path(CONFIG))
        now = time.monotonic()
        if known and not self.status.get('refused'):
            if self.status.get('running') != commit:
                log('commit {}: the file is the same'.format(commit))
                self._write_status(running=commit)
            return True
        if self.looked_at == (commit, key) and (self.retry_at is None or now < self.retry_at):
            return False
        self.looked_at, self.retry_at = (commit, key), None
        try:
            text, config = self._checked(source, base)
        except config_verdict.Refused as refusal:
            self.retry_at = time.monotonic() + self.args.retry
            self._refuse(commit, refusal.reasons)
            return False
        self._take(commit, key, text, config)
        return True

    def _fetched(self):
        """Commit, file and settings; None while they are not there or change just now."""
        try:
            commit = self._read(self.args.fetched, 'current').decode('ascii').strip()
            return commit, self._read(self.args.fetched, commit + '.yaml'), self._read(self.args.base)
        except FileNotFoundError:
            return None

    def _checked(self, source, base):
        name = self.args.name
        try:
            source, base = source.decode('utf-8'), base.decode('utf-8')
        except UnicodeDecodeError:
            raise config_verdict.Refused('{}: is not UTF-8; save it so'.format(name))
        text, config = config_merge.merged(source, base, name, os.environ, self.base_props)
        # Beside its place: the move must not leave the file system.
        candidate = self._path('.candidate.yaml')
        self._write(candidate, text)
        config_verdict.must_pass(self.args.nodepool, self.python, candidate, os.environ)
        return text, config

    def _take(self, commit, key, text, config):
        same = os.path.exists(self._path(CONFIG)) and self._read(self._path(CONFIG)) == text.encode('utf-8')
        if not same:
            os.replace(self._path('.candidate.yaml'), self._path(CONFIG))
        # After it: the daemon that this restarts must read the new file.
        start = {each: config[each] for each in self.args.start_key if each in config}
        os.makedirs(self._path(START_ONLY), exist_ok=True)
        self._write(self._path(START_ONLY, 'settings.json'), json.dumps(start, sort_keys=True, default=str))
        log('commit {} is good; {}'.format(commit, 'the file is the same' if same else 'nodepool.yaml is replaced'))
        self._warn(config)
        self._write_status(running=commit, inputs=key, refused=None)

    def _warn(self, config):
        """A build that takes longer than a stop may take is cut off by it."""
        limit = self.args.longest_build
        for image, timeout, source in build_timeouts(config) if limit is not None else []:
            if timeout > limit:
                log('{}: diskimages[{}].build-timeout is {} s{}, and a builder that stops waits {} s for its build; '
                    'raise terminationGracePeriod of the builder'.format(self.args.name, image, timeout, source, limit))

    def _refuse(self, commit, reasons):
        before = self.status.get('refused') or {}
        if before.get('commit') == commit and before.get('reasons') == reasons:
            return
        running = self.status.get('running')
        log('commit {} is refused{}:'.format(commit, ', commit {} stays'.format(running) if running else ''))
        for reason in reasons:
            log('  ' + reason)
        self._write_status(refused={'commit': commit, 'reasons': reasons})

    # -- files ----------------------------------------------------------------------------------------------------

    def _path(self, *name):
        return os.path.join(self.args.out, *name)

    @staticmethod
    def _read(*path):
        with open(os.path.join(*path), 'rb') as stream:
            return stream.read()

    @staticmethod
    def _write(path, text):
        """Write a file in one step; one that has the text already is left alone."""
        data = text.encode('utf-8')
        if os.path.exists(path) and Checker._read(path) == data:
            return
        with open(path + '.new', 'wb') as stream:
            stream.write(data)
        os.replace(path + '.new', path)

    def _read_status(self):
        try:
            return json.loads(self._read(self._path(STATUS)).decode('utf-8'))
        except (OSError, ValueError):
            return {}

    def _write_status(self, **changes):
        self.status.update(changes)
        self._write(self._path(STATUS), json.dumps(self.status, indent=1, sort_keys=True) + '\n')


def parse(argv):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='config_check.py', description=__doc__.splitlines()[0])
    parser.add_argument('--once', action='store_true', help='end as soon as there is a good file')
    parser.add_argument('--go-on', action='store_true', help='with --once: end well without one; who needs it waits')
    parser.add_argument('--fetched', metavar='DIR', required=True, help='where git_fetch.sh puts the file')
    parser.add_argument('--base', metavar='FILE', required=True, help='the settings of the deployment')
    parser.add_argument('--out', metavar='DIR', required=True, help='where nodepool.yaml belongs')
    parser.add_argument('--name', default=CONFIG, help="the file's path in the repository, for messages")
    parser.add_argument('--base-key', metavar='KEY=PROP', action='append', default=[],
                        help='a key that the file may not set; repeatable')
    parser.add_argument('--start-key', metavar='KEY', action='append', default=[],
                        help='a key that is read only at the start; repeatable')
    parser.add_argument('--longest-build', metavar='SECONDS', type=int,
                        help='say which diskimages may take longer')
    parser.add_argument('--poll', metavar='SECONDS', type=float, default=5.0, help='default: %(default)s')
    parser.add_argument('--retry', metavar='SECONDS', type=float, default=300.0,
                        help='when a refused version is looked at again (default: %(default)s)')
    parser.add_argument('--nodepool', metavar='PROGRAM', default='nodepool', help='default: %(default)s')
    return parser.parse_args(argv)


def main(argv=None):
    """Keep the file good until told to stop."""
    args = parse(argv)
    if config_merge is None:
        run_by(config_verdict.interpreter(args.nodepool))
    checker = Checker(args)
    if args.once:
        if checker.look():
            return 0
        if os.path.exists(os.path.join(args.out, CONFIG)):
            log('going on with the file that is there')
            return 0
        log('there is no good nodepool.yaml; correct the file, push it, and the pod starts')
        return 0 if args.go_on else 1
    while True:
        checker.look()
        time.sleep(args.poll)


if __name__ == '__main__':
    sys.exit(main())
