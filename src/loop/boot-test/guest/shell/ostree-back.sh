#!/bin/sh
# Runs after the rollback: the machine is on the previous release.
ostree admin status
if ostree admin status | grep -q "^\* .*$COXSWAIN_OSTREE_COMMIT"; then
  echo "the machine is still on the new release"
  exit 1
fi
