#!/bin/sh
# Proves that the image's systemd runs the tests.
set -eu
test "$(cat /proc/1/comm)" = systemd
systemctl is-active basic.target
echo "systemd $(systemctl --version | head -n 1 | cut -d' ' -f2) is process 1"
