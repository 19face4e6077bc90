import { A as messageOf, D as InputError, O as OutsideError, S as onInterrupt, T as parseDuration, b as withTemporaryFolder, d as exec, f as findTool, g as silentLog, m as requireTools, o as startProcess, v as isMissing, x as writeFileAtomically, y as readFileIfThere } from "./host.mjs";
import { r as findFleet } from "./project.mjs";
import { f as materialiseContext, l as findBuiltFor, p as requireBootSpace, r as readCandidate, u as localTag } from "./release-candidate.mjs";
import { c as upgradeStarts, l as upgradeStages, o as passingEvidence, s as pushEvidence } from "./release-evidence.mjs";
import { f as listCommit } from "./world-git.mjs";
import { A as parseReference, C as atTag, E as formatRepository, M as sameRepository, S as atDigest, T as formatReference, f as isLoopback, h as layoutReader, m as inLayout, v as readImage } from "./world-registry.mjs";
import { n as recordPackages } from "./world-packages.mjs";
import { chmod, copyFile, lstat, mkdir, open, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, posix, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { accessSync, constants as constants$1, existsSync } from "node:fs";
import { gunzipSync } from "node:zlib";
// src/loop/boot-test/guest/tests.ts
function hasUpgradeTests(tests) {
	return upgradeStages.some((stage) => tests[stage].length > 0);
}
/** Names among the results that are not those of files. */
const takenNames = ["systemd", "identity"];
/**
* The tests directly in a folder, in the order of their names (bytewise, as `LC_ALL=C ls` has it): files that end in
* `.sh`, and other executable files. Folders in it may hold what tests share; they are not searched.
* @param shownAs the folder's name in messages
* @throws InputError for a test's unreadable `# coxswain:` line
*/
async function listTests(folder, shownAs = folder) {
	const tests = [];
	for (const name of (await namesIn$1(folder)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
		const path = join(folder, name);
		const { mode } = await stat(path);
		if (name.startsWith(".") || !(name.endsWith(".sh") || (mode & 73) !== 0)) continue;
		if (takenNames.includes(name)) throw new InputError({
			where: `${shownAs}/${name}`,
			problem: "a test cannot have this name: results of the harness have it",
			expected: "another name, such as 10-systemd.sh"
		});
		const timeoutSeconds = readTestTimeout(await readFile(path, "latin1"), `${shownAs}/${name}`);
		tests.push({
			name,
			path,
			...timeoutSeconds === void 0 ? {} : { timeoutSeconds }
		});
	}
	return tests;
}
async function namesIn$1(folder) {
	try {
		return (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
/**
* Reads `# coxswain: timeout=300` (or `5m`) from the first ten lines of a test; the answer is in seconds.
* @throws InputError for a `# coxswain:` line that says anything else
*/
function readTestTimeout(text, where) {
	for (const [index, line] of text.split("\n", 10).entries()) {
		const setting = /^\s*#\s*coxswain:\s*(.*?)\s*$/.exec(line)?.[1];
		if (setting === void 0) continue;
		const value = /^timeout=(\S+)$/.exec(setting)?.[1];
		const place = { where: `${where}:${index + 1}` };
		if (value === void 0) throw new InputError({
			...place,
			problem: "unknown setting of a test",
			found: setting,
			expected: "timeout=SECONDS, such as # coxswain: timeout=300"
		});
		const seconds = /^\d+$/.test(value) ? Number(value) : parseDuration(value, {
			...place,
			field: "timeout"
		});
		if (seconds === 0) throw new InputError({
			...place,
			field: "timeout",
			problem: "a test needs some time",
			found: value
		});
		return seconds;
	}
}
// src/loop/boot-test/guest/tests-of-commit.ts
/**
* Writes the tests of a commit into an empty folder: what runs is then exactly what the tree's hash says, whatever is
* in the work tree.
* @param tests folder of the tests inside the repository
* @throws InputError when there is nothing to run
*/
async function readCommittedTests(git, commit, tests, folder) {
	const tree = await git.try([
		"rev-parse",
		"--verify",
		"--quiet",
		`${commit}:${tests}`
	]);
	if (tree === void 0) throw nothingToTest(tests, commit, "the commit has no such folder");
	const entries = (await listCommit(git, commit)).flatMap(({ mode, hash, path }) => {
		const inside = posix.relative(tests, path);
		if (inside.startsWith("..") || mode !== "100644" && mode !== "100755") return [];
		return [{
			mode,
			hash,
			path: inside
		}];
	});
	await materialiseContext(git, entries, folder, 0);
	const files = await listTests(folder, tests);
	if (files.length === 0) throw nothingToTest(tests, commit, "the folder has no tests in this commit");
	const [before, after, rollback] = await Promise.all(upgradeStages.map(async (stage) => (await listTests(join(folder, stage), `${tests}/${stage}`)).map((test) => ({
		...test,
		name: `${stage}/${test.name}`
	}))));
	return {
		files,
		tree,
		upgrade: {
			"before-upgrade": before ?? [],
			"after-upgrade": after ?? [],
			"after-rollback": rollback ?? []
		}
	};
}
function nothingToTest(tests, commit, found) {
	return new InputError({
		where: `${tests}/ (commit ${commit.slice(0, 12)})`,
		problem: `nothing would be tested: ${found}`,
		expected: `files directly in ${tests}/ that end in .sh or are executable`,
		remedy: `Write ${tests}/10-boots.sh, which exits with 0 when all is well, and commit it.`
	});
}
// src/loop/boot-test/image-source.ts
/** An image in a registry, by its digest alone: `name:tag@digest` is refused by older buildah. */
function inRegistry(image) {
	const storedAs = `${formatRepository(image.repository)}@${image.digest}`;
	return {
		name: formatReference(image),
		place: `docker://${storedAs}`,
		storedAs,
		plainHttp: isLoopback(new URL(`http://${image.repository.registry}`))
	};
}
// src/loop/boot-test/image-under-test.ts
/**
* Finds the image that the checkout's commit builds, in the test registry or in a folder, or another one by its name.
* @param wanted.image a reference in a registry
* @param wanted.local the folder that `build-image --local` was given
* @throws InputError when it is not there, or not made for the architecture
*/
async function findImageUnderTest(project, commit, architecture, wanted) {
	const { git, config, client } = project;
	if (wanted.local !== void 0) {
		if (wanted.image !== void 0) throw new InputError({ problem: "use either --image or --local" });
		const candidate = await readCandidate({
			git,
			config,
			client,
			commit
		});
		const name = inLayout(wanted.local, localTag(candidate, architecture));
		const image = await readImage(layoutReader, name, architecture);
		const place = formatReference(name);
		return {
			...known(image),
			source: {
				name: place,
				place,
				plainHttp: false
			},
			reference: void 0
		};
	}
	const found = await findInRegistry(project, commit, architecture, wanted.image);
	const image = await readImage(client, found, architecture);
	const reference = atDigest(found.repository, image.manifest.descriptor.digest);
	return {
		...known(image),
		source: inRegistry(reference),
		reference
	};
}
function known(image) {
	const version = image.config.labels["org.opencontainers.image.version"] ?? "";
	return {
		image,
		digest: image.manifest.descriptor.digest,
		version
	};
}
async function findInRegistry({ git, config, client }, commit, architecture, name) {
	if (name !== void 0) return parseReference(name, { field: "--image" });
	const candidate = await readCandidate({
		git,
		config,
		client,
		commit
	});
	const built = await findBuiltFor(client, config, candidate, architecture);
	if (built !== void 0) return built;
	throw new InputError({
		where: formatReference(atTag(config.testImage, candidate.tag)),
		problem: `the test registry has no image for commit ${commit.slice(0, 12)}`,
		remedy: "Run coxswain build-image first."
	});
}
// src/loop/boot-test/guest/busybox.ts
const machines = {
	62: "x86_64",
	183: "aarch64",
	22: "s390x",
	21: "ppc64le"
};
/** Reads an ELF header (64 bits) and its program headers; undefined for anything else. */
function readProgramKind(bytes) {
	if (bytes.length < 64 || bytes.readUInt32BE(0) !== 2135247942 || bytes[4] !== 2) return void 0;
	const little = bytes[5] === 1;
	const short = (offset) => little ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset);
	const word = (offset) => little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
	const headers = little ? bytes.readBigUInt64LE(32) : bytes.readBigUInt64BE(32);
	const [size, count] = [short(54), short(56)];
	const requestsLoader = 3;
	let isStatic = true;
	for (let index = 0; index < count; index += 1) {
		const offset = Number(headers) + index * size;
		if (offset + 4 > bytes.length) return void 0;
		if (word(offset) === requestsLoader) isStatic = false;
	}
	return {
		architecture: machines[short(18)],
		static: isStatic
	};
}
/**
* The host's busybox: it runs in the guest, so that nothing there depends on the image's programs.
* @param architecture what the guest is (default: any)
* @param helper another one, for a guest of another architecture
* @throws InputError when it is missing, needs libraries, or is for another architecture
*/
async function findStaticBusybox(architecture, helper) {
	if (helper === void 0) requireTools(["busybox"]);
	const path = helper ?? findTool("busybox");
	const file = await open(path).catch((error) => {
		if (!isMissing(error)) throw error;
		throw new InputError({
			where: path,
			problem: "there is no such program",
			expected: "a static busybox"
		});
	});
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
		const kind = readProgramKind(buffer.subarray(0, bytesRead));
		if (kind === void 0 || !kind.static) throw new InputError({
			where: path,
			problem: "this busybox needs libraries of the system it runs on",
			remedy: "Install the static one: apt-get install busybox-static"
		});
		if (architecture !== void 0 && kind.architecture !== architecture) throw new InputError({
			where: path,
			problem: "the helper program of a boot test must be of the architecture of the image",
			found: kind.architecture ?? "another architecture",
			expected: architecture,
			remedy: `Run the boot test on a machine of that architecture (a runner for ${architecture}), or give it a static busybox for ${architecture} (--helper).`
		});
	} finally {
		await file.close();
	}
	return path;
}
// src/loop/boot-test/machine/machine-types.ts
/** Name of the virtio-serial port that results go through. */
const reportPortName = "coxswain.results";
/** Name of the one that the journal goes through. */
const journalPortName = "coxswain.journal";
const machineTypes = {
	x86_64: {
		program: "qemu-system-x86_64",
		machine: "q35",
		consoleTerminal: "ttyS0",
		fallbackTerminal: "ttyS1",
		fallbackArguments: ["-serial", "chardev:fallback"],
		emulatedProcessor: "max,la57=off",
		emulationArguments: ["no_timer_check"]
	},
	aarch64: {
		program: "qemu-system-aarch64",
		machine: "virt",
		consoleTerminal: "ttyAMA0",
		fallbackTerminal: "ttyS0",
		fallbackArguments: ["-device", "pci-serial,chardev=fallback"],
		emulatedProcessor: "max",
		emulationArguments: []
	}
};
/** @throws InputError for an architecture that cannot be boot-tested */
function machineTypeOf(architecture) {
	const type = machineTypes[architecture];
	if (type !== void 0) return type;
	throw new InputError({
		problem: "boot tests do not know this architecture",
		found: architecture,
		expected: Object.keys(machineTypes).join(" or ")
	});
}
/** What a machine reaches: `closed` is an address and nothing else, `user` whatever the host reaches. */
const networks = ["closed", "user"];
/** The command line of QEMU, without the program's name. */
function machineArguments(options) {
	const type = machineTypeOf(options.architecture);
	const { accelerator } = options;
	return [
		"-nodefaults",
		"-no-user-config",
		"-no-reboot",
		...["-display", "none"],
		...["-machine", type.machine],
		...["-accel", accelerator],
		...["-cpu", accelerator === "kvm" ? "host" : type.emulatedProcessor],
		...["-smp", String(options.cpus)],
		...["-m", `${options.memoryMegabytes}M`],
		...["-kernel", options.kernel],
		...["-initrd", options.initrd],
		...["-append", kernelArguments(options)],
		...portArguments(type, options),
		...["-drive", `if=none,id=root,format=raw,readonly=on,file=${escaped$2(options.rootImage)}`],
		...["-device", "virtio-blk-pci,drive=root"],
		...options.stateDisk === void 0 ? [] : stateDiskArguments(options.stateDisk),
		...networkArguments(options.network ?? "closed")
	];
}
/** The console, and the ports that results and the journal go through. */
function portArguments(type, files) {
	const file = (id, path) => ["-chardev", `file,id=${id},path=${escaped$2(path)}`];
	return [
		...file("console", files.console),
		...["-serial", "chardev:console"],
		...file("fallback", files.fallback),
		...type.fallbackArguments,
		...file("results", files.results),
		...["-device", "virtio-serial-pci"],
		...["-device", `virtserialport,chardev=results,name=${reportPortName}`],
		...file("journal", files.journal),
		...["-device", `virtserialport,chardev=journal,name=${journalPortName}`]
	];
}
/** Closed: an interface that gets an address and reaches nothing. Services that wait for the network find one. */
function networkArguments(network) {
	return [
		...["-netdev", `user,id=network${network === "user" ? "" : ",restrict=on"}`],
		...["-device", "virtio-net-pci,netdev=network,romfile="],
		...["-device", "virtio-rng-pci"]
	];
}
/** The host keeps what was written when the machine ends; that it survives the host's end is not needed. */
function stateDiskArguments(file) {
	return [...["-drive", `if=none,id=state,format=raw,cache=unsafe,file=${escaped$2(file)}`], ...["-device", "virtio-blk-pci,drive=state"]];
}
/** What the kernel is told. Nothing here changes what the image does, except to end instead of waiting. */
function kernelArguments(options) {
	const type = machineTypeOf(options.architecture);
	return [
		`console=${type.consoleTerminal}`,
		"panic=-1",
		"systemd.firstboot=off",
		"enforcing=0",
		...options.accelerator === "tcg" ? type.emulationArguments : [],
		...options.kernelArguments ?? []
	].join(" ");
}
/** QEMU separates options by commas; a comma in a value is written twice. */
function escaped$2(value) {
	return value.replaceAll(",", ",,");
}
// src/loop/boot-test/guest/guest-scripts.ts
/** Folder of the harness in the running guest. */
const guestFolder = "/run/coxswain";
/** Folder of the commands for tests, see helpers.ts. */
const helpersFolder = `${guestFolder}/helpers`;
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** How much of the journal is sent: its end. */
const journalBytes = 4194304;
/** How much of a test's output is sent: its end. Lines of one letter become ten times as long on their way. */
const sentBytes = 1048576;
/** Opens the way results take, as file descriptor 3, and defines `say`. */
const channel = (fallbackTerminal) => `
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
const installedOnly = ["coreos-boot-mount-generator"];
/** /init of the initrd: mounts the image's root, read-only, with a layer in memory above it, and hands over. */
function initScript({ systemd, fallbackTerminal, deployment }) {
	const first = systemd ?? `/run/coxswain/busybox sh /run/coxswain/first-process`;
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
${deployment === void 0 ? "" : stateMounts(deployment)}
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
cp -a /coxswain ${guestFolder}
if [ -e /coxswain/coxswain.service ]; then
  for target in multi-user emergency rescue; do
    mkdir -p /run/systemd/system/$target.target.wants
    ln -s ../coxswain.service /run/systemd/system/$target.target.wants/coxswain.service
  done
  mv ${guestFolder}/coxswain.service /run/systemd/system/coxswain.service
  mkdir -p /run/systemd/system-generators
  for name in ${installedOnly.join(" ")}; do ln -s /dev/null /run/systemd/system-generators/$name; done
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
function stateMounts(deployment) {
	const layers = deployment === "old" ? "/lower/etc" : "/state/etc-old/upper:/lower/etc";
	const folder = `/state/etc-${deployment}`;
	return `[ -b /dev/vdb ] || fail "the kernel did not find the disk for /var"
mount -t ext4 -o noatime /dev/vdb /state || fail "the kernel cannot mount ext4"
if [ ! -d /state/var ]; then
  rm -rf /state/var.partial
  cp -a /lower/var /state/var.partial && mv /state/var.partial /state/var || fail "/var could not be copied"
fi
mkdir -p ${folder}/upper ${folder}/work
mount -t overlay -o ${`index=off,redirect_dir=off,metacopy=off,lowerdir=${layers},upperdir=${folder}/upper,workdir=${folder}/work`} overlay /root/etc || fail "the kernel cannot mount overlay on /etc"
mount -o bind /state/var /root/var || fail "/var could not be mounted"`;
}
/** The unit that runs the harness; without default dependencies, so that it starts in emergency mode too. */
function unitFile() {
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
function firstProcessScript() {
	return `${harnessStart()}
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
exec sh ${guestFolder}/harness
`;
}
/** Runs when the harness has ended for whatever reason: a machine without it would only wait for its deadline. */
function endedScript({ fallbackTerminal }) {
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
function harnessScript(settings) {
	const runs = settings.tests.map(({ name, timeoutSeconds }, index) => `run_test ${index} ${quoted(name)} ${timeoutSeconds}`);
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
${settings.systemd === void 0 ? "say system none" : systemPart(settings.systemSeconds)}

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

${runs.join("\n")}

for file in /etc/machine-id /etc/ssh/ssh_host_*_key; do
  [ -f "$file" ] && echo "identity \${file##*/} $(sha256sum <"$file" | cut -d' ' -f1)" >&3
done
${settings.systemd === void 0 ? "" : "send_journal"}
sync
say done
: >${guestFolder}/finished
poweroff -f
`;
}
function harnessStart() {
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
function systemPart(systemSeconds) {
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
function environmentWords(environment) {
	const all = {
		PATH: `${systemPath}:${helpersFolder}`,
		HOME: "/root",
		LANG: "C.UTF-8",
		TERM: "dumb",
		...environment
	};
	return Object.entries(all).map(([name, value]) => quoted(`${name}=${value}`)).join(" ");
}
/** One word of a shell command, whatever it holds. */
function quoted(text) {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
// src/loop/boot-test/guest/helpers.ts
const defaultSeconds = 60;
const start = `#!${guestFolder}/busybox sh
# The image's own search path stays last: systemctl is a program of the image.
PATH=${guestFolder}/bin:$PATH
name=\${0##*/}
usage() {
  echo "usage: $name $1 [SECONDS]" >&2
  exit 2
}
case "\${2:-${defaultSeconds}}" in
  *[!0-9]*) echo "$name: not a number of seconds: $2" >&2; exit 2 ;;
esac
deadline() {
  read -r now rest </proc/uptime
  limit=$((\${now%.*} + $1))
}
expired() {
  read -r now rest </proc/uptime
  [ \${now%.*} -ge $limit ]
}
deadline "\${2:-${defaultSeconds}}"
`;
/** The commands by name; they lie in a folder at the end of the tests' PATH. */
const helpers = {
	"wait-for-unit": `${start}
[ -n "$1" ] || usage UNIT
while :; do
  state=$(systemctl is-active -- "$1" 2>/dev/null)
  case "$state" in
    active) exit 0 ;;
    failed) break ;;
  esac
  expired && break
  usleep 200000
done
echo "$name: $1 is \${state:-unknown}" >&2
systemctl status --no-pager --lines=15 -- "$1" >&2
exit 1
`,
	"wait-for-port": `${start}
# Asking the kernel, not the service: a connection that says nothing makes some services complain.
case "$1" in
  '' | *[!0-9]*) usage PORT ;;
esac
hex=$(printf '%04X' "$1")
while :; do
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk -v end=":$hex" 'substr($2, length($2) - 4) == end && $4 == "0A" { found = 1 } END { exit !found }' && exit 0
  expired && break
  usleep 200000
done
echo "$name: nothing listens on TCP port $1" >&2
exit 1
`,
	"wait-for-file": `${start}
[ -n "$1" ] || usage PATH
while :; do
  [ -e "$1" ] && exit 0
  expired && break
  usleep 200000
done
echo "$name: there is no $1" >&2
exit 1
`
};
// src/loop/boot-test/guest/newc.ts
const folder = "folder";
/**
* Writes a cpio archive of format "newc" (kernel documentation, "initramfs buffer format"): the only one the kernel
* reads. All entries belong to root; times are zero, so that the same entries are the same bytes.
*/
function writeNewc(entries) {
	const chunks = [];
	for (const [index, entry] of entries.entries()) {
		const isFolder = entry.content === folder;
		const data = isFolder ? Buffer.alloc(0) : Buffer.from(entry.content);
		const type = isFolder ? 16384 : 32768;
		chunks.push(header(entry.path, {
			inode: index + 1,
			mode: type | entry.mode,
			size: data.length
		}));
		chunks.push(padded(data));
	}
	chunks.push(header("TRAILER!!!", {
		inode: 0,
		mode: 0,
		size: 0
	}));
	return Buffer.concat(chunks);
}
function header(path, fields) {
	const name = Buffer.from(`${path}\0`);
	const text = `070701${[
		fields.inode,
		fields.mode,
		0,
		0,
		1,
		0,
		fields.size,
		0,
		0,
		0,
		0,
		name.length,
		0
	].map((value) => value.toString(16).padStart(8, "0")).join("")}`;
	return padded(Buffer.concat([Buffer.from(text), name]));
}
/** Names and contents start at multiples of four bytes. */
function padded(bytes) {
	const rest = bytes.length % 4;
	return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - rest)]);
}
// src/loop/boot-test/guest/initrd.ts
/** Makes the first root file system of the guest: an uncompressed archive, which every kernel reads. */
async function makeInitrd(options) {
	const modules = await readModules(options.modules, options.moduleFiles);
	return writeNewc([
		...[
			"bin",
			"dev",
			"proc",
			"sys",
			"run",
			"lower",
			"writable",
			"state",
			"root",
			"modules"
		].map((path) => ({
			path,
			content: folder,
			mode: 493
		})),
		{
			path: "bin/busybox",
			content: await readFile(options.busybox),
			mode: 493
		},
		...modules.map(({ name, content }) => ({
			path: `modules/${name}`,
			content,
			mode: 420
		})),
		{
			path: "modules/order",
			content: modules.map(({ name }) => `${name}\n`).join(""),
			mode: 420
		},
		{
			path: "init",
			content: initScript(options.settings),
			mode: 493
		},
		...await harnessEntries(options)
	]);
}
/** The harness and the tests, in a folder `coxswain`: what becomes `guestFolder` in the running guest. */
async function harnessEntries(options) {
	const { settings, tests } = options;
	const beside = options.testsFolder === void 0 ? [] : await filesBelow$1(options.testsFolder);
	const named = new Set(tests.map(({ name }) => `coxswain/tests/${name}`));
	const script = (path, content) => ({
		path,
		content,
		mode: 493
	});
	const copies = tests.map(async ({ name, path }) => {
		return {
			path: `coxswain/tests/${name}`,
			content: await readFile(path),
			mode: 493
		};
	});
	return [
		...[
			"coxswain",
			"coxswain/helpers",
			"coxswain/tests"
		].map((path) => ({
			path,
			content: folder,
			mode: 493
		})),
		{
			path: "coxswain/busybox",
			content: await readFile(options.busybox),
			mode: 493
		},
		script("coxswain/harness", harnessScript(settings)),
		...Object.entries(helpers).map(([name, text]) => script(`coxswain/helpers/${name}`, text)),
		...settings.systemd === void 0 ? [script("coxswain/first-process", firstProcessScript())] : [script("coxswain/ended", endedScript(settings)), {
			path: "coxswain/coxswain.service",
			content: unitFile(),
			mode: 420
		}],
		...beside.filter(({ path }) => !named.has(path)),
		...await Promise.all(copies)
	];
}
async function filesBelow$1(top, below = "") {
	const entries = [];
	for (const entry of await readdir(join(top, below), { withFileTypes: true })) {
		const path = join(below, entry.name);
		if (entry.isDirectory()) {
			entries.push({
				path: `coxswain/tests/${path}`,
				content: folder,
				mode: 493
			});
			entries.push(...await filesBelow$1(top, path));
		} else if (entry.isFile()) entries.push({
			path: `coxswain/tests/${path}`,
			content: await readFile(join(top, path)),
			mode: 493
		});
	}
	return entries;
}
/** Reads module files, decompressed: the small insmod of the guest knows no compression. */
async function readModules(modules, files) {
	return withTemporaryFolder("modules", async (temporary) => {
		const result = [];
		for (const file of files) {
			const name = basename(file).replace(/\.(xz|zst|gz)$/, "");
			result.push({
				name,
				content: await readModule(join(modules, file), temporary)
			});
		}
		return result;
	});
}
async function readModule(path, temporary) {
	const [, ending] = /\.ko(?:\.(\w+))?$/.exec(path) ?? [];
	if (ending === void 0) return readFile(path);
	if (ending === "gz") return gunzipSync(await readFile(path));
	const tool = {
		xz: "xz",
		zst: "zstd"
	}[ending];
	if (tool === void 0) throw new InputError({
		where: path,
		problem: "unknown compression of a kernel module"
	});
	const copy = join(temporary, basename(path));
	await copyFile(path, copy);
	await exec(tool, [
		"-d",
		"-q",
		...tool === "zstd" ? ["--rm"] : [],
		copy
	]);
	return readFile(copy.slice(0, -ending.length - 1));
}
// src/loop/boot-test/guest/kernel.ts
/**
* Finds the kernels where a bootable container image has its one: /usr/lib/modules/VERSION/vmlinuz
* (bootc's documentation, "Bootable container images", section on the kernel).
*/
async function findKernels(root) {
	const folder = join(root, "usr/lib/modules");
	const versions = await list(folder);
	const kernels = [];
	for (const version of versions.sort()) {
		const modules = join(folder, version);
		if ((await list(modules)).includes("vmlinuz")) kernels.push({
			version,
			image: join(modules, "vmlinuz"),
			modules
		});
	}
	return kernels;
}
/**
* The one kernel of an image.
* @param image what the image is called in the message
* @throws InputError when there is none, or more than one: such an image boots on no node
*/
async function requireKernel(root, image) {
	const kernels = await findKernels(root);
	const [kernel] = kernels;
	if (kernel !== void 0 && kernels.length === 1) return kernel;
	throw new InputError({
		where: image,
		problem: kernel === void 0 ? "the image has no kernel" : `the image has ${kernels.length} kernels`,
		found: kernels.map(({ version }) => version),
		expected: "exactly one /usr/lib/modules/VERSION/vmlinuz",
		remedy: "Derive it from a bootable image, such as Fedora CoreOS, and take no kernel out of or into it."
	});
}
async function readModuleIndex(modules) {
	const read = async (name) => await readFileIfThere(join(modules, name)) ?? "";
	return {
		dependencies: await read("modules.dep"),
		softDependencies: await read("modules.softdep"),
		aliases: await read("modules.alias"),
		builtin: await read("modules.builtin")
	};
}
async function list(folder) {
	try {
		return await readdir(folder);
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
// src/loop/boot-test/guest/kernel-modules.ts
/** Load order of the wanted modules and all they need. */
function orderModules(wanted, index) {
	const needs = readDependencies(index.dependencies);
	const fileOf = new Map([...needs.keys()].map((path) => [moduleName(path), path]));
	const builtin = new Set(lines(index.builtin).map(moduleName));
	const before = readSoftDependencies(index.softDependencies);
	const aliases = readAliases(index.aliases);
	const files = [];
	const visited = /* @__PURE__ */ new Set();
	const missing = [];
	const add = (path) => {
		if (visited.has(path)) return;
		visited.add(path);
		for (const name of before.get(moduleName(path)) ?? []) addByName(name);
		for (const needed of [...needs.get(path) ?? []].reverse()) add(needed);
		files.push(path);
	};
	/** A soft dependency may be an alias of several modules (`crc32c`): the kernel takes whichever loads. */
	const addByName = (name) => {
		const key = normal(name);
		const found = [key, ...aliases.get(key) ?? []].map((each) => fileOf.get(each)).filter((path) => path !== void 0);
		for (const path of found) add(path);
		return found.length > 0;
	};
	for (const name of wanted) {
		if (builtin.has(normal(name))) continue;
		if (!addByName(name)) missing.push(name);
	}
	return {
		files,
		missing
	};
}
/** The name that the kernel knows a module file by: `crc32c_intel` for `kernel/x/crc32c-intel.ko.xz`. */
function moduleName(path) {
	return normal((path.split("/").at(-1) ?? "").replace(/\.ko(\.\w+)?$/, ""));
}
function normal(name) {
	return name.replaceAll("-", "_");
}
function lines(text) {
	return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}
function readDependencies(text) {
	return new Map(lines(text).map((line) => {
		const [path = "", needed = ""] = line.split(/:\s*/, 2);
		return [path, needed.split(/\s+/).filter((each) => each !== "")];
	}));
}
function readSoftDependencies(text) {
	const result = /* @__PURE__ */ new Map();
	for (const line of lines(text)) {
		const match = /^softdep\s+(\S+)\s+(.*)$/.exec(line);
		const pre = /(?:^|\s)pre:\s*(.*?)(?:\s*post:|$)/.exec(match?.[2] ?? "")?.[1];
		if (match?.[1] === void 0 || pre === void 0) continue;
		const names = pre.split(/\s+/).filter((name) => name !== "");
		const key = normal(match[1]);
		result.set(key, [...result.get(key) ?? [], ...names]);
	}
	return result;
}
function readAliases(text) {
	const result = /* @__PURE__ */ new Map();
	for (const line of lines(text)) {
		const [, pattern, name] = line.split(/\s+/);
		if (pattern === void 0 || name === void 0 || /[*?[:]/.test(pattern)) continue;
		result.set(normal(pattern), [...result.get(normal(pattern)) ?? [], normal(name)]);
	}
	return result;
}
// src/loop/boot-test/guest/root-filesystem.ts
/** buildah's exit codes for "done" and for "there is no such thing", which is as good here. */
const orNot = [
	0,
	1,
	125
];
/**
* Gets exactly this image and gives `work` the folder its root file system is mounted at, read by nobody else and
* gone afterwards, also after an error or Ctrl-C; as is the image, unless it was in buildah's storage before.
* @throws InputError unless root; OutsideError when the pull fails
*/
async function withRootFilesystem(source, work, options = {}) {
	requireRoot();
	requireTools(["buildah"]);
	const container = `coxswain-boot-${randomBytes(6).toString("hex")}`;
	const before = await storedImages();
	let id;
	const remove = async () => {
		await exec("buildah", ["umount", container], { allow: orNot });
		await exec("buildah", ["rm", container], { allow: orNot });
		const stored = source.storedAs ?? id;
		if (stored !== void 0 && !before.has(stored)) await exec("buildah", ["rmi", stored], { allow: orNot });
	};
	const forget = onInterrupt(remove);
	try {
		const insecure = source.plainHttp ? ["--tls-verify=false"] : [];
		await (options.log ?? silentLog).task(`pulling ${source.name}`, (report) => withPlainPlace(source.place, ({ place, folder }) => exec("buildah", [
			"from",
			"--name",
			container,
			...insecure,
			place
		], {
			doing: `pulling ${source.name}`,
			onLine: (line) => report(line.trim().slice(0, 60)),
			...folder === void 0 ? {} : { cwd: folder }
		})));
		id = await imageOf(container);
		const { stdout } = await exec("buildah", ["mount", container]);
		return await work(stdout.trim(), {
			id,
			run: runner(id)
		});
	} finally {
		forget();
		await remove();
	}
}
/**
* buildah makes a local name of a layout's path, and refuses one with capitals: `oci:/home/runner/work/OS/image:tag`.
* Such a folder is given to it by another path.
*/
async function withPlainPlace(place, work) {
	const [, layout, tag] = /^oci:(.+):([^:]+)$/.exec(place) ?? [];
	if (layout === void 0 || tag === void 0) return work({ place });
	return withTemporaryFolder("layout", async (folder) => {
		await symlink(resolve(layout), join(folder, "layout"));
		return work({
			place: `oci:layout:${tag}`,
			folder
		});
	});
}
/** The ids of all images in buildah's storage, and the names they have there: `repository@digest`. */
async function storedImages() {
	const { stdout } = await exec("buildah", [
		"images",
		"--all",
		"--no-trunc",
		...["--format", "{{.Name}}@{{.Digest}} {{.ID}}"]
	]);
	return new Set(stdout.split(/\s+/).map((word) => word.replace(/^sha256:/, "")));
}
async function imageOf(container) {
	const { stdout } = await exec("buildah", [
		"inspect",
		...[
			"--type",
			"container",
			"--format",
			"{{.FromImageID}}"
		],
		container
	]);
	return stdout.trim().replace(/^sha256:/, "");
}
function runner(imageId) {
	return async (command) => {
		const container = `coxswain-run-${randomBytes(6).toString("hex")}`;
		const remove = async () => {
			await exec("buildah", ["rm", container], { allow: orNot });
		};
		const forget = onInterrupt(remove);
		try {
			await exec("buildah", [
				"from",
				"--quiet",
				"--pull-never",
				"--name",
				container,
				imageId
			]);
			const args = runArguments(container, command);
			const { exitCode, stdout, stderr } = await exec("buildah", args, { allow: anyExitCode });
			return {
				exitCode,
				output: `${stdout}${stderr}`
			};
		} finally {
			forget();
			await remove();
		}
	};
}
const anyExitCode = Array.from({ length: 256 }, (_, code) => code);
/** The isolation that needs no container runtime. */
function runArguments(container, command) {
	return [
		"run",
		"--isolation",
		"chroot",
		container,
		"--",
		...command
	];
}
/** Makes a read-only image file of a root file system, with owners, modes and extended attributes as they are. */
async function makeRootImage(root, file) {
	requireRoot();
	await exec("mkfs.erofs", [file, root], { doing: `making a file system image of ${root}` });
}
function requireRoot() {
	if (process.getuid?.() === 0) return;
	throw new InputError({
		problem: "the files of an image can only be seen as they are by root",
		remedy: "Run this with sudo."
	});
}
// src/loop/boot-test/machine/boot-options.ts
/** How long a machine may run. */
function deadlineOf({ deadlineSeconds, tests }) {
	return deadlineSeconds ?? tests.reduce((sum, { timeoutSeconds }) => sum + (timeoutSeconds ?? 120), 600);
}
/** What the harness in the machine is told. @param systemd its path in the image; undefined without one */
function guestSettings(options, systemd) {
	return {
		systemd,
		fallbackTerminal: machineTypeOf(options.architecture).fallbackTerminal,
		systemSeconds: Math.max(10, Math.min(300, Math.floor(deadlineOf(options) / 2))),
		environment: options.environment,
		tests: options.tests.map(({ name, timeoutSeconds }) => ({
			name,
			timeoutSeconds: timeoutSeconds ?? 120
		})),
		...options.state === void 0 ? {} : { deployment: options.state.deployment }
	};
}
// src/loop/boot-test/report/verdict.ts
/**
* What a run means. QEMU exits with 0 for success, kernel panic and early power-off alike: only the guest's own
* "done" counts as done, and everything else is a failure that gets a name.
*/
function judge(run, tests, allowedUnits = []) {
	const { record, end } = run;
	if (record.done) return judgeDone(record, tests, allowedUnits);
	const where = stage(record, tests);
	const panic = /Kernel panic - not syncing: (.*)/.exec(run.console)?.[1]?.trim();
	if (/Out of memory: Killed process|System is deadlocked on memory/.test(run.console)) return {
		verdict: "out-of-memory",
		explanation: `The machine ran out of memory ${where}${panic === void 0 ? "" : `, and its kernel panicked: ${panic}`}. ${moreMemory}`
	};
	if (panic !== void 0) return {
		verdict: "kernel-panic",
		explanation: `The kernel panicked ${where}: ${panic}`
	};
	if (record.problem !== void 0) return {
		verdict: "unbootable",
		explanation: `The image's root file system could not be mounted: ${record.problem}.`
	};
	if (run.console.includes("coxswain: no result channel")) return {
		verdict: "no-result-channel",
		explanation: "The machine came up, but its kernel offered no port to report through: neither virtio_console nor a second serial port."
	};
	if (end.kind === "deadline") return {
		verdict: "deadline",
		explanation: `The machine's time was up ${where}; it was ended from outside.`
	};
	if (end.kind === "silent") return {
		verdict: "qemu-failed",
		explanation: "The machine was started, but its kernel never printed anything."
	};
	if (end.kind === "exited" && end.code !== 0) {
		const said = run.complaints.trim().split("\n").slice(-3).join("; ");
		return {
			verdict: "qemu-failed",
			explanation: `QEMU itself failed (${end.signal === null ? `exit code ${end.code}` : end.signal})${said === "" ? "" : `: ${said}`}.`
		};
	}
	const killed = /terminating on signal .*/.exec(run.complaints)?.[0];
	if (killed !== void 0) return {
		verdict: "qemu-failed",
		explanation: `QEMU was ended from outside ${where}: ${killed}.`
	};
	if (!record.ended && runningTest(record) !== void 0) return {
		verdict: "power-off-in-test",
		explanation: `The machine powered off or rebooted ${where}.`
	};
	return {
		verdict: "early-exit",
		explanation: record.ended ? `The test harness in the machine was killed ${where}.` : `The machine powered off or rebooted ${where}.`
	};
}
const moreMemory = "If the image is meant to need that much, raise boot-test.memory.";
function judgeDone(record, tests, allowedUnits) {
	const results = testResults(record, tests);
	const named = (result) => results.filter((test) => test.result === result).map(({ name }) => name);
	const [failed, late] = [named("failed"), named("timed-out")];
	const lost = tests.length - results.length;
	const system = systemFinding(record, allowedUnits);
	const starved = troubledTests(record, tests, "out-of-memory");
	const full = troubledTests(record, tests, "out-of-disk");
	const explanation = [
		system,
		failed.length === 0 ? void 0 : `Failed: ${failed.join(", ")}.`,
		late.length === 0 ? void 0 : `Not finished in time: ${late.join(", ")}.`,
		starved.length === 0 ? void 0 : `The kernel killed processes for lack of memory during ${starved.join(", ")}. ${moreMemory}`,
		full.length === 0 ? void 0 : `A file system was full after ${full.join(", ")}: what is written lives in the machine's memory. ${moreMemory}`,
		lost === 0 ? void 0 : `The results of ${lost} tests did not arrive.`
	].filter((finding) => finding !== void 0).join(" ");
	if (system !== void 0) return {
		verdict: record.systemState === "maintenance" ? "emergency-mode" : "system-not-running",
		explanation
	};
	if (starved.length > 0) return {
		verdict: "out-of-memory",
		explanation
	};
	if (full.length > 0) return {
		verdict: "out-of-disk",
		explanation
	};
	if (failed.length > 0) return {
		verdict: "test-failed",
		explanation
	};
	if (late.length > 0) return {
		verdict: "test-timed-out",
		explanation
	};
	if (lost > 0) return {
		verdict: "no-result-channel",
		explanation
	};
	const count = results.length;
	return {
		verdict: "passed",
		explanation: `The machine booted${count === 0 ? "" : count === 1 ? " and its test passed" : ` and all ${count} tests passed`}.`
	};
}
/** Tests that did not pass and that the harness saw this with: a test that passed all the same meant it. */
function troubledTests(record, tests, trouble) {
	return [...record.tests].flatMap(([index, test]) => {
		return test.notes.some((note) => note.split(" ")[0] === trouble) && resultOf(test) !== "passed" ? [tests[index]?.name ?? `test ${index}`] : [];
	});
}
function systemFinding(record, allowedUnits) {
	const state = record.systemState;
	if (state === "running" || state === "none") return void 0;
	const unexpected = record.failedUnits.filter((unit) => !isAllowed(unit, allowedUnits));
	if (state === "degraded" && record.failedUnits.length > 0 && unexpected.length === 0) return void 0;
	if (state === "maintenance") return `systemd gave up on booting and went into emergency mode${unexpected.length === 0 ? "" : ` (failed: ${unexpected.join(", ")})`}.`;
	const units = unexpected.length === 0 ? "" : ` (failed: ${unexpected.join(", ")})`;
	return `systemd ended its boot in the state "${state ?? "unknown"}"${units}.`;
}
/** `chronyd` stands for `chronyd.service`, as systemctl has it. */
function isAllowed(unit, allowed) {
	return allowed.some((name) => unit === name || unit === `${name}.service`);
}
/** Name of the entry among the tests that says whether systemd came up. */
const systemTestName = "systemd";
/** The state of systemd as a test; undefined where there is none, or it did not come so far. */
function systemTest(record, allowedUnits = []) {
	const state = record.systemState;
	if (state === void 0 || state === "none") return void 0;
	const passed = systemFinding(record, allowedUnits) === void 0;
	const [from, to] = [record.marks.get("root") ?? record.marks.get("begin"), record.marks.get("system")];
	const units = record.failedUnits.map((unit) => isAllowed(unit, allowedUnits) ? `failed, which is allowed: ${unit}` : `failed: ${unit}`);
	return {
		name: systemTestName,
		result: passed ? "passed" : "failed",
		exitCode: passed ? 0 : 1,
		seconds: from === void 0 || to === void 0 ? 0 : Math.round((to - from) * 100) / 100,
		output: `${[
			state,
			...units,
			...record.details
		].join("\n")}\n`
	};
}
/** Where in its life the machine was: continues "… ". */
function stage(record, tests) {
	const running = runningTest(record);
	if (running !== void 0) return `while ${tests[running]?.name ?? "a test"} ran`;
	if (record.kernel === void 0) return "before the tests could begin";
	if (record.systemState === void 0) return "before systemd had finished its boot";
	return record.tests.size === 0 ? "before the first test" : "between two tests";
}
/** Position of the test that had no end yet. */
function runningTest(record) {
	return [...record.tests].find(([, test]) => test.end === void 0)?.[0];
}
function resultOf({ end }) {
	if (end === void 0) return "failed";
	if (end.timedOut) return "timed-out";
	return end.code === 0 ? "passed" : "failed";
}
/** The tests that began. One without an end was cut off with the machine: failed. */
function testResults(record, tests) {
	return [...record.tests].flatMap(([index, test]) => {
		const name = tests[index]?.name;
		if (name === void 0) return [];
		if (test.end === void 0) return [{
			name,
			result: "failed",
			seconds: 0,
			output: ""
		}];
		const { timedOut, code, at } = test.end;
		return [{
			name,
			result: resultOf(test),
			...timedOut ? {} : { exitCode: code },
			seconds: Math.round((at - test.startedAt) * 100) / 100,
			output: test.output.text()
		}];
	});
}
function systemState(record) {
	if (record.systemState === void 0) return void 0;
	return {
		manager: record.systemState === "none" ? "none" : "systemd",
		state: record.systemState,
		failedUnits: [...record.failedUnits],
		details: record.details.join("\n")
	};
}
// src/loop/boot-test/report/timeline.ts
/**
* What a machine was busy with from its start to its end. The guest counts from the start of its kernel, we from the
* start of QEMU: the moment the harness spoke first ties them together.
*/
function timelineOf(run, tests) {
	const { record, milestones, seconds } = run;
	const begin = record.marks.get("begin");
	if (begin === void 0 || milestones.begin === void 0) return [{
		kind: "machine",
		name: "machine",
		from: 0,
		to: round(seconds)
	}];
	const kernelStart = Math.max(0, milestones.begin - begin);
	const spans = [];
	let reached = 0;
	const add = (kind, name, until, result) => {
		const to = Math.max(reached, Math.min(until, Math.max(seconds, reached)));
		spans.push({
			kind,
			name,
			from: round(reached),
			to: round(to),
			...result === void 0 ? {} : { result }
		});
		reached = to;
	};
	add("machine", "QEMU", kernelStart);
	for (const [kind, mark, name] of phasesOf(record)) {
		const uptime = record.marks.get(mark);
		if (uptime !== void 0) add(kind, name, kernelStart + uptime);
	}
	for (const [index, test] of record.tests) {
		const until = test.end === void 0 ? seconds : kernelStart + test.end.at;
		add("test", tests[index]?.name ?? `test ${index}`, until, resultOf(test));
	}
	if (seconds - reached > .01) add("end", record.done ? "power-off" : "until the end", seconds);
	return spans;
}
function phasesOf(record) {
	return [
		[
			"kernel",
			"initrd",
			"kernel"
		],
		[
			"initrd",
			"root",
			"initrd"
		],
		[
			"system",
			"system",
			record.systemState === "none" ? "first process" : "systemd"
		]
	];
}
function round(seconds) {
	return Math.round(seconds * 100) / 100;
}
// src/loop/boot-test/guest/protocol.ts
function emptyRecord() {
	return {
		kernel: void 0,
		problem: void 0,
		systemState: void 0,
		marks: /* @__PURE__ */ new Map(),
		identity: /* @__PURE__ */ new Map(),
		failedUnits: [],
		details: [],
		tests: /* @__PURE__ */ new Map(),
		ended: false,
		done: false
	};
}
/** Takes in one line. Anything that is not of the protocol is left alone (a serial port may carry other text). */
function readLine(record, line) {
	const output = /^output (\d+) ?(.*)$/s.exec(line);
	if (output !== null) {
		record.tests.get(Number(output[1]))?.output.add(output[2] ?? "");
		return;
	}
	const quoted = /^(failed-unit|unit-log|job) (.*)$/s.exec(line);
	if (quoted?.[2] !== void 0) {
		readSystemNote(record, quoted[1], quoted[2]);
		return;
	}
	const note = /^note (\d+) (.+)$/.exec(line);
	if (note !== null) {
		record.tests.get(Number(note[1]))?.notes.push(note[2]);
		return;
	}
	const identity = /^identity (\S+) (\S+)$/.exec(line);
	if (identity !== null) {
		record.identity.set(identity[1], identity[2]);
		return;
	}
	const match = /^(\w+) (\d+(?:\.\d+)?)(?: (.*))?$/.exec(line);
	if (match === null) return;
	const [, word, uptime, rest = ""] = match;
	const at = Number(uptime);
	switch (word) {
		case "mark":
			record.marks.set(rest, at);
			break;
		case "begin":
			record.kernel = rest;
			record.marks.set("begin", at);
			break;
		case "problem":
			record.problem = rest;
			break;
		case "system":
			record.systemState = rest;
			record.marks.set("system", at);
			break;
		case "start":
			record.tests.set(Number(rest), {
				startedAt: at,
				output: createOutputTail(),
				notes: [],
				end: void 0
			});
			break;
		case "end": {
			const [index, how, code] = rest.split(" ");
			const test = record.tests.get(Number(index));
			if (test !== void 0) test.end = {
				at,
				timedOut: how === "timed-out",
				code: Number(code)
			};
			break;
		}
		case "ended":
			record.ended = true;
			break;
		case "done":
			record.done = true;
			record.marks.set("done", at);
	}
}
function readSystemNote(record, word, text) {
	if (word === "failed-unit") record.failedUnits.push(text);
	else if (word === "job") record.details.push(`waiting: ${text}`);
	else {
		const [, unit, message] = /^(\S+) (.+)$/s.exec(text) ?? [];
		if (message !== void 0) record.details.push(`${unit}: ${message}`);
	}
}
const keptCharacters = 65536;
function createOutputTail() {
	const lines = [];
	let length = 0;
	let dropped = false;
	return {
		add: (line) => {
			const kept = line.slice(-65536);
			dropped ||= kept.length < line.length;
			lines.push(kept);
			length += kept.length + 1;
			if (length <= 2 * keptCharacters) return;
			let drop = 0;
			while (length > keptCharacters && drop < lines.length - 1) {
				length -= lines[drop].length + 1;
				drop += 1;
			}
			lines.splice(0, drop);
			dropped ||= drop > 0;
		},
		text: () => `${dropped ? "… (more is in the results log)\n" : ""}${lines.join("\n")}`
	};
}
/** Cuts a stream of bytes into lines; an unfinished last line waits for its rest. */
function createLineReader(onLine) {
	const decoder = new TextDecoder();
	let rest = "";
	return (bytes) => {
		const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
		rest = parts.pop() ?? "";
		for (const part of parts) onLine(part);
	};
}
// src/loop/boot-test/machine/machine.ts
/** Files that a run leaves in the output folder. */
const logNames = {
	console: "console.log",
	results: "results.log",
	fallback: "results-fallback.log",
	journal: "journal.log",
	complaints: "qemu.log"
};
const pollMilliseconds = 100;
/** The guest powers off right after its last word; QEMU may take a moment to notice. */
const farewellSeconds = 3;
/**
* Boots a machine, listens until it is done, ended or out of time, and leaves no process behind.
* @throws OutsideError when this process is being interrupted
*/
async function runMachine(options) {
	const { outputFolder } = options;
	const file = (name) => join(outputFolder, logNames[name]);
	await Promise.all(Object.keys(logNames).map((name) => writeFile(file(name), "")));
	const files = {
		console: file("console"),
		results: file("results"),
		fallback: file("fallback"),
		journal: file("journal")
	};
	const started = performance.now();
	const seconds = () => (performance.now() - started) / 1e3;
	const qemu = await startProcess(options.program, options.argumentsFor(files), { logFile: file("complaints") });
	let interrupted = false;
	const forget = onInterrupt(() => {
		interrupted = true;
	});
	const record = emptyRecord();
	const milestones = {};
	const note = (line) => {
		readLine(record, line);
		if (record.kernel !== void 0) milestones.begin ??= seconds();
		if (record.tests.size > 0) milestones.firstTest ??= seconds();
		if (record.done) milestones.done ??= seconds();
	};
	const readers = await Promise.all([openReader(file("results"), note), openReader(file("fallback"), note)]);
	let ended;
	qemu.ended.then((how) => {
		ended = how;
	});
	let end;
	let kernelSpoke = options.silenceSeconds === void 0;
	try {
		while (end === void 0) {
			const last = ended;
			for (const reader of readers) await reader.read();
			options.onProgress(record);
			if (record.done) end = { kind: "done" };
			else if (last !== void 0) end = {
				kind: "exited",
				...last
			};
			else if (seconds() >= options.deadlineSeconds) end = { kind: "deadline" };
			else if (!kernelSpoke && seconds() >= (options.silenceSeconds ?? 0)) {
				kernelSpoke = (await readFileIfThere(file("console")))?.includes("Linux version") === true;
				if (!kernelSpoke) end = { kind: "silent" };
			} else await Promise.race([qemu.ended, setTimeout(pollMilliseconds)]);
		}
		if (end.kind === "done") await Promise.race([qemu.ended, setTimeout(farewellSeconds * 1e3)]);
	} finally {
		forget();
		await qemu.stop(2e3);
		for (const reader of readers) await reader.close();
	}
	if (interrupted) throw new OutsideError("the boot test", "it was interrupted");
	const run = {
		record,
		end,
		milestones,
		seconds: seconds(),
		complaints: await readFileIfThere(file("complaints")) ?? "",
		console: await readFileIfThere(file("console")) ?? ""
	};
	for (const name of ["fallback", "journal"]) if ((await stat(file(name))).size === 0) await rm(file(name));
	return run;
}
async function openReader(path, onLine) {
	const handle = await open(path, "r");
	const feed = createLineReader(onLine);
	const buffer = Buffer.alloc(262144);
	let position = 0;
	return {
		read: async () => {
			for (;;) {
				const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
				if (bytesRead === 0) return;
				position += bytesRead;
				feed(buffer.subarray(0, bytesRead));
			}
		},
		close: () => handle.close()
	};
}
// src/loop/boot-test/machine/machine-report.ts
/**
* What a run of a machine comes to.
* @param about.seconds what making ready took, and all of it until now
*/
function reportOf(options, run, about) {
	const { architecture, outputFolder, allowedUnits, tests } = options;
	const { used, kernel, seconds } = about;
	const { firstTest, done } = run.milestones;
	const booted = firstTest ?? done ?? run.seconds;
	const system = systemState(run.record);
	const asTest = systemTest(run.record, allowedUnits);
	const journalLog = join(outputFolder, logNames.journal);
	return {
		...judge(run, tests, allowedUnits),
		tests: [...asTest === void 0 ? [] : [asTest], ...testResults(run.record, tests)],
		...system === void 0 ? {} : { system },
		kernel: run.record.kernel ?? kernel,
		architecture,
		accelerator: used.accelerator,
		...used.note === void 0 ? {} : { acceleratorNote: used.note },
		seconds: {
			rootFilesystem: rounded(seconds.rootFilesystem),
			initrd: rounded(seconds.initrd),
			boot: rounded(booted),
			tests: rounded((done ?? run.seconds) - booted),
			total: rounded(seconds.total)
		},
		timeline: timelineOf(run, tests),
		identity: Object.fromEntries(run.record.identity),
		...logPaths(outputFolder),
		...existsSync(journalLog) ? { journalLog } : {}
	};
}
/** The report on an image that never came to a machine. @param started by performance.now() */
async function unbooted({ architecture, outputFolder, accelerator }, started, finding) {
	const paths = logPaths(outputFolder);
	await Promise.all(Object.values(paths).map((path) => writeFile(path, "")));
	const total = rounded((performance.now() - started) / 1e3);
	return {
		tests: [],
		...finding,
		architecture,
		accelerator: accelerator ?? "tcg",
		seconds: {
			rootFilesystem: 0,
			initrd: 0,
			boot: 0,
			tests: 0,
			total
		},
		timeline: [],
		identity: {},
		...paths
	};
}
function logPaths(folder) {
	return {
		consoleLog: join(folder, logNames.console),
		resultsLog: join(folder, logNames.results)
	};
}
/** Seconds that some work takes. */
async function timed(work) {
	const started = performance.now();
	await work();
	return (performance.now() - started) / 1e3;
}
function rounded(seconds) {
	return Math.round(seconds * 100) / 100;
}
// src/loop/boot-test/machine/accelerator.ts
/**
* KVM where it really works, emulation elsewhere.
* @param requested takes the choice away
* @throws InputError when KVM is requested and does not work
*/
async function chooseAccelerator(architecture, requested) {
	if (requested === "tcg") return {
		accelerator: "tcg",
		note: "emulation was asked for"
	};
	const problem = await kvmProblem(architecture);
	if (problem === void 0) return { accelerator: "kvm" };
	if (requested === "kvm") throw new InputError({ problem: `KVM was asked for, but ${problem}` });
	return {
		accelerator: "tcg",
		note: problem
	};
}
async function kvmProblem(architecture) {
	if ({
		x64: "x86_64",
		arm64: "aarch64"
	}[process.arch] !== architecture) return `this machine is not ${architecture}`;
	try {
		accessSync("/dev/kvm", constants$1.R_OK | constants$1.W_OK);
	} catch {
		return "/dev/kvm is missing or not ours to use";
	}
	return probeKvm(architecture);
}
const probeExitCode = 85;
const probeSeconds = 10;
/**
* Runs a few instructions under KVM. A /dev/kvm that opens proves little: nested ones may refuse to set up a
* processor (QEMU aborts), or never run it.
*/
async function probeKvm(architecture) {
	const type = machineTypeOf(architecture);
	return withTemporaryFolder("kvm", async (folder) => {
		const logFile = join(folder, "qemu.log");
		const machine = [
			...[
				"-nodefaults",
				"-no-user-config",
				"-display",
				"none",
				"-machine",
				type.machine
			],
			"-accel",
			"kvm",
			"-cpu",
			"host",
			"-m",
			"64M",
			"-no-reboot"
		];
		const firmware = join(folder, "firmware");
		await writeFile(firmware, probeFirmware());
		const probe = architecture === "x86_64" ? [
			"-bios",
			firmware,
			"-device",
			"isa-debug-exit,iobase=0x501,iosize=1"
		] : ["-S"];
		const qemu = await startProcess(type.program, [...machine, ...probe], { logFile });
		const patience = architecture === "x86_64" ? probeSeconds : 1;
		const end = await Promise.race([qemu.ended, setTimeout(patience * 1e3, void 0, { ref: false })]);
		await qemu.stop(1e3);
		if (architecture === "x86_64" ? end?.code === probeExitCode : end === void 0) return void 0;
		const said = (await readFileIfThere(logFile))?.trim().split("\n")[0] ?? "";
		return `KVM is there but does not work: ${end === void 0 ? "its processor does not run" : said || `QEMU ended with ${end.code ?? end.signal}`}`;
	});
}
/** The last 64 KiB below 4 GiB; a processor starts 16 bytes before their end. */
function probeFirmware() {
	const firmware = Buffer.alloc(65536, 244);
	Buffer.from([
		186,
		1,
		5,
		176,
		42,
		238,
		244
	]).copy(firmware, firmware.length - 16);
	return firmware;
}
// src/loop/boot-test/machine/run-with-fallback.ts
/** A kernel under KVM prints its first line within a second; a broken KVM may never run it. */
const kvmSilenceSeconds = 30;
/**
* Runs a machine under KVM where that works, and emulated elsewhere; also where KVM turns out not to work although the
* probe went well: a processor that KVM sets up but never runs, or that makes QEMU abort.
* @param argumentsFor the command line of QEMU, without the program's name
*/
async function runAccelerated(options, argumentsFor) {
	const chosen = await chooseAccelerator(options.architecture, options.accelerator);
	const first = await run(options, chosen.accelerator, argumentsFor);
	if (!(chosen.accelerator === "kvm" && options.accelerator === void 0 && !first.console.includes("Linux version"))) return {
		run: first,
		used: chosen
	};
	const note = `KVM is there but does not work: ${judge(first, options.tests).explanation}`;
	return {
		run: await run(options, "tcg", argumentsFor),
		used: {
			accelerator: "tcg",
			note
		}
	};
}
function run(options, accelerator, argumentsFor) {
	return options.log.task(`boot test (${accelerator})`, (report) => runMachine({
		program: machineTypeOf(options.architecture).program,
		argumentsFor: (files) => argumentsFor(accelerator, files),
		outputFolder: options.outputFolder,
		deadlineSeconds: deadlineOf(options),
		...accelerator === "kvm" ? { silenceSeconds: kvmSilenceSeconds } : {},
		onProgress: (record) => report(progress(record, options.tests))
	}));
}
function progress(record, tests) {
	const current = record.tests.size - 1;
	if (record.done) return "done";
	if (current >= 0) return `test ${current + 1} of ${tests.length}: ${tests[current]?.name ?? ""}`;
	return record.kernel === void 0 ? "kernel" : "waiting for the system";
}
// src/loop/boot-test/machine/boot-directly.ts
const requiredModules = [
	"virtio_pci",
	"virtio_blk",
	"erofs",
	"overlay"
];
const usefulModules = ["virtio_console"];
const stateModules = ["ext4"];
/**
* Makes what a machine boots from.
* @param options.folder gets the file; the caller removes it
* @throws InputError for an image without a kernel
*/
async function prepareImage(options) {
	const { root, image, folder, log } = options;
	requireTools(["mkfs.erofs"]);
	const kernel = await requireKernel(root, image);
	const index = await readModuleIndex(kernel.modules);
	const rootImage = join(folder, "root.erofs");
	const seconds = await timed(() => log.task("making the root file system of the machine", () => makeRootImage(root, rootImage)));
	return {
		kernel,
		index,
		systemd: await findSystemd(root),
		rootImage,
		seconds
	};
}
/** As `runBootTest`, with an image that was made ready before. */
async function bootPrepared(image, options) {
	const started = performance.now();
	const { architecture, outputFolder } = options;
	const busybox = await requireBootTestTools(architecture, options.helper);
	await mkdir(outputFolder, { recursive: true });
	const required = [...requiredModules, ...options.state === void 0 ? [] : stateModules];
	const order = orderModules([...required, ...usefulModules], image.index);
	const missing = order.missing.filter((name) => required.includes(name));
	if (missing.length > 0) return unbooted(options, started, {
		verdict: "unbootable",
		kernel: image.kernel.version,
		explanation: `The image's kernel has no ${missing.join(", ")}: it cannot mount its root in a virtual machine.`
	});
	return withTemporaryFolder("machine", async (folder) => {
		const initrd = join(folder, "initrd");
		const making = await timed(async () => {
			const { tests, testsFolder } = options;
			const archive = await makeInitrd({
				busybox,
				modules: image.kernel.modules,
				moduleFiles: order.files,
				tests,
				...testsFolder === void 0 ? {} : { testsFolder },
				settings: guestSettings(options, image.systemd)
			});
			await writeFile(initrd, archive);
		});
		const { network, state, kernelArguments } = options;
		const { run, used } = await runAccelerated(options, (accelerator, files) => machineArguments({
			...files,
			architecture,
			accelerator,
			memoryMegabytes: options.memoryMegabytes ?? 1024,
			cpus: options.cpus ?? 2,
			kernel: image.kernel.image,
			initrd,
			rootImage: image.rootImage,
			...network === void 0 ? {} : { network },
			...kernelArguments === void 0 ? {} : { kernelArguments },
			...state === void 0 ? {} : { stateDisk: state.disk }
		}));
		return reportOf(options, run, {
			used,
			kernel: image.kernel.version,
			seconds: {
				rootFilesystem: image.seconds,
				initrd: making,
				total: image.seconds + (performance.now() - started) / 1e3
			}
		});
	});
}
/**
* Makes sure that this host can boot-test an architecture, before anything long begins.
* @param helper a static busybox for that architecture; default: this machine's own
* @returns path of the static busybox
* @throws InputError that says what to install
*/
async function requireBootTestTools(architecture, helper) {
	requireTools([
		machineTypeOf(architecture).program,
		"mkfs.erofs",
		...helper === void 0 ? ["busybox"] : []
	]);
	return findStaticBusybox(architecture, helper);
}
/** Path of systemd in the image; undefined where it has none. */
async function findSystemd(root) {
	for (const path of ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"]) try {
		if ((await lstat(join(root, path))).isFile()) return path;
	} catch (error) {
		if (!isMissing(error)) throw error;
	}
}
// src/loop/boot-test/rehearsal/upgrades-to.ts
/**
* The releases that live nodes of a fleet would update from to an image. Of an image in a folder, those that may be
* read without a credential.
*/
async function upgradesTo(project, to) {
	const { fleet, tested, architecture, log } = to;
	if (fleet === void 0) return [];
	const { config, state, client } = project;
	const payload = formatReference(tested.reference ?? atDigest(config.image, tested.digest));
	const candidate = {
		version: tested.version,
		payload,
		basearch: architecture
	};
	const starts = upgradeStarts(await state.readFleet(fleet), candidate).flatMap((start) => {
		const image = parseReference(start.payload, { where: `release ${start.version} of fleet ${fleet}` });
		return image.kind === "digest" && image.digest !== tested.digest ? [{
			version: start.version,
			image
		}] : [];
	});
	if (tested.reference !== void 0) return starts;
	const readable = [];
	for (const start of starts) try {
		await readImage(client, start.image, architecture);
		readable.push(start);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		log.warn(`the update from ${start.version} is not rehearsed here: ${messageOf(error)}`);
	}
	return readable;
}
// src/loop/boot-test/report/report-text.ts
/** For the terminal. */
function describeTested({ image, version, evidence, report, console }) {
	const width = Math.max(0, ...evidence.tests.map(({ name }) => name.length));
	const lines = [
		`${headline(evidence, report)}: ${image}`,
		...version === void 0 ? [] : [`  version ${version}`],
		...evidence.tests.map((test) => `  ${test.name.padEnd(width)}  ${outcome(test)}, ${test.seconds.toFixed(1)} s`),
		`  ${machineFacts(evidence, report)}`
	];
	if (report === void 0 || report.verdict === "passed") return lines.join("\n");
	return [
		...lines,
		"",
		report.explanation,
		...troubles(report, console).map(({ title, text }) => `\n--- ${title} ---\n${text.trimEnd()}`)
	].join("\n");
}
/** GitHub's limit for a comment is 65,536 characters. */
const commentCharacters = 5e4;
/**
* For the pull request, as Markdown. Of a pass it depends on the evidence alone: saying it again, from evidence found
* in the registry, gives the same text.
*/
function commentOn({ image, version, evidence, report, console }) {
	const rows = evidence.tests.map((test) => `| \`${test.name.replaceAll("|", "\\|")}\` | ${outcome(test)} | ${test.seconds.toFixed(1)} |`);
	const found = report === void 0 ? [] : troubles(report, console);
	const share = Math.floor(commentCharacters / Math.max(1, found.length));
	return [
		`### Boot test: ${headline(evidence, report)}`,
		...report === void 0 || report.verdict === "passed" ? [] : [plain(report.explanation)],
		...rows.length === 0 ? [] : [[
			"| test | result | seconds |",
			"|---|---|---|",
			...rows
		].join("\n")],
		...found.map(({ title, text }) => `<details open><summary>${plain(title)}</summary>\n\n${fenced(text.slice(-share))}\n\n</details>`),
		[
			...version === void 0 ? [] : [`version \`${version}\``],
			`\`${image}\``,
			machineFacts(evidence)
		].join("  \n")
	].join("\n\n");
}
/** The end of what was seen, for the evidence: what failed, else the tests' output. */
function evidenceLog(report, console) {
	const parts = report.verdict === "passed" ? report.tests.map(({ name, output }) => ({
		title: name,
		text: output
	})) : [...troubles(report), {
		title: "console",
		text: lastLines(console, 100)
	}];
	const share = Math.floor(commentCharacters / Math.max(1, parts.length));
	return parts.map(({ title, text }) => `--- ${title} ---\n${text.slice(-share).trimEnd()}\n`).join("");
}
function headline(evidence, report) {
	if (evidence.result === "PASSED") return "passed";
	return report === void 0 ? "failed" : `failed (${report.verdict.replaceAll("-", " ")})`;
}
function machineFacts(evidence, report) {
	const how = evidence.accelerator === "kvm" ? "KVM" : "emulated";
	const note = report?.acceleratorNote === void 0 ? "" : ` (${report.acceleratorNote})`;
	const system = report?.system;
	return [
		...evidence.kernel === "" ? [] : [`kernel ${evidence.kernel}`],
		evidence.architecture,
		`${how}${note}`,
		...system?.manager === "systemd" ? [`systemd: ${system.state}`] : [],
		...report === void 0 ? [] : [`booted in ${report.seconds.boot.toFixed(1)} s`],
		`${evidence.seconds.toFixed(1)} s in all`
	].join(", ");
}
function outcome(test) {
	if (test.result === "failed") return test.exitCode === void 0 ? "cut off" : `failed (exit code ${test.exitCode})`;
	return test.result === "passed" ? "passed" : "timed out";
}
const consoleLines = 20;
/** What somebody who has to mend it reads first. */
function troubles(report, console = "") {
	const tests = report.tests.filter(({ result, name }) => result !== "passed" && name !== "systemd").map((test) => ({
		title: `${test.name}: ${outcome(test)}`,
		text: shownOutput(test)
	}));
	const system = report.system;
	const units = (system?.failedUnits ?? []).map((unit) => `failed: ${unit}`).join("\n");
	const ready = !report.tests.some(({ result, name }) => name === "systemd" && result !== "passed");
	const done = [...[
		"passed",
		"test-failed",
		"test-timed-out",
		"system-not-running",
		"emergency-mode"
	], ...[
		"check-failed",
		"upgrade-failed",
		"out-of-memory",
		"out-of-disk"
	]].includes(report.verdict);
	return [
		...ready || system === void 0 ? [] : [{
			title: `systemd: ${system.state}`,
			text: clean(`${units}\n${system.details}`.trim())
		}],
		...tests,
		...done || console === "" ? [] : [{
			title: "the end of the console",
			text: lastLines(console, consoleLines)
		}]
	];
}
function shownOutput({ output, exitCode, result }) {
	if (output !== "") return clean(output);
	return result === "failed" && exitCode === void 0 ? "(its output was lost with the machine)" : "(no output)";
}
/** Output that a terminal or a web page shows as text, whatever a program wrote. */
function clean(text) {
	return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");
}
function lastLines(text, count) {
	return clean(text).trimEnd().split("\n").slice(-count).join("\n");
}
/** A code block that its content cannot end. */
function fenced(text) {
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = "`".repeat(longest + 1);
	return `${fence}text\n${text.trimEnd()}\n${fence}`;
}
/** Text from a guest, outside of code: nothing in it is markup or calls for a person. */
function plain(text) {
	return clean(text).replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`).replace(/[@#`*_[\]|]/g, "\\$&");
}
// src/loop/boot-test/report/image-evidence.ts
/** What is known of the image already, where these very tests passed. */
async function evidenceOn({ client }, { reference }, tests) {
	if (reference === void 0) return void 0;
	return passingEvidence(client, reference.repository, reference.digest, tests.tree);
}
/** The evidence knows every update that nodes would make now. */
function covers(evidence, from) {
	return from.every(({ image }) => evidence.upgrades?.some(({ digest, result }) => digest === image.digest && result === "PASSED"));
}
/** What a run says of the image. */
function evidenceOf(report, about) {
	const { tests, console, startedAt } = about;
	const { reference, source, digest } = about.tested;
	return {
		subject: {
			repository: reference === void 0 ? source.name : formatRepository(reference.repository),
			digest
		},
		result: report.verdict === "passed" ? "PASSED" : "FAILED",
		testsTree: tests.tree,
		tests: report.tests.map(({ output: _output, ...result }) => result),
		kernel: report.kernel,
		architecture: report.architecture,
		accelerator: report.accelerator,
		startedAt,
		seconds: report.seconds.total,
		...report.upgrades === void 0 ? {} : { upgrades: report.upgrades.map(({ from, digest, passed }) => ({
			from,
			digest,
			result: passed ? "PASSED" : "FAILED"
		})) },
		log: evidenceLog(report, console)
	};
}
/** An emulator that failed, or was ended from outside, says nothing about the image. */
function aboutTheImage({ verdict }) {
	return verdict !== "qemu-failed";
}
/** The packages of the image go beside it, in the test registry, while its files are at hand. */
function onFiles({ client, config }, { reference, image }, log) {
	if (reference === void 0 || !sameRepository(reference.repository, config.testImage)) return {};
	const about = {
		repository: reference.repository,
		subject: image.manifest.descriptor
	};
	return { onFiles: (root) => recordPackages(client, {
		...about,
		root,
		log
	}) };
}
/** Evidence belongs into the test registry. */
async function attachEvidence({ client, config }, about) {
	const { tested, evidence, report, log } = about;
	const { reference, image } = tested;
	if (reference === void 0) return void 0;
	if (!sameRepository(reference.repository, config.testImage)) {
		log.warn(`no evidence is written: the image is not in ${formatRepository(config.testImage)}`);
		return;
	}
	if (!aboutTheImage(report)) return void 0;
	return (await pushEvidence(client, reference.repository, image.manifest.descriptor, evidence)).digest;
}
// src/loop/boot-test/report/annotations.ts
/**
* What went wrong: one annotation a failed test, at its file, or one for the machine.
* @param testsFolder folder of the tests inside the repository
*/
function annotationsOf(report, testsFolder) {
	if (report.verdict === "passed") return [];
	const failed = report.tests.filter(({ result }) => result !== "passed");
	return [...failed.length === 0 || report.tests.every(({ result }) => result === "passed") ? [{
		level: "error",
		title: `Boot test: ${report.verdict}`,
		message: report.explanation
	}] : [], ...failed.map(({ name, output, result }) => {
		const file = fileOf(name);
		return {
			level: "error",
			...file === void 0 ? {} : { file: `${testsFolder}/${file}` },
			title: `${name} ${result}`,
			message: clean(output).trim().slice(-2e3) || report.explanation
		};
	})];
}
/** The same as workflow commands of GitHub Actions, for a file that a step may print. */
function formatAnnotations(report, testsFolder) {
	return annotationsOf(report, testsFolder).map(({ level, title, message, file }) => command(level, {
		...file === void 0 ? {} : { file },
		title
	}, message));
}
/** `upgrade from 44.1: after-upgrade/10-a.sh` is of after-upgrade/10-a.sh; entries of the harness have no file. */
function fileOf(name) {
	const file = name.replace(/^upgrade from \S+: /, "");
	return /^check: |(^|\/)(systemd|identity)$/.test(file) ? void 0 : file;
}
function command(level, properties, message) {
	return `::${level} ${Object.entries(properties).map(([name, value]) => `${name}=${inMessage(value).replaceAll(":", "%3A").replaceAll(",", "%2C")}`).join(",")}::${inMessage(message)}`;
}
function inMessage(text) {
	return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
// src/loop/boot-test/report/junit.ts
/**
* The results as JUnit XML, in the order and with the attributes that the common schema (JUnit.xsd of Apache Ant's
* tasks) asks for. An ending that is no test's failure is an error of a test case of its own.
* @param about.startedAt UNIX seconds
*/
function formatJunit(report, about) {
	const { tests, verdict } = report;
	const failures = tests.filter(({ result }) => result !== "passed").length;
	const machineFailed = verdict !== "passed" && failures === 0;
	const suite = attributes({
		name: `boot test of ${about.version ?? about.image}`,
		package: "coxswain",
		id: "0",
		timestamp: (/* @__PURE__ */ new Date(about.startedAt * 1e3)).toISOString().slice(0, 19),
		hostname: "localhost",
		tests: String(tests.length + 1),
		failures: String(failures),
		errors: machineFailed ? "1" : "0",
		time: report.seconds.total.toFixed(2)
	});
	const properties = {
		image: about.image,
		kernel: report.kernel,
		architecture: report.architecture,
		verdict
	};
	return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite ${suite}>
    <properties>
${Object.entries(properties).filter(([, value]) => value !== "").map(([name, value]) => `      <property ${attributes({
		name,
		value
	})}/>`).join("\n")}
    </properties>
    <testcase ${attributes({
		classname: "coxswain.machine",
		name: "machine",
		time: report.seconds.boot.toFixed(2)
	})}>${machineFailed ? `<error ${attributes({
		message: report.explanation,
		type: verdict
	})}>${escaped$1(report.explanation)}</error>` : ""}</testcase>
${tests.map(testCase).join("\n")}
    <system-out>${escaped$1(tests.map(({ name, output }) => `--- ${name} ---\n${output}`).join("\n"))}</system-out>
    <system-err></system-err>
  </testsuite>
</testsuites>
`;
}
function testCase({ name, result, seconds, output, exitCode }) {
	const head = `    <testcase ${attributes({
		classname: "coxswain.tests",
		name,
		time: seconds.toFixed(2)
	})}`;
	if (result === "passed") return `${head}/>`;
	return `${head}><failure ${attributes({
		message: result === "timed-out" ? "not finished in time" : exitCode === void 0 ? "cut off with the machine" : `exit code ${exitCode}`,
		type: result
	})}>${escaped$1(output)}</failure></testcase>`;
}
function attributes(values) {
	return Object.entries(values).map(([name, value]) => `${name}="${escaped$1(value).replaceAll("\"", "&quot;").replaceAll("\n", "&#10;")}"`).join(" ");
}
/** XML 1.0 cannot hold control characters, not even escaped; nor half of a surrogate pair. */
function escaped$1(text) {
	return clean(text).replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "�").replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
// src/loop/boot-test/report/timeline-picture.ts
const width = 960;
const labels = 260;
const row = 22;
const top = 64;
const colours = {
	machine: "#b8bcc4",
	kernel: "#7a5fb5",
	initrd: "#a88fd8",
	system: "#2f74c0",
	test: "#3a9a5b",
	end: "#d8dbe0"
};
const failed = "#c8322b";
/** When each machine did what, as an SVG picture: one bar a phase and a test, all machines on one scale. */
function drawTimeline(heading, machines) {
	const longest = Math.max(1, ...machines.flatMap(({ spans }) => spans.map(({ to }) => to)));
	const step = tickStep(longest);
	const scale = 630 / longest;
	const x = (seconds) => (labels + seconds * scale).toFixed(1);
	const parts = [];
	let y = top;
	for (const { title, spans } of machines) {
		parts.push(`<text x="16" y="${y + 15}" class="machine">${escaped(shortened(title, 110))}</text>`);
		y += 24;
		for (const span of spans) {
			const bad = span.result !== void 0 && span.result !== "passed";
			const seconds = span.to - span.from;
			parts.push(`<text x="250" y="${y + 15}" class="label${bad ? " bad" : ""}">${escaped(shortened(span.name, 36))}</text>`, `<rect x="${x(span.from)}" y="${y + 3}" width="${Math.max(1.5, seconds * scale).toFixed(1)}" height="16" rx="2" fill="${bad ? failed : colours[span.kind]}"><title>${escaped(span.name)}: ${span.from.toFixed(2)} s to ${span.to.toFixed(2)} s${span.result === void 0 ? "" : `, ${span.result}`}</title></rect>`, `<text x="${(Number(x(span.to)) + 5).toFixed(1)}" y="${y + 15}" class="seconds${bad ? " bad" : ""}">${seconds.toFixed(seconds < 10 ? 2 : 1)} s${bad ? ` ${span.result}` : ""}</text>`);
			y += row;
		}
		y += 10;
	}
	const ticks = [];
	for (let second = 0; second <= longest; second += step) ticks.push(`<line x1="${x(second)}" x2="${x(second)}" y1="60" y2="${y}" stroke="#e4e6ea"/>`, `<text x="${x(second)}" y="54" class="tick">${Number(second.toFixed(1))} s</text>`);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 12}" viewBox="0 0 ${width} ${y + 12}" role="img" aria-label="${escaped(heading)}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .heading { font-size: 16px; font-weight: 600 }
  .machine { font-weight: 600 }
  .label { text-anchor: end }
  .tick { text-anchor: middle; fill: #6a7280; font-size: 11px }
  .seconds { fill: #6a7280; font-size: 11px }
  .bad { fill: ${failed} }
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="26" class="heading">${escaped(shortened(heading, 100))}</text>
${ticks.join("\n")}
${parts.join("\n")}
</svg>
`;
}
/** A round number of seconds that makes at most twelve ticks. */
function tickStep(seconds) {
	for (const step of [
		.1,
		.2,
		.5,
		1,
		2,
		5,
		10,
		20,
		30,
		60,
		120,
		300,
		600
	]) if (seconds / step <= 12) return step;
	return Math.ceil(seconds / 12 / 600) * 600;
}
function shortened(text, length) {
	return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
function escaped(text) {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
// src/loop/boot-test/report/output-files.ts
/** Names of what a boot test leaves in its output folder, besides the logs. */
const outputNames = {
	report: "report.json",
	junit: "junit.xml",
	summary: "summary.md",
	annotations: "annotations.txt",
	timeline: "timeline.svg"
};
/**
* Writes the report in every form that somebody reads it in.
* @param about.facts added to report.json
* @param about.startedAt UNIX seconds
*/
async function writeOutput(folder, tested, about) {
	const { image, version, report } = tested;
	const machines = [{
		title: "boot test",
		spans: report.timeline
	}, ...(report.upgrades ?? []).flatMap((upgrade) => upgrade.machines.map(({ stage, report: { timeline } }) => ({
		title: `upgrade from ${upgrade.from}: ${stage}`,
		spans: timeline
	})))].filter(({ spans }) => spans.length > 0);
	const heading = `Boot test of ${version ?? image}: ${report.verdict.replaceAll("-", " ")}, ${report.seconds.total.toFixed(1)} s (${report.accelerator === "kvm" ? "KVM" : "emulated"})`;
	const files = {
		[outputNames.report]: `${JSON.stringify({
			image,
			version,
			...about.facts,
			...report
		}, void 0, 2)}\n`,
		[outputNames.junit]: formatJunit(report, {
			image,
			version,
			startedAt: about.startedAt
		}),
		[outputNames.summary]: `${commentOn(tested)}\n`,
		[outputNames.annotations]: formatAnnotations(report, about.testsFolder).map((line) => `${line}\n`).join(""),
		[outputNames.timeline]: drawTimeline(heading, machines)
	};
	for (const [name, content] of Object.entries(files)) await writeFileAtomically(join(folder, name), content);
}
// src/loop/boot-test/image-check.ts
/** Labels of an image that some program on a node, or of ours, reads. */
const neededLabels = {
	"containers.bootc": "bootc takes only images that call themselves bootable",
	"com.coreos.stream": "Zincati takes its stream from it",
	"org.opencontainers.image.version": "Zincati finds its place in the update graph by it"
};
/** The labels and the time of an image, which its configuration says: nothing needs to be pulled for it. */
function checkLabels(config, stream) {
	const { labels, created } = config;
	const problems = Object.entries(neededLabels).filter(([name]) => (labels[name] ?? "") === "").map(([name, reason]) => `no label ${name}: ${reason}`);
	const found = labels["com.coreos.stream"];
	if (found !== void 0 && found !== "" && found !== stream) problems.push(`com.coreos.stream is ${JSON.stringify(found)}, and stream of coxswain.yaml is "${stream}"`);
	if (!(Date.parse(created ?? "") > 0)) problems.push(`the image was created at ${created ?? "no time"}: nodes would take it for older than theirs`);
	return entry("check: labels", problems);
}
/**
* The initramfs beside the kernel, where bootc looks for them ("Bootable container images", section on the kernel).
* @throws InputError without exactly one kernel: that is no bootable image, and no result of a test
*/
async function checkKernel(root, image) {
	const name = "check: kernel";
	const { modules, version } = await requireKernel(root, image);
	return entry(name, await isFile(join(modules, "initramfs.img")) ? [] : [`no /usr/lib/modules/${version}/initramfs.img: bootc would have nothing to boot with the kernel`]);
}
const shownFiles = 15;
/**
* Files in /var and /run. The first are unpacked at an installation and never again: machines that update do not get
* them. The others are never seen.
*/
async function checkLeftovers(root, meaning) {
	const found = [];
	for (const folder of ["var", "run"]) found.push(...await filesBelow(root, folder));
	const shown = found.slice(0, shownFiles).map((path) => `/${path}`);
	const lines = found.length === 0 ? [] : [
		`${found.length} files in /var and /run; machines that update never get them:`,
		...shown,
		...found.length > shown.length ? [`… and ${found.length - shown.length} more`] : []
	];
	if (meaning === "fail") return entry("check: leftovers", lines);
	return {
		...entry("check: leftovers", []),
		output: lines.length === 0 ? "" : `warning: ${lines.join("\n")}\n`
	};
}
/** The image's own bootc looks at it; undefined where it has none. */
async function checkLint(root, run) {
	if (!await isFile(join(root, "usr/bin/bootc"))) return void 0;
	const started = performance.now();
	const { exitCode, output } = await run(lintCommand);
	return {
		name: "check: bootc lint",
		result: exitCode === 0 ? "passed" : "failed",
		exitCode,
		seconds: Math.round((performance.now() - started) / 10) / 100,
		output
	};
}
/** bootc-container-lint(8) */
const lintCommand = [
	"/usr/bin/bootc",
	"container",
	"lint"
];
function entry(name, problems) {
	const well = problems.length === 0;
	return {
		name,
		result: well ? "passed" : "failed",
		exitCode: well ? 0 : 1,
		seconds: 0,
		output: well ? "" : `${problems.join("\n")}\n`
	};
}
async function filesBelow(root, folder) {
	try {
		return (await readdir(join(root, folder), {
			recursive: true,
			withFileTypes: true
		})).filter((each) => !each.isDirectory() && !each.isSymbolicLink()).map((each) => join(each.parentPath, each.name).slice(root.length + 1)).sort();
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
async function isFile(path) {
	try {
		return (await stat(path)).isFile();
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
// src/loop/boot-test/machine/disk-image.ts
/** How the machine of a boot test starts: by its kernel, or from a disk that the image was installed on. */
const bootModes = ["direct", "disk"];
/**
* The command that installs an image on a disk in a file: `bootc install to-disk` in the image itself, as
* bootc-install-to-disk(8) describes it for loopback files.
*/
function installArguments(options) {
	const { image, disk, architecture, filesystem } = options;
	const { consoleTerminal } = machineTypeOf(architecture);
	if (!disk.startsWith("/") || /[:,]/.test(disk)) throw new InputError({
		problem: "podman cannot mount this file",
		found: disk,
		expected: "an absolute path without \":\" and \",\""
	});
	return [
		"podman",
		"run",
		...[
			"--rm",
			"--privileged",
			"--pid=host",
			"--pull=never"
		],
		...["--security-opt", "label=type:unconfined_t"],
		...["--volume", "/dev:/dev"],
		...["--volume", "/var/lib/containers:/var/lib/containers"],
		...["--volume", `${disk}:/disk.raw`],
		image,
		...[
			"bootc",
			"install",
			"to-disk"
		],
		...[
			"--via-loopback",
			"--generic-image",
			"--wipe"
		],
		...["--filesystem", filesystem],
		...["--karg", `console=${consoleTerminal}`],
		...["--karg", "panic=-1"],
		...(options.kernelArguments ?? []).flatMap((each) => ["--karg", each]),
		"/disk.raw"
	];
}
/** Systemd credential that adds a unit to a machine without touching its disk; needs systemd 256 in the image. */
const unitCredential = "systemd.extra-unit.coxswain.service";
const dropInCredential = "systemd.unit-dropin.multi-user.target";
/** The disk with the tests is read only, and the harness keeps notes beside them. */
const unit = `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target
[Service]
ExecStart=/bin/sh -c 'mkdir -p ${guestFolder} ${guestFolder}-disk && mount -o ro /dev/disk/by-id/virtio-coxswain ${guestFolder}-disk && cp -a ${guestFolder}-disk/. ${guestFolder} && exec ${guestFolder}/busybox sh ${guestFolder}/harness'
ExecStopPost=${guestFolder}/busybox sh ${guestFolder}/ended
OOMScoreAdjust=-900
`;
/** The command line of QEMU, without the program's name, for a machine that starts from an installed disk. */
function firmwareMachineArguments(options) {
	const type = machineTypeOf(options.architecture);
	const { accelerator, firmware, network } = options;
	const credential = (name, value) => `type=11,value=io.systemd.credential.binary:${name}=${Buffer.from(value).toString("base64")}`;
	return [
		...[
			"-nodefaults",
			"-no-user-config",
			"-no-reboot",
			"-display",
			"none"
		],
		...["-machine", type.machine],
		...["-accel", accelerator],
		...["-cpu", accelerator === "kvm" ? "host" : type.emulatedProcessor],
		...[
			"-smp",
			String(options.cpus),
			"-m",
			`${options.memoryMegabytes}M`
		],
		...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${escaped$2(firmware.code)}`],
		...["-drive", `if=pflash,unit=1,format=raw,file=${escaped$2(firmware.variables)}`],
		...["-drive", `if=none,id=disk,format=raw,snapshot=on,file=${escaped$2(options.disk)}`],
		...["-device", "virtio-blk-pci,drive=disk,bootindex=1"],
		...["-drive", `if=none,id=tests,format=raw,readonly=on,file=${escaped$2(options.testsImage)}`],
		...["-device", "virtio-blk-pci,drive=tests,serial=coxswain"],
		...["-smbios", credential(unitCredential, unit)],
		...["-smbios", credential(dropInCredential, "[Unit]\nWants=coxswain.service\n")],
		...portArguments(type, options),
		...networkArguments(network)
	];
}
// src/loop/boot-test/machine/disk-needs.ts
/** Where Debian, Ubuntu and Fedora put it. */
const knownFirmware = {
	x86_64: [
		{
			code: "/usr/share/OVMF/OVMF_CODE_4M.fd",
			variables: "/usr/share/OVMF/OVMF_VARS_4M.fd"
		},
		{
			code: "/usr/share/OVMF/OVMF_CODE.fd",
			variables: "/usr/share/OVMF/OVMF_VARS.fd"
		},
		{
			code: "/usr/share/edk2/ovmf/OVMF_CODE.fd",
			variables: "/usr/share/edk2/ovmf/OVMF_VARS.fd"
		}
	],
	aarch64: [{
		code: "/usr/share/AAVMF/AAVMF_CODE.fd",
		variables: "/usr/share/AAVMF/AAVMF_VARS.fd"
	}]
};
/** `systemd.extra-unit.*` (systemd.system-credentials(7)): how the tests get into a machine without changing its disk. */
const neededSystemd = 256;
/**
* Makes sure that an image can be installed on a disk here and started from it, before anything long begins.
* @param about.root the image's root file system
* @param about.foreign the image is of another architecture than this machine
* @throws InputError that names everything that is missing
*/
async function requireDiskMode(about, env = process.env) {
	const { root, architecture, foreign } = about;
	const firmware = await firstOf(knownFirmware[architecture] ?? [], async ({ code, variables }) => Boolean(await isThere(code) && await isThere(variables)));
	const systemd = await systemdVersion(root);
	const problems = [
		findTool("podman", env) === void 0 ? "podman is not installed, in which bootc install runs (package podman)" : void 0,
		env._CONTAINERS_ROOTLESS_UID === void 0 ? void 0 : "loop devices are for the root of the machine, and this runs in a user namespace (use sudo)",
		firmware === void 0 ? `there is no UEFI firmware for ${architecture} (packages ovmf, qemu-efi-aarch64)` : void 0,
		foreign ? `the image is made for ${architecture}, and its bootc cannot run here` : void 0,
		await isThere(join(root, "usr/bin/bootc")) ? void 0 : "the image has no /usr/bin/bootc",
		systemd !== void 0 && systemd >= neededSystemd ? void 0 : `the image has ${systemd === void 0 ? "no systemd" : `systemd ${systemd}`}, and its tests come in by what systemd ${neededSystemd} added`
	].filter((problem) => problem !== void 0);
	if (firmware !== void 0 && problems.length === 0) return firmware;
	throw new InputError({
		field: "mode",
		problem: `the image cannot be booted from a disk here: ${problems.join("; ")}`,
		found: "disk",
		remedy: "Provide what is missing, or use the mode direct, which needs none of it."
	});
}
/** By the name of its library: the image is looked at, not run. */
async function systemdVersion(root) {
	for (const folder of [
		"usr/lib/systemd",
		"usr/lib64/systemd",
		"lib/systemd"
	]) for (const name of await namesIn(join(root, folder))) {
		const version = /^libsystemd-shared-(\d+)/.exec(name)?.[1];
		if (version !== void 0) return Number(version);
	}
}
async function namesIn(folder) {
	try {
		return await readdir(folder);
	} catch (error) {
		if (isMissing(error)) return [];
		throw error;
	}
}
async function isThere(path) {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
async function firstOf(all, fits) {
	for (const each of all) if (await fits(each)) return each;
}
// src/loop/boot-test/machine/boot-from-disk.ts
/** What an installation may grow to; the file takes only what is written. */
const diskGigabytes = 16;
/**
* As `runBootTest`, by way of the boot loader: the image installs itself on a disk with its own bootc, and the machine
* starts from there through its firmware.
* @param options.imageId in the storage that buildah and podman share
* @throws InputError when something is missing, of this host or of the image
*/
async function runDiskTest(options) {
	const started = performance.now();
	const { root, architecture, foreign, log } = options;
	const firmware = await requireDiskMode({
		root,
		architecture,
		foreign
	});
	const busybox = await requireBootTestTools(architecture, options.helper);
	const kernel = await requireKernel(root, options.image);
	await mkdir(options.outputFolder, { recursive: true });
	return withTemporaryFolder("disk", async (folder) => {
		const [disk, testsImage] = [join(folder, "disk.raw"), join(folder, "tests.erofs")];
		const installing = await timed(() => log.task("installing the image on a disk", () => install(options, disk)));
		const making = await timed(() => makeTestsImage(options, busybox, folder, testsImage));
		const variables = await freshVariables(firmware, folder);
		const { run, used } = await runAccelerated(options, (accelerator, files) => firmwareMachineArguments({
			...files,
			architecture,
			accelerator,
			memoryMegabytes: options.memoryMegabytes ?? 1024,
			cpus: options.cpus ?? 2,
			network: options.network ?? "closed",
			firmware: {
				code: firmware.code,
				variables
			},
			disk,
			testsImage
		}));
		const seconds = {
			rootFilesystem: installing,
			initrd: making,
			total: (performance.now() - started) / 1e3
		};
		return reportOf(options, run, {
			used,
			kernel: kernel.version,
			seconds
		});
	});
}
async function install(options, disk) {
	const handle = await open(disk, "w");
	await handle.truncate(diskGigabytes * 1e9);
	await handle.close();
	const { architecture, imageId, kernelArguments = [] } = options;
	const [program = "", ...args] = installArguments({
		image: imageId,
		disk,
		architecture,
		filesystem: "xfs",
		kernelArguments
	});
	await exec(program, args, { doing: "installing the image on a disk (bootc install to-disk)" });
}
/** The harness and the tests as a disk: what in the other mode comes in the initrd. */
async function makeTestsImage(options, busybox, folder$1, file) {
	const { tests, testsFolder } = options;
	const entries = await harnessEntries({
		busybox,
		tests,
		...testsFolder === void 0 ? {} : { testsFolder },
		settings: guestSettings(options, "/usr/lib/systemd/systemd")
	});
	for (const { path, content, mode } of entries) {
		const place = join(folder$1, path);
		if (content === "folder") {
			await mkdir(place, { recursive: true });
			continue;
		}
		await mkdir(dirname(place), { recursive: true });
		await writeFile(place, content);
		await chmod(place, mode);
	}
	await makeRootImage(join(folder$1, "coxswain"), file);
}
/** The firmware writes to its variables: each machine has its own. */
async function freshVariables(firmware, folder) {
	const file = join(folder, "variables.fd");
	await copyFile(firmware.variables, file);
	await chmod(file, 384);
	return file;
}
// src/loop/boot-test/rehearsal/state-disk.ts
/** What a disk may grow to; the file takes only what is written. */
const megabytes = 8192;
/** Makes an empty disk that outlives machines: it gets their /var, and the changes in /etc. */
async function makeStateDisk(file) {
	const handle = await open(file, "w");
	await handle.truncate(megabytes * 1024 * 1024);
	await handle.close();
	await exec("mkfs.ext4", [
		"-q",
		"-F",
		"-L",
		"state",
		"-E",
		"lazy_itable_init=1,lazy_journal_init=1",
		file
	], { doing: "making a disk for /var" });
}
// src/loop/boot-test/rehearsal/rehearsal.ts
/**
* Takes one machine from an earlier release to the candidate and back, as ostree does: /var is the machine's own
* throughout, changes in /etc win over the new image's defaults, and the way back has the /etc from before.
*/
async function rehearseUpgrade(options) {
	const { from } = options;
	return withTemporaryFolder("rehearsal", async (folder) => {
		const disk = join(folder, "state");
		await makeStateDisk(disk);
		const machines = [];
		const tests = [];
		const problems = [];
		let identity = {};
		for (const stage of upgradeStages) {
			const report = await bootStage(options, stage, disk);
			machines.push({
				stage,
				report
			});
			const results = resultsOf(report, stage, identity);
			tests.push(...results.map((test) => ({
				...test,
				name: `upgrade from ${from.version}: ${test.name}`
			})));
			const problem = problemOf(report, results);
			if (problem !== void 0) problems.push(`${titles[stage]}: ${problem}`);
			if (stage === "before-upgrade") {
				if (problem !== void 0) break;
				identity = report.identity;
			}
		}
		const passed = problems.length === 0;
		const explanation = passed ? `A machine on ${from.version} updates, keeps its state, and can go back.` : `From ${from.version}: ${problems.join(" ")}`;
		return {
			from: from.version,
			digest: from.digest,
			passed,
			explanation,
			tests,
			machines
		};
	});
}
const titles = {
	"before-upgrade": "before the upgrade",
	"after-upgrade": "after the upgrade",
	"after-rollback": "after the rollback"
};
async function bootStage(options, stage, disk) {
	const { from, candidate, tests, machine } = options;
	const upgraded = stage === "after-upgrade";
	return bootPrepared(upgraded ? candidate.image : from.image, {
		...machine,
		tests: tests[stage],
		state: {
			disk,
			deployment: upgraded ? "new" : "old"
		},
		outputFolder: join(machine.outputFolder, stage),
		environment: {
			...machine.environment,
			COXSWAIN_STAGE: stage,
			COXSWAIN_FROM_VERSION: from.version,
			COXSWAIN_TO_VERSION: candidate.version
		}
	});
}
/** The tests of a machine, and whether it still is the same machine. */
function resultsOf(report, stage, identity) {
	const named = report.tests.filter((test) => stage === "after-upgrade" || test.name !== "systemd").map((test) => test.name === "systemd" ? {
		...test,
		name: `${stage}/${test.name}`
	} : test);
	if (stage === "before-upgrade" || !isDone(report) || Object.keys(identity).length === 0) return named;
	return [...named, compareIdentity(stage, identity, report.identity)];
}
function compareIdentity(stage, before, after) {
	const lines = Object.entries(before).map(([name, hash]) => {
		if (after[name] === hash) return {
			name,
			line: `${name}: the same`,
			well: true
		};
		return {
			name,
			line: `${name}: ${after[name] === void 0 ? "gone" : "another one"}`,
			well: false
		};
	});
	const well = lines.every((each) => each.well);
	return {
		name: `${stage}/identity`,
		result: well ? "passed" : "failed",
		exitCode: well ? 0 : 1,
		seconds: 0,
		output: `${lines.map(({ line }) => line).join("\n")}\n`
	};
}
function isDone(report) {
	return [...[
		"passed",
		"test-failed",
		"test-timed-out",
		"out-of-memory",
		"out-of-disk"
	], ...["system-not-running", "emergency-mode"]].includes(report.verdict);
}
function problemOf(report, results) {
	if (!isDone(report)) return report.explanation;
	const failed = results.filter(({ result }) => result !== "passed").map(({ name }) => name);
	return failed.length === 0 ? void 0 : `${failed.join(", ")} failed.`;
}
// src/loop/boot-test/test-run.ts
/**
* All there is to test of an image, the quick things first, each only if those before went well: what its
* configuration says, what its files say, a boot with the user's tests, and the updates that nodes will make.
*/
async function runTests(options) {
	const { source, image, config, machine, outputFolder, log } = options;
	const started = performance.now();
	const refuse = async (checks) => {
		await mkdir(outputFolder, { recursive: true });
		return unbooted({
			...machine,
			outputFolder
		}, started, notAsShipped(checks));
	};
	const labels = checkLabels(image.config, config.stream);
	if (labels.result !== "passed") return refuse([labels]);
	return withRootFilesystem(source, async (root, stored) => {
		const checks = [labels, ...await checkFiles(options, root, stored.run)];
		if (checks.some(({ result }) => result !== "passed")) return refuse(checks);
		await options.onFiles?.(root);
		await mkdir(outputFolder, { recursive: true });
		return withTemporaryFolder("boot", async (folder) => {
			const prepare = () => prepareImage({
				root,
				image: source.name,
				folder,
				log
			});
			const boot = {
				...bootOptions(options),
				tests: options.tests.files
			};
			const disk = {
				root,
				image: source.name,
				imageId: stored.id,
				foreign: options.foreign
			};
			const prepared = options.mode === "disk" ? void 0 : await prepare();
			const report = prepared === void 0 ? await runDiskTest({
				...boot,
				...disk
			}) : await bootPrepared(prepared, boot);
			const all = {
				...report,
				tests: [...checks, ...report.tests]
			};
			if (report.verdict !== "passed" || options.from.length === 0) return withTotal(all, started);
			return withTotal(await withUpgrades(options, prepared ?? await prepare(), all), started);
		});
	}, { log });
}
async function checkFiles(options, root, run) {
	const { source, config, foreign } = options;
	const lint = foreign ? void 0 : await checkLint(root, run);
	return [
		await checkKernel(root, source.name),
		await checkLeftovers(root, config.bootTest.leftovers),
		...lint === void 0 ? [] : [lint]
	];
}
function notAsShipped(checks) {
	return {
		verdict: "check-failed",
		explanation: `The image is not what a node needs, and was not booted: ${checks.filter(({ result }) => result !== "passed").map(({ name, output }) => `${name}: ${output.trim().split("\n")[0]}`).join("; ")}.`,
		kernel: "",
		tests: checks
	};
}
function bootOptions(options) {
	const { machine, testsFolder, config, image, version, fleet, outputFolder, log } = options;
	return {
		...machine,
		testsFolder,
		allowedUnits: config.bootTest.allowedUnits,
		environment: {
			COXSWAIN_VERSION: version,
			COXSWAIN_DIGEST: image.manifest.descriptor.digest,
			COXSWAIN_ARCHITECTURE: machine.architecture,
			COXSWAIN_STREAM: config.stream,
			...fleet === void 0 ? {} : { COXSWAIN_FLEET: fleet }
		},
		outputFolder,
		log
	};
}
async function withUpgrades(options, candidate, report) {
	const upgrades = [];
	for (const from of options.from) upgrades.push(await rehearseFrom(options, candidate, from));
	const failed = upgrades.filter(({ passed }) => !passed);
	return {
		...report,
		...failed.length === 0 ? { explanation: [report.explanation, ...upgrades.map(({ explanation }) => explanation)].join(" ") } : {
			verdict: "upgrade-failed",
			explanation: failed.map(({ explanation }) => explanation).join(" ")
		},
		tests: [...report.tests, ...upgrades.flatMap(({ tests }) => tests)],
		upgrades
	};
}
async function rehearseFrom(options, candidate, from) {
	const { version, tests, outputFolder, log } = options;
	return withRootFilesystem(inRegistry(from.image), (root) => withTemporaryFolder("from", async (folder) => {
		const image = await prepareImage({
			root,
			image: formatReference(from.image),
			folder,
			log
		});
		return rehearseUpgrade({
			from: {
				version: from.version,
				digest: from.image.digest,
				image
			},
			candidate: {
				version,
				image: candidate
			},
			tests: tests.upgrade,
			machine: {
				...bootOptions(options),
				outputFolder: join(outputFolder, `upgrade-from-${from.version.replace(/[^\w.-]/g, "_")}`)
			}
		});
	}), { log });
}
function withTotal(report, started) {
	const total = Math.round((performance.now() - started) / 10) / 100;
	return {
		...report,
		seconds: {
			...report.seconds,
			total
		}
	};
}
// src/loop/boot-test/boot-test.ts
/**
* Boots the exact image that the checkout's commit builds, runs the tests of that commit in it, attaches the result
* to the image's digest and tells the pull request. Done again, it finds the evidence and only tells.
* Of an image in a folder, the result is only answered and written down: it has no place in a registry.
*/
async function testImage(project, options) {
	const { git, config } = project;
	const { log } = options;
	const commit = await git.run(["rev-parse", "HEAD"]);
	const architecture = options.architecture ?? ownArchitecture(config.architectures);
	const fleet = await fleetOf(project, options, commit);
	return withTemporaryFolder("tests", async (testsFolder) => {
		const tests = await readCommittedTests(git, commit, config.tests, testsFolder);
		await warnOfUncommitted(project, log);
		const tested = await findImageUnderTest(project, commit, architecture, options);
		const { source, image, digest, version } = tested;
		const known = {
			image: source.name,
			version: version === "" ? void 0 : version,
			digest
		};
		const from = wantsUpgrades(project, tests) ? await upgradesTo(project, {
			fleet,
			tested,
			architecture,
			log
		}) : [];
		const earlier = options.force ? void 0 : await evidenceOn(project, tested, tests);
		if (earlier !== void 0 && covers(earlier.evidence, from)) {
			const answer = {
				...known,
				evidence: earlier.evidence
			};
			const pullRequest = await tellPullRequest(project, commit, answer);
			return {
				...answer,
				skipped: true,
				evidenceDigest: earlier.descriptor.digest,
				...pullRequest
			};
		}
		await requireBootTestTools(architecture, options.helper);
		await requireBootSpace(image, {
			env: process.env,
			rehearses: from.length > 0
		});
		const output = resolve(options.output);
		const report = await runTests({
			source,
			image,
			version,
			config,
			mode: options.mode ?? config.bootTest.mode,
			machine: machineFor(project, options, architecture),
			tests,
			testsFolder,
			fleet,
			from,
			foreign: ownArchitectureName() !== architecture,
			...onFiles(project, tested, log),
			outputFolder: output,
			log
		});
		const console = await readFile(report.consoleLog, "utf8");
		const evidence = evidenceOf(report, {
			tested,
			tests,
			console,
			startedAt: options.now
		});
		const answer = {
			...known,
			evidence,
			report,
			console
		};
		const evidenceDigest = await attachEvidence(project, {
			tested,
			evidence,
			report,
			log
		});
		await writeOutput(output, answer, {
			testsFolder: config.tests,
			startedAt: options.now,
			facts: {
				fleet,
				testsTree: tests.tree,
				evidence: evidenceDigest
			}
		});
		const told = aboutTheImage(report) && options.local === void 0;
		return {
			...answer,
			skipped: false,
			...evidenceDigest === void 0 ? {} : { evidenceDigest },
			...told ? await tellPullRequest(project, commit, answer) : {}
		};
	});
}
function machineFor({ config }, options, architecture) {
	const deadlineSeconds = options.deadlineSeconds ?? config.bootTest.deadlineSeconds;
	return {
		architecture,
		memoryMegabytes: options.memoryMegabytes ?? config.bootTest.memoryMegabytes,
		cpus: options.cpus ?? config.bootTest.cpus,
		network: options.network ?? config.bootTest.network,
		kernelArguments: config.bootTest.kernelArguments,
		...deadlineSeconds === void 0 ? {} : { deadlineSeconds },
		...options.helper === void 0 ? {} : { helper: options.helper }
	};
}
/** By name; undefined where the commit is for no fleet that we know. */
async function fleetOf({ git, config, forge }, options, commit) {
	if (options.fleet !== void 0) return findFleet(config, options.fleet).name;
	const branch = (await forge.pullRequests.findByCommit(commit))?.base ?? await git.try([
		"symbolic-ref",
		"--quiet",
		"--short",
		"HEAD"
	]);
	return Object.values(config.fleets).find((fleet) => fleet.branch === branch)?.name;
}
function wantsUpgrades({ config }, tests) {
	return config.bootTest.upgrades ?? hasUpgradeTests(tests.upgrade);
}
function ownArchitectureName() {
	return {
		x64: "x86_64",
		arm64: "aarch64"
	}[process.arch];
}
function ownArchitecture(configured) {
	const own = ownArchitectureName();
	return own !== void 0 && configured.includes(own) ? own : configured[0];
}
async function warnOfUncommitted({ git, config, root }, log) {
	if (await git.run([
		"-C",
		root,
		"status",
		"--porcelain",
		"--",
		config.tests
	]) !== "") log.warn(`${config.tests}/ has changes that are not committed; the tests run as they are in the commit`);
}
async function tellPullRequest({ forge }, commit, tested) {
	const request = await forge.pullRequests.findByCommit(commit);
	if (request === void 0) return {};
	return await forge.pullRequests.comment(request.number, "boot-test", commentOn(tested)) ? { pullRequest: request.number } : {};
}
export { describeTested as a, folder as c, findStaticBusybox as d, commentOn as i, writeNewc as l, bootModes as n, orderModules as o, annotationsOf as r, readModuleIndex as s, testImage as t, networks as u };
