#!/usr/bin/env bash
# The real Nodepool, PyYAML, ZooKeeper and httpd against what we say of them; and how fast the library is.
source "$(dirname "$0")/../lib.sh"

python_with nodepool-11.0.0 nodepool==11.0.0 cachetools 'setuptools<81' 'kubernetes<36'
python=$CACHE/nodepool-11.0.0/bin/python

suite 'YAML as PyYAML reads and writes it' \
  npx tsx --tsconfig tsconfig.dev.json test/conformance/yaml/run.ts --python "$python" --count 20000 --seed 1

apt_need mvn maven default-jdk-headless
apt_need apache2 apache2-bin
apt_need curl curl
apt_need openssl openssl
LIMIT=1200 suite 'the scripts of the pods' python3 test/conformance/pod-scripts/run.py --nodepool-python "$python"

check 'npm run bench' npm run bench
