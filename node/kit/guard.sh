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
# On a detour this file has the tag that the node follows, and the tag of the detour. Who went elsewhere by hand in the
# meantime is not brought back.
followed=$state/followed
tag=$(tag_of "$reference") detour=''
if [ -s "$followed" ]; then
  read -r kept detour <"$followed" || true
  if [ "$tag" = "$kept" ] || [ "$tag" = "$detour" ]; then tag=$kept; else rm -f "$followed"; fi
fi
# A node on a digest follows nothing: its upgrades change nothing.
[ -n "$tag" ] || exit 0
# A fleet's own tag says which fleet this is, also during a detour.
followed_tag=$tag
need_fleet
need_documents

# hold TOPIC TEXT: this node does not go now
hold() { motd "$1" "$2"; exit 1; }

# go_to REFERENCE WHY: deploys and restarts. A run that was killed in between has deployed it already: rpm-ostree would refuse
# the same reference again.
go_to() {
  if [ "$(staged_reference)" != "$1" ]; then switch_to "$1"; fi
  reboot_now "$2"
}

target=$(digest_of_tag "$tag") || case $? in
  1) hold tags "This node follows $IMAGE:$tag, which the registry does not have. It stays on what it runs." ;;
  *) fail "the registry cannot say what $IMAGE:$tag is now: this node stays on what it runs, and asks again" ;;
esac
# exact= : the whole graph, not throttled
exact=null
# One line for each answer. Reasons are of the fleet's owner: nothing in them may control a terminal.
# shellcheck disable=SC2016
view=$(graph '. as $graph
  | def at($digest): [.nodes[] | .payload | endswith("@" + $digest)] | index(true);
    def said($name): .metadata[key("updates." + $name)];
  at($current) as $from | at($target) as $to
  | (if $from == null then null else $graph.nodes[$from] end) as $node
  | (if $node == null then null else
      ($to // ($graph.nodes | length)) as $until
      | first(range($from + 1; $until) as $each | $graph.nodes[$each]
        | select(said("barrier") == "true" and .version != $node.version and .version != ($graph.nodes[$until].version? // null))) // null end) as $barrier
  | $from != null, $to != null, any(.nodes[]; said("barrier") == "true"), $node.version,
    ($node | if . == null then null else said("deadend_reason") end),
    $barrier.version, ($barrier | if . == null then null else said("barrier_reason") end), $barrier.payload,
    ([$releases[0].releases[] | select(.version == $barrier.version) | ."oci-index"][0])
  | (. // "") | tostring | gsub("[[:cntrl:]]"; " ")' -r --arg current "$(booted_digest)" --arg target "$target")
{ read -r known; read -r offered; read -r barriers; read -r version; read -r deadend; read -r barrier; read -r reason; read -r payload; read -r index; } <<<"$view" || true

if [ -n "$deadend" ]; then
  motd deadend "This release is a dead-end and gets no further updates: $deadend"
else
  motd_clear deadend
fi
if grep -qxF "$target" "$state/refused" 2>/dev/null; then
  hold health "This node went back from the release that $IMAGE:$tag leads to, because its health checks failed. It waits for the next one."
fi
if [ "$known" != true ]; then
  motd no-graph "This node's image is in no graph of the fleet $FLEET: nobody can say which barriers are before it. Go to a release of the fleet (join.sh --dry-run prints one): rpm-ostree rebase"
  [ "$barriers" != true ] || exit 1
  exit 0
fi
motd_clear no-graph
if [ "$offered" != true ]; then
  motd tags "$IMAGE:$tag leads to an image that is no release of the fleet $FLEET: its tags do not follow the tagging scheme."
  [ "$barriers" != true ] || exit 1
  exit 0
fi
motd_clear tags

prefix=${reference%%"$IMAGE"*}
if [ -z "$barrier" ]; then
  motd_clear barrier
  if [ "$(tag_of "$reference")" != "$tag" ]; then
    [ "${1-}" != check ] || exit 1
    # The file stays until this node has booted its tag.
    go_to "$prefix$IMAGE:$tag" "the barrier $version is passed, back to $IMAGE:$tag"
    exit 0
  fi
  rm -f "$followed"
  exit 0
fi

# you need a :B
for name in "$barrier" "${barrier%-*}"; do
  found=$(digest_of_tag "$name") || continue
  # The tag of a base version may have moved on to a later build.
  [ "$found" = "${payload#*@}" ] || [ "$found" = "${index#*@}" ] || continue
  motd barrier "Between this node's release and $IMAGE:$tag is the barrier $barrier ($reason). It goes to $IMAGE:$name first, and then back to :$tag."
  [ "${1-}" != check ] || exit 1
  printf '%s %s\n' "$tag" "$name" | write "$followed"
  go_to "$prefix$IMAGE:$name" "passing the barrier $barrier"
  exit 0
done
hold barrier "You need a :$barrier. Between this node's release and $IMAGE:$tag is a barrier ($reason), and $IMAGE has no tag $barrier that leads to it. This node stays on what it runs."
