# shellcheck shell=bash disable=SC2034,SC2154
# Reads a registry by curl alone: manifests by tag, and the files of an OCI artifact. Source common.sh first.

manifest_types='application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json'

# The login for a host, base64: of ostree's file, which rpm-ostree reads, too.
login_for() {
  local file
  for file in "$root/etc/ostree/auth.json" "$root/run/ostree/auth.json" "$root/usr/lib/ostree/auth.json"; do
    [ -r "$file" ] || continue
    jq -r --arg host "$1" --arg repository "$IMAGE" '.auths // {} | (.[$repository] // .[$host]) | .auth // empty' "$file"
    return
  done
}

# registry_ask PATH OUTPUT [curl argument…]: sets $http to the status and $digest to the manifest's digest
registry_ask() {
  local host=${IMAGE%%/*} path=$1 output=$2 scheme=https headers login challenge token
  shift 2
  # As everywhere, only a registry on loopback may have no TLS.
  case $host in 127.0.0.1 | 127.0.0.1:* | localhost | localhost:*) scheme=http ;; esac
  headers=$(mktemp)
  login=$(login_for "$host")
  local ask=(curl --silent --show-error --location --max-time 60 --compressed --header "Accept: $manifest_types"
    --dump-header "$headers" --output "$output" --write-out '%{http_code}' "$@" "$scheme://$host/v2/${IMAGE#*/}/$path")
  # Credentials go through standard input, because everyone on the machine can see arguments.
  http=$(printf '%s\n' "${login:+header = \"Authorization: Basic $login\"}" | "${ask[@]}" --config -) || http=000
  if [ "$http" = 401 ]; then
    challenge=$(grep -i '^www-authenticate: *bearer ' "$headers" | tail -n 1 | tr -d '\r' || true)
    token=$(bearer_token "$challenge" "$login") || token=''
    if [ -n "$token" ]; then
      http=$(printf 'header = "Authorization: Bearer %s"\n' "$token" | "${ask[@]}" --config -) || http=000
    fi
  fi
  digest=$(grep -i '^docker-content-digest:' "$headers" | tail -n 1 | tr -d '\r' || true)
  digest=${digest##*: }
  rm -f "$headers"
}

# bearer_token CHALLENGE LOGIN
bearer_token() {
  local realm service scope
  [[ $1 =~ realm=\"([^\"]+)\" ]] || return 1
  realm=${BASH_REMATCH[1]}
  [[ $1 =~ service=\"([^\"]*)\" ]] && service=${BASH_REMATCH[1]} || service=''
  scope="repository:${IMAGE#*/}:pull"
  printf '%s\n' "${2:+header = \"Authorization: Basic $2\"}" |
    curl --silent --fail --max-time 30 --config - --get --data-urlencode "service=$service" --data-urlencode "scope=$scope" "$realm" |
    jq -re '.token // .access_token'
}

# digest_of_tag TAG: prints its digest. 1: there is no such tag. 2: no answer.
digest_of_tag() {
  registry_ask "manifests/$1" /dev/null --head
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
