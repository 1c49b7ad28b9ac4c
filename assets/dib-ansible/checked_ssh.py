"""Lets Ansible reach machines only with the check of host keys that the builder's own configuration of ssh asks for.

    checked_ssh.py NAME PROGRAM SSH CONFIG [ARGUMENT...]

NAME is ssh, scp or sftp, PROGRAM the real one, SSH the real ssh, CONFIG its configuration ('' for where it looks itself).
dib_ansible.py makes programs that call this, and has Ansible use them.

Ansible has many places that switch the check off: variables of groups and plays, ansible.cfg, the environment, modules
that do it unasked. All of them end up as arguments of these programs, and OpenSSH takes the first value of an option.
So the ones that decide about host keys are put before all others, as the builder's configuration has them for the host:
that is checked when the chart is synthesized, and knows which machines are trusted at their first use.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys

# The options that have a value, as getopt has them.
WITH_VALUE = {'ssh': 'BbcDEeFIiJLlmOoPpQRSWw', 'scp': 'cDFiJloPSX', 'sftp': 'BbcDFiJloPRSsX'}
# Before the variables that they stand in, for all kinds of connections that know them.
KINDS = ('', 'ssh_', 'paramiko_')
# A name for whatever has none, so that it gets what counts for every host.
NOBODY = 'nobody.invalid'


def install(env, work):
    """A directory with the checked ssh, scp and sftp; what the image does not have is left out."""
    directory = os.path.join(work, 'bin')
    os.mkdir(directory)
    found = {name: shutil.which(name, path=env.get('PATH')) for name in WITH_VALUE}
    for name, program in found.items():
        if program and found['ssh']:
            words = [sys.executable, '-I', '-S', os.path.abspath(__file__), name, program, found['ssh'],
                     env.get('DIB_ANSIBLE_SSH_CONFIG', '')]
            path = os.path.join(directory, name)
            with open(path, 'w') as stream:
                stream.write('#!/bin/sh\nexec {} "$@"\n'.format(' '.join(map(shlex.quote, words))))
            os.chmod(path, 0o755)
    return directory


def variables(directory):
    """Extra variables of Ansible, which go before every other: of the inventory, of groups, plays and tasks."""
    programs = {'ansible_{}_executable'.format(name): os.path.join(directory, name) for name in WITH_VALUE}
    return {**programs, **{'ansible_{}host_key_checking'.format(kind): True for kind in KINDS}}


def environment(directory, env):
    """Ansible's environment, which goes before ansible.cfg."""
    checked = {'ANSIBLE_{}HOST_KEY_CHECKING'.format(kind.upper()): 'True' for kind in KINDS}
    # The path is for modules that call ssh in the builder themselves, as `synchronize` does with rsync.
    path = os.pathsep.join(filter(None, [directory, env.get('PATH', os.defpath)]))
    return {**checked, 'ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD': 'False', 'PATH': path}


def operands(name, arguments):
    """What follows the options."""
    rest = list(arguments)
    while rest and rest[0].startswith('-') and rest[0] != '-':
        word = rest.pop(0)
        if word == '--':
            break
        for place, letter in enumerate(word[1:], 1):
            if letter in WITH_VALUE[name]:
                if place == len(word) - 1 and rest:
                    rest.pop(0)
                break
    return rest


def host_of(name, arguments):
    """The host as ssh compares it with the `Host` lines of its configuration."""
    words = operands(name, arguments)
    if name == 'scp':
        words = [word for word in words if re.match(r'scp://|(?:[^/\[]*@)?\[|[^/]*:', word)]
    if not words:
        return NOBODY
    address = re.match(r'(?:ssh|scp|sftp)://(?:[^/]*@)?(\[[^\]]*\]|[^:/]*)', words[0])
    if address:
        host = address.group(1)
    elif name == 'ssh':
        host = words[0].rpartition('@')[2]
    else:
        host = re.match(r'(?:[^:/\[]*@)?(\[[^\]]*\]|[^:]*)', words[0]).group(1)
    return host.strip('[]') or NOBODY


def configured(ssh, config, host):
    """What the configuration says for a host, and whether this ssh knows the option KnownHostsCommand (OpenSSH 8.5)."""
    asked = [ssh, '-G', *(['-F', config] if config else [])]
    for more in (['-o', 'KnownHostsCommand=none'], []):
        done = subprocess.run([*asked, *more, '--', host], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        if done.returncode == 0:
            lines = done.stdout.decode('utf-8', 'surrogateescape').splitlines()
            return dict(line.partition(' ')[::2] for line in lines), bool(more)
    sys.stderr.write('dib-ansible: ssh does not take its configuration for {}: {}'.format(
        host, done.stderr.decode('utf-8', 'replace')))
    sys.exit(255)


def checks(values, knows_command):
    """The options that decide about host keys."""
    first_use = values.get('stricthostkeychecking') == 'accept-new'
    options = {'StrictHostKeyChecking': 'accept-new' if first_use else 'yes',
               'NoHostAuthenticationForLocalhost': 'no', 'VerifyHostKeyDNS': 'no'}
    for name in ('UserKnownHostsFile', 'GlobalKnownHostsFile'):
        if name.lower() in values:
            options[name] = values[name.lower()]
    if knows_command:
        options['KnownHostsCommand'] = 'none'
    return [word for name, value in options.items() for word in ('-o', '{}={}'.format(name, value))]


def main(argv):
    """Become the real program."""
    name, program, ssh, config, *arguments = argv
    values, knows_command = configured(ssh, config, host_of(name, arguments))
    os.execv(program, [name, *checks(values, knows_command), *arguments])


if __name__ == '__main__':
    main(sys.argv[1:])
