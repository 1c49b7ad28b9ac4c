#!/usr/bin/env bash
# ZooKeeper's jars where the official image has them, with its user and folders; bash, java and openssl as there.
source "$(dirname "$0")/lib.sh"

fill() {
  local home=/apache-zookeeper-3.9.5-bin
  # the package's script wants this folder, which a minimal Debian lacks
  mkdir -p "$ROOT/usr/share/man/man1" "$ROOT$home/lib"
  packages default-jre-headless
  # without it, every message of every level is logged
  install -D -m 644 /dev/stdin "$ROOT$home/conf/logback.xml" <<'XML'
<configuration>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{ISO8601} [myid:%X{myid}] - %-5p [%t:%C{1}@%L] - %m%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="CONSOLE" /></root>
</configuration>
XML
  cp "$JARS"/*.jar "$ROOT$home/lib/"
  inside useradd --uid 1000 --no-create-home zookeeper
  inside install -d -o 1000 -g 1000 /conf /data /datalog /logs
}

JARS=$(bash "$IMAGES/../parts/zookeeper.sh")
command='"java","-cp","/conf:conf:lib/*","org.apache.zookeeper.server.quorum.QuorumPeerMain","/conf/zoo.cfg"'
image '{"User":"1000","WorkingDir":"/apache-zookeeper-3.9.5-bin","Env":["PATH=/usr/local/bin:/usr/bin:/bin"],"Cmd":['"$command]}" \
  fill "$IMAGES/../pod-scripts/pom.xml"
