#!/usr/bin/bash
# Answers one request on the node's loopback with the update graph for this node's own wariness. systemd starts it for
# each connection (coxswain-graph.socket). If it cannot give the right answer it gives none, and Zincati changes
# nothing.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=node/kit/registry.sh
. "$lib/registry.sh"
# shellcheck source=node/kit/documents.sh
. "$lib/documents.sh"
# shellcheck source=node/kit/wariness.sh
. "$lib/wariness.sh"

# answer STATUS TYPE BODY
answer() {
  local length=${#3}
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' "$1" "$2" "$length" "$3"
}

# LC_ALL=C: lengths are in bytes.
read -r -t 10 method target _ || exit 0
while read -r -t 10 line && [ -n "${line%$'\r'}" ]; do :; done
case "$method ${target%%\?*}" in
  'GET /v1/graph') ;;
  *) answer '404 Not Found' text/plain 'there is /v1/graph, and nothing else'; exit 0 ;;
esac

compute() {
  load_settings
  need_fleet
  need_documents
  read_wariness
  # zincati-update-now and rollout_wariness ask for another wariness.
  if [[ $target =~ [?\&]rollout_wariness=([01][.][0-9]{1,6})(&|$) ]]; then exact=${BASH_REMATCH[1]}; fi
  refused=$(cat "$state/refused" 2>/dev/null || true)
  # A release that this node went back from is not a target here.
  # shellcheck disable=SC2016
  graph '([.nodes[].payload | split("@")[1] as $digest | any($refused[]; . == $digest)]) as $bad
    | .edges |= map(select($bad[.[1]] | not))' --argjson refused "$(jq -nRc --arg text "$refused" '$text | split("\n") | map(select(. != ""))')"
}

if body=$(compute); then
  answer '200 OK' application/json "$body"
else
  answer '503 Service Unavailable' text/plain 'the journal says why: journalctl -u "coxswain-graph@*"'
fi
