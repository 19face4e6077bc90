# A machine that ostree deployed, after the lines of as-node.sh: what it booted, as its own ostree says, and the program
# that the stand-in deploys by. Before the lines of node-machine.sh.
# shellcheck shell=dash
# shellcheck disable=SC2154,SC2034 # the settings, and what as-node.sh sets
[ -e /run/ostree-booted ] || fail "the initramfs of the image did not boot a deployment"
commit=$(ostree admin status | "$busybox" sed -n 's/^\* [^ ]* \([0-9a-f]*\)\..*/\1/p')
runs=$(ostree show --print-metadata-key=ostree.manifest-digest "$commit" | "$busybox" tr -d "'")
[ "$runs" = "$booted" ] || fail "ostree booted ${runs:-nothing known} (commit $commit), and not $booted"
echo "booted by ostree: $runs"
"$busybox" cp "$work/ostree-update.sh" "$state/deploy"
"$busybox" chmod 755 "$state/deploy"
# A deployment takes a minute and more in an emulated machine.
patience=800
