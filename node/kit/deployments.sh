# shellcheck shell=bash
# What this node runs, and what it boots next, by rpm-ostree or bootc. common.sh sources it.

# booted FILTER: of the booted deployment, by jq. A machine without rpm-ostree has bootc.
booted() {
  if command -v rpm-ostree >/dev/null; then
    rpm-ostree status --json --booted | jq -r ".deployments[0] | $1"
  else
    bootc status --json --format-version=1 |
      jq -r ".status.booted.image | { \"container-image-reference\": (\"ostree-unverified-registry:\" + .image.image),
        \"container-image-reference-digest\": .imageDigest, version } | $1"
  fi
}

booted_reference() { booted '."container-image-reference" // ""'; }
booted_digest() { booted '."container-image-reference-digest" // ""'; }

# The reference of what boots next, if it is not the booted one; nothing on a machine without rpm-ostree.
staged_reference() {
  ! command -v rpm-ostree >/dev/null ||
    rpm-ostree status --json | jq -r '.deployments[] | select(.staged) | ."container-image-reference" // ""'
}

# repository_of REFERENCE: ostree-image-signed:docker://ghcr.io/acme/os:stable → ghcr.io/acme/os
repository_of() {
  local name=${1##*docker://}
  name=${name#ostree-remote-registry:*:}
  name=${name##*registry:}
  name=${name##*containers-storage:}
  name=${name%%@*}
  if [[ $name =~ :[^/]*$ ]]; then name=${name%:*}; fi
  printf '%s' "$name"
}

# tag_of REFERENCE: its tag, or nothing
tag_of() {
  local name=${1%%@*}
  if [[ $name =~ :([^:/]+)$ ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}

# switch_to REFERENCE [DIGEST]: deploys it for the next boot
switch_to() {
  if command -v rpm-ostree >/dev/null; then
    rpm-ostree rebase --bypass-driver "$@"
  else
    local name=${1##*docker://}
    bootc switch "${name##*registry:}${2:+@$2}"
  fi
}
