#!/usr/bin/bash
# Brings hosts that run something else to their fleet: an OSTree remote (fedora:fedora/x86_64/coreos/stable), another
# repository, or the same one without the check of signatures. MIGRATE_FROM lists what is migrated, by shell patterns;
# any other host stays as it is. Layered packages are kept by rpm-ostree. Then as join.sh.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
load_settings
need_fleet
from=$(booted '."container-image-reference" // .origin // ""')
source_name=$(if [[ $from == *docker://* || $from == *registry:* ]]; then repository_of "$from"; else printf '%s' "$from"; fi)
[ -n "$source_name" ] || fail "rpm-ostree does not say what this host runs"
matches=no
# The patterns do not name files here.
set -f
for pattern in $MIGRATE_FROM; do
  # shellcheck disable=SC2254
  case $source_name in $pattern) matches=yes ;; esac
done
set +f
if [ "$matches" = no ]; then
  say "this host runs $source_name, which is not in MIGRATE_FROM ($MIGRATE_FROM): it stays"
  exit 0
fi
[ "$(rpm-ostree status --json | jq '[.deployments[] | select(.pinned)] | length')" = 0 ] ||
  say "a deployment is pinned: it stays on the disk (ostree admin pin --unpin INDEX)"
if [ ! -e "$state/migrated-from" ] && [ "${1-}" != --dry-run ]; then printf '%s\n' "$from" | write "$state/migrated-from"; fi
exec bash "$lib/join.sh" "$@"
