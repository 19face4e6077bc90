# shellcheck shell=bash disable=SC2034
# Shared by the node kit's scripts: source it. $COXSWAIN_ROOT is another root folder, for tests.
set -euo pipefail
lib=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
root=${COXSWAIN_ROOT-}
state=$root/var/lib/coxswain
node_conf=$root/etc/coxswain/node.conf
LC_ALL=C
export LC_ALL

say() { printf 'coxswain: %s\n' "$*" >&2; }

# fail TEXT: what was found and what to do. The node stays on what it runs, and the timer or systemd tries again.
fail() { say "$*"; exit 1; }

# What the fleet's owner set (kit.conf, made by `coxswain node-kit`), then what this node's owner set (node.conf).
# The files are read, never run.
load_settings() {
  IMAGE='' STREAM='' SITE='' ARTIFACT=no FLEETS='' TAGS='' SIGNED='' RINGS='' SLICES=0 FOLLOW=ring PORT=21117
  FLEET='' RING='' GROUP='' SILENT='' REFRESH=240 BARRIERS=yes REBOOT=yes MIGRATE_FROM=
  local file name value
  for file in "$lib/kit.conf" "$node_conf"; do
    [ -r "$file" ] || continue
    while IFS='=' read -r name value; do
      case $name in
        IMAGE | STREAM | SITE | ARTIFACT | FLEETS | TAGS | SIGNED | RINGS | SLICES | FOLLOW | PORT | FLEET | RING | GROUP | \
          SILENT | REFRESH | BARRIERS | REBOOT | MIGRATE_FROM) printf -v "$name" '%s' "$value" ;;
        '' | '#'*) ;;
        *) say "$file: unknown setting $name, ignored" ;;
      esac
    done <"$file"
  done
}

# has WORD LIST
has() { [[ " $2 " == *" $1 "* ]]; }

# of NAME LIST: the value of NAME in a list of NAME=VALUE; nothing if the list lacks it
of() {
  local each
  for each in $2; do
    if [ "${each%%=*}" = "$1" ]; then printf '%s' "${each#*=}"; return; fi
  done
}

# set_setting NAME VALUE: into node.conf, as one atomic change. An empty value removes it.
set_setting() {
  mkdir -p "${node_conf%/*}"
  local new=$node_conf.new.$$
  { [ ! -r "$node_conf" ] || grep -v "^$1=" "$node_conf" || true
    [ -z "$2" ] || printf '%s=%s\n' "$1" "$2"; } >"$new"
  mv -f "$new" "$node_conf"
}

# write FILE: standard input becomes the file, completely or not at all. A file that has this content already is not
# written.
write() {
  local new=$1.new.$$ text
  # The "." keeps line breaks at the end.
  text=$(cat; echo .)
  if [ -r "$1" ] && [ "$text" = "$(cat "$1"; echo .)" ]; then return; fi
  mkdir -p "${1%/*}" || return 1
  printf '%s' "${text%.}" >"$new" || { rm -f "$new"; return 1; }
  mv -f "$new" "$1"
}

# motd TOPIC TEXT: shown at each login, and in the journal. SILENT in node.conf switches topics off.
motd() {
  say "$2"
  ! has "$1" "$SILENT" || return 0
  mkdir -p "$root/run/motd.d"
  printf '%s\n' "$2" | write "$root/run/motd.d/80-coxswain-$1.motd"
}

motd_clear() { rm -f "$root/run/motd.d/80-coxswain-$1.motd"; }

basearch() { printf '%s' "${COXSWAIN_BASEARCH:-$(uname -m)}"; }

# booted FILTER: of the booted deployment, by jq. A machine without rpm-ostree has bootc.
booted() {
  if command -v rpm-ostree >/dev/null; then
    rpm-ostree status --json --booted | jq -r ".deployments[0] | $1"
  else
    bootc status --json --format-version=1 |
      jq -r ".status.booted.image | { \"container-image-reference\": (\"ostree-unverified-registry:\" + .image.image),
        \"container-image-reference-digest\": .imageDigest, version } | $1"
  fi
}

booted_reference() { booted '."container-image-reference" // ""'; }
booted_digest() { booted '."container-image-reference-digest" // ""'; }

# repository_of REFERENCE: ostree-image-signed:docker://ghcr.io/acme/os:stable → ghcr.io/acme/os
repository_of() {
  local name=${1##*docker://}
  name=${name#ostree-remote-registry:*:}
  name=${name##*registry:}
  name=${name##*containers-storage:}
  name=${name%%@*}
  if [[ $name =~ :[^/]*$ ]]; then name=${name%:*}; fi
  printf '%s' "$name"
}

# tag_of REFERENCE: its tag, or nothing
tag_of() {
  local name=${1%%@*}
  if [[ $name =~ :([^:/]+)$ ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}

# switch_to REFERENCE [DIGEST]: deploys it for the next boot
switch_to() {
  if command -v rpm-ostree >/dev/null; then
    rpm-ostree rebase --bypass-driver "$@"
  else
    local name=${1##*docker://}
    bootc switch "${name##*registry:}${2:+@$2}"
  fi
}

# Restarts into what is deployed, unless the node's owner does that (REBOOT=no).
reboot_now() {
  if [ "$REBOOT" = yes ]; then
    say "$1: rebooting"
    systemctl reboot
  else
    say "$1: waiting for the next reboot (REBOOT=no)"
  fi
}

# Sets $FLEET: of node.conf, else of the tag that this node follows (which the guard puts into $followed_tag).
need_fleet() {
  [ -n "$IMAGE" ] || fail "$lib/kit.conf has no IMAGE: install the node kit again (coxswain node-kit)"
  local each tag
  if [ -z "$FLEET" ]; then
    tag=${followed_tag-}
    [ -n "$tag" ] || tag=$(tag_of "$(booted_reference 2>/dev/null || true)")
    for each in $FLEETS; do
      if [ -n "$tag" ] && [ "$(of "$each" "$TAGS")" = "$tag" ]; then FLEET=$each; fi
    done
  fi
  [ -n "$FLEET" ] || fail "this node has no fleet: coxswain-node fleet NAME (one of: $FLEETS)"
  has "$FLEET" "$FLEETS" || fail "there is no fleet $FLEET: $node_conf has FLEET=$FLEET, the image knows: $FLEETS"
}

# ostree-image-signed: if the fleet signs: rpm-ostree keeps this prefix through all updates.
reference_prefix() {
  if has "$FLEET" "$SIGNED"; then printf 'ostree-image-signed:docker://'; else printf 'ostree-unverified-image:docker://'; fi
}
