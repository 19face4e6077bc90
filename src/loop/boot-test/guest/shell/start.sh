# shellcheck shell=dash
# The first lines of a script in the running guest: its search path, the settings and the library.
here=${0%/*}
export PATH="$here/bin"
[ -d "$here/bin" ] || {
  "$here/busybox" mkdir "$here/bin"
  "$here/busybox" --install -s "$here/bin"
}
# shellcheck source=/dev/null
. "$here/settings"
# shellcheck source=src/loop/boot-test/guest/shell/library.sh
. "$here/library"
