#!/usr/bin/env bash
# nodepool-launcher and nodepool-builder, and the tools that speak Nodepool's own language.
source "$(dirname "$0")/lib.sh"

fill() {
  packages openssh-client procps python3-pip
  cp /etc/ssl/certs/ca-certificates.crt "$ROOT/mnt/ca.crt"
  if [[ -e /etc/pip.conf ]]; then cp /etc/pip.conf "$ROOT/mnt/pip.conf"; fi
  # Without the next three no driver loads, or openshiftpods reads no token. Ansible is for dib-ansible, as in the default image.
  inside env PIP_CONFIG_FILE=/mnt/pip.conf PIP_CERT=/mnt/ca.crt REQUESTS_CA_BUNDLE=/mnt/ca.crt PIP_BREAK_SYSTEM_PACKAGES=1 \
    python3 -m pip install --no-cache-dir nodepool==11.0.0 cachetools 'setuptools<81' 'kubernetes<36' \
    ansible-core==2.18.10
}

image '{"User":"1000","Env":["PATH=/usr/local/bin:/usr/bin:/bin"]}' fill
