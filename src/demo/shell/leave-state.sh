#!/bin/sh
# Leaves state in /var and /etc, which the update must keep.
set -eu
wait-for-file /etc/ssh/ssh_host_ed25519_key
mkdir -p /var/lib/notes
echo "written on $COXSWAIN_FROM_VERSION" >/var/lib/notes/note
echo "PermitRootLogin no" >/etc/ssh/sshd_config.d/90-local.conf
echo demo-node >/etc/hostname
cat /var/lib/notes/note
