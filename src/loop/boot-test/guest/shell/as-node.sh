# Makes a node of the machine for the image's own Zincati, in namespaces of its own: a site is served there on loopback,
# and a stand-in takes the place of rpm-ostree. The settings and write_files come before these lines.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
busybox=/run/coxswain/busybox
agent=/usr/libexec/zincati
work=/run/coxswain-agent
state=/run/coxswain-stand-in

fail() { echo "$*"; exit 1; }

if [ "${1:-}" != inside ]; then
  exec "$busybox" unshare -m -n --propagation private "$busybox" sh "$0" inside
fi

# Binds file $1 over file $2.
cover() { "$busybox" mount -o bind "$1" "$2" || fail "$2 cannot be covered"; }

[ -f /usr/bin/rpm-ostree ] || fail "The image has $agent and no /usr/bin/rpm-ostree, through which it updates."
for folder in "$work" "$state"; do
  mkdir -p "$folder"
  "$busybox" mount -t tmpfs tmpfs "$folder" || fail "no folder $folder"
done

write_files
"$busybox" chmod 755 "$work/rpm-ostree" "$work/loginctl"
: >"$state/tags"
cover "$work/rpm-ostree" /usr/bin/rpm-ostree
# Zincati finds loginctl by its name. An image without systemd has none that could be covered.
PATH="$work:$PATH"
export PATH
# It asks for the time of /ostree/deploy, which only an installed machine has.
if [ -d /sysroot ] && [ ! -d /ostree/deploy ]; then "$busybox" mount -t tmpfs tmpfs /sysroot; fi
mkdir -p /sysroot/ostree/deploy /ostree/deploy 2>/dev/null
[ -d /ostree/deploy ] || fail 'The image has no /ostree that leads to /sysroot/ostree.'
# The stand-in changes that time, but ostree mounts /sysroot read-only; in a read-only root it is not even mounted.
"$busybox" touch /ostree/deploy 2>/dev/null || "$busybox" mount -o remount,bind,rw /sysroot 2>/dev/null ||
  "$busybox" mount -t tmpfs tmpfs /ostree/deploy
# It runs only as the user of this name, and asks which platform it is on.
{
  echo 'zincati:x:0:0::/:/bin/sh'
  "$busybox" grep -v '^zincati:' /etc/passwd
} >"$work/passwd"
cover "$work/passwd" /etc/passwd
read -r arguments </proc/cmdline
case " $arguments" in
  *' ignition.platform.id='*) ;;
  *) echo "$arguments ignition.platform.id=qemu" >"$work/cmdline" && cover "$work/cmdline" /proc/cmdline ;;
esac
# Without systemd, a machine has no id yet.
[ -s /etc/machine-id ] || "$busybox" tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
mkdir -p /run/zincati && "$busybox" mount -t tmpfs tmpfs /run/zincati
mkdir -p /run/zincati/public /run/zincati/private /run/zincati/config.d
[ ! -d /run/dbus ] || "$busybox" mount -t tmpfs tmpfs /run/dbus
# The image's own settings are used, except these.
cp "$work/settings.toml" /run/zincati/config.d/99-zz-coxswain.toml
"$busybox" ip link set lo up
"$busybox" httpd -f -p 127.0.0.1:80 -h "$work/site" &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
"$busybox" usleep 100000
kill -0 "$server" 2>/dev/null || fail 'This busybox cannot serve files (httpd).'

# Starts the agent on the image with digest $1, until it rests, for at most $patience seconds.
patience=200
ask() {
  printf 'REF=%s\nDIGEST=%s\nLOCKED=no\n' "$reference" "$1" >"$state/booted"
  rm -f "$state/staged" "$state/driver" "$state/reboot"
  : >"$work/log"
  "$agent" agent -vvv >"$work/log" 2>&1 &
  process=$!
  waited=0
  while [ "$waited" -lt $((patience * 5)) ] && kill -0 "$process" 2>/dev/null; do
    "$busybox" grep -q 'scheduling next agent refresh' "$work/log" && break
    "$busybox" usleep 200000
    waited=$((waited + 1))
  done
  kill "$process" 2>/dev/null
  wait "$process"
}
