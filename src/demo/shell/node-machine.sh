# A node of the demo, after the lines of as-node.sh: it picks its ring as the node kit does, and its own Zincati asks for
# an update.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings, and what as-node.sh sets
mkdir -p /etc/coxswain
printf 'RING=%s\n' "$ring" >/etc/coxswain/node.conf
bash "$work/kit/ring.sh" 2>&1 || exit 1
ask "$booted"
if [ -e "$state/reboot" ]; then
  "$busybox" sed -n 's/^DIGEST=/takes /p' "$state/staged"
elif ! "$busybox" grep -q 'scheduling next agent refresh' "$work/log" ||
  "$busybox" grep -E 'not found in the update graph|failed to check Cincinnati' "$work/log"; then
  "$busybox" tail -n 20 "$work/log"
  exit 1
else
  echo stays
fi
