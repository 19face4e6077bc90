# shellcheck shell=bash disable=SC2034,SC2154
# How wary this node is, 1 (first) to 100 (last): drawn once and kept in /var/lib/zincati/wariness, as the design notes
# of Fedora CoreOS have it. 0, which gets releases before their rollout starts, is only ever set by hand.

# Spreads 64 bits: hypervisors may number machine ids in sequence (the finalizer of SplitMix64). Sets $mixed.
mix() {
  local x=$1
  x=$(((x ^ ((x >> 30) & 0x3ffffffff)) * 0xbf58476d1ce4e5b9))
  x=$(((x ^ ((x >> 27) & 0x1fffffffff)) * 0x94d049bb133111eb))
  mixed=$((x ^ ((x >> 31) & 0x1ffffffff)))
}

# draw MACHINE-ID: sets $wariness (1 to 100) and $within (0 to 999999: the node's place inside that percent).
# The same machine always draws the same: an installation that is repeated changes nothing.
draw() {
  local id=$1
  if [[ ! $id =~ ^[0-9a-f]{32}$ ]]; then
    # The machine has no id yet.
    read -r id </proc/sys/kernel/random/uuid
    id=${id//-/}
  fi
  mix $((16#${id:0:16}))
  mix $((mixed ^ 16#${id:16:16}))
  wariness=$(((mixed & 0x7fffffff) % 100 + 1))
  within=$(((mixed >> 31 & 0x7fffffff) % 1000000))
}

# Sets $wariness, drawn now if it never was, and $exact (0 to 1), of which 100 slices see only the next percent.
read_wariness() {
  local file=$root/var/lib/zincati/wariness id='' kept=''
  [ ! -r "$root/etc/machine-id" ] || read -r id <"$root/etc/machine-id" || true
  draw "$id"
  [ ! -r "$file" ] || read -r kept <"$file" || true
  if [[ $kept =~ ^([0-9]|[1-9][0-9]|100)$ ]]; then
    wariness=$kept
  else
    [ -z "$kept" ] || say "$file has '$kept', which is not a number from 0 to 100: drawing again"
    printf '%s\n' "$wariness" | write "$file" || say "$file cannot be written: drawing again at the next boot"
  fi
  local millionths=$((wariness == 0 ? 0 : wariness * 10000 - within / 100))
  printf -v exact '%d.%06d' $((millionths / 1000000)) $((millionths % 1000000))
}
