# The first process of an image without systemd.
# shellcheck shell=dash
# shellcheck source=src/loop/boot-test/guest/shell/start.sh
. "${0%/*}/start"
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
exec sh "$here/harness"
