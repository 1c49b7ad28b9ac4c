#!/usr/bin/env bash
# ZooKeeper as jars, those of pod-scripts and what the metrics take besides. Prints their folder.
source "$(dirname "$0")/lib.sh"

fetch() {
  apt_need mvn maven default-jdk-headless
  mvn -q -B -f "$PARTS/../pod-scripts/pom.xml" dependency:copy-dependencies -DoutputDirectory="$PWD"
}

name=zookeeper-jars-$(sha256sum <"$PARTS/../pod-scripts/pom.xml" | cut -c 1-12)
part "$name" fetch >&2
echo "$CACHE/$name"
