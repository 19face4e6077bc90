#!/bin/sh
# Tests run as root inside the booted image, in the order of their names; exit code 0 passes.
# One that needs more than two minutes says so in a line of its own: coxswain: timeout=300 (after a #).
set -eu

echo "The kernel that runs is this image's: $(uname -r)"
test -d "/usr/lib/modules/$(uname -r)"

echo "What the Containerfile adds is there"
test -s /etc/motd.d/50-derived.motd

echo "Programs can write to /run"
echo written >/run/derived-test
grep -q written /run/derived-test
rm /run/derived-test
