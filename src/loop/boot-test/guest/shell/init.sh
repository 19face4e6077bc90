#!/bin/busybox sh
# /init of the initrd in the mode direct: mounts the image's root as nodes have it (read-only, with a writable /etc
# and /var), starts the harness in a mount namespace of its own, and then the image.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
read -r began rest </proc/uptime
read -r nonce </nonce
rm /nonce
keep=/keep
# shellcheck source=/dev/null
. /coxswain/settings
# shellcheck source=src/loop/boot-test/guest/shell/library.sh
. /coxswain/library

fail() {
  on_console "$1"
  if open_channel; then say problem "$1"; else on_console "no result channel"; fi
  poweroff -f
}

# Finds the disk with the serial number $1 and prints its device; waits up to ten seconds for it.
disk() {
  tries=0
  while [ $tries -lt 200 ]; do
    for serial in /sys/block/*/serial; do
      [ -e "$serial" ] || continue
      [ "$(cat "$serial")" = "$1" ] || continue
      device="${serial%/serial}"
      echo "/dev/${device##*/}"
      return 0
    done
    usleep 50000
    tries=$((tries + 1))
  done
  return 1
}

# Mounts a layer in memory on the folder $1 of the root, with the owner and the mode of the folder.
writable() {
  mkdir -p "/writable/$1/upper" "/writable/$1/work"
  chown "$(stat -c %u:%g "/root/$1")" "/writable/$1/upper"
  chmod "$(stat -c %a "/root/$1")" "/writable/$1/upper"
  mount -t overlay -o "lowerdir=/root/$1,upperdir=/writable/$1/upper,workdir=/writable/$1/work" overlay "/root/$1" ||
    fail "the kernel cannot mount overlay on /$1"
}

# A module that does not load is often one of several alternatives; if one is really missing, the mount fails.
while read -r module; do insmod "/modules/$module" 2>/dev/null; done </modules/order
root=$(disk coxswain-root) || fail "the kernel did not find the disk (virtio_pci, virtio_blk)"
tools=$(disk coxswain-tools) || fail "the kernel did not find the disk with the tests"
mount -t "$root_type" -o ro "$root" /root || fail "the kernel cannot mount $root_type"
mount -t erofs -o ro "$tools" /tools || fail "the kernel cannot mount erofs"
for folder in dev proc sys run etc var; do
  if [ ! -d "/root/$folder" ] || [ -L "/root/$folder" ]; then fail "the image has no folder /$folder"; fi
done
mount -t tmpfs -o mode=755 tmpfs /writable
if [ -n "$deployment" ]; then
  # shellcheck source=src/loop/boot-test/guest/shell/state.sh
  . /coxswain/state
else
  writable etc
  writable var
fi
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
mkdir "$guest_folder"
mount -o bind /tools "$guest_folder"
if [ -n "$systemd" ]; then
  mkdir -p /run/systemd/system-generators
  for name in $masked_generators; do ln -s /dev/null "/run/systemd/system-generators/$name"; done
fi
# The harness keeps the mounts as they are now: later mounts of the image do not affect it.
mount -t tmpfs -o mode=700 tmpfs "$keep"
echo "$nonce" >"$keep/nonce"
read -r ready rest </proc/uptime
echo "mark $began initrd
mark $ready root" >"$keep/marks"
unshare -m --propagation private /bin/busybox sh /coxswain/harness </dev/null >/dev/null 2>&1 &
while [ -e "$keep/nonce" ]; do usleep 10000; done
for place in dev proc sys run; do mount -o move "/$place" "/root/$place"; done
if [ -z "$systemd" ]; then
  mkdir -p /root/dev/pts /root/dev/shm
  mount -t devpts devpts /root/dev/pts
  mount -t tmpfs tmpfs /root/dev/shm
  if [ -d /root/tmp ] && [ ! -L /root/tmp ]; then mount -t tmpfs -o mode=1777 tmpfs /root/tmp; fi
  ip link set lo up
fi
# switch_root cannot be used: it deletes the files that the harness runs from.
cd /root || fail "the root file system is gone"
mount -o move . /
# shellcheck disable=SC2094
exec <dev/console >dev/console 2>&1
if [ -n "$systemd" ]; then exec chroot . "$systemd"; fi
exec chroot . "$guest_folder/busybox" sh "$guest_folder/first-process"
