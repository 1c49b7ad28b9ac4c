#!/usr/bin/env bash
# What holds a pod's namespaces: one static program that waits for a signal and collects orphans.
source "$(dirname "$0")/lib.sh"

build() {
  mkdir src root
  cat >src/main.go <<'GO'
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
GO
  (cd src && go mod init example.com/pause && go_build ../root/pause .)
  pack root
  finish_image '{"User":"65535","Entrypoint":["/pause"]}'
  rm -rf src root
}

need_go
name=image-pause-$(cat "$IMAGES/lib.sh" "$0" | sha256sum | cut -c 1-12)
part "$name" build >&2
echo "$CACHE/$name"
