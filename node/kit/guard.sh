#!/usr/bin/bash
# For nodes that follow a tag (bootc upgrade, rpm-ostreed-automatic) instead of Zincati: never passes a barrier. Such a
# node goes to ":B" first, if the registry has it, and returns to its tag after that boot. `guard.sh check`, before each
# upgrade, exits 1 if the node must not go now; `guard.sh` also takes the detour. Rollouts do not count here.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=node/kit/registry.sh
. "$lib/registry.sh"
# shellcheck source=node/kit/documents.sh
. "$lib/documents.sh"
load_settings
reference=$(booted_reference)
if [ "$(repository_of "$reference")" != "$IMAGE" ] || [ "$BARRIERS" = no ]; then exit 0; fi
followed=$state/followed
tag=$(tag_of "$reference")
[ ! -s "$followed" ] || read -r tag <"$followed"
# A fleet's own tag says which fleet this is, also during a detour.
followed_tag=$tag
need_fleet
need_documents

# hold TOPIC TEXT: this node does not go now
hold() { motd "$1" "$2"; exit 1; }

target=$(digest_of_tag "$tag") || hold tags "This node follows $IMAGE:$tag, which the registry does not have. It stays on what it runs."
# exact= : the whole graph, not throttled
exact=null
# shellcheck disable=SC2016
view=$(graph '. as $graph
  | def at($digest): [.nodes[] | .payload | endswith("@" + $digest)] | index(true);
    def barrier: .metadata[key("updates.barrier")] == "true";
  { current: at($current), target: at($target), barriers: any(.nodes[]; barrier) }
  | .version = (if .current == null then null else $graph.nodes[.current].version end)
  | .deadend = (if .current == null then null else $graph.nodes[.current].metadata[key("updates.deadend_reason")] end)
  | .barrier = (if .current == null then null else
      (.target // ($graph.nodes | length)) as $to | .version as $version
      | first(range(.current + 1; $to) as $each | $graph.nodes[$each]
        | select(barrier and .version != $version and .version != ($graph.nodes[$to].version? // null))) // null end)' \
  --arg current "$(booted_digest)" --arg target "$target")
field() { jq -r "$1 // empty" <<<"$view"; }

if [ -n "$(field .deadend)" ]; then
  motd deadend "This release is a dead-end and gets no further updates: $(field .deadend)"
else
  motd_clear deadend
fi
if grep -qxF "$target" "$state/refused" 2>/dev/null; then
  hold health "This node went back from the release that $IMAGE:$tag leads to, because its health checks failed. It waits for the next one."
fi
if [ -z "$(field .current)" ]; then
  motd no-graph "This node's image is in no graph of the fleet $FLEET: nobody can say which barriers are before it. Go to a release of the fleet (join.sh --dry-run prints one): rpm-ostree rebase"
  [ "$(field .barriers)" != true ] || exit 1
  exit 0
fi
motd_clear no-graph
if [ -z "$(field .target)" ]; then
  motd tags "$IMAGE:$tag leads to an image that is no release of the fleet $FLEET: its tags do not follow the tagging scheme."
  [ "$(field .barriers)" != true ] || exit 1
  exit 0
fi
motd_clear tags

prefix=${reference%%"$IMAGE"*}
barrier=$(field .barrier.version)
if [ -z "$barrier" ]; then
  motd_clear barrier
  if [ -s "$followed" ] && [ "$(tag_of "$reference")" != "$tag" ]; then
    [ "${1-}" != check ] || exit 1
    switch_to "$prefix$IMAGE:$tag"
    rm -f "$followed"
    reboot_now "the barrier $(field .version) is passed, back to $IMAGE:$tag"
  fi
  exit 0
fi

# you need a :B
reason=$(field '.barrier.metadata["org.fedoraproject.coreos.updates.barrier_reason"]')
payload=$(field .barrier.payload)
index=$(jq -r --arg version "$barrier" '.releases[] | select(.version == $version) | ."oci-index" // empty' "$documents/releases.json")
for name in "$barrier" "${barrier%-*}"; do
  found=$(digest_of_tag "$name") || continue
  # The tag of a base version may have moved on to a later build.
  [ "$found" = "${payload#*@}" ] || [ "$found" = "${index#*@}" ] || continue
  motd barrier "Between this node's release and $IMAGE:$tag is the barrier $barrier ($reason). It goes to $IMAGE:$name first, and then back to :$tag."
  [ "${1-}" != check ] || exit 1
  printf '%s\n' "$tag" | write "$followed"
  switch_to "$prefix$IMAGE:$name"
  reboot_now "passing the barrier $barrier"
  exit 0
done
hold barrier "You need a :$barrier. Between this node's release and $IMAGE:$tag is a barrier ($reason), and $IMAGE has no tag $barrier that leads to it. This node stays on what it runs."
