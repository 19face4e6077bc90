# shellcheck shell=dash
# shellcheck disable=SC2154 # name: wait.sh comes before this This asks the kernel, not the service: some services log
# an error if a connection sends nothing.
case "$1" in
  '' | *[!0-9]*) usage PORT ;;
esac
hex=$(printf '%04X' "$1")
while :; do
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v end=":$hex" 'substr($2, length($2) - 4) == end && $4 == "0A" { found = 1 } END { exit !found }' && exit 0
  expired && break
  usleep 200000
done
echo "$name: nothing listens on TCP port $1" >&2
exit 1
