# Starts the harness from a unit of the image's systemd, if the image's own initramfs began the boot. $1 is the nonce.
# shellcheck shell=dash
here=${0%/*}
export PATH="$here/bin"
mkdir -p "$here-keep"
# shellcheck disable=SC2016 # for the inner shell
exec unshare -m --propagation private "$here/busybox" sh -c '
  mount -t tmpfs -o mode=700 tmpfs "$0" && echo "$1" >"$0/nonce" && exec "$2/busybox" sh "$2/harness" "$2" "$0"
' "$here-keep" "$1" "$here"
