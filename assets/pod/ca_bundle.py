"""One file with every certificate authority that a pod's programs should trust.

Image families keep the system's bundle in different places and refresh it with different tools, all of which want
root and a writable /etc. So nothing is refreshed here: the init container saves the image's own bundle as
`system.pem`, and the certificates a company adds are merged with it into `ca-bundle.pem`, which the pod mounts over
the places where programs look.

Used by `prepare.py` (once, before the daemons) and by `supervise.py` (again before each start of the daemon).
"""

import base64
import binascii
import os
import re
import ssl

SYSTEM = 'system.pem'
BUNDLE = 'ca-bundle.pem'

# For tests: the file to take as the system's bundle, whatever the machine has.
SYSTEM_OVERRIDE = 'CA_BUNDLE_SYSTEM'

# The first that exists wins. RHEL's comes before the links to it that some images lack.
SYSTEM_BUNDLES = (
    '/etc/ssl/certs/ca-certificates.crt',                   # Debian, Ubuntu, Alpine
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',    # RHEL, CentOS, Fedora
    '/etc/pki/tls/certs/ca-bundle.crt',                     # the link to it
    '/etc/ssl/ca-bundle.pem',                               # SUSE
    '/var/lib/ca-certificates/ca-bundle.pem',               # SUSE, where that link points
    '/etc/ssl/cert.pem',                                    # Alpine's libressl
)

_CERTIFICATE = re.compile(
    rb'-----BEGIN CERTIFICATE-----\s(.*?)-----END CERTIFICATE-----', re.DOTALL)


class CaBundleError(Exception):
    """What is wrong with the certificates, in words for the pod's log."""


def visible_files(directory):
    """Yield (name relative to the directory, path) of its files, sorted, as a pod sees a volume.

    Kubernetes shows each key of a ConfigMap or Secret as a link through `..data`, which it swaps in one step. Those
    entries (a key cannot begin with two dots) would show every file twice and change their names on every swap.
    A key such as `.netrc` is a file like any other.
    """
    found = []
    # A key may lie in a folder (`items[].path`), which is a link then: follow it, but never in circles.
    pending = [('', directory, frozenset())]
    while pending:
        prefix, folder, parents = pending.pop()
        real = os.path.realpath(folder)
        if real in parents:
            continue
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            # Not mounted (an optional volume), or swapped while we looked: the same as empty.
            continue
        for name in names:
            if name.startswith('..'):
                continue
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                pending.append((prefix + name + '/', path, parents | {real}))
            else:
                found.append((prefix + name, path))
    return sorted(found)


def certificates(pem):
    """The certificates in some PEM text, as DER, in order; whatever else stands there (keys, comments) is left out.

    A block that is no base64 is returned as None, so that the caller can say in which file it is.
    """
    result = []
    for match in _CERTIFICATE.finditer(pem):
        try:
            result.append(base64.b64decode(b''.join(match.group(1).split()), validate=True))
        except binascii.Error:
            result.append(None)
    return result


def _loads(der):
    """Whether OpenSSL takes this as a certificate: one that it does not take can spoil the whole bundle."""
    if not der:
        return False
    try:
        # As text: Python 3.6 with OpenSSL 3 reports an error at the end of any DER.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(der))
    except (ssl.SSLError, ValueError):
        return False
    return True


def find_system_bundle(bundle_dir):
    """The path of the image's own bundle, or None if it has none."""
    override = os.environ.get(SYSTEM_OVERRIDE)
    if override:
        return override
    own = os.path.join(bundle_dir, BUNDLE)
    for path in SYSTEM_BUNDLES + tuple(filter(None, (ssl.get_default_verify_paths().cafile,))):
        # Where the merged bundle is mounted over the system's, reading that one would keep certificates for ever that
        # were taken out of the source long ago.
        if os.path.exists(path) and not (os.path.exists(own) and os.path.samefile(path, own)):
            return path
    return None


def save_system(bundle_dir, log):
    """Save the image's own bundle as `system.pem`, before anything is mounted over it."""
    source = find_system_bundle(bundle_dir)
    pem = b''
    if source is None:
        log('this image has no CA bundle in any known place; only the certificates of the CA source will be trusted')
    else:
        with open(source, 'rb') as stream:
            pem = stream.read()
        log('system CA bundle is {}, {} certificates'.format(source, len(certificates(pem))))
    _write_in_place(os.path.join(bundle_dir, SYSTEM), pem)


def merge(source_dir, bundle_dir, log):
    """Write `ca-bundle.pem`: the system's certificates, then those of every file in the source. True if it changed.

    The order is the system's, then the sorted file names, so that the same input gives the same bytes.
    """
    try:
        with open(os.path.join(bundle_dir, SYSTEM), 'rb') as stream:
            system = stream.read()
    except FileNotFoundError:
        raise CaBundleError(
            "{} has no {}: the init container's prepare.py writes it".format(bundle_dir, SYSTEM))
    ordered = []
    seen = set()

    def add(der):
        if der in seen:
            return
        seen.add(der)
        ordered.append(der)

    for der in certificates(system):
        if der:
            add(der)
    for name, path in visible_files(source_dir) if source_dir else ():
        with open(path, 'rb') as stream:
            blocks = certificates(stream.read())
        good = [der for der in blocks if _loads(der)]
        if not blocks:
            log('{} in {} holds no PEM certificate; left out'.format(name, source_dir))
        elif len(good) < len(blocks):
            log('{} in {}: {} of {} certificates cannot be read; left out'.format(
                name, source_dir, len(blocks) - len(good), len(blocks)))
        for der in good:
            add(der)
    if not ordered:
        raise CaBundleError('neither the system bundle nor {} holds a certificate; {} is left as it is'.format(
            source_dir, BUNDLE))
    # The TLS libraries of some programs take no CR and no line over 64 characters: every block is written anew.
    text = ''.join(ssl.DER_cert_to_PEM_cert(der) for der in ordered)
    changed = _write_in_place(os.path.join(bundle_dir, BUNDLE), text.encode('ascii'))
    log('{} {}, {} certificates'.format(
        os.path.join(bundle_dir, BUNDLE), 'written' if changed else 'is up to date', len(ordered)))
    return changed


def _write_in_place(path, data):
    """Write a file without replacing it; True if its bytes changed.

    The file is bind-mounted elsewhere (`subPath`), and such a mount keeps the inode it was made with: after a rename
    over it the mount would show the old text for ever.
    """
    try:
        with open(path, 'rb') as stream:
            if stream.read() == data:
                return False
    except FileNotFoundError:
        pass
    # Not mode 'wb': that empties the file first, and another container may be reading.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, 'wb') as stream:
        stream.write(data)
        stream.truncate()
    return True
