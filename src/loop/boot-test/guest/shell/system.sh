# What the harness asks the image's systemd, before and after the tests.
# shellcheck shell=dash
# shellcheck disable=SC2154 # the settings, and what harness.sh sets

# Runs a program in the root of the image, for at most $1 seconds.
in_image() {
  seconds=$1
  shift
  timeout -s KILL "$seconds" nsenter -t 1 -m -r "$@" 2>/dev/null </dev/null 3>&- 4>&-
}

# The same with the image's own search path.
image() {
  seconds=$1
  shift
  in_image "$seconds" "$guest_folder/busybox" env PATH="$system_path" SYSTEMD_COLORS=0 LANG=C.UTF-8 "$@"
}

send_journal() {
  image 30 journalctl --boot --no-pager --output=short-monotonic --no-hostname | tail -c "$journal_bytes" >&4
}

# The tools come from a disk that cannot be written to. Reports if something was mounted over them.
check_tools() {
  number=$(awk -v place="$tools" '$5 == place { print $3 }' /proc/self/mountinfo | tail -n 1)
  if awk -v place="$guest_folder" -v number="$number" '
    $5 == place || index($5, place "/") == 1 { found++; if ($3 != number) other = 1 }
    END { exit !(found == 1 && !other) }
  ' /proc/1/mountinfo && [ "$(stat -c %d:%i "/proc/1/root$guest_folder/busybox")" = "$(stat -c %d:%i "$tools/busybox")" ]; then
    return 0
  fi
  tell "tampered $guest_folder"
  sync
  poweroff -f
  sleep 60
}

# True if the first process is the image's systemd, and not a program that replaced it.
systemd_runs() {
  [ "$(stat -L -c %d:%i /proc/1/exe)" = "$(in_image 20 "$guest_folder/busybox" stat -L -c %d:%i "$systemd")" ]
}

# Waits until systemd has finished its boot, and reports how that went.
system_after_boot() {
  read -r now rest </proc/uptime
  limit=$((${now%.*} + system_seconds))
  # The socket that systemctl uses; asking earlier only takes time.
  tries=0
  while [ ! -S /proc/1/root/run/systemd/private ] && [ "${now%.*}" -lt $limit ]; do
    tries=$((tries + 1))
    # The start was long ago, and the first process is still another program.
    if [ $tries -gt 40 ] && ! systemd_runs; then break; fi
    usleep 100000
    read -r now rest </proc/uptime
  done
  check_tools
  if ! systemd_runs; then
    say system "$(tr -d '\n' </proc/1/comm | tr -c 'a-zA-Z0-9._\n-' '?')-is-not-systemd"
    return
  fi
  state=
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
  say system "$(one_word "$state")"
  [ "$state" = running ] || report_troubles
}

# Asks again for what may have changed while the tests ran.
system_after_tests() {
  state=$(image 30 systemctl is-system-running)
  say after "$(one_word "$state")"
  [ "$state" = running ] || report_troubles
  image 30 systemctl show --property=Id,NRestarts,SubState '*.service' | awk '
    /^Id=/ { id = substr($0, 4) }
    /^NRestarts=/ { count = substr($0, 11) }
    /^SubState=/ { state = substr($0, 10) }
    /^$/ { if (count > 0) print id, count, state; count = 0 }
    END { if (count > 0) print id, count, state }
  ' | head -n 200 | tell_lines restarts
}

one_word() {
  word=$(echo "$1" | head -n 1 | tr -c 'a-zA-Z0-9\n-' '?')
  echo "${word:-unknown}"
}

report_troubles() {
  for unit in $(image 20 systemctl list-units --state=failed --plain --no-legend | head -n 200 | sed 's/^[^a-zA-Z0-9@_-]*//; s/ .*//'); do
    tell "failed-unit $unit"
    {
      image 20 journalctl --boot --no-pager --output=cat --lines=15 --unit="$unit" | head -c 65536
      echo
    } | awk -v unit="$unit" '{ print unit, $0 }' | tell_lines unit-log
  done
  { image 20 systemctl list-jobs --no-legend | head -n 20; } | tell_lines job
}
