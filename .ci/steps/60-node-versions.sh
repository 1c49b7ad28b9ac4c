#!/usr/bin/env bash
# The compiled library, the demo and the tests on each supported Node; the machine's own ran the tests already.
source "$(dirname "$0")/../lib.sh"

install_node() {
  npm install --silent --no-audit --no-fund --prefix "$1" "node@$2"
  touch "$1/.complete"
}
is_node() { [[ $(node --version) == "v$1."* ]]; }
export -f install_node is_node

own=$(node -p 'process.versions.node.split(".")[0]')
if [[ ! -e lib/index.js ]]; then need 'npx projen compile' compile; fi

for version in 20 22 24; do
  node=$CACHE/node-$version
  if [[ ! -e $node/.complete ]]; then
    rm -rf "$node"
    need "npm install node@$version" install_node "$node" "$version"
  fi
  # a subshell keeps the PATH of this version to itself
  (
    PATH=$node/node_modules/node/bin:$PATH
    check "node $version is version $version" is_node "$version"
    check "node $version loads the library" node -e "if (!require('./lib').NodepoolStack) { process.exit(1); }"
    check "node $version runs the demo" npm run demo
    if [[ $version != "$own" ]]; then
      # the tests of the pods' scripts run Python, whichever Node starts it.
      LIMIT=900 suite "node $version runs the tests" jest_counted npx jest --ci --testPathIgnorePatterns /node_modules/ /test/assets/scripts
    fi
  )
done
