#!/bin/sh
# Deploys an image beside the running release, for the next boot: $1 is the reference that the node follows, $2 the digest.
# The image is in the repository already, as ostree-ext put it there; the ostree of the machine does the rest.
set -eu
found=
for ref in $(ostree refs --list ostree/container/image); do
  if [ "$(ostree show --print-metadata-key=ostree.manifest-digest "$ref" | tr -d "'")" = "$2" ]; then found=$ref; fi
done
if [ -z "$found" ]; then
  echo "no image in the ostree repository has the digest $2"
  exit 1
fi
origin=/run/coxswain-origin
printf '[origin]\ncontainer-image-reference=%s\n' "$1" >"$origin"
ostree admin deploy --origin-file="$origin" "$(ostree rev-parse "$found")"
