#!/bin/sh
# Runs a program with processes, devices and, if COXSWAIN_ISOLATION is "full", a network of its own:
# isolated.sh PROGRAM [ARGUMENT…]. It prints the process whose network needs a way out, then "isolated", and starts the program
# when it reads a line.
set -eu

if [ "${1:-}" = --inside ]; then
  shift
  # Only the devices that builds use. Chroot isolation shows RUN all of /dev, and root could read the host's disks.
  dev=$(mktemp -d)
  mount -t tmpfs -o mode=755 tmpfs "$dev"
  for name in null zero full random urandom tty fuse; do
    [ -e "/dev/$name" ] || continue
    : >"$dev/$name"
    mount --bind "/dev/$name" "$dev/$name"
  done
  mkdir "$dev/pts" "$dev/shm"
  [ ! -d /dev/pts ] || mount --rbind /dev/pts "$dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "$dev/${number#*:}"; done
  mount --rbind "$dev" /dev
  # It stays at /dev. The folder would be left behind in the host's.
  ! umount -l "$dev" || rmdir "$dev"
  for name in $COXSWAIN_UNSET; do unset "$name"; done
  unset COXSWAIN_UNSET COXSWAIN_ISOLATION
  echo isolated
  read -r _
  exec "$@" </dev/null
fi

echo "$$"
network=
[ "$COXSWAIN_ISOLATION" != full ] || network=--net
exec unshare ${network:+"$network"} --ipc --pid --fork --kill-child --mount-proc -- sh "$0" --inside "$@"
