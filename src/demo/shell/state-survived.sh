#!/bin/sh
# After the update the machine still has its state.
set -eu
echo "now on $COXSWAIN_TO_VERSION"
cat /var/lib/notes/note
grep -q "PermitRootLogin no" /etc/ssh/sshd_config.d/90-local.conf
test "$(cat /etc/hostname)" = demo-node
wait-for-unit ssh
wait-for-port 22
