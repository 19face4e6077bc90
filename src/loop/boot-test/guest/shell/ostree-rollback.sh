#!/bin/sh
# Runs on the new release: makes the previous release the default of the next boot, as a rollback does.
set -eu
ostree admin status
ostree admin status | grep -q "^\* .*$COXSWAIN_OSTREE_COMMIT" || {
  echo "the machine did not boot the new release"
  exit 1
}
ostree admin set-default 1
ostree admin status
