# Asks the image's own Zincati about this update. After the lines of as-node.sh.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings, and what as-node.sh sets

# Says what the agent did instead, and ends.
disagrees() {
  echo "$*"
  echo "What it wrote:"
  "$busybox" tail -n 40 "$work/log"
  exit 1
}

if [ -n "$current" ]; then
  ask "$current"
  if [ ! -e "$state/reboot" ] || ! "$busybox" grep -q "^DIGEST=$candidate\$" "$state/staged"; then
    disagrees "Zincati on $current_version, the current release, does not update to this image."
  fi
  echo "Zincati on $current_version, the current release, takes this image."
fi
ask "$candidate"
"$busybox" grep -q 'scheduling next agent refresh' "$work/log" || disagrees 'Zincati of this image does not start.'
if "$busybox" grep -qE 'not found in the update graph|failed to check Cincinnati' "$work/log"; then
  disagrees 'Zincati of this image does not find itself in the graph.'
fi
echo 'Zincati on this image finds itself in the graph.'
