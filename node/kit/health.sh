#!/usr/bin/bash
# After each boot: runs the checks in health.d. If one fails on a release that this node has not been healthy on before,
# the node goes back to the release before, says so, and does not try that release again.
set -eu
# shellcheck source=node/kit/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
load_settings
about=$(booted '(."container-image-reference-digest" // .checksum) + " " + .version')
digest=${about%% *} version=${about#* }
good=$state/good

failed=''
for check in "$root"/etc/coxswain/health.d/* "$root"/usr/lib/coxswain/health.d/*; do
  if [ ! -x "$check" ] || [ ! -f "$check" ]; then continue; fi
  # A check that does not end counts as failed.
  if ! timeout "${HEALTH_TIMEOUT:-300}" "$check" >&2; then
    failed=${check##*/}
    break
  fi
done

if [ -z "$failed" ]; then
  if [ "$digest" != "$(cat "$good" 2>/dev/null)" ]; then
    printf '%s\n' "$digest" | write "$good"
    rm -f "$state/went-back"
    motd_clear health
  elif [ -s "$state/went-back" ]; then
    motd health "This node $(cat "$state/went-back"). It waits for the next release."
  fi
  say "$version is healthy"
  exit 0
fi
if [ "$digest" = "$(cat "$good" 2>/dev/null)" ]; then
  motd health "The health check $failed fails on $version, on which it passed before: not going back."
  exit 1
fi
refused=$(cat "$state/refused" 2>/dev/null || true)
# Another release that failed is nothing to go back to: the node would restart for ever between the two.
# shellcheck disable=SC2016
previous=$(rpm-ostree status --json | jq -r --arg refused "$refused" '[.deployments[] | select(.booted or .staged | not)][0]
  | select(. != null and ((."container-image-reference-digest" // .checksum) as $digest | $refused | split("\n") | index($digest) | not))
  | .version // empty')
if [ -z "$previous" ]; then
  motd health "The health check $failed fails on $version, and the node has no release to go back to."
  exit 1
fi
# Zincati does not take a release that is on the disk already; the guard and the local graph read this list. If the node
# came to a refused release again, after another one took its place on the disk, updates end until somebody looks.
if grep -qxF "$digest" <<<"$refused"; then
  printf '[updates]\nenabled = false\n' | write "$root/etc/zincati/config.d/95-coxswain-health.toml"
  again=' again; its updates are off until: coxswain-node forget-refused'
fi
{ cat "$state/refused" 2>/dev/null || true; printf '%s\n' "$digest"; } | sort -u | write "$state/refused"
printf 'went back from %s: the health check %s failed%s\n' "$version" "$failed" "${again-}" | write "$state/went-back"
motd health "The health check $failed fails on $version: going back to $previous."
rpm-ostree rollback
systemctl reboot
