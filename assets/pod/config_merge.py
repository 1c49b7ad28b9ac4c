"""nodepool.yaml of a Git repository and the settings of the deployment, made one file.

The texts are joined as they are: Nodepool itself replaces `%(NODEPOOL_...)` when it reads the file, so that what stands
for a secret may not be replaced here, and need not even be YAML before it is. What was joined is read back as Nodepool will
read it and compared with what was meant; only where that differs (braces around the whole file, a `...` at its end) is
the repository's part written anew.

Messages name places and rules, never a value of the environment.
"""

import re

import yaml

from config_verdict import Refused, redacted

_PLACEHOLDER = re.compile(r'%\((NODEPOOL_\w+)\)')


def substituted(text, env):
    """The text as Nodepool reads it."""
    for name, value in env.items():
        if name.startswith('NODEPOOL_'):
            text = text.replace('%({})'.format(name), value)
    return text


def merged(source, base, name, env, base_props):
    """The joined text, and what Nodepool will read in it.

    :param source: the repository's file
    :param base: the settings of the deployment, as YAML
    :param name: how messages call the repository's file
    :param env: the environment that Nodepool has
    :param base_props: the keys that the deployment sets, with the props to use instead
    """
    user = _read(source, name, env)
    meant = dict(user)
    meant.update(yaml.safe_load(base))
    taken = [key for key in base_props if key in user]
    if taken:
        lines = _lines(substituted(source, env))
        raise Refused(*('{}: "{}" is set by the deployment; take it out of the file and use the prop {}'.format(
            _place(name, lines.get(key)), key, base_props[key]) for key in taken))
    _refuse_unset(user, source, name, env)

    # At the end, so that Nodepool's own messages count the lines as the repository's file does.
    joined = '{}{}# what the deployment sets\n{}'.format(source, '' if source.endswith('\n') else '\n', base)
    if _reads_as(joined, meant, env):
        return joined, meant
    anew = _written_anew(source, base)
    if anew is not None and _reads_as(anew, meant, env):
        return anew, meant
    raise Refused('{}: cannot be joined with the settings of the deployment; begin each key of the top level in the '
                  'first column, without braces around the file and without "..." at its end'.format(name))


def _read(source, name, env):
    try:
        user = yaml.safe_load(substituted(source, env))
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None) or getattr(error, 'context_mark', None)
        # Not the error's own text: it quotes the line.
        problem = getattr(error, 'problem', None) or getattr(error, 'reason', None) or 'this cannot be read'
        unset = sorted(set(_PLACEHOLDER.findall(substituted(source, env))))
        names = ', '.join('%({})'.format(each) for each in unset)
        hint = '; nothing sets {}, set it in the prop env'.format(names) if unset else ''
        place = _place(name, mark.line + 1 if mark else None)
        raise Refused('{}: is no YAML: {}{}'.format(place, redacted(problem, env), hint))
    except ValueError:
        # An impossible date, for example.
        raise Refused('{}: holds a value that cannot be read, such as a date that does not exist; quote it'.format(name))
    if not isinstance(user, dict):
        raise Refused('{}: {}; a nodepool.yaml is a map with keys such as labels and providers'.format(
            name, 'is empty' if user is None else 'is no map'))
    return user


def _refuse_unset(user, source, name, env):
    """Nodepool leaves what nothing sets as it stands, and then takes the placeholder itself for a password."""
    unset = sorted({each for text in _texts(user) for each in _PLACEHOLDER.findall(text) if each not in env})
    if unset:
        lines = source.splitlines()
        raise Refused(*('{}: uses %({}), which nothing sets; set it in the prop env'.format(
            _place(name, next((at for at, line in enumerate(lines, 1) if '%({})'.format(each) in line), None)), each)
                        for each in unset))


def _texts(value, seen=None):
    """All texts in a value, of keys too. Aliases may make circles."""
    seen = seen if seen is not None else set()
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple, set)) and id(value) not in seen:
        seen.add(id(value))
        for item in list(value) + (list(value.values()) if isinstance(value, dict) else []):
            for text in _texts(item, seen):
                yield text


def _lines(text):
    """The line of each key of the top level."""
    return {key.value: key.start_mark.line + 1 for key, _ in yaml.compose(text, Loader=yaml.SafeLoader).value}


def _place(name, line):
    return '{} line {}'.format(name, line) if line else name


def _reads_as(text, meant, env):
    try:
        found = yaml.safe_load(substituted(text, env))
        # Written, because a NaN is not equal to itself.
        return yaml.safe_dump(found) == yaml.safe_dump(meant)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return False


def _written_anew(source, base):
    try:
        whole = dict(yaml.safe_load(source))
        whole.update(yaml.safe_load(base))
        return yaml.safe_dump(whole, default_flow_style=False, allow_unicode=True)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
