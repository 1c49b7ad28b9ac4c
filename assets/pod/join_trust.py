"""Init container: joins the certificates of several authorities into the one file that Nodepool reads.

    python3 join_trust.py DIR FILE

Every file in DIR must be a certificate in PEM; they stand in FILE in the order of their names.
"""

import os
import sys


def joined(source):
    """The text of all certificates; a ValueError says which file is none."""
    # Kubernetes' own links beside the mounted files begin with a dot.
    names = sorted(name for name in os.listdir(source) if not name.startswith('.'))
    if not names:
        raise ValueError('{} is empty: there is no certificate to trust'.format(source))
    texts = []
    for name in names:
        with open(os.path.join(source, name), encoding='utf-8') as stream:
            text = stream.read().rstrip('\n') + '\n'
        if '-----BEGIN CERTIFICATE-----' not in text:
            raise ValueError('{} in {} is no certificate in PEM'.format(name, source))
        if 'PRIVATE KEY' in text:
            raise ValueError('{} in {} has a private key, which does not belong there'.format(name, source))
        texts.append(text)
    return ''.join(texts)


def main(argv=None):
    """The exit code is 1 if the pod cannot start like this."""
    source, target = argv or sys.argv[1:]
    try:
        text = joined(source)
        with open(target, 'w', encoding='utf-8') as stream:
            stream.write(text)
    except (OSError, ValueError) as error:
        print('join_trust: error: {}'.format(error), file=sys.stderr)
        return 1
    print('join_trust: {}: {} certificates'.format(target, text.count('BEGIN CERTIFICATE')), file=sys.stderr)
    return 0


if __name__ == '__main__':
    sys.exit(main())
