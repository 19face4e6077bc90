#!/bin/sh
# Runs a program that can write to a folder no more: sh -c THIS sh FOLDER PROGRAM [ARGUMENT…], in a mount namespace of its
# own. The other options are for a user namespace: a mount there may not lose an option that it has.
set -eu
mount --bind "$1" "$1"
mount -o remount,bind,ro,nosuid,nodev,noexec "$1"
shift
exec "$@"
