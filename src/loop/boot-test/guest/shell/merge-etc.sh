# Merges the changes of a machine in /etc into the /etc of a new image, by the rules of ostree
# (merge_configuration_from in ostree-sysroot-deploy.c): what was changed, added or removed on the machine since its
# installation is applied to the new /etc too, and everything else is as in the new image. The caller has `fail`,
# which does not return.
# shellcheck shell=dash

# Describes everything below the folder $1, one fact on each line: path, tab, fact. Two entries are the same for
# ostree if type, mode, owner and content are; times do not count.
describe() {
  (
    cd "$1" || exit 1
    find . -mindepth 1 ! -type l -print0 | xargs -0 -r stat -c '%n	%f %u %g'
    find . -mindepth 1 -type l -print0 | xargs -0 -r stat -c '%n	link %u %g %N'
    find . -mindepth 1 -type f -print0 | xargs -0 -r sha256sum | sed 's/^\([0-9a-f]*\)  \(.*\)$/\2	\1/'
  ) | sort
}

# Prints the paths that differ between the descriptions $1 and $2, in the order of paths: "-" or "+", tab, path. What is
# below a folder is not named if the other side has no folder there: then the folder as a whole is the change.
changes() {
  awk -F '\t' '
    function below_other(path, facts) {
      while (sub("/[^/]*$", "", path)) if ((path in facts) && facts[path] !~ /^\n4[0-9a-f][0-9a-f][0-9a-f] /) return 1
      return 0
    }
    FILENAME == ARGV[1] { before[$1] = before[$1] "\n" $2; next }
    { after[$1] = after[$1] "\n" $2 }
    END {
      for (path in before) if (!(path in after) && !below_other(path, after)) print "-\t" path
      for (path in after)
        if ((!(path in before) || before[path] != after[path]) && !below_other(path, before)) print "+\t" path
    }
  ' "$1" "$2" | sort -k 2
}

is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }
exists() { [ -e "$1" ] || [ -L "$1" ]; }

# Makes the folders above $1 in the new /etc as the machine has them, if the new image no longer has them.
make_parents() {
  parent=${1%/*}
  [ "$parent" != . ] || return 0
  if exists "$new/$parent"; then
    is_folder "$new/$parent" || fail "/etc cannot be merged: in the new image ${parent#./} is not a folder"
    return 0
  fi
  made=
  for part in $(echo "${parent#./}" | tr '/ ' ' \001'); do
    made="$made/$(echo "$part" | tr '\001' ' ')"
    is_folder "$new$made" && continue
    mkdir "$new$made" || fail "/etc cannot be merged: $made"
    chown "$(stat -c %u:%g "$current$made")" "$new$made"
    chmod "$(stat -c %a "$current$made")" "$new$made"
  done
}

# Removes one entry that the machine removed. ostree refuses if a file of the new image, or a link that leads to itself,
# is where a folder above it was.
remove() {
  above=$1
  while [ "$above" != . ]; do
    above=${above%/*}
    if [ -e "$new/$above" ] && [ ! -d "$new/$above" ]; then
      fail "/etc cannot be merged: the machine removed ${1#./}, and in the new image ${above#./} is not a folder"
    fi
  done
  rm -rf "${new:?}/$1" || fail "/etc cannot be merged: the machine removed ${1#./}, which cannot be removed from the new image"
}

# Copies one entry of the machine's /etc into the new one.
bring_over() {
  make_parents "$1"
  if is_folder "$new/$1"; then
    is_folder "$current/$1" && return 0
    fail "/etc cannot be merged: the machine changed the file ${1#./}, and the new image has a folder there"
  fi
  if is_folder "$current/$1" || [ -f "$current/$1" ] || [ -L "$current/$1" ]; then
    rm -f "$new/$1"
    cp -a "$current/$1" "$new/$1" || fail "/etc cannot be merged: ${1#./}"
  fi
}

# Makes the /etc of a new deployment: $1 the old image's, $2 the machine's, $3 the new image's, $4 the place for the new
# one, $5 a folder for notes.
merge_etc() {
  current=$2
  new=$4.partial
  rm -rf "$new"
  cp -a "$3" "$new" || fail "/etc could not be copied"
  [ -z "$(find "$1" "$current" -name '*
*' -print | head -n 1)" ] || fail "/etc cannot be merged: a file name has a line break"
  describe "$1" >"$5/before"
  describe "$current" >"$5/after"
  changes "$5/before" "$5/after" >"$5/changes"
  tab=$(printf '\t')
  while IFS="$tab" read -r sign path; do
    [ "$sign" = + ] || remove "$path"
  done <"$5/changes"
  while IFS="$tab" read -r sign path; do
    [ "$sign" = - ] || bring_over "$path"
  done <"$5/changes"
  mv "$new" "$4"
}
