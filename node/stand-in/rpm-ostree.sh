#!/bin/sh
# A stand-in for rpm-ostree, where the real one cannot run (tests, and boot tests): it answers `status --json` in the
# real shape, and refuses what the real one refuses. It deploys nothing itself. POSIX shell without other programs.
#
# $RPM_OSTREE_STATE is a folder with
#   images/<hex>       what a registry has: REPOSITORY VERSION CREATED (UNIX seconds) SIGNED, one KEY=value a line
#   images/<hex>.meta  base-commit-meta of that image, JSON on one line
#   tags               lines "repository:tag sha256:<hex>"
#   booted, staged, rollback   deployments: REF DIGEST LOCKED PACKAGES, or REFSPEC CHECKSUM VERSION of an ostree commit
#   calls              what was asked, one call a line
#   deploy             a program that deploys for real: it gets the reference and the digest; absent: nothing is deployed
set -u
state=${RPM_OSTREE_STATE:-/run/coxswain-stand-in}

fail() { echo "error: $*" >&2; exit 1; }

# read_fields FILE: sets the variables that it names, and no others
read_fields() {
  REPOSITORY='' VERSION='' CREATED=0 SIGNED=no REF='' DIGEST='' LOCKED=no REFSPEC='' CHECKSUM='' PACKAGES=''
  [ -r "$1" ] || return 1
  while IFS='=' read -r field value; do
    case $field in
      REPOSITORY) REPOSITORY=$value ;; VERSION) VERSION=$value ;; CREATED) CREATED=$value ;; SIGNED) SIGNED=$value ;;
      REF) REF=$value ;; DIGEST) DIGEST=$value ;; LOCKED) LOCKED=$value ;; PACKAGES) PACKAGES=$value ;;
      REFSPEC) REFSPEC=$value ;; CHECKSUM) CHECKSUM=$value ;;
    esac
  done <"$1"
}

# deployment NAME: its entry in status --json
deployment() {
  read_fields "$state/$1" || return 1
  staged=false booted=false
  case $1 in staged) staged=true ;; booted) booted=true ;; esac
  packages=''
  for package in $PACKAGES; do packages="$packages${packages:+,}\"$package\""; done
  common="\"booted\":$booted,\"staged\":$staged,\"unlocked\":\"none\",\"pinned\":false,\"osname\":\"fedora-coreos\",\"serial\":0,\"requested-packages\":[$packages],\"packages\":[$packages]"
  if [ -n "$REFSPEC" ]; then
    printf '{%s,"origin":"%s","checksum":"%s","version":"%s","base-commit-meta":{"fedora-coreos.stream":"stable"}}' \
      "$common" "$REFSPEC" "$CHECKSUM" "$VERSION"
    return
  fi
  ref=$REF digest=$DIGEST
  read_fields "$state/images/${digest#sha256:}" || fail "no image $digest"
  meta='{}'
  [ ! -r "$state/images/${digest#sha256:}.meta" ] || read -r meta <"$state/images/${digest#sha256:}.meta"
  printf '{%s,"container-image-reference":"%s","container-image-reference-digest":"%s","checksum":"%s","version":"%s","timestamp":%s,"base-commit-meta":%s}' \
    "$common" "$ref" "$digest" "${digest#sha256:}" "$VERSION" "$CREATED" "$meta"
}

status() {
  entries=''
  for name in $([ -n "$only_booted" ] && echo booted || echo staged booted rollback); do
    [ ! -e "$state/$name" ] || entries="$entries${entries:+,}$(deployment "$name")" || exit 1
  done
  driver=null
  if [ -e "$state/driver" ]; then
    read -r name <"$state/driver"
    driver="{\"driver-name\":\"$name\",\"driver-sd-unit\":\"zincati.service\"}"
  fi
  printf '{"deployments":[%s],"transaction":null,"cached-update":null,"update-driver":%s}\n' "$entries" "$driver"
}

refuse_driven() {
  [ -e "$state/driver" ] && [ -z "$bypass" ] && [ "${RPMOSTREE_CLIENT_ID:-}" != zincati ] || return 0
  fail "Updates and deployments are driven by Zincati (zincati.service)
See Zincati's documentation at https://github.com/coreos/zincati
Use --bypass-driver to bypass Zincati and perform the operation anyways"
}

# ostree-image-signed:docker://host/path:tag → host/path:tag
image_of() {
  case $1 in
    *:containers-storage:*) echo "${1#*:containers-storage:}" ;;
    *docker://*) echo "${1#*docker://}" ;;
    ostree-remote-registry:*) rest=${1#*:}; echo "${rest#*:}" ;;
    *:registry:* | ostree-unverified-registry:*) echo "${1##*registry:}" ;;
    *) fail "Invalid image reference: $1" ;;
  esac
}

# stage REF DIGEST
stage() {
  read_fields "$state/booted"; previous=$DIGEST packages=$PACKAGES since=0
  [ -z "$previous" ] || { read_fields "$state/images/${previous#sha256:}" && since=$CREATED; }
  image=$(image_of "$1") || exit 1
  case $image in *@*) repository=${image%%@*} ;; */*:*) repository=${image%:*} ;; *) repository=$image ;; esac
  digest=$2
  if [ -z "$digest" ]; then
    case $image in
      *@*) digest=${image#*@} ;;
      *) while read -r tag target; do [ "$tag" != "$image" ] || digest=$target; done <"$state/tags" ;;
    esac
  fi
  read_fields "$state/images/${digest#sha256:}" || REPOSITORY=''
  [ "$REPOSITORY" = "$repository" ] ||
    fail "Creating importer: Failed to invoke skopeo proxy method OpenImage: remote error: reading manifest ${digest:-$image} in $repository: manifest unknown"
  case $1 in
    ostree-image-signed:*) [ "$SIGNED" = yes ] || fail "Source image rejected: A signature was required, but no signature exists" ;;
  esac
  if [ -n "$no_downgrade" ] && [ "$CREATED" -lt "$since" ]; then
    fail "Upgrade target revision '${digest#sha256:}' with timestamp '$CREATED' is chronologically older than current revision '${previous#sha256:}' with timestamp '$since'"
  fi
  if [ -x "$state/deploy" ]; then "$state/deploy" "$1" "$digest" >&2 || fail "Deploying $digest failed"; fi
  printf 'REF=%s\nDIGEST=%s\nLOCKED=%s\nPACKAGES=%s\n' "$1" "$digest" "$lock" "$packages" >"$state/staged"
  # The agent looks at the time of this folder.
  touch /ostree/deploy 2>/dev/null || true
  [ -z "$reboot" ] || echo staged >"$state/reboot"
}

origin() {
  read_fields "$state/staged" || read_fields "$state/booted"
  printf '%s' "$REF"
}

# What the next boot would do: a locked deployment is dropped.
next_boot() {
  if read_fields "$state/staged" && [ "$LOCKED" = no ]; then
    mv "$state/booted" "$state/rollback"
    mv "$state/staged" "$state/booted"
  fi
  rm -f "$state/staged" "$state/driver" "$state/reboot"
}

roll_back() {
  [ -e "$state/rollback" ] || fail "No deployments available for rollback"
  rm -f "$state/staged"
  mv "$state/booted" "$state/swap"; mv "$state/rollback" "$state/booted"; mv "$state/swap" "$state/rollback"
  [ -z "$reboot" ] || echo rollback >"$state/reboot"
}

echo "$*" >>"$state/calls"
command=${1:-}
[ $# -eq 0 ] || shift
only_booted='' lock=no no_downgrade='' bypass='' reboot='' driver='' first='' second=''
for argument in "$@"; do
  case $argument in
    --json | -p) ;;
    --booted | -b) only_booted=yes ;;
    --lock-finalization) lock=yes ;;
    --disallow-downgrade) no_downgrade=yes ;;
    --bypass-driver) bypass=yes ;;
    --reboot | -r) reboot=yes ;;
    --register-driver=*) driver=${argument#*=} ;;
    -*) fail "Unknown option $argument" ;;
    *) if [ -z "$first" ]; then first=$argument; else second=$argument; fi ;;
  esac
done

case $command in
  status) status ;;
  deploy)
    if [ -n "$driver" ]; then echo "$driver" >"$state/driver"; exit 0; fi
    refuse_driven
    ref=$(origin)
    stage "$ref" "$first"
    ;;
  rebase)
    refuse_driven
    [ "$first" != "$(origin)" ] || fail "Old and new refs are equal: $first"
    stage "$first" "$second"
    ;;
  upgrade)
    refuse_driven
    ref=$(origin)
    stage "$ref" ''
    ;;
  finalize-deployment)
    read_fields "$state/staged" || fail "No pending deployment"
    [ "$first" = "$DIGEST" ] || fail "Expected staged base checksum $first, but found $DIGEST"
    printf 'REF=%s\nDIGEST=%s\nLOCKED=no\nPACKAGES=%s\n' "$REF" "$DIGEST" "$PACKAGES" >"$state/staged"
    echo finalized >"$state/reboot"
    ;;
  cleanup) rm -f "$state/staged"; touch /ostree/deploy 2>/dev/null || true ;;
  rollback) roll_back ;;
  next-boot) next_boot ;;
  *) fail "Unknown command '$command'" ;;
esac
