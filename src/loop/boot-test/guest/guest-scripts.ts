import { journalPortName, reportPortName } from '../machine/machine-types.ts';

// What runs inside the virtual machine. All of it is interpreted by the host's static busybox, which travels along:
// nothing here depends on a program of the image, except systemctl and journalctl where systemd is in charge.

/** Folder of the harness in the running guest. */
export const guestFolder = '/run/coxswain';
/** Folder of the commands for tests, see helpers.ts. */
export const helpersFolder = `${guestFolder}/helpers`;

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How much of the journal is sent: its end. */
const journalBytes = 4 * 1024 * 1024;

/** How much of a test's output is sent: its end. Lines of one letter become ten times as long on their way. */
const sentBytes = 1024 * 1024;

export interface GuestSettings {
  /** Path of systemd in the image; without it the harness is the first process. */
  readonly systemd: string | undefined;
  /** Terminal of the second serial port: `ttyS1`. */
  readonly fallbackTerminal: string;
  /** How long systemd may take to finish its boot. */
  readonly systemSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly tests: ReadonlyArray<{ readonly name: string; readonly timeoutSeconds: number }>;
  /** The machine has a disk for /var and changes in /etc; absent: both are gone with it. */
  readonly deployment?: Deployment;
}

/**
 * Which changes in /etc a boot has, as ostree keeps them for each deployment: `old` its own; `new` those of the old one
 * when the new one came, and its own since.
 */
export type Deployment = 'old' | 'new';

/** Opens the way results take, as file descriptor 3, and defines `say`. */
const channel = (fallbackTerminal: string) => `
find_port() {
  for name in /sys/class/virtio-ports/*/name; do
    [ -e "$name" ] || continue
    if [ "$(cat "$name")" = "$1" ]; then
      port="\${name%/name}"
      port="/dev/\${port##*/}"
      [ -c "$port" ] && return 0
    fi
  done
  return 1
}
open_channel() {
  find_port ${reportPortName} && exec 3>"$port" && return 0
  # The node of a serial port is there without the port; its type then is 0.
  if [ "$(cat /sys/class/tty/${fallbackTerminal}/type 2>/dev/null || echo 0)" != 0 ]; then
    stty -F /dev/${fallbackTerminal} raw -echo && exec 3>/dev/${fallbackTerminal} && return 0
  fi
  return 1
}
say() {
  read -r uptime rest </proc/uptime
  echo "$1 $uptime $2" >&3
}
# By way of the kernel: what is only in the buffer of a terminal is lost when the machine powers off.
on_console() {
  echo "<2>coxswain: $1" >/dev/kmsg
}
`;

/**
 * Generators of systemd that only make sense on an installed machine. Fedora CoreOS's wants a partition labelled "boot"
 * for local-fs.target wherever /etc/fstab names none: systemd would wait 90 seconds for it, and go into emergency mode.
 */
const installedOnly = ['coreos-boot-mount-generator'];

/** /init of the initrd: mounts the image's root, read-only, with a layer in memory above it, and hands over. */
export function initScript({ systemd, fallbackTerminal, deployment }: GuestSettings): string {
  const first = systemd ?? `${guestFolder}/busybox sh ${guestFolder}/first-process`;
  return `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
read -r began rest </proc/uptime
${channel(fallbackTerminal)}
fail() {
  on_console "$1"
  if open_channel; then say problem "$1"; else on_console "no result channel"; fi
  poweroff -f
}
# A module that does not load is often one of several that would do; what is really missing shows at the mount.
while read -r module; do insmod "/modules/$module" 2>/dev/null; done </modules/order
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do usleep 100000; tries=$((tries + 1)); done
[ -b /dev/vda ] || fail "the kernel did not find the disk (virtio_pci, virtio_blk)"
mount -t erofs -o ro /dev/vda /lower || fail "the kernel cannot mount erofs"
mount -t tmpfs -o mode=755 tmpfs /writable
mkdir /writable/upper /writable/work
mount -t overlay -o lowerdir=/lower,upperdir=/writable/upper,workdir=/writable/work overlay /root ||
  fail "the kernel cannot mount overlay"
${deployment === undefined ? '' : stateMounts(deployment)}
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
cp -a /coxswain ${guestFolder}
if [ -e /coxswain/coxswain.service ]; then
  for target in multi-user emergency rescue; do
    mkdir -p /run/systemd/system/$target.target.wants
    ln -s ../coxswain.service /run/systemd/system/$target.target.wants/coxswain.service
  done
  mv ${guestFolder}/coxswain.service /run/systemd/system/coxswain.service
  mkdir -p /run/systemd/system-generators
  for name in ${installedOnly.join(' ')}; do ln -s /dev/null /run/systemd/system-generators/$name; done
fi
for place in dev proc sys run; do
  mkdir -p /root/$place
  mount -o move /$place /root/$place
done
read -r ready rest </root/proc/uptime
echo "mark $began initrd
mark $ready root" >/root${guestFolder}/marks
exec switch_root -c /dev/console /root ${first}
`;
}

/**
 * Mounts what outlives the machine. /var is filled from the image only once, as at an installation; an update brings
 * nothing into it. In /etc, files that were changed on the machine win over those of the image, new or not.
 */
function stateMounts(deployment: Deployment): string {
  const layers = deployment === 'old' ? '/lower/etc' : '/state/etc-old/upper:/lower/etc';
  const folder = `/state/etc-${deployment}`;
  const options = `index=off,redirect_dir=off,metacopy=off,lowerdir=${layers},upperdir=${folder}/upper,workdir=${folder}/work`;
  return `[ -b /dev/vdb ] || fail "the kernel did not find the disk for /var"
mount -t ext4 -o noatime /dev/vdb /state || fail "the kernel cannot mount ext4"
if [ ! -d /state/var ]; then
  rm -rf /state/var.partial
  cp -a /lower/var /state/var.partial && mv /state/var.partial /state/var || fail "/var could not be copied"
fi
mkdir -p ${folder}/upper ${folder}/work
mount -t overlay -o ${options} overlay /root/etc || fail "the kernel cannot mount overlay on /etc"
mount -o bind /state/var /root/var || fail "/var could not be mounted"`;
}

/** The unit that runs the harness; without default dependencies, so that it starts in emergency mode too. */
export function unitFile(): string {
  return `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target

[Service]
Type=simple
ExecStart=${guestFolder}/busybox sh ${guestFolder}/harness
ExecStopPost=${guestFolder}/busybox sh ${guestFolder}/ended
OOMScoreAdjust=-900
`;
}

/** The first process of an image without systemd. */
export function firstProcessScript(): string {
  return `${harnessStart()}
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
exec sh ${guestFolder}/harness
`;
}

/** Runs when the harness has ended for whatever reason: a machine without it would only wait for its deadline. */
export function endedScript({ fallbackTerminal }: GuestSettings): string {
  return `${harnessStart()}
[ -e ${guestFolder}/finished ] && exit 0
${channel(fallbackTerminal)}
${imageFunctions}
open_channel && say ended
send_journal
poweroff -f
`;
}

/** Waits for the system, runs the tests, reports line by line (see protocol.ts), and powers off. */
export function harnessScript(settings: GuestSettings): string {
  const runs = settings.tests.map(
    ({ name, timeoutSeconds }, index) => `run_test ${index} ${quoted(name)} ${timeoutSeconds}`,
  );
  return `${harnessStart()}
${channel(settings.fallbackTerminal)}
if ! open_channel; then
  on_console "no result channel"
  : >${guestFolder}/finished
  poweroff -f
fi
[ -e ${guestFolder}/marks ] && cat ${guestFolder}/marks >&3
say begin "$(uname -r)"
${imageFunctions}
${settings.systemd === undefined ? 'say system none' : systemPart(settings.systemSeconds)}

kill_session() {
  tries=0
  while [ $tries -lt 10 ]; do
    found=
    for file in /proc/[0-9]*/stat; do
      read -r line 2>/dev/null <"$file" || continue
      # The name in parentheses may hold anything; after it: state, parent, group, session.
      after="\${line##*) }"
      state="\${after%% *}"
      after="\${after#* * * }"
      if [ "\${after%% *}" = "$1" ] && [ "$state" != Z ]; then
        kill -KILL "\${line%% *}" 2>/dev/null && found=1
      fi
    done
    [ -z "$found" ] && return
    tries=$((tries + 1))
  done
}

send_output() {
  # Without the final newline here, a last line that lacks its own would swallow the next message.
  size=$(wc -c <"$2")
  if [ "$size" -gt ${sentBytes} ]; then echo "output $1 … ($((size - ${sentBytes})) bytes before this are left out)" >&3; fi
  { tail -c ${sentBytes} "$2" | tr -d '\\000'; echo; } | sed "s/^/output $1 /" >&3
}

run_test() {
  folder=${guestFolder}/output
  # A file system of its own for the output: a test that floods it fills this, not the machine's memory.
  mkdir -p $folder
  mount -t tmpfs -o size=16m,mode=755 tmpfs $folder
  rm -f ${guestFolder}/timed-out
  killed_before=$(oom_kills)
  say start $1
  setsid env -i ${environmentWords(settings.environment)} \\
    ${guestFolder}/busybox sh -c 'cd ${guestFolder}/tests && exec "./$0"' "$2" \\
    </dev/null >$folder/text 2>&1 3>&- &
  test_process=$!
  setsid sh -c 'sleep $1; : >${guestFolder}/timed-out; kill -TERM -$2; sleep 5; kill -KILL -$2' \\
    watch $3 $test_process </dev/null >/dev/null 2>&1 3>&- &
  watch_process=$!
  wait $test_process
  code=$?
  kill -KILL -$watch_process
  wait $watch_process
  kill_session $test_process
  result=exited
  [ -e ${guestFolder}/timed-out ] && result=timed-out
  read -r ended rest </proc/uptime
  send_output $1 $folder/text
  [ "$(oom_kills)" = "$killed_before" ] || echo "note $1 out-of-memory" >&3
  for place in / /var /etc; do
    if is_full $place; then echo "note $1 out-of-disk $place" >&3 && break; fi
  done
  echo "end $ended $1 $result $code" >&3
  umount -l $folder
}

# Processes that the kernel killed for lack of memory, since the machine started.
oom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }

# Less than 64 KiB are left.
is_full() {
  left=$(df -k -P "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
  [ -n "$left" ] && [ "$left" -lt 64 ]
}

${runs.join('\n')}

for file in /etc/machine-id /etc/ssh/ssh_host_*_key; do
  [ -f "$file" ] && echo "identity \${file##*/} $(sha256sum <"$file" | cut -d' ' -f1)" >&3
done
${settings.systemd === undefined ? '' : 'send_journal'}
sync
say done
: >${guestFolder}/finished
poweroff -f
`;
}

function harnessStart(): string {
  return `export PATH=${guestFolder}/bin
[ -d ${guestFolder}/bin ] || { ${guestFolder}/busybox mkdir ${guestFolder}/bin; ${guestFolder}/busybox --install -s ${guestFolder}/bin; }`;
}

const imageFunctions = `
# Programs of the image, with the image's own search path.
image() {
  seconds=$1
  shift
  timeout -s KILL "$seconds" env PATH=${systemPath} SYSTEMD_COLORS=0 LANG=C.UTF-8 "$@" 2>/dev/null </dev/null 3>&-
}
send_journal() {
  find_port ${journalPortName} || return
  image 30 journalctl --boot --no-pager --output=short-monotonic --no-hostname | tail -c ${journalBytes} >"$port"
}
`;

function systemPart(systemSeconds: number): string {
  return `
read -r now rest </proc/uptime
limit=$((\${now%.*} + ${systemSeconds}))
while :; do
  read -r now rest </proc/uptime
  left=$((limit - \${now%.*}))
  [ $left -gt 0 ] || break
  state=$(image $left systemctl is-system-running --wait)
  case "$state" in
    initializing | starting | offline | unknown | '') usleep 300000 ;;
    *) break ;;
  esac
done
[ -n "$state" ] || state=$(image 10 systemctl is-system-running)
say system "\${state:-unknown}"
if [ "$state" != running ]; then
  for unit in $(image 20 systemctl list-units --state=failed --plain --no-legend | sed 's/^[^a-zA-Z0-9@_-]*//; s/ .*//'); do
    echo "failed-unit $unit" >&3
    { image 20 journalctl --boot --no-pager --output=cat --lines=15 --unit="$unit"; echo; } |
      sed "s/^/unit-log $unit /" >&3
  done
  { image 20 systemctl list-jobs --no-legend | head -20; } | sed 's/^/job /' >&3
fi`;
}

function environmentWords(environment: Readonly<Record<string, string>>): string {
  const all = {
    PATH: `${systemPath}:${helpersFolder}`,
    HOME: '/root',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    ...environment,
  };
  return Object.entries(all)
    .map(([name, value]) => quoted(`${name}=${value}`))
    .join(' ');
}

/** One word of a shell command, whatever it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
