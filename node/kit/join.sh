#!/usr/bin/bash
# Brings this node into its fleet: one step from stock Fedora CoreOS, or from another repository, to the fleet's current
# release by digest. With --dry-run it says what it would do. A run that was killed does no harm: nothing boots
# that was not deployed whole, and the next run begins again.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=node/kit/registry.sh
. "$lib/registry.sh"
# shellcheck source=node/kit/documents.sh
. "$lib/documents.sh"
load_settings
need_fleet

# The prefix decides whether signatures are checked. Zincati keeps it through all updates.
reference="$(reference_prefix)$IMAGE:$STREAM"
booted=$(booted_reference)
joined() { date -u +%FT%TZ | write "$state/joined"; }

if [ "$(repository_of "$booted")" = "$IMAGE" ]; then
  if ! has "$FLEET" "$SIGNED" || [[ $booted == ostree-image-signed:* ]]; then
    joined
    say "this node runs $booted already"
    exit 0
  fi
  say "this node runs $booted, whose signature was not checked: going on to $reference"
fi

need_documents
tag=$(of "$FLEET" "$TAGS")
# A fleet's tag follows what it offers to new nodes. Without an answer: the newest release that rolls out.
current=$(digest_of_tag "${tag:-$FLEET}") || current=''
# shellcheck disable=SC2016
target=$(graph '. as $graph
  | (first(.nodes[] | select($current != "" and (.payload | endswith("@" + $current)))) // null) as $tagged
  | if $tagged != null then first(.nodes[] | select(.version == $tagged.version))
    else [.nodes[] | select((.metadata | has(key("updates.rollout")) or has(key("updates.barrier")))
        and (.metadata | has(key("updates.deadend")) | not))] | unique_by(.version)
      | max_by(.metadata[key("releases.age_index")] | tonumber)
    end | select(. != null) | .payload + " " + .version' -r --arg current "$current")
[ -n "$target" ] || fail "the fleet $FLEET offers no release for $(basearch): trying again later"
payload=${target%% *} version=${target#* }
[ "${payload%@*}" = "$IMAGE" ] || fail "the fleet $FLEET offers $payload, which is not of $IMAGE: not going there"
digest=${payload#*@}

if [ "${1-}" = --dry-run ]; then
  printf 'rpm-ostree rebase --bypass-driver %s %s\n' "$reference" "$digest"
  exit 0
fi
# full REFERENCE: with the prefix as this script writes it; ostree may shorten it.
full() {
  case $1 in
    ostree-unverified-registry:* | ostree-unverified-image:registry:*) printf 'ostree-unverified-image:docker://%s' "${1##*registry:}" ;;
    ostree-image-signed:registry:*) printf 'ostree-image-signed:docker://%s' "${1##*registry:}" ;;
    *) printf '%s' "$1" ;;
  esac
}
staged=$(rpm-ostree status --json | jq -r '.deployments[] | select(.staged) | ."container-image-reference" + " " + ."container-image-reference-digest"')
staged_reference=$(full "${staged% *}")
if [ "$staged_reference ${staged##* }" != "$reference $digest" ]; then
  # rpm-ostree refuses a rebase to the reference that is staged already, with another digest.
  [ "$staged_reference" != "$reference" ] || rpm-ostree cleanup -p
  switch_to "$reference" "$digest"
fi
reboot_now "joined the fleet $FLEET with the release $version"
