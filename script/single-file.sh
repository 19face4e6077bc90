#!/bin/sh
# Coxswain in one file: https://github.com/coxswain-os/coxswain. It needs Node.js 20 or newer.
set -eu
if ! command -v node >/dev/null; then
  echo "error: coxswain needs Node.js 20 or newer, and PATH has no program node" >&2
  exit 3
fi
# Never uses a folder that others can write to, because the unpacked files are run.
if [ -z "${XDG_CACHE_HOME:-}${HOME:-}" ]; then
  echo "error: coxswain unpacks itself into the user's cache: set HOME or XDG_CACHE_HOME" >&2
  exit 3
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/coxswain
folder=$cache/@KEY@
if [ ! -e "$folder/package.json" ]; then
  mkdir -p "$cache"
  new=$(mktemp -d "$cache/.new-XXXXXX")
  tail -n +@LINE@ "$0" | tar -xzf - -C "$new"
  # Another run may have been faster.
  mv -T "$new" "$folder" 2>/dev/null || rm -rf "$new"
fi
exec node "$folder/dist/main.mjs" "$@"
