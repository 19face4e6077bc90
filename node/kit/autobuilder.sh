#!/usr/bin/bash
# podman-autobuilder: the node's own layers on top of its fleet's releases. Sources in /etc/podman-autobuilder: context/,
# the address of a git repository in source (URL#branch:folder), and arguments in buildargs.d/ (files of NAME=VALUE).
# It goes from release to release as the fleet's guidance says, barriers included.
#   autobuilder.sh                              builds for the release that this node is offered, and switches to it
#   autobuilder.sh --update-to VERSION          for that release
#   autobuilder.sh --build-for VERSION --no-deploy   builds only, as localhost/podman-autobuilder:VERSION
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
conf=$root/etc/podman-autobuilder
filled() { [ -n "$(ls -A "$1" 2>/dev/null)" ]; }
# A node without layers of its own makes no call.
if ! filled "$conf/context" && ! filled "$conf/buildargs.d" && [ ! -s "$conf/source" ]; then exit 0; fi
# shellcheck source=node/kit/registry.sh
. "$lib/registry.sh"
# shellcheck source=node/kit/documents.sh
. "$lib/documents.sh"
# shellcheck source=node/kit/wariness.sh
. "$lib/wariness.sh"
load_settings
wanted='' deploy=yes
while [ $# -gt 0 ]; do
  case $1 in
    --update-to | --build-for) wanted=${2:?VERSION is missing}; shift ;;
    --no-deploy) deploy=no ;;
    *) fail "autobuilder.sh does not know $1" ;;
  esac
  shift
done
need_fleet
need_documents
read_wariness
latest=localhost/podman-autobuilder:latest
reference=ostree-unverified-image:containers-storage:$latest
# The inputs of what was deployed last, and the release that was tried last.
record=$state/autobuilder tried=$state/autobuilder-tried
base_label=coxswain.autobuilder.base

# The release that the booted image was built on, else the one that it is. What is deployed and not booted yet does not
# count: nobody has passed a barrier who has not booted it.
base=''
[ "$(booted_reference)" != "$reference" ] ||
  base=$(booted ".\"base-commit-meta\".\"ostree.container.image-config\" // \"{}\" | fromjson | .config.Labels.\"$base_label\" // \"\"")
[ -n "$base" ] || base=$IMAGE@$(booted_digest)
if [ -n "$wanted" ]; then
  # A run by hand ignores the rollout, but not barriers.
  exact=null
  # shellcheck disable=SC2016
  target=$(graph '. as $graph | ([.nodes[].payload] | index($base)) as $at | ([.nodes[].version] | index($wanted)) as $to
    | if $to == null or $at == null then null
      elif .nodes[$to].version == .nodes[$at].version or any(.edges[]; . == [$at, $to]) then .nodes[$to] else null end' \
    --arg base "$base" --arg wanted "$wanted")
  [ "$target" != null ] || fail "no update leads from ${base#*@} to $wanted: a barrier or a dead-end is between, or the fleet $FLEET does not have it"
else
  # shellcheck disable=SC2016
  target=$(graph 'offered($base) // (first(.nodes[] | select(.payload == $base)) // null)' --arg base "$base")
  [ "$target" != null ] || fail "the base of this node's image ($base) is in no graph of the fleet $FLEET"
fi
from=$(jq -r .payload <<<"$target")
version=$(jq -r .version <<<"$target")

arguments=()
if filled "$conf/buildargs.d"; then
  for file in "$conf"/buildargs.d/*; do
    # The last line of a file may have no end.
    while IFS= read -r line || [ -n "$line" ]; do
      line=${line%$'\r'}
      case $line in '' | '#'*) ;; *) arguments+=(--build-arg "$line") ;; esac
    done <"$file"
  done
fi
context=$conf/context
if [ -s "$conf/source" ]; then
  read -r context <"$conf/source" || [ -n "$context" ]
elif ! filled "$context"; then
  # There are only arguments, such as PACKAGES=htop tmux: packages on top of the release. podman replaces this base
  # (--from).
  context=$(mktemp -d)
  trap 'rm -rf "$context"' EXIT
  # shellcheck disable=SC2016
  printf 'FROM scratch\nARG PACKAGES\nRUN test -z "$PACKAGES" || rpm-ostree install $PACKAGES\nRUN ostree container commit\n' >"$context/Containerfile"
fi
# Everything that decides the image. The same inputs are not built again. A git address may have new commits.
inputs=$({ printf '%s\n' "$from" "${arguments[@]}" "$(cat "$conf/source" 2>/dev/null || true)"; [ ! -d "$context" ] || tar -C "$context" --sort=name --mtime=@0 --owner=0 --group=0 -cf - .; } | sha256sum | cut -d' ' -f1)
if [ "$deploy" = yes ] && [ ! -s "$conf/source" ] && [ "$inputs" = "$(sed -n 's/^INPUTS=//p' "$record" 2>/dev/null)" ]; then
  say "nothing new: the image is of $version, as configured"
  [ "$(staged_reference)" != "$reference" ] || reboot_now "the image for $version is deployed"
  exit 0
fi

tag=$latest
[ "$deploy" = yes ] || tag=localhost/podman-autobuilder:$version
before=$(podman image inspect --format '{{.Id}}' "$tag" 2>/dev/null || true)
# The login that rpm-ostree has; podman's own file may have none for the fleet's repository.
login=()
[ ! -r "$root/etc/ostree/auth.json" ] || login=(--authfile "$root/etc/ostree/auth.json")
# Two releases may have the same layers. podman's cache would then keep the labels of the one before.
fresh=()
[ "$from" = "$(cat "$tried" 2>/dev/null)" ] || fresh=(--no-cache)
printf '%s\n' "$from" | write "$tried"
# podman moves the tag when the build is complete: one that fails, or never ends, leaves everything as it was.
timeout "${BUILD_TIMEOUT:-3600}" podman build --from="$from" --tag="$tag" --label "com.coreos.stream=$STREAM" --label "$base_label=$from" \
  "${fresh[@]}" "${login[@]}" "${arguments[@]}" "$context" >&2 || fail "the build for $version failed: this node stays on what it runs, and tries again"
after=$(podman image inspect --format '{{.Id}}' "$tag")
say "built $tag for $version: ${before:-nothing} → $after"
if [ "$deploy" = yes ]; then
  if [ "$(booted_reference)" = "$reference" ]; then
    rpm-ostree upgrade --bypass-driver
  else
    # rpm-ostree refuses a rebase to what it deployed from there before, and nobody has booted yet.
    [ "$(staged_reference)" != "$reference" ] || rpm-ostree cleanup -p
    switch_to "$reference"
  fi
  printf 'INPUTS=%s\n' "$inputs" | write "$record"
fi
if [ -n "$before" ] && [ "$before" != "$after" ]; then podman rmi "$before" >&2 || say "the old image $before stays: podman rmi $before"; fi
# A run that was killed may have deployed this image, and not restarted.
if [ "$deploy" = yes ] && { [ "$before" != "$after" ] || [ -n "$(staged_reference)" ]; }; then reboot_now "the image for $version is deployed"; fi
