"""Judges configurations with the real Nodepool: one JSON request a line on stdin, one JSON answer a line on stdout.

Request: a list of texts. Answer: for each text {"validate": error or null, "load": error or null}.

Everything that Nodepool reads besides the file is made here: a file with the clouds, an empty home, and no variable of
the environment but NODEPOOL_PORT.
"""
import json
import logging
import os
import shutil
import sys
import tempfile

CLOUDS = ["fake", "fake-vhd", "fake-qcow2", "fake-raw", "vanilla-cloud", "chocolate-cloud", "potato", "real-cloud"]

work = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
for name in list(os.environ):
    if name.startswith(("NODEPOOL_", "OS_", "AWS_", "AZURE_", "GOOGLE_", "KUBE")):
        del os.environ[name]
os.environ.update(HOME=work, KUBECONFIG=os.path.join(work, "kubeconfig"), NODEPOOL_PORT="8005")
# JSON: openstacksdk reads its file again for every configuration, and as YAML that would take most of the time.
os.environ["OS_CLIENT_CONFIG_FILE"] = os.path.join(work, "clouds.json")
auth = {"auth_url": "http://cloud", "username": "u", "password": "p", "project_name": "x"}
with open(os.environ["OS_CLIENT_CONFIG_FILE"], "w") as clouds:
    json.dump({"clouds": {name: {"auth": dict(auth)} for name in CLOUDS}}, clouds)
os.chdir(work)

from nodepool.cmd.config_validator import ConfigValidator  # noqa: E402
from nodepool.config import loadConfig  # noqa: E402


class Messages(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        message = record.getMessage()
        if record.exc_info:
            message += ": %s" % (record.exc_info[1],)
        self.lines.append(message)


messages = Messages()
root = logging.getLogger()
root.handlers = [messages]
root.setLevel(logging.ERROR)
path = os.path.join(work, "nodepool.yaml")


def describe(error):
    return ("%s: %s" % (type(error).__name__, error))[:300]


def validate():
    messages.lines.clear()
    try:
        return " | ".join(messages.lines)[:300] or "refused" if ConfigValidator(path).validate() else None
    except Exception as error:
        return describe(error)


def load():
    try:
        loadConfig(path)
        return None
    except Exception as error:
        return describe(error)


out = sys.stdout
sys.stdout = sys.stderr
try:
    for line in sys.stdin:
        answers = []
        for text in json.loads(line):
            with open(path, "w", encoding="utf-8", newline="") as config:
                config.write(text)
            answers.append({"validate": validate(), "load": load()})
        out.write(json.dumps(answers) + "\n")
        out.flush()
finally:
    shutil.rmtree(work, ignore_errors=True)
