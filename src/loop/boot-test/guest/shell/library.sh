# shellcheck shell=dash
# Shared by the scripts that run in the guest. The caller has read `settings` before (see guest-scripts.ts).
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

# Opens the result channel as file descriptor 3, and the channel of the journal as 4. The kernel opens a virtio-serial
# port only once: while we hold it, nothing else in the machine can write to it.
open_channel() {
  if find_port "$journal_port"; then exec 4>"$port"; else exec 4>/dev/null; fi
  find_port "$report_port" && exec 3>"$port" && return 0
  # The device file of a serial port exists even without the port; its type is then 0.
  if [ "$(cat "/sys/class/tty/$fallback_terminal/type" 2>/dev/null || echo 0)" != 0 ]; then
    stty -F "/dev/$fallback_terminal" raw -echo && exec 3>"/dev/$fallback_terminal" && return 0
  fi
  return 1
}

# Sends one line of the protocol (see protocol.ts). The host believes only lines that begin with the nonce.
tell() {
  echo "$nonce $1" >&3
}

# The same for a line with the uptime: WORD UPTIME REST.
say() {
  read -r uptime rest </proc/uptime
  tell "$1 $uptime $2"
}

# Sends each line of the input as a line of the protocol that begins with $1. The nonce must not be seen in an argument,
# and not in a file: the image could read it through /proc/PID/root of the harness.
tell_lines() {
  {
    echo "$nonce $1"
    cat
  } | awk 'NR == 1 { start = $0; next } { print start, $0 }' >&3
}

# Waits for the kernel: what is only in the buffer of a terminal is lost when the machine powers off.
on_console() {
  echo "<2>coxswain: $1" >/dev/kmsg
}
