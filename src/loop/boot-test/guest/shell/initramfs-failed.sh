# The image's initramfs ended in emergency mode: reports the end of its journal, and powers off.
# shellcheck shell=dash
here=${0%/*}
export PATH="$here/bin:/usr/sbin:/usr/bin:/sbin:/bin"
read -r nonce <"$here/nonce"
# shellcheck source=/dev/null
. "$here/settings"
# shellcheck source=src/loop/boot-test/guest/shell/library.sh
. "$here/library"
modprobe -q virtio_console
on_console "the initramfs of the image ended in emergency mode"
if open_channel; then
  journalctl --boot --no-pager --output=short-monotonic --no-hostname >&4 2>/dev/null
  failed=$(systemctl list-units --state=failed --plain --no-legend 2>/dev/null | cut -d ' ' -f 1 | tr '\n' ' ')
  say problem "the initramfs of the image ended in emergency mode; failed: ${failed:-nothing}"
fi
poweroff -f
