# Mounts the disk with the tools and starts the harness from it, in the root of the image.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
here=${0%/*}
export PATH="$here/bin"
read -r nonce <"$here/nonce"
rm "$here/nonce"
# shellcheck source=/dev/null
. "$here/settings"
# shellcheck source=src/loop/boot-test/guest/shell/library.sh
. "$here/library"

fail() {
  on_console "$1"
  if open_channel; then say problem "$1"; fi
  poweroff -f
}

# The device with the serial number of the tools' disk; the kernel may find it late.
find_tools() {
  for serial in /sys/block/*/serial; do
    [ -e "$serial" ] || continue
    [ "$(cat "$serial")" = "$tools_disk" ] || continue
    device="${serial%/serial}"
    device="/dev/${device##*/}"
    [ -b "$device" ] && return 0
  done
  return 1
}

tries=0
until find_tools; do
  [ $tries -lt 600 ] || fail "the kernel did not find the disk with the tests"
  tries=$((tries + 1))
  usleep 100000
done
mkdir -p "$guest_folder"
# The kernel loads the driver with the image's own modprobe.
mount -t erofs -o ro "$device" "$guest_folder" || fail "the kernel cannot mount erofs"
exec "$guest_folder/busybox" sh "$guest_folder/unit-start" "$nonce"
