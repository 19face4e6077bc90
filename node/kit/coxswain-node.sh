#!/usr/bin/bash
# coxswain-node: what this node follows, and one command for each change of that.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/common.sh"
# shellcheck source=node/kit/registry.sh
. "$lib/registry.sh"
# shellcheck source=node/kit/documents.sh
. "$lib/documents.sh"
# shellcheck source=node/kit/wariness.sh
. "$lib/wariness.sh"
load_settings

usage() {
  cat <<'TEXT'
coxswain-node status             what this node runs, follows and is offered
coxswain-node fleet NAME         move to another fleet
coxswain-node ring NAME|none     always take this ring; none: the slice for its wariness
coxswain-node group NAME|none    set Zincati's group, and find the graph by it
coxswain-node wariness 0..100    how late this node takes updates (100: last)
coxswain-node follow ring|local-graph   the published graph of a ring, or the node's own
coxswain-node forget-refused     try releases again that health checks failed on
TEXT
}

# apply: the new settings, for Zincati too
apply() {
  bash "$lib/ring.sh"
  restart_zincati
}

restart_zincati() {
  systemctl try-restart zincati.service || say "zincati.service cannot be restarted: the change counts from the next boot on"
}

# Says so if no graph of the fleet has this node: it would never update.
warn_unknown() {
  need_documents
  exact=null
  # shellcheck disable=SC2016
  if [ "$(graph 'any(.nodes[]; .payload | endswith("@" + $digest))' --arg digest "$(booted_digest)")" != true ]; then
    say "warning: the fleet $FLEET does not have the release that this node runs. It gets no update. Go to a release of $FLEET (join.sh --dry-run prints one): rpm-ostree rebase"
  fi
}

case ${1-status} in
  status)
    need_fleet
    read_wariness
    printf 'runs      %s (%s)\nreference %s\nfleet     %s\nwariness  %s (exactly %s)\nfollows   %s\n' "$(booted .version)" "$(booted_digest)" \
      "$(booted_reference)" "$FLEET" "$wariness" "$exact" "$(sed -n 's/^base_url = //p' "$root/etc/zincati/config.d/90-coxswain-ring.toml" 2>/dev/null)"
    need_documents
    # shellcheck disable=SC2016
    graph 'offered($own) | .version // "nothing"' --arg own "$IMAGE@$(booted_digest)" | jq -r '"offered   " + .'
    cat "$state/went-back" 2>/dev/null || true
    ;;
  fleet)
    has "${2-}" "$FLEETS" || fail "no fleet is named '${2-}': use one of $FLEETS"
    FLEET=$2
    # The new fleet may have other rings; what was set by hand does not count there.
    set_setting FLEET "$2"
    warn_unknown || say "the guidance of $2 cannot be read now"
    apply
    ;;
  ring) set_setting RING "$([ "${2:?NAME is missing}" = none ] || printf '%s' "$2")"; apply ;;
  group)
    [[ ${2:?NAME is missing} =~ ^[a-zA-Z0-9.-]+$ ]] || fail "a group has letters, digits, '.' and '-', not '$2'"
    set_setting GROUP "$([ "$2" = none ] || printf '%s' "$2")"
    apply
    ;;
  wariness)
    [[ ${2-} =~ ^([0-9]|[1-9][0-9]|100)$ ]] || fail "a wariness is a number from 0 to 100, not '${2-}'"
    printf '%s\n' "$2" | write "$root/var/lib/zincati/wariness"
    apply
    ;;
  follow)
    case ${2-} in ring | local-graph) ;; *) fail "ring or local-graph, not '${2-}'" ;; esac
    set_setting FOLLOW "$2"
    if [ "$2" = local-graph ]; then systemctl enable --now coxswain-graph.socket; fi
    apply
    ;;
  forget-refused)
    stopped=$root/etc/zincati/config.d/95-coxswain-health.toml
    rm -f "$state/refused" "$state/went-back"
    motd_clear health
    if [ -e "$stopped" ]; then rm "$stopped"; restart_zincati; fi
    ;;
  *) usage; [ "$1" = help ] || exit 2 ;;
esac
