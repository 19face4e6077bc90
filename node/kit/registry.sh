# shellcheck shell=bash disable=SC2034,SC2154
# Reads a registry by curl alone: manifests by tag, and the files of an OCI artifact. Source common.sh first.

manifest_types='application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'

# The login for the repository, base64: of ostree's file, which rpm-ostree reads, too. The most exact name counts, as in
# containers-auth.json(5): ghcr.io/acme/os, ghcr.io/acme, ghcr.io.
login_for() {
  local file
  for file in "$root/etc/ostree/auth.json" "$root/run/ostree/auth.json" "$root/usr/lib/ostree/auth.json"; do
    [ -r "$file" ] || continue
    # shellcheck disable=SC2016
    jq -r --arg image "$IMAGE" '(.auths // {}) as $logins | ($image | split("/")) as $words
      | [range($words | length; 0; -1) as $count | $words[:$count] | join("/")]
      + (if $words[0] == "docker.io" then ["https://index.docker.io/v1/"] else [] end)
      | [.[] as $name | $logins[$name].auth // empty] | .[0] // empty' "$file" 2>/dev/null ||
      say "$file is not a file of logins (podman login --authfile makes one)"
    return
  done
}

# header START FILE: what follows START (in lower case) in the last header that begins with it
header() {
  local line value=''
  while IFS= read -r line; do
    if [[ ${line,,} == "$1"* ]]; then value=${line:${#1}}; fi
  done <"$2"
  printf '%s' "${value%$'\r'}"
}

# Whether a host, or an address, is this machine. As everywhere, only a registry there may have no TLS.
is_loopback() { [[ ${1#http://} =~ ^(127\.0\.0\.1|localhost)(:[0-9]+)?(/|$) ]]; }

# registry_ask PATH OUTPUT [curl argument…]: sets $http to the status and $digest to the manifest's digest
registry_ask() {
  local host=${IMAGE%%/*} path=$1 output=$2 scheme=https redirects=https headers login challenge token
  shift 2
  if is_loopback "$host"; then scheme=http redirects=http,https; fi
  [ "$host" != docker.io ] || host=registry-1.docker.io
  # Without a file for them, curl would only crash.
  headers=$(mktemp) || { say "no file can be made in ${TMPDIR:-/tmp}"; http=000 digest=''; return; }
  login=$(login_for)
  local ask=(limited curl --silent --show-error --globoff --location --proto-redir "=$redirects" --max-time 60 --compressed
    --header "Accept: $manifest_types" --dump-header "$headers" --output "$output" --write-out '%{http_code}'
    "$@" "$scheme://$host/v2/${IMAGE#*/}/$path")
  # Credentials go through standard input, because everyone on the machine can see arguments.
  http=$(printf '%s\n' "${login:+header = \"Authorization: Basic $login\"}" | "${ask[@]}" --config -) || http=000
  if [ "$http" = 401 ]; then
    challenge=$(header 'www-authenticate: bearer ' "$headers")
    token=$(bearer_token "$challenge" "$login") || token=''
    if [ -n "$token" ]; then
      http=$(printf 'header = "Authorization: Bearer %s"\n' "$token" | "${ask[@]}" --config -) || http=000
    fi
  fi
  digest=$(header 'docker-content-digest: ' "$headers")
  rm -f "$headers"
}

# bearer_token CHALLENGE LOGIN. The registry chose the address and the token: neither may become an option of curl.
bearer_token() {
  local realm service scope token
  [[ $1 =~ realm=\"([^\"]+)\" ]] || return 1
  realm=${BASH_REMATCH[1]}
  [[ $realm == https://* ]] || is_loopback "$realm" || { say "the registry ${IMAGE%%/*} asks for a login at $realm, without TLS"; return 1; }
  [[ $1 =~ service=\"([^\"]*)\" ]] && service=${BASH_REMATCH[1]} || service=''
  scope="repository:${IMAGE#*/}:pull"
  token=$(printf '%s\n' "${2:+header = \"Authorization: Basic $2\"}" |
    limited curl --silent --fail --globoff --max-time 30 --config - --get --data-urlencode "service=$service" --data-urlencode "scope=$scope" "$realm" |
    jq -re '.token // .access_token') || return 1
  [[ $token =~ ^[A-Za-z0-9._~+/=:-]+$ ]] || { say "the registry ${IMAGE%%/*} gave a token with characters that no token has"; return 1; }
  printf '%s' "$token"
}

# digest_of_tag TAG: prints its digest. 1: there is no such tag. 2: no answer.
digest_of_tag() {
  [ -n "$1" ] || return 1
  registry_ask "manifests/$1" /dev/null --head
  if [ "$http" = 200 ] && [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
    # Some registries do not name the digest.
    local manifest
    manifest=$(mktemp) || return 2
    registry_ask "manifests/$1" "$manifest"
    digest=sha256:$(sha256sum <"$manifest" | cut -d' ' -f1)
    rm -f "$manifest"
  fi
  case $http in
    200) printf '%s' "$digest" ;;
    404) return 1 ;;
    *) say "the registry ${IMAGE%%/*} answered $http to the question for $IMAGE:$1"; return 2 ;;
  esac
}

# read_artifact FOLDER NAME…: files of the artifact updates-<fleet>, by the titles of its layers: <fleet>/NAME
read_artifact() {
  local folder=$1 name blob
  shift
  registry_ask "manifests/updates-$FLEET" "$folder/manifest"
  [ "$http" = 200 ] || { say "$IMAGE:updates-$FLEET: the registry answered $http"; return 1; }
  for name in "$@"; do
    blob=$(jq -r --arg title "$FLEET/$name" '.layers[] | select(.annotations["org.opencontainers.image.title"] == $title) | .digest' "$folder/manifest")
    [ -n "$blob" ] || { say "$IMAGE:updates-$FLEET has no $FLEET/$name"; return 1; }
    registry_ask "blobs/$blob" "$folder/$name"
    [ "$http" = 200 ] || { say "$IMAGE: the registry answered $http to the question for $blob"; return 1; }
    [ "sha256:$(sha256sum <"$folder/$name" | cut -d' ' -f1)" = "$blob" ] || { say "$IMAGE: $blob has other bytes than its digest says"; return 1; }
  done
}
