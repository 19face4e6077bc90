#!/bin/sh
# Runs a verb with a Node.js that is new enough, whatever comes first in PATH: run.sh VERB.
# Inputs come in the environment (COXSWAIN_INPUTS), never as text of a command.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)

new_enough() {
  [ -x "$1" ] && "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null
}

# Every runner brings a Node.js of its own for actions written in JavaScript: beside the program that started this
# step, or, for jobs in a container, where the runner mounts it.
runner_nodes() {
  process=$PPID
  while [ "$process" -gt 1 ]; do
    program=$(readlink "/proc/$process/exe" 2>/dev/null) || break
    ls -d "${program%/*}"/../externals/node*/bin/node 2>/dev/null || true
    process=$(sed 's/^.*) [A-Za-z] \([0-9]*\) .*/\1/' "/proc/$process/stat" 2>/dev/null) || break
  done
  ls -d /__e/node*/bin/node "${RUNNER_TOOL_CACHE:-/nowhere}"/node/*/*/bin/node 2>/dev/null || true
}

for node in "$(command -v node || true)" $(runner_nodes | sort -r); do
  if new_enough "$node"; then exec "$node" "$top/dist/main.mjs" "$@"; fi
done
echo "::error title=Coxswain::no Node.js 20 or newer: neither in PATH ($(node --version 2>/dev/null || echo none)) nor that of the runner. Add a step with actions/setup-node before this one."
exit 1
