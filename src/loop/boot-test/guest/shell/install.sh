# Installs the image on a disk by its own bootc, in a machine that was booted from that image. The settings, and install()
# with the command, come before these lines.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
busybox=/run/coxswain/busybox

# Prints the device of the disk with the serial number $1.
find_disk() {
  for serial in /sys/block/*/serial; do
    [ "$("$busybox" cat "$serial" 2>/dev/null)" = "$1" ] || continue
    device=${serial%/serial}
    echo "/dev/${device##*/}"
    return 0
  done
  echo "the machine has no disk $1" >&2
  return 1
}

image=$(find_disk "$image_disk") && target=$(find_disk "$target_disk") || exit 1
# bootc keeps what it downloads there, and an image may lack it until systemd makes it.
"$busybox" mkdir -p "$image_folder" /var/tmp
"$busybox" mount -t erofs -o ro "$image" "$image_folder" || exit 1
install "$target" || exit 1
"$busybox" sync
