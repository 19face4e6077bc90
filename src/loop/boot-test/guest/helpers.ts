import { guestFolder } from './guest-scripts.ts';

// Commands that tests may call, whatever shell or language they are written in. They end the waiting that every
// test suite would write again: each polls, gives up after its time, and then says what it saw instead.

const defaultSeconds = 60;

const start = `#!${guestFolder}/busybox sh
# The image's own search path stays last: systemctl is a program of the image.
PATH=${guestFolder}/bin:$PATH
name=\${0##*/}
usage() {
  echo "usage: $name $1 [SECONDS]" >&2
  exit 2
}
case "\${2:-${defaultSeconds}}" in
  *[!0-9]*) echo "$name: not a number of seconds: $2" >&2; exit 2 ;;
esac
deadline() {
  read -r now rest </proc/uptime
  limit=$((\${now%.*} + $1))
}
expired() {
  read -r now rest </proc/uptime
  [ \${now%.*} -ge $limit ]
}
deadline "\${2:-${defaultSeconds}}"
`;

const waitForUnit = `${start}
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
echo "$name: $1 is \${state:-unknown}" >&2
systemctl status --no-pager --lines=15 -- "$1" >&2
exit 1
`;

const waitForPort = `${start}
# Asking the kernel, not the service: a connection that says nothing makes some services complain.
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
`;

const waitForFile = `${start}
[ -n "$1" ] || usage PATH
while :; do
  [ -e "$1" ] && exit 0
  expired && break
  usleep 200000
done
echo "$name: there is no $1" >&2
exit 1
`;

/** The commands by name; they lie in a folder at the end of the tests' PATH. */
export const helpers: Readonly<Record<string, string>> = {
  'wait-for-unit': waitForUnit,
  'wait-for-port': waitForPort,
  'wait-for-file': waitForFile,
};
