# shellcheck shell=bash
# What the scripts of the images share. An image is a folder in the cache, named after what it is made of:
# layer.tar, config.json, and in `layers` the paths of all its layers. import.sh makes a docker-archive of them.
IMAGES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$IMAGES/../parts/lib.sh"

# Mounts of ours are gone when the script ends, however it ends.
if [[ -z ${OWN_MOUNTS:-} ]]; then OWN_MOUNTS=1 exec unshare --mount --propagation private bash "$0" "$@"; fi

# image CONFIG FUNCTION FILE...: what the function adds to the base by `packages`, `inside` and files under $ROOT.
# CONFIG is the image's config as JSON; the files are those the image is made of besides its script and the base.
image() {
  local config=$1 fill=$2 name
  shift 2
  name=$(basename "$0" .sh)
  name=image-$name-$(cat "$IMAGES"/{lib,base}.sh "$0" "$@" | sha256sum | cut -c 1-12)
  BASE=$(bash "$IMAGES/base.sh" | tail -n 1)
  part "$name" build_image "$config" "$fill" >&2
  echo "$CACHE/$name"
}

build_image() {
  mkdir upper work root
  mount -t overlay overlay -o "lowerdir=$BASE/root,upperdir=$PWD/upper,workdir=$PWD/work" root
  ROOT=$PWD/root
  mount -t proc proc root/proc
  mount --rbind /dev root/dev
  # the machine's ways to its package registries, lent for the time of the build
  touch root/etc/resolv.conf
  mount --bind /etc/resolv.conf root/etc/resolv.conf
  mount --bind /etc/apt root/etc/apt
  mount --bind /var/lib/apt/lists root/var/lib/apt/lists
  mount -t tmpfs tmpfs root/mnt
  "$2"
  rm -rf root/var/cache/apt/*.bin root/var/cache/apt/archives/*.deb root/var/log/* root/etc/ssh/ssh_host_*
  umount -R root
  pack upper
  echo "$BASE/layer.tar" >layers
  finish_image "$1"
  rm -rf upper work root
}

# packages NAME...: into the image.
packages() {
  inside env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

inside() { chroot "$ROOT" "$@"; }

# pack DIRECTORY: layer.tar, the same bytes each time for the same files. What overlayfs marks as gone, layers mark by name.
pack() {
  local gone
  find "$1" -type c -printf '%P\n' | while read -r gone; do
    rm "$1/$gone"
    touch "$1/$(dirname "$gone")/.wh.$(basename "$gone")"
  done
  tar -C "$1" --sort=name --numeric-owner --mtime=@1000000000 -cf layer.tar .
}

# finish_image CONFIG: config.json; the layer made here comes after those in `layers`.
finish_image() {
  local ids
  echo "$PWD/layer.tar" | sed -E 's#/\.new-([^/]*)\.[^/.]{6}/#/\1/#' >>layers
  sha256sum layer.tar | cut -d ' ' -f 1 >layer.sha256
  ids=$(sed 's#layer.tar$#layer.sha256#' layers | while read -r file; do
    cat "$([[ -e $file ]] && echo "$file" || echo layer.sha256)"
  done | sed 's/.*/"sha256:&"/' | paste -sd ,)
  printf '{"architecture":"%s","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":[%s]}}' \
    "$(dpkg --print-architecture)" "$1" "$ids" >config.json
}
