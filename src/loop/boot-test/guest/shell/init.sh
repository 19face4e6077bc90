#!/bin/busybox sh
# /init of the initrd: mounts the image's root, read-only, with a layer in memory above it, and starts the image.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
read -r began rest </proc/uptime
# shellcheck source=/dev/null
. /coxswain/settings
# shellcheck source=src/loop/boot-test/guest/shell/library.sh
. /coxswain/library

fail() {
  on_console "$1"
  if open_channel; then say problem "$1"; else on_console "no result channel"; fi
  poweroff -f
}

# Mounts what outlives the machine. /var is filled from the image only once, as at an installation; an update brings
# nothing into it. In /etc, files that were changed on the machine win over those of the image, new or not.
mount_state() {
  [ -b /dev/vdb ] || fail "the kernel did not find the disk for /var"
  mount -t ext4 -o noatime /dev/vdb /state || fail "the kernel cannot mount ext4"
  if [ ! -d /state/var ]; then
    rm -rf /state/var.partial
    { cp -a /lower/var /state/var.partial && mv /state/var.partial /state/var; } || fail "/var could not be copied"
  fi
  layers=/lower/etc
  [ "$deployment" = old ] || layers=/state/etc-old/upper:/lower/etc
  folder=/state/etc-$deployment
  mkdir -p "$folder/upper" "$folder/work"
  options="index=off,redirect_dir=off,metacopy=off,lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work"
  mount -t overlay -o "$options" overlay /root/etc || fail "the kernel cannot mount overlay on /etc"
  mount -o bind /state/var /root/var || fail "/var could not be mounted"
}

# A module that does not load is often one of several that would do; what is really missing shows at the mount.
while read -r module; do insmod "/modules/$module" 2>/dev/null; done </modules/order
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do
  usleep 100000
  tries=$((tries + 1))
done
[ -b /dev/vda ] || fail "the kernel did not find the disk (virtio_pci, virtio_blk)"
mount -t erofs -o ro /dev/vda /lower || fail "the kernel cannot mount erofs"
mount -t tmpfs -o mode=755 tmpfs /writable
mkdir /writable/upper /writable/work
mount -t overlay -o lowerdir=/lower,upperdir=/writable/upper,workdir=/writable/work overlay /root ||
  fail "the kernel cannot mount overlay"
[ -z "$deployment" ] || mount_state
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
cp -a /coxswain "$guest_folder"
if [ -n "$systemd" ]; then
  for target in multi-user emergency rescue; do
    mkdir -p "/run/systemd/system/$target.target.wants"
    ln -s ../coxswain.service "/run/systemd/system/$target.target.wants/coxswain.service"
  done
  mv "$guest_folder/coxswain.service" /run/systemd/system/coxswain.service
  mkdir -p /run/systemd/system-generators
  for name in $masked_generators; do ln -s /dev/null "/run/systemd/system-generators/$name"; done
fi
for place in dev proc sys run; do
  mkdir -p "/root/$place"
  mount -o move "/$place" "/root/$place"
done
read -r ready rest </root/proc/uptime
echo "mark $began initrd
mark $ready root" >"/root$guest_folder/marks"
if [ -n "$systemd" ]; then exec switch_root -c /dev/console /root "$systemd"; fi
exec switch_root -c /dev/console /root "$guest_folder/busybox" sh "$guest_folder/first-process"
