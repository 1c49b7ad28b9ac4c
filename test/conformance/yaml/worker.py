"""Reads YAML with the real PyYAML: one JSON request a line on stdin, one JSON answer a line on stdout.

Request: a list of texts. Answer: for each text {"pure": result, "c": result} with what the loader written in Python
and the one on libyaml make of it: {"ok": value} or {"error": message}. Values are tagged lists, so that every type
arrives as it is: ["i", "1"] is the integer 1, ["f", "3ff0000000000000"] the float 1.0.
"""
import base64
import datetime
import json
import math
import struct
import sys

import yaml


def encode(value):
    if value is None:
        return ["n"]
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int):
        return ["i", format(value, "x")]
    if isinstance(value, float):
        return ["f", "nan" if math.isnan(value) else struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["s", value]
    if isinstance(value, bytes):
        return ["y", base64.b64encode(value).decode()]
    if isinstance(value, datetime.datetime):
        offset = value.utcoffset()
        return ["t", value.replace(tzinfo=None).isoformat(timespec="microseconds"),
                None if offset is None else int(offset.total_seconds()) // 60]
    if isinstance(value, datetime.date):
        return ["d", value.isoformat()]
    if isinstance(value, dict):
        return ["m", [[encode(k), encode(v)] for k, v in value.items()]]
    if isinstance(value, (set, frozenset)):
        return ["S", sorted((encode(v) for v in value), key=lambda v: json.dumps(v, separators=(",", ":")))]
    if isinstance(value, tuple):
        return ["p", [encode(v) for v in value]]
    if isinstance(value, list):
        return ["l", [encode(v) for v in value]]
    raise TypeError(type(value))


def load(text, loader):
    try:
        return {"ok": encode(yaml.load(text, loader))}
    except RecursionError:
        return {"error": "recursion"}
    except Exception as error:  # whatever it is, Nodepool would not start
        return {"error": "%s: %s" % (type(error).__name__, str(error).replace("\n", " "))}


def main():
    for line in sys.stdin:
        texts = json.loads(line)
        answers = [{"pure": load(text, yaml.SafeLoader), "c": load(text, yaml.CSafeLoader)} for text in texts]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
