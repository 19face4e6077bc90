# Mounts what stays after the machine ends, in the rehearsal of an update. /var is filled from the image only once, as
# at an installation; an update adds nothing to it. Each deployment has its own /etc, as with ostree; that of the new
# one is made when it boots for the first time (see merge-etc.sh).
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings, and what init.sh sets
state_disk=$(disk coxswain-state) || fail "the kernel did not find the disk for /var"
mount -t ext4 -o noatime "$state_disk" /state || fail "the kernel cannot mount ext4"

# Copies the folder $1 to $2, completely or not at all.
copy_once() {
  [ ! -d "$2" ] || return 0
  rm -rf "$2.partial"
  cp -a "$1" "$2.partial" && mv "$2.partial" "$2"
}
# shellcheck source=src/loop/boot-test/guest/shell/merge-etc.sh
. /coxswain/merge-etc

copy_once /root/var /state/var || fail "/var could not be copied"
if [ "$deployment" = old ]; then
  copy_once /root/etc /state/defaults || fail "/etc could not be copied"
  copy_once /root/etc /state/etc-old || fail "/etc could not be copied"
elif [ ! -d /state/etc-new ]; then
  merge_etc /state/defaults /state/etc-old /root/etc /state/etc-new /writable
fi
mount -o bind "/state/etc-$deployment" /root/etc || fail "/etc could not be mounted"
mount -o bind /state/var /root/var || fail "/var could not be mounted"
