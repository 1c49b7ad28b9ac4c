"""Init container: a checkout of a Git repository, as it is when the pod starts.

    python3 checkout.py --repository URL --ref REF --to DIR [--needs PATH] [--credentials DIR]

REF is a branch, a tag or the full hash of a commit. The directory of credentials has `username` and `password` (https),
or `identity` and `known_hosts` (ssh). Neither git nor we ask anybody or print a secret. A repository that cannot be
reached is tried again for some minutes; then the exit code is 1, and Kubernetes starts the container again.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ATTEMPTS = 6
TIMEOUT = 600

# git runs it to ask; it reads the files anew, so that nothing is in an environment or a command line.
ASKPASS = '''#!/bin/sh
case "$1" in
Username*) exec cat "$CHECKOUT_CREDENTIALS/username" ;;
*) exec cat "$CHECKOUT_CREDENTIALS/password" ;;
esac
'''


class CheckoutError(Exception):
    """Why there is no checkout, in words for the log of the container."""


def log(message):
    """Say what was done; init containers' logs are where people look first."""
    print('checkout: {}'.format(message), file=sys.stderr, flush=True)


def shown(text):
    """Without a user or password in an address."""
    return re.sub(r'(\w+://)[^/@\s]*@', r'\1', text)


def environment(credentials, work):
    """How git asks nobody, and where it finds its credentials."""
    env = dict(os.environ, GIT_TERMINAL_PROMPT='0', GIT_CONFIG_NOSYSTEM='1', LC_ALL='C')
    ssh = ['ssh', '-F', '/dev/null', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=30']
    if credentials:
        askpass = os.path.join(work, 'askpass')
        with open(askpass, 'w') as stream:
            stream.write(ASKPASS)
        os.chmod(askpass, 0o700)
        env.update(GIT_ASKPASS=askpass, CHECKOUT_CREDENTIALS=credentials)
        ssh += ['-i', os.path.join(credentials, 'identity'), '-o', 'IdentitiesOnly=yes',
                '-o', 'UserKnownHostsFile={}'.format(os.path.join(credentials, 'known_hosts'))]
    env['GIT_SSH_COMMAND'] = ' '.join(ssh)
    return env


def git(directory, env, *arguments):
    """Run git there."""
    try:
        done = subprocess.run(('git', '-C', directory) + arguments, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise CheckoutError('git {} took more than {} seconds'.format(arguments[0], TIMEOUT))
    except FileNotFoundError:
        raise CheckoutError("there is no git in this image; give the playbooks an 'image' with git")
    if done.returncode != 0:
        raise CheckoutError('git {}: {}'.format(arguments[0], shown(done.stdout.decode('utf-8', 'replace').strip())))
    return done.stdout.decode('utf-8', 'replace').strip()


def fetch(directory, env, repository, ref):
    """Fetch what the ref names, and as little else as the server allows."""
    try:
        git(directory, env, 'fetch', '--quiet', '--depth', '1', repository, ref)
        return 'FETCH_HEAD'
    except CheckoutError:
        if not re.fullmatch(r'[0-9a-f]{40}([0-9a-f]{24})?', ref):
            raise
    # Not every server hands out a commit by its hash alone.
    git(directory, env, 'fetch', '--quiet', repository, '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*')
    return ref


def checkout(args, work):
    """Make the checkout beside its place first: nothing half done is ever seen."""
    env = environment(args.credentials, work)
    parent = os.path.dirname(args.to)
    os.makedirs(parent, exist_ok=True)
    fresh = tempfile.mkdtemp(dir=parent, prefix='.checkout-')
    try:
        git(fresh, env, 'init', '--quiet')
        commit = fetch(fresh, env, args.repository, args.ref)
        git(fresh, env, 'checkout', '--quiet', '--detach', commit)
        commit = git(fresh, env, 'rev-parse', 'HEAD')
        if args.needs and not os.path.isdir(os.path.join(fresh, args.needs)):
            raise CheckoutError("commit {} has no directory '{}'; correct 'path' of the playbooks".format(commit, args.needs))
        os.chmod(fresh, 0o755)
        shutil.rmtree(args.to, ignore_errors=True)
        os.rename(fresh, args.to)
        return commit
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def main(argv=None, pause=5.0):
    """Check out, and try again while the network comes up."""
    parser = argparse.ArgumentParser(prog='checkout.py', description=__doc__.splitlines()[0])
    parser.add_argument('--repository', required=True, metavar='URL')
    parser.add_argument('--ref', required=True, help='a branch, a tag or the full hash of a commit')
    parser.add_argument('--to', required=True, metavar='DIR')
    parser.add_argument('--needs', metavar='PATH', help='a directory that must be in it')
    parser.add_argument('--credentials', metavar='DIR', help='username and password, or identity and known_hosts')
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as work:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                commit = checkout(args, work)
                log('{} at {} ({}) is in {}'.format(shown(args.repository), args.ref, commit, args.to))
                return 0
            except (CheckoutError, OSError) as error:
                log('error: {}'.format(error))
            if attempt < ATTEMPTS:
                time.sleep(pause * attempt)
    return 1


if __name__ == '__main__':
    sys.exit(main())
