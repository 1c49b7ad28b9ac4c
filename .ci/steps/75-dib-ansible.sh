#!/usr/bin/env bash
# dib-ansible with the real Ansible and a real sshd: images that come back, and machines that are refused.
source "$(dirname "$0")/../lib.sh"

ANSIBLE=ansible-core-2.18.10
apt_need ssh openssh-client
PATH=$PATH:/usr/sbin apt_need sshd openssh-server
python_with "$ANSIBLE" "${ANSIBLE%-*}==${ANSIBLE##*-}"
suite 'dib-ansible' python3 test/conformance/dib-ansible/run.py --ansible "$CACHE/$ANSIBLE/bin"
