#!/usr/bin/env bash
# The real Nodepool, PyYAML, ZooKeeper, httpd, Ansible and sshd against what we say of them; and how fast the library is.
source "$(dirname "$0")/../lib.sh"

# PyYAML of the images of that Nodepool; 6.0.4 comes with a libyaml that reads "[?]" and twice "<<" in one map otherwise.
nodepool='nodepool-11.0.0-pyyaml-6.0.3'
python_with "$nodepool" nodepool==11.0.0 pyyaml==6.0.3 cachetools 'setuptools<81' 'kubernetes<36'
python=$CACHE/$nodepool/bin/python

suite 'YAML as PyYAML reads and writes it' \
  npx tsx --tsconfig tsconfig.dev.json test/conformance/yaml/run.ts --python "$python" --count 20000 --seed 1

# The fixtures of Nodepool's own tests are in its source distribution alone.
source=$CACHE/nodepool-11.0.0-source
if [[ ! -d $source/nodepool-11.0.0 ]]; then
  rm -rf "$source"
  check 'the source of Nodepool 11.0.0' "$python" -m pip download -q --no-deps --no-binary :all: -d "$source" nodepool==11.0.0
  tar -xzf "$source"/nodepool-11.0.0.tar.gz -C "$source"
fi
fixtures=$source/nodepool-11.0.0/nodepool/tests/fixtures
LIMIT=900 suite 'verdicts on nodepool.yaml: the real ones' \
  npx tsx --tsconfig tsconfig.dev.json test/conformance/config/run.ts --python "$python" --count 5000 --seed 1 --fixtures "$fixtures"
suite 'typed configurations say what the fixtures say' \
  npx tsx --tsconfig tsconfig.dev.json test/conformance/config/round-trip.ts --fixtures "$fixtures"

apt_need mvn maven default-jdk-headless
apt_need apache2 apache2-bin
apt_need curl curl
apt_need openssl openssl
apt_need git git
PATH=$PATH:/usr/sbin apt_need sshd openssh-server
apt_need ssh openssh-client
ansible='ansible-core-2.18.10'
python_with "$ansible" "${ansible%-*}==${ansible##*-}"
# side by side: they wait most of the time.
LIMIT=1200 suite 'the scripts of the pods' python3 test/conformance/pod-scripts/run.py --nodepool-python "$python" &
first=$!
LIMIT=900 suite "Nodepool's connection with ZooKeeper" python3 test/conformance/pod-scripts/zookeeper_connection.py --nodepool-python "$python" &
second=$!
suite 'nodepool.yaml from Git' python3 test/conformance/pod-scripts/config_from_git.py --nodepool-python "$python"
suite 'the backup of ZooKeeper' python3 test/conformance/pod-scripts/zookeeper_backup.py --nodepool-python "$python"
suite 'dib-ansible' python3 test/conformance/dib-ansible/run.py --ansible "$CACHE/$ansible/bin"
wait "$first" "$second"

check 'npm run bench' npm run bench
