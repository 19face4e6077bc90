# shellcheck shell=dash
# Shared by the scripts that run in the guest. The caller has read `settings` before (see guest-settings.ts).
# shellcheck disable=SC2154 # the settings

# Finds the device of a virtio-serial port by its name, and sets `port`.
find_port() {
  for name in /sys/class/virtio-ports/*/name; do
    [ -e "$name" ] || continue
    if [ "$(cat "$name")" = "$1" ]; then
      port="${name%/name}"
      port="/dev/${port##*/}"
      [ -c "$port" ] && return 0
    fi
  done
  return 1
}

# Opens the result channel as file descriptor 3.
open_channel() {
  find_port "$report_port" && exec 3>"$port" && return 0
  # The node of a serial port exists without the port; the type is then 0.
  if [ "$(cat "/sys/class/tty/$fallback_terminal/type" 2>/dev/null || echo 0)" != 0 ]; then
    stty -F "/dev/$fallback_terminal" raw -echo && exec 3>"/dev/$fallback_terminal" && return 0
  fi
  return 1
}

# Sends one line of the protocol (see protocol.ts): WORD UPTIME REST.
say() {
  read -r uptime rest </proc/uptime
  echo "$1 $uptime $2" >&3
}

# Through the kernel: what is only in the buffer of a terminal is lost when the machine powers off.
on_console() {
  echo "<2>coxswain: $1" >/dev/kmsg
}

# Runs a program of the image with the image's own search path, for at most $1 seconds.
image() {
  seconds=$1
  shift
  timeout -s KILL "$seconds" env PATH="$system_path" SYSTEMD_COLORS=0 LANG=C.UTF-8 "$@" 2>/dev/null </dev/null 3>&-
}

send_journal() {
  find_port "$journal_port" || return
  image 30 journalctl --boot --no-pager --output=short-monotonic --no-hostname | tail -c "$journal_bytes" >"$port"
}
