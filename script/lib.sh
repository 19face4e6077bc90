# shellcheck shell=bash
# Shared by the scripts in this folder: source it, do not run it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export PATH="$PWD/node_modules/.bin:$PATH"

say() { printf '==> %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo --preserve-env=DEBIAN_FRONTEND "$@"
  else
    say "this step needs root: $*"
    return 1
  fi
}

# Node.js 20 does not run TypeScript, so the file is bundled first. That takes less than a second.
run_typescript() {
  local file
  file="node_modules/.cache/$(basename "$1" .ts).mjs"
  rolldown "$1" --platform node --module-types .sh:text,.jq:text,.service:text,.socket:text,.timer:text,.conf:text --log-level warn --external dependency-cruiser --external xmlbuilder2 --external @swc/core --external typescript/unstable/sync --file "$file" >/dev/null
  node "$file" "${@:2}"
}
