# shellcheck shell=bash disable=SC2034,SC2154
# The fleet's releases.json and updates.json on this node: asked for at most every $REFRESH seconds, checked, and kept.
# Source common.sh and registry.sh first, and call need_fleet.

# read_site FOLDER NAME: from the site. Only what changed is loaded, compressed.
read_site() {
  local folder=$1 name=$2 kept=$documents/$2 code
  rm -f "$folder/$name"
  local conditional=()
  # What a power cut emptied is loaded again, whatever its ETag is.
  [ ! -r "$kept.etag" ] || [ ! -s "$kept" ] || conditional=(--etag-compare "$kept.etag")
  code=$(limited curl --silent --show-error --globoff --location --compressed --max-time 60 \
    --output "$folder/$name" --etag-save "$folder/$name.etag" --write-out '%{http_code}' "${conditional[@]}" "$SITE$FLEET/$name") ||
    { say "$SITE$FLEET/$name cannot be read"; return 1; }
  case $code in
    200) ;;
    304) cp "$kept" "$folder/$name"; cp "$kept.etag" "$folder/$name.etag" ;;
    *) say "$SITE$FLEET/$name: the server answered $code"; return 1 ;;
  esac
}

# Asks the site, then the registry. Releases first: an entry for a release that is still unknown does nothing.
load_documents() {
  if [ -n "$SITE" ] && read_site "$1" releases.json && read_site "$1" updates.json; then return; fi
  [ "$ARTIFACT" = yes ] && read_artifact "$1" releases.json updates.json
}

# Whether this node asked in the last $REFRESH seconds. While it has nothing, it asks each time; and a clock that was
# wrong may have left a time in the future.
asked_lately() {
  [ -s "$documents/releases.json" ] && [ -s "$documents/updates.json" ] || return 1
  local age
  age=$(($(date +%s) - $(stat -c %Y "$documents/asked" 2>/dev/null || echo 0)))
  [ "$age" -ge 0 ] && [ "$age" -lt "$REFRESH" ]
}

# Sets $documents to the folder with the documents. Fails if this node has none, and keeps the last good ones if the new
# ones cannot be fetched, or are worse.
need_documents() {
  documents=$state/documents/$FLEET
  mkdir -p "$documents"
  # One process at a time. The others then find the new documents.
  exec 8>"$state/documents/lock"
  flock 8
  if ! asked_lately; then
    refresh_documents
    touch "$documents/asked"
  fi
  flock -u 8
  if [ -s "$documents/releases.json" ] && [ -s "$documents/updates.json" ]; then return; fi
  fail "this node has no guidance of the fleet $FLEET yet, and cannot read it now: it stays on what it runs"
}

refresh_documents() {
  local new problem each kept=()
  new=$(mktemp -d "$documents/.new.XXXXXX")
  if load_documents "$new"; then
    for each in releases updates; do
      kept+=(--rawfile "old_$each" /dev/null)
      [ ! -r "$documents/$each.json" ] || kept[-1]=$documents/$each.json
    done
    # A file with nothing in it, or with two values, counts as null.
    # shellcheck disable=SC2016
    problem=$(jq -rn -L "$lib" --rawfile releases "$new/releases.json" --rawfile updates "$new/updates.json" "${kept[@]}" 'include "documents";
      [$releases, $updates, $old_releases, $old_updates | try fromjson catch null] | problem') || problem='the documents cannot be read'
    if [ -z "$problem" ]; then
      sync "$new/releases.json" "$new/updates.json"
      # Updates first: what they say of a release that is still unknown does nothing.
      for each in updates.json releases.json; do
        if ! cmp -s "$new/$each" "$documents/$each"; then mv -f "$new/$each" "$documents/$each"; fi
        [ ! -e "$new/$each.etag" ] || mv -f "$new/$each.etag" "$documents/$each.etag"
      done
    else
      say "$FLEET: $problem. Keeping what this node has. If the fleet's owner replaced it on purpose: rm -r $documents"
    fi
  fi
  rm -rf "$new"
}

# graph PROGRAM [jq argument…]: runs a program of jq on this node's own graph
graph() {
  local program=$1
  shift
  # shellcheck disable=SC2016
  jq -n -c -L "$lib" --slurpfile releases "$documents/releases.json" --slurpfile updates "$documents/updates.json" \
    --arg basearch "$(basearch)" --argjson wariness "${exact:-1}" --argjson now "${COXSWAIN_NOW:-$(date +%s)}" "$@" \
    'include "graph"; (reduce $releases[0].releases[] as $each ({}; .[$each.version] = $each["oci-index"])) as $indexes
     | graph($releases[0].releases; $updates[0].releases; $basearch; $wariness; $now) | with_aliases($indexes) | '"$program"
}
