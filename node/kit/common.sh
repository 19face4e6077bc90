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
    # The last line may have no end, lines may end as on Windows, and a value may be quoted as in a shell.
    while IFS='=' read -r name value || [ -n "$name" ]; do
      value=${value%$'\r'}
      case $value in \"*\" | \'*\') value=${value:1:-1} ;; esac
      case $name in
        IMAGE | STREAM | SITE | ARTIFACT | FLEETS | TAGS | SIGNED | RINGS | SLICES | FOLLOW | PORT | FLEET | RING | GROUP | \
          SILENT | REFRESH | BARRIERS | REBOOT | MIGRATE_FROM) printf -v "$name" '%s' "$value" ;;
        '' | $'\r' | '#'*) ;;
        *) say "$file: unknown setting $name, ignored" ;;
      esac
    done <"$file"
  done
  [[ $REFRESH =~ ^[0-9]{1,9}$ ]] || { say "REFRESH is a number of seconds, not '$REFRESH': taking 240"; REFRESH=240; }
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

# limited COMMAND…: no file of it grows beyond 20 MB. A server could send as much as fits on the disk, compressed.
limited() { (trap '' XFSZ; ulimit -f 20480; exec "$@"); }

# set_setting NAME VALUE: into node.conf, as one atomic change. An empty value removes it.
set_setting() {
  mkdir -p "${node_conf%/*}"
  local new=$node_conf.new.$$
  { [ ! -r "$node_conf" ] || grep -v "^$1=" "$node_conf" || true
    [ -z "$2" ] || printf '%s=%s\n' "$1" "$2"; } >"$new"
  # A file that a power cut leaves empty would be worse than an old one.
  sync "$new"
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
  { printf '%s' "${text%.}" >"$new" && sync "$new"; } || { rm -f "$new"; return 1; }
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

# shellcheck source=node/kit/deployments.sh
. "$lib/deployments.sh"

basearch() { printf '%s' "${COXSWAIN_BASEARCH:-$(uname -m)}"; }

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
  has "$FLEET" "$FLEETS" || fail "no fleet is named $FLEET: $node_conf has FLEET=$FLEET, and the image knows: $FLEETS"
}

# ostree-image-signed: if the fleet signs: rpm-ostree keeps this prefix through all updates.
reference_prefix() {
  if has "$FLEET" "$SIGNED"; then printf 'ostree-image-signed:docker://'; else printf 'ostree-unverified-image:docker://'; fi
}
