# Waits for the system, runs the tests, reports line by line (see protocol.ts), and powers off. It runs in a mount
# namespace of its own: $1 is the folder of the tools there, $2 one for its files.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
tools=${1:-/tools}
keep=${2:-/keep}
export PATH="$tools/bin"
read -r nonce <"$keep/nonce"
# shellcheck source=/dev/null
. "$tools/settings"
# shellcheck source=src/loop/boot-test/guest/shell/library.sh
. "$tools/library"
# shellcheck source=src/loop/boot-test/guest/shell/system.sh
. "$tools/system"
# shellcheck source=src/loop/boot-test/guest/shell/run-test.sh
. "$tools/run-test"

if ! open_channel; then
  on_console "no result channel"
  poweroff -f
fi
# Without the harness the machine would only wait for its deadline.
echo -900 >/proc/self/oom_score_adj
if [ -e "$keep/marks" ]; then while read -r mark; do tell "$mark"; done <"$keep/marks"; fi
say begin "$(uname -r)"
# The image starts when this file is gone: from now on, nothing else can open the channel.
rm "$keep/nonce"
# Waits until the first process has left the initrd for the root of the image.
while [ -e /proc/1/root/coxswain/settings ] || [ ! -e "/proc/1/root$guest_folder/busybox" ]; do usleep 20000; done
if [ -n "$systemd" ]; then system_after_boot; else say system none; fi
# shellcheck source=/dev/null
. "$tools/runs"
check_tools
if [ -n "$systemd" ]; then system_after_tests; else say after none; fi
in_image 20 "$guest_folder/busybox" sha256sum /etc/machine-id /etc/ssh/ssh_host_dsa_key \
  /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_rsa_key >"$keep/identity"
while read -r hash file; do tell "identity ${file##*/} $hash"; done <"$keep/identity"
[ -z "$systemd" ] || send_journal
sync
say "done" "$tests_run"
poweroff -f
