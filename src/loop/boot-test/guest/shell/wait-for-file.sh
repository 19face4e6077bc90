# shellcheck shell=dash
# shellcheck disable=SC2154 # name: wait.sh comes before this
[ -n "$1" ] || usage PATH
while :; do
  [ -e "$1" ] && exit 0
  expired && break
  usleep 200000
done
echo "$name: $1 does not exist" >&2
exit 1
