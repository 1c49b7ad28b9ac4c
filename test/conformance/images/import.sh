#!/usr/bin/env bash
# Images into a running cluster, under the names that manifests carry: import.sh STATE_DIR IMAGE=[NAME]...
# Each is also there as conformance.example/IMAGE:latest. A second name for an image costs nothing. names.sh finds the pairs.
set -euo pipefail
IMAGES=$(cd "$(dirname "$0")" && pwd)
STATE=$1
shift

# One at a time: ctr replaces a name in two steps, and another one that does so meanwhile finds it there.
exec {lock}>"$STATE/images.lock"
flock "$lock"

archive=$(mktemp -d)
trap 'rm -rf "$archive"' EXIT

# One archive with each layer once, and only what the cluster does not have yet.
entries=()
declare -A seen
for pair in "$@"; do
  image=${pair%%=*} own=conformance.example/${pair%%=*}:latest
  if [[ ${seen[$image]:-} ]] || [[ $("$STATE/bin/ctr" images list -q "name==$own") ]]; then continue; fi
  seen[$image]=yes
  folder=$(bash "$IMAGES/$image.sh" | tail -n 1)
  ln -s "$folder/config.json" "$archive/$image.json"
  layers=()
  while read -r layer; do
    name=$(cat "${layer%.tar}.sha256").tar
    ln -sf "$layer" "$archive/$name"
    layers+=("\"$name\"")
  done <"$folder/layers"
  entries+=("{\"Config\":\"$image.json\",\"RepoTags\":[\"$own\"],\"Layers\":[$(IFS=,; echo "${layers[*]}")]}")
done
if ((${#entries[@]})); then
  (IFS=,; echo "[${entries[*]}]") >"$archive/manifest.json"
  tar -C "$archive" -ch --hard-dereference . | "$STATE/bin/ctr" images import -
fi

# As the container runtime spells names: with the registry, and with a tag.
full_name() {
  local name=$1
  [[ ${name##*/} == *[:@]* ]] || name+=:latest
  case $name in
    localhost/* | *.*/* | *:*/*) ;;
    */*) name=docker.io/$name ;;
    *) name=docker.io/library/$name ;;
  esac
  echo "$name"
}
for pair in "$@"; do
  if [[ ${pair#*=} ]]; then
    "$STATE/bin/ctr" images tag --force "conformance.example/${pair%%=*}:latest" "$(full_name "${pair#*=}")"
  fi
done
