#!/bin/sh
# After the rollback the machine has its state, and ssh runs.
set -eu
cat /var/lib/notes/note
wait-for-unit ssh
