#!/usr/bin/bash
# Gives Zincati the address of this node's update graph, before Zincati starts: the slice of the fleet for the node's
# wariness, a ring by name, a group, or the node's own graph on loopback.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=node/kit/wariness.sh
. "$lib/wariness.sh"
load_settings
need_fleet

# ring_folder: of the ring in node.conf, else of the slice or ring for the wariness
ring_folder() {
  local each best='' best_value='' name value
  if [ -n "$RING" ]; then
    if [[ $RING =~ ^slice-([1-9][0-9]{0,4})$ ]] && [ "${BASH_REMATCH[1]}" -le "$SLICES" ] ||
      [ -n "$(of "$RING" "$RINGS")" ]; then
      printf '%s/' "$RING"
      return
    fi
    say "no ring is named $RING (rings: $RINGS, slices: $SLICES): taking the one for the wariness $wariness"
  fi
  for each in $RINGS; do
    name=${each%%=*}
    # Millionths: bash has no fractions.
    printf -v value '%.6f' "${each#*=}"
    value=$((10#${value/./}))
    # The earliest ring that does not come before this node's turn.
    if [ "$value" -ge $((wariness * 10000)) ] && { [ -z "$best" ] || [ "$value" -lt "$best_value" ]; }; then
      best=$name best_value=$value
    fi
  done
  if [ "$SLICES" -gt 0 ] && { [ "$wariness" -gt 0 ] || [ "${best_value:-1}" -gt 0 ]; }; then
    # Rounded up, so that the node is never before its turn.
    local slice=$(((wariness * SLICES + 99) / 100))
    printf 'slice-%d/' $((slice > 0 ? slice : 1))
  elif [ -n "$best" ]; then
    printf '%s/' "$best"
  fi
}

read_wariness
folder=$(ring_folder)
identity=''
if [ "$FOLLOW" = local-graph ]; then
  base_url="http://127.0.0.1:$PORT/"
else
  [ -n "$SITE" ] || fail "the fleet publishes no site (publish.url in coxswain.yaml): coxswain-node follow local-graph reads the registry"
  base_url="$SITE$FLEET/\${basearch}/$folder"
fi
# Zincati would not start with a file that it cannot read.
if [ -n "$GROUP" ] && [[ ! $GROUP =~ ^[a-zA-Z0-9.-]+$ ]]; then
  say "a group has letters, digits, '.' and '-', not '$GROUP': this node has none"
  GROUP=''
fi
if [ -n "$GROUP" ]; then
  identity=$'\n[identity]\ngroup = "'$GROUP$'"\n'
  # shellcheck disable=SC2016
  [ "$FOLLOW" = local-graph ] || [ -n "$RING" ] || base_url="$SITE$FLEET/"'${basearch}/${group}/'
fi

# 90: after Fedora's 50-fedora-coreos-cincinnati.toml; Zincati reads all folders by the names of the files.
settings=zincati/config.d
text="# Written at each boot by coxswain-ring.service. Another ring or fleet: coxswain-node ring NAME, coxswain-node fleet NAME
[cincinnati]
base_url = \"$base_url\"
$identity"
# In /run it has another name, because a file in /etc may be left from before and would count instead.
if printf '%s' "$text" | write "$root/etc/$settings/90-coxswain-ring.toml" 2>/dev/null; then
  rm -f "$root/run/$settings/91-coxswain-ring.toml"
else
  say "/etc cannot be written: writing the ring to /run, for this boot"
  printf '%s' "$text" | write "$root/run/$settings/91-coxswain-ring.toml"
fi
say "wariness $wariness, updates from $base_url"
