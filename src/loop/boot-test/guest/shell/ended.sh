# Runs when the harness has ended, for whatever reason: a machine without it would only wait for its deadline.
# shellcheck shell=dash
# shellcheck source=src/loop/boot-test/guest/shell/start.sh
. "${0%/*}/start"
[ -e "$here/finished" ] && exit 0
open_channel && say ended
send_journal
poweroff -f
