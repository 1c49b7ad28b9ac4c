#!/bin/sh
# Serves a tree of made-up build logs by httpd.conf as it is and asks for what must and must not be served.
# Runs in mount, network and PID namespaces of its own (see run.py), so that the real paths and port can be used.
#
#     build-logs.sh HTTPD_CONF HTTPD_BINARY MODULES_DIRECTORY
set -eu
conf=$1 binary=$2 modules=$3
failed=0

ip link set lo up
mount -t tmpfs tmpfs /mnt
cp "$conf" /mnt/httpd.conf
# The server root that the binary would have in its own image.
mkdir /mnt/root
ln -s "$modules" /mnt/root/modules
mount -t tmpfs tmpfs /var/lib
builds=/var/lib/nodepool/builds
mkdir -p $builds/logs/.hidden $builds/logs/sub
echo 'höllo' > $builds/logs/img-1.log
echo '<script>' > $builds/logs/page.html
echo hidden > $builds/.secret
ln -s /etc/passwd $builds/logs/passwd.log
ln -s img-1.log $builds/logs/own.log
ln -s /etc $builds/logs/etc
chown -R 10001 $builds
mount -t tmpfs tmpfs /tmp
chmod 1777 /tmp
mount -o remount,ro /mnt
mount -o remount,bind,ro /

# runc hands a container's pipes to its user; here it is two files. The test's own notes need a writable place too.
touch /tmp/out /tmp/err
chown 10001 /tmp/out /tmp/err
# -d stands for the server root compiled into the binary of an image.
setpriv --reuid 10001 --regid 0 --clear-groups \
  "$binary" -d /mnt/root -D FOREGROUND -f /mnt/httpd.conf > /tmp/out 2> /tmp/err &
server=$!
tries=0
until curl -s -o /dev/null http://localhost:8080/; do
  tries=$((tries + 1))
  if [ $tries -gt 50 ]; then cat /tmp/err; exit 1; fi
  sleep 0.1
done

# expect STATUS METHOD PATH
expect() {
  want=$1 method=$2 path=$3
  if [ "$method" = HEAD ]; then set -- -I; else set -- -X "$method"; fi
  got=$(curl -s -m 5 -o /dev/null -w '%{http_code}' --path-as-is "$@" "http://localhost:8080$path")
  case " $want " in
    *" $got "*) echo "$method $path: $got" ;;
    *) echo "WRONG: $method $path: $got, expected $want"; failed=1 ;;
  esac
}

# contains PATTERN PATH [CURL OPTION...]: the answer, headers included, has a line like this
contains() {
  pattern=$1 path=$2
  shift 2
  if curl -s -i -m 5 "$@" "http://localhost:8080$path" | grep -qi -- "$pattern"; then
    echo "GET $path: $pattern"
  else
    echo "WRONG: GET $path has no $pattern"; failed=1
  fi
}

# lacks PATTERN PATH
lacks() {
  if curl -s -i -m 5 "http://localhost:8080$2" | grep -qi -- "$1"; then
    echo "WRONG: GET $2 shows $1"; failed=1
  fi
}

expect 200 GET /nodepool/builds/
expect 200 GET /nodepool/builds/logs/
expect 200 GET /nodepool/builds/logs/sub/
expect 200 GET /nodepool/builds/logs/img-1.log
expect 200 HEAD /nodepool/builds/logs/img-1.log
expect 200 OPTIONS /nodepool/builds/logs/img-1.log
expect 301 GET /nodepool/builds
contains 'href="img-1.log"' /nodepool/builds/logs/
contains '^Content-Type: text/plain; charset=utf-8' /nodepool/builds/logs/img-1.log
contains '^höllo$' /nodepool/builds/logs/img-1.log
contains '^Content-Type: application/octet-stream' /nodepool/builds/logs/page.html
contains '^Access-Control-Allow-Origin: \*' /nodepool/builds/logs/img-1.log
contains '^Access-Control-Allow-Origin: \*' /nodepool/builds/logs/none.log
contains '^X-Content-Type-Options: nosniff' /nodepool/builds/logs/img-1.log
contains '^Server: Apache.$' /nodepool/builds/
contains '^Location: https://sf.example.com/nodepool/builds/' /nodepool/builds \
  -H 'Host: sf.example.com' -H 'X-Forwarded-Proto: https'

expect '403 404' GET /nodepool/builds/logs/passwd.log
expect '403 404' GET /nodepool/builds/logs/own.log
expect '403 404' GET /nodepool/builds/logs/etc/
expect '403 404' GET /nodepool/builds/logs/etc/passwd
lacks 'passwd' /nodepool/builds/logs/
lacks 'hidden' /nodepool/builds/logs/
expect 404 GET /nodepool/builds/.secret
expect 404 GET /nodepool/builds/%2esecret
expect 404 GET /nodepool/builds/logs/.hidden/
expect 404 GET /nodepool/builds/logs/none.log
expect '400 403 404' GET /nodepool/builds/../../../etc/passwd
expect '400 403 404' GET /nodepool/builds/%2e%2e/%2e%2e/%2e%2e/etc/passwd
expect '400 403 404' GET /nodepool/builds/..%2f..%2fetc/passwd
for path in / /nodepool /nodepool/ /nodepool/buildsx /icons/ /index.html /cgi-bin/ /manual/ /server-status; do
  expect 404 GET $path
done
for method in POST PUT DELETE PATCH PROPFIND TRACE; do
  expect '403 405' $method /nodepool/builds/logs/img-1.log
done

curl -s -o /dev/null -A kube-probe/1.36 http://localhost:8080/nodepool/builds/
if ! grep -q '"GET /nodepool/builds/logs/img-1.log HTTP/1.1" 200' /tmp/out; then
  echo 'WRONG: no access log on stdout'; failed=1
fi
if ! grep -q 'resuming normal operations\|Symbolic link not allowed' /tmp/err; then
  echo 'WRONG: no error log on stderr'; failed=1
fi
kill -TERM $server
wait $server || { echo "WRONG: httpd ended with $?"; failed=1; }
if [ $failed = 0 ]; then echo 'build logs: all as expected'; fi
