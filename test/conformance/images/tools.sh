#!/usr/bin/env bash
# For what tests run beside Nodepool: a client that plays Zuul, a cloud's stand-in, a job's pod. It is the same image.
exec bash "$(dirname "$0")/nodepool.sh"
