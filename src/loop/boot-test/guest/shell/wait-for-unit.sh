# shellcheck shell=dash
# shellcheck disable=SC2154 # name: wait.sh comes before this
[ -n "$1" ] || usage UNIT
while :; do
  state=$(systemctl is-active -- "$1" 2>/dev/null)
  case "$state" in
    active) exit 0 ;;
    failed) break ;;
  esac
  expired && break
  usleep 200000
done
echo "$name: $1 is ${state:-unknown}" >&2
systemctl status --no-pager --lines=15 -- "$1" >&2
exit 1
