# Waits for the system, runs the tests, reports line by line (see protocol.ts), and powers off.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings
# shellcheck source=src/loop/boot-test/guest/shell/start.sh
. "${0%/*}/start"

# Waits until systemd has finished its boot, and reports how that went.
report_system() {
  read -r now rest </proc/uptime
  limit=$((${now%.*} + system_seconds))
  while :; do
    read -r now rest </proc/uptime
    left=$((limit - ${now%.*}))
    [ $left -gt 0 ] || break
    state=$(image $left systemctl is-system-running --wait)
    case "$state" in
      initializing | starting | offline | unknown | '') usleep 300000 ;;
      *) break ;;
    esac
  done
  [ -n "$state" ] || state=$(image 10 systemctl is-system-running)
  say system "${state:-unknown}"
  [ "$state" = running ] || report_troubles
}

report_troubles() {
  for unit in $(image 20 systemctl list-units --state=failed --plain --no-legend | sed 's/^[^a-zA-Z0-9@_-]*//; s/ .*//'); do
    echo "failed-unit $unit" >&3
    {
      image 20 journalctl --boot --no-pager --output=cat --lines=15 --unit="$unit"
      echo
    } | sed "s/^/unit-log $unit /" >&3
  done
  { image 20 systemctl list-jobs --no-legend | head -20; } | sed 's/^/job /' >&3
}

# Kills all processes of session $1.
kill_session() {
  tries=0
  while [ $tries -lt 10 ]; do
    found=
    for file in /proc/[0-9]*/stat; do
      read -r line 2>/dev/null <"$file" || continue
      # The name in parentheses may hold anything; after it: state, parent, group, session.
      after="${line##*) }"
      state="${after%% *}"
      after="${after#* * * }"
      if [ "${after%% *}" = "$1" ] && [ "$state" != Z ]; then
        kill -KILL "${line%% *}" 2>/dev/null && found=1
      fi
    done
    [ -z "$found" ] && return
    tries=$((tries + 1))
  done
}

# Sends the end of file $2 as the output of test $1.
send_output() {
  size=$(wc -c <"$2")
  if [ "$size" -gt "$sent_bytes" ]; then
    echo "output $1 … ($((size - sent_bytes)) bytes before this are left out)" >&3
  fi
  # Without the newline that echo adds, a last line that lacks its own would swallow the next message.
  {
    tail -c "$sent_bytes" "$2" | tr -d '\000'
    echo
  } | sed "s/^/output $1 /" >&3
}

# Runs test number $1, the file $2, for at most $3 seconds.
run_test() {
  folder=$here/output
  # A file system of its own for the output: a test that floods it fills this, not the machine's memory.
  mkdir -p "$folder"
  mount -t tmpfs -o size=16m,mode=755 tmpfs "$folder"
  rm -f "$here/timed-out"
  killed_before=$(oom_kills)
  say start "$1"
  # shellcheck disable=SC2016 # "$0" is for the inner shell
  with_environment setsid "$here/busybox" sh -c 'cd "$1" && exec "./$0"' "$2" "$here/tests" \
    </dev/null >"$folder/text" 2>&1 3>&- &
  test_process=$!
  # shellcheck disable=SC2016
  setsid sh -c 'sleep $1; : >"$3"; kill -TERM -$2; sleep 5; kill -KILL -$2' \
    watch "$3" $test_process "$here/timed-out" </dev/null >/dev/null 2>&1 3>&- &
  watch_process=$!
  wait $test_process
  code=$?
  kill -KILL -$watch_process
  wait $watch_process
  kill_session $test_process
  result=exited
  [ -e "$here/timed-out" ] && result=timed-out
  read -r ended rest </proc/uptime
  send_output "$1" "$folder/text"
  [ "$(oom_kills)" = "$killed_before" ] || echo "note $1 out-of-memory" >&3
  for place in / /var /etc; do
    if is_full $place; then
      echo "note $1 out-of-disk $place" >&3
      break
    fi
  done
  echo "end $ended $1 $result $code" >&3
  umount -l "$folder"
}

# Processes that the kernel killed for lack of memory, since the machine started.
oom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }

# Less than 64 KiB are left.
is_full() {
  left=$(df -k -P "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ -n "$left" ] && [ "$left" -lt 64 ]
}

if ! open_channel; then
  on_console "no result channel"
  : >"$here/finished"
  poweroff -f
fi
[ -e "$here/marks" ] && cat "$here/marks" >&3
say begin "$(uname -r)"
if [ -n "$systemd" ]; then report_system; else say system none; fi
# shellcheck source=/dev/null
. "$here/runs"
for file in /etc/machine-id /etc/ssh/ssh_host_*_key; do
  [ -f "$file" ] && echo "identity ${file##*/} $(sha256sum <"$file" | cut -d' ' -f1)" >&3
done
[ -z "$systemd" ] || send_journal
sync
say "done"
: >"$here/finished"
poweroff -f
