#!/usr/bin/env bash
# ZooKeeper's jars where the official image has them, with its user and folders; bash, java and openssl as there.
source "$(dirname "$0")/lib.sh"

fill() {
  local home=/apache-zookeeper-3.9.5-bin
  # the package's script wants this folder, which a minimal Debian lacks
  mkdir -p "$ROOT/usr/share/man/man1" "$ROOT$home/lib"
  packages default-jre-headless
  cp "$JARS"/*.jar "$ROOT$home/lib/"
  inside useradd --uid 1000 --no-create-home zookeeper
  inside install -d -o 1000 -g 1000 /conf /data /datalog /logs
}

pom=$IMAGES/../pod-scripts/pom.xml
bash "$IMAGES/../parts/zookeeper.sh" >&2
JARS=$CACHE/zookeeper-jars-$(sha256sum <"$pom" | cut -c 1-12)
image '{"User":"1000","WorkingDir":"/apache-zookeeper-3.9.5-bin","Env":["PATH=/usr/local/bin:/usr/bin:/bin"],
  "Cmd":["java","-cp","/conf:/apache-zookeeper-3.9.5-bin/lib/*","org.apache.zookeeper.server.quorum.QuorumPeerMain","/conf/zoo.cfg"]}' fill "$pom"
