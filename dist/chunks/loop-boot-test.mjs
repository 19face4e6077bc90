import { $ as beforeWriting, A as plainText, B as exists, D as say, G as writeFileAtomically, Gt as messageOf, Ht as OutsideError, J as thisProcess, K as removeAbandoned, L as silentLog, Lt as defined, Pt as parseDuration, S as exact, T as reportMarkdown, U as readFileIfThere, V as isMissing, Vt as InputError, W as withTemporaryFolder, Wt as init_errors, Y as onInterrupt, b as requireTools, d as startProcess, g as exec, q as surelyEnded, u as insideRoot, v as findTool, x as count } from "./host.mjs";
import { Q as formatPublishedGraph, X as buildGraph, ct as aliasesOf, ft as hostArchitecture, lt as architectureOfGo, st as addAliases } from "./guidance.mjs";
import { Ca as atDigest, Da as formatReference, Er as formatBillOfMaterials, Ha as findFleet, Hr as runAddress, Ia as upgradeStarts, Ir as passingEvidence, Jr as layoutReader, Ki as attestationSigner, La as withCandidate, Lr as pushEvidence, Ma as parseReference, Mr as testSettings, Nr as evidenceSoFar, Oa as formatRepository, Oi as findBuiltFor, Pa as sameRepository, Qr as readCandidate, Ra as downloadFolder, Tr as pushSbom, Ur as keepAtForge, Wr as createRegistryClient, Yr as openInLayout, Zi as isLoopback, _a as imageTimestamp, _r as readPackages, fa as listCommit, ga as upgradeStages, jr as testDemands, ka as isDigest, ki as localTag, ma as materialiseContext, qa as shortCommit, qr as inLayout, va as readImage, vr as recordPackages, wa as atTag, wr as findSbom, za as requireBootSpace, zr as trustOf } from "./shared.mjs";
import { n as findPinnedTool, r as pinOf } from "./world-tools.mjs";
import { t as rpm_ostree_default } from "./node-stand-in.mjs";
import { n as makeRootOfLayers } from "./world-layers.mjs";
import { accessSync, constants, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, posix, relative, resolve, sep } from "node:path";
import { chmod, copyFile, cp, lstat, mkdir, mkdtemp, open, opendir, readFile, readdir, realpath, rm, rmdir, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { createConnection } from "node:net";
import { once } from "node:events";
init_errors();
/**
* What nodes of a fleet would see if the image became its newest release: the graph that would be published, and their
* current image. Without a fleet there is only the image itself.
*/
async function agentQuestion(project, about) {
	const { config, state } = project;
	const { fleet, tested, architecture } = about;
	const { version, digest, image } = tested;
	const known = fleet === void 0 ? {
		releases: { releases: [] },
		updates: { releases: [] }
	} : await state.readFleet(fleet);
	const candidate = {
		version,
		payload: formatReference(atDigest(config.image, digest)),
		basearch: architecture
	};
	const { releases, updates } = withCandidate(known, candidate);
	const graph = addAliases(buildGraph(releases, updates, {
		basearch: architecture,
		scheme: "oci"
	}), aliasesOf(known.releases));
	const [start] = upgradeStarts(known, candidate);
	const current = start?.why === "current release" ? await readCurrent(project, start, {
		architecture,
		log: about.log
	}) : void 0;
	return {
		graph: formatPublishedGraph(graph),
		repository: formatRepository(config.image),
		stream: config.stream,
		candidate: {
			version,
			digest,
			image
		},
		...defined({ current })
	};
}
/** The image that nodes run; undefined if it cannot be read, for example without a login. */
async function readCurrent({ client }, start, { architecture, log }) {
	const { version, payload } = start;
	try {
		const reference = parseReference(payload, { where: `release ${version}` });
		if (reference.kind !== "digest") return void 0;
		return {
			version,
			digest: reference.digest,
			image: await readImage(client, reference, architecture)
		};
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		log.warn(`the image's own agent is not asked about the update from ${version}: ${messageOf(error)}`);
		return;
	}
}
init_errors();
function hasUpgradeTests(tests) {
	return upgradeStages.some((stage) => tests[stage].length > 0);
}
/** Names of results that do not come from files. */
const takenNames = ["systemd", "identity"];
/**
* The tests directly in a folder, in the order of their names (bytewise, as `LC_ALL=C ls` has it): files that end in
* `.sh`, and other executable files. Folders in it may hold what tests share; they are not searched. A symbolic link
* to such a file is a test too, if it stays among the tests.
* @param shownAs the folder's name in messages
* @param top the folder of all tests, which links may not leave
* @throws InputError for an empty test, for its unreadable `# coxswain:` line, and for a link that leads elsewhere
*/
async function listTests(folder, shownAs = folder, top = folder) {
	const tests = [];
	for (const name of (await namesIn(folder)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
		const path = join(folder, name);
		if (name.startsWith(".")) continue;
		const target = await targetInside(path, top, `${shownAs}/${name}`);
		const found = await stat(target);
		if (!found.isFile()) continue;
		const { mode } = found;
		if (!(name.endsWith(".sh") || (mode & 73) !== 0)) continue;
		if (takenNames.includes(name)) throw new InputError({
			where: `${shownAs}/${name}`,
			problem: "a test cannot have this name: results of the harness have it",
			expected: "another name, such as 10-systemd.sh"
		});
		const text = await readFile(target, "latin1");
		if (text.trim() === "") throw new InputError({
			where: `${shownAs}/${name}`,
			problem: "this test is empty, and an empty program always passes",
			remedy: "Write the test, or delete the file."
		});
		const timeoutSeconds = readTestTimeout(text, `${shownAs}/${name}`);
		tests.push({
			name,
			path: target,
			...defined({ timeoutSeconds })
		});
	}
	return tests;
}
/** The target of a link. @throws InputError unless that is a place inside `top` */
async function targetInside(path, top, shownAs) {
	let target;
	try {
		target = await realpath(path);
	} catch (error) {
		const code = error.code;
		if (!isMissing(error) && code !== "ELOOP" && code !== "ENOTDIR") throw error;
	}
	if (target?.startsWith(`${await realpath(top)}${sep}`)) return target;
	throw new InputError({
		where: shownAs,
		problem: target === void 0 ? "this symbolic link leads to nothing" : "this symbolic link leads out of the folder of the tests, and machines get a copy of that folder only",
		remedy: "Link to a file in the folder of the tests, or put a copy there."
	});
}
async function namesIn(folder) {
	try {
		return (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile() || entry.isSymbolicLink()).map((entry) => entry.name);
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
init_errors();
/**
* Writes the tests of a commit into an empty folder: what runs is then exactly what the tree's hash names, whatever
* is in the work tree.
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
		if (inside.startsWith("..")) return [];
		if (mode !== "100644" && mode !== "100755" && mode !== "120000") return [];
		return [{
			mode,
			hash,
			path: inside
		}];
	});
	await materialiseContext(git, entries, folder, 0);
	const files = await listTests(folder, tests);
	if (files.length === 0) throw nothingToTest(tests, commit, "the folder has no tests in this commit");
	const [before, after, rollback] = await Promise.all(upgradeStages.map(async (stage) => (await listTests(join(folder, stage), `${tests}/${stage}`, folder)).map((test) => ({
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
		where: `${tests}/ (commit ${shortCommit(commit)})`,
		problem: `nothing would be tested: ${found}`,
		expected: `files directly in ${tests}/ that end in .sh or are executable`,
		remedy: `Write ${tests}/10-boots.sh, which exits with 0 if all is well, and commit it.`
	});
}
// src/loop/boot-test/image-source.ts
init_errors();
/** An image in a registry, by its digest only: `name:tag@digest` is refused by older buildah. */
function inRegistry(image) {
	const storedAs = `${formatRepository(image.repository)}@${image.digest}`;
	return {
		name: formatReference(image),
		place: `docker://${storedAs}`,
		storedAs,
		plainHttp: isLoopback(new URL(`http://${image.repository.registry}`))
	};
}
/**
* The layers of an image, the lowest first, ready to be read.
* @throws InputError if there is no such image, or a layer is not in the registry
*/
async function packedLayers({ place, name }, { architecture = ownArchitecture$1(), log }) {
	const { reference, reader } = openPlace(place, log);
	const { manifest, config } = await readImage(reader, reference, architecture);
	const { layers } = manifest.json;
	if (layers.length !== config.diffIds.length) throw new InputError({
		where: name,
		problem: "the manifest and the config of the image do not have the same number of layers",
		found: [layers.length, config.diffIds.length]
	});
	return layers.map((layer, index) => ({
		what: `layer ${index + 1} of ${layers.length} of ${name}`,
		open: () => reader.openBlob(reference.repository, layer),
		diffId: config.diffIds[index]
	}));
}
function openPlace(place, log) {
	const [, folder, tag] = /^oci:(.+):([^:]+)$/.exec(place) ?? [];
	if (folder !== void 0 && tag !== void 0) return {
		reference: inLayout(folder, tag),
		reader: {
			...layoutReader,
			openBlob: openInLayout
		}
	};
	return {
		reference: parseReference(place.replace(/^docker:\/\//, ""), { field: "image" }),
		reader: createRegistryClient({
			env: process.env,
			log
		})
	};
}
function ownArchitecture$1() {
	return process.arch === "arm64" ? "aarch64" : "x86_64";
}
// src/loop/boot-test/image-under-test.ts
init_errors();
/**
* Finds the image that the checkout's commit builds, in the test registry or in a folder, or another one by its name.
* @param wanted.image a reference in a registry
* @param wanted.local the folder that `build-image --local` was given
* @throws InputError if it does not exist, or is not made for the architecture
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
		problem: `the test registry has no image for commit ${shortCommit(commit)}`,
		remedy: "Run coxswain build-image first."
	});
}
// src/loop/boot-test/guest/busybox.ts
init_errors();
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
* A static busybox: it runs in the guest, so that nothing there depends on the image's programs. It is the host's, or
* for a guest of another architecture the one that set-up-host downloaded.
* @param architecture of the guest (default: that of the host)
* @param helper another one
* @throws InputError when it is missing, needs libraries, or is for another architecture
*/
async function findStaticBusybox(architecture, helper) {
	const foreign = architecture !== void 0 && architecture !== hostArchitecture();
	const downloaded = helper === void 0 && foreign && await findPinnedTool(pinOf("busybox-static", architecture));
	if (helper === void 0 && !downloaded) requireTools(["busybox"]);
	const path = helper ?? (downloaded || findTool("busybox"));
	const file = await open(path).catch((error) => {
		if (!isMissing(error)) throw error;
		throw new InputError({
			where: path,
			problem: "this program does not exist",
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
			remedy: `Run the boot test on a machine of that architecture (a runner for ${architecture}), or download a static busybox for ${architecture}: coxswain set-up-host --architecture ${architecture}. One of your own works too (--helper).`
		});
	} finally {
		await file.close();
	}
	return path;
}
// src/loop/boot-test/machine/machine-types.ts
init_errors();
/** Name of the virtio-serial port that results go through. */
const reportPortName = "coxswain.results";
/** Name of the one that the journal goes through. */
const journalPortName = "coxswain.journal";
/** Serial numbers of the disks: the guest finds each by its own. */
const diskNames = {
	root: "coxswain-root",
	tools: "coxswain-tools",
	state: "coxswain-state",
	image: "coxswain-image",
	target: "coxswain-target"
};
/** Measured with a tiny image, 5 boots each: 0.87 of the time without them. */
const emulationShortcuts = [
	"mitigations=off",
	"nokaslr",
	"cryptomgr.notests"
];
const machineTypes = {
	x86_64: {
		program: "qemu-system-x86_64",
		machine: "q35",
		consoleTerminal: "ttyS0",
		fallbackTerminal: "ttyS1",
		fallbackArguments: ["-serial", "chardev:fallback"],
		emulatedProcessor: "max,la57=off",
		emulationArguments: ["no_timer_check", ...emulationShortcuts]
	},
	aarch64: {
		program: "qemu-system-aarch64",
		machine: "virt",
		consoleTerminal: "ttyAMA0",
		fallbackTerminal: "ttyS0",
		fallbackArguments: ["-device", "pci-serial,chardev=fallback"],
		emulatedProcessor: "max",
		emulationArguments: [...emulationShortcuts]
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
/** What a machine can reach: `closed` gives it an address and no connections, `user` whatever the host can reach. */
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
		...processorArguments(type, accelerator),
		...["-smp", String(options.cpus)],
		...["-m", `${options.memoryMegabytes}M`],
		...["-kernel", options.kernel],
		...["-initrd", options.initrd],
		...["-append", kernelArguments(options)],
		...portArguments(type, options),
		...rootDisk(options),
		...readOnlyDisk("tools", options.toolsDisk),
		...options.stateDisk === void 0 ? [] : writableDisk("state", options.stateDisk),
		...installationDisks(options.installation),
		...Object.entries(options.firmwareFiles ?? {}).flatMap(([name, file]) => ["-fw_cfg", `name=${name},file=${escaped$2(file)}`]),
		...networkArguments(options.network ?? "closed")
	];
}
/**
* Emulated processors take turns in one thread: a second one makes a machine slower (a system with systemd took 128
* seconds to boot on a busy computer, and 69 with one processor).
*/
function defaultProcessors(accelerator) {
	return accelerator === "tcg" ? 1 : 2;
}
function processorArguments(type, accelerator) {
	return [...["-accel", accelerator === "tcg" ? "tcg,thread=single" : accelerator], ...["-cpu", accelerator === "kvm" ? "host" : type.emulatedProcessor]];
}
/** A disk that the guest cannot write to. */
function readOnlyDisk(name, file) {
	return [...["-drive", `if=none,id=${name},format=raw,readonly=on,file=${escaped$2(file)}`], ...["-device", `virtio-blk-pci,drive=${name},serial=${diskNames[name]}`]];
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
		...["-device", `virtserialport,chardev=results,name=${reportPortName},id=${reportPortName}`],
		...file("journal", files.journal),
		...["-device", `virtserialport,chardev=journal,name=${journalPortName}`],
		...files.monitor === void 0 ? [] : ["-qmp", `unix:${escaped$2(files.monitor)},server=on,wait=off`]
	];
}
/** Closed: an interface that gets an address and no connections, for services that wait for the network. */
function networkArguments(network) {
	return [
		...["-netdev", `user,id=network${network === "user" ? "" : ",restrict=on"}`],
		...["-device", "virtio-net-pci,netdev=network,romfile="],
		...["-device", "virtio-rng-pci"]
	];
}
function rootDisk({ rootImage, rootWrites }) {
	if (rootWrites === void 0) return readOnlyDisk("root", rootImage);
	return writableDisk("root", rootImage, rootWrites === "dropped" ? "snapshot=on," : "");
}
function installationDisks(disks) {
	return disks === void 0 ? [] : [...readOnlyDisk("image", disks.image), ...writableDisk("target", disks.target)];
}
/** Writes have to survive the end of the machine, but not a crash of the host. */
function writableDisk(name, file, more = "") {
	return [...["-drive", `if=none,id=${name},format=raw,${more}cache=unsafe,file=${escaped$2(file)}`], ...["-device", `virtio-blk-pci,drive=${name},serial=${diskNames[name]}`]];
}
/** Arguments of the kernel. They change nothing about the image, except that it ends instead of waiting. */
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
// src/loop/boot-test/guest/shell/first-process.sh
var first_process_default = "# The first process of an image without systemd: it only waits for processes without a parent.\n# shellcheck shell=dash\nexport PATH=/run/coxswain/bin\nwhile :; do\n  sleep 86400 &\n  wait\ndone\n";
// src/loop/boot-test/guest/shell/harness.sh
var harness_default = "# Waits for the system, runs the tests, reports line by line (see protocol.ts), and powers off. It runs in a mount\n# namespace of its own: $1 is the folder of the tools there, $2 one for its files.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings\ntools=${1:-/tools}\nkeep=${2:-/keep}\nexport PATH=\"$tools/bin\"\nread -r nonce <\"$keep/nonce\"\n# shellcheck source=/dev/null\n. \"$tools/settings\"\n# shellcheck source=src/loop/boot-test/guest/shell/library.sh\n. \"$tools/library\"\n# shellcheck source=src/loop/boot-test/guest/shell/system.sh\n. \"$tools/system\"\n# shellcheck source=src/loop/boot-test/guest/shell/run-test.sh\n. \"$tools/run-test\"\n\nif ! open_channel; then\n  on_console \"no result channel\"\n  poweroff -f\nfi\n# Without the harness the machine would only wait for its deadline.\necho -900 >/proc/self/oom_score_adj\nif [ -e \"$keep/marks\" ]; then while read -r mark; do tell \"$mark\"; done <\"$keep/marks\"; fi\nsay begin \"$(uname -r)\"\n# The image starts when this file is gone: from now on, nothing else can open the channel.\nrm \"$keep/nonce\"\n# Waits until the first process has left the initrd for the root of the image.\nwhile [ -e /proc/1/root/coxswain/settings ] || [ ! -e \"/proc/1/root$guest_folder/busybox\" ]; do usleep 20000; done\nif [ -n \"$systemd\" ]; then system_after_boot; else say system none; fi\n# shellcheck source=/dev/null\n. \"$tools/runs\"\ncheck_tools\nif [ -n \"$systemd\" ]; then system_after_tests; else say after none; fi\nin_image 20 \"$guest_folder/busybox\" sha256sum /etc/machine-id /etc/ssh/ssh_host_dsa_key \\\n  /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_rsa_key >\"$keep/identity\"\nwhile read -r hash file; do tell \"identity ${file##*/} $hash\"; done <\"$keep/identity\"\n[ -z \"$systemd\" ] || send_journal\nsync\nsay \"done\" \"$tests_run\"\npoweroff -f\n";
// src/loop/boot-test/guest/shell/init.sh
var init_default = "#!/bin/busybox sh\n# /init of the initrd in the mode direct: mounts the image's root as nodes have it (read-only, with a writable /etc\n# and /var), starts the harness in a mount namespace of its own, and then the image.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings\n/bin/busybox --install -s /bin\nexport PATH=/bin\nmount -t devtmpfs devtmpfs /dev\nmount -t proc proc /proc\nmount -t sysfs sysfs /sys\nread -r began rest </proc/uptime\nread -r nonce </nonce\nrm /nonce\nkeep=/keep\n# shellcheck source=/dev/null\n. /coxswain/settings\n# shellcheck source=src/loop/boot-test/guest/shell/library.sh\n. /coxswain/library\n\nfail() {\n  on_console \"$1\"\n  if open_channel; then say problem \"$1\"; else on_console \"no result channel\"; fi\n  poweroff -f\n}\n\n# Finds the disk with the serial number $1 and prints its device; waits up to ten seconds for it.\ndisk() {\n  tries=0\n  while [ $tries -lt 200 ]; do\n    for serial in /sys/block/*/serial; do\n      [ -e \"$serial\" ] || continue\n      [ \"$(cat \"$serial\")\" = \"$1\" ] || continue\n      device=\"${serial%/serial}\"\n      echo \"/dev/${device##*/}\"\n      return 0\n    done\n    usleep 50000\n    tries=$((tries + 1))\n  done\n  return 1\n}\n\n# Mounts a layer in memory on the folder $1 of the root, with the owner and the mode of the folder.\nwritable() {\n  mkdir -p \"/writable/$1/upper\" \"/writable/$1/work\"\n  chown \"$(stat -c %u:%g \"/root/$1\")\" \"/writable/$1/upper\"\n  chmod \"$(stat -c %a \"/root/$1\")\" \"/writable/$1/upper\"\n  mount -t overlay -o \"lowerdir=/root/$1,upperdir=/writable/$1/upper,workdir=/writable/$1/work\" overlay \"/root/$1\" ||\n    fail \"the kernel cannot mount overlay on /$1\"\n}\n\n# A module that does not load is often one of several alternatives; if one is really missing, the mount fails.\nwhile read -r module; do insmod \"/modules/$module\" 2>/dev/null; done </modules/order\nroot=$(disk coxswain-root) || fail \"the kernel did not find the disk (virtio_pci, virtio_blk)\"\ntools=$(disk coxswain-tools) || fail \"the kernel did not find the disk with the tests\"\nmount -t \"$root_type\" -o ro \"$root\" /root || fail \"the kernel cannot mount $root_type\"\nmount -t erofs -o ro \"$tools\" /tools || fail \"the kernel cannot mount erofs\"\nfor folder in dev proc sys run etc var; do\n  if [ ! -d \"/root/$folder\" ] || [ -L \"/root/$folder\" ]; then fail \"the image has no folder /$folder\"; fi\ndone\nmount -t tmpfs -o mode=755 tmpfs /writable\nif [ -n \"$deployment\" ]; then\n  # shellcheck source=src/loop/boot-test/guest/shell/state.sh\n  . /coxswain/state\nelse\n  writable etc\n  writable var\nfi\nmount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run\nmkdir \"$guest_folder\"\nmount -o bind /tools \"$guest_folder\"\nif [ -n \"$systemd\" ]; then\n  mkdir -p /run/systemd/system-generators\n  for name in $masked_generators; do ln -s /dev/null \"/run/systemd/system-generators/$name\"; done\nfi\n# The harness keeps the mounts as they are now: later mounts of the image do not affect it.\nmount -t tmpfs -o mode=700 tmpfs \"$keep\"\necho \"$nonce\" >\"$keep/nonce\"\nread -r ready rest </proc/uptime\necho \"mark $began initrd\nmark $ready root\" >\"$keep/marks\"\nunshare -m --propagation private /bin/busybox sh /coxswain/harness </dev/null >/dev/null 2>&1 &\nwhile [ -e \"$keep/nonce\" ]; do usleep 10000; done\nfor place in dev proc sys run; do mount -o move \"/$place\" \"/root/$place\"; done\nif [ -z \"$systemd\" ]; then\n  mkdir -p /root/dev/pts /root/dev/shm\n  mount -t devpts devpts /root/dev/pts\n  mount -t tmpfs tmpfs /root/dev/shm\n  if [ -d /root/tmp ] && [ ! -L /root/tmp ]; then mount -t tmpfs -o mode=1777 tmpfs /root/tmp; fi\n  ip link set lo up\nfi\n# switch_root cannot be used: it deletes the files that the harness runs from.\ncd /root || fail \"the root file system is gone\"\nmount -o move . /\n# shellcheck disable=SC2094\nexec <dev/console >dev/console 2>&1\nif [ -n \"$systemd\" ]; then exec chroot . \"$systemd\"; fi\nexec chroot . \"$guest_folder/busybox\" sh \"$guest_folder/first-process\"\n";
// src/loop/boot-test/guest/shell/library.sh
var library_default = "# shellcheck shell=dash\n# Shared by the scripts that run in the guest. The caller has read `settings` before (see guest-scripts.ts).\n# shellcheck disable=SC2154 # the settings\n\n# Finds the device of a virtio-serial port by its name, and sets `port`.\nfind_port() {\n  for name in /sys/class/virtio-ports/*/name; do\n    [ -e \"$name\" ] || continue\n    if [ \"$(cat \"$name\")\" = \"$1\" ]; then\n      port=\"${name%/name}\"\n      port=\"/dev/${port##*/}\"\n      [ -c \"$port\" ] && return 0\n    fi\n  done\n  return 1\n}\n\n# Opens the result channel as file descriptor 3, and the channel of the journal as 4. The kernel opens a virtio-serial\n# port only once: while we hold it, nothing else in the machine can write to it.\nopen_channel() {\n  if find_port \"$journal_port\"; then exec 4>\"$port\"; else exec 4>/dev/null; fi\n  find_port \"$report_port\" && exec 3>\"$port\" && return 0\n  # The device file of a serial port exists even without the port; its type is then 0.\n  if [ \"$(cat \"/sys/class/tty/$fallback_terminal/type\" 2>/dev/null || echo 0)\" != 0 ]; then\n    stty -F \"/dev/$fallback_terminal\" raw -echo && exec 3>\"/dev/$fallback_terminal\" && return 0\n  fi\n  return 1\n}\n\n# Sends one line of the protocol (see protocol.ts). The host believes only lines that begin with the nonce.\ntell() {\n  echo \"$nonce $1\" >&3\n}\n\n# The same for a line with the uptime: WORD UPTIME REST.\nsay() {\n  read -r uptime rest </proc/uptime\n  tell \"$1 $uptime $2\"\n}\n\n# Sends each line of the input as a line of the protocol that begins with $1. The nonce must not be seen in an argument,\n# and not in a file: the image could read it through /proc/PID/root of the harness.\ntell_lines() {\n  {\n    echo \"$nonce $1\"\n    cat\n  } | awk 'NR == 1 { start = $0; next } { print start, $0 }' >&3\n}\n\n# Waits for the kernel: what is only in the buffer of a terminal is lost when the machine powers off.\non_console() {\n  echo \"<2>coxswain: $1\" >/dev/kmsg\n}\n";
// src/loop/boot-test/guest/shell/merge-etc.sh
var merge_etc_default = "# Merges the changes of a machine in /etc into the /etc of a new image, by the rules of ostree\n# (merge_configuration_from in ostree-sysroot-deploy.c): what was changed, added or removed on the machine since its\n# installation is applied to the new /etc too, and everything else is as in the new image. The caller has `fail`,\n# which does not return.\n# shellcheck shell=dash\n\n# Describes everything below the folder $1, one fact on each line: path, tab, fact. Two entries are the same for\n# ostree if type, mode, owner and content are; times do not count.\ndescribe() {\n  (\n    cd \"$1\" || exit 1\n    find . -mindepth 1 ! -type l -print0 | xargs -0 -r stat -c '%n	%f %u %g'\n    find . -mindepth 1 -type l -print0 | xargs -0 -r stat -c '%n	link %u %g %N'\n    find . -mindepth 1 -type f -print0 | xargs -0 -r sha256sum | sed 's/^\\([0-9a-f]*\\)  \\(.*\\)$/\\2	\\1/'\n  ) | sort\n}\n\n# Prints the paths that differ between the descriptions $1 and $2, in the order of paths: \"-\" or \"+\", tab, path. What is\n# below a folder is not named if the other side has no folder there: then the folder as a whole is the change.\nchanges() {\n  awk -F '\\t' '\n    function below_other(path, facts) {\n      while (sub(\"/[^/]*$\", \"\", path)) if ((path in facts) && facts[path] !~ /^\\n4[0-9a-f][0-9a-f][0-9a-f] /) return 1\n      return 0\n    }\n    FILENAME == ARGV[1] { before[$1] = before[$1] \"\\n\" $2; next }\n    { after[$1] = after[$1] \"\\n\" $2 }\n    END {\n      for (path in before) if (!(path in after) && !below_other(path, after)) print \"-\\t\" path\n      for (path in after)\n        if ((!(path in before) || before[path] != after[path]) && !below_other(path, before)) print \"+\\t\" path\n    }\n  ' \"$1\" \"$2\" | sort -k 2\n}\n\nis_folder() { [ -d \"$1\" ] && [ ! -L \"$1\" ]; }\nexists() { [ -e \"$1\" ] || [ -L \"$1\" ]; }\n\n# Makes the folders above $1 in the new /etc as the machine has them, if the new image no longer has them.\nmake_parents() {\n  parent=${1%/*}\n  [ \"$parent\" != . ] || return 0\n  if exists \"$new/$parent\"; then\n    is_folder \"$new/$parent\" || fail \"/etc cannot be merged: in the new image ${parent#./} is not a folder\"\n    return 0\n  fi\n  made=\n  for part in $(echo \"${parent#./}\" | tr '/ ' ' \\001'); do\n    made=\"$made/$(echo \"$part\" | tr '\\001' ' ')\"\n    is_folder \"$new$made\" && continue\n    mkdir \"$new$made\" || fail \"/etc cannot be merged: $made\"\n    chown \"$(stat -c %u:%g \"$current$made\")\" \"$new$made\"\n    chmod \"$(stat -c %a \"$current$made\")\" \"$new$made\"\n  done\n}\n\n# Removes one entry that the machine removed. ostree refuses if a file of the new image, or a link that leads to itself,\n# is where a folder above it was.\nremove() {\n  above=$1\n  while [ \"$above\" != . ]; do\n    above=${above%/*}\n    if [ -e \"$new/$above\" ] && [ ! -d \"$new/$above\" ]; then\n      fail \"/etc cannot be merged: the machine removed ${1#./}, and in the new image ${above#./} is not a folder\"\n    fi\n  done\n  rm -rf \"${new:?}/$1\" || fail \"/etc cannot be merged: the machine removed ${1#./}, which cannot be removed from the new image\"\n}\n\n# Copies one entry of the machine's /etc into the new one.\nbring_over() {\n  make_parents \"$1\"\n  if is_folder \"$new/$1\"; then\n    is_folder \"$current/$1\" && return 0\n    fail \"/etc cannot be merged: the machine changed the file ${1#./}, and the new image has a folder there\"\n  fi\n  if is_folder \"$current/$1\" || [ -f \"$current/$1\" ] || [ -L \"$current/$1\" ]; then\n    rm -f \"$new/$1\"\n    cp -a \"$current/$1\" \"$new/$1\" || fail \"/etc cannot be merged: ${1#./}\"\n  fi\n}\n\n# Makes the /etc of a new deployment: $1 the old image's, $2 the machine's, $3 the new image's, $4 the place for the new\n# one, $5 a folder for notes.\nmerge_etc() {\n  current=$2\n  new=$4.partial\n  rm -rf \"$new\"\n  cp -a \"$3\" \"$new\" || fail \"/etc could not be copied\"\n  [ -z \"$(find \"$1\" \"$current\" -name '*\n*' -print | head -n 1)\" ] || fail \"/etc cannot be merged: a file name has a line break\"\n  describe \"$1\" >\"$5/before\"\n  describe \"$current\" >\"$5/after\"\n  changes \"$5/before\" \"$5/after\" >\"$5/changes\"\n  tab=$(printf '\\t')\n  while IFS=\"$tab\" read -r sign path; do\n    [ \"$sign\" = + ] || remove \"$path\"\n  done <\"$5/changes\"\n  while IFS=\"$tab\" read -r sign path; do\n    [ \"$sign\" = - ] || bring_over \"$path\"\n  done <\"$5/changes\"\n  mv \"$new\" \"$4\"\n}\n";
// src/loop/boot-test/guest/shell/run-test.sh
var run_test_default = "# Runs one test, and reports it.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings, and what harness.sh sets\ntests_run=0\n\n# Kills all processes of session $1.\nkill_session() {\n  tries=0\n  while [ $tries -lt 10 ]; do\n    found=\n    for file in /proc/[0-9]*/stat; do\n      read -r line 2>/dev/null <\"$file\" || continue\n      # The name in parentheses may contain any character. After it come state, parent, group and session.\n      after=\"${line##*) }\"\n      state=\"${after%% *}\"\n      after=\"${after#* * * }\"\n      if [ \"${after%% *}\" = \"$1\" ] && [ \"$state\" != Z ]; then\n        kill -KILL \"${line%% *}\" 2>/dev/null && found=1\n      fi\n    done\n    [ -z \"$found\" ] && return\n    tries=$((tries + 1))\n  done\n}\n\n# Sends the end of file $2 as the output of test $1.\nsend_output() {\n  size=$(wc -c <\"$2\")\n  if [ \"$size\" -gt \"$sent_bytes\" ]; then\n    tell \"output $1 … ($((size - sent_bytes)) bytes before this are left out)\"\n  fi\n  # echo adds a newline: a last line without its own would be joined with the next message.\n  {\n    tail -c \"$sent_bytes\" \"$2\" | tr -d '\\000'\n    echo\n  } | tell_lines \"output $1\"\n}\n\n# Runs test number $1, the file $2, for at most $3 seconds.\nrun_test() {\n  check_tools\n  folder=$keep/output\n  # A separate file system for the output: a test that writes too much fills this, not the machine's memory.\n  mkdir -p \"$folder\"\n  mount -t tmpfs -o size=16m,mode=755 tmpfs \"$folder\"\n  rm -f \"$keep/timed-out\"\n  killed_before=$(oom_kills)\n  say start \"$1\"\n  # shellcheck disable=SC2016 # \"$0\" is for the inner shell\n  {\n    # When memory runs out, the kernel kills the test and not the harness.\n    echo 0 >/proc/self/oom_score_adj\n    with_environment \"$guest_folder/busybox\" sh -c 'cd \"$1\" && exec \"./$0\"' \"$2\" \"$guest_folder/tests\"\n  } </dev/null >\"$folder/text\" 2>&1 3>&- 4>&- &\n  test_process=$!\n  # shellcheck disable=SC2016\n  setsid sh -c 'sleep $1; : >\"$3\"; kill -TERM -$2; sleep 5; kill -KILL -$2' \\\n    timer \"$3\" $test_process \"$keep/timed-out\" </dev/null >/dev/null 2>&1 3>&- 4>&- &\n  watch_process=$!\n  wait $test_process\n  code=$?\n  kill -KILL -$watch_process\n  wait $watch_process\n  kill_session $test_process\n  result=exited\n  [ -e \"$keep/timed-out\" ] && result=timed-out\n  read -r ended rest </proc/uptime\n  send_output \"$1\" \"$folder/text\"\n  [ \"$(oom_kills)\" = \"$killed_before\" ] || tell \"note $1 out-of-memory\"\n  full=$(full_place)\n  [ -z \"$full\" ] || tell \"note $1 out-of-disk $full\"\n  tell \"end $ended $1 $result $code\"\n  tests_run=$((tests_run + 1))\n  umount -l \"$folder\"\n}\n\n# Counts the processes that the kernel killed for lack of memory since the machine started.\noom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }\n\n# A file system that the image writes to, and that has less than 64 KiB left. The root is read-only, and always full.\nfull_place() {\n  in_image 10 \"$guest_folder/busybox\" df -k -P /var /etc /tmp /run |\n    awk 'NR > 1 && $6 != \"/\" && $4 < 64 { print $6; exit }'\n}\n";
// src/loop/boot-test/guest/shell/state.sh
var state_default = "# Mounts what stays after the machine ends, in the rehearsal of an update. /var is filled from the image only once, as\n# at an installation; an update adds nothing to it. Each deployment has its own /etc, as with ostree; that of the new\n# one is made when it boots for the first time (see merge-etc.sh).\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings, and what init.sh sets\nstate_disk=$(disk coxswain-state) || fail \"the kernel did not find the disk for /var\"\nmount -t ext4 -o noatime \"$state_disk\" /state || fail \"the kernel cannot mount ext4\"\n\n# Copies the folder $1 to $2, completely or not at all.\ncopy_once() {\n  [ ! -d \"$2\" ] || return 0\n  rm -rf \"$2.partial\"\n  cp -a \"$1\" \"$2.partial\" && mv \"$2.partial\" \"$2\"\n}\n# shellcheck source=src/loop/boot-test/guest/shell/merge-etc.sh\n. /coxswain/merge-etc\n\ncopy_once /root/var /state/var || fail \"/var could not be copied\"\nif [ \"$deployment\" = old ]; then\n  copy_once /root/etc /state/defaults || fail \"/etc could not be copied\"\n  copy_once /root/etc /state/etc-old || fail \"/etc could not be copied\"\nelif [ ! -d /state/etc-new ]; then\n  merge_etc /state/defaults /state/etc-old /root/etc /state/etc-new /writable\nfi\nmount -o bind \"/state/etc-$deployment\" /root/etc || fail \"/etc could not be mounted\"\nmount -o bind /state/var /root/var || fail \"/var could not be mounted\"\n";
// src/loop/boot-test/guest/shell/system.sh
var system_default = "# What the harness asks the image's systemd, before and after the tests.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings, and what harness.sh sets\n\n# Runs a program in the root of the image, for at most $1 seconds.\nin_image() {\n  seconds=$1\n  shift\n  timeout -s KILL \"$seconds\" nsenter -t 1 -m -r \"$@\" 2>/dev/null </dev/null 3>&- 4>&-\n}\n\n# The same with the image's own search path.\nimage() {\n  seconds=$1\n  shift\n  in_image \"$seconds\" \"$guest_folder/busybox\" env PATH=\"$system_path\" SYSTEMD_COLORS=0 LANG=C.UTF-8 \"$@\"\n}\n\nsend_journal() {\n  image 30 journalctl --boot --no-pager --output=short-monotonic --no-hostname | tail -c \"$journal_bytes\" >&4\n}\n\n# The tools come from a disk that cannot be written to. Reports if something was mounted over them.\ncheck_tools() {\n  number=$(awk -v place=\"$tools\" '$5 == place { print $3 }' /proc/self/mountinfo | tail -n 1)\n  if awk -v place=\"$guest_folder\" -v number=\"$number\" '\n    $5 == place || index($5, place \"/\") == 1 { found++; if ($3 != number) other = 1 }\n    END { exit !(found == 1 && !other) }\n  ' /proc/1/mountinfo && [ \"$(stat -c %d:%i \"/proc/1/root$guest_folder/busybox\")\" = \"$(stat -c %d:%i \"$tools/busybox\")\" ]; then\n    return 0\n  fi\n  tell \"tampered $guest_folder\"\n  sync\n  poweroff -f\n  sleep 60\n}\n\n# True if the first process is the image's systemd, and not a program that replaced it.\nsystemd_runs() {\n  [ \"$(stat -L -c %d:%i /proc/1/exe)\" = \"$(in_image 20 \"$guest_folder/busybox\" stat -L -c %d:%i \"$systemd\")\" ]\n}\n\n# Waits until systemd has finished its boot, and reports how that went.\nsystem_after_boot() {\n  read -r now rest </proc/uptime\n  limit=$((${now%.*} + system_seconds))\n  # The socket that systemctl uses; asking earlier only takes time.\n  tries=0\n  while [ ! -S /proc/1/root/run/systemd/private ] && [ \"${now%.*}\" -lt $limit ]; do\n    tries=$((tries + 1))\n    # The start was long ago, and the first process is still another program.\n    if [ $tries -gt 40 ] && ! systemd_runs; then break; fi\n    usleep 100000\n    read -r now rest </proc/uptime\n  done\n  check_tools\n  if ! systemd_runs; then\n    say system \"$(tr -d '\\n' </proc/1/comm | tr -c 'a-zA-Z0-9._\\n-' '?')-is-not-systemd\"\n    return\n  fi\n  state=\n  while :; do\n    read -r now rest </proc/uptime\n    left=$((limit - ${now%.*}))\n    [ $left -gt 0 ] || break\n    state=$(image $left systemctl is-system-running --wait)\n    case \"$state\" in\n      initializing | starting | offline | unknown | '') usleep 300000 ;;\n      *) break ;;\n    esac\n  done\n  [ -n \"$state\" ] || state=$(image 10 systemctl is-system-running)\n  say system \"$(one_word \"$state\")\"\n  [ \"$state\" = running ] || report_troubles\n}\n\n# Asks again for what may have changed while the tests ran.\nsystem_after_tests() {\n  state=$(image 30 systemctl is-system-running)\n  say after \"$(one_word \"$state\")\"\n  [ \"$state\" = running ] || report_troubles\n  image 30 systemctl show --property=Id,NRestarts,SubState '*.service' | awk '\n    /^Id=/ { id = substr($0, 4) }\n    /^NRestarts=/ { count = substr($0, 11) }\n    /^SubState=/ { state = substr($0, 10) }\n    /^$/ { if (count > 0) print id, count, state; count = 0 }\n    END { if (count > 0) print id, count, state }\n  ' | head -n 200 | tell_lines restarts\n}\n\none_word() {\n  word=$(echo \"$1\" | head -n 1 | tr -c 'a-zA-Z0-9\\n-' '?')\n  echo \"${word:-unknown}\"\n}\n\nreport_troubles() {\n  for unit in $(image 20 systemctl list-units --state=failed --plain --no-legend | head -n 200 | sed 's/^[^a-zA-Z0-9@_-]*//; s/ .*//'); do\n    tell \"failed-unit $unit\"\n    {\n      image 20 journalctl --boot --no-pager --output=cat --lines=15 --unit=\"$unit\" | head -c 65536\n      echo\n    } | awk -v unit=\"$unit\" '{ print unit, $0 }' | tell_lines unit-log\n  done\n  { image 20 systemctl list-jobs --no-legend | head -n 20; } | tell_lines job\n}\n";
// src/loop/boot-test/guest/shell/unit-start.sh
var unit_start_default = "# Starts the harness from a unit of the image's systemd, if the image's own initramfs began the boot. $1 is the nonce.\n# shellcheck shell=dash\nhere=${0%/*}\nexport PATH=\"$here/bin\"\nmkdir -p \"$here-keep\"\n# shellcheck disable=SC2016 # for the inner shell\nexec unshare -m --propagation private \"$here/busybox\" sh -c '\n  mount -t tmpfs -o mode=700 tmpfs \"$0\" && echo \"$1\" >\"$0/nonce\" && exec \"$2/busybox\" sh \"$2/harness\" \"$2\" \"$0\"\n' \"$here-keep\" \"$1\" \"$here\"\n";
// src/loop/boot-test/guest/guest-scripts.ts
/** Folder of the harness in the running guest. */
const guestFolder = "/run/coxswain";
/** Folder of the commands for tests, see helpers.ts. */
const helpersFolder = `${guestFolder}/helpers`;
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** How much of the end of the journal is sent. */
const journalBytes = 4194304;
/** How much of the end of a test's output is sent. The protocol makes a line of one letter twenty times as long. */
const sentBytes = 262144;
/**
* Generators of systemd that only make sense on an installed machine. Fedora CoreOS's requires a partition labelled
* "boot" for local-fs.target if /etc/fstab names none: systemd would wait 90 seconds for it, and go into emergency
* mode.
*/
const maskedGenerators = ["coreos-boot-mount-generator"];
/** /init of the initrd in the mode direct. */
const initScript = init_default;
/** The files that /init reads, by their names in the folder `/coxswain` beside it. */
function initrdScripts(settings) {
	return {
		settings: settingsText(settings),
		library: library_default,
		state: state_default,
		"merge-etc": merge_etc_default,
		harness: `exec /tools/busybox sh /tools/harness\n`
	};
}
/** The scripts of the running guest and the files that they read, by their names in `guestFolder`. */
function guestScripts(settings) {
	return {
		settings: settingsText(settings),
		runs: runsText(settings),
		library: library_default,
		system: system_default,
		"run-test": run_test_default,
		harness: harness_default,
		"first-process": first_process_default,
		"unit-start": unit_start_default
	};
}
/** The programs of busybox that the scripts and the commands for tests call. */
const applets = [
	...[
		"awk",
		"cat",
		"chmod",
		"chown",
		"cut",
		"date",
		"df",
		"env",
		"find",
		"grep",
		"head",
		"ln",
		"ls",
		"mkdir"
	],
	...[
		"mount",
		"nsenter",
		"poweroff",
		"printf",
		"ps",
		"rm",
		"sed",
		"setsid",
		"sh",
		"sha256sum",
		"sleep",
		"sort"
	],
	...[
		"stat",
		"stty",
		"sync",
		"tail",
		"test",
		"timeout",
		"tr",
		"true",
		"umount",
		"uname",
		"unshare",
		"usleep",
		"wc"
	]
];
/** The settings as shell text. */
function settingsText(settings) {
	const values = {
		guest_folder: guestFolder,
		systemd: settings.systemd ?? "",
		root_type: settings.rootType,
		deployment: settings.deployment ?? "",
		fallback_terminal: settings.fallbackTerminal,
		report_port: reportPortName,
		journal_port: journalPortName,
		system_path: systemPath,
		system_seconds: settings.systemSeconds,
		journal_bytes: journalBytes,
		sent_bytes: sentBytes,
		masked_generators: maskedGenerators.join(" "),
		tools_disk: diskNames.tools
	};
	return `${Object.entries(values).map(([name, value]) => `${name}=${quoted(String(value))}`).join("\n")}
with_environment() {
  exec setsid nsenter -t 1 -m -r "$guest_folder/busybox" env -i ${environmentWords(settings.environment)} "$@"
}
`;
}
/** One call of the harness's run_test for each test. */
function runsText({ tests }) {
	return tests.map(({ name, timeoutSeconds }, index) => `run_test ${index} ${quoted(name)} ${timeoutSeconds}\n`).join("");
}
/**
* The unit that runs the harness if the image's own initramfs began the boot; without default dependencies, so that
* it starts in emergency mode too. The disk with the tools is mounted first.
*/
function unitFile(nonce) {
	return `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target

[Service]
ExecStartPre=/bin/sh -c 'mkdir -p ${guestFolder} && mount -o ro /dev/disk/by-id/virtio-${diskNames.tools} ${guestFolder}'
ExecStart=${guestFolder}/busybox sh ${guestFolder}/unit-start ${nonce}
ExecStopPost=${guestFolder}/busybox poweroff -f
OOMScoreAdjust=-900
`;
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
/** Quotes any text as one word of a shell command. */
function quoted(text) {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}
// src/loop/boot-test/guest/shell/wait.sh
var wait_default = "#!/run/coxswain/busybox sh\n# The start of each command by which tests wait: NAME WHAT [SECONDS].\n# shellcheck shell=dash\n# The image's own search path stays last: systemctl is a program of the image.\nPATH=/run/coxswain/bin:$PATH\nname=${0##*/}\nusage() {\n  echo \"usage: $name $1 [SECONDS]\" >&2\n  exit 2\n}\ncase \"${2:-60}\" in\n  *[!0-9]*)\n    echo \"$name: not a number of seconds: $2\" >&2\n    exit 2\n    ;;\nesac\nread -r now rest </proc/uptime\nlimit=$((${now%.*} + ${2:-60}))\nexpired() {\n  read -r now rest </proc/uptime\n  [ \"${now%.*}\" -ge $limit ]\n}\n";
// src/loop/boot-test/guest/helpers.ts
/**
* Commands that tests may call, whatever shell or language they are written in. Each polls, gives up after its time,
* and then prints what it saw instead. By name; they are in a folder at the end of the tests' PATH.
*/
const helpers = {
	"wait-for-unit": wait_default + "# shellcheck shell=dash\n# shellcheck disable=SC2154 # name: wait.sh comes before this\n[ -n \"$1\" ] || usage UNIT\nwhile :; do\n  state=$(systemctl is-active -- \"$1\" 2>/dev/null)\n  case \"$state\" in\n    active) exit 0 ;;\n    failed) break ;;\n  esac\n  expired && break\n  usleep 200000\ndone\necho \"$name: $1 is ${state:-unknown}\" >&2\nsystemctl status --no-pager --lines=15 -- \"$1\" >&2\nexit 1\n",
	"wait-for-port": wait_default + "# shellcheck shell=dash\n# shellcheck disable=SC2154 # name: wait.sh comes before this This asks the kernel, not the service: some services log\n# an error if a connection sends nothing.\ncase \"$1\" in\n  '' | *[!0-9]*) usage PORT ;;\nesac\nhex=$(printf '%04X' \"$1\")\nwhile :; do\n  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |\n    awk -v end=\":$hex\" 'substr($2, length($2) - 4) == end && $4 == \"0A\" { found = 1 } END { exit !found }' && exit 0\n  expired && break\n  usleep 200000\ndone\necho \"$name: nothing listens on TCP port $1\" >&2\nexit 1\n",
	"wait-for-file": wait_default + "# shellcheck shell=dash\n# shellcheck disable=SC2154 # name: wait.sh comes before this\n[ -n \"$1\" ] || usage PATH\nwhile :; do\n  [ -e \"$1\" ] && exit 0\n  expired && break\n  usleep 200000\ndone\necho \"$name: $1 does not exist\" >&2\nexit 1\n"
};
// src/loop/boot-test/guest/tools-disk.ts
/**
* Makes the disk with the harness and the tests, which is `guestFolder` in the running guest. A machine gets it
* read-only: no test can change later tests, or the harness.
* @param folder an empty folder for the work; the caller removes it
* @returns path of the disk
*/
async function makeToolsDisk(options, folder) {
	const top = join(folder, "tools");
	await writeTools(options, top);
	const disk = join(folder, "tools.erofs");
	await exec("mkfs.erofs", [
		"--all-root",
		disk,
		top
	], { doing: "making the disk with the tests" });
	return disk;
}
/** Writes the harness and the tests into a new folder. */
async function writeTools(options, top) {
	const { settings, tests, testsFolder } = options;
	await mkdir(join(top, "tests"), { recursive: true });
	await mkdir(join(top, "helpers"));
	await mkdir(join(top, "bin"));
	const write = async (path, content) => {
		const place = join(top, path);
		await mkdir(dirname(place), { recursive: true });
		await writeFile(place, content, { mode: 493 });
		await chmod(place, 493);
	};
	await write("busybox", await readFile(options.busybox));
	for (const name of applets) await symlink("../busybox", join(top, "bin", name));
	for (const [name, text] of Object.entries(guestScripts(settings))) await write(name, text);
	for (const [name, text] of Object.entries(helpers)) await write(`helpers/${name}`, text);
	if (testsFolder !== void 0) {
		await cp(testsFolder, join(top, "tests"), {
			recursive: true,
			verbatimSymlinks: true
		});
		await exec("chmod", [
			"-R",
			"a+rX,u+w",
			join(top, "tests")
		]);
	}
	for (const { name, path } of tests) {
		await rm(join(top, "tests", name), { force: true });
		await write(join("tests", name), await readFile(path));
	}
}
/** How long a machine may run. */
function deadlineOf({ deadlineSeconds, tests }) {
	return deadlineSeconds ?? tests.reduce((sum, { timeoutSeconds }) => sum + (timeoutSeconds ?? 120), 600);
}
/** How long systemd may take to come up. A deadline that was asked for may give a slow machine more time. */
function systemSeconds(options) {
	const half = Math.floor(deadlineOf(options) / 2);
	return Math.max(10, options.deadlineSeconds === void 0 ? Math.min(300, half) : half);
}
/** What the harness in the machine needs to know. @param image.systemd its path in the image; undefined without one */
function guestSettings(options, image) {
	return {
		...image,
		fallbackTerminal: machineTypeOf(options.architecture).fallbackTerminal,
		systemSeconds: systemSeconds(options),
		environment: options.environment,
		tests: options.tests.map(({ name, timeoutSeconds }) => ({
			name,
			timeoutSeconds: timeoutSeconds ?? 120
		})),
		...defined({ deployment: options.state?.deployment })
	};
}
/** A unit that was restarted this often never starts. */
const mostRestarts = 3;
/** What is wrong with systemd, as a sentence; undefined if nothing is. */
function systemFinding(record, allowed) {
	const state = record.systemState;
	if (state === "none") return void 0;
	if (state === void 0) return "systemd did not report its state.";
	const unexpected = record.failedUnits.filter((unit) => !isAllowed(unit, allowed));
	const failed = unexpected.length === 0 ? "" : ` (failed: ${unexpected.join(", ")})`;
	if (state === "maintenance") return `systemd could not boot and went into emergency mode${failed}.`;
	if (state.endsWith("-is-not-systemd")) return `The first process of the machine is ${state.slice(0, -15)}, and not the image's systemd.`;
	if (!isWell(state, record.failedUnits, unexpected)) return `systemd ended its boot in the state "${state}"${failed}.`;
	return findingAfter(record, allowed);
}
/** Degraded only means that units failed; any other state has a reason of its own. */
function isWell(state, failed, unexpected) {
	return state === "running" || state === "degraded" && failed.length > 0 && unexpected.length === 0;
}
function findingAfter(record, allowed) {
	const state = record.stateAfter;
	if (state === void 0) return void 0;
	const unexpected = record.failedAfter.filter((unit) => !isAllowed(unit, allowed));
	const restarting = restartingUnits(record, allowed);
	const findings = [...isWell(state, record.failedAfter, unexpected) ? [] : [`After the tests, systemd was in the state "${state}"${unexpected.length === 0 ? "" : ` (failed since the boot: ${unexpected.join(", ")})`}.`], ...restarting.length === 0 ? [] : [`Units end and are restarted again and again: ${restarting.map(({ unit, count }) => `${unit} (${count} times)`).join(", ")}.`]];
	return findings.length === 0 ? void 0 : findings.join(" ");
}
function restartingUnits({ restarts }, allowed) {
	return restarts.filter(({ unit, count, state }) => (count >= mostRestarts || state.startsWith("auto-restart")) && !isAllowed(unit, allowed));
}
function isAllowed(unit, { allowedUnits = [], knownFailures = [] }) {
	return allowedUnits.some((name) => unit === name || unit === `${name}.service`) || knownFailures.some((known) => known.unit === unit);
}
/** Name of the entry among the tests that says whether systemd came up. */
const systemTestName = "systemd";
/** The state of systemd as a test; undefined if there is none, or the machine did not reach this point. */
function systemTest(record, allowed = {}) {
	const state = record.systemState;
	if (state === void 0 || state === "none") return void 0;
	const finding = systemFinding(record, allowed);
	const [from, to] = [record.marks.get("root") ?? record.marks.get("begin"), record.marks.get("system")];
	const { stateAfter } = record;
	return {
		name: systemTestName,
		result: finding === void 0 ? "passed" : "failed",
		exitCode: finding === void 0 ? 0 : 1,
		seconds: from === void 0 || to === void 0 ? 0 : Math.round((to - from) * 100) / 100,
		output: `${[
			state,
			...stateAfter === void 0 || stateAfter === state ? [] : [`after the tests: ${stateAfter}`],
			...unitLines(record, allowed),
			...record.details
		].join("\n")}\n`
	};
}
function unitLines(record, allowed) {
	const { knownFailures = [] } = allowed;
	const failed = /* @__PURE__ */ new Set([...record.failedUnits, ...record.failedAfter]);
	const restarting = new Set(record.restarts.map(({ unit }) => unit));
	const line = (unit) => {
		const known = knownFailures.find((each) => each.unit === unit);
		if (known !== void 0) return `${unit} fails here: ${known.reason}`;
		return isAllowed(unit, allowed) ? `failed, which is allowed: ${unit}` : `failed: ${unit}`;
	};
	return [
		...[...failed].map(line),
		...record.restarts.map(({ unit, count, state }) => `started again ${count} times: ${unit} (${state})`),
		...knownFailures.filter(({ unit }) => record.stateAfter !== void 0 && !failed.has(unit) && !restarting.has(unit)).map(({ unit }) => `${unit} may fail here, and did not`)
	];
}
function systemState(record) {
	const { systemState: state, stateAfter } = record;
	if (state === void 0) return void 0;
	return {
		manager: state === "none" ? "none" : "systemd",
		state,
		...defined({ stateAfter }),
		failedUnits: [.../* @__PURE__ */ new Set([...record.failedUnits, ...record.failedAfter])],
		details: record.details.join("\n")
	};
}
/**
* What a run means. `allowed.modulesOf` is the version of the kernel that the image has modules of, if that is known. QEMU exits with 0 for success, kernel panic and early power-off alike. So only the guest's own
* "done" is a success, and every other ending is a failure with a name.
*/
function judge(run, tests, allowed = {}) {
	const { record, end } = run;
	if (record.violation !== void 0) return {
		verdict: "untrusted-results",
		explanation: `Something in the machine interfered with the test harness, so nothing that it reported counts: ${record.violation}.`
	};
	if (record.done) {
		const { modulesOf } = allowed;
		return judgeModules(record, modulesOf) ?? judgeDone(record, tests, allowed);
	}
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
		explanation: `The machine could not be set up: ${record.problem}.`
	};
	if (run.console.includes("coxswain: no result channel")) return {
		verdict: "no-result-channel",
		explanation: "The machine came up, but its kernel offered no port to report through: neither virtio_console nor a second serial port."
	};
	if (end.kind === "flooded") return {
		verdict: "untrusted-results",
		explanation: `The machine wrote without end ${where}, to its console or its result channel; it was ended from outside.`
	};
	if (end.kind === "closed") return {
		verdict: "early-exit",
		explanation: `The test harness in the machine was killed ${where}.`
	};
	if (end.kind === "deadline") return {
		verdict: "deadline",
		explanation: `The machine reached its time limit ${where}; it was ended from outside.`
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
	return {
		verdict: runningTest(record) === void 0 ? "early-exit" : "power-off-in-test",
		explanation: `The machine powered off or rebooted ${where}.`
	};
}
/** A machine like this one may need no module, but nodes do. */
function judgeModules({ kernel }, modulesOf) {
	if (kernel === void 0 || modulesOf === void 0 || kernel === modulesOf) return void 0;
	return {
		verdict: "unbootable",
		explanation: `The kernel that runs is ${kernel}, and the image has the modules of ${modulesOf}: a node could load none.`
	};
}
const moreMemory = "If the image is meant to need that much, raise boot-test.memory.";
function judgeDone(record, tests, allowed) {
	const results = testResults(record, tests);
	const named = (result) => results.filter((test) => test.result === result).map(({ name }) => name);
	const [failed, late] = [named("failed"), named("timed-out")];
	const system = systemFinding(record, allowed);
	const starved = troubledTests(record, tests, "out-of-memory");
	const full = troubledTests(record, tests, "out-of-disk");
	const explanation = [
		system,
		failed.length === 0 ? void 0 : `Failed: ${failed.join(", ")}.`,
		late.length === 0 ? void 0 : `Not finished in time: ${late.join(", ")}.`,
		starved.length === 0 ? void 0 : `The kernel killed processes for lack of memory during ${starved.join(", ")}. ${moreMemory}`,
		full.length === 0 ? void 0 : `A file system was full after ${full.join(", ")}: what is written is kept in the machine's memory. ${moreMemory}`
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
	const count = results.length;
	return {
		verdict: "passed",
		explanation: `The machine booted${count === 0 ? "" : count === 1 ? " and its test passed" : ` and all ${count} tests passed`}.`
	};
}
/** Tests that did not pass and have a note of this trouble. A test that passed caused it on purpose. */
function troubledTests(record, tests, trouble) {
	return [...record.tests].flatMap(([index, test]) => {
		return test.notes.some((note) => note.split(" ")[0] === trouble) && resultOf(test) !== "passed" ? [tests[index]?.name ?? `test ${index}`] : [];
	});
}
/** What the machine was doing, as the end of a sentence: `while 10-boots.sh ran`. */
function stage(record, tests) {
	const running = runningTest(record);
	if (running !== void 0) return `while ${tests[running]?.name ?? "a test"} ran`;
	if (record.kernel === void 0) return "before the tests could begin";
	if (record.systemState === void 0) return "before systemd had finished its boot";
	return record.tests.size === 0 ? "before the first test" : "between two tests";
}
/** Position of the test that was still running. */
function runningTest(record) {
	return [...record.tests].find(([, test]) => test.end === void 0)?.[0];
}
function resultOf({ end }) {
	if (end === void 0) return "failed";
	if (end.timedOut) return "timed-out";
	return end.code === 0 ? "passed" : "failed";
}
/** The tests that began. A test that did not end, because the machine ended, counts as failed. */
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
			...defined({ exitCode: timedOut ? void 0 : code }),
			seconds: Math.round((at - test.startedAt) * 100) / 100,
			output: test.output.text()
		}];
	});
}
/**
* What a machine did from its start to its end. The guest counts from the start of its kernel, we from the start of
* QEMU: the first message of the harness connects the two.
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
			...defined({ result })
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
// src/loop/boot-test/guest/line-reader.ts
/** Longer lines are cut: a guest that never ends its line must not fill our memory. */
const longestLine = 1048576;
/** Splits a stream of bytes into lines; an unfinished last line is kept until the rest arrives. */
function createLineReader(onLine) {
	const decoder = new TextDecoder();
	let rest = "";
	return (bytes) => {
		const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
		rest = (parts.pop() ?? "").slice(0, longestLine);
		for (const part of parts) onLine(part);
	};
}
// src/loop/boot-test/guest/output-tail.ts
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
// src/loop/boot-test/guest/protocol.ts
const uptime = "(\\d+(?:\\.\\d+)?)";
const rule = (phases, pattern, take) => ({
	phases,
	pattern: new RegExp(`^${pattern}$`, "s"),
	take
});
/** Every word of the protocol, when it may come, and what it means. */
const rules = {
	mark: rule(["boot"], `mark ${uptime} (\\S+)`, (state, [at = "", name = ""]) => {
		state.record.marks.set(name, Number(at));
	}),
	begin: rule(["boot"], `begin ${uptime} (.+)`, (state, [at = "", kernel]) => {
		state.record.kernel = kernel;
		state.phase = "begun";
		return pass(state, "begin", at);
	}),
	problem: rule(["boot", "begun"], `problem ${uptime} (.+)`, (state, [, text]) => {
		state.record.problem = text;
		state.phase = "end";
	}),
	system: rule(["begun"], `system ${uptime} (\\S+)`, (state, [at = "", systemState]) => {
		state.record.systemState = systemState;
		state.phase = "system";
		return pass(state, "system", at);
	}),
	"failed-unit": rule(["system", "after"], "failed-unit (\\S+)", (state, [unit = ""]) => {
		const { failedUnits, failedAfter } = state.record;
		return append(state.phase === "system" ? failedUnits : failedAfter, unit);
	}),
	"unit-log": rule(["system", "after"], "unit-log (\\S+) ?(.*)", (state, [unit = "", text = ""]) => text === "" ? void 0 : append(state.record.details, `${unit}: ${text}`)),
	job: rule(["system", "after"], "job (.+)", (state, [text = ""]) => append(state.record.details, `waiting: ${text}`)),
	start: rule(["system"], `start ${uptime} (\\d+)`, (state, [at = "", index]) => {
		const { tests } = state.record;
		if (Number(index) !== tests.size || tests.size >= state.tests) return "this test was not next";
		tests.set(tests.size, {
			startedAt: Number(at),
			output: createOutputTail(),
			notes: [],
			end: void 0
		});
		state.phase = "test";
		return passed(state, at);
	}),
	output: rule(["test"], "output (\\d+) ?(.*)", (state, [index, text = ""]) => {
		const test = running(state, index);
		test?.output.add(text);
		return test === void 0 ? "this test does not run" : void 0;
	}),
	note: rule(["test"], "note (\\d+) (.+)", (state, [index, text = ""]) => {
		const test = running(state, index);
		return test === void 0 ? "this test does not run" : append(test.notes, text);
	}),
	end: rule(["test"], `end ${uptime} (\\d+) (exited|timed-out) (\\d+)`, (state, [at = "", index, how, code]) => {
		const test = running(state, index);
		if (test === void 0) return "this test does not run";
		test.end = {
			at: Number(at),
			timedOut: how === "timed-out",
			code: Number(code)
		};
		state.phase = "system";
		return passed(state, at);
	}),
	after: rule(["system"], `after ${uptime} (\\S+)`, (state, [at = "", stateAfter]) => {
		state.record.stateAfter = stateAfter;
		state.phase = "after";
		return state.record.tests.size === state.tests ? passed(state, at) : "tests are missing";
	}),
	restarts: rule(["after"], "restarts (\\S+) (\\d+) (\\S*)", (state, [unit = "", count, unitState = ""]) => {
		state.record.restarts.push({
			unit,
			count: Number(count),
			state: unitState
		});
	}),
	identity: rule(["after"], "identity (\\S+) ([0-9a-f]{64})", (state, [name = "", hash = ""]) => {
		state.record.identity.set(name, hash);
	}),
	done: rule(["after"], `done ${uptime} (\\d+)`, (state, [at = "", count]) => {
		if (Number(count) !== state.tests) return "another number of tests";
		state.record.done = true;
		state.phase = "end";
		return pass(state, "done", at);
	})
};
const mostEntries = 1e4;
function append(list, text) {
	if (list.length >= mostEntries) return "too many lines";
	list.push(text);
}
function running({ record }, index) {
	return Number(index) === record.tests.size - 1 ? record.tests.get(Number(index)) : void 0;
}
function pass(state, name, at) {
	state.record.marks.set(name, Number(at));
	return passed(state, at);
}
function passed(state, at) {
	if (Number(at) < state.lastUptime) return "its time is before that of the line before";
	state.lastUptime = Number(at);
}
function emptyRecord() {
	return {
		kernel: void 0,
		problem: void 0,
		systemState: void 0,
		stateAfter: void 0,
		marks: /* @__PURE__ */ new Map(),
		identity: /* @__PURE__ */ new Map(),
		failedUnits: [],
		failedAfter: [],
		restarts: [],
		details: [],
		tests: /* @__PURE__ */ new Map(),
		done: false,
		violation: void 0
	};
}
/**
* Reads what a guest writes, and accepts only what the harness of this machine can have written.
* @param about.nonce begins each line of the harness
* @param about.tests how many tests the machine runs
*/
function createGuestReader(about) {
	const record = emptyRecord();
	const state = {
		record,
		tests: about.tests,
		phase: "boot",
		lastUptime: 0
	};
	const start = `${about.nonce} `;
	let trusted;
	return {
		record,
		read: (channel, line) => {
			if (record.violation !== void 0 || line === "") return;
			if (!line.startsWith(start)) {
				if (channel === "port") record.violation = violation("a line without the nonce of this machine", line);
				return;
			}
			trusted ??= channel;
			const text = line.slice(start.length);
			if (channel !== trusted) record.violation = violation(`a result on the second channel`, text);
			else record.violation = take(state, text);
		}
	};
}
function take(state, text) {
	const word = text.split(" ", 1)[0] ?? "";
	const tampered = /^tampered (.+)$/.exec(text);
	if (tampered !== null && [
		"system",
		"begun",
		"after"
	].includes(state.phase)) return `something covered the files of the harness in ${tampered[1]}`;
	const known = Object.hasOwn(rules, word) ? rules[word] : void 0;
	const groups = known?.pattern.exec(text);
	if (known === void 0 || groups === null || groups === void 0) return violation("not a line of the harness", text);
	if (!known.phases.includes(state.phase)) return violation("not in the order of the protocol", text);
	const problem = known.take(state, groups.slice(1));
	return problem === void 0 ? void 0 : violation(problem, text);
}
const shownCharacters = 120;
function violation(what, line) {
	return `${what}: ${JSON.stringify(line.slice(0, shownCharacters))}`;
}
// src/loop/boot-test/machine/port-watch.ts
const retryMilliseconds = 50;
/**
* Learns from QEMU when the guest closes a port (QEMU Machine Protocol, event VSERPORT_CHANGE): only the harness has it
* open, and a harness that was killed cannot report that itself. Also learns of a full disk (BLOCK_IO_ERROR).
* @param socket where QEMU listens, or will listen
*/
function watchPort(socket, port) {
	const state = {
		opened: false,
		closed: false,
		hostFull: false,
		stopped: false
	};
	let connection;
	const onLine = (line) => {
		const message = parse(line);
		if (message?.QMP !== void 0) connection?.write("{\"execute\":\"qmp_capabilities\"}\n");
		if (message?.event === "BLOCK_IO_ERROR" && message.data?.nospace === true) state.hostFull = true;
		if (message?.event !== "VSERPORT_CHANGE" || message.data?.id !== port) return;
		if (message.data.open === true) state.opened = true;
		else if (state.opened) state.closed = true;
	};
	const connect = async () => {
		while (!state.stopped) {
			const attempt = createConnection(socket);
			if (await new Promise((resolve) => {
				attempt.once("connect", () => resolve(true));
				attempt.once("error", () => resolve(false));
			})) {
				connection = attempt;
				attempt.on("error", () => void 0);
				attempt.on("data", createLineReader(onLine));
				if (state.stopped) attempt.destroy();
				return;
			}
			await setTimeout(retryMilliseconds, void 0, { ref: false });
		}
	};
	connect();
	return {
		get closed() {
			return state.closed;
		},
		get hostFull() {
			return state.hostFull;
		},
		stop: () => {
			state.stopped = true;
			connection?.destroy();
		}
	};
}
function parse(line) {
	try {
		const value = JSON.parse(line);
		return typeof value === "object" && value !== null ? value : void 0;
	} catch {
		return;
	}
}
// src/loop/boot-test/machine/machine.ts
init_errors();
/** Files that a run leaves in the output folder. */
const logNames = {
	console: "console.log",
	results: "results.log",
	fallback: "results-fallback.log",
	journal: "journal.log",
	complaints: "qemu.log"
};
const pollMilliseconds = 25;
/** A machine that powers off closes the port a moment before its end. */
const endSeconds = 3;
const megabyte = 1048576;
/** How much a guest may write to one of our files, without the output of tests. */
const mostBytes = 128 * megabyte;
/** The output of a test: at most 256 KiB, and the protocol makes short lines twenty times as long. */
const bytesPerTest = 8 * megabyte;
/** No guest may fill a disk of the host. */
const mostBytesOfAll = 2048 * megabyte;
/** How much of the end of the console is checked. */
const consoleBytes = 4 * megabyte;
/**
* Boots a machine, listens until it is done, ended or out of time, and leaves no process behind.
* @throws OutsideError if this process is being interrupted, or a disk of this host is full: both say nothing about the image
*/
async function runMachine(options) {
	const { outputFolder } = options;
	const file = (name) => join(outputFolder, logNames[name]);
	await Promise.all(Object.keys(logNames).map((name) => writeFile(file(name), "")));
	const socketFolder = await mkdtemp(join(tmpdir(), "coxswain-qmp-"));
	const files = {
		console: file("console"),
		results: file("results"),
		fallback: file("fallback"),
		journal: file("journal"),
		monitor: join(socketFolder, "qmp")
	};
	try {
		return await listen(options, files, file("complaints"));
	} finally {
		await rm(socketFolder, {
			recursive: true,
			force: true
		});
	}
}
async function listen(options, files, complaints) {
	const started = performance.now();
	const seconds = () => (performance.now() - started) / 1e3;
	const qemu = await startProcess(options.program, options.argumentsFor(files), { logFile: complaints });
	const port = watchPort(files.monitor, reportPortName);
	let interrupted = false;
	const forget = onInterrupt(() => {
		interrupted = true;
	});
	const { record, read } = createGuestReader(options);
	const milestones = {};
	const note = (channel) => (line) => {
		read(channel, line);
		if (record.kernel !== void 0) milestones.begin ??= seconds();
		if (record.tests.size > 0) milestones.firstTest ??= seconds();
		if (record.done) milestones.done ??= seconds();
	};
	const readers = await Promise.all([openReader(files.results, note("port")), openReader(files.fallback, note("serial"))]);
	let ended;
	qemu.ended.then((how) => {
		ended = how;
	});
	const most = Math.min(mostBytes + bytesPerTest * options.tests, mostBytesOfAll);
	let end;
	let closedAt;
	let heard = options.silenceSeconds === void 0;
	try {
		while (end === void 0) {
			const last = ended;
			const closed = port.closed;
			let complete = true;
			for (const reader of readers) complete = await reader.read() && complete;
			options.onProgress(record);
			if (closed) closedAt ??= seconds();
			if (port.hostFull) throw hostFull;
			if (record.done || record.violation !== void 0) end = { kind: "done" };
			else if (last !== void 0 && complete) end = {
				kind: "exited",
				...last
			};
			else if (closedAt !== void 0 && seconds() >= closedAt + endSeconds) end = { kind: "closed" };
			else if (seconds() >= options.deadlineSeconds) end = { kind: "deadline" };
			else if (await largestOf([
				files.console,
				files.results,
				files.fallback,
				files.journal
			]) > most) end = { kind: "flooded" };
			else if (!heard && seconds() >= (options.silenceSeconds ?? 0)) {
				heard = (await readFileIfThere(files.console))?.includes("Linux version") === true;
				if (!heard) end = { kind: "silent" };
			} else await Promise.race([qemu.ended, setTimeout(pollMilliseconds)]);
		}
	} finally {
		forget();
		port.stop();
		await qemu.stop(2e3);
		for (const reader of readers) await reader.close();
	}
	if (interrupted) throw new OutsideError("the boot test", "it was interrupted");
	const run = {
		record,
		end,
		milestones,
		seconds: seconds(),
		complaints: await readFileIfThere(complaints) ?? "",
		console: await readEnd(files.console, consoleBytes)
	};
	for (const path of [files.fallback, files.journal]) if ((await stat(path)).size === 0) await rm(path);
	return run;
}
const hostFull = new OutsideError("the boot test", "a disk of this host is full: the machine could write no longer, and was stopped. That says nothing about the image. Free some space (TMPDIR moves the disks of machines), and run it again.");
async function largestOf(paths) {
	return Math.max(...await Promise.all(paths.map(async (path) => (await stat(path)).size)));
}
/** The first line of a console, and its end: a guest may write any amount. */
async function readEnd(path, most) {
	const handle = await open(path, "r");
	try {
		const { size } = await handle.stat();
		const read = async (from, length) => {
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
			return buffer.toString("utf8", 0, bytesRead);
		};
		if (size <= most) return await read(0, size);
		return `${await read(0, 65536)}\n…\n${await read(size - most, most)}`;
	} finally {
		await handle.close();
	}
}
/** How much is read at a time: the limits are checked in between. */
const readBytes = 16 * megabyte;
async function openReader(path, onLine) {
	const handle = await open(path, "r");
	const feed = createLineReader(onLine);
	const buffer = Buffer.alloc(262144);
	let position = 0;
	return {
		read: async () => {
			for (let taken = 0; taken < readBytes;) {
				const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
				if (bytesRead === 0) return true;
				taken += bytesRead;
				position += bytesRead;
				feed(buffer.subarray(0, bytesRead));
			}
			return false;
		},
		close: () => handle.close()
	};
}
/**
* The report of a machine's run.
* @param about.seconds that the preparation took, and everything until now
*/
function reportOf(options, run, about) {
	const { architecture, outputFolder, tests } = options;
	const { used, kernel, seconds } = about;
	const { firstTest, done } = run.milestones;
	const booted = firstTest ?? done ?? run.seconds;
	const system = systemState(run.record);
	const asTest = systemTest(run.record, options);
	const journalLog = join(outputFolder, logNames.journal);
	return {
		...judge(run, tests, {
			...options,
			...defined({ modulesOf: about.modulesOf })
		}),
		tests: [...asTest === void 0 ? [] : [asTest], ...testResults(run.record, tests)],
		...defined({ system }),
		kernel: run.record.kernel ?? kernel,
		architecture,
		accelerator: used.accelerator,
		...defined({ acceleratorNote: used.note }),
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
		...defined({ journalLog: existsSync(journalLog) ? journalLog : void 0 })
	};
}
/** The report on an image that was not booted. @param started by performance.now() */
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
/** Measures the seconds that a task takes. */
async function timed(work) {
	const started = performance.now();
	await work();
	return (performance.now() - started) / 1e3;
}
function rounded(seconds) {
	return Math.round(seconds * 100) / 100;
}
// src/loop/boot-test/machine/accelerator.ts
init_errors();
/**
* KVM if it really works, otherwise emulation.
* @param requested skips the choice
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
		accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
	} catch {
		return "/dev/kvm is missing, or this user may not use it";
	}
	return probeKvm(architecture);
}
const probeExitCode = 85;
const probeSeconds = 10;
/**
* Runs a few instructions under KVM. It is not enough that /dev/kvm can be opened: nested KVM may refuse to set up a
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
		return `KVM exists but does not work: ${end === void 0 ? "its processor does not run" : said || `QEMU ended with ${end.code ?? end.signal}`}`;
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
/** A kernel under KVM prints its first line within a second; a broken KVM may never run it. */
const kvmSilenceSeconds = 30;
/**
* Runs a machine under KVM if that works, and emulated otherwise; also if KVM fails although the probe succeeded: it
* sets up a processor but never runs it, or makes QEMU abort.
* @param argumentsFor the command line of QEMU, without the program's name
*/
async function runAccelerated(options, argumentsFor) {
	const chosen = await chooseAccelerator(options.architecture, options.accelerator);
	const first = await run(options, chosen.accelerator, argumentsFor);
	if (!(chosen.accelerator === "kvm" && options.accelerator === void 0 && !first.console.includes("Linux version"))) return {
		run: first,
		used: chosen
	};
	const note = `KVM exists but does not work: ${judge(first, options.tests).explanation}`;
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
		nonce: options.nonce,
		tests: options.tests.length,
		...defined({ silenceSeconds: accelerator === "kvm" ? kvmSilenceSeconds : void 0 }),
		onProgress: (record) => report(progress(record, options.tests))
	}));
}
function progress(record, tests) {
	const current = record.tests.size - 1;
	if (record.done) return "done";
	if (current >= 0) return `test ${current + 1} of ${tests.length}: ${tests[current]?.name ?? ""}`;
	return record.kernel === void 0 ? "kernel" : "waiting for the system";
}
/**
* Boots a machine with the harness in it, runs the tests and reports the result. All modes use it.
* @throws InputError if something is missing on this host; OutsideError if one of its programs fails
*/
async function bootWithHarness(options, machine) {
	const started = performance.now();
	const { architecture, outputFolder, tests, testsFolder } = options;
	const busybox = await requireBootTestTools(architecture, options.helper);
	await mkdir(outputFolder, { recursive: true });
	return withTemporaryFolder("machine", async (folder) => {
		const nonce = makeNonce();
		const settings = guestSettings(options, machine.image);
		const begun = performance.now();
		const making = makeToolsDisk({
			busybox,
			tests,
			settings,
			...defined({ testsFolder })
		}, folder);
		const preparing = machine.prepare({
			busybox,
			settings,
			nonce,
			folder
		});
		await Promise.allSettled([making, preparing]);
		const [toolsDisk, commandLine] = [await making, await preparing];
		const initrd = (performance.now() - begun) / 1e3;
		const { run, used } = await runAccelerated({
			...options,
			nonce
		}, (accelerator, files) => commandLine({
			...files,
			architecture,
			accelerator,
			memoryMegabytes: options.memoryMegabytes ?? 1024,
			cpus: options.cpus ?? defaultProcessors(accelerator),
			network: options.network ?? "closed",
			toolsDisk
		}));
		const total = machine.seconds + (performance.now() - started) / 1e3;
		const seconds = {
			rootFilesystem: machine.seconds,
			initrd,
			total
		};
		const { kernel, modulesOf } = machine;
		return reportOf(options, run, {
			used,
			kernel,
			seconds,
			...defined({ modulesOf })
		});
	});
}
/** Begins each line of the harness: an image does not know it, and cannot guess 60 bits. */
function makeNonce() {
	return randomBytes(8).toString("hex").slice(1);
}
/**
* Makes sure that this host can boot-test an architecture, before anything long begins.
* @param helper a static busybox for that architecture; default: this machine's own, or a downloaded one
* @returns path of the static busybox
* @throws InputError with what to install
*/
async function requireBootTestTools(architecture, helper) {
	requireTools([machineTypeOf(architecture).program, "mkfs.erofs"]);
	return findStaticBusybox(architecture, helper);
}
// src/loop/boot-test/rehearsal/upgrades-to.ts
init_errors();
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
// src/loop/boot-test/guest/systemd.ts
/** The paths of systemd in distributions. */
const places = [
	"/usr/lib/systemd/systemd",
	"/lib/systemd/systemd",
	"/sbin/init",
	"/usr/sbin/init"
];
/**
* Path of systemd in an image, without a symbolic link; undefined if the image has none.
* /sbin/init counts if it leads to a program called systemd.
*/
async function findSystemd(root) {
	for (const place of places) {
		const found = await root.resolve(place);
		if (found?.kind !== "file") continue;
		if (place.endsWith("/systemd") || found.path.endsWith("/systemd")) return found.path;
	}
}
/** Debian has libraries in a folder for each architecture. */
const libraryFolders = [
	"/usr/lib/systemd",
	"/usr/lib64/systemd",
	"/lib/systemd"
];
/** The version of systemd, from the name of its library: nothing of the image is run. */
async function systemdVersion(root) {
	const multiarch = (await root.list("/usr/lib")).filter((name) => /-linux-gnu\w*$/.test(name));
	for (const folder of [...libraryFolders, ...multiarch.map((name) => `/usr/lib/${name}/systemd`)]) for (const name of await root.list(folder)) {
		const version = /^libsystemd-shared-(\d+)/.exec(name)?.[1];
		if (version !== void 0) return Number(version);
	}
}
/** What /etc/os-release says of an image; empty if it has none. */
async function readOsRelease(root) {
	for (const path of ["/usr/lib/os-release", "/etc/os-release"]) {
		const text = (await root.readFile(path, { largest: 1048576 }))?.toString("utf8");
		if (text === void 0) continue;
		const pairs = [...text.matchAll(/^([A-Z_0-9]+)=(?:"([^"\n]*)"|'([^'\n]*)'|(\S*))\s*$/gm)];
		return Object.fromEntries(pairs.map(([, name, a, b, c]) => [name, a ?? b ?? c ?? ""]));
	}
	return {};
}
init_errors();
/**
* Attaches what is in an image to it, while its files are on this machine: the list of its packages, and the SBOM,
* signed if this run can sign. An image without an rpm database has neither, and that is not an error.
* @param options.root the image's root file system
*/
async function recordContent({ client, config, root: checkout }, options) {
	const { reference, image, root, signer, log } = options;
	const { descriptor: subject } = image.manifest;
	const packages = await recordPackages(client, {
		repository: reference.repository,
		subject,
		root,
		log
	});
	if (packages === void 0) {
		log.info("no SBOM is attached: the packages of the image are not known (is there an rpm database in it?)");
		return;
	}
	const architecture = architectureOfGo(image.config.architecture);
	if (architecture === void 0) return;
	const trust = trustOf({
		config,
		root: checkout
	});
	if (await findSbom(client, reference, signer === void 0 ? {
		...trust,
		signedBy: []
	} : trust) !== void 0) return;
	const release = await readOsRelease(insideRoot(root));
	const base = await baseOf(client, {
		repository: config.base.repository,
		image,
		architecture,
		log
	});
	const text = await formatBillOfMaterials({
		image: reference,
		version: image.config.labels["org.opencontainers.image.version"] ?? "",
		architecture,
		created: imageTimestamp(image) ?? 0,
		packages,
		system: {
			id: release.ID ?? "",
			version: release.VERSION_ID ?? ""
		},
		...defined({ base })
	});
	await pushSbom(client, {
		image: reference,
		subject,
		text,
		signer
	});
}
/** The image that it was built on, and its packages. Only those layers are fetched that have to be searched for them. */
async function baseOf(client, options) {
	const { repository, image, architecture, log } = options;
	const digest = image.manifest.json.annotations?.["org.opencontainers.image.base.digest"] ?? "";
	if (!isDigest(digest)) return void 0;
	const base = atDigest(repository, digest);
	try {
		const { descriptor } = (await readImage(client, base, architecture)).manifest;
		const packages = await readPackages(client, atDigest(repository, descriptor.digest));
		return {
			image: base,
			...defined({ packages })
		};
	} catch (error) {
		if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
		log.warn(`the SBOM does not say which packages are the base's: ${messageOf(error)}`);
		return { image: base };
	}
}
// src/loop/boot-test/report/report-text.ts
/** GitHub's limit for a comment is 65,536 characters. */
const commentCharacters = 5e4;
/**
* For the terminal, the job summary and the pull request. If the tests passed, the Markdown depends on the evidence
* only: from the same evidence in the registry comes the same text.
* @param more facts that the pull request does not get
*/
function reportTested({ image, version, evidence, report, console }, more = []) {
	const failed = report === void 0 || report.verdict === "passed" ? void 0 : report;
	const found = failed === void 0 ? [] : troubles(failed, console);
	const share = Math.floor(commentCharacters / Math.max(1, found.length));
	return {
		headline: `Boot test: ${headline(evidence, report)}`,
		facts: [
			failed === void 0 ? void 0 : clean(failed.explanation),
			{
				head: [
					"test",
					"result",
					"time"
				],
				rows: evidence.tests.map((test) => [
					exact(test.name),
					outcome(test),
					`${test.seconds.toFixed(1)} s`
				])
			},
			say`image: ${exact(image)}`,
			version === void 0 ? void 0 : say`version: ${exact(version)}`,
			{
				text: machineFacts(evidence, report),
				markdown: plainText(machineFacts(evidence))
			},
			...more,
			...found.map(({ title, text }) => ({
				title: clean(title),
				block: text.slice(-share)
			}))
		]
	};
}
/** For the pull request, as Markdown. */
function commentOn(tested) {
	return reportMarkdown(reportTested(tested));
}
/** The end of the output, for the evidence: of what failed, or else of all tests. */
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
		...modeFacts(evidence),
		...agentFacts(evidence),
		...system?.manager === "systemd" ? [`systemd: ${system.state}`] : [],
		...report === void 0 ? [] : [`booted in ${report.seconds.boot.toFixed(1)} s`],
		`${evidence.seconds.toFixed(1)} s in all`
	].join(", ");
}
/** How the machine started. */
function modeFacts({ mode }) {
	return mode === void 0 ? [] : [`mode ${mode}`];
}
/** Whether the nodes' own agent would take the update. */
function agentFacts({ agent }) {
	if (agent === void 0) return [];
	return [agent === "none" ? "the image has no Zincati" : `the node's own agent ${agent}`];
}
function outcome(test) {
	if (test.result === "failed") return test.exitCode === void 0 ? "cut off" : `failed (exit code ${test.exitCode})`;
	return test.result === "passed" ? "passed" : "timed out";
}
const consoleLines = 20;
/** What a person who has to fix it should read first. */
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
/** The existing evidence of the image, if these same tests passed, by the same settings and in the same mode. */
async function evidenceOn({ client, config, root }, { reference }, tests, mode) {
	if (reference === void 0) return void 0;
	return passingEvidence(client, reference, tests.tree, trustOf({
		config,
		root
	}), testDemands(config, mode));
}
/** The evidence that the image has before its test, which orders the results of several tests; undefined without a registry. */
async function evidenceBefore({ client, config, root }, { reference, image }) {
	if (reference === void 0) return void 0;
	const subjects = [reference.digest, ...image.index === void 0 ? [] : [image.index.digest]];
	return evidenceSoFar(client, reference.repository, subjects, trustOf({
		config,
		root
	}));
}
/** The evidence knows every update that nodes would make now. */
function covers(evidence, from) {
	return from.every(({ image }) => evidence.upgrades?.some(({ digest, result }) => digest === image.digest && result === "PASSED"));
}
/** The evidence that a run gives about the image. */
function evidenceOf(report, about) {
	const { tests, config, console, startedAt, follows, env } = about;
	const { reference, source, digest } = about.tested;
	return {
		subject: {
			repository: reference === void 0 ? source.name : formatRepository(reference.repository),
			digest
		},
		result: report.verdict === "passed" ? "PASSED" : "FAILED",
		testsTree: tests.tree,
		settings: testSettings(config),
		tests: report.tests.map(({ output: _output, ...result }) => result),
		kernel: report.kernel,
		architecture: report.architecture,
		accelerator: report.accelerator,
		...defined({ mode: report.mode }),
		startedAt,
		seconds: report.seconds.total,
		...defined({ follows }),
		...defined({ upgrades: report.upgrades === void 0 ? void 0 : report.upgrades.map(({ from, digest, passed }) => ({
			from,
			digest,
			result: passed ? "PASSED" : "FAILED"
		})) }),
		...defined({
			agent: report.agent,
			run: runAddress(env)
		}),
		log: evidenceLog(report, console)
	};
}
/** An emulator that failed, or was ended from outside, says nothing about the image. */
function aboutTheImage({ verdict }) {
	return verdict !== "qemu-failed";
}
/** Attaches what is in the image to it in the test registry, while the files of the image are on this machine. */
function onFiles(project, { reference, image }, by) {
	if (reference === void 0 || !sameRepository(reference.repository, project.config.testImage)) return {};
	return { onFiles: (root) => recordContent(project, {
		reference,
		image,
		root,
		...by
	}) };
}
/** The signer of this run's evidence. It is asked for before anything is booted, because without it a test may be in vain. */
async function evidenceSigner({ config, root, forge }, about) {
	const { tested, env, log } = about;
	const signer = await attestationSigner(trustOf({
		config,
		root
	}), env);
	if (signer === void 0 && config.evidence.signedBy.length > 0 && tested.reference !== void 0) log.warn("this run cannot sign, so its evidence will not count: coxswain.yaml says in evidence.signed-by whose does");
	return tested.reference === void 0 ? signer : keepAtForge(signer, forge, log);
}
/** Evidence belongs in the test registry. */
async function attachEvidence({ client, config }, about) {
	const { tested, evidence, report, signer, log } = about;
	const { reference, image } = tested;
	if (reference === void 0) return void 0;
	if (!sameRepository(reference.repository, config.testImage)) {
		log.warn(`no evidence is written: the image is not in ${formatRepository(config.testImage)}`);
		return;
	}
	if (!aboutTheImage(report)) return void 0;
	return (await pushEvidence(client, reference.repository, image.manifest.descriptor, evidence, signer)).digest;
}
// src/loop/boot-test/report/one-writer.ts
init_errors();
const name = ".in-use";
/** Milliseconds between two signs of life. */
const renewal = 3e4;
/**
* Milliseconds without one after which a run has ended. Its process cannot always be asked: it ran in another
* container, or before this machine started again.
*/
const silence = 10 * renewal;
/**
* Runs `work` as the only boot test that writes to a folder. Two of them would mix their logs, and each would read what
* the machine of the other one wrote.
* @throws InputError if another one that still runs does
*/
async function asOnlyWriter(folder, work) {
	const own = thisProcess();
	if (own === void 0) return work();
	const made = await mkdir(folder, { recursive: true });
	const file = join(folder, name);
	if (!await claim(file, own)) {
		const owner = await readFile(file, "utf8").catch(() => "");
		if (!surelyEnded(owner) && !await isSilent(file)) throw inUse(folder, owner);
		await rm(file, { force: true });
		if (!await claim(file, own)) throw inUse(folder, owner);
	}
	const renew = setInterval(() => {
		utimes(file, /* @__PURE__ */ new Date(), /* @__PURE__ */ new Date()).catch(() => void 0);
	}, renewal).unref();
	const release = async () => {
		clearInterval(renew);
		await rm(file, { force: true });
		if (made !== void 0) await rmdir(folder).catch(() => void 0);
	};
	const forget = onInterrupt(release);
	try {
		return await work();
	} finally {
		forget();
		await release();
	}
}
async function isSilent(file) {
	const found = await stat(file).catch(() => void 0);
	return found !== void 0 && Date.now() - found.mtimeMs > silence;
}
async function claim(file, own) {
	try {
		await writeFile(file, own, { flag: "wx" });
		return true;
	} catch (error) {
		if (error.code === "EEXIST") return false;
		throw error;
	}
}
function inUse(folder, owner) {
	const pid = owner.split(".")[1];
	return new InputError({
		where: folder,
		problem: `another boot test writes to this folder${pid === void 0 ? "" : ` (process ${pid})`}`,
		remedy: `Wait for its end, or give this one another --output. If it was killed in another container, or before this machine started again, wait 5 minutes, or remove ${name} in the folder.`
	});
}
/**
* One annotation for each failed test, at its file, or one for the machine if it failed itself.
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
			...defined({ file: file === void 0 ? void 0 : `${testsFolder}/${file}` }),
			title: `${name} ${result}`,
			message: clean(output).trim().slice(-2e3) || report.explanation
		};
	})];
}
/** The annotations as workflow commands of GitHub Actions, for a file that a step may print. */
function formatAnnotations(report, testsFolder) {
	return annotationsOf(report, testsFolder).map(({ level, title, message, file }) => command(level, {
		...defined({ file }),
		title
	}, message));
}
/**
* `upgrade from 44.1: after-upgrade/10-a.sh` belongs to the file after-upgrade/10-a.sh; entries of the harness have no
* file.
*/
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
* tasks) asks for. An ending that is not the failure of a test is an error of a test case of its own.
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
/**
* An SVG picture of what each machine did over time: one bar for each phase and each test, all machines on one scale.
*/
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
/** Names of the files in a boot test's output folder, besides the logs. */
const outputNames = {
	report: "report.json",
	junit: "junit.xml",
	summary: "summary.md",
	annotations: "annotations.txt",
	timeline: "timeline.svg"
};
/**
* Writes the report in all its forms.
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
// src/loop/boot-test/guest/shell/as-node.sh
var as_node_default = "# Makes a node of the machine for the image's own Zincati, in namespaces of its own: a site is served there on loopback,\n# and a stand-in takes the place of rpm-ostree. The settings and write_files come before these lines.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings\nbusybox=/run/coxswain/busybox\nagent=/usr/libexec/zincati\nwork=/run/coxswain-agent\nstate=/run/coxswain-stand-in\n\nfail() { echo \"$*\"; exit 1; }\n\nif [ \"${1:-}\" != inside ]; then\n  exec \"$busybox\" unshare -m -n --propagation private \"$busybox\" sh \"$0\" inside\nfi\n\n# Binds file $1 over file $2.\ncover() { \"$busybox\" mount -o bind \"$1\" \"$2\" || fail \"$2 cannot be covered\"; }\n\n[ -f /usr/bin/rpm-ostree ] || fail \"The image has $agent and no /usr/bin/rpm-ostree, through which it updates.\"\nfor folder in \"$work\" \"$state\"; do\n  mkdir -p \"$folder\"\n  \"$busybox\" mount -t tmpfs tmpfs \"$folder\" || fail \"no folder $folder\"\ndone\n\nwrite_files\n\"$busybox\" chmod 755 \"$work/rpm-ostree\" \"$work/loginctl\"\n: >\"$state/tags\"\ncover \"$work/rpm-ostree\" /usr/bin/rpm-ostree\n# Zincati finds loginctl by its name. An image without systemd has none that could be covered.\nPATH=\"$work:$PATH\"\nexport PATH\n# It asks for the time of /ostree/deploy, which only an installed machine has.\nif [ -d /sysroot ] && [ ! -d /ostree/deploy ]; then \"$busybox\" mount -t tmpfs tmpfs /sysroot; fi\nmkdir -p /sysroot/ostree/deploy /ostree/deploy 2>/dev/null\n[ -d /ostree/deploy ] || fail 'The image has no /ostree that leads to /sysroot/ostree.'\n# The stand-in changes that time, but ostree mounts /sysroot read-only; in a read-only root it is not even mounted.\n\"$busybox\" touch /ostree/deploy 2>/dev/null || \"$busybox\" mount -o remount,bind,rw /sysroot 2>/dev/null ||\n  \"$busybox\" mount -t tmpfs tmpfs /ostree/deploy\n# It runs only as the user of this name, and asks which platform it is on.\n{\n  echo 'zincati:x:0:0::/:/bin/sh'\n  \"$busybox\" grep -v '^zincati:' /etc/passwd\n} >\"$work/passwd\"\ncover \"$work/passwd\" /etc/passwd\nread -r arguments </proc/cmdline\ncase \" $arguments\" in\n  *' ignition.platform.id='*) ;;\n  *) echo \"$arguments ignition.platform.id=qemu\" >\"$work/cmdline\" && cover \"$work/cmdline\" /proc/cmdline ;;\nesac\n# Without systemd, a machine has no id yet.\n[ -s /etc/machine-id ] || \"$busybox\" tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id\nmkdir -p /run/zincati && \"$busybox\" mount -t tmpfs tmpfs /run/zincati\nmkdir -p /run/zincati/public /run/zincati/private /run/zincati/config.d\n[ ! -d /run/dbus ] || \"$busybox\" mount -t tmpfs tmpfs /run/dbus\n# The image's own settings are used, except these.\ncp \"$work/settings.toml\" /run/zincati/config.d/99-zz-coxswain.toml\n\"$busybox\" ip link set lo up\n\"$busybox\" httpd -f -p 127.0.0.1:80 -h \"$work/site\" &\nserver=$!\ntrap 'kill \"$server\" 2>/dev/null' EXIT\n\"$busybox\" usleep 100000\nkill -0 \"$server\" 2>/dev/null || fail 'This busybox cannot serve files (httpd).'\n\n# Starts the agent on the image with digest $1, until it rests, for at most $patience seconds.\npatience=200\nask() {\n  printf 'REF=%s\\nDIGEST=%s\\nLOCKED=no\\n' \"$reference\" \"$1\" >\"$state/booted\"\n  rm -f \"$state/staged\" \"$state/driver\" \"$state/reboot\"\n  : >\"$work/log\"\n  \"$agent\" agent -vvv >\"$work/log\" 2>&1 &\n  process=$!\n  waited=0\n  while [ \"$waited\" -lt $((patience * 5)) ] && kill -0 \"$process\" 2>/dev/null; do\n    \"$busybox\" grep -q 'scheduling next agent refresh' \"$work/log\" && break\n    \"$busybox\" usleep 200000\n    waited=$((waited + 1))\n  done\n  kill \"$process\" 2>/dev/null\n  wait \"$process\"\n}\n";
// src/loop/boot-test/guest/shell/node-agent.sh
var node_agent_default = "# Asks the image's own Zincati about this update. After the lines of as-node.sh.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings, and what as-node.sh sets\n\n# Says what the agent did instead, and ends.\ndisagrees() {\n  echo \"$*\"\n  echo \"What it wrote:\"\n  \"$busybox\" tail -n 40 \"$work/log\"\n  exit 1\n}\n\nif [ -n \"$current\" ]; then\n  ask \"$current\"\n  if [ ! -e \"$state/reboot\" ] || ! \"$busybox\" grep -q \"^DIGEST=$candidate\\$\" \"$state/staged\"; then\n    disagrees \"Zincati on $current_version, the current release, does not update to this image.\"\n  fi\n  echo \"Zincati on $current_version, the current release, takes this image.\"\nfi\nask \"$candidate\"\n\"$busybox\" grep -q 'scheduling next agent refresh' \"$work/log\" || disagrees 'Zincati of this image does not start.'\nif \"$busybox\" grep -qE 'not found in the update graph|failed to check Cincinnati' \"$work/log\"; then\n  disagrees 'Zincati of this image does not find itself in the graph.'\nfi\necho 'Zincati on this image finds itself in the graph.'\n";
// src/loop/boot-test/guest/node-agent.ts
/** Name of the result of asking the image's own update agent. */
const agentTestName = "check: node agent";
const agentPath = "/usr/libexec/zincati";
/** Whether the image has Zincati, which Fedora CoreOS updates by. */
async function hasAgent(root) {
	return (await root.resolve(agentPath))?.kind === "file";
}
/** Two runs of the agent, of at most 200 seconds each: in an emulated machine a start can take a minute. */
const timeoutSeconds$1 = 450;
/** Writes the question as a test that runs in the machine. @param folder an empty folder; the caller removes it */
async function writeAgentTest(question, folder) {
	const path = join(folder, "node-agent");
	await writeFile(path, agentScript(question));
	return {
		name: agentTestName,
		path,
		timeoutSeconds: timeoutSeconds$1
	};
}
/** The whole question as one shell script. */
function agentScript({ graph, repository, stream, candidate, current }) {
	return nodeScript({
		settings: `[cincinnati]\nbase_url = "http://127.0.0.1:80/"\n${alwaysOn}`,
		site: { "v1/graph": graph },
		images: current === void 0 ? [candidate] : [current, candidate],
		repository,
		values: {
			reference: `ostree-unverified-registry:${repository}:${stream}`,
			candidate: candidate.digest,
			current: current?.digest ?? "",
			current_version: current?.version ?? ""
		},
		script: node_agent_default
	});
}
/**
* A test that makes a node of the machine (see shell/as-node.sh), and runs a script there.
* @param options.settings of Zincati, which take precedence over the image's own
* @param options.site files at http://127.0.0.1:80/, by path
* @param options.images that a registry has
* @param options.files of the script, by path below $work
*/
function nodeScript(options) {
	const files = {
		"$work/rpm-ostree": rpm_ostree_default,
		"$work/loginctl": "#!/bin/sh\necho \"[]\"\n",
		"$work/settings.toml": options.settings
	};
	const add = (folder, more) => {
		for (const [path, text] of Object.entries(more)) files[`${folder}/${path}`] = text;
	};
	add("$work/site", options.site);
	add("$work", options.files ?? {});
	add("$state", standInFiles(options.images, options.repository));
	const lines = Object.entries(files).flatMap(([path, text]) => [`  mkdir -p "${dirname(path)}"\n`, `  printf %s ${quoted(text)} >"${path}"\n`]);
	return `#!/run/coxswain/busybox sh\n${Object.entries(options.values).map(([name, value]) => `${name}=${quoted(value)}\n`).join("")}write_files() {\n${lines.join("")}}\n${as_node_default}${options.script}`;
}
/** Zincati looks for updates, and restarts at once, whatever the image says. */
const alwaysOn = `[updates]
enabled = true
strategy = "immediate"
`;
/** Images that a registry has, for the stand-in for rpm-ostree: path below its folder → text. */
function standInFiles(images, repository) {
	return Object.fromEntries(images.flatMap((image) => {
		const file = `images/${image.digest.slice(7)}`;
		return [[file, factsOf(image, repository)], [`${file}.meta`, `${JSON.stringify(metaOf(image))}\n`]];
	}));
}
/** What the image says, which may differ from the graph. */
function factsOf({ image }, repository) {
	return `REPOSITORY=${repository}\nVERSION=${image.config.labels["org.opencontainers.image.version"] ?? ""}\nCREATED=${Math.floor(imageTimestamp(image) ?? 0)}\nSIGNED=no\n`;
}
/** What rpm-ostree keeps about an image that it deployed (ostree-ext, container/store.rs). */
function metaOf({ digest, image: { manifest, config } }) {
	const { architecture, os, created, labels, diffIds } = config;
	return {
		"ostree.manifest-digest": digest,
		"ostree.manifest": JSON.stringify(manifest.json),
		"ostree.container.image-config": JSON.stringify({
			architecture,
			os,
			created,
			config: { Labels: labels },
			rootfs: {
				type: "layers",
				diff_ids: diffIds
			},
			history: []
		}),
		"ostree.importer.version": "0.15.3"
	};
}
init_errors();
/** The exit codes of buildah that are expected here: success, and "it does not exist". */
const orNot = [
	0,
	1,
	125
];
/**
* Makes the root file system of exactly this image from its layers, and gives `work` its folder. It needs no container
* storage and no mount, so the image may have any number of layers. Nobody else can read the folder, and it is removed
* afterwards, also after an error or Ctrl-C.
* @throws InputError unless root, and for layers that cannot be unpacked; OutsideError when they cannot be read
*/
async function withRootFilesystem(source, work, options = {}) {
	requireRoot();
	const log = options.log ?? silentLog;
	const place = downloadFolder(process.env);
	for (const each of /* @__PURE__ */ new Set([place, tmpdir()])) for (const path of await removeAbandoned(each)) log.info(`removed ${path}, which a killed run left`);
	return withTemporaryFolder("root", async (folder) => {
		const root = await log.task(`pulling ${source.name}`, async (report) => {
			const layers = await packedLayers(source, {
				log,
				...defined({ architecture: options.architecture })
			});
			const onLayer = (done) => report(`${done} of ${layers.length} layers`);
			return makeRootOfLayers(layers, folder, { onLayer });
		});
		return work(root, { run: inCopyOf(root) });
	}, place);
}
/**
* Programs run in a container with a copy of the root, each in one of its own: what one of them writes, the next does
* not see. It is removed at once, because it is as large as the image.
*/
function inCopyOf(root) {
	return async (command, options) => {
		requireTools(["buildah", "cp"]);
		const container = `coxswain-run-${randomBytes(6).toString("hex")}`;
		const remove = async () => {
			await exec("buildah", ["umount", container], { allow: orNot });
			await exec("buildah", ["rm", container], { allow: orNot });
		};
		const forget = onInterrupt(remove);
		try {
			await exec("buildah", [
				"from",
				"--quiet",
				"--name",
				container,
				"scratch"
			]);
			const { stdout } = await exec("buildah", ["mount", container]);
			await exec("cp", [
				"--archive",
				"--reflink=auto",
				`${root}/.`,
				stdout.trim()
			], { doing: "copying the image's files for its own programs" });
			const args = runArguments(container, command, options);
			const { exitCode, stdout: output, stderr } = await exec("buildah", args, { allow: anyExitCode });
			return {
				exitCode,
				output: `${output}${stderr}`
			};
		} finally {
			forget();
			await remove();
		}
	};
}
const anyExitCode = Array.from({ length: 256 }, (_, code) => code);
/** The isolation that needs no container runtime. */
function runArguments(container, command, { folders = {} } = {}) {
	const volumes = Object.entries(folders).flatMap(([host, guest]) => ["--volume", `${host}:${guest}`]);
	return [
		...[
			"run",
			"--isolation",
			"chroot"
		],
		...volumes.length === 0 ? [] : [
			"--cap-add",
			"all",
			...volumes
		],
		...[
			container,
			"--",
			...command
		]
	];
}
/** @throws InputError unless this is root, of the machine or of a user namespace */
function requireRoot() {
	if (process.getuid?.() === 0) return;
	throw new InputError({
		problem: "the files of an image can only be seen as they are by root",
		remedy: "Run this with sudo."
	});
}
// src/loop/boot-test/guest/compression.ts
init_errors();
/** Programs that decompress, by the ending of a file name. */
const programs = {
	gz: ["gzip"],
	xz: ["xz"],
	zst: ["zstd"],
	bz2: ["bzip2"],
	lz4: ["lz4"],
	lzma: ["xz", "--format=lzma"],
	lzo: ["lzop"]
};
function compressionOf(ending) {
	return Object.hasOwn(programs, ending) ? ending : void 0;
}
/** The first bytes of compressed files (the formats' own specifications; lz4 as the kernel's build writes it). */
const magics = [
	["gz", [31, 139]],
	["xz", [
		253,
		55,
		122,
		88,
		90,
		0
	]],
	["zst", [
		40,
		181,
		47,
		253
	]],
	["bz2", [
		66,
		90,
		104
	]],
	["lz4", [
		2,
		33,
		76,
		24
	]],
	["lz4", [
		4,
		34,
		77,
		24
	]],
	["lzma", [
		93,
		0,
		0
	]],
	["lzo", [
		137,
		76,
		90,
		79
	]]
];
/** What a file is compressed with, by its first bytes. */
function detectCompression(bytes) {
	return magics.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0];
}
/**
* Decompresses bytes of an image.
* @param largest of the result, in bytes
* @throws InputError for bytes that cannot be decompressed, or that become larger
*/
async function decompress(compression, bytes, largest) {
	const chunks = [];
	await decompressTo(compression, bytes, largest, (chunk) => {
		chunks.push(chunk);
	});
	return Buffer.concat(chunks);
}
/** The same, part by part, so that the whole result is never in memory. */
async function decompressTo(compression, bytes, largest, onBytes) {
	const [program, ...args] = programs[compression];
	requireTools([program]);
	const child = spawn(findTool(program) ?? program, [
		...args,
		"-d",
		"-c",
		"-q"
	], { stdio: [
		"pipe",
		"pipe",
		"ignore"
	] });
	const closed = once(child, "close");
	child.stdin.on("error", () => void 0);
	child.stdin.end(bytes);
	let total = 0;
	let failure;
	child.stdout.on("data", (chunk) => {
		if (failure !== void 0) return;
		total += chunk.length;
		try {
			if (total > largest) throw new InputError({
				problem: "compressed data of the image becomes too large",
				expected: `at most ${largest} bytes`
			});
			onBytes(chunk);
		} catch (error) {
			failure = error;
			child.kill("SIGKILL");
		}
	});
	const [code] = await closed;
	if (failure !== void 0) throw failure;
	if (code === null) throw new OutsideError(`decompressing with ${program}`, "it was ended from outside");
	if (code !== 0 && !(code === 2 && compression === "gz")) throw new InputError({ problem: `data of the image cannot be decompressed (${program}: exit code ${code})` });
}
// src/loop/boot-test/guest/cpio-scanner.ts
const headerBytes = 110;
const longestName = 4096;
/**
* Scans archives of the format "newc", one after the other, as the kernel unpacks them (kernel documentation,
* "initramfs buffer format"); there may be zeros between them.
*/
function createCpioScanner(onName) {
	let waiting = Buffer.alloc(0);
	let toSkip = 0;
	let position = 0;
	let inArchive = false;
	let entries = 0;
	/** Takes one entry from the start of the buffer; false if a part of its header or its name is missing. */
	const takeEntry = () => {
		if (waiting.length < 6) return false;
		const magic = waiting.toString("latin1", 0, 6);
		if (magic !== "070701" && magic !== "070702") throw new Error("no cpio archive");
		if (waiting.length < headerBytes) return false;
		const field = (index) => Number.parseInt(waiting.toString("latin1", 6 + index * 8, 14 + index * 8), 16);
		const [size, nameSize] = [field(6), field(11)];
		if (!(size >= 0) || !(nameSize > 0 && nameSize <= longestName)) throw new Error("a damaged cpio archive");
		if (waiting.length < headerBytes + nameSize) return false;
		const name = waiting.toString("utf8", headerBytes, headerBytes + nameSize - 1);
		toSkip = aligned(aligned(position + headerBytes + nameSize) + size) - position;
		inArchive = name !== "TRAILER!!!";
		if (inArchive) {
			entries += 1;
			onName(name);
		}
		return true;
	};
	const skip = () => {
		const count = Math.min(toSkip, waiting.length);
		waiting = waiting.subarray(count);
		toSkip -= count;
		position += count;
	};
	return {
		feed: (bytes) => {
			waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
			for (;;) {
				skip();
				if (toSkip > 0 || waiting.length === 0) return;
				if (!inArchive && waiting[0] === 0) {
					const zeros = waiting.findIndex((byte) => byte !== 0);
					toSkip = zeros === -1 ? waiting.length : zeros;
				} else if (!takeEntry()) return;
			}
		},
		get ended() {
			return !inArchive && waiting.length === 0;
		},
		get entries() {
			return entries;
		}
	};
}
function aligned(position) {
	return Math.ceil(position / 4) * 4;
}
// src/loop/boot-test/guest/initramfs.ts
init_errors();
/** More than any has. */
const mostVersions = 16;
const largestContent = 4294967296;
/**
* Looks into an initramfs as the kernel reads one: archives one after the other, of which the last may be compressed.
* @throws Error that says what is wrong with it
*/
async function readInitramfs(bytes) {
	const found = {
		hasInit: false,
		hasIgnition: false,
		hasPrepareRoot: false
	};
	const modulesOf = /* @__PURE__ */ new Set();
	const note = (name) => {
		const path = name.replace(/^(\.?\/)+/, "");
		if (path === "init") found.hasInit = true;
		if (path === "usr/bin/ignition") found.hasIgnition = true;
		if (path.endsWith("/ostree-prepare-root")) found.hasPrepareRoot = true;
		const version = /^(?:usr\/)?lib\/modules\/([^/]+)\/.*\.ko(?:\.\w+)?$/.exec(path)?.[1];
		if (version !== void 0 && modulesOf.size < mostVersions) modulesOf.add(version);
	};
	let entries = 0;
	let offset = 0;
	while (offset < bytes.length) {
		const rest = bytes.subarray(offset);
		const compression = detectCompression(rest);
		const scanner = createCpioScanner(note);
		if (compression === void 0) {
			const length = uncompressedLength(rest);
			scanner.feed(rest.subarray(0, length));
			offset += length;
		} else {
			await decompressTo(compression, rest, largestContent, (chunk) => scanner.feed(chunk));
			offset = bytes.length;
		}
		if (!scanner.ended) throw new Error("the archive is cut off");
		entries += scanner.entries;
	}
	return {
		entries,
		...found,
		modulesOf
	};
}
/** The length of the archives without compression, with the zeros after them. */
function uncompressedLength(bytes) {
	let last = 0;
	for (;;) {
		const trailer = bytes.indexOf("TRAILER!!!\0", last);
		if (trailer === -1) return bytes.length;
		last = trailer + 11;
		let next = last;
		while (next < bytes.length && bytes[next] === 0) next += 1;
		if (next === bytes.length || detectCompression(bytes.subarray(next)) !== void 0) return next;
	}
}
/**
* What is wrong with an initramfs; undefined if a node can boot with it.
* @param needs.version of the kernel that it is for
*/
async function initramfsProblem(bytes, needs) {
	if (bytes === void 0) return "there is none, and bootc needs one to boot the kernel";
	try {
		const { version } = needs;
		const { entries, hasInit, hasPrepareRoot, modulesOf } = await readInitramfs(bytes);
		if (entries === 0) return "it is empty";
		if (!hasInit) return "it has no /init for the kernel to start";
		if (needs.prepareRoot && !hasPrepareRoot) return "it has no ostree-prepare-root, which mounts the root of a node";
		if (version !== void 0 && modulesOf.size > 0 && !modulesOf.has(version)) return `it was made for another kernel: it has modules of ${[...modulesOf].join(", ")}, and none of ${version}`;
		return;
	} catch (error) {
		return `it cannot be read: ${messageOf(error)}`;
	}
}
// src/loop/boot-test/guest/uki.ts
const sectionHeaderBytes = 40;
/**
* Reads a unified kernel image: a PE file (Microsoft's "PE Format", section table) whose sections are the parts.
* @returns undefined for any other file
*/
function readUnifiedKernel(file) {
	const sections = readSections(file);
	const kernel = sections?.get(".linux");
	if (sections === void 0 || kernel === void 0 || kernel.length === 0) return void 0;
	const text = (name) => sections.get(name)?.toString("utf8").replace(/\0[\s\S]*$/, "").trim();
	const version = text(".uname");
	return {
		kernel,
		initrd: sections.get(".initrd"),
		commandLine: text(".cmdline") ?? "",
		version: version === void 0 || !/^[\w.+~-]{1,200}$/.test(version) ? void 0 : version
	};
}
function readSections(file) {
	if (file.length < 64 || file.toString("latin1", 0, 2) !== "MZ") return void 0;
	const start = file.readUInt32LE(60);
	if (start + 24 > file.length || file.readUInt32LE(start) !== 17744) return void 0;
	const count = file.readUInt16LE(start + 6);
	const table = start + 24 + file.readUInt16LE(start + 20);
	const sections = /* @__PURE__ */ new Map();
	for (let index = 0; index < count; index += 1) {
		const header = table + index * sectionHeaderBytes;
		if (header + sectionHeaderBytes > file.length) return void 0;
		const name = file.toString("latin1", header, header + 8).replace(/\0.*$/s, "");
		const [virtualSize, rawSize, offset] = [
			8,
			16,
			20
		].map((field) => file.readUInt32LE(header + field));
		const size = virtualSize === 0 ? rawSize : Math.min(virtualSize, rawSize);
		if (offset + size > file.length) return void 0;
		if (!sections.has(name)) sections.set(name, file.subarray(offset, offset + size));
	}
	return sections;
}
// src/loop/boot-test/guest/kernel.ts
init_errors();
const modulesFolder = "/usr/lib/modules";
const largestKernel = 536870912;
const largestUnified = 2147483648;
/**
* Finds the kernels in the folder for a bootable container image: /usr/lib/modules/VERSION/vmlinuz (bootc's
* documentation, "Bootable container images", section on the kernel).
*/
async function findKernels(root, image) {
	const kernels = [];
	for (const version of await root.list(modulesFolder)) {
		const modules = `${modulesFolder}/${version}`;
		const path = `${modules}/vmlinuz`;
		const found = await root.resolve(path);
		if (found === void 0) continue;
		if (found.kind !== "file" || found.size > largestKernel) throw new InputError({
			where: `${image}: ${path}`,
			problem: "the kernel of the image is not a file that a kernel can be in",
			found: found.kind === "file" ? `${found.size} bytes` : found.kind,
			expected: `a regular file of at most ${largestKernel} bytes`
		});
		kernels.push({
			root,
			version,
			modules,
			path,
			file: found.hostPath,
			unified: void 0
		});
	}
	return kernels.length > 0 ? kernels : findUnified(root);
}
/**
* Unified kernel images, for an image without a separate kernel: beside the modules, or in the folders of boot
* loaders.
*/
async function findUnified(root) {
	const versions = await root.list(modulesFolder);
	const folders = [
		...versions.map((version) => `${modulesFolder}/${version}`),
		"/boot/EFI/Linux",
		"/efi/EFI/Linux"
	];
	const kernels = /* @__PURE__ */ new Map();
	for (const folder of folders) for (const name of (await root.list(folder)).filter((each) => each.endsWith(".efi"))) {
		const path = `${folder}/${name}`;
		const bytes = await root.readFile(path, { largest: largestUnified });
		const unified = bytes === void 0 ? void 0 : readUnifiedKernel(bytes);
		if (unified === void 0) continue;
		const version = unified.version ?? (versions.length === 1 ? versions[0] : void 0) ?? name;
		const found = {
			root,
			version,
			path,
			file: void 0,
			unified
		};
		kernels.set(version, {
			...found,
			modules: `${modulesFolder}/${version}`
		});
	}
	return [...kernels.values()];
}
/**
* The one kernel of an image.
* @param image what the image is called in the message
* @throws InputError if there is none, or more than one: such an image boots on no node
*/
async function requireKernel(root, image) {
	const kernels = await findKernels(root, image);
	const [kernel] = kernels;
	if (kernel !== void 0 && kernels.length === 1) return kernel;
	throw new InputError({
		where: image,
		problem: kernel === void 0 ? "the image has no kernel" : `the image has ${kernels.length} kernels`,
		found: kernels.map(({ version }) => version),
		expected: "exactly one /usr/lib/modules/VERSION/vmlinuz, or one unified kernel image",
		remedy: "Derive it from a bootable image, such as Fedora CoreOS, and neither add nor remove a kernel."
	});
}
/**
* The kernel as a file for QEMU.
* @param folder gets the file, if a new one is needed; the caller removes it
*/
async function kernelFile(kernel, folder) {
	if (kernel.file !== void 0) return kernel.file;
	const file = join(folder, "vmlinuz");
	await writeFile(file, kernel.unified?.kernel ?? "");
	return file;
}
/**
* The bytes by which a boot loader recognises a kernel, at the position that the format of its architecture defines:
* x86's "HdrS" (Linux, Documentation/arch/x86/boot.rst), arm64's "ARM\x64" (arch/arm64/booting.rst) or an archive of
* one.
*/
const kernelMarks = {
	x86_64: [{
		at: 514,
		mark: "HdrS"
	}],
	aarch64: [
		{
			at: 56,
			mark: "ARMd"
		},
		{
			at: 0,
			mark: ""
		},
		{
			at: 4,
			mark: "zimg"
		}
	]
};
/** @returns whether a file may be a kernel of this architecture; true for one that we do not know */
async function isKernel(file, architecture) {
	const marks = kernelMarks[architecture];
	if (marks === void 0) return true;
	const handle = await open(file, "r");
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
		const text = buffer.toString("latin1", 0, bytesRead);
		return marks.some(({ at, mark }) => text.startsWith(mark, at));
	} finally {
		await handle.close();
	}
}
/** The header of x86's kernels: a mark, and the place of the version (Linux, Documentation/arch/x86/boot.rst). */
const header$1 = {
	mark: 514,
	version: 526,
	start: 512
};
/** The version that a kernel for x86 has in its header, as `uname -r` prints it; undefined if it has none. */
async function versionInKernel(file) {
	const handle = await open(file, "r");
	try {
		const read = async (at, length) => {
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
			return buffer.subarray(0, bytesRead);
		};
		const bytes = await read(header$1.mark, header$1.version + 2 - header$1.mark);
		if (bytes.toString("latin1", 0, 4) !== "HdrS" || bytes.length < header$1.version + 2 - header$1.mark) return;
		const place = bytes.readUInt16LE(header$1.version - header$1.mark);
		if (place === 0) return void 0;
		const text = (await read(header$1.start + place, 128)).toString("latin1");
		return /^[\x21-\x7e]+/.exec(text)?.[0];
	} finally {
		await handle.close();
	}
}
const largestIndex = 67108864;
/** @param modules the folder of a kernel's modules inside the root */
async function readModuleIndex(root, modules) {
	const read = async (name) => (await root.readFile(`${modules}/${name}`, { largest: largestIndex }))?.toString("utf8") ?? "";
	return {
		dependencies: await read("modules.dep"),
		softDependencies: await read("modules.softdep"),
		aliases: await read("modules.alias"),
		builtin: await read("modules.builtin")
	};
}
/** Labels of an image that a program on a node, or one of ours, reads. */
const neededLabels = {
	"containers.bootc": "bootc accepts only images with the label of a bootable one",
	"com.coreos.stream": "Zincati takes its stream from it",
	"org.opencontainers.image.version": "Zincati finds its node in the update graph by it"
};
/** The labels and the time of an image. They are in its configuration, so nothing has to be pulled. */
function checkLabels(config, stream) {
	const { labels, created } = config;
	const problems = Object.entries(neededLabels).filter(([name]) => (labels[name] ?? "") === "").map(([name, reason]) => `no label ${name}: ${reason}`);
	const found = labels["com.coreos.stream"];
	if (found !== void 0 && found !== "" && found !== stream) problems.push(`com.coreos.stream is ${JSON.stringify(found)}, and stream of coxswain.yaml is "${stream}"`);
	if (!(Date.parse(created ?? "") > 0)) problems.push(`the image was created at ${created ?? "no time"}: nodes would treat it as older than theirs`);
	return entry("check: labels", problems);
}
/** Name of the result that says whether a node can boot the image at all. */
const kernelCheckName = "check: kernel";
const largestInitramfs$1 = 1073741824;
/**
* Checks the kernel, and the initramfs beside it, where bootc looks for it ("Bootable container images", section on
* the kernel), or inside a unified kernel image.
* @param needs.prepareRoot the image is for nodes whose initramfs mounts an ostree deployment
* @throws InputError without exactly one kernel: that is not a bootable image, so there is no test result
*/
async function checkKernel(root, image, needs = { prepareRoot: false }) {
	const kernel = await requireKernel(root, image);
	const { modules, unified, path, version } = kernel;
	const file = `${modules}/initramfs.img`;
	const bytes = unified?.initrd ?? await root.readFile(file, { largest: largestInitramfs$1 });
	const known = unified === void 0 ? version : unified.version;
	const problem = await initramfsProblem(bytes, {
		...needs,
		...defined({ version: known })
	});
	const place = unified?.initrd === void 0 ? file : `the initramfs in ${path}`;
	const own = kernel.file === void 0 ? void 0 : await versionInKernel(kernel.file);
	return entry(kernelCheckName, [...problem === void 0 ? [] : [`${place}: ${problem}`], ...own === void 0 || own === version ? [] : [`${path}: the kernel is ${own}, and finds no modules in the folder of another version`]]);
}
const shownFiles = 15;
/**
* Reports files in /var and /run. Those in /var are unpacked at an installation and never again: machines that update
* do not get them. Those in /run are never visible.
*/
async function checkLeftovers(root, meaning) {
	const found = [];
	for (const folder of ["/var", "/run"]) found.push(...await filesBelow(root, folder));
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
/** The image's own bootc checks it; undefined if it has none. */
async function checkLint(root, run) {
	if ((await root.resolve("/usr/bin/bootc"))?.kind !== "file") return void 0;
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
const mostFiles = 1e5;
/** The files below a folder, as paths without the first slash; no link is followed. */
async function filesBelow(root, folder) {
	const top = await root.resolve(folder);
	if (top?.kind !== "folder") return [];
	const found = [];
	const waiting = [top.hostPath];
	for (let place = waiting.pop(); place !== void 0 && found.length < mostFiles; place = waiting.pop()) for await (const each of await opendir(place)) if (each.isDirectory()) waiting.push(join(place, each.name));
	else if (!each.isSymbolicLink() && found.length < mostFiles) found.push(relative(root.folder, join(place, each.name)));
	return found.sort();
}
// src/loop/boot-test/guest/newc.ts
const folder = "folder";
/**
* Writes a cpio archive of format "newc" (kernel documentation, "initramfs buffer format"): the only one the kernel
* reads. All entries belong to root; times are zero, so that the same entries give the same bytes.
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
init_errors();
/** Makes the first root file system of the guest: an uncompressed archive, which every kernel reads. */
async function makeInitrd(options) {
	const modules = await readModules(options.kernel, options.moduleFiles);
	return writeNewc([
		...[...[
			"bin",
			"dev",
			"proc",
			"sys",
			"run",
			"root",
			"modules"
		], ...[
			"coxswain",
			"keep",
			"state",
			"tools",
			"writable"
		]].map((path) => ({
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
			path: "nonce",
			content: `${options.nonce}\n`,
			mode: 384
		},
		{
			path: "init",
			content: initScript,
			mode: 493
		},
		...Object.entries(initrdScripts(options.settings)).map(([name, content]) => ({
			path: `coxswain/${name}`,
			content,
			mode: 420
		}))
	]);
}
/** Reads module files, decompressed: the small insmod of the guest knows no compression. */
async function readModules(kernel, files) {
	const result = [];
	for (const [index, file] of files.entries()) {
		const name = `${String(index).padStart(3, "0")}-${basename(file).replace(/\.(xz|zst|gz)$/, "")}`;
		result.push({
			name,
			content: await readModule(kernel, file)
		});
	}
	return result;
}
const largestModule = 268435456;
async function readModule(kernel, file) {
	const path = `${kernel.modules}/${file}`;
	const [, ending] = /\.ko(?:\.(\w+))?$/.exec(file) ?? [];
	const compression = ending === void 0 ? void 0 : compressionOf(ending);
	if (ending !== void 0 && compression === void 0) throw new InputError({
		where: path,
		problem: "unknown compression of a kernel module"
	});
	const content = await kernel.root.readFile(path, { largest: largestModule });
	if (content === void 0) throw new InputError({
		where: path,
		problem: "modules.dep names a kernel module that the image does not have"
	});
	return compression === void 0 ? content : decompress(compression, content, largestModule);
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
	/** A soft dependency may be an alias of several modules (`crc32c`): the kernel uses the one that loads. */
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
// src/loop/boot-test/guest/root-image.ts
/** A file with a hole of this size needs another file system than erofs. */
const largeHole = 67108864;
/**
* Makes a disk of a root file system, with owners, modes and extended attributes as they are: erofs, which is the
* fastest, or ext4 for what mkfs.erofs 1.5 cannot do: names of 255 bytes, and files that consist of holes.
*/
async function makeRootImage(root, file) {
	requireRoot();
	const doing = "making a file system image of the root";
	if (!await needsExt4(root)) {
		requireTools(["mkfs.erofs"]);
		await exec("mkfs.erofs", [file, root], { doing });
		return {
			file,
			type: "erofs"
		};
	}
	const { stdout } = await exec("du", [
		"--summarize",
		"--one-file-system",
		"--block-size=1",
		root
	]);
	const used = Number.parseInt(stdout, 10);
	const handle = await open(file, "w");
	await handle.truncate(Math.ceil(used * 1.5) + 536870912);
	await handle.close();
	await exec("mkfs.ext4", [...[
		"-q",
		"-F",
		"-O",
		"^has_journal",
		"-m",
		"0",
		"-i",
		"8192",
		"-L",
		"root",
		"-d",
		root
	], file], { doing });
	return {
		file,
		type: "ext4"
	};
}
async function needsExt4(root) {
	const large = [
		"-type",
		"f",
		"-size",
		`+${largeHole / 1024}k`,
		"-printf",
		"%s %b\\n"
	];
	const long = [
		"-regextype",
		"posix-extended",
		"-regex",
		".*/[^/]{255}",
		"-printf",
		"long\\n"
	];
	const { stdout } = await exec("find", [
		root,
		"-xdev",
		"(",
		...large,
		"-o",
		...long,
		")"
	], { env: { LC_ALL: "C" } });
	return stdout.split("\n").some((line) => {
		const [size, blocks] = line.split(" ").map(Number);
		return line === "long" || size !== void 0 && blocks !== void 0 && size - blocks * 512 > largeHole;
	});
}
init_errors();
const requiredModules = [
	"virtio_pci",
	"virtio_blk",
	"erofs",
	"overlay"
];
const usefulModules = ["virtio_console"];
/**
* Makes the files that a machine boots from.
* @param options.folder gets the files; the caller removes it
* @throws InputError for an image without a kernel
*/
async function prepareImage(options) {
	const { image, folder, log } = options;
	const root = insideRoot(options.root);
	const kernel = await requireKernel(root, image);
	const index = await readModuleIndex(root, kernel.modules);
	let rootImage;
	const seconds = await timed(async () => {
		rootImage = await log.task("making the root file system of the machine", () => makeRootImage(options.root, join(folder, "root.img")));
	});
	return {
		kernel,
		kernelFile: await kernelFile(kernel, folder),
		index,
		systemd: await findSystemd(root),
		rootImage,
		seconds
	};
}
/** Finds what the kernel lacks to boot with these options, and the files of the modules that it needs. */
function modulesFor(image, options) {
	const needsExt4 = options.state !== void 0 || image.rootImage.type === "ext4";
	const required = [...requiredModules, ...needsExt4 ? ["ext4"] : []];
	const { files, missing } = orderModules([...required, ...usefulModules], image.index);
	return {
		files,
		missing: missing.filter((name) => required.includes(name))
	};
}
/** Why an image cannot be started at all; undefined if it can. */
async function obstacle(image, missing, options) {
	if (missing.length > 0) return `The image's kernel has no ${missing.join(", ")}: it cannot mount its root in a virtual machine.`;
	if (image.systemd === void 0 && options.init !== "any") return "The image has no systemd (/usr/lib/systemd/systemd, or /sbin/init that leads to it). An image without it on purpose needs \"init: any\" below boot-test in coxswain.yaml.";
	if (!await isKernel(image.kernelFile, options.architecture)) return `The image's ${image.kernel.path} is not a kernel for ${options.architecture}: no boot loader would start it.`;
}
/** As `runBootTest`, with an image that was prepared before. */
async function bootPrepared(image, options) {
	const started = performance.now();
	const { files: moduleFiles, missing } = modulesFor(image, options);
	const { kernel, rootImage, systemd } = image;
	const explanation = await obstacle(image, missing, options);
	if (explanation !== void 0) {
		await mkdir(options.outputFolder, { recursive: true });
		return unbooted(options, started, {
			verdict: "unbootable",
			kernel: kernel.version,
			explanation
		});
	}
	return bootWithHarness(options, {
		image: {
			systemd,
			rootType: rootImage.type
		},
		kernel: kernel.version,
		...defined({ modulesOf: kernel.unified === void 0 ? kernel.version : kernel.unified.version }),
		seconds: image.seconds,
		prepare: async ({ busybox, settings, nonce, folder }) => {
			const initrd = join(folder, "initrd");
			await writeFile(initrd, await makeInitrd({
				busybox,
				kernel,
				moduleFiles,
				settings,
				nonce
			}));
			return (common) => machineArguments({
				...common,
				kernel: image.kernelFile,
				initrd,
				rootImage: rootImage.file,
				kernelArguments: [...unifiedArguments(kernel), ...options.kernelArguments ?? []],
				...defined({
					stateDisk: options.state?.disk,
					installation: options.installation
				})
			});
		}
	});
}
const longestCommandLine = 2048;
/** The arguments in a unified kernel image. Consoles are always ours, because the report is made from them. */
function unifiedArguments({ unified, path }) {
	if (unified === void 0) return [];
	const { commandLine } = unified;
	if (commandLine.length > longestCommandLine || /[^ -~]/.test(commandLine)) throw new InputError({
		where: path,
		problem: "the command line of the unified kernel image is not one line of printable text",
		found: commandLine.slice(0, 100)
	});
	return commandLine.split(/\s+/).filter((word) => word !== "" && !word.startsWith("console="));
}
// src/loop/boot-test/machine/disk-image.ts
/**
* The command that installs an image on a disk, whose device comes after it (bootc-install-to-disk(8)). With a source it
* needs no container around it.
*/
function installCommand(options) {
	const { source, target, architecture, filesystem } = options;
	const { consoleTerminal } = machineTypeOf(architecture);
	return [
		...[
			"bootc",
			"install",
			"to-disk"
		],
		...[
			"--source-imgref",
			source,
			"--target-imgref",
			target
		],
		...["--generic-image", "--wipe"],
		...["--filesystem", filesystem],
		...["--karg", `console=${consoleTerminal}`],
		...["--karg", "panic=-1"],
		...(options.kernelArguments ?? []).flatMap((each) => ["--karg", each])
	];
}
/** Systemd credential that adds a unit to a machine without touching its disk; needs systemd 256 in the image. */
const unitCredential = "systemd.extra-unit.coxswain.service";
const dropInCredential = "systemd.unit-dropin.multi-user.target";
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
		...processorArguments(type, accelerator),
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
		...readOnlyDisk("tools", options.toolsDisk),
		...["-smbios", credential(unitCredential, unitFile(options.nonce))],
		...["-smbios", credential(dropInCredential, "[Unit]\nWants=coxswain.service\n")],
		...portArguments(type, options),
		...networkArguments(network)
	];
}
// src/loop/boot-test/machine/disk-needs.ts
init_errors();
/** The paths in Debian, Ubuntu and Fedora. */
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
* Makes sure that an image can be installed on a disk and started from it, before anything long begins. It is installed
* inside a virtual machine, so this machine needs no loop devices, no partitions and no containers.
* @param about.root the image's root file system
* @throws InputError that names everything that is missing
*/
async function requireDiskMode(about, env = process.env) {
	const { root, architecture } = about;
	const firmware = await firstOf(knownFirmware[architecture] ?? [], async ({ code, variables }) => Boolean(await exists(code) && await exists(variables)));
	const systemd = await systemdVersion(root);
	const programs = await missingPrograms(root);
	const problems = [
		findTool("skopeo", env) === void 0 ? "skopeo is not installed (package skopeo)" : void 0,
		firmware === void 0 ? `UEFI firmware for ${architecture} cannot be found (packages ovmf, qemu-efi-aarch64)` : void 0,
		programs.length === 0 ? void 0 : `the image has no ${programs.join(", ")}`,
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
/** The programs that `bootc install to-disk` calls. Of each list of names, one is enough. */
const neededPrograms = [
	["/usr/bin/bootc"],
	["/usr/bin/bootupctl", "/usr/bin/bootctl"],
	[
		"/usr/sbin/sfdisk",
		"/usr/bin/sfdisk",
		"/sbin/sfdisk"
	],
	[
		"/usr/sbin/mkfs.xfs",
		"/usr/bin/mkfs.xfs",
		"/sbin/mkfs.xfs"
	],
	[
		"/usr/bin/udevadm",
		"/usr/sbin/udevadm",
		"/bin/udevadm"
	]
];
async function missingPrograms(root) {
	const missing = [];
	for (const places of neededPrograms) if (await firstOf(places, async (path) => (await root.resolve(path))?.kind === "file") === void 0) missing.push(places[0]);
	return missing;
}
async function firstOf(all, fits) {
	for (const each of all) if (await fits(each)) return each;
}
// src/loop/boot-test/guest/shell/install.sh
var install_default = "# Installs the image on a disk by its own bootc, in a machine that was booted from that image. The settings, and install()\n# with the command, come before these lines.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings\nbusybox=/run/coxswain/busybox\n\n# Prints the device of the disk with the serial number $1.\nfind_disk() {\n  for serial in /sys/block/*/serial; do\n    [ \"$(\"$busybox\" cat \"$serial\" 2>/dev/null)\" = \"$1\" ] || continue\n    device=${serial%/serial}\n    echo \"/dev/${device##*/}\"\n    return 0\n  done\n  echo \"the machine has no disk $1\" >&2\n  return 1\n}\n\nimage=$(find_disk \"$image_disk\") && target=$(find_disk \"$target_disk\") || exit 1\n# bootc keeps what it downloads there, and an image may lack it until systemd makes it.\n\"$busybox\" mkdir -p \"$image_folder\" /var/tmp\n\"$busybox\" mount -t erofs -o ro \"$image\" \"$image_folder\" || exit 1\ninstall \"$target\" || exit 1\n\"$busybox\" sync\n";
// src/loop/boot-test/guest/install-script.ts
/** Where the machine that installs has the image. */
const imageFolder = "/run/coxswain-image";
/** Name of the test that is the installation. */
const installTestName = "installation on a disk";
/**
* The installation of an image as one shell script, for a machine that was booted from that image.
* @param commandFor the command, given the image as bootc names it; the device of the disk comes after it
* @param layout name of the image in its OCI layout
*/
function installScript(commandFor, layout) {
	const values = {
		image_disk: diskNames.image,
		target_disk: diskNames.target,
		image_folder: imageFolder
	};
	const settings = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`);
	const command = commandFor(`oci:${imageFolder}:${layout}`);
	return `#!/run/coxswain/busybox sh
${settings.join("")}install() { ${command.map(quoted).join(" ")} "$@"; }
${install_default}`;
}
// src/loop/boot-test/rehearsal/state-disk.ts
/** Largest size of the disk; the file needs only the space that is written. */
const megabytes = 8192;
/** Makes an empty disk that is kept when a machine ends, for /var and the changes in /etc. */
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
// src/loop/boot-test/guest/ostree-sysroot.ts
init_errors();
/** The "stateroot": ostree(1) calls it the name of the operating system. */
const stateroot = "default";
/** The device of the root. Deployments that ostree makes in the machine inherit these arguments. */
const rootArguments = [
	"root=/dev/vda",
	"rootfstype=ext4",
	"rw"
];
/** Makes an empty system root: what `ostree admin init-fs` and `ostree admin stateroot-init` make. */
async function initSysroot(sysroot) {
	const repository = join(sysroot, "ostree/repo");
	for (const name of [...[
		"objects",
		"extensions",
		"state",
		"tmp/cache"
	], ...[
		"refs/heads",
		"refs/mirrors",
		"refs/remotes"
	]]) await mkdir(join(repository, name), { recursive: true });
	await writeFile(join(repository, "config"), "[core]\nrepo_version=1\nmode=bare\n\n[sysroot]\nreadonly=true\nbootloader=none\nbootprefix=true\n");
	for (const name of [
		"boot",
		"dev",
		"home",
		"proc",
		"root",
		"run",
		"sys",
		"tmp"
	]) await mkdir(join(sysroot, name), { recursive: true });
	for (const name of [
		"lib",
		"log",
		"tmp"
	]) await mkdir(join(sysroot, "ostree/deploy", stateroot, "var", name), { recursive: true });
}
/** Adds an image to the repository and deploys it as the first deployment of the system root. */
async function deployImage(tool, options) {
	const { sysroot, layout, target, log } = options;
	await log.task(`deploying the image with ostree (${tool.name})`, () => tool.run({
		folders: {
			sysroot,
			layout
		},
		args: ({ sysroot, layout }) => [
			...[
				"container",
				"image",
				"deploy",
				"--sysroot",
				sysroot,
				"--stateroot",
				stateroot
			],
			...["--imgref", unverified(`oci:${layout}`)],
			...["--target-imgref", unverified(`registry:${target}`)],
			...rootArguments.flatMap((each) => ["--karg", each])
		]
	}));
}
/**
* Adds an image to the repository, as a node downloads it before it deploys it.
* @returns the ostree commit of the image
*/
async function pullImage(tool, options) {
	const { sysroot, layout, log } = options;
	const before = await imageCommits(sysroot);
	await log.task(`getting the image into the ostree repository (${tool.name})`, () => tool.run({
		folders: {
			sysroot,
			layout
		},
		args: ({ sysroot, layout }) => [...[
			"container",
			"image",
			"pull",
			"--quiet",
			`${sysroot}/ostree/repo`,
			unverified(`oci:${layout}`)
		]]
	}));
	const [added] = [...await imageCommits(sysroot)].filter(([ref]) => !before.has(ref));
	if (added !== void 0) return added[1];
	throw new InputError({
		where: layout,
		problem: "ostree has this image already"
	});
}
/** The name of an image in the origin of its deployment. The machine has no policy for signatures. */
function unverified(reference) {
	return `ostree-unverified-image:${reference}`;
}
/** Commits of the images in a repository, by their refs (ostree-ext: `ostree/container/image/…`). */
async function imageCommits(sysroot) {
	const folder = join(sysroot, "ostree/repo/refs/heads/ostree/container/image");
	const found = /* @__PURE__ */ new Map();
	const entries = await readdir(folder, {
		recursive: true,
		withFileTypes: true
	}).catch(() => []);
	for (const entry of entries) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		found.set(path, (await readFile(path, "utf8")).trim());
	}
	return found;
}
/** Reads a boot entry: lines of a key and a value. */
function readBootEntry(text, where) {
	const value = (key) => new RegExp(`^${key}[ \\t]+(.*)$`, "m").exec(text)?.[1]?.trim();
	const [kernel, initrd, options] = [
		value("linux"),
		value("initrd"),
		value("options")
	];
	if (kernel === void 0 || initrd === void 0 || options === void 0) throw new InputError({
		where,
		problem: "this boot entry lacks linux, initrd or options",
		found: text.slice(0, 500)
	});
	const plain = (path) => path.replace(/^\/+(boot\/)?/, "");
	return {
		version: Number(value("version") ?? 0),
		kernel: plain(kernel),
		initrd: plain(initrd),
		options: options.split(/\s+/)
	};
}
// src/loop/boot-test/guest/ostree-disk.ts
init_errors();
/** How much a machine may write; the file needs only the space that is written. */
const freeBytes = 8 * 1024 ** 3;
/** Makes the disk of a system root, with owners, modes, links and extended attributes as they are. */
async function makeOstreeDisk(sysroot, file) {
	const { stdout } = await exec("du", [
		"--summarize",
		"--block-size=1",
		sysroot
	]);
	const used = Number.parseInt(stdout, 10);
	const handle = await open(file, "w");
	await handle.truncate(Math.ceil((used * 1.2 + freeBytes) / 2 ** 20) * 2 ** 20);
	await handle.close();
	await exec("mkfs.ext4", [...[
		"-q",
		"-F",
		"-L",
		"root",
		"-m",
		"0"
	], ...[
		"-E",
		"lazy_itable_init=1,lazy_journal_init=1",
		"-d",
		sysroot,
		file
	]], { doing: "making a disk of the ostree system root" });
}
/** Applies what a machine left in the journal of the file system, because it ended without unmounting. */
async function settleDisk(disk) {
	await exec("e2fsck", [
		"-p",
		"-E",
		"journal_only",
		disk
	], {
		allow: [0, 1],
		doing: "reading the disk that the machine left"
	});
}
/** The boot entries of a disk, newest first: what a boot loader would offer. */
async function readBootEntries(disk) {
	const folder = "/boot/loader/entries";
	const names = (await debugfs(disk, `ls -p ${folder}`)).split("\n").flatMap((line) => {
		const name = line.split("/")[5] ?? "";
		return /^[\w.-]+\.conf$/.test(name) ? [name] : [];
	});
	const entries = await Promise.all(names.map(async (name) => readBootEntry(await debugfs(disk, `cat ${folder}/${name}`), `${folder}/${name}`)));
	if (entries.length === 0) throw new OutsideError("reading the disk", "ostree left no boot entry on it");
	return entries.sort((a, b) => b.version - a.version);
}
/** Copies the kernel and the initramfs of a boot entry from a disk. */
async function copyBootFiles(disk, entry, folder) {
	const files = {
		kernel: join(folder, "vmlinuz"),
		initramfs: join(folder, "initramfs")
	};
	await copyOut(disk, `/boot/${entry.kernel}`, files.kernel);
	await copyOut(disk, `/boot/${entry.initrd}`, files.initramfs);
	return files;
}
async function copyOut(disk, path, to) {
	if (/[^\w./+~-]/.test(path)) throw new OutsideError("reading the disk", `a path with unsupported characters: ${path}`);
	await debugfs(disk, `dump ${path} ${to}`);
	if ((await stat(to)).size === 0) throw new OutsideError("reading the disk", `${path} does not exist`);
}
/** debugfs(8) exits with 0 for a command that fails. */
async function debugfs(disk, command) {
	const { stdout, stderr } = await exec("debugfs", [
		"-R",
		command,
		disk
	], { doing: `reading ${disk}` });
	const complaints = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("debugfs "));
	if (complaints.length > 0) throw new OutsideError(`reading the disk (${command})`, complaints.join("; "));
	return stdout;
}
// src/loop/boot-test/guest/shell/enter.sh
var enter_default = "#!/coxswain/busybox sh\n# First process in the image's own initramfs (rdinit= on the kernel's command line): puts what starts the harness into\n# /run, which stays when the root changes, and becomes the initramfs's own first process.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings\n/coxswain/busybox mkdir -p /run\n/coxswain/busybox mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run\n/coxswain/busybox cp -a /coxswain /run/coxswain-start\n/coxswain/busybox mkdir /run/coxswain-start/bin\n/coxswain/busybox --install -s /run/coxswain-start/bin\nexport PATH=/run/coxswain-start/bin\n# shellcheck source=/dev/null\n. /coxswain/settings\nunits=/run/systemd/system\nfor target in multi-user emergency rescue; do\n  mkdir -p \"$units/$target.target.wants\"\n  ln -s ../coxswain.service \"$units/$target.target.wants/coxswain.service\"\ndone\nln -s ../coxswain-initramfs.service \"$units/emergency.target.wants/coxswain-initramfs.service\"\nmv /run/coxswain-start/*.service \"$units/\"\nmkdir -p /run/systemd/system-generators\nfor name in $masked_generators; do ln -s /dev/null \"/run/systemd/system-generators/$name\"; done\nexec /init\n";
// src/loop/boot-test/guest/shell/enter-harness.sh
var enter_harness_default = "# Mounts the disk with the tools and starts the harness from it, in the root of the image.\n# shellcheck shell=dash\n# shellcheck disable=SC2154 # the settings\nhere=${0%/*}\nexport PATH=\"$here/bin\"\nread -r nonce <\"$here/nonce\"\nrm \"$here/nonce\"\n# shellcheck source=/dev/null\n. \"$here/settings\"\n# shellcheck source=src/loop/boot-test/guest/shell/library.sh\n. \"$here/library\"\n\nfail() {\n  on_console \"$1\"\n  if open_channel; then say problem \"$1\"; fi\n  poweroff -f\n}\n\n# The device with the serial number of the tools' disk; the kernel may find it late.\nfind_tools() {\n  for serial in /sys/block/*/serial; do\n    [ -e \"$serial\" ] || continue\n    [ \"$(cat \"$serial\")\" = \"$tools_disk\" ] || continue\n    device=\"${serial%/serial}\"\n    device=\"/dev/${device##*/}\"\n    [ -b \"$device\" ] && return 0\n  done\n  return 1\n}\n\ntries=0\nuntil find_tools; do\n  [ $tries -lt 600 ] || fail \"the kernel did not find the disk with the tests\"\n  tries=$((tries + 1))\n  usleep 100000\ndone\nmkdir -p \"$guest_folder\"\n# The kernel loads the driver with the image's own modprobe.\nmount -t erofs -o ro \"$device\" \"$guest_folder\" || fail \"the kernel cannot mount erofs\"\nexec \"$guest_folder/busybox\" sh \"$guest_folder/unit-start\" \"$nonce\"\n";
// src/loop/boot-test/guest/shell/initramfs-failed.sh
var initramfs_failed_default = "# The image's initramfs ended in emergency mode: reports the end of its journal, and powers off.\n# shellcheck shell=dash\nhere=${0%/*}\nexport PATH=\"$here/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\nread -r nonce <\"$here/nonce\"\n# shellcheck source=/dev/null\n. \"$here/settings\"\n# shellcheck source=src/loop/boot-test/guest/shell/library.sh\n. \"$here/library\"\nmodprobe -q virtio_console\non_console \"the initramfs of the image ended in emergency mode\"\nif open_channel; then\n  journalctl --boot --no-pager --output=short-monotonic --no-hostname >&4 2>/dev/null\n  failed=$(systemctl list-units --state=failed --plain --no-legend 2>/dev/null | cut -d ' ' -f 1 | tr '\\n' ' ')\n  say problem \"the initramfs of the image ended in emergency mode; failed: ${failed:-nothing}\"\nfi\npoweroff -f\n";
// src/loop/boot-test/guest/ostree-initrd.ts
/** The kernel argument that makes our script the first process of an initramfs; it then starts `/init`. */
const enterArgument = "rdinit=/coxswain/enter";
/**
* Puts the harness before an image's own initramfs, whose bytes do not change. It comes first, because the kernel
* silently ignores an archive after some compressed ones.
*/
async function makeOstreeInitrd(options) {
	const file = (name, content, mode = 420) => ({
		path: `coxswain/${name}`,
		content,
		mode
	});
	const own = writeNewc([
		{
			path: "coxswain",
			content: folder,
			mode: 448
		},
		file("busybox", await readFile(options.busybox), 493),
		file("enter", enter_default, 493),
		file("enter-harness", enter_harness_default),
		file("initramfs-failed", initramfs_failed_default),
		file("settings", settingsText(options.settings)),
		file("library", library_default),
		file("nonce", `${options.nonce}\n`, 384),
		file("coxswain.service", unit("enter-harness", "!")),
		file("coxswain-initramfs.service", unit("initramfs-failed", ""))
	]);
	const padding = Buffer.alloc((512 - own.length % 512) % 512);
	return Buffer.concat([
		own,
		padding,
		await readFile(options.initramfs)
	]);
}
/** The unit has no default dependencies, so that it starts in emergency mode too. */
function unit(script, unless) {
	return `[Unit]
Description=Coxswain boot test
DefaultDependencies=no
Conflicts=shutdown.target
ConditionPathExists=${unless}/etc/initrd-release

[Service]
ExecStart=/run/coxswain-start/busybox sh /run/coxswain-start/${script}
ExecStopPost=/run/coxswain-start/busybox poweroff -f
OOMScoreAdjust=-900
`;
}
// src/loop/boot-test/machine/ignition.ts
/** What makes Ignition run in the initramfs: this is the machine's first boot, and QEMU is where it runs. */
const ignitionArguments = ["ignition.firstboot", "ignition.platform.id=qemu"];
/** Files that the firmware shows to the guest, by their names there. @param path of the configuration */
function ignitionFiles(path) {
	return { "opt/com.coreos/config": path };
}
init_errors();
/** Programs of this machine that the mode needs, besides those of every boot test. */
const ostreeTools = [
	"skopeo",
	"mkfs.ext4",
	"e2fsck",
	"debugfs",
	"du"
];
/** Copies an image into a folder without changing its digest and its layers. */
async function fetchImage(source, folder, log) {
	requireTools(["skopeo"]);
	const layout = `${join(folder, "image")}:image`;
	const insecure = source.plainHttp ? ["--src-tls-verify=false"] : [];
	await log.task(`copying ${source.name}`, () => exec("skopeo", [
		"copy",
		"--quiet",
		"--preserve-digests",
		...insecure,
		source.place,
		`oci:${layout}`
	], { doing: `copying ${source.name}` }));
	return {
		layout,
		target: source.storedAs ?? "localhost/image:local"
	};
}
/**
* Deploys an image with ostree on a new disk.
* @param options.folder gets the disk; the caller removes it
* @param options.next another image, which the machine will update to: it is put into the repository of the disk, as a
* node downloads an update before it deploys it
* @throws OutsideError if the image cannot be deployed
*/
async function prepareOstreeDisk(options) {
	const { image, next, tool, folder, log } = options;
	requireTools(ostreeTools);
	const file = join(folder, "ostree.img");
	const sysroot = join(folder, "sysroot");
	let pulled;
	return {
		file,
		seconds: await timed(async () => {
			await initSysroot(sysroot);
			await deployImage(tool, {
				sysroot,
				...image,
				log
			});
			if (next !== void 0) pulled = await pullImage(tool, {
				sysroot,
				layout: next.layout,
				log
			});
			await log.task("making the disk of the machine", () => makeOstreeDisk(sysroot, file));
			await rm(sysroot, { recursive: true });
		}),
		tool: tool.name,
		...defined({ pulled })
	};
}
/**
* Boots a disk as a boot loader would, with the image's own initramfs, and runs the tests.
* @param about.root the image that this entry deploys
* @param about.keep what the machine writes to the disk stays there
* @param about.entry of the boot menu, from 0 (default: the newest)
* @param about.ignition path of a configuration for Ignition; the machine then has its first boot
*/
async function bootOstree(disk, options, about) {
	const entries = await readBootEntries(disk.file);
	const entry = entries[about.entry ?? 0];
	if (entry === void 0) throw new OutsideError("reading the disk", `ostree left ${entries.length} boot entries on it`);
	const { ignition } = about;
	return bootWithHarness(options, {
		image: {
			systemd: await findSystemd(about.root),
			rootType: "ext4"
		},
		kernel: "",
		seconds: disk.seconds,
		prepare: async ({ busybox, settings, nonce, folder }) => {
			const initrd = join(folder, "initrd");
			const boot = await copyBootFiles(disk.file, entry, folder);
			const { initramfs } = boot;
			await writeFile(initrd, await makeOstreeInitrd({
				busybox,
				initramfs,
				settings,
				nonce
			}));
			return (common) => machineArguments({
				...common,
				kernel: boot.kernel,
				initrd,
				rootImage: disk.file,
				rootWrites: about.keep ? "kept" : "dropped",
				kernelArguments: [
					enterArgument,
					...entry.options,
					...ignition === void 0 ? [] : ignitionArguments,
					...options.kernelArguments ?? []
				],
				...defined({ firmwareFiles: ignition === void 0 ? void 0 : ignitionFiles(ignition) })
			});
		}
	});
}
// src/loop/boot-test/machine/install-in-machine.ts
/** Largest size of an installation; the file needs only the space that is written. */
const diskGigabytes = 16;
const leastMegabytes = 2048;
const timeoutSeconds = 2400;
/**
* Installs an image on a new disk. The image's own bootc does it, in a virtual machine that was booted from the image: it
* has the partitions, udev and the rights that bootc needs, whatever this machine is.
* @param about.folder an empty folder for the work; the caller removes it
* @returns the disk, or the report of a machine that did not install the image
*/
async function installInMachine(options, about) {
	const { folder, source, root, image } = about;
	const { log, architecture, kernelArguments } = options;
	const { layout, target } = await fetchImage(source, folder, log);
	const separator = layout.lastIndexOf(":");
	const [layoutFolder, name] = [layout.slice(0, separator), layout.slice(separator + 1)];
	const disks = {
		image: join(folder, "image.erofs"),
		target: join(folder, "disk.raw"),
		state: join(folder, "state")
	};
	await exec("mkfs.erofs", [
		"--all-root",
		disks.image,
		layoutFolder
	], { doing: "making a disk with the image" });
	const handle = await open(disks.target, "w");
	await handle.truncate(diskGigabytes * 1e9);
	await handle.close();
	await makeStateDisk(disks.state);
	const script = join(folder, "install");
	const commandFor = (from) => installCommand({
		source: from,
		target: `registry:${target}`,
		architecture,
		filesystem: "xfs",
		...kernelArguments === void 0 ? {} : { kernelArguments }
	});
	await writeFile(script, installScript(commandFor, name));
	const prepared = join(folder, "prepared");
	await mkdir(prepared);
	const { testsFolder: _, deadlineSeconds: __, ...machine } = options;
	const report = await bootPrepared(await prepareImage({
		root,
		image,
		folder: prepared,
		log
	}), {
		...machine,
		memoryMegabytes: Math.max(leastMegabytes, options.memoryMegabytes ?? 0),
		tests: [{
			name: installTestName,
			path: script,
			timeoutSeconds
		}],
		state: {
			disk: disks.state,
			deployment: "old"
		},
		installation: {
			image: disks.image,
			target: disks.target
		},
		outputFolder: join(options.outputFolder, "installation")
	});
	const test = report.tests.find((each) => each.name === installTestName);
	if (test?.result === "passed") return { disk: disks.target };
	return { failed: test === void 0 ? report : failedInstallation(report, test.output) };
}
function failedInstallation(report, output) {
	const [last = "it printed nothing"] = output.trim().split("\n").slice(-1);
	return {
		...report,
		verdict: "unbootable",
		explanation: `The image could not be installed on a disk by its own bootc: ${last}`
	};
}
/**
* As `runBootTest`, but through the boot loader: the image installs itself on a disk with its own bootc, inside a virtual
* machine, and a second machine starts from that disk through its firmware.
* @throws InputError when this host or the image lacks something
*/
async function runDiskTest(options) {
	const { architecture, image, source, log, ...rest } = options;
	const root = insideRoot(options.root);
	const firmware = await requireDiskMode({
		root,
		architecture
	});
	const kernel = await requireKernel(root, image);
	const systemd = await findSystemd(root);
	return withTemporaryFolder("disk", async (folder) => {
		const started = performance.now();
		const installed = await log.task("installing the image on a disk, in a machine", () => installInMachine({
			...rest,
			architecture,
			log
		}, {
			root: options.root,
			image,
			source,
			folder
		}));
		if ("failed" in installed) return installed.failed;
		return bootWithHarness(options, {
			image: {
				systemd,
				rootType: "erofs"
			},
			kernel: kernel.version,
			...defined({ modulesOf: kernel.unified === void 0 ? kernel.version : kernel.unified.version }),
			seconds: (performance.now() - started) / 1e3,
			prepare: async ({ nonce, folder: machineFolder }) => {
				const variables = await freshVariables(firmware, machineFolder);
				return (common) => firmwareMachineArguments({
					...common,
					firmware: {
						code: firmware.code,
						variables
					},
					disk: installed.disk,
					nonce
				});
			}
		});
	});
}
/** The firmware writes to its variables: each machine has its own. */
async function freshVariables(firmware, folder) {
	const file = join(folder, "variables.fd");
	await copyFile(firmware.variables, file);
	await chmod(file, 384);
	return file;
}
// src/loop/boot-test/guest/deploy-tool.ts
init_errors();
/** Built by script/rust-tools. */
const ownProgram = "ostree-deploy";
/** `ostree container` of an image: rpm-ostree or bootc under another name. */
const imageExtension = "usr/libexec/libostree/ext/ostree-container";
/** ostree marks the folder of a deployment as immutable, but a temporary folder must be removed. */
const environment = { OSTREE_SYSROOT_DEBUG: "mutable-deployments" };
/**
* What deploys this image: its own rpm-ostree or bootc, or else `ostree-deploy` of this machine.
* @param image.run absent: the image's programs cannot be run here
* @returns undefined without any
*/
async function findDeployTool(image, env = process.env) {
	if (image.run !== void 0 && await hasExtension(image.root)) return inImage(image.run);
	return findTool("ostree-deploy", env) === void 0 ? void 0 : onHost;
}
/** The link is checked and not followed, because the image chooses its target. */
async function hasExtension(root) {
	try {
		await lstat(join(root, imageExtension));
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
const onHost = {
	name: ownProgram,
	makesComposefs: false,
	run: async ({ folders, args }) => {
		const words = args(folders);
		await exec(ownProgram, words, {
			env: environment,
			doing: `deploying the image (${ownProgram} ${words.join(" ")})`
		});
	}
};
function inImage(run) {
	return {
		name: "the ostree of the image",
		makesComposefs: true,
		run: async ({ folders, args }) => {
			const names = Object.keys(folders);
			const seen = Object.fromEntries(names.map((name) => [name, `/run/coxswain/${name}`]));
			const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
			const words = args(seen);
			const { exitCode, output } = await run([
				"/usr/bin/env",
				...settings,
				"/usr/bin/ostree",
				...words
			], { folders: Object.fromEntries(names.map((name) => [folders[name], `/run/coxswain/${name}`])) });
			if (exitCode === 0) return;
			throw new OutsideError(`deploying the image (ostree ${words.join(" ")}, in the image)`, `exit code ${exitCode}\n${output.trimEnd().split("\n").slice(-12).join("\n")}`);
		}
	};
}
// src/loop/boot-test/machine/ostree-needs.ts
init_errors();
/** The label of an image that is an ostree commit with layers on it; ostree-ext deploys no other. */
const commitLabel = "ostree.final-diffid";
const largestInitramfs = 1073741824;
/** An ostree commit with layers on it, as every image derived from Fedora CoreOS is. */
function isOstreeCommit({ labels }) {
	return labels[commitLabel] !== void 0;
}
/**
* Finds out whether an image can be deployed with ostree here, and by what.
* @param image.run absent: the image is of another architecture, and its programs cannot be run here
*/
async function chooseOstree(image, env = process.env) {
	const { root, config, run } = image;
	const obstacles = [];
	if (!isOstreeCommit(config)) obstacles.push(`the image is not an ostree commit (it has no label ${commitLabel})`);
	obstacles.push(...await initramfsObstacles(image));
	if (run === void 0) obstacles.push("the image is made for another architecture than this machine");
	const missing = ostreeTools.filter((name) => findTool(name, env) === void 0);
	if (missing.length > 0) obstacles.push(`${missing.join(", ")} cannot be found on this machine`);
	const tool = run === void 0 ? void 0 : await findDeployTool({
		root: root.folder,
		run
	}, env);
	if (tool === void 0) obstacles.push(`nothing here can deploy it: the image has no ostree-container of rpm-ostree or bootc, and this machine no ${ownProgram} (script/rust-tools ${ownProgram})`);
	else if (!tool.makesComposefs && await needsComposefs(root)) obstacles.push(`the image wants composefs, which ${tool.name} does not make`);
	return tool !== void 0 && obstacles.length === 0 ? { tool } : { obstacles };
}
/** @throws InputError that names everything that is missing */
function requireOstree(choice) {
	if (choice.tool !== void 0) return choice.tool;
	throw new InputError({
		field: "mode",
		problem: `the image cannot be deployed with ostree here: ${choice.obstacles.join("; ")}`,
		found: "ostree",
		remedy: "Provide what is missing, or use the mode direct, which needs none of it."
	});
}
async function initramfsObstacles(image) {
	const { root, name, ignition } = image;
	const { modules, unified } = await requireKernel(root, name);
	if (unified !== void 0) return ["the image has a unified kernel image, which no boot entry of ostree starts"];
	const bytes = await root.readFile(`${modules}/initramfs.img`, { largest: largestInitramfs });
	if (bytes === void 0) return ["the image has no initramfs"];
	try {
		const { hasPrepareRoot, hasIgnition } = await readInitramfs(bytes);
		return [...hasPrepareRoot ? [] : ["the image's initramfs has no ostree-prepare-root"], ...hasIgnition || !ignition ? [] : ["the image's initramfs has no Ignition for boot-test.ignition"]];
	} catch (error) {
		return [`the image's initramfs cannot be read: ${messageOf(error)}`];
	}
}
/** ostree-prepare-root(1): `composefs.enabled` in prepare-root.conf; `maybe` works without it. */
async function needsComposefs(root) {
	for (const folder of [
		"/etc",
		"/usr/etc",
		"/usr/lib"
	]) {
		const bytes = await root.readFile(`${folder}/ostree/prepare-root.conf`, { largest: 65536 });
		if (bytes === void 0) continue;
		const section = /^\[composefs\]([^[]*)/m.exec(bytes.toString("utf8"))?.[1] ?? "";
		return /^\s*enabled\s*=\s*(yes|true|signed|verity|1)\s*$/im.test(section);
	}
	return false;
}
// src/loop/boot-test/guest/shell/ostree-back.sh
var ostree_back_default = "#!/bin/sh\n# Runs after the rollback: the machine is on the previous release.\nostree admin status\nif ostree admin status | grep -q \"^\\* .*$COXSWAIN_OSTREE_COMMIT\"; then\n  echo \"the machine is still on the new release\"\n  exit 1\nfi\n";
// src/loop/boot-test/guest/shell/ostree-deploy.sh
var ostree_deploy_default = "#!/bin/sh\n# Deploys the new release beside the running one, as an update does. ostree merges /etc; it may refuse.\nset -eu\norigin=/run/coxswain-origin\nprintf '[origin]\\ncontainer-image-reference=%s\\n' \"$COXSWAIN_OSTREE_ORIGIN\" >\"$origin\"\nostree admin deploy --origin-file=\"$origin\" \"$COXSWAIN_OSTREE_COMMIT\"\nostree admin status\n";
// src/loop/boot-test/guest/shell/ostree-rollback.sh
var ostree_rollback_default = "#!/bin/sh\n# Runs on the new release: makes the previous release the default of the next boot, as a rollback does.\nset -eu\nostree admin status\nostree admin status | grep -q \"^\\* .*$COXSWAIN_OSTREE_COMMIT\" || {\n  echo \"the machine did not boot the new release\"\n  exit 1\n}\nostree admin set-default 1\nostree admin status\n";
// src/loop/boot-test/rehearsal/rehearsal.ts
/**
* Takes one machine from an earlier release to the candidate and back, as ostree does: /var stays the machine's own,
* changes in /etc win over the new image's defaults, and after the rollback /etc is as before.
*/
async function rehearseUpgrade(options) {
	const { from, candidate } = options;
	return withTemporaryFolder("rehearsal", async (folder) => {
		const disk = join(folder, "state");
		await makeStateDisk(disk);
		return rehearse(options, (stage, boot) => {
			const upgraded = stage === "after-upgrade";
			const state = {
				disk,
				deployment: upgraded ? "new" : "old"
			};
			return bootPrepared(upgraded ? candidate.image : from.image, {
				...boot,
				state
			});
		});
	});
}
/**
* Takes one machine through the stages of an update.
* @param bootStage boots the machine for a stage, with the tests of that stage
*/
async function rehearse(script, bootStage) {
	const { from } = script;
	const machines = [];
	const tests = [];
	const problems = [];
	let identity = {};
	for (const stage of upgradeStages) {
		const report = await bootStage(stage, stageOptions(script, stage));
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
}
const titles = {
	"before-upgrade": "before the upgrade",
	"after-upgrade": "after the upgrade",
	"after-rollback": "after the rollback"
};
function stageOptions({ from, candidate, tests, machine }, stage) {
	return {
		...machine,
		tests: tests[stage],
		outputFolder: join(machine.outputFolder, stage),
		environment: {
			...machine.environment,
			COXSWAIN_STAGE: stage,
			COXSWAIN_FROM_VERSION: from.version,
			COXSWAIN_TO_VERSION: candidate.version
		}
	};
}
/** The tests of a machine, and a check that it is still the same machine. */
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
/**
* What the harness does at the end of each stage, as a test of that name. No user's test does the update.
*/
const steps = {
	"before-upgrade": {
		name: "ostree-deploy",
		text: ostree_deploy_default
	},
	"after-upgrade": {
		name: "ostree-rollback",
		text: ostree_rollback_default
	},
	"after-rollback": {
		name: "ostree-back",
		text: ostree_back_default
	}
};
/** A deployment writes a whole /etc and syncs the disk. */
const stepSeconds = 600;
/**
* As `rehearseUpgrade`, on a real ostree system: the machine itself deploys the candidate beside its release, with its
* own ostree, and goes back by it.
* @param about.disk has the earlier release deployed and the candidate pulled; the machine writes to it
* @param about.target what nodes call the candidate
* @param about.folder an empty folder for the work; the caller removes it
*/
async function rehearseOnOstree(script, about) {
	const { disk, roots, folder, ignition } = about;
	const values = {
		COXSWAIN_OSTREE_COMMIT: disk.pulled ?? "",
		COXSWAIN_OSTREE_ORIGIN: unverified(`registry:${about.target}`)
	};
	let stay = false;
	return rehearse(script, async (stage, options) => {
		if (stage !== "before-upgrade") await settleDisk(disk.file);
		const report = await bootOstree(disk, {
			...options,
			environment: {
				...options.environment,
				...values
			},
			tests: [...options.tests, await stepOf(stage, folder)]
		}, {
			root: stage === "after-upgrade" ? roots.candidate : roots.from,
			keep: true,
			entry: stage === "after-rollback" && stay ? 1 : 0,
			...defined({ ignition: stage === "before-upgrade" ? ignition : void 0 })
		});
		stay = stage === "after-upgrade" && !stepPassed(report, stage);
		return report;
	});
}
async function stepOf(stage, folder) {
	const { name, text } = steps[stage];
	const path = join(folder, name);
	await writeFile(path, text);
	return {
		name: `${stage}/${name}`,
		path,
		timeoutSeconds: stepSeconds
	};
}
function stepPassed({ tests }, stage) {
	return tests.some(({ name, result }) => name === `${stage}/${steps[stage].name}` && result === "passed");
}
init_errors();
/**
* Makes an image ready to boot.
* @throws InputError if the requested mode is not possible
*/
async function machineOfMode(options) {
	const { wanted, root, source, config, stored, foreign } = options;
	const ignition = options.ignition !== void 0;
	if (ignition && wanted !== void 0 && wanted !== "ostree") throw ignitionNeedsOstree(wanted);
	if (wanted === "disk") return diskMachine(options);
	if (wanted === "direct" || wanted === void 0 && !ignition) return directMachine(options);
	const run = foreign ? void 0 : stored.run;
	return ostreeMachine(options, requireOstree(await chooseOstree({
		root,
		name: source.name,
		config,
		run,
		ignition
	})));
}
function ignitionNeedsOstree(mode) {
	return new InputError({
		field: "boot-test.ignition",
		problem: `in the mode ${mode}, the machine cannot get a configuration for Ignition`,
		remedy: "Use the mode ostree, or leave the mode out."
	});
}
async function directMachine({ root, source, folder, log }) {
	const prepared = await prepareImage({
		root: root.folder,
		image: source.name,
		folder,
		log
	});
	return {
		mode: "direct",
		boot: (options) => bootPrepared(prepared, options),
		rehearse: (script, from) => rehearseDirectly(script, prepared, from, log)
	};
}
/**
* Boots through the firmware. A rehearsal in this mode would need an installer that can update, so it boots the
* kernel directly.
*/
function diskMachine(options) {
	const { root, source, folder, log } = options;
	let prepared;
	return {
		mode: "disk",
		boot: (boot) => runDiskTest({
			...boot,
			root: root.folder,
			image: source.name,
			source
		}),
		rehearse: async (script, from) => {
			prepared ??= prepareImage({
				root: root.folder,
				image: source.name,
				folder,
				log
			});
			return rehearseDirectly(script, await prepared, from, log);
		}
	};
}
async function rehearseDirectly(script, candidate, from, log) {
	return withTemporaryFolder("from", async (folder) => {
		const image = await prepareImage({
			root: from.root.folder,
			image: from.source.name,
			folder,
			log
		});
		return rehearseUpgrade({
			...script,
			from: {
				...script.from,
				image
			},
			candidate: {
				...script.candidate,
				image: candidate
			}
		});
	});
}
async function ostreeMachine(options, tool) {
	const { root, source, folder, ignition, log } = options;
	const image = await fetchImage(source, folder, log);
	const disk = await prepareOstreeDisk({
		image,
		tool,
		folder,
		log
	});
	return {
		mode: "ostree",
		boot: (boot) => bootOstree(disk, boot, {
			root,
			keep: false,
			...defined({ ignition })
		}),
		rehearse: (script, from) => rehearseWithOstree(script, {
			...options,
			image,
			tool
		}, from)
	};
}
async function rehearseWithOstree(script, candidate, from) {
	const { tool, ignition, log } = candidate;
	return withTemporaryFolder("from", async (folder) => {
		const earlier = join(folder, "earlier");
		await mkdir(earlier);
		const disk = await prepareOstreeDisk({
			image: await fetchImage(from.source, earlier, log),
			next: candidate.image,
			tool,
			folder: earlier,
			log
		});
		const roots = {
			from: from.root,
			candidate: candidate.root
		};
		return rehearseOnOstree(script, {
			disk,
			target: candidate.image.target,
			roots,
			folder,
			...defined({ ignition })
		});
	});
}
// src/loop/boot-test/report/known-failures.ts
/**
* For Fedora CoreOS: such a machine has no boot partition and no labels of SELinux, and in the mode direct no ostree deployment (the units' own sources; fedora-coreos-tracker 1485, 2072, 2136 and 2139 for the boot loader).
*/
const fedoraCoreOs = [
	{
		unit: "bootloader-update.service",
		reason: "it updates the boot loader on the disk of /boot, and the machine has no such disk",
		from: 43
	},
	{
		unit: "bootupd.service",
		reason: "it manages the boot loader on the disk of /boot, and the machine has no such disk"
	},
	{
		unit: "rpm-ostreed.service",
		reason: "it needs the ostree repository in /sysroot, and the machine has no deployment",
		needsDeployment: true
	},
	{
		unit: "zincati.service",
		reason: "it asks rpm-ostree for the booted deployment, and the machine has none: it is started again and again",
		needsDeployment: true
	},
	{
		unit: "coreos-fix-selinux-labels.service",
		reason: "a container image has no labels of SELinux, and the root of the machine cannot be written to"
	}
];
/**
* The units of an image's distribution that cannot work in the machine of a mode.
* @param osRelease what /etc/os-release of the image says
*/
function knownFailuresOf(osRelease, mode) {
	if (!isFedoraCoreOs(osRelease)) return [];
	const release = Number.parseInt(osRelease.VERSION_ID ?? "", 10);
	return fedoraCoreOs.filter(({ from = 0, to = Number.POSITIVE_INFINITY, needsDeployment }) => !(release < from) && !(release > to) && !(mode === "ostree" && needsDeployment));
}
/** Fedora CoreOS, or an image that is derived from it (os-release(5), VARIANT_ID). */
function isFedoraCoreOs({ ID, VARIANT_ID }) {
	return ID === "fedora" && VARIANT_ID === "coreos";
}
// src/loop/boot-test/secure-boot.ts
init_errors();
/** Name of the result of this check. */
const secureBootCheckName = "check: Secure Boot";
/**
* Checks by sbverify that the kernel, or the unified kernel image, is signed by one of the certificates: a firmware or
* a shim with Secure Boot starts nothing else.
* @param image what the image is called in messages
* @throws InputError if sbverify is not installed, or a certificate cannot be read
*/
async function checkSecureBoot(root, image, certificates) {
	const started = performance.now();
	const { path } = await requireKernel(root, image);
	const file = (await root.resolve(path))?.hostPath ?? join(root.folder, path);
	const said = [];
	let isSigned = false;
	for (const certificate of certificates) {
		const { exitCode, stdout, stderr } = await exec("sbverify", [
			"--cert",
			certificate.file,
			file
		], {
			allow: [0, 1],
			doing: "checking the signature of the kernel by sbverify"
		});
		const text = `${stdout}${stderr}`.trim();
		if (/(can't|unable to|couldn't) .*cert/i.test(text)) throw new InputError({
			where: certificate.name,
			field: "boot-test.secure-boot.certificates",
			problem: "sbverify cannot read this certificate",
			found: text.split("\n")[0] ?? "",
			expected: "a certificate in PEM: -----BEGIN CERTIFICATE-----"
		});
		isSigned ||= exitCode === 0;
		said.push(`${certificate.name}: ${text.split("\n").at(-1) ?? ""}`);
	}
	const problem = `${path} is not signed by ${certificates.map(({ name }) => name).join(" or ")}: machines with Secure Boot will not start it`;
	return {
		name: secureBootCheckName,
		result: isSigned ? "passed" : "failed",
		exitCode: isSigned ? 0 : 1,
		seconds: Math.round((performance.now() - started) / 10) / 100,
		output: isSigned ? "" : `${[problem, ...said].join("\n")}\n`
	};
}
/**
* Everything that is tested about an image, the quick checks first, each only if those before succeeded: its
* configuration, its files, a boot with the user's tests, and the updates that nodes will make.
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
		const inside = insideRoot(root);
		const checks = [labels, ...await checkFiles(options, inside, stored.run)];
		if (checks.some(({ result }) => result !== "passed")) return refuse(checks);
		await options.onFiles?.(root);
		await mkdir(outputFolder, { recursive: true });
		return withTemporaryFolder("boot", async (folder) => {
			const machine = await machineOfMode({
				source,
				root: inside,
				stored,
				folder,
				log,
				wanted: options.mode,
				config: image.config,
				foreign: options.foreign,
				...defined({ ignition: options.ignition })
			});
			const boot = await bootOptions(options, inside, machine.mode);
			const agentTest = await hasAgent(inside) ? [await writeAgentTest(await options.agent(), folder)] : [];
			const report = await machine.boot({
				...boot,
				tests: [...options.tests.files, ...agentTest]
			});
			const all = {
				...report,
				mode: machine.mode,
				tests: [...checks, ...report.tests],
				...defined({ agent: agentAnswer(report, agentTest.length > 0) })
			};
			if (report.verdict !== "passed" || options.from.length === 0) return withTotal(all, started);
			return withTotal(await withUpgrades(options, machine, all), started);
		});
	}, {
		log,
		architecture: options.machine.architecture
	});
}
/** What the image's own agent said; undefined if the machine ended before. */
function agentAnswer({ tests }, wasAsked) {
	if (!wasAsked) return "none";
	const test = tests.find(({ name }) => name === agentTestName);
	if (test === void 0) return void 0;
	return test.result === "passed" ? "agrees" : "disagrees";
}
async function checkFiles(options, root, run) {
	const { source, config, foreign, certificates = [] } = options;
	const prepareRoot = isFedoraCoreOs(await readOsRelease(root));
	const lint = foreign ? void 0 : await checkLint(root, run);
	return [
		await checkKernel(root, source.name, { prepareRoot }),
		...certificates.length === 0 ? [] : [await checkSecureBoot(root, source.name, certificates)],
		await checkLeftovers(root, config.bootTest.leftovers),
		...lint === void 0 ? [] : [lint]
	];
}
function notAsShipped(checks) {
	const failed = checks.filter(({ result }) => result !== "passed");
	return {
		verdict: failed.some(({ name }) => name === "check: kernel") ? "unbootable" : "check-failed",
		explanation: `The image lacks what a node needs, and was not booted: ${failed.map(({ name, output }) => `${name}: ${output.trim().split("\n")[0]}`).join("; ")}.`,
		kernel: "",
		tests: checks
	};
}
/** Units that cannot work in such a machine. A machine that boots from a disk has all that they need. */
async function knownFailures({ config }, root, mode) {
	if (mode === "disk" || config.bootTest.knownFailures === "none") return [];
	return knownFailuresOf(await readOsRelease(root), mode);
}
async function bootOptions(options, root, mode) {
	const { machine, testsFolder, config, image, version, fleet, outputFolder, log } = options;
	return {
		...machine,
		testsFolder,
		init: config.bootTest.init,
		allowedUnits: config.bootTest.allowedUnits,
		knownFailures: await knownFailures(options, root, mode),
		environment: {
			COXSWAIN_VERSION: version,
			COXSWAIN_DIGEST: image.manifest.descriptor.digest,
			COXSWAIN_ARCHITECTURE: machine.architecture,
			COXSWAIN_STREAM: config.stream,
			...defined({ COXSWAIN_FLEET: fleet })
		},
		outputFolder,
		log
	};
}
async function withUpgrades(options, machine, report) {
	const upgrades = [];
	for (const from of options.from) upgrades.push(await rehearseFrom(options, machine, from));
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
async function rehearseFrom(options, machine, from) {
	const { version, tests, outputFolder, log } = options;
	const source = inRegistry(from.image);
	const folder = join(outputFolder, `upgrade-from-${from.version.replace(/[^\w.-]/g, "_")}`);
	return withRootFilesystem(source, async (path, stored) => {
		const root = insideRoot(path);
		const boot = await bootOptions(options, root, machine.mode === "disk" ? "direct" : machine.mode);
		return machine.rehearse({
			from: {
				version: from.version,
				digest: from.image.digest
			},
			candidate: { version },
			tests: tests.upgrade,
			machine: {
				...boot,
				outputFolder: folder
			}
		}, {
			source,
			root,
			stored
		});
	}, {
		log,
		architecture: options.machine.architecture
	});
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
init_errors();
/**
* Boots the exact image that the checkout's commit builds, runs the tests of that commit in it, attaches the result
* to the image's digest and comments on the pull request. When it runs again, it finds the evidence and only
* comments. For an image in a folder, the result is only returned and written to files, because there is no registry
* to attach it to.
*/
async function testImage(project, options) {
	const { git, config } = project;
	const { log } = options;
	const commit = await git.run(["rev-parse", "HEAD"]);
	const architecture = options.architecture ?? ownArchitecture(config.architectures);
	const fleet = await fleetOf(project, options, commit);
	const mode = options.mode ?? config.bootTest.mode;
	return withTemporaryFolder("tests", async (folder) => {
		const testsFolder = join(folder, "tests");
		await mkdir(testsFolder);
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
		const earlier = options.force ? void 0 : await evidenceOn(project, tested, tests, mode);
		if (earlier !== void 0 && covers(earlier.evidence, from)) {
			const answer = {
				...known,
				evidence: earlier.evidence
			};
			const pullRequest = await tellPullRequest(project, commit, answer);
			const evidenceDigest = earlier.descriptor.digest;
			return {
				...answer,
				skipped: true,
				...defined({
					evidenceDigest,
					pullRequest
				})
			};
		}
		const signer = await evidenceSigner(project, {
			tested,
			env: options.env ?? {},
			log
		});
		beforeWriting(() => `boot ${source.name}, run its tests (${count(tests.files.length, "file")}), and attach the result`);
		await requireBootTestTools(architecture, options.helper);
		await requireBootSpace(image, {
			env: process.env,
			rehearses: from.length > 0
		});
		const follows = await evidenceBefore(project, tested);
		const output = resolve(options.output);
		return asOnlyWriter(output, async () => {
			const report = await runTests({
				source,
				image,
				version,
				config,
				mode,
				...await ignitionOf(project, commit, folder),
				certificates: await certificatesOf(project, commit, folder),
				machine: machineFor(project, options, architecture),
				tests,
				testsFolder,
				fleet,
				from,
				foreign: ownArchitectureName() !== architecture,
				agent: () => agentQuestion(project, {
					fleet,
					tested,
					architecture,
					log
				}),
				...onFiles(project, tested, {
					signer,
					log
				}),
				outputFolder: output,
				log
			});
			const console = await readFile(report.consoleLog, "utf8");
			const { now: startedAt, env = {} } = options;
			const evidence = evidenceOf(report, {
				tested,
				tests,
				config,
				console,
				startedAt,
				follows,
				env
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
				signer,
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
			const pullRequest = aboutTheImage(report) && options.local === void 0 ? await tellPullRequest(project, commit, answer) : void 0;
			return {
				...answer,
				skipped: false,
				...defined({
					evidenceDigest,
					pullRequest
				})
			};
		});
	});
}
/** The configuration for Ignition as it is in the commit. @throws InputError if the commit has no such file */
async function ignitionOf({ git, config }, commit, folder) {
	const { ignition } = config.bootTest;
	if (ignition === void 0) return {};
	const text = await git.try(["show", `${commit}:${ignition}`]);
	if (text === void 0) throw new InputError({
		where: "coxswain.yaml",
		field: "boot-test.ignition",
		problem: `commit ${shortCommit(commit)} has no such file`,
		found: ignition
	});
	const file = join(folder, "config.ign");
	await writeFile(file, text);
	return { ignition: file };
}
/** The certificates for Secure Boot as they are in the commit. @throws InputError if the commit lacks one */
async function certificatesOf({ git, config }, commit, folder) {
	const files = config.bootTest.secureBoot;
	if (files.length > 0) requireTools(["sbverify"]);
	return Promise.all(files.map(async (name, index) => {
		const text = await git.try(["show", `${commit}:${name}`]);
		if (text === void 0) throw new InputError({
			where: "coxswain.yaml",
			field: "boot-test.secure-boot.certificates",
			problem: `commit ${shortCommit(commit)} has no such file`,
			found: name
		});
		const file = join(folder, `certificate-${index}.pem`);
		await writeFile(file, `${text}\n`);
		return {
			name,
			file
		};
	}));
}
function machineFor({ config }, options, architecture) {
	const deadlineSeconds = options.deadlineSeconds ?? config.bootTest.deadlineSeconds;
	return {
		architecture,
		memoryMegabytes: options.memoryMegabytes ?? config.bootTest.memoryMegabytes,
		network: options.network ?? config.bootTest.network,
		kernelArguments: config.bootTest.kernelArguments,
		...defined({
			deadlineSeconds,
			helper: options.helper,
			cpus: options.cpus ?? config.bootTest.cpus
		})
	};
}
/** The fleet of that name, or of the commit; undefined if the commit belongs to no fleet that we know. */
async function fleetOf({ git, config, forge }, options, commit) {
	if (options.fleet !== void 0) return findFleet(config, options.fleet).name;
	const branch = (options.local === void 0 ? await forge.pullRequests.findByCommit(commit) : void 0)?.base ?? await git.try([
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
/** @returns the number of the pull request that has the comment now */
async function tellPullRequest({ forge }, commit, tested) {
	const request = await forge.pullRequests.findByCommit(commit);
	if (request === void 0) return void 0;
	return await forge.pullRequests.comment(request.number, "boot-test", commentOn(tested)) ? request.number : void 0;
}
// src/loop/boot-test/machine/boot-modes.ts
/**
* How the machine of a boot test starts: `direct`, by the image's kernel and an initrd of ours; `ostree`, as a real
* ostree deployment by the image's own initramfs; `disk`, from an installed disk, through the firmware.
*/
const bootModes = [
	"direct",
	"ostree",
	"disk"
];
export { readTestTimeout as C, inRegistry as S, nodeScript as _, fetchImage as a, networks as b, makeStateDisk as c, orderModules as d, folder as f, alwaysOn as g, withRootFilesystem as h, bootOstree as i, bootPrepared as l, readModuleIndex as m, testImage as n, prepareOstreeDisk as o, writeNewc as p, findDeployTool as r, settleDisk as s, bootModes as t, prepareImage as u, annotationsOf as v, findStaticBusybox as x, reportTested as y };
