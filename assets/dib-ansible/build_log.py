"""The log of a build, which everybody may read over HTTP: a timestamp before each line, and known secrets masked."""

import base64
import datetime
import json
import os
import re
import urllib.parse

from secrets_in_files import in_urls, secrets_of_text

MASK = b'********'
# Shorter ones would mask half of the log; docs/image-builders.md tells.
SHORTEST_SECRET = 6
# A line that does not end is printed in pieces of this size.
LONGEST_LINE = 1024 * 1024

SECRET_NAME = re.compile(
    r'PASS(WORD|WD|PHRASE)?(_|$)|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY|_KEY$|_PWD$|(^|_)PAT$', re.IGNORECASE)
FILE_VARIABLES = (
    'OS_CLIENT_CONFIG_FILE', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'KUBECONFIG',
    'GOOGLE_APPLICATION_CREDENTIALS', 'ANSIBLE_VAULT_PASSWORD_FILE', 'ANSIBLE_PRIVATE_KEY_FILE')


def secret_files(env):
    """Files whose secrets must not be in the log: the ssh key, and those that the builder's libraries are told of."""
    listed = [env.get('DIB_ANSIBLE_SSH_KEY', '/var/lib/nodepool-ssh-key/priv')]
    for name in FILE_VARIABLES:
        listed.extend(env.get(name, '').split(':'))
    # The providers' Secret as a whole, with keys that nodepool.yaml alone names.
    providers = os.path.dirname(env.get('OS_CLIENT_CONFIG_FILE', ''))
    if os.path.isdir(providers):
        listed.extend(os.path.join(providers, name) for name in sorted(os.listdir(providers)))
    return [path for path in listed if os.path.isfile(path)]


def secrets_of_file(path):
    """All lines of a key or of a password's file; in any other, what its entries' names tell."""
    try:
        with open(path, encoding='utf-8', errors='replace') as stream:
            text = stream.read(1024 * 1024)
    except OSError:
        return []
    lines = text.splitlines()
    if text.startswith('-----BEGIN '):
        return [line for line in lines if not line.startswith('-----')]
    found = secrets_of_text(text)
    if not found and len(lines) == 1:
        return lines
    # A key in JSON has its lines in one.
    return [part for value in found for part in re.split(r'\\n|\n', value) if not part.strip().startswith('-----')]


def secret_variables(env):
    """Variables that come from Secrets, by DIB_ANSIBLE_SECRETS, and those with a telling name."""
    declared = env.get('DIB_ANSIBLE_SECRETS', '').split(',')
    telling = [name for name in env if SECRET_NAME.search(name) and not name.startswith('DIB_ANSIBLE_')]
    return sorted({name for name in declared if name in env}.union(telling))


def known_secrets(env):
    """What to mask: values of secret variables, passwords in URLs of all of them, and secrets of the files above.

    Each as it is and as it may be encoded on its way into the log; the longest first, since one may be part of another.
    """
    values = [env[name] for name in secret_variables(env) if not os.path.exists(env[name])]
    values.extend(in_urls('\n'.join(env.values())))
    for path in secret_files(env):
        values.extend(secrets_of_file(path))
    # A password in a URL may be encoded there, and be printed as it is.
    values.extend([urllib.parse.unquote(value) for value in values])
    forms = set()
    for line in {line.strip() for value in values for line in value.splitlines()}:
        if len(line) >= SHORTEST_SECRET:
            raw = line.encode('utf-8', 'surrogateescape')
            quoted = urllib.parse.quote(raw, safe='').encode()
            forms.update((raw, base64.b64encode(raw), json.dumps(line)[1:-1].encode(), quoted))
    return sorted(forms, key=lambda form: (-len(form), form))


class BuildLog:
    """Lines with their time in UTC, as diskimage-builder writes them."""

    def __init__(self, stream, secrets):
        self._stream = stream
        self._secrets = re.compile(b'|'.join(map(re.escape, secrets))) if secrets else None
        self._rest = b''

    def say(self, message):
        """A line of our own."""
        self._line('dib-ansible: {}'.format(message).encode('utf-8', 'replace'))

    def feed(self, data):
        """Output of Ansible, in pieces of any size. A line may also end as a progress bar's does."""
        *lines, self._rest = re.split(br'\r*\n|\r(?=[^\r\n])', self._rest + data)
        for line in lines:
            self._line(line)
        while len(self._rest) > LONGEST_LINE:
            self._line(self._rest[:LONGEST_LINE])
            self._rest = self._rest[LONGEST_LINE:]

    def finish(self):
        """What came without the end of its line."""
        if self._rest:
            self._line(self._rest.rstrip(b'\r'))
        self._rest = b''

    def _line(self, line):
        if self._secrets:
            line = self._secrets.sub(MASK, line)
        now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]
        try:
            self._stream.write(now.encode() + b' | ' + line + b'\n')
            self._stream.flush()
        except OSError:
            # Whoever reads the log is gone; Ansible must still be ended in order.
            pass
