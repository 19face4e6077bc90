#!/usr/bin/env bash
# Runs a command in the root folder of a test machine, in a mount namespace of its own: machine.sh ROOT COMMAND…
# The machine has this computer's programs, and over them what is in ROOT/own-usr.
set -eu
root=$1
shift
if [ -z "${COXSWAIN_IN_NAMESPACE-}" ]; then
  COXSWAIN_IN_NAMESPACE=yes exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$root" "$@"
fi
# As on a real machine, the root is a mount point.
mount --bind "$root" "$root"
mount -t overlay overlay -o "lowerdir=$root/own-usr:/usr" "$root/usr"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
[ ! -d "$root/sys" ] || mount --rbind /sys "$root/sys"
mount --bind "$root/cmdline" "$root/proc/cmdline"
unset COXSWAIN_IN_NAMESPACE
exec chroot "$root" "$@"
