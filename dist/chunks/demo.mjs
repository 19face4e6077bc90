import { S as string, T as unknown, d as boolean, i as require_dist, l as array, v as number, y as object } from "./libraries.mjs";
import { B as exists, G as writeFileAtomically, Ht as OutsideError, Lt as defined, Mt as formatTime, R as styled, U as readFileIfThere, Vt as InputError, W as withTemporaryFolder, Wt as init_errors, Y as onInterrupt, b as requireTools, d as startProcess, g as exec, u as insideRoot, v as findTool } from "./host.mjs";
import { $ as parseGraph, A as parseReleaseIndex, C as rolloutProgress, U as parseUpdateMetadata, X as buildGraph, b as nextOpening, r as chooseUpdate, y as throttleGraph } from "./guidance.mjs";
import { Ca as atDigest, Fa as shortDigest, Ji as fetchWhole, Lt as graphPath, Ma as parseReference, Na as parseRepository, Oa as formatRepository, Si as ringsToShow, Wr as createRegistryClient, Yi as init_fetch_whole, Zi as isLoopback, ja as parseDigest, pi as readConfig, rr as openGitForge, va as readImage, xi as isNamed } from "./shared.mjs";
import { S as inRegistry, _ as nodeScript, a as fetchImage, c as makeStateDisk, d as orderModules, f as folder, g as alwaysOn, h as withRootFilesystem, i as bootOstree, l as bootPrepared, m as readModuleIndex, o as prepareOstreeDisk, p as writeNewc, r as findDeployTool, s as settleDisk, u as prepareImage, x as findStaticBusybox } from "./loop-boot-test.mjs";
import { t as simulate } from "./guidance-simulation.mjs";
import { a as ostree_machine_default, i as ostree_update_default, n as leave_state_default, o as node_machine_default, r as back_default, s as systemd_runs_default, t as state_survived_default } from "./demo-shell.mjs";
import { a as nodeFiles } from "./operate-node-kit.mjs";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { appendFile, chmod, copyFile, cp, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { createServer } from "node:net";
import { createServer as createServer$1, request } from "node:http";
import { request as request$1 } from "node:https";
// src/demo/verb-answers.ts
const buildAnswer = object({
	version: string(),
	digest: string(),
	image: string()
});
const bootAnswer = object({
	verdict: string(),
	passed: boolean(),
	accelerator: string().optional(),
	tests: array(object({
		name: string(),
		result: string()
	})).optional(),
	upgrades: array(object({
		from: string(),
		result: string()
	})).optional(),
	agent: string().optional(),
	system: object({
		manager: string(),
		state: string()
	}).optional()
});
const pullRequestAnswer = object({
	pullRequest: number(),
	ready: boolean().optional()
});
const promotionAnswer = pullRequestAnswer.extend({ gates: array(object({
	name: string(),
	state: string()
})) });
const promotedAnswer = object({
	requests: number(),
	signingRequests: number()
});
const verdictAnswer = object({
	accepted: boolean(),
	reason: string().optional()
});
const readBuild = (answer) => buildAnswer.parse(answer);
const readBoot = (answer) => bootAnswer.parse(answer);
const readPullRequest = (answer) => pullRequestAnswer.parse(answer);
const readPromoted = (answer) => promotedAnswer.parse(answer);
const readNodeVerdict = (answer) => verdictAnswer.parse(answer);
/** `open-promotion` answers one entry for each promotion; the demo has one. */
const readPromotion = (answer) => promotionAnswer.parse([answer].flat()[0]);
const readExamination = (answer) => object({
	findings: array(unknown()),
	images: number()
}).parse(answer);
const readObserved = (answer) => object({ fleets: array(object({
	fleet: string(),
	nodes: number()
})) }).parse(answer);
const readHalted = (answer) => object({ fleets: array(object({ steps: array(object({
	version: string(),
	condition: string(),
	what: string()
})) })) }).parse(answer);
// src/demo/adoption-scene.ts
const nodes = 1e3;
const hour$1 = 3600;
const day$1 = 24 * hour$1;
const basearch$1 = "x86_64";
/** So many nodes run the new release, fail, and go back. */
const cameBack = 12;
/**
* A thousand nodes of stable poll while the rollout is half-way, and some of them come back to the old release: observe
* counts them by the access log, and watch-fleet halts the rollout. The dashboard shows both.
*/
async function playAdoption(scene) {
	const { stage, options, site } = scene;
	const fleet = "stable";
	const file = (name) => readFile(join(site, fleet, name), "utf8");
	const { releases } = parseReleaseIndex(await file("releases.json"), "releases.json");
	const updates = parseUpdateMetadata(await file("updates.json"), "updates.json");
	const [before, newest] = releases.slice(-2).map(({ version }) => version);
	const rollout = updates.releases.find(({ version }) => version === newest)?.metadata.rollout ?? {};
	const start = rollout.start_epoch ?? 0;
	const now = start + Math.floor((rollout.duration_minutes ?? 0) * 60 / 2) + 6 * hour$1;
	const { rings } = await readConfig(scene.repository);
	stage.chapter("A thousand nodes of stable, as the access log of the web server knows them");
	const log = join(options.output, "access.log");
	await stage.step("observe", async () => {
		const lines = Array.from({ length: nodes }, (_, index) => {
			const ring = rings[index % rings.length];
			const opens = nextOpening(rollout, ring?.wariness ?? 1, start - 1) ?? start;
			return pollsOf({
				id: createHash("sha256").update(`node ${index}`).digest("hex").slice(0, 32),
				folder: ring?.folders[0] ?? "",
				versions: {
					before,
					newest
				},
				taken: opens + index % 37 * 600,
				back: index % rings.length < 2 && index < rings.length / 2 * cameBack,
				now
			});
		}).flat();
		lines.sort((one, other) => one.at - other.at);
		await writeFile(log, lines.map(({ line }) => `${line}\n`).join(""));
		scene.setTime(now);
		const [found] = readObserved(await scene.coxswain([
			"observe",
			"--log",
			log,
			"--fleet",
			fleet,
			"--record"
		], { env: { COXSWAIN_OBSERVE_SALT: "the demo needs no secret, its nodes are made up" } })).fleets;
		if (found?.nodes !== nodes) throw new Error(`observe counted ${found?.nodes} nodes`);
		return {
			value: void 0,
			what: `${lines.length} requests of ${nodes} nodes counted`
		};
	});
	stage.chapter("Some of them came back to the old release: the rollout halts on its own");
	await stage.step("watch-fleet", async () => {
		const config = join(scene.repository, "coxswain.yaml");
		const text = await readFile(config, "utf8");
		await writeFile(config, text.replace(/^( {2}stable: \{ )/m, `$1halt-when: [{ name: went-back, came-back: { nodes: 5 } }], `));
		const { fleets } = readHalted(await scene.coxswain([
			"watch-fleet",
			"--fleet",
			fleet,
			"--output",
			site
		]));
		const halted = fleets.flatMap(({ steps }) => steps).filter(({ what }) => what === "halted");
		if (halted.length !== 1) throw new Error(`${halted.length} rollouts were halted`);
		return {
			value: void 0,
			what: `${halted[0]?.version} is halted: ${halted[0]?.condition}`
		};
	});
}
/** A node asks every few hours here, so that the log stays small; Zincati asks every five minutes. */
function pollsOf(node) {
	const { id, folder, versions, taken, back, now } = node;
	const every = 4 * hour$1;
	const first = now - 2 * day$1 - Number.parseInt(id.slice(0, 4), 16) % every;
	return Array.from({ length: Math.floor((now - first) / every) + 1 }, (_, index) => {
		const at = first + index * every;
		const runsNew = at >= taken && !(back && at >= taken + 2 * every);
		const query = new URLSearchParams({
			basearch: basearch$1,
			group: "default",
			node_uuid: id,
			os_checksum: "",
			os_version: runsNew ? versions.newest : versions.before,
			platform: "qemu",
			stream: "stable"
		});
		const path = [
			"/stable",
			basearch$1,
			...folder === "" ? [] : [folder],
			"v1/graph"
		].join("/");
		return {
			at,
			line: `192.0.2.1 - - [${clfTime(at)}] "GET ${path}?${query} HTTP/1.1" 200 2048 "-" "zincati/0.0.30"`
		};
	});
}
/** `30/Nov/2026:17:00:00 +0000` */
function clfTime(seconds) {
	const [, date, month, year, time] = (/* @__PURE__ */ new Date(seconds * 1e3)).toUTCString().split(" ");
	return `${date}/${month}/${year}:${time} +0000`;
}
/**
* The real Zincati: $ZINCATI, or the one that `script/rust-tools zincati` built; undefined without either.
* @param cacheFolder of Coxswain
*/
function findZincati(cacheFolder, env = process.env) {
	const built = join(cacheFolder, "rust-tools/bin/zincati");
	return [env.ZINCATI, built].find((path) => path !== void 0 && path !== "" && existsSync(path));
}
/** Fedora's own settings of Zincati, as its package installs them. */
const stockSettings = {
	"10-identity.toml": "[identity]\ngroup = \"default\"\n",
	"30-updates-strategy.toml": "[updates]\nstrategy = \"immediate\"\n",
	"50-fedora-coreos-cincinnati.toml": "[cincinnati]\nbase_url = \"https://updates.coreos.fedoraproject.org\"\n"
};
/** Puts Zincati into a root, and the parts of Fedora CoreOS that it needs. There is no package of rpm-ostree for it. */
async function addAgent(root, program) {
	await addAgentFiles(root, program);
	const passwd = join(root, "etc/passwd");
	await writeFile(passwd, `${await readFile(passwd, "utf8")}zincati:x:981:981:Zincati:/:/usr/sbin/nologin\n`);
	await chmod(passwd, 420);
	await mkdir(join(root, "sysroot"), { recursive: true });
	await symlink("sysroot/ostree", join(root, "ostree"));
}
/** Zincati with Fedora's settings, as files to copy into an image that is an ostree commit. */
async function addAgentFiles(root, program) {
	const write = async (path, text, mode) => {
		await mkdir(dirname(join(root, path)), { recursive: true });
		await writeFile(join(root, path), text);
		await chmod(join(root, path), mode);
	};
	await write("usr/bin/rpm-ostree", "#!/bin/sh\necho \"error: this is not Fedora CoreOS\" >&2\nexit 1\n", 493);
	await mkdir(join(root, "usr/libexec"), { recursive: true });
	await copyFile(program, join(root, "usr/libexec/zincati"));
	await chmod(join(root, "usr/libexec/zincati"), 493);
	for (const [name, text] of Object.entries(stockSettings)) await write(`usr/lib/zincati/config.d/${name}`, text, 420);
}
/** Puts programs of this machine into a root that has none, with the libraries that they need. */
async function addPrograms(root, programs) {
	if (!existsSync(join(root, "lib64"))) await symlink("usr/lib64", join(root, "lib64"));
	for (const program of programs) {
		const { stdout } = await exec("ldd", [program]);
		const libraries = [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(/gm)].map((match) => match[1]);
		const own = program.startsWith("/usr/bin/") ? [program] : [];
		for (const file of [...own, ...libraries]) {
			const target = join(root, file.startsWith("/usr/") ? file : `/usr${file}`);
			if (existsSync(target)) continue;
			await mkdir(dirname(target), { recursive: true });
			await copyFile(file, target);
		}
	}
}
// src/demo/debian-packages.ts
init_errors();
/** Renames a finished folder or file to its place; another process may have been faster, with the same content. */
async function putInPlace(partial, place) {
	try {
		await rename(partial, place);
	} catch (error) {
		if (!await exists(place)) throw error;
	}
}
async function versionOf(name, foreign) {
	const { stdout } = await exec("apt-cache", ["policy", name], { env: {
		LC_ALL: "C",
		...foreign?.env
	} });
	return /Candidate: (\S+)/.exec(stdout)?.[1] ?? "unknown";
}
/** Downloads packages and unpacks them into a folder; nothing is installed. */
async function unpackPackages(packages, folder, foreign) {
	const downloads = join(folder, "downloads");
	await mkdir(downloads, { recursive: true });
	await exec("apt-get", ["download", ...packages.map(({ name, version }) => `${name}=${version}`)], {
		cwd: downloads,
		env: foreign?.env ?? {},
		doing: `downloading ${packages.map(({ name }) => name).join(", ")} (is apt-get update needed?)`
	});
	for (const file of await readdir(downloads)) await exec("dpkg-deb", [
		"-x",
		join(downloads, file),
		folder
	]);
	await rm(downloads, { recursive: true });
}
// src/demo/base-kernel.ts
/**
* The distribution's kernel for virtual machines, downloaded and unpacked (not installed), kept in the cache.
* @throws InputError when apt knows none
*/
async function fetchKernel(cacheFolder, log, foreign) {
	const packages = await (foreign === void 0 ? ownKernelPackages() : findKernelPackages(foreign));
	const key = packages.map(({ name, version }) => `${name}_${version}`.replace(/[^\w.+~-]/g, "_")).join("__");
	const folder = join(cacheFolder, "kernels", key);
	if (!await exists(folder)) await log.task(`downloading ${packages.map(({ name }) => name).join(" and ")}`, async () => {
		await mkdir(join(cacheFolder, "kernels"), { recursive: true });
		const partial = `${folder}.${randomBytes(6).toString("hex")}`;
		try {
			await unpackPackages(packages, partial, foreign);
			await putInPlace(partial, folder);
		} finally {
			await rm(partial, {
				recursive: true,
				force: true
			});
		}
	});
	return {
		...await locate(folder),
		key
	};
}
let known;
/** apt takes 1.5 seconds to answer, and its answer does not change while we run. */
function ownKernelPackages() {
	known ??= findKernelPackages();
	return known;
}
/** Packages with the kernel image, and with its modules if they are separate (Ubuntu). */
async function findKernelPackages(foreign) {
	const candidates = [
		`linux-image-cloud-${foreign?.architecture ?? (await exec("dpkg", ["--print-architecture"])).stdout.trim()}`,
		"linux-image-virtual",
		"linux-image-generic"
	];
	for (const candidate of candidates) {
		const image = (await dependsOf(candidate, foreign)).find((name) => /^linux-image-\d/.test(name));
		if (image === void 0) continue;
		const modules = (await dependsOf(image, foreign)).filter((name) => name.startsWith("linux-modules-"));
		return Promise.all([image, ...modules].map(async (name) => ({
			name,
			version: await versionOf(name, foreign)
		})));
	}
	throw new InputError({
		problem: `apt knows no kernel for virtual machines (${candidates.join(", ")})`,
		remedy: "Run apt-get update first."
	});
}
async function dependsOf(name, foreign) {
	const { stdout, exitCode } = await exec("apt-cache", [
		"depends",
		"--important",
		name
	], {
		allow: [0, 100],
		env: foreign?.env ?? {}
	});
	if (exitCode !== 0) return [];
	return [...stdout.matchAll(/^\s*\|?Depends: (\S+)$/gm)].map((match) => match[1]);
}
/** Merged and unmerged packages differ in where /lib is. */
async function locate(folder) {
	const above = await exists(join(folder, "usr/lib/modules")) ? "usr/lib/modules" : "lib/modules";
	const [version] = await readdir(join(folder, above));
	if (version === void 0) throw new InputError({
		where: folder,
		problem: "no kernel modules in this package"
	});
	const modules = join(folder, above, version);
	const inside = join(modules, "vmlinuz");
	return {
		version,
		modules,
		image: await exists(inside) ? inside : join(folder, `boot/vmlinuz-${version}`)
	};
}
// src/demo/needless-units.ts
/** Debian's units that make caches which an image has already, or maintain a machine that is updated by packages. */
const maintenanceUnits = [
	...[
		"ldconfig.service",
		"systemd-hwdb-update.service",
		"systemd-journal-catalog-update.service"
	],
	...[
		"apt-daily.timer",
		"apt-daily-upgrade.timer",
		"dpkg-db-backup.timer",
		"e2scrub_reap.service"
	],
	...["e2scrub_all.timer", "fstrim.timer"]
];
/** What a virtual machine without a screen, a keyboard and other disks starts in vain. */
const vainUnits = [
	...[
		"dev-hugepages.mount",
		"dev-mqueue.mount",
		"sys-kernel-debug.mount",
		"sys-kernel-tracing.mount"
	],
	...[
		"sys-fs-fuse-connections.mount",
		"sys-kernel-config.mount",
		"proc-sys-fs-binfmt_misc.automount"
	],
	...[
		"modprobe@.service",
		"systemd-pstore.service",
		"systemd-repart.service",
		"getty@.service"
	],
	...[
		"serial-getty@.service",
		"getty-static.service",
		"systemd-update-utmp.service"
	],
	...[
		"systemd-update-utmp-runlevel.service",
		"systemd-initctl.socket",
		"systemd-ask-password-console.path"
	],
	...[
		"systemd-ask-password-wall.path",
		"cryptsetup.target",
		"integritysetup.target",
		"veritysetup.target"
	]
];
/** Each is a process at every start of systemd. */
const vainGenerators = /^systemd-(cryptsetup|getty|gpt-auto|hibernate-resume|integritysetup|rc-local|system-update|sysv|veritysetup)-generator$/;
/** Disks, networks and terminals have others. */
const vainRules = /-(drm|evdev|fido-id|infiniband|input-id|persistent-alsa|persistent-input|persistent-storage-(dm|tape)|persistent-v4l|sensor|btrfs|camera|joystick|memory|mouse|power-switch|touchpad|uaccess|seat|seat-late|probe_mtd|sound-card|cdrom_id|autosuspend|dm|firmware|vm-changes|kvm)\.rules$/;
/**
* Removes what no test looks at from a root file system of Debian. An emulated processor needs about a second for each
* unit, and for half of a boot nothing else would happen.
*/
async function removeNeedlessUnits(root) {
	const units = join(root, "usr/lib/systemd/system");
	for (const name of [...maintenanceUnits, ...vainUnits]) await rm(join(units, name), { force: true });
	await removeMatching(join(root, "usr/lib/systemd/system-generators"), vainGenerators);
	const udev = join(root, "usr/lib/udev");
	await removeMatching(join(udev, "rules.d"), vainRules);
	await removeMatching(udev, /^hwdb\.(bin|d)$/);
}
async function removeMatching(folder, names) {
	for (const name of await readdir(folder)) if (names.test(name)) await rm(join(folder, name), { recursive: true });
}
// src/demo/base-roots.ts
/** Raise it when a root is made differently, so that older tarballs in caches are not used. */
const recipes = {
	tiny: 4,
	node: 1,
	systemd: 4
};
/** What a virtual machine needs. A kernel has a hundred megabytes of others, which every test would unpack. */
const modulesOfMachines = [...[
	"virtio_pci",
	"virtio_blk",
	"virtio_console",
	"virtio_net",
	"virtio_rng"
], ...[
	"erofs",
	"overlay",
	"ext4",
	"autofs4",
	"loop",
	"fuse",
	"qemu_fw_cfg"
]];
/**
* Makes the root file system of a kind of base image, or takes it from the cache.
* @param foreign for another architecture than this machine's; only for the tiny kind
*/
async function prepareRoot(kind, cacheFolder, log, foreign) {
	const kernel = await fetchKernel(cacheFolder, log, foreign);
	const suite = kind === "systemd" ? `${await hostSuite()}-` : "";
	const agent = kind === "tiny" ? void 0 : findZincati(cacheFolder);
	const withAgent = agent === void 0 ? "" : `-zincati-${await shortHash(agent)}`;
	const key = `${kind}-${suite}${kernel.key}${withAgent}-r${recipes[kind]}`;
	const tarball = join(cacheFolder, "roots", `${key}.tar`);
	if (!await exists(tarball)) await log.task(`making the root file system of a ${kind} base image`, () => withTemporaryFolder("base", async (folder) => {
		const root = join(folder, "root");
		await mkdir(root);
		const busybox = foreign?.busybox ?? await findStaticBusybox();
		await (kind === "systemd" ? makeSystemdRoot(root, kernel) : makeTinyRoot(root, kernel, busybox));
		if (agent !== void 0) await addAgent(root, agent);
		if (kind === "node") await addPrograms(root, ["/usr/bin/bash", ...agent === void 0 ? [] : [agent]]);
		await makeTarball(root, tarball);
	}));
	return {
		tarball,
		key
	};
}
async function makeTarball(root, tarball) {
	await mkdir(dirname(tarball), { recursive: true });
	const partial = `${tarball}.${randomBytes(6).toString("hex")}`;
	try {
		const empty = [
			"dev",
			"proc",
			"sys",
			"run",
			"tmp"
		].map((name) => `--exclude=./${name}/*`);
		await exec("tar", [
			"--create",
			`--file=${partial}`,
			`--directory=${root}`,
			"--numeric-owner",
			"--sort=name",
			"--xattrs",
			...empty,
			"."
		]);
		await putInPlace(partial, tarball);
	} finally {
		await rm(partial, { force: true });
	}
}
/** Busybox and a kernel with the few modules that a virtual machine needs. */
async function makeTinyRoot(root, kernel, busybox) {
	for (const folder of [
		"usr/bin",
		"usr/sbin",
		"usr/lib",
		"etc",
		"root",
		"var",
		"dev",
		"proc",
		"sys",
		"run",
		"tmp"
	]) await mkdir(join(root, folder), { recursive: true });
	await chmod(join(root, "tmp"), 1023);
	for (const name of [
		"bin",
		"sbin",
		"lib"
	]) await symlink(`usr/${name}`, join(root, name));
	await copyFile(busybox, join(root, "usr/bin/busybox"));
	await chmod(join(root, "usr/bin/busybox"), 493);
	const { stdout } = await exec("busybox", ["--list"]);
	for (const applet of stdout.trim().split("\n").filter((name) => name !== "busybox" && name !== "init")) await symlink("busybox", join(root, "usr/bin", applet));
	await symlink("../bin/busybox", join(root, "usr/sbin/init"));
	await symlink("../usr/lib/os-release", join(root, "etc/os-release"));
	await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
	await writeFile(join(root, "etc/group"), "root:x:0:\n");
	await addNetworkFiles(root);
	await addKernel(root, kernel, {
		busybox,
		wanted: modulesOfMachines
	});
}
/** The smallest system with the distribution's own systemd. */
async function makeSystemdRoot(root, kernel) {
	await rm(root, { recursive: true });
	await exec("mmdebstrap", [
		"--variant=minbase",
		"--include=systemd,systemd-sysv,udev,kmod,dbus,openssh-server",
		...[
			"doc",
			"man",
			"locale",
			"info"
		].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
		await hostSuite(),
		root
	], { doing: "making a root file system with mmdebstrap" });
	await writeFile(join(root, "etc/machine-id"), "");
	await rm(join(root, "var/lib/dbus/machine-id"), { force: true });
	await makeHostKeysAtFirstBoot(root);
	await rm(join(root, "etc/hostname"), { force: true });
	await rm(join(root, "etc/resolv.conf"), { force: true });
	await addNetworkFiles(root);
	await removeNeedlessUnits(root);
	await addKernel(root, kernel, {
		busybox: await findStaticBusybox(),
		wanted: modulesOfMachines
	});
}
/** The packages made keys while they were installed: those would be the same on every machine. */
async function makeHostKeysAtFirstBoot(root) {
	const folder = join(root, "etc/ssh");
	for (const name of await readdir(folder)) if (name.startsWith("ssh_host_")) await rm(join(folder, name));
	const units = join(root, "usr/lib/systemd/system");
	await writeFile(join(units, "ssh-host-key.service"), `[Unit]
Description=SSH host key
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key
`);
	await mkdir(join(units, "multi-user.target.wants"), { recursive: true });
	await symlink("../ssh-host-key.service", join(units, "multi-user.target.wants/ssh-host-key.service"));
}
/** `buildah build --network host` adds these two, empty, if they are missing, and the digest would depend on it. */
async function addNetworkFiles(root) {
	await writeFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n");
	await writeFile(join(root, "etc/resolv.conf"), "");
}
/** Puts a kernel and our own initramfs into the folder for bootable container images. */
async function addKernel(root, kernel, { busybox, wanted }) {
	const folder = await addKernelFiles(root, kernel, wanted);
	await writeFile(join(folder, "initramfs.img"), await initramfs(busybox));
}
/**
* Puts a kernel into the folder for bootable container images.
* @param wanted modules to keep (default: all)
* @returns its folder, which has no initramfs yet
*/
async function addKernelFiles(root, kernel, wanted) {
	const folder = join(root, "usr/lib/modules", kernel.version);
	await mkdir(dirname(folder), { recursive: true });
	await cp(kernel.modules, folder, {
		recursive: true,
		filter: (path) => !/\/(build|source)$/.test(path)
	});
	await depmod(root, kernel.version);
	if (wanted !== void 0) {
		const kept = orderModules(wanted, await readModuleIndex(insideRoot(root), `/usr/lib/modules/${kernel.version}`)).files;
		await rm(join(folder, "kernel"), { recursive: true });
		for (const file of kept) {
			await mkdir(dirname(join(folder, file)), { recursive: true });
			await copyFile(join(kernel.modules, file), join(folder, file));
		}
		await depmod(root, kernel.version);
	}
	await copyFile(kernel.image, join(folder, "vmlinuz"));
	await chmod(join(folder, "vmlinuz"), 420);
	return folder;
}
/** Boots whatever `root=` on the kernel's command line names; virtual machines with a driver built in need no more. */
async function initramfs(busybox) {
	return writeNewc([
		{
			path: "bin",
			content: folder,
			mode: 493
		},
		{
			path: "bin/busybox",
			content: await readFile(busybox),
			mode: 493
		},
		{
			path: "init",
			content: `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /dev /root
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs devtmpfs /dev
for word in $(/bin/busybox cat /proc/cmdline); do
  case "$word" in root=*) root="\${word#root=}" ;; esac
done
/bin/busybox mount -o ro "$root" /root && exec /bin/busybox switch_root /root /sbin/init
`,
			mode: 493
		}
	]);
}
async function depmod(root, version) {
	await exec("depmod", [
		"--basedir",
		root,
		version
	]);
}
async function shortHash(file) {
	return createHash("sha256").update(await readFile(file)).digest("hex").slice(0, 12);
}
async function hostSuite() {
	const text = await readFile("/etc/os-release", "utf8");
	return /^VERSION_CODENAME="?(\w+)"?$/m.exec(text)?.[1] ?? "stable";
}
// src/demo/base-ostree.ts
init_errors();
/** Raise it when the image is made differently, so that older ones in caches are not used. */
const recipe = 4;
const packages = [...[
	"systemd",
	"systemd-sysv",
	"udev",
	"kmod",
	"dbus",
	"openssh-server",
	"e2fsprogs"
], ...[
	"ostree",
	"ostree-boot",
	"dracut",
	"dracut-network",
	"ignition",
	"policycoreutils",
	"curl",
	"zstd"
]];
/** The modules have only what a virtual machine needs, so that the initramfs stays small. */
const modules = [...[
	"virtio_pci",
	"virtio_blk",
	"virtio_console",
	"virtio_net",
	"virtio_rng"
], ...[
	"ext4",
	"overlay",
	"erofs",
	"qemu_fw_cfg",
	"autofs4",
	"vfat",
	"nls_ascii",
	"nls_cp437",
	"loop"
]];
/** Modules of dracut, besides what these need. */
const dracutModules = [...[
	"systemd",
	"systemd-initrd",
	"dracut-systemd",
	"systemd-udevd",
	"udev-rules",
	"kernel-modules"
], ...[
	"rootfs-block",
	"fs-lib",
	"base",
	"shutdown",
	"ostree",
	"ignition"
]];
/**
* Makes the ostree commit of a base image and writes it as a container image, or takes it from the cache.
* @throws InputError without `ostree` or `ostree-deploy` (script/rust-tools builds it)
*/
async function prepareOstreeBase(cacheFolder, log) {
	const kernel = await fetchKernel(cacheFolder, log);
	const key = `ostree-sid-${kernel.key}-r${recipe}`;
	const layout = join(cacheFolder, "roots", `${key}.oci`);
	if (await exists(layout)) return {
		layout,
		key
	};
	requireTools([
		"mmdebstrap",
		"ostree",
		"chroot",
		"unshare"
	]);
	if (findTool("ostree-deploy") === void 0) throw new InputError({
		problem: "a program is not installed: ostree-deploy",
		remedy: "Run script/rust-tools ostree-deploy, and add the folder bin below the one that it prints to PATH."
	});
	await log.task("making an ostree base image (some minutes, once)", (report) => withTemporaryFolder("base", async (folder) => {
		const root = join(folder, "root");
		report("Debian sid");
		await installPackages(root);
		report("initramfs");
		await prepareSystem(root, kernel);
		report("ostree commit");
		await mkdir(dirname(layout), { recursive: true });
		const partial = `${layout}.${randomBytes(6).toString("hex")}`;
		try {
			await encapsulate(root, folder, partial);
			await putInPlace(partial, layout);
		} finally {
			await rm(partial, {
				recursive: true,
				force: true
			});
		}
	}));
	return {
		layout,
		key
	};
}
async function installPackages(root) {
	await exec("mmdebstrap", [
		"--variant=minbase",
		"--aptopt=Acquire::Check-Valid-Until \"false\"",
		`--include=${packages.join(",")}`,
		...[
			"doc",
			"man",
			"locale",
			"info"
		].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
		...["sid", root]
	], { doing: "making a root file system with mmdebstrap (Debian sid)" });
}
/** Adds what is in the root besides Debian's packages, then makes its folders those of an ostree commit. */
async function prepareSystem(root, kernel) {
	await writeFile(join(root, "etc/machine-id"), "");
	for (const name of [
		"etc/hostname",
		"etc/resolv.conf",
		"etc/.pwd.lock"
	]) await rm(join(root, name), {
		recursive: true,
		force: true
	});
	await addEmptyPolicy(root);
	await makeHostKeysAtFirstBoot(root);
	await addNetworkFiles(root);
	for (const name of maintenanceUnits) await rm(join(root, "usr/lib/systemd/system", name), { force: true });
	await mkdir(join(root, "usr/lib/ostree"), { recursive: true });
	await writeFile(join(root, "usr/lib/ostree/prepare-root.conf"), "[sysroot]\nreadonly=true\n");
	await addKernelFiles(root, kernel, modules);
	await makeInitramfs(root, kernel.version);
	await arrangeFolders(root);
}
/**
* Debian's Ignition always labels the files that it writes. It needs a policy of SELinux for that; this one labels nothing.
* Its configuration is removed after Ignition ran: ostree would rebuild the policy of each update, and this one has no
* modules to build it from.
*/
async function addEmptyPolicy(root) {
	await writeFile(join(root, "usr/lib/tmpfiles.d/coxswain-policy.conf"), "r! /etc/selinux/config\n");
	const folder = join(root, "etc/selinux");
	await mkdir(join(folder, "empty/contexts/files"), { recursive: true });
	await writeFile(join(folder, "config"), "SELINUX=disabled\nSELINUXTYPE=empty\n");
	await writeFile(join(folder, "empty/contexts/files/file_contexts"), "");
}
/** Runs the distribution's own dracut in the root; the mounts that it needs end with its mount namespace. */
async function makeInitramfs(root, version) {
	const dracut = [
		...[
			"dracut",
			"--force",
			"--reproducible",
			"--zstd",
			"--no-hostonly",
			"--no-hostonly-cmdline"
		],
		...[
			"--no-early-microcode",
			"-m",
			dracutModules.join(" "),
			"--drivers",
			modules.join(" ")
		],
		...["--install", "setfiles"],
		...[
			"--kver",
			version,
			`/usr/lib/modules/${version}/initramfs.img`
		]
	];
	await exec("unshare", [
		"--mount",
		"sh",
		"-c",
		`set -e
mount -t proc proc "$0/proc"
mount -t sysfs sysfs "$0/sys"
mount --bind /dev "$0/dev"
exec chroot "$0" "$@"
`,
		root,
		...dracut
	], { doing: "making an initramfs with dracut" });
	await exec("chmod", ["0644", join(root, `usr/lib/modules/${version}/initramfs.img`)]);
}
/** Links of the root of an ostree system (ostree's documentation, "Adapting existing mainstream distributions"). */
const links = {
	home: "var/home",
	mnt: "var/mnt",
	opt: "var/opt",
	srv: "var/srv",
	root: "var/roothome",
	media: "run/media",
	ostree: "sysroot/ostree",
	"usr/local": "../var/usrlocal"
};
async function arrangeFolders(root) {
	const empty = [
		"var",
		"boot",
		"dev",
		"proc",
		"run",
		"sys",
		"tmp",
		"sysroot"
	];
	for (const name of [...empty, ...Object.keys(links)]) await rm(join(root, name), {
		recursive: true,
		force: true
	});
	for (const name of empty) await mkdir(join(root, name));
	await exec("chmod", ["1777", join(root, "tmp")]);
	for (const [name, target] of Object.entries(links)) await symlink(target, join(root, name));
	await writeFile(join(root, "usr/lib/tmpfiles.d/coxswain-base.conf"), `${[
		"home",
		"mnt",
		"opt",
		"srv",
		"usrlocal",
		"lib",
		"log",
		"cache"
	].map((name) => `d /var/${name} 0755 root root -\n`).join("")}d /var/roothome 0700 root root -\n`);
	await rename(join(root, "etc"), join(root, "usr/etc"));
}
/** The time of everything in the commit: the same root is the same commit. */
const timestamp = "2026-01-01T00:00:00Z";
async function encapsulate(root, folder, layout) {
	const repository = join(folder, "repository");
	await exec("ostree", [
		"init",
		`--repo=${repository}`,
		"--mode=bare"
	]);
	await exec("ostree", [...[
		"commit",
		`--repo=${repository}`,
		"--branch=base",
		"--subject=base",
		`--timestamp=${timestamp}`
	], `--tree=dir=${root}`]);
	const labels = ["containers.bootc=1", "ostree.bootable=1"].flatMap((label) => ["--label", label]);
	await exec("ostree-deploy", [...[
		"container",
		"encapsulate",
		"--compression-fast",
		`--repo=${repository}`,
		...labels
	], ...["base", `oci:${layout}:base`]]);
}
// src/demo/base-images.ts
/**
* Builds and pushes a bootable image in place of Fedora CoreOS: same labels, same layout (kernel in
* /usr/lib/modules), same labels of the version. The root file system is one layer, common to all versions; the
* version is a small second one. The same options give the same digest.
*/
async function buildBaseImage(options) {
	const { kind, version, log } = options;
	const cacheFolder = options.cacheFolder ?? defaultCacheFolder();
	const root = kind === "ostree" ? await prepareOstreeBase(cacheFolder, log) : await prepareRoot(kind, cacheFolder, log, options.foreign);
	return log.task(`building the ${kind} base image ${version}`, async (report) => {
		report("root file system");
		const common = await importRoot(root);
		report(`pushing to ${formatRepository(options.repository)}:${options.tag}`);
		return withContainer(common, async (container) => {
			await withTemporaryFolder("version", async (folder) => {
				const release = join(folder, "os-release");
				await writeFile(release, osRelease(kind, version));
				await exec("buildah", [
					"copy",
					"--quiet",
					"--chmod",
					"0644",
					container,
					release,
					"/usr/lib/os-release"
				]);
				if (kind === "ostree") await copyAgent(container, join(folder, "agent"), cacheFolder);
			});
			const { foreign } = options;
			const architecture = foreign === void 0 ? [] : ["--arch", foreign.architecture];
			await exec("buildah", [
				"config",
				...labels(options),
				...architecture,
				"--cmd",
				"/sbin/init",
				container
			]);
			const name = `localhost/coxswain-base-build:${randomBytes(6).toString("hex")}`;
			const image = await commit(container, createdAt(version), name);
			try {
				return await push(image, options);
			} finally {
				await exec("buildah", ["rmi", name], { allow: [
					0,
					1,
					125
				] });
			}
		});
	});
}
/** Where downloads and root file systems are kept between runs. */
function defaultCacheFolder(env = process.env) {
	const cache = env.XDG_CACHE_HOME;
	return join(cache === void 0 || cache === "" ? join(homedir(), ".cache") : cache, "coxswain");
}
/** Fedora CoreOS has Zincati. It has to be built here, and the ostree commit takes minutes: it goes into the layer on it. */
async function copyAgent(container, folder, cacheFolder) {
	const agent = findZincati(cacheFolder);
	if (agent === void 0) return;
	await addAgentFiles(folder, agent);
	await exec("buildah", [
		"copy",
		"--quiet",
		container,
		folder,
		"/"
	]);
}
/** The layer that all versions share, as an image in buildah's storage. */
async function importRoot(root) {
	const name = `localhost/coxswain-base:${createHash("sha256").update(root.key).digest("hex").slice(0, 16)}`;
	if ((await exec("buildah", [
		"inspect",
		"--type",
		"image",
		name
	], { allow: [
		0,
		1,
		125
	] })).exitCode === 0) return name;
	if ("layout" in root) {
		await exec("skopeo", [
			"copy",
			"--quiet",
			`oci:${root.layout}:base`,
			`containers-storage:${name}`
		]);
		return name;
	}
	await withContainer("scratch", async (container) => {
		await exec("buildah", [
			"add",
			"--quiet",
			container,
			root.tarball,
			"/"
		]);
		await commit(container, createdAt(""), name);
	});
	return name;
}
async function withContainer(from, work) {
	const container = `coxswain-base-${randomBytes(6).toString("hex")}`;
	const remove = async () => {
		await exec("buildah", ["rm", container], { allow: [
			0,
			1,
			125
		] });
	};
	const forget = onInterrupt(remove);
	try {
		await exec("buildah", [
			"from",
			"--pull-never",
			"--quiet",
			"--name",
			container,
			from
		]);
		return await work(container);
	} finally {
		forget();
		await remove();
	}
}
/** Commits a container and returns the image's ID. */
async function commit(container, timestamp, name) {
	return withTemporaryFolder("commit", async (folder) => {
		const file = join(folder, "id");
		await exec("buildah", [
			"commit",
			...[
				"--quiet",
				"--format",
				"oci",
				"--timestamp",
				String(timestamp),
				"--iidfile",
				file
			],
			container,
			...name === void 0 ? [] : [name]
		]);
		return (await readFile(file, "utf8")).trim();
	});
}
async function push(image, options) {
	return withTemporaryFolder("push", async (folder) => {
		const file = join(folder, "digest");
		const insecure = isLoopback(new URL(`http://${options.repository.registry}`)) ? ["--tls-verify=false"] : [];
		const place = `docker://${formatRepository(options.repository)}:${options.tag}`;
		await exec("buildah", [
			"push",
			"--quiet",
			...insecure,
			"--digestfile",
			file,
			image,
			place
		]);
		return atDigest(options.repository, parseDigest((await readFile(file, "utf8")).trim()));
	});
}
/** The labels of quay.io/fedora/fedora-coreos that programs read. */
function labels({ version, stream }) {
	return [
		"containers.bootc=1",
		"ostree.bootable=1",
		"com.coreos.osname=fedora-coreos",
		`com.coreos.stream=${stream}`,
		`org.opencontainers.image.version=${version}`,
		"org.opencontainers.image.title=Stand-in for Fedora CoreOS"
	].flatMap((label) => ["--label", label]);
}
function osRelease(kind, version) {
	return `NAME="Stand-in for Fedora CoreOS (${kind})"
ID=coxswain-base
VERSION="${version}"
VERSION_ID=${version}
OSTREE_VERSION='${version}'
PRETTY_NAME="Stand-in for Fedora CoreOS ${version}"
`;
}
/** Time of creation in UNIX seconds, from the date in an FCOS version, so that newer versions are newer images. */
function createdAt(version) {
	const [, year, month, day, minor, patch] = /^\d+\.(\d{4})(\d{2})(\d{2})(?:\.(\d+))?(?:\.(\d+))?$/.exec(version) ?? [];
	if (year === void 0) return Date.UTC(2026, 0, 1) / 1e3;
	return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1e3 + Number(minor ?? 0) * 3600 + Number(patch ?? 0) * 60;
}
// src/demo/digests.ts
/** The digest of a reference, as another tool sees it. @throws OutsideError if there is none */
async function skopeoDigest(reference) {
	const { stdout } = await exec("skopeo", [
		"inspect",
		"--no-creds",
		"--tls-verify=false",
		"--raw",
		`docker://${reference}`
	]);
	return `sha256:${createHash("sha256").update(stdout).digest("hex")}`;
}
/** Every tag of a repository with its digest, as skopeo sees them; empty if there is no such repository. */
async function skopeoTags(repository) {
	const { exitCode, stdout } = await exec("skopeo", [
		"list-tags",
		"--no-creds",
		"--tls-verify=false",
		`docker://${repository}`
	], { allow: [0, 1] });
	if (exitCode !== 0) return {};
	const answer = JSON.parse(stdout);
	const tags = typeof answer === "object" && answer !== null && "Tags" in answer && Array.isArray(answer.Tags) ? answer.Tags : [];
	const entries = await Promise.all(tags.map(async (tag) => [String(tag), await skopeoDigest(`${repository}:${tag}`)]));
	return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}
// src/demo/existing-base.ts
init_errors();
const versionLabel = "org.opencontainers.image.version";
/**
* Makes a moving base from an existing image (such as FCOS itself): the first version is the image with its own
* version, the second is the same image with a higher last number in its version.
* @returns the version that `:stable` now has
*/
async function moveExistingBase(options) {
	const { source, repository, which, log } = options;
	return log.task(`Preparing ${source}`, () => withTemporaryFolder("base", async (folder) => {
		const idFile = join(folder, "id");
		const container = (await exec("buildah", [
			"from",
			"--quiet",
			"--tls-verify=false",
			source
		])).stdout.trim();
		try {
			const version = (await exec("buildah", [
				"inspect",
				"--format",
				`{{index .OCIv1.Config.Labels "${versionLabel}"}}`,
				container
			])).stdout.trim();
			const match = /^(.*?)(\d+)$/.exec(version);
			if (match === null) throw new InputError({
				field: "--base",
				problem: `${source} has no usable label ${versionLabel}`,
				found: version,
				expected: "a version that ends in a number, such as 44.20260707.3.1"
			});
			const shown = which === "from" ? version : `${match[1]}${Number(match[2]) + 1}`;
			await exec("buildah", [
				"config",
				"--label",
				`${versionLabel}=${shown}`,
				"--label",
				"com.coreos.stream=stable",
				container
			]);
			await exec("buildah", [
				"commit",
				"--quiet",
				"--iidfile",
				idFile,
				container
			]);
			const id = (await readFile(idFile, "utf8")).trim();
			for (const tag of [shown, "stable"]) await exec("buildah", [
				"push",
				"--quiet",
				"--tls-verify=false",
				id,
				`docker://${formatRepository(repository)}:${tag}`
			]);
			return shown;
		} finally {
			await exec("buildah", ["rm", container]);
		}
	}));
}
// src/demo/trust-scene.ts
var import_dist = require_dist();
const fleets = ["testing", "stable"];
/** The private key of a fleet: outside of the repository, as make-key requires. */
function fleetKeyFile({ place }, fleet) {
	return join(place.folder, `${fleet}.key`);
}
/** Gives each fleet a key of its own, and names the public keys in coxswain.yaml. */
async function makeFleetKeys(scene) {
	const file = join(scene.repository, "coxswain.yaml");
	const config = (0, import_dist.parseDocument)(await readFile(file, "utf8"));
	for (const fleet of fleets) {
		await scene.coxswain([
			"make-key",
			"--name",
			fleet,
			"--private",
			fleetKeyFile(scene, fleet)
		]);
		const signing = config.createNode({ keys: [`keys/${fleet}.pub`] }, { flow: true });
		config.setIn([
			"fleets",
			fleet,
			"signing"
		], signing);
	}
	await writeFile(file, String(config));
}
/** The release of testing, which stable does not have yet: nodes of stable refuse it. */
async function playRefusal(scene) {
	const { stage } = scene;
	stage.chapter("The policy of a node of stable, and what it says before the promotion");
	await stage.step("policy refuses", async () => {
		await scene.coxswain([
			"node-policy",
			"--fleet",
			"stable"
		]);
		const { accepted, reason } = await ask(scene, "testing", 1);
		if (accepted) throw new Error("nodes of stable accept an image that was never promoted to stable");
		return {
			value: void 0,
			what: `nodes of stable refuse the release of testing: ${reason}`
		};
	});
}
/** The same image after the promotion: nodes of stable accept it. */
async function playAcceptance(scene) {
	await scene.stage.step("policy accepts", async () => {
		const { accepted } = await ask(scene, "stable", 0);
		if (!accepted) throw new Error("nodes of stable refuse what was promoted to stable");
		return {
			value: void 0,
			what: "nodes of stable accept the same digest, signed by the key of stable"
		};
	});
}
async function ask(scene, tag, exitCode) {
	const args = [
		"node-policy",
		"--fleet",
		"stable",
		"--image",
		`${scene.image}:${tag}`
	];
	return readNodeVerdict(await scene.coxswain(args, { expect: [exitCode] }));
}
// src/demo/opening.ts
const versions = {
	from: "44.20260621.3.1",
	to: "44.20260707.3.1"
};
const day = 86400;
/** Pushes one version of the base and moves the stream tag to it. Returns the version. */
async function publishBase(scene, which) {
	const { base, options, place } = scene;
	if (options.base !== void 0) return moveExistingBase({
		source: options.base,
		repository: base,
		which,
		log: options.log
	});
	await buildBaseImage({
		kind: options.kind,
		version: versions[which],
		stream: "stable",
		repository: base,
		tag: "stable",
		log: options.log
	});
	scene.stage.note(`${place.registry.host}/${base.path}:stable is now ${versions[which]}`);
	return versions[which];
}
/** A first version of the base, a user's repository made by `init`, and a first release on both fleets three days ago. */
async function playOpening(scene, extraTests = {}) {
	const { stage } = scene;
	const now = Math.floor(Date.now() / 1e3);
	scene.setTime(now - 3 * day);
	stage.chapter("Three days ago: a base image, and a repository that derives from it");
	const base = await stage.step("base", async () => {
		const version = await publishBase(scene, "from");
		return {
			value: version,
			what: `base image ${version} pushed as :stable`
		};
	});
	await stage.step("init", async () => {
		await scene.git("init", "--quiet", "--initial-branch", "testing", ".");
		await scene.coxswain([
			"init",
			"--image",
			scene.image,
			"--test-image",
			scene.testImage,
			"--base",
			`${baseName(scene)}:stable`
		]);
		const bootTest = bootTestSettings(scene);
		if (bootTest !== void 0) await appendFile(join(scene.repository, "coxswain.yaml"), `\nboot-test: { ${bootTest} }\n`);
		await makeFleetKeys(scene);
		const tests = {
			...defined({ "20-systemd.sh": hasSystemd(scene.options.kind) ? systemd_runs_default : void 0 }),
			...extraTests
		};
		for (const [name, text] of Object.entries(tests)) {
			const file = join(scene.repository, "tests", name);
			await mkdir(dirname(file), { recursive: true });
			await writeFile(file, text);
			await chmod(file, 493);
		}
		await scene.git("add", "--all");
		await scene.git("commit", "--quiet", "--message", "Derive our image from Fedora CoreOS");
		return {
			value: void 0,
			what: "the user's repository, by coxswain init"
		};
	});
	await stage.step("pin", async () => {
		const { pullRequest } = readPullRequest(await scene.coxswain(["watch-base"]));
		await mergePullRequest(scene, await scene.pullRequest(pullRequest));
		await scene.git("branch", "stable");
		return {
			value: void 0,
			what: `pull request #${pullRequest} pinned the base by digest`
		};
	});
	stage.chapter("Three days ago: the first release, on both fleets");
	return {
		base,
		version: (await stage.step("first release", async () => {
			const answer = readBuild(await scene.coxswain(["build-image"]));
			await scene.coxswain([
				"boot-test",
				"--output",
				join(scene.options.output, "boot-test", "first")
			]);
			for (const fleet of ["testing", "stable"]) {
				await scene.git("switch", "--quiet", fleet);
				await releaseTo(scene, fleet);
			}
			await scene.git("switch", "--quiet", "testing");
			stage.note("Today both rollouts are complete:");
			scene.setTime(now);
			await scene.coxswain([
				"publish-updates",
				"--output",
				scene.site
			]);
			return {
				value: answer,
				what: `${answer.version} built, tested, released to testing and stable`
			};
		})).version,
		now
	};
}
/** Without --systemd the base is made of busybox. */
function hasSystemd(kind) {
	return kind === "systemd" || kind === "ostree";
}
/** What the stand-in for Fedora CoreOS needs in coxswain.yaml. The small one has no systemd, on purpose. */
function bootTestSettings({ options }) {
	if (options.kind === "ostree") return "mode: ostree";
	return !hasSystemd(options.kind) && options.base === void 0 ? "init: any" : void 0;
}
/**
* The three verbs that a push to a fleet's branch runs.
* @returns how many requests of the promotion were for signatures, in words
*/
async function releaseTo(scene, fleet) {
	const env = { COXSWAIN_SIGNING_KEY_FILE: fleetKeyFile(scene, fleet) };
	const promoted = readPromoted(await scene.coxswain([
		"promote-image",
		"--fleet",
		fleet
	], { env }));
	await scene.coxswain([
		"start-rollout",
		"--fleet",
		fleet
	]);
	await scene.coxswain([
		"publish-updates",
		"--output",
		scene.site
	]);
	return `${promoted.requests} requests, ${promoted.signingRequests} of them for signatures`;
}
/** Does what a click on "merge" does on GitHub, with git in the checkout. */
async function mergePullRequest(scene, pull) {
	await scene.git("switch", "--quiet", pull.base);
	await scene.git("merge", "--quiet", "--no-ff", "-m", `Merge pull request #${pull.number}: ${pull.title}`, pull.head);
}
function baseName(scene) {
	return `${scene.base.registry}/${scene.base.path}`;
}
// src/demo/failing-story.ts
const testName = "30-certified-base.sh";
/** A user's test that the second version of the base fails. */
const certifiedTest = (version) => `#!/bin/sh
# Our storage driver is certified for these versions of the base only.
. /usr/lib/os-release
case "$VERSION" in
  *${version}*) echo "base $VERSION is certified" ;;
  *) echo "base $VERSION is not certified"; exit 1 ;;
esac
`;
/** The user's test fails in the VM, so nothing may change for any node. */
async function playFailure(scene, version) {
	const { stage, options } = scene;
	await playOpening(scene, { [testName]: certifiedTest(version) });
	const before = await whatNodesSee(scene);
	stage.chapter("The base moves, and a user's test fails on it");
	await stage.step("base moves", async () => ({
		value: await publishBase(scene, "to"),
		what: "a new version of the base"
	}));
	const pull = await stage.step("watch-base", async () => {
		const { pullRequest } = readPullRequest(await scene.coxswain(["watch-base"]));
		const opened = await scene.pullRequest(pullRequest);
		return {
			value: opened,
			what: `pull request #${opened.number}: ${opened.title}`
		};
	});
	await scene.git("switch", "--quiet", pull.head);
	const built = await stage.step("build-image", async () => {
		const answer = readBuild(await scene.coxswain(["build-image"]));
		return {
			value: answer,
			what: `${answer.version} in the test registry`
		};
	});
	await stage.step("boot-test", async () => {
		const args = [
			"boot-test",
			"--output",
			join(options.output, "boot-test", "update")
		];
		const failed = readBoot(await scene.coxswain(args, { expect: [1] })).tests?.filter((test) => test.result !== "passed").map((test) => test.name) ?? [];
		if (failed.join() !== testName) throw new Error(`expected ${testName} to fail, and only it: ${failed.join(", ")}`);
		return {
			value: void 0,
			what: `${testName} failed in the VM`
		};
	});
	stage.chapter(`What pull request #${pull.number} says`);
	const told = (await scene.pullRequest(pull.number)).comments.map((comment) => comment.body).join("\n");
	stage.note(told);
	if (!told.includes(testName) || !told.includes("is not certified")) throw new Error("the pull request does not show the failing test and its output");
	stage.chapter("Somebody merges it anyway");
	await stage.step("merge", async () => {
		await mergePullRequest(scene, pull);
		return {
			value: void 0,
			what: `#${pull.number} merged into testing`
		};
	});
	await stage.step("promote-image", async () => {
		await scene.coxswain([
			"promote-image",
			"--fleet",
			"testing"
		], { expect: [1] });
		await scene.coxswain([
			"start-rollout",
			"--fleet",
			"testing"
		], { expect: [1] });
		await scene.coxswain([
			"publish-updates",
			"--output",
			scene.site
		]);
		return {
			value: void 0,
			what: "promotion refused, no rollout"
		};
	});
	stage.chapter("What nodes see, before and after");
	const after = await whatNodesSee(scene);
	for (const [name, digest] of Object.entries(before)) stage.note(`${name.padEnd(54)} ${digest}`);
	const unchanged = JSON.stringify(before) === JSON.stringify(after);
	if (!unchanged) throw new Error(`something changed: ${JSON.stringify(after, null, 2)}`);
	stage.note("Nothing has changed.");
	const summary = {
		version: built.version,
		failed: [testName],
		promoted: false,
		unchanged,
		seen: after
	};
	await writeFileAtomically(join(options.output, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
}
/** Digest of every production tag (by skopeo) and hash of every published file. */
async function whatNodesSee(scene) {
	const files = (await readdir(scene.site, {
		recursive: true,
		withFileTypes: true
	})).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
	const hashes = await Promise.all(files.map(async (file) => {
		const hash = createHash("sha256").update(await readFile(file)).digest("hex");
		return [file.slice(scene.site.length + 1), `sha256:${hash}`];
	}));
	const tags = Object.entries(await skopeoTags(scene.image)).map(([tag, digest]) => [`production tag ${tag}`, digest]);
	return Object.fromEntries([...tags, ...hashes]);
}
// src/demo/node.ts
init_fetch_whole();
/** Serves the files of a folder on loopback, as any web server does. */
async function withStaticServer(folder, work) {
	const server = createServer$1((request, response) => {
		const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
		readFileIfThere(join(folder, path)).then((text) => {
			response.writeHead(text === void 0 ? 404 : 200, { "content-type": "application/json" });
			response.end(text ?? "");
		}, () => {
			response.writeHead(404);
			response.end();
		});
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	try {
		const address = server.address();
		if (address === null || typeof address === "string") throw new Error("the static server has no port");
		return await work(`http://127.0.0.1:${address.port}/`);
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
}
/**
* Asks for an update as Zincati does (zincati src/identity/mod.rs and src/cincinnati/mod.rs): `v1/graph` joined to
* `base_url`, with the query a container deployment sends, and the target with the highest age index.
* @param booted `repository@sha256:…` of the running deployment
*/
async function askAsNode(baseUrl, node) {
	const url = new URL("v1/graph", baseUrl);
	url.search = new URLSearchParams({
		basearch: node.basearch,
		os_version: node.version,
		os_checksum: node.booted,
		oci: "true",
		stream: node.stream,
		platform: "qemu",
		group: "default",
		node_uuid: "27e3ac02af3946af995c9940e18b0cce"
	}).toString();
	const response = await fetchWhole(url, { headers: { accept: "application/json" } });
	if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
	const graph = parseGraph(await response.text(), url.href);
	return {
		url: url.href,
		offered: chooseUpdate(graph, node.booted)?.version
	};
}
// src/demo/table.ts
/** A plain-text table with a rule under its head; columns are as wide as their widest cell. */
function formatTable(head, rows) {
	const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map((cell) => cell.length)));
	const line = (cells) => cells.map((cell, column) => isFigure(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd();
	return [
		line(head),
		widths.map((width) => "─".repeat(width)).join("  "),
		...rows.map(line)
	].join("\n");
}
function isFigure(cell) {
	return /^\d+(\.\d+)?$/.test(cell);
}
// src/demo/offers.ts
/**
* Who is offered the newest release when: a row for each ring, a column for each moment of its rollout.
* @param from version that the nodes run
*/
function offersOverTime(options) {
	const newest = options.releases.releases.at(-1)?.version ?? "";
	const rollout = options.updates.releases.find((entry) => entry.version === newest)?.metadata.rollout ?? {};
	const start = rollout.start_epoch ?? 0;
	const length = (rollout.duration_minutes ?? 0) * 60;
	const moments = [
		["before the start", start - 60],
		["at 10 %", start + Math.ceil(length * .1) + 60],
		["half-way", start + Math.ceil(length * .5) + 60],
		["complete", start + length + 1]
	];
	const graph = buildGraph(options.releases, options.updates, {
		basearch: options.basearch,
		scheme: "oci"
	});
	const booted = graph.nodes.find((node) => node.version === options.from)?.payload ?? "";
	const rows = ringsToShow(options.rings).map(({ name, wariness }) => [`${name} (wariness ${wariness})`, ...moments.map(([, now]) => chooseUpdate(throttleGraph(graph, {
		now,
		wariness
	}), booted)?.version ?? "–")]);
	return formatTable(["ring", ...moments.map(([name, now]) => `${name} (${Math.round(rolloutProgress(rollout, now) * 100)} %)`)], rows);
}
// src/demo/promotion-scene.ts
const hour = 3600;
/** When open-promotion runs again, after the start of the rollout in testing. */
const looks = [
	1,
	25,
	50
];
const marks = {
	green: "✔ green",
	waiting: "· waiting",
	red: "✘ red",
	unknown: "? unknown"
};
/**
* The promotion from testing to stable: its gates turn green as time passes, and a person merges it.
* @param begun UNIX seconds at which the rollout in testing began
*/
async function playPromotion(scene, begun) {
	const { stage, options } = scene;
	stage.chapter("Promotion to stable");
	const states = /* @__PURE__ */ new Map();
	let promotion;
	for (const [index, hours] of looks.entries()) {
		scene.setTime(begun + hours * hour);
		promotion = await stage.step(`open-promotion (+${hours} h)`, async () => {
			const { pullRequest, ready, gates } = readPromotion(await scene.coxswain(["open-promotion"]));
			for (const { name, state } of gates) {
				const row = states.get(name) ?? [];
				row[index] = marks[state] ?? state;
				states.set(name, row);
			}
			if (ready !== hours >= 48) throw new Error(`the promotion is ${ready ? "" : "not "}ready after ${hours} hours`);
			const waiting = gates.filter(({ state }) => state !== "green").map(({ name }) => name);
			return {
				value: await scene.pullRequest(pullRequest),
				what: ready ? `${hours} hours later: pull request #${pullRequest} is ready` : `${hours === 1 ? "an hour" : `${hours} hours`} later: it waits for ${waiting.join(" and ")}`
			};
		});
	}
	if (promotion === void 0) return;
	const ready = promotion;
	stage.chapter("The gates, as time passes");
	stage.note(formatTable(["gate", ...looks.map((hours) => `+${hours} h`)], [...states].map(([name, row]) => [name, ...row])));
	stage.chapter(`Pull request #${ready.number}, as a reviewer sees it (promotion.md)`);
	const text = `# ${ready.title}\n\n${ready.body}`;
	stage.note(text);
	await writeFileAtomically(join(options.output, "promotion.md"), text);
	await stage.step("status", async () => {
		await scene.coxswain(["status"]);
		return {
			value: void 0,
			what: "every fleet on one screen"
		};
	});
	await playRefusal(scene);
	stage.chapter("Merged to stable");
	await stage.step("merge", async () => {
		await mergePullRequest(scene, ready);
		return {
			value: void 0,
			what: `#${ready.number} merged into stable`
		};
	});
	await stage.step("release to stable", async () => {
		return {
			value: void 0,
			what: `the same digest, under the policy of stable; ${await releaseTo(scene, "stable")}`
		};
	});
	await playAcceptance(scene);
}
// src/demo/loop-story.ts
const basearch = "x86_64";
/**
* The whole loop: a base moves, and in the end both fleets are offered the image that was tested.
* @param extraTests for the user's repository, by their paths below tests/
* @returns the image that was tested
*/
async function playLoop(scene, extraTests = {}) {
	const { stage, options } = scene;
	const first = await playOpening(scene, extraTests);
	const { now } = first;
	stage.chapter("The base moves");
	const baseTo = await stage.step("base moves", async () => {
		const version = await publishBase(scene, "to");
		return {
			value: version,
			what: `${first.base} → ${version}`
		};
	});
	const basePull = await stage.step("watch-base", async () => {
		const { pullRequest } = readPullRequest(await scene.coxswain(["watch-base"]));
		const pull = await scene.pullRequest(pullRequest);
		return {
			value: pull,
			what: `pull request #${pull.number}: ${pull.title}`
		};
	});
	stage.chapter(`Pull request #${basePull.number}: build, push to the test registry, boot in a VM`);
	await scene.git("switch", "--quiet", basePull.head);
	const built = await stage.step("build-image", async () => {
		const answer = readBuild(await scene.coxswain(["build-image"]));
		return {
			value: answer,
			what: `${answer.version} in the test registry`
		};
	});
	const booted = await stage.step("boot-test", async () => {
		const answer = readBoot(await scene.coxswain([
			"boot-test",
			"--output",
			join(options.output, "boot-test", "update")
		]));
		await scene.pullRequest(basePull.number);
		const system = answer.system?.manager === "systemd" ? `; systemd: ${answer.system.state}` : "";
		const updates = answer.upgrades?.map(({ from }) => `; updates from ${from}`).join("") ?? "";
		const agent = answer.agent === "agrees" ? "; the image's own Zincati agrees" : "";
		return {
			value: answer,
			what: `${answer.tests?.length ?? 0} tests in the VM (${answer.accelerator}): ${answer.verdict}${system}${updates}${agent}`
		};
	});
	if (hasSystemd(options.kind) && booted.system?.state !== "running") throw new Error(`systemd of the image reached ${booted.system?.state}, not running`);
	stage.chapter("Merged to testing");
	await stage.step("merge", async () => {
		await mergePullRequest(scene, basePull);
		return {
			value: void 0,
			what: `#${basePull.number} merged into testing`
		};
	});
	await stage.step("release to testing", async () => {
		return {
			value: void 0,
			what: `promoted by digest and signed (${await releaseTo(scene, "testing")}), rollout started, guidance published`
		};
	});
	await playPromotion(scene, now);
	await showOutcome(scene, {
		first,
		baseTo,
		built
	});
	return { digest: built.digest };
}
async function showOutcome(scene, story) {
	const { stage, options, site } = scene;
	const { first, built } = story;
	const config = await readConfig(scene.repository);
	const published = async (fleet) => {
		const file = (name) => readFile(join(site, fleet, name), "utf8");
		return {
			releases: parseReleaseIndex(await file("releases.json"), `${fleet}/releases.json`),
			updates: parseUpdateMetadata(await file("updates.json"), `${fleet}/updates.json`)
		};
	};
	stage.chapter("The same digest three times, as skopeo sees it");
	const digests = await stage.step("compare digests", async () => {
		const seen = {
			tested: await skopeoDigest(built.image),
			testing: await skopeoDigest(`${scene.image}:testing`),
			stable: await skopeoDigest(`${scene.image}:stable`)
		};
		for (const [name, digest] of Object.entries(seen)) stage.note(`${name.padEnd(8)} ${digest}`);
		if ((/* @__PURE__ */ new Set([...Object.values(seen), built.digest])).size !== 1) throw new Error("the digests differ");
		return {
			value: seen,
			what: "tested = testing = stable"
		};
	});
	stage.chapter(`Who on fleet stable is offered ${built.version}, over time`);
	const stable = await published("stable");
	const rollout = stable.updates.releases.find((entry) => entry.version === built.version)?.metadata.rollout;
	stage.note(offersOverTime({
		...stable,
		basearch,
		rings: config.rings,
		from: first.version
	}));
	stage.chapter("Nodes ask, as Zincati does, half-way through that rollout");
	await stage.step("nodes ask", async () => {
		const halfWay = (rollout?.start_epoch ?? 0) + (rollout?.duration_minutes ?? 0) * 30;
		scene.setTime(halfWay);
		await scene.coxswain([
			"publish-updates",
			"--output",
			site
		]);
		const booted = stable.releases.releases.find((release) => release.version === first.version)?.["oci-images"]?.[0]?.["digest-ref"];
		const folders = config.rings.flatMap((ring) => ring.folders.slice(0, 1));
		const answers = await withStaticServer(site, (url) => Promise.all(folders.map(async (folder) => {
			const baseUrl = `${url}stable/${basearch}/${folder === "" ? "" : `${folder}/`}`;
			const node = {
				basearch,
				stream: config.stream,
				version: first.version,
				booted: booted ?? ""
			};
			return {
				baseUrl: baseUrl.replace(url, "…/"),
				...await askAsNode(baseUrl, node)
			};
		})));
		for (const { baseUrl, offered } of answers) stage.note(`a node on ${first.version} with base_url ${baseUrl.padEnd(24)} is offered ${offered ?? "nothing yet"}`);
		return {
			value: void 0,
			what: `${answers.filter((answer) => answer.offered !== void 0).length} of ${answers.length} rings are offered the update`
		};
	});
	stage.chapter("The published site, examined from outside");
	await stage.step("doctor", async () => {
		const { findings, images } = readExamination(await scene.coxswain([
			"doctor",
			"--site",
			site
		]));
		if (findings.length > 0) throw new Error(`doctor has found something: ${JSON.stringify(findings)}`);
		return {
			value: void 0,
			what: `no finding, ${images} images in graphs`
		};
	});
	stage.chapter("How a thousand nodes of stable would take it, simulated");
	await stage.step("simulate", async () => {
		const rings = config.rings.filter(isNamed);
		const share = 1 / rings.length;
		const { curve, svg } = simulate({
			...stable,
			basearch,
			now: rollout?.start_epoch ?? 0,
			fleet: {
				nodes: 1e3,
				wariness: rings.map(({ wariness }) => ({
					wariness,
					share
				}))
			}
		});
		stage.note(curve);
		await writeFileAtomically(join(options.output, "adoption.svg"), svg);
		return {
			value: void 0,
			what: "adoption curve, a quarter of the nodes in each ring"
		};
	});
	const graphs = Object.fromEntries(Object.keys(config.fleets).flatMap((fleet) => config.rings.flatMap((ring) => ring.folders.slice(0, 1)).map((folder) => [`${fleet}/${basearch}/${folder === "" ? "default" : folder}`, graphPath({
		fleet,
		basearch,
		folder
	})])));
	const summary = {
		base: {
			from: first.base,
			to: story.baseTo
		},
		version: built.version,
		digests,
		steps: stage.steps.map(({ name, seconds }) => ({
			name,
			seconds: Number(seconds.toFixed(2))
		})),
		graphs
	};
	await writeFileAtomically(join(options.output, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`);
}
// src/demo/node-fleet.ts
const architecture = "x86_64";
const fleet = "stable";
/** Where the site is inside the machines. */
const url = "http://127.0.0.1/";
/** The part of the node kit that picks the ring. */
function kitOf(config) {
	const served = {
		...config,
		publish: {
			...config.publish,
			url
		}
	};
	const { files } = nodeFiles(served, {
		into: "image",
		fleet,
		parts: /* @__PURE__ */ new Set(["ring"])
	});
	return Object.fromEntries([...files].flatMap(([path, text]) => {
		const name = /^\/usr\/lib\/coxswain\/([^/]+)$/.exec(path)?.[1];
		return name === void 0 ? [] : [[`kit/${name}`, text]];
	}));
}
/** The fleet's published graphs. */
async function siteOf(scene, config) {
	const texts = config.rings.filter(isNamed).flatMap(({ folders }) => folders.map((folder) => graphPath({
		fleet,
		basearch: architecture,
		folder
	}))).map(async (path) => [path, await readFile(join(scene.site, path), "utf8")]);
	return Object.fromEntries(await Promise.all(texts));
}
/** The digests of the last two releases, and moments of the rollout of the last one. */
async function readPublished(scene) {
	const read = (name) => readFile(join(scene.site, fleet, name), "utf8");
	const { releases } = parseReleaseIndex(await read("releases.json"), "releases.json");
	const updates = parseUpdateMetadata(await read("updates.json"), "updates.json");
	const newest = releases.at(-1)?.version;
	const rollout = updates.releases.find(({ version }) => version === newest)?.metadata.rollout;
	const start = rollout?.start_epoch ?? 0;
	const minutes = rollout?.duration_minutes ?? 0;
	return {
		digests: releases.slice(-2).map((release) => {
			const reference = release["oci-images"]?.find((image) => image.architecture === architecture)?.["digest-ref"];
			return parseReference(reference ?? "");
		}),
		moments: [["half-way", start + minutes * 30], ["complete", start + minutes * 60 + 60]]
	};
}
/** @returns undefined for a reference without a digest */
async function readNodeImage(config, { options }, reference) {
	if (reference.kind !== "digest") return void 0;
	const client = createRegistryClient({
		env: process.env,
		log: options.log
	});
	const image = await readImage(client, atDigest(config.image, reference.digest), architecture);
	return {
		version: image.config.labels["org.opencontainers.image.version"] ?? "",
		digest: reference.digest,
		image
	};
}
// src/demo/node-machines.ts
/** Calls `work` while there are machines whose kernel is started directly; only the stand-in knows of deployments. */
async function withDirectMachines(scene, config, { from, to }, work) {
	await withPrepared(scene, config, from, (before) => withPrepared(scene, config, to, (after) => work({
		script: node_machine_default,
		files: {},
		make: async (name) => {
			const disk = join(scene.place.folder, `node-${name}`);
			await makeStateDisk(disk);
			return (runs, options) => {
				const old = runs === from.digest;
				const state = {
					disk,
					deployment: old ? "old" : "new"
				};
				return bootPrepared(old ? before : after, {
					...options,
					init: "any",
					state
				});
			};
		}
	})));
}
async function withPrepared({ options, place }, config, { digest }, work) {
	const { log } = options;
	const source = inRegistry(atDigest(config.image, digest));
	await withRootFilesystem(source, async (root) => {
		const folder = join(place.folder, `image-${digest.slice(-12)}`);
		await mkdir(folder);
		await work(await prepareImage({
			root,
			image: source.name,
			folder,
			log
		}));
	}, { log });
}
// src/demo/ostree-node-machines.ts
/** An emulated machine of this size takes minutes to come up; on a busy computer, many. */
const deadlineSeconds = 2400;
/** What makes the stand-in for rpm-ostree deploy by the ostree of the machine: before what else runs there. */
const ostreeNode = {
	script: ostree_machine_default,
	files: { "ostree-update.sh": ostree_update_default }
};
/**
* Calls `work` while there are machines with real ostree deployments. Each has the release that it runs deployed on its
* disk, and the next one in the repository, downloaded by ostree-ext: it has no network.
*/
async function withOstreeMachines(scene, config, { from, to }, work) {
	const { stage, place, options } = scene;
	const { log } = options;
	const source = ({ digest }) => inRegistry(atDigest(config.image, digest));
	await withRootFilesystem(source(from), (before) => withRootFilesystem(source(to), async (after) => {
		const disk = await stage.step("disk of the machines", async () => ({
			value: await makeDisk(scene, source(from), source(to), before),
			what: `${from.version} deployed by ostree-ext, ${to.version} downloaded`
		}));
		await work({
			files: ostreeNode.files,
			script: `${ostreeNode.script}${node_machine_default}`,
			make: async (name) => {
				const file = join(place.folder, `node-${name}.img`);
				await exec("cp", [
					"--sparse=always",
					disk.file,
					file
				]);
				return keptMachine({
					...disk,
					file
				}, (runs) => runs === from.digest ? before : after);
			}
		});
	}, { log }), { log });
}
async function makeDisk({ place, options: { log } }, from, to, root) {
	const tool = await findDeployTool({
		root,
		run: void 0
	});
	if (tool === void 0) throw new Error("ostree-deploy cannot be found");
	const folders = {
		from: join(place.folder, "ostree-from"),
		to: join(place.folder, "ostree-to")
	};
	for (const folder of Object.values(folders)) await mkdir(folder);
	const image = await fetchImage(from, folders.from, log);
	const next = await fetchImage(to, folders.to, log);
	return prepareOstreeDisk({
		image,
		next,
		tool,
		folder: folders.from,
		log
	});
}
/** A machine that goes on from what is on its disk. @param rootOf folder with the files of a release */
function keptMachine(disk, rootOf) {
	return async (runs, options) => {
		await settleDisk(disk.file);
		const about = {
			root: insideRoot(rootOf(runs)),
			keep: true
		};
		return bootOstree(disk, {
			deadlineSeconds,
			...options
		}, about);
	};
}
// src/demo/node-story.ts
/**
* Two machines follow the rollout of stable by their own Zincati, canary first, and restart into the digest that was
* tested; on an ostree base, by real deployments. Call it when stable has the release, half-way through its rollout.
* @param tested digest of the image that the boot test booted
*/
async function playNodes(scene, tested) {
	const { stage, options } = scene;
	const ostree = options.kind === "ostree";
	stage.chapter(`Two machines of stable, with their own Zincati${ostree ? " and real deployments" : ""}`);
	const config = await readConfig(scene.repository);
	const state = await readPublished(scene);
	const [from, to] = await Promise.all(state.digests.map((digest) => readNodeImage(config, scene, digest)));
	if (from === void 0 || to === void 0) throw new Error(`${fleet} has fewer than two releases`);
	const update = {
		from,
		to
	};
	await (ostree ? withOstreeMachines : withDirectMachines)(scene, config, update, async (machines) => {
		const nodes = [];
		for (const name of ["canary", "late"]) nodes.push({
			name,
			ring: name,
			boot: await machines.make(name),
			runs: from.digest,
			boots: 0
		});
		const rows = [];
		for (const [moment, time] of state.moments) {
			scene.setTime(time);
			await scene.coxswain([
				"publish-updates",
				"--output",
				scene.site
			]);
			const waiting = nodes.filter(({ runs }) => runs !== to.digest);
			const answers = await Promise.all(waiting.map((node) => stage.step(`${node.name}, ${moment}`, () => follow(scene, config, node, {
				machines,
				update
			}))));
			for (const [index, what] of answers.entries()) rows.push([
				moment,
				waiting[index]?.name ?? "",
				what
			]);
		}
		stage.note(formatTable([
			"rollout",
			"machine",
			"what its Zincati did"
		], rows));
		const wrong = nodes.find(({ runs }) => runs !== tested);
		if (wrong !== void 0) throw new Error(`${wrong.name} runs ${wrong.runs}, and ${tested} was tested`);
		stage.note(`Both machines run ${tested}: the digest that was tested.`);
		if (ostree) stage.note("Each says so itself, by the ostree commit that it booted.");
	});
}
/** Boots a machine, and again while its Zincati takes an update. */
async function follow(scene, config, node, rollout) {
	const { from, to } = rollout.update;
	const versionOf = (digest) => [from, to].find((each) => each.digest === digest)?.version ?? digest;
	const said = [];
	for (;;) {
		const answer = await bootNode(scene, config, node, rollout);
		if (answer === "stays") {
			said.push(`${said.length === 0 ? "stays on" : "restarted into"} ${versionOf(node.runs)}`);
			const what = said.join(", ");
			return {
				value: what,
				what
			};
		}
		said.push(`takes ${versionOf(answer)} (${shortDigest(answer)})`);
		node.runs = answer;
	}
}
/** @returns the digest that the machine's Zincati takes, or that it stays */
async function bootNode(scene, config, node, { machines, update }) {
	const repository = formatRepository(config.image);
	node.boots += 1;
	const script = join(scene.place.folder, `${node.name}-${node.boots}`);
	await writeFile(script, nodeScript({
		settings: alwaysOn,
		site: await siteOf(scene, config),
		images: [update.from, update.to],
		repository,
		values: {
			reference: `ostree-unverified-registry:${repository}:${config.stream}`,
			booted: node.runs,
			ring: node.ring
		},
		files: {
			...kitOf(config),
			...machines.files
		},
		script: machines.script
	}));
	const report = await node.boot(node.runs, {
		architecture,
		tests: [{
			name: "node",
			path: script,
			timeoutSeconds: 1500
		}],
		environment: {},
		outputFolder: join(scene.options.output, "nodes", `${node.name}-${node.boots}`),
		log: scene.options.log
	});
	const output = report.tests.find(({ name }) => name === "node")?.output ?? "";
	for (const line of output.trim().split("\n")) scene.stage.note(`  ${node.name}: ${line}`);
	const taken = /^takes (sha256:[0-9a-f]{64})$/m.exec(output)?.[1];
	if (taken !== void 0) return taken;
	if (/^stays$/m.test(output)) return "stays";
	throw new Error(`the machine ${node.name} did not answer: ${report.explanation}\n${output}`);
}
// src/demo/rehearsal-story.ts
/** Tests of an update, for the user's repository (paths below tests/); they need an image with systemd and sshd. */
const rehearsalTests = {
	"before-upgrade/10-leave-state.sh": leave_state_default,
	"after-upgrade/10-state-survived.sh": state_survived_default,
	"after-rollback/10-back.sh": back_default
};
/** A line for the Containerfile: a file of the new image that deletes the state of machines. */
const breakage = "RUN echo 'R /var/lib/notes' >/usr/lib/tmpfiles.d/notes.conf\n";
/**
* A change that boots well but loses the state of every machine that updates to it. The rehearsal finds this, so it
* is not promoted. Call it when the fleet testing has a release and `rehearsalTests` are committed. Afterwards the
* checkout is on the branch testing, and the change is merged but refused.
*/
async function playBrokenUpgrade(scene) {
	const { stage, repository, options } = scene;
	stage.chapter("A change that boots well, but breaks machines that update to it");
	await scene.git("switch", "--quiet", "--create", "tidy-up", "testing");
	const containerfile = join(repository, "Containerfile");
	await writeFile(containerfile, `${await readFile(containerfile, "utf8")}${breakage}`);
	await scene.git("commit", "--quiet", "--all", "--message", "Tidy up old notes");
	await scene.git("switch", "--quiet", "testing");
	await scene.git("merge", "--quiet", "--no-ff", "-m", "Merge tidy-up", "tidy-up");
	await stage.step("build-image (breaks updates)", async () => {
		const answer = readBuild(await scene.coxswain(["build-image"]));
		return {
			value: answer,
			what: `${answer.version} in the test registry`
		};
	});
	await stage.step("boot-test (breaks updates)", async () => {
		const output = join(options.output, "boot-test", "broken-upgrade");
		const answer = readBoot(await scene.coxswain([
			"boot-test",
			"--output",
			output
		], { expect: [1] }));
		if (answer.verdict !== "upgrade-failed") throw new Error(`expected the rehearsal to fail, and it ended as ${answer.verdict}`);
		return {
			value: void 0,
			what: "boots well, and the rehearsed update lost its state"
		};
	});
	await stage.step("promote-image (breaks updates)", async () => {
		await scene.coxswain([
			"promote-image",
			"--fleet",
			"testing"
		], { expect: [1] });
		return {
			value: void 0,
			what: "promotion refused"
		};
	});
}
/** Creates the folder of the user's repository and the helpers around it. */
async function openScene(stage, place, options) {
	const repository = join(place.folder, "os");
	const site = join(options.output, "site");
	await mkdir(repository);
	const program = process.argv[1];
	let calls = 0;
	let time = Math.floor(Date.now() / 1e3);
	const env = () => ({
		...place.env,
		GIT_AUTHOR_DATE: `${time} +0000`,
		GIT_COMMITTER_DATE: `${time} +0000`
	});
	const git = async (...args) => {
		const shown = ["git", ...args].map((word) => /\s/.test(word) ? JSON.stringify(word) : word).join(" ");
		await stage.command(shown, "git", [
			"-c",
			"advice.detachedHead=false",
			...args
		], {
			cwd: repository,
			env: env()
		});
	};
	return {
		stage,
		place,
		options,
		repository,
		base: parseRepository(`${place.registry.host}/fedora/fedora-coreos`),
		image: `${place.registry.host}/acme/os`,
		testImage: `${place.registry.host}/acme/os-test`,
		site,
		setTime: (to) => {
			time = to;
		},
		git,
		coxswain: async (args, run = {}) => {
			const answer = join(place.folder, `answer-${++calls}.json`);
			const when = args[0] === "init" ? [] : ["--now", formatTime(time)];
			const settings = Object.entries(run.env ?? {}).map(([name, value]) => `${name}=${value}`);
			await stage.command([
				...settings,
				"coxswain",
				...args,
				...when
			].join(" "), process.execPath, [
				program,
				...args,
				...when,
				"--json-file",
				answer
			], {
				cwd: repository,
				env: {
					...place.env,
					...run.env
				},
				...defined({ expect: run.expect })
			});
			const text = await readFileIfThere(answer);
			return text === void 0 ? void 0 : JSON.parse(text);
		},
		pullRequest: async (number) => {
			const found = (await (await openGitForge(repository)).pullRequests.list()).find((each) => each.number === number);
			if (found === void 0) throw new Error(`the demo's repository has no pull request #${number}`);
			const file = join(options.output, "pull-requests", `${number}.md`);
			await mkdir(join(options.output, "pull-requests"), { recursive: true });
			const comments = found.comments.map((comment) => `\n---\n\n${comment.body}\n`).join("");
			await writeFile(file, `# ${found.title}\n\n${found.body}\n${comments}`);
			return found;
		}
	};
}
// src/demo/stage.ts
init_errors();
/** A stage that writes to one stream, for people. */
function createStage(stream) {
	const steps = [];
	const write = (line) => stream.write(`${line}\n`);
	return {
		steps,
		chapter: (title) => write(`\n${styled("bold", `── ${title} ${"─".repeat(Math.max(3, 76 - title.length))}`, stream)}`),
		note: (text) => write(text),
		step: async (name, work) => {
			const started = performance.now();
			const { what, value } = await work();
			steps.push({
				name,
				what,
				seconds: (performance.now() - started) / 1e3
			});
			return value;
		},
		command: async (shown, program, args, options) => {
			write(styled("cyan", `$ ${shown}`, stream));
			const result = await runShowing(program, args, options, (line) => {
				if (!options.silent) write(styled("dim", `  ${line}`, stream));
			});
			if (!(options.expect ?? [0]).includes(result.exitCode)) throw new OutsideError(shown, `exit code ${result.exitCode}${options.silent ? `\n${result.output}` : ", see above"}`);
			return result;
		}
	};
}
async function runShowing(program, args, options, show) {
	const child = spawn(program, [...args], {
		cwd: options.cwd,
		env: {
			...process.env,
			...options.env
		},
		stdio: [
			"ignore",
			"pipe",
			"pipe"
		]
	});
	const lines = [];
	for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", (line) => {
		lines.push(line);
		show(line);
	});
	const closed = new Promise((resolve, reject) => {
		child.once("error", (error) => reject(new InputError({ problem: `cannot run ${program}: ${error.message}` })));
		child.once("close", (code) => resolve(code ?? 1));
	});
	const forget = onInterrupt(async () => {
		child.kill("SIGTERM");
		await closed;
	});
	try {
		return {
			exitCode: await closed,
			output: lines.join("\n")
		};
	} finally {
		forget();
	}
}
init_errors();
const attempts = 5;
const startSeconds = 15;
/** Our registry sends this with every answer, so that another program on the port is not mistaken for it. */
const markHeader = "X-Coxswain-Registry";
/**
* Starts a real registry (CNCF distribution) on a free loopback port, with deletion enabled.
* Starting it again on the same directory serves what was pushed before.
* @throws InputError when docker-registry is not installed
* @throws OutsideError when it does not start, with the end of its log
*/
async function startRegistry(options) {
	await mkdir(join(options.directory, "storage"), { recursive: true });
	let problem = "";
	for (let attempt = 0; attempt < attempts; attempt++) {
		const port = await freePort();
		const mark = randomUUID();
		const configuration = join(options.directory, "config.yml");
		await writeFile(configuration, registryConfiguration(options, port, mark));
		const started = await startProcess("docker-registry", ["serve", configuration], { logFile: options.logFile });
		if (await answers({
			port,
			mark,
			tls: options.tls !== void 0
		}, started)) return {
			host: `${options.tls === void 0 ? "127.0.0.1" : "localhost"}:${port}`,
			pid: started.pid,
			stop: () => started.stop()
		};
		await started.stop(1e3);
		problem = lastLines(await readFileIfThere(options.logFile));
		if (!problem.includes("address already in use")) break;
	}
	throw new OutsideError("starting docker-registry", `it did not start: ${problem}`);
}
function registryConfiguration(options, port, mark) {
	return JSON.stringify({
		version: "0.1",
		log: {
			level: "warn",
			accesslog: { disabled: true }
		},
		storage: {
			filesystem: { rootdirectory: join(options.directory, "storage") },
			delete: { enabled: true }
		},
		http: {
			addr: `127.0.0.1:${port}`,
			headers: { [markHeader]: [mark] },
			...defined({ tls: options.tls === void 0 ? void 0 : {
				certificate: options.tls.certificate,
				key: options.tls.key
			} })
		},
		...authOf(options)
	}, void 0, 2);
}
function authOf({ htpasswd, token }) {
	if (htpasswd !== void 0) return { auth: { htpasswd: {
		realm: "coxswain",
		path: htpasswd
	} } };
	if (token === void 0) return {};
	const { realm, service, issuer, certificate } = token;
	return { auth: { token: {
		realm,
		service,
		issuer,
		rootcertbundle: certificate
	} } };
}
/** A loopback port that nothing listens on at this moment. */
function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => {
				if (address === null || typeof address === "string") reject(/* @__PURE__ */ new Error("no port"));
				else resolve(address.port);
			});
		});
	});
}
async function answers(probe, registry) {
	let ended = false;
	registry.ended.then(() => {
		ended = true;
	});
	const deadline = performance.now() + startSeconds * 1e3;
	while (!ended && performance.now() < deadline) {
		if (await readMark(probe) === probe.mark) return true;
		await setTimeout(25);
	}
	return false;
}
function readMark({ port, tls }) {
	return new Promise((resolve) => {
		const options = {
			host: "127.0.0.1",
			port,
			path: "/v2/",
			agent: false,
			timeout: 2e3
		};
		const request$2 = tls ? request$1({
			...options,
			rejectUnauthorized: false
		}) : request(options);
		request$2.once("response", (response) => {
			response.resume();
			const mark = response.headers[markHeader.toLowerCase()];
			resolve(typeof mark === "string" ? mark : void 0);
		});
		request$2.once("timeout", () => request$2.destroy());
		request$2.once("error", () => resolve(void 0));
		request$2.once("close", () => resolve(void 0));
		request$2.end();
	});
}
function lastLines(text) {
	return (text ?? "").trimEnd().split("\n").slice(-5).join("\n");
}
// src/demo/workplace.ts
/** Starts a registry and gives buildah a storage of its own; stops and removes both afterwards. */
async function withWorkplace(work) {
	return withTemporaryFolder("demo", async (folder) => {
		const storage = join(folder, "containers");
		const storageConfiguration = join(folder, "storage.conf");
		await mkdir(storage);
		await writeFile(storageConfiguration, `[storage]\ndriver = "overlay"\ngraphroot = ${JSON.stringify(join(storage, "graph"))}\nrunroot = ${JSON.stringify(join(storage, "run"))}\n`);
		const env = {
			COXSWAIN_FORGE: "git",
			CONTAINERS_STORAGE_CONF: storageConfiguration,
			GIT_CONFIG_GLOBAL: "/dev/null",
			GIT_CONFIG_NOSYSTEM: "1",
			GIT_AUTHOR_NAME: "Demo",
			GIT_AUTHOR_EMAIL: "demo@example.invalid",
			GIT_COMMITTER_NAME: "Demo",
			GIT_COMMITTER_EMAIL: "demo@example.invalid"
		};
		Object.assign(process.env, env);
		const forget = onInterrupt(() => unmountBelow(storage));
		const registry = await startRegistry({
			directory: join(folder, "registry"),
			logFile: join(folder, "registry.log")
		});
		try {
			return await work({
				folder,
				registry,
				env
			});
		} finally {
			await registry.stop();
			await unmountBelow(storage);
			forget();
			await rm(storage, {
				recursive: true,
				force: true
			});
		}
	});
}
/** Overlay mounts of the storage keep its folder from being removed. */
async function unmountBelow(folder) {
	const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "").filter((path) => path.startsWith(`${folder}/`));
	for (const path of mounts.reverse()) await exec("umount", ["--lazy", path]);
}
export { rehearsalTests as a, formatTable as c, defaultCacheFolder as d, findZincati as f, playBrokenUpgrade as i, playFailure as l, createStage as n, playNodes as o, playAdoption as p, openScene as r, playLoop as s, withWorkplace as t, versions as u };
