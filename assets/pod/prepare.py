"""Init container: makes ready what the daemons expect of their machine and an arbitrary UID does not have.

    python3 prepare.py [--passwd-out FILE --home DIR] [--mkdir DIR]... [--ca-source DIR --ca-bundle-dir DIR]

Everything is optional, and running it twice does no harm: kubelet runs init containers again after a node's restart,
with the volumes as they were left.
"""

import argparse
import errno
import grp
import os
import pwd
import sys

import ca_bundle

# For tests: the file to copy instead of /etc/passwd.
PASSWD_OVERRIDE = 'PREPARE_PASSWD'
USER = 'nodepool'


class PrepareError(Exception):
    """Why the pod cannot start, in words for its log."""


def log(message):
    """Say what was done; init containers' logs are where people look first."""
    print('prepare: {}'.format(message), file=sys.stderr, flush=True)


def passwd_with_user(text, uid, gid, home):
    """The text of a passwd file in which the uid has the home.

    ssh (and Ansible's ssh connection) looks nowhere else for the user's name and home: it ignores HOME, and refuses a
    uid without an entry with "No user exists for uid". OpenShift runs pods under a uid that no image knows.
    """
    lines = text.splitlines()
    names = {}
    own = None
    kept = []
    for line in lines:
        fields = line.split(':')
        if len(fields) != 7:
            kept.append(line)
            continue
        if fields[2] == str(uid):
            # getpwuid() takes the first of several, so that is the one whose name and shell count.
            if own is None:
                own = fields
                kept.append(None)
            continue
        names.setdefault(fields[0], fields[2])
        kept.append(line)
    if own:
        name, gecos, shell = own[0], own[4], own[6] or '/bin/sh'
    else:
        name = USER if USER not in names else '{}-{}'.format(USER, uid)
        gecos, shell = 'Nodepool', '/bin/sh'
        kept.append(None)
    entry = ':'.join([name, 'x', str(uid), str(gid), gecos, home, shell])
    return ''.join('{}\n'.format(entry if line is None else line) for line in kept), name


def write_passwd(out, home):
    """Write the passwd file that the pod mounts over /etc/passwd."""
    source = os.environ.get(PASSWD_OVERRIDE, '/etc/passwd')
    try:
        # Other users' real names may hold anything; bytes that are no UTF-8 pass through unchanged.
        with open(source, encoding='utf-8', errors='surrogateescape') as stream:
            text = stream.read()
    except FileNotFoundError:
        text = ''
    text, name = passwd_with_user(text, os.getuid(), os.getgid(), home)
    try:
        with open(out, 'w', encoding='utf-8', errors='surrogateescape') as stream:
            stream.write(text)
    except PermissionError:
        raise PrepareError('cannot write {}: {}'.format(out, not_writable(os.path.dirname(out) or '.')))
    except OSError as error:
        raise PrepareError('cannot write {}: {}'.format(out, error.strerror))
    log('{}: uid {} is {}, home {}'.format(out, os.getuid(), name, home))


def _name(lookup, number):
    """A user's or group's name, if this image knows the number."""
    try:
        return ' ({})'.format(lookup(number)[0])
    except KeyError:
        return ''


def not_writable(directory):
    """Whose the directory is and who we are: with that, the cause is one look away."""
    state = os.stat(directory)
    return (
        '{} is not writable for uid {} gid {} (groups {}); it belongs to uid {}{} gid {}{}, mode {:04o}. '
        'Likely cause: the pod has no fsGroup, or the volume does not support it '
        '(hostPath and some NFS and CSI drivers do not): set fsGroup, or give the directory to this uid'.format(
            directory, os.getuid(), os.getgid(), ','.join(map(str, sorted(os.getgroups()))) or 'none',
            state.st_uid, _name(pwd.getpwuid, state.st_uid), state.st_gid, _name(grp.getgrgid, state.st_gid),
            state.st_mode & 0o7777))


def make_directory(directory):
    """Make a directory and what is missing above it; it must be writable afterwards, also if it was there before."""
    above = os.path.abspath(directory)
    while not os.path.lexists(above):
        above = os.path.dirname(above)
    try:
        os.makedirs(directory, exist_ok=True)
    except PermissionError:
        raise PrepareError('cannot make {}: {}'.format(directory, not_writable(above)))
    except (FileExistsError, NotADirectoryError):
        raise PrepareError('cannot make {}: {} is no directory'.format(directory, above))
    except OSError as error:
        hint = ': is a volume mounted there?' if error.errno == errno.EROFS else ''
        raise PrepareError('cannot make {}: {}{}'.format(directory, error.strerror, hint))
    if not os.access(directory, os.W_OK | os.X_OK):
        try:
            read_only = os.statvfs(directory).f_flag & os.ST_RDONLY
        except OSError:
            read_only = 0
        if read_only:
            raise PrepareError('{} lies on a read-only file system: is a volume mounted there?'.format(directory))
        raise PrepareError(not_writable(directory))


def parse(argv):
    """Read the command line."""
    parser = argparse.ArgumentParser(prog='prepare.py', description=__doc__.splitlines()[0])
    parser.add_argument('--passwd-out', metavar='FILE', help='write a passwd file with an entry for this uid')
    parser.add_argument('--home', metavar='DIR', help='the home in that entry')
    parser.add_argument('--mkdir', metavar='DIR', action='append', default=[], help='make a directory; repeatable')
    parser.add_argument('--ca-source', metavar='DIR', help='PEM certificates to trust besides the system\'s')
    parser.add_argument('--ca-bundle-dir', metavar='DIR', help='where system.pem and ca-bundle.pem are written')
    args = parser.parse_args(argv)
    if bool(args.passwd_out) != bool(args.home):
        parser.error('--passwd-out and --home go together')
    if args.ca_source and not args.ca_bundle_dir:
        parser.error('--ca-source needs --ca-bundle-dir')
    if args.home and (':' in args.home or '\n' in args.home):
        parser.error('--home must not contain a colon or a line break')
    return args


def main(argv=None):
    """Do what the flags ask; the exit code is 1 if the pod cannot start like this."""
    args = parse(argv)
    # What stays the same when a pod's uid changes (another namespace, another cluster) is the group.
    os.umask(0o002)
    try:
        for directory in args.mkdir:
            make_directory(directory)
            log('{} is there and writable'.format(directory))
        if args.passwd_out:
            write_passwd(args.passwd_out, args.home)
        if args.ca_bundle_dir:
            make_directory(args.ca_bundle_dir)
            ca_bundle.save_system(args.ca_bundle_dir, log)
            ca_bundle.merge(args.ca_source, args.ca_bundle_dir, log)
    except (PrepareError, ca_bundle.CaBundleError) as error:
        log('error: {}'.format(error))
        return 1
    except OSError as error:
        log('error: {}: {}'.format(error.filename, error.strerror))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
