# Runs one test, and reports it.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings, and what harness.sh sets
tests_run=0

# Kills all processes of session $1.
kill_session() {
  tries=0
  while [ $tries -lt 10 ]; do
    found=
    for file in /proc/[0-9]*/stat; do
      read -r line 2>/dev/null <"$file" || continue
      # The name in parentheses may contain any character. After it come state, parent, group and session.
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
    tell "output $1 … ($((size - sent_bytes)) bytes before this are left out)"
  fi
  # echo adds a newline: a last line without its own would be joined with the next message.
  {
    tail -c "$sent_bytes" "$2" | tr -d '\000'
    echo
  } | tell_lines "output $1"
}

# Runs test number $1, the file $2, for at most $3 seconds.
run_test() {
  check_tools
  folder=$keep/output
  # A separate file system for the output: a test that writes too much fills this, not the machine's memory.
  mkdir -p "$folder"
  mount -t tmpfs -o size=16m,mode=755 tmpfs "$folder"
  rm -f "$keep/timed-out"
  killed_before=$(oom_kills)
  say start "$1"
  # shellcheck disable=SC2016 # "$0" is for the inner shell
  {
    # When memory runs out, the kernel kills the test and not the harness.
    echo 0 >/proc/self/oom_score_adj
    with_environment "$guest_folder/busybox" sh -c 'cd "$1" && exec "./$0"' "$2" "$guest_folder/tests"
  } </dev/null >"$folder/text" 2>&1 3>&- 4>&- &
  test_process=$!
  # shellcheck disable=SC2016
  setsid sh -c 'sleep $1; : >"$3"; kill -TERM -$2; sleep 5; kill -KILL -$2' \
    timer "$3" $test_process "$keep/timed-out" </dev/null >/dev/null 2>&1 3>&- 4>&- &
  watch_process=$!
  wait $test_process
  code=$?
  kill -KILL -$watch_process
  wait $watch_process
  kill_session $test_process
  result=exited
  [ -e "$keep/timed-out" ] && result=timed-out
  read -r ended rest </proc/uptime
  send_output "$1" "$folder/text"
  [ "$(oom_kills)" = "$killed_before" ] || tell "note $1 out-of-memory"
  full=$(full_place)
  [ -z "$full" ] || tell "note $1 out-of-disk $full"
  tell "end $ended $1 $result $code"
  tests_run=$((tests_run + 1))
  umount -l "$folder"
}

# Counts the processes that the kernel killed for lack of memory since the machine started.
oom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }

# A file system that the image writes to, and that has less than 64 KiB left. The root is read-only, and always full.
full_place() {
  in_image 10 "$guest_folder/busybox" df -k -P /var /etc /tmp /run |
    awk 'NR > 1 && $6 != "/" && $4 < 64 { print $6; exit }'
}
