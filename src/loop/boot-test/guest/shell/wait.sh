#!/run/coxswain/busybox sh
# The start of each command by which tests wait: NAME WHAT [SECONDS].
# shellcheck shell=dash
# The image's own search path stays last: systemctl is a program of the image.
PATH=/run/coxswain/bin:$PATH
name=${0##*/}
usage() {
  echo "usage: $name $1 [SECONDS]" >&2
  exit 2
}
case "${2:-60}" in
  *[!0-9]*)
    echo "$name: not a number of seconds: $2" >&2
    exit 2
    ;;
esac
read -r now rest </proc/uptime
limit=$((${now%.*} + ${2:-60}))
expired() {
  read -r now rest </proc/uptime
  [ "${now%.*}" -ge $limit ]
}
