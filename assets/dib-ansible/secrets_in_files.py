"""What is secret in the files that the builder's libraries read: clouds.yaml, kubeconfigs, JSON, ini files.

A value is secret by the name of its key. YAML is read by PyYAML where Python has it, which Nodepool's image does, and
every file by its lines too, since not all are YAML. Too much is better than too little here: what is found is masked.
"""

import re

try:
    import yaml
except ImportError:
    yaml = None

SECRET_KEY = re.compile(
    r'password|passwd|passphrase|secret|token|credential|api_?key|access_?key(?!_?id)|private_?key|key[-_]?data|(?:^|_)pass$|(?:^|_)pwd$',
    re.IGNORECASE)
# Names begin where words do: a long line is read once.
ENTRY = re.compile(r'''(?<![\w.\-])([\w.\-]+)["']?\s*(?::(?=\s|$|["'])|:(?=\S)|=)\s*''')
# Before a value in YAML: its tag, its anchor.
PROPERTIES = re.compile(r'(?:[!&][^\s,\[\]{}]*\s+)+')
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\']|\'\')*)\'')
BLOCK = re.compile(r'[|>][-+0-9]*\s*(?:#.*)?$')
ESCAPE = re.compile(r'\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))')
LETTERS = {'n': '\n', 't': '\t', 'r': '\r', '0': '\0', 'e': '\x1b'}
URL = re.compile(r'''(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]*://[^\s/@:'"]*:([^\s/'"]+)@''')


def secrets_of_text(text):
    """The secret values; one may have several lines."""
    found = by_lines(text) + in_urls(text)
    if yaml is not None:
        found += by_yaml(text)
    return list(dict.fromkeys(value for value in found if value))


def in_urls(text):
    """Passwords in addresses."""
    return URL.findall(text)


# -- PyYAML --------------------------------------------------------------------------------------------------------

def by_yaml(text):
    """Everything under a key with a telling name; nothing for what is no YAML."""
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return []
    found, seen = [], set()
    todo = [(document, False) for document in documents if document is not None]
    while todo:
        node, secret = todo.pop()
        # An alias is the node that it stands for, and may be part of itself.
        if (id(node), secret) in seen:
            continue
        seen.add((id(node), secret))
        if isinstance(node, yaml.MappingNode):
            todo += [(value, secret or is_secret(key)) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            todo += [(each, secret) for each in node.value]
        elif secret:
            found.append(node.value)
    return found


def is_secret(key):
    """Whether the name of a key says that its value is secret."""
    return isinstance(key, yaml.ScalarNode) and bool(SECRET_KEY.search(key.value))


# -- lines ---------------------------------------------------------------------------------------------------------

def by_lines(text):
    """The values of entries with telling names, wherever they stand in their line: YAML, JSON or ini."""
    found = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for entry in ENTRY.finditer(line):
            if SECRET_KEY.search(entry.group(1)):
                rest = line[entry.end():]
                rest = rest[PROPERTIES.match(rest).end():] if PROPERTIES.match(rest) else rest
                if not rest or rest.startswith('#') or BLOCK.match(rest) or re.match(r'[!&]\S*$', rest):
                    found += indented(line, lines[number + 1:])
                else:
                    found += values(rest)
    return found


def values(rest):
    """What may be meant by what follows a key: a comment, a comma and a bracket may belong to a value or end it."""
    quoted = QUOTED.match(rest)
    if quoted:
        double, single = quoted.groups()
        return [double, unescaped(double)] if double is not None else [single, single.replace("''", "'")]
    if rest[0] in '{[':
        return [value for each in re.split(r'[\[\]{},]', rest) if each.strip() for value in values(each.strip())]
    plain = re.split(r'\s#', rest)[0].strip()
    return [rest.strip(), plain, re.split(r'[,}\]]', plain)[0].strip(), plain.rstrip(',}] ')]


def indented(line, following):
    """The lines below a key that are its value: each of them, and all of them in one as YAML folds them."""
    depth = len(line) - len(line.lstrip(' '))
    # A key after the dash of a list stands further in than its line.
    found = []
    for each in following:
        if each.strip():
            inner = len(each) - len(each.lstrip(' '))
            if inner <= depth:
                break
            # Another key: what stands below it is found by its own name.
            if not found and re.match(r'\s*(?:- )?[\w.\-]+:(\s|$)', each):
                return []
            found.append(each.strip())
    parts = [value for each in found for value in [each, *values(each.lstrip('- ') or each)]]
    return parts + [' '.join(found)]


def unescaped(text):
    """What stands between double quotes in YAML and JSON."""
    def character(match):
        code = match.group(1) or match.group(2) or match.group(3)
        if code:
            return chr(int(code, 16)) if int(code, 16) <= 0x10ffff else match.group()
        return LETTERS.get(match.group(4), match.group(4))
    return ESCAPE.sub(character, text)
