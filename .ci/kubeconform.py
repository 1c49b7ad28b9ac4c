"""Hold every golden against the schemas of Kubernetes with kubeconform -strict.

    kubeconform.py KUBECONFORM SCHEMAS VERSION GOLDEN...

SCHEMAS is the folder `kubernetes-json-schema` of kubernetes-validate, whose files refer to an address that is not there.
An object whose kind has no schema fails, unless its API group is none of Kubernetes' own. Prints "N passed, N failed, N skipped".
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

OWN_GROUPS = re.compile(r"^(apps|batch|autoscaling|policy|[a-z.]*\.k8s\.io)$")


def localise(source, target):
    """Copy the schemas with their references pointing at the copies."""
    target.mkdir(parents=True)
    definitions = (target / "_definitions.json").as_uri()
    for path in source.glob("*.json"):
        text = path.read_text().replace("/api/_definitions.json", definitions)
        schema = json.loads(text)
        schema.pop("$id", None)
        (target / path.name).write_text(json.dumps(schema))


def verdicts(kubeconform, schemas, version, golden):
    """What kubeconform says of each object of a file."""
    location = f"{schemas.as_uri()}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    command = [kubeconform, "-strict", "-ignore-missing-schemas", "-verbose", "-output", "json", "-kubernetes-version", version,
               "-schema-location", location, golden]
    output = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if not output.stdout.strip():
        sys.exit(output.stderr)
    return json.loads(output.stdout)["resources"]


def main(kubeconform, source, version, *goldens):
    """Print what is wrong, and the counts."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as directory:
        schemas = pathlib.Path(directory) / version
        localise(pathlib.Path(source) / f"v{version}-local-strict", schemas)
        for golden in goldens:
            for resource in verdicts(kubeconform, schemas, version, golden):
                group = resource["version"].rpartition("/")[0]
                own = "/" not in resource["version"] or bool(OWN_GROUPS.match(group)) and group != "gateway.networking.k8s.io"
                result = {"statusValid": "passed", "statusSkipped": "failed" if own else "skipped"}.get(resource["status"], "failed")
                counts[result] += 1
                if result == "failed":
                    print(golden, resource["kind"], resource["name"], resource["status"], resource["msg"])
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
