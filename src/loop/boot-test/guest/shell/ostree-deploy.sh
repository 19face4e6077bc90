#!/bin/sh
# Deploys the new release beside the running one, as an update does. ostree merges /etc; it may refuse.
set -eu
origin=/run/coxswain-origin
printf '[origin]\ncontainer-image-reference=%s\n' "$COXSWAIN_OSTREE_ORIGIN" >"$origin"
ostree admin deploy --origin-file="$origin" "$COXSWAIN_OSTREE_COMMIT"
ostree admin status
