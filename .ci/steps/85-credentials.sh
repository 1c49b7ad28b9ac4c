#!/usr/bin/env bash
# The objects that fill Secrets, held against the real schemas of their operators, and the real kubeseal, sops and age.
source "$(dirname "$0")/../lib.sh"
PARTS=test/conformance/parts

# building the tools takes six minutes, once
[[ -e $CACHE/sops-3.13.3/.complete ]] || time_for 600 'the sources of Secrets' || exit 0

apt_need openssl openssl
LIMIT=1200 need 'age, sops and kubeseal' bash "$PARTS/secret-tools.sh"
need 'the schemas of operators' bash "$PARTS/crds.sh"
need 'the engine of templates' bash "$PARTS/template.sh"
read -r age sops kubeseal < <(bash "$PARTS/secret-tools.sh")
crds=$(bash "$PARTS/crds.sh")
template=$(bash "$PARTS/template.sh")

suite 'the sources of Secrets, with the real schemas and tools' \
  npx tsx --tsconfig tsconfig.dev.json test/conformance/credentials/run.ts \
  --crd "$crds/external-secrets-bundle.yaml" --crd "$crds/sealed-secrets-bitnami.com_sealedsecrets.yaml" \
  --kubeseal "$kubeseal/kubeseal" --sops "$sops/sops" --age-keygen "$age/age-keygen" --template "$template/template"
