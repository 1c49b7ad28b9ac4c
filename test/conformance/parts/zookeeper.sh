#!/usr/bin/env bash
# ZooKeeper as jars, those of pod-scripts and what the metrics take besides.
source "$(dirname "$0")/lib.sh"

fetch() {
  apt_need mvn maven default-jdk-headless
  mvn -q -B -f "$PARTS/../pod-scripts/pom.xml" dependency:copy-dependencies -DoutputDirectory="$PWD"
}

PARTS=$(cd "$PARTS" && pwd)
part "zookeeper-jars-$(sha256sum <"$PARTS/../pod-scripts/pom.xml" | cut -c 1-12)" fetch
