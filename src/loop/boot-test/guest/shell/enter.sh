#!/coxswain/busybox sh
# First process in the image's own initramfs (rdinit= on the kernel's command line): puts what starts the harness into
# /run, which stays when the root changes, and becomes the initramfs's own first process.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
/coxswain/busybox mkdir -p /run
/coxswain/busybox mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
/coxswain/busybox cp -a /coxswain /run/coxswain-start
/coxswain/busybox mkdir /run/coxswain-start/bin
/coxswain/busybox --install -s /run/coxswain-start/bin
export PATH=/run/coxswain-start/bin
# shellcheck source=/dev/null
. /coxswain/settings
units=/run/systemd/system
for target in multi-user emergency rescue; do
  mkdir -p "$units/$target.target.wants"
  ln -s ../coxswain.service "$units/$target.target.wants/coxswain.service"
done
ln -s ../coxswain-initramfs.service "$units/emergency.target.wants/coxswain-initramfs.service"
mv /run/coxswain-start/*.service "$units/"
mkdir -p /run/systemd/system-generators
for name in $masked_generators; do ln -s /dev/null "/run/systemd/system-generators/$name"; done
exec /init
