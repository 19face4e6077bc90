import { $ as formatTime, B as formatRepository, G as parseRepository, I as atDigest, J as readFileIfThere, M as readConfig, Q as formatDuration, U as parseDigest, X as writeFileAtomically, Y as withTemporaryFolder, Z as onInterrupt, et as parseDuration, nt as InputError, q as isMissing, rt as OutsideError, tt as parseTime } from "./base.mjs";
import { C as styled, d as parseUpdateMetadata, h as someText, m as readDocument, o as parseReleaseIndex, p as openObject, v as openGitForge } from "./cli.mjs";
import { d as record, i as boolean, l as number, m as tuple, o as int, p as string, r as array, u as object } from "./zod.mjs";
import { d as findTool, f as requireTools, l as isLoopback, u as exec } from "./build.mjs";
import { chmod, copyFile, cp, mkdir, open, readFile, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { createInterface } from "node:readline";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { closeSync, openSync } from "node:fs";
import { createServer, request } from "node:http";
import { request as request$1 } from "node:https";
import { createServer as createServer$1 } from "node:net";
// src/host/process.ts
/**
* Starts a program that outlives this call (a registry, a virtual machine), its output going to a file.
* It is stopped on Ctrl-C and SIGTERM of this process, and killed when this process is; otherwise the caller stops it.
* @throws InputError when the program is not installed
*/
async function startProcess(program, args, options) {
	requireTools([program]);
	const log = openSync(options.logFile, "a");
	const path = findTool(program) ?? program;
	const dyingWithUs = findTool("setpriv");
	const [file, ...prefix] = dyingWithUs === void 0 ? [path] : [
		dyingWithUs,
		"--pdeathsig",
		"KILL",
		"--",
		path
	];
	const child = spawn(file, [...prefix, ...args], {
		stdio: [
			"ignore",
			log,
			log
		],
		detached: true,
		env: {
			...process.env,
			...options.env
		},
		...options.cwd === void 0 ? {} : { cwd: options.cwd }
	});
	closeSync(log);
	let gone = false;
	const ended = new Promise((resolve) => {
		child.once("exit", (code, signal) => {
			gone = true;
			forget();
			resolve({
				code,
				signal
			});
		});
	});
	await new Promise((resolve, reject) => {
		child.once("spawn", resolve);
		child.once("error", reject);
	});
	const stop = async (graceMilliseconds = 5e3) => {
		if (gone) return;
		child.kill("SIGTERM");
		const timer = setTimeout(() => child.kill("SIGKILL"), graceMilliseconds);
		await ended;
		clearTimeout(timer);
	};
	const forget = onInterrupt(() => stop(1e3));
	return {
		pid: child.pid,
		ended,
		stop
	};
}
// src/vm/busybox.ts
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
* @throws InputError when it is missing, needs libraries, or is for another architecture
*/
async function findStaticBusybox(architecture) {
	requireTools(["busybox"]);
	const path = findTool("busybox");
	const file = await open(path);
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
			remedy: `Run the boot test on a machine of that architecture (a runner for ${architecture}).`
		});
	} finally {
		await file.close();
	}
	return path;
}
// src/vm/kernel.ts
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
// src/vm/modules.ts
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
// src/demo/answers.ts
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
	system: object({
		manager: string(),
		state: string()
	}).optional()
});
const pullRequestAnswer = object({
	pullRequest: number(),
	ready: boolean().optional()
});
const readBuild = (answer) => buildAnswer.parse(answer);
const readBoot = (answer) => bootAnswer.parse(answer);
const readPullRequest = (answer) => pullRequestAnswer.parse(answer);
/** `open-promotion` answers one entry an edge; the demo has one edge. */
const readPromotion = (answer) => pullRequestAnswer.parse([answer].flat()[0]);
// src/demo/digests.ts
/** The digest another tool than ours sees behind a reference. @throws OutsideError where there is none */
async function skopeoDigest(reference) {
	const { stdout } = await exec("skopeo", [
		"inspect",
		"--tls-verify=false",
		"--raw",
		`docker://${reference}`
	]);
	return `sha256:${createHash("sha256").update(stdout).digest("hex")}`;
}
/** Every tag of a repository with its digest, as skopeo sees them; empty where there is no such repository. */
async function skopeoTags(repository) {
	const { exitCode, stdout } = await exec("skopeo", [
		"list-tags",
		"--tls-verify=false",
		`docker://${repository}`
	], { allow: [0, 1] });
	if (exitCode !== 0) return {};
	const answer = JSON.parse(stdout);
	const tags = typeof answer === "object" && answer !== null && "Tags" in answer && Array.isArray(answer.Tags) ? answer.Tags : [];
	const entries = await Promise.all(tags.map(async (tag) => [String(tag), await skopeoDigest(`${repository}:${tag}`)]));
	return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}
// src/demo/base-kernel.ts
/**
* The distribution's kernel for virtual machines, downloaded and unpacked (not installed), kept in the cache.
* @throws InputError when apt knows none
*/
async function fetchKernel(cacheFolder, log) {
	known ??= findKernelPackages();
	const packages = await known;
	const key = packages.map(({ name, version }) => `${name}_${version}`.replace(/[^\w.+~-]/g, "_")).join("__");
	const folder = join(cacheFolder, "kernels", key);
	if (!await exists(folder)) await log.task(`downloading ${packages.map(({ name }) => name).join(" and ")}`, async () => {
		await mkdir(join(cacheFolder, "kernels"), { recursive: true });
		const partial = `${folder}.${randomBytes(6).toString("hex")}`;
		try {
			await unpack(packages, partial);
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
/** Renames a finished folder or file to its place; another process may have been quicker, with the same content. */
async function putInPlace(partial, place) {
	try {
		await rename(partial, place);
	} catch (error) {
		if (!await exists(place)) throw error;
	}
}
async function exists(path) {
	try {
		await stat(path);
		return true;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
let known;
/** Packages with the kernel image, and its modules where they are apart (Ubuntu). */
async function findKernelPackages() {
	const candidates = [
		`linux-image-cloud-${(await exec("dpkg", ["--print-architecture"])).stdout.trim()}`,
		"linux-image-virtual",
		"linux-image-generic"
	];
	for (const candidate of candidates) {
		const image = (await dependsOf(candidate)).find((name) => /^linux-image-\d/.test(name));
		if (image === void 0) continue;
		const modules = (await dependsOf(image)).filter((name) => name.startsWith("linux-modules-"));
		return Promise.all([image, ...modules].map(async (name) => ({
			name,
			version: await versionOf(name)
		})));
	}
	throw new InputError({
		problem: `apt knows no kernel for virtual machines (${candidates.join(", ")})`,
		remedy: "Run apt-get update first."
	});
}
async function dependsOf(name) {
	const { stdout, exitCode } = await exec("apt-cache", [
		"depends",
		"--important",
		name
	], { allow: [0, 100] });
	if (exitCode !== 0) return [];
	return [...stdout.matchAll(/^\s*\|?Depends: (\S+)$/gm)].map((match) => match[1]);
}
async function versionOf(name) {
	const { stdout } = await exec("apt-cache", ["policy", name], { env: { LC_ALL: "C" } });
	return /Candidate: (\S+)/.exec(stdout)?.[1] ?? "unknown";
}
async function unpack(packages, folder) {
	const downloads = join(folder, "downloads");
	await mkdir(downloads, { recursive: true });
	await exec("apt-get", ["download", ...packages.map(({ name, version }) => `${name}=${version}`)], {
		cwd: downloads,
		doing: `downloading ${packages.map(({ name }) => name).join(", ")} (is apt-get update needed?)`
	});
	for (const file of await readdir(downloads)) await exec("dpkg-deb", [
		"-x",
		join(downloads, file),
		folder
	]);
	await rm(downloads, { recursive: true });
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
// src/demo/base-roots.ts
/** Raised when the way a root is made changes: older tarballs in caches are then not used. */
const recipes = {
	tiny: 3,
	systemd: 2
};
/** Makes the root file system of a kind of base image, or takes it from the cache. */
async function prepareRoot(kind, cacheFolder, log) {
	const kernel = await fetchKernel(cacheFolder, log);
	const key = `${kind}-${kind === "systemd" ? `${await hostSuite()}-` : ""}${kernel.key}-r${recipes[kind]}`;
	const tarball = join(cacheFolder, "roots", `${key}.tar`);
	if (!await exists(tarball)) await log.task(`making the root file system of a ${kind} base image`, () => withTemporaryFolder("base", async (folder) => {
		const root = join(folder, "root");
		await mkdir(root);
		await (kind === "tiny" ? makeTinyRoot(root, kernel) : makeSystemdRoot(root, kernel));
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
async function makeTinyRoot(root, kernel) {
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
	const busybox = await findStaticBusybox();
	await copyFile(busybox, join(root, "usr/bin/busybox"));
	await chmod(join(root, "usr/bin/busybox"), 493);
	const { stdout } = await exec("busybox", ["--list"]);
	for (const applet of stdout.trim().split("\n").filter((name) => name !== "busybox" && name !== "init")) await symlink("busybox", join(root, "usr/bin", applet));
	await symlink("../bin/busybox", join(root, "usr/sbin/init"));
	await symlink("../usr/lib/os-release", join(root, "etc/os-release"));
	await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
	await writeFile(join(root, "etc/group"), "root:x:0:\n");
	await addNetworkFiles(root);
	await addKernel(root, kernel, [
		"virtio_pci",
		"virtio_blk",
		"virtio_console",
		"virtio_net",
		"virtio_rng",
		"erofs",
		"overlay"
	]);
}
/** The distribution's own systemd, as small as it comes. */
async function makeSystemdRoot(root, kernel) {
	await rm(root, { recursive: true });
	await exec("mmdebstrap", [
		"--variant=minbase",
		"--include=systemd,systemd-sysv,udev,kmod,dbus",
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
	await rm(join(root, "etc/hostname"), { force: true });
	await rm(join(root, "etc/resolv.conf"), { force: true });
	await addNetworkFiles(root);
	await addKernel(root, kernel);
}
/** `buildah build --network host` adds these two, empty, where they are missing: the digest would depend on it. */
async function addNetworkFiles(root) {
	await writeFile(join(root, "etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n");
	await writeFile(join(root, "etc/resolv.conf"), "");
}
/** Puts a kernel where bootable container images have it. @param wanted modules to keep (default: all) */
async function addKernel(root, kernel, wanted) {
	const folder = join(root, "usr/lib/modules", kernel.version);
	await mkdir(dirname(folder), { recursive: true });
	await cp(kernel.modules, folder, {
		recursive: true,
		filter: (path) => !/\/(build|source)$/.test(path)
	});
	await depmod(root, kernel.version);
	if (wanted !== void 0) {
		const kept = orderModules(wanted, await readModuleIndex(folder)).files;
		await rm(join(folder, "kernel"), { recursive: true });
		for (const file of kept) {
			await mkdir(dirname(join(folder, file)), { recursive: true });
			await copyFile(join(kernel.modules, file), join(folder, file));
		}
		await depmod(root, kernel.version);
	}
	await copyFile(kernel.image, join(folder, "vmlinuz"));
	await chmod(join(folder, "vmlinuz"), 420);
}
async function depmod(root, version) {
	await exec("depmod", [
		"--basedir",
		root,
		version
	]);
}
async function hostSuite() {
	const text = await readFile("/etc/os-release", "utf8");
	return /^VERSION_CODENAME="?(\w+)"?$/m.exec(text)?.[1] ?? "stable";
}
// src/demo/base-images.ts
/**
* Builds and pushes a bootable image that stands in for Fedora CoreOS on one machine: same labels, same layout
* (kernel in /usr/lib/modules), same two facts about versions. The root file system is one layer, common to all
* versions; the version is a small second one. The same options give the same digest.
*/
async function buildBaseImage(options) {
	const { kind, version, log } = options;
	const root = await prepareRoot(kind, options.cacheFolder ?? defaultCacheFolder(), log);
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
			});
			await exec("buildah", [
				"config",
				...labels(options),
				"--cmd",
				"/sbin/init",
				container
			]);
			const image = await commit(container, createdAt(version));
			try {
				return await push(image, options);
			} finally {
				await exec("buildah", ["rmi", image], { allow: [
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
/** The labels of quay.io/fedora/fedora-coreos that somebody reads. */
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
// src/demo/existing-base.ts
const versionLabel = "org.opencontainers.image.version";
/**
* Makes a moving base of an image that exists (FCOS itself, say): the first version is the image with its own
* version, the second the same with the last number of its version raised.
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
// src/demo/opening.ts
const versions = {
	from: "44.20260621.3.1",
	to: "44.20260707.3.1"
};
const day = 86400;
/** Test in the user's repository for `--systemd`: proves that systemd of the image runs it. */
const systemdTest = `#!/bin/sh
set -eu
test "$(cat /proc/1/comm)" = systemd
systemctl is-active basic.target
echo "systemd $(systemctl --version | head -n 1 | cut -d' ' -f2) is process 1"
`;
/** Pushes one version of the base and moves the stream tag to it. Answers the version. */
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
		const tests = {
			...scene.options.kind === "systemd" ? { "20-systemd.sh": systemdTest } : {},
			...extraTests
		};
		await mkdir(join(scene.repository, "tests"), { recursive: true });
		for (const [name, text] of Object.entries(tests)) {
			await writeFile(join(scene.repository, "tests", name), text);
			await chmod(join(scene.repository, "tests", name), 493);
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
/** The three verbs that a push to a fleet's branch runs. */
async function releaseTo(scene, fleet) {
	await scene.coxswain([
		"promote-image",
		"--fleet",
		fleet
	]);
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
}
/** What a click on "merge" does elsewhere: git itself, in the checkout. */
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
	stage.chapter("The base moves, and a test of the user does not like it");
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
	stage.chapter("Somebody merges it all the same");
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
	stage.note("All of it is as it was.");
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
// src/simulation/series.ts
/** The bands of a picture, newest release first; the smallest of the older ones become one. */
function seriesOf(result, most = 7) {
	const { releases, curve, target } = result;
	const all = releases.map(({ version, barrier }, index) => ({
		label: barrier ? `${version} (barrier)` : version,
		isTarget: version === target,
		counts: curve.counts[index]
	})).reverse();
	if (all.length <= most) return all;
	const peak = (series) => Math.max(...series.counts);
	const kept = new Set([...all].sort((one, other) => Number(other.isTarget) - Number(one.isTarget) || peak(other) - peak(one)).slice(0, most - 1));
	const others = all.filter((series) => !kept.has(series));
	const counts = curve.times.map((_, index) => others.reduce((sum, series) => sum + series.counts[index], 0));
	return [...all.filter((series) => kept.has(series)), {
		label: `${others.length} others`,
		isTarget: false,
		counts
	}];
}
/** Times for the labels of an axis, in seconds since the start, and how to write them. */
function timeTicks(until, most) {
	const hour = 3600;
	const steps = [
		60,
		300,
		900,
		1800,
		hour,
		2 * hour,
		3 * hour,
		6 * hour,
		12 * hour,
		24 * hour
	];
	const days = [
		2,
		3,
		7,
		14,
		28,
		56,
		91,
		182,
		365,
		730,
		1825,
		3650
	].map((count) => count * 24 * hour);
	const step = [...steps, ...days].find((each) => until / each <= most) ?? 175200 * hour;
	const [size, unit] = step < hour ? [60, "min"] : step < 24 * hour ? [hour, "h"] : [24 * hour, "d"];
	return Array.from({ length: Math.floor(until / step) + 1 }, (_, index) => ({
		seconds: index * step,
		label: `${index * step / size} ${unit}`
	}));
}
// src/simulation/ascii-curve.ts
const eighths = [
	" ",
	"▁",
	"▂",
	"▃",
	"▄",
	"▅",
	"▆",
	"▇",
	"█"
];
/** The share of nodes on the target over time, for a terminal. */
function asciiCurve(result, size = {}) {
	const { width = 64, height = 10 } = size;
	const { times, adopted } = result.curve;
	const until = Math.max(1, times.at(-1) ?? 1);
	const shares = Array.from({ length: width }, (_, column) => {
		const moment = (column + .5) / width * until;
		const index = times.findLastIndex((time) => time <= moment);
		return adopted[Math.max(0, index)] / result.nodes;
	});
	return `${[...Array.from({ length: height }, (_, line) => {
		const bottom = height - 1 - line;
		const label = axisLabel(line, height);
		const cells = shares.map((share) => {
			const filled = Math.round((share * height - bottom) * 8);
			const least = bottom === 0 && share > 0 ? 1 : 0;
			const most = bottom === height - 1 && share < 1 ? 7 : 8;
			return eighths[Math.min(most, Math.max(least, filled))];
		});
		return `${label.padStart(5)} ┤${cells.join("")}`.trimEnd();
	}), ...axis(until, width)].join("\n")}\n`;
}
function axisLabel(line, height) {
	if (line === 0) return "100 %";
	return line === Math.floor(height / 2) ? "50 %" : "";
}
function axis(until, width) {
	const ticks = timeTicks(until, Math.floor(width / 10)).map(({ seconds, label }) => ({
		column: Math.min(width - 1, Math.round(seconds / until * width)),
		label
	}));
	const line = Array.from({ length: width }, (_, column) => ticks.some((tick) => tick.column === column) ? "┬" : "─");
	let labels = "";
	for (const { column, label } of ticks) {
		const start = column - Math.floor(label.length / 2) + 7;
		if (start >= labels.length) labels = labels.padEnd(start) + label;
	}
	return [`  0 % └${line.join("")}`, labels];
}
// src/simulation/fleet-model.ts
/** Immediate reboots, always on, asking every five minutes. */
const defaultFleetModel = {
	nodes: 1e5,
	start: [],
	wariness: [],
	poll: 300,
	staging: 300,
	reboot: 120,
	windows: [],
	gone: 0,
	off: {
		share: 0,
		mean: 0
	},
	publishEvery: 0
};
// src/simulation/report.ts
const explanations = {
	"not in the graph": "their release has no image for this architecture",
	"dead-end": "their release is a dead-end",
	"no way": "no way leads on from their release",
	"never opened to it": "the next rollout stops short of their wariness",
	"not its turn yet": "their turn had not come when the simulation ended",
	"no reboot window yet": "they wait for a reboot window",
	"off for now": "they were off when the simulation ended",
	gone: "they are off for ever"
};
/** The answer for people: figures, the curve, releases, barriers, and who never arrives. */
function describeSimulation(result) {
	const { nodes, now, target, arrived, timeTo, lastArrival } = result;
	const moment = (seconds) => `${formatDuration(seconds)} (${showTime(now + seconds)})`;
	const reach = (seconds) => seconds === null ? "not reached" : `after ${moment(seconds)}`;
	const figures = [
		["50 %", reach(timeTo.half)],
		["95 %", reach(timeTo.most)],
		["100 %", reach(timeTo.all)],
		...timeTo.all === null && lastArrival !== null ? [[percent(arrived, nodes), `${reach(lastArrival)}; the others never, or not in time`]] : []
	];
	const parts = [
		`${whole(nodes)} simulated nodes on the way to ${target}, from ${showTime(now)} on (seed ${result.seed}):`,
		columns$1(figures.map(([share = "", when = ""]) => [`  ${share}`, when])),
		asciiCurve(result).trimEnd(),
		columns$1([[
			"release",
			"at the start",
			"at the end",
			""
		], ...[...result.releases].reverse().map(({ version, atStart, atEnd, barrier, deadend }) => [
			version,
			`${whole(atStart)}`,
			`${whole(atEnd)}`,
			[barrier ? "barrier" : "", deadend ? "dead-end" : ""].filter((word) => word !== "").join(", ")
		])])
	];
	if (result.barriers.length > 0) parts.push(result.barriers.map(({ version, behindAtStart, behindAtEnd, clearedAfter }) => {
		const end = clearedAfter === null ? `${whole(behindAtEnd)} still are at the end` : `none ${reach(clearedAfter)}`;
		return `${whole(behindAtStart)} nodes were behind the barrier ${version}; ${end}.`;
	}).join("\n"));
	if (result.missing.length > 0) parts.push([`${whole(nodes - arrived)} nodes (${percent(nodes - arrived, nodes)}) do not arrive:`, columns$1(result.missing.map(({ reason, version, nodes: count }) => [`  ${whole(count)}`, `on ${version}: ${explanations[reason]}`]))].join("\n"));
	return `${parts.join("\n\n")}\n`;
}
/** `1,000,000` */
function whole(count) {
	return count.toLocaleString("en-US");
}
/** `2026-07-22 14:00 UTC` */
function showTime(seconds) {
	return `${formatTime(seconds).slice(0, 16).replace("T", " ")} UTC`;
}
/** Never rounded to 0 % or 100 % where that would not be true. */
function percent(part, all) {
	const share = part / all * 100;
	if (share > 0 && share < .01) return "< 0.01 %";
	if (share < 100 && share > 99.99) return "> 99.99 %";
	return `${Math.round(share * 100) / 100} %`;
}
/** Numbers to the right, texts to the left. */
function columns$1(rows) {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const isNumber = (column) => rows.slice(1).every((row) => /^ *[\d,]+$/.test(row[column]));
	return rows.map((row) => row.map((cell, column) => {
		const width = widths[column];
		return isNumber(column) && rows.length > 1 ? cell.padStart(width) : cell.padEnd(width);
	}).join("  ").trimEnd()).join("\n");
}
// src/simulation/shares.ts
/** Reads `5%`, `12.5 %`; the answer is a fraction. @throws InputError */
function parseShare(text, place = {}) {
	const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(text.trim())?.[1];
	const share = Number(percent) / 100;
	if (share >= 0 && share <= 1) return share;
	throw new InputError({
		...place,
		problem: "not a share",
		found: text,
		expected: "a percentage, such as 5%"
	});
}
/** Reads `WHAT=20%`; without a share it is all of them. @throws InputError */
function parseShareOf(text, place = {}) {
	const split = text.lastIndexOf("=");
	if (split < 0) return {
		of: text.trim(),
		share: 1
	};
	return {
		of: text.slice(0, split).trim(),
		share: parseShare(text.slice(split + 1), place)
	};
}
/**
* Whole numbers in the given proportions that add up to `total`, by largest remainder.
* @param shares not negative, not all 0
*/
function distribute(total, shares) {
	const sum = shares.reduce((one, other) => one + other, 0);
	const exact = shares.map((share) => share / sum * total);
	const counts = exact.map(Math.floor);
	const missing = total - counts.reduce((one, other) => one + other, 0);
	const byRemainder = [...exact.keys()].sort((one, other) => remainder(other) - remainder(one) || one - other);
	for (const index of byRemainder.slice(0, missing)) counts[index] = counts[index] + 1;
	return counts;
	function remainder(index) {
		return exact[index] % 1;
	}
}
/** What shares leave over. @throws InputError when they are more than everything */
function remainingShare(groups, field) {
	const sum = groups.reduce((total, { share }) => total + share, 0);
	if (sum > 1 + 1e-9) throw new InputError({
		field,
		problem: "the shares add up to more than all nodes",
		found: `${Math.round(sum * 1e6) / 1e4}%`,
		expected: "at most 100%"
	});
	return sum > 1 - 1e-9 ? 0 : 1 - sum;
}
// src/simulation/draws.ts
/** Gives each node its wariness. @throws InputError when the shares are more than all nodes */
function warinessDraw(groups, random) {
	const rest = remainingShare(groups, "--wariness");
	return () => {
		let rank = random.uniform();
		const hashed = Math.max(1e-6, random.uniform());
		if (rank < rest) return hashed;
		rank -= rest;
		for (const { wariness, share } of groups) {
			if (rank < share) return wariness === "uniform" ? hashed : wariness;
			rank -= share;
		}
		const last = groups.at(-1)?.wariness;
		return last === void 0 || last === "uniform" ? hashed : last;
	};
}
/**
* Nodes that come and go: on and off for times that are exponentially distributed, so that only the present state
* decides what comes next, and any stretch of time can be skipped.
*/
function offTimes({ share, mean }, random) {
	const meanOn = mean * (1 - share) / share;
	const rate = 1 / mean + 1 / meanOn;
	return {
		atStart: () => random.uniform() < share,
		/** Is a node off that was off, or on, so many seconds ago? */
		at: (wasOff, seconds) => {
			const kept = Math.exp(-rate * Math.max(0, seconds));
			return random.uniform() < share + ((wasOff ? 1 : 0) - share) * kept;
		},
		/** Seconds until a node that is off is on again. */
		remaining: () => random.exponential(mean)
	};
}
// src/simulation/move-counts.ts
const columns = 4096;
/**
* Keeps the change per place and stretch of time. When a move lies beyond the last column, pairs of columns become one:
* a week is kept to five minutes, an hour to the second.
*/
function createMoveCounts(places) {
	const changes = new Int32Array(places * columns);
	let width = 1;
	return {
		move(from, to, seconds) {
			let column = Math.ceil(seconds / width);
			while (column >= columns) {
				halve();
				column = Math.ceil(seconds / width);
			}
			changes[from * columns + column] = changes[from * columns + column] - 1;
			changes[to * columns + column] = changes[to * columns + column] + 1;
		},
		curve(initial, until, points) {
			const last = Math.min(4095, Math.ceil(until / width));
			const stride = Math.max(1, Math.ceil(last / points));
			const shown = Math.ceil(last / stride) + 1;
			const times = Array.from({ length: shown }, (_, index) => index * stride * width);
			return {
				times,
				counts: Array.from({ length: places }, (_, place) => {
					let count = initial[place];
					let column = 0;
					return times.map((_, index) => {
						for (; column <= Math.min(index * stride, 4095); column += 1) count += changes[place * columns + column];
						return count;
					});
				})
			};
		}
	};
	function halve() {
		for (let place = 0; place < places; place += 1) {
			const base = place * columns;
			for (let column = 1; column < columns; column += 1) {
				const value = changes[base + column];
				if (value === 0) continue;
				changes[base + column] = 0;
				const merged = base + (column + 1 >> 1);
				changes[merged] = changes[merged] + value;
			}
		}
		width *= 2;
	}
}
// src/updates/progress.ts
/**
* How far a rollout is: 0 to 1, upstream's throttle value (policy::throttle_rollouts). A node is offered the release
* when its wariness is not above it.
*
* Upstream's rules: 0 before the start; 1 after the end; a straight line between; without a duration it stays at
* start_percentage. An explicit duration of 0 counts as one minute (the specification says "no progress").
* The order of the operations is upstream's, too: at the end second rounding decides who is let in.
* @param now UNIX seconds
*/
function rolloutProgress(rollout, now) {
	const start = rollout.start_epoch ?? 0;
	const startValue = rollout.start_percentage ?? 0;
	if (now < start) return 0;
	const end = rolloutEnd(rollout);
	if (end === void 0) return startValue;
	if (now > end) return 1;
	const rate = (1 - startValue) / (end - start);
	return Math.min(1, startValue + rate * (now - start));
}
/** UNIX seconds at which a rollout ends, or undefined for one that has no duration. */
function rolloutEnd(rollout) {
	if (rollout.duration_minutes === void 0) return void 0;
	return (rollout.start_epoch ?? 0) + Math.max(rollout.duration_minutes, 1) * 60;
}
/** @param now UNIX seconds */
function rolloutPhase(rollout, now) {
	if (now < (rollout.start_epoch ?? 0)) return "scheduled";
	if (rolloutProgress(rollout, now) >= 1) return "complete";
	return rollout.duration_minutes === void 0 ? "held" : "in progress";
}
/**
* The first second after `now` at which a rollout opens to a wariness, or undefined when it is open already or never
* will be.
* @param now UNIX seconds
*/
function nextOpening(rollout, wariness, now) {
	const isOpen = (moment) => wariness <= rolloutProgress(rollout, moment);
	if (isOpen(now)) return void 0;
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	if (end === void 0) return now < start && isOpen(start) ? start : void 0;
	let closed = now;
	let open = end + 1;
	while (open - closed > 1) {
		const middle = Math.floor((closed + open) / 2);
		if (isOpen(middle)) open = middle;
		else closed = middle;
	}
	return open;
}
// src/simulation/openings.ts
/**
* The first second at which a release is offered to a wariness; -Infinity for always, Infinity for never.
* The same answer as nextOpening of src/updates, found in a few steps: it is asked for each node of a fleet.
* @param rollout undefined for a release that is not throttled: a barrier without a rollout
*/
function openingOf(rollout, wariness) {
	if (rollout === void 0 || wariness <= 0) return Number.NEGATIVE_INFINITY;
	const start = rollout.start_epoch ?? 0;
	const startValue = rollout.start_percentage ?? 0;
	if (wariness <= rolloutProgress(rollout, start)) return start;
	if (rollout.duration_minutes === void 0) return Number.POSITIVE_INFINITY;
	const seconds = Math.max(rollout.duration_minutes, 1) * 60;
	const end = start + seconds;
	let opening = Math.min(end + 1, start + Math.ceil((wariness - startValue) / (1 - startValue) * seconds));
	while (opening <= end && wariness > rolloutProgress(rollout, opening)) opening += 1;
	while (opening > start + 1 && wariness <= rolloutProgress(rollout, opening - 1)) opening -= 1;
	return opening;
}
// src/simulation/polling.ts
const jitterSteps = 10;
function jitterStep(interval) {
	return Math.max(Math.floor(interval / 100), 1);
}
/** Seconds until the first poll of a node that has been polling for long: polls do not begin with our clock. */
function firstPoll(random, interval) {
	const step = jitterStep(interval);
	const longest = interval + jitterSteps * step;
	for (;;) {
		const length = interval + step * random.below(11);
		if (random.uniform() * longest < length) return random.below(length);
	}
}
/**
* The first poll at or after a moment, of a node that polls at `poll` and then every interval with jitter.
* Far away, many intervals are added at once: their sum is close to normal.
*/
function pollAtOrAfter(random, poll, moment, interval) {
	const step = jitterStep(interval);
	const longest = interval + jitterSteps * step;
	let at = poll;
	for (;;) {
		const count = Math.floor((moment - at) / longest);
		if (count < 16) break;
		const steps = Math.round(count * (jitterSteps / 2) + Math.sqrt(count * 10) * random.normal());
		at += count * interval + step * Math.min(count * jitterSteps, Math.max(0, steps));
	}
	while (at < moment) at += interval + step * random.below(11);
	return at;
}
// src/simulation/random.ts
/** xoshiro128** 1.1 by Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c), seeded by splitmix32. */
function createRandom(seed) {
	let counter = seed | 0;
	let a = seedWord();
	let b = seedWord();
	let c = seedWord();
	let d = seedWord();
	return {
		uniform,
		below: (limit) => Math.floor(uniform() * limit),
		normal,
		exponential
	};
	function uniform() {
		const word = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
		const shifted = b << 9;
		c ^= a;
		d ^= b;
		b ^= c;
		a ^= d;
		c ^= shifted;
		d = rotateLeft(d, 11);
		return word / 4294967296;
	}
	/** Box and Muller; 1 - u is never 0. */
	function normal() {
		return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
	}
	function exponential(mean) {
		return -mean * Math.log(1 - uniform());
	}
	function seedWord() {
		counter = counter + 2654435769 | 0;
		let word = Math.imul(counter ^ counter >>> 16, 2246822507);
		word = Math.imul(word ^ word >>> 13, 3266489909);
		return word ^ word >>> 16;
	}
}
function rotateLeft(word, by) {
	return word << by | word >>> 32 - by;
}
// src/simulation/starting-places.ts
/** The place whose adoption is measured. */
function findTarget(places, input) {
	if (input.target !== void 0) {
		const position = places.findIndex(({ version }) => version === input.target);
		if (position >= 0) return position;
		throw unknownVersion(input.target, input, places);
	}
	const offered = places.flatMap(({ targets }) => targets);
	if (places.length === 0) throw new InputError({
		problem: "no release of this fleet has an image for this architecture",
		found: input.basearch
	});
	return offered.length === 0 ? places.length - 1 : Math.max(...new Set(offered));
}
/** Version and number of nodes per place; the last entry stands for nodes on no place. */
function startCounts(places, input, targetPlace) {
	const target = places[targetPlace];
	const older = places.flatMap((place, position) => place.age < target.age && places.findIndex(({ age }) => age === place.age) === position ? [position] : []);
	const shares = /* @__PURE__ */ new Map();
	let absent = "";
	const add = (position, share) => shares.set(position, (shares.get(position) ?? 0) + share);
	for (const { version, share } of input.fleet.start) {
		if (version === "spread") {
			for (const position of older) add(position, share / older.length);
			if (older.length === 0) add(targetPlace, share);
			continue;
		}
		const position = places.findIndex((place) => place.version === version);
		if (position >= 0) add(position, share);
		else {
			if (!input.releases.releases.some((release) => release.version === version)) throw unknownVersion(version, input, places);
			absent = absent === "" ? version : `${absent}, ${version}`;
			add(places.length, share);
		}
	}
	const rest = remainingShare(input.fleet.start, "--start");
	if (rest > 0) add(older.at(-1) ?? targetPlace, rest);
	const all = [...places.keys(), places.length];
	const counts = distribute(input.fleet.nodes, all.map((position) => shares.get(position) ?? 0));
	return all.map((position) => [places[position]?.version ?? absent, counts[position]]);
}
function unknownVersion(version, input, places) {
	const released = input.releases.releases.some((release) => release.version === version);
	const known = places.map((place) => place.version).slice(-5);
	return new InputError({
		problem: released ? `this release has no image for ${input.basearch}` : "this version is not in the release index",
		found: version,
		expected: `one of ${places.length > known.length ? "…, " : ""}${known.join(", ")}`
	});
}
// src/updates/node-keys.ts
/** Keys in the metadata of a graph node, as in upstream's commons/src/metadata.rs. All values are texts. */
const nodeKeys = {
	scheme: "org.fedoraproject.coreos.scheme",
	ageIndex: "org.fedoraproject.coreos.releases.age_index",
	barrier: "org.fedoraproject.coreos.updates.barrier",
	barrierReason: "org.fedoraproject.coreos.updates.barrier_reason",
	deadend: "org.fedoraproject.coreos.updates.deadend",
	deadendReason: "org.fedoraproject.coreos.updates.deadend_reason",
	rollout: "org.fedoraproject.coreos.updates.rollout",
	startEpoch: "org.fedoraproject.coreos.updates.start_epoch",
	startValue: "org.fedoraproject.coreos.updates.start_value",
	durationMinutes: "org.fedoraproject.coreos.updates.duration_minutes"
};
// src/updates/graph.ts
/**
* The graph that fcos-cincinnati's graph builder makes of these inputs (Graph::from_metadata in
* commons/src/graph.rs at 95388bdf), before throttling. Quirks are upstream's and named where they are.
*/
function buildGraph(releases, updates, scope) {
	const nodes = [];
	for (const [age, release] of releases.releases.entries()) {
		const payload = payloadOf(release, scope);
		if (payload === void 0) continue;
		const metadata = {
			[nodeKeys.ageIndex]: String(age),
			[nodeKeys.scheme]: scope.scheme
		};
		for (const entry of updates.releases) if (entry.version === release.version) Object.assign(metadata, describeEntry(entry));
		nodes.push({
			version: release.version,
			metadata: sortedByKey(metadata),
			payload
		});
	}
	return withoutWaysOutOfDeadends({
		nodes,
		edges: computeEdges(nodes)
	});
}
/** Removes the edges that leave dead-ends. A dead-end may still be a target. */
function withoutWaysOutOfDeadends(graph) {
	const deadend = graph.nodes.map((node) => node.metadata[nodeKeys.deadend] === "true");
	return {
		nodes: graph.nodes,
		edges: graph.edges.filter(([from]) => !deadend[from])
	};
}
/** The graph as it is served: indent of two spaces, final newline. */
function formatGraph(graph) {
	return `${JSON.stringify(graph, null, 2)}\n`;
}
const position = int({ error: "the position of a node" }).nonnegative({ error: "the position of a node" });
const servedGraph = openObject("a graph: {nodes, edges}", {
	nodes: array(openObject("a node: {version, metadata, payload}", {
		version: someText("a version"),
		payload: someText("repository@sha256:… or a checksum"),
		metadata: record(string(), string({ error: "a text: in a graph all metadata are texts" }), { error: "an object of texts" }).refine((metadata) => /^\d+$/.test(metadata[nodeKeys.ageIndex] ?? ""), {
			error: `a whole number in ${nodeKeys.ageIndex}`,
			params: { problem: "a node without a usable age" }
		}).refine((metadata) => metadata[nodeKeys.scheme] !== void 0, {
			error: `oci or checksum in ${nodeKeys.scheme}`,
			params: { problem: "a node without a scheme" }
		})
	}), { error: "the list of nodes" }),
	edges: array(tuple([position, position], { error: "a pair of positions" }), { error: "the list of edges" })
}).superRefine(({ nodes, edges }, context) => {
	const index = edges.findIndex((edge) => edge.some((end) => end >= nodes.length));
	if (index < 0) return;
	context.addIssue({
		code: "custom",
		path: ["edges", index],
		message: `positions below ${nodes.length}`,
		params: { problem: "this edge ends at a node that is not there" }
	});
});
/**
* Reads a served graph, as demanding as Zincati: one node without version, payload, scheme or age spoils it all.
* @throws InputError with line, column and field
*/
function parseGraph(text, where) {
	return readDocument(servedGraph, text, { where });
}
/** Upstream takes the last match where an architecture occurs twice, and empty texts for absent. */
function payloadOf(release, { basearch, scheme }) {
	return (scheme === "oci" ? release["oci-images"]?.filter((each) => each.architecture === basearch).map((each) => each["digest-ref"]) : release.commits?.filter((each) => each.architecture === basearch).map((each) => each.checksum))?.findLast((payload) => payload !== "");
}
function describeEntry({ metadata: { rollout, barrier, deadend } }) {
	const described = {};
	if (deadend !== void 0) {
		described[nodeKeys.deadend] = "true";
		described[nodeKeys.deadendReason] = deadend.reason || "generic";
	}
	if (barrier !== void 0) {
		described[nodeKeys.barrier] = "true";
		described[nodeKeys.barrierReason] = barrier.reason || "generic";
	}
	if (rollout !== void 0) {
		described[nodeKeys.rollout] = "true";
		if (rollout.start_epoch !== void 0) described[nodeKeys.startEpoch] = String(rollout.start_epoch);
		if (rollout.start_percentage !== void 0) described[nodeKeys.startValue] = displayFloat(rollout.start_percentage);
		if (rollout.duration_minutes !== void 0) described[nodeKeys.durationMinutes] = String(rollout.duration_minutes);
	}
	return described;
}
/**
* A double as Rust's Display writes it: the shortest digits that read back, as in JavaScript, but never with an
* exponent, and with the sign of a negative zero.
*/
function displayFloat(value) {
	if (Object.is(value, -0)) return "-0";
	const [mantissa = "", exponent] = String(value).split("e");
	if (exponent === void 0) return mantissa;
	const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
	const digits = whole + fraction;
	const point = whole.length + Number(exponent);
	const plain = point <= 0 ? `0.${"0".repeat(-point)}${digits}` : `${digits.slice(0, point).padEnd(point, "0")}${digits.length > point ? `.${digits.slice(point)}` : ""}`;
	return value < 0 ? `-${plain}` : plain;
}
/** Positions in `nodes`, not ages, decide: a barrier that has no image for this architecture gates nobody. */
function computeEdges(nodes) {
	const positions = [...nodes.keys()];
	const rollouts = positions.filter((position) => hasKey(position, nodeKeys.rollout));
	const barriers = positions.filter((position) => hasKey(position, nodeKeys.barrier));
	const edges = [];
	for (const target of rollouts.toReversed()) {
		const previousBarrier = barriers.findLast((barrier) => barrier < target) ?? 0;
		for (let from = previousBarrier; from < target; from += 1) edges.push([from, target]);
	}
	let start = 0;
	for (const target of barriers) {
		if (!rollouts.includes(target)) for (let from = start; from < target; from += 1) edges.push([from, target]);
		start = target;
	}
	return edges;
	function hasKey(position, key) {
		return nodes[position]?.metadata[key] !== void 0;
	}
}
function sortedByKey(record) {
	return Object.fromEntries(Object.entries(record).sort(([one], [other]) => one < other ? -1 : 1));
}
// src/updates/throttle.ts
/**
* The graph that upstream's policy engine gives a client of this wariness at this time: edges to releases whose
* rollout is not that far are gone. Nodes all stay: a node must find itself.
*
* Wariness 0 is above no progress, so it is offered a rollout even before its start: upstream's quirk, and how its
* release engineers look at a rollout that is yet to begin. Canaries that shall wait for the start take 0.001.
* @param options.now UNIX seconds
* @param options.wariness 0 (first) to 1 (last)
*/
function throttleGraph(graph, options) {
	const hidden = graph.nodes.map((node) => {
		const rollout = rolloutOf(node);
		return rollout !== void 0 && options.wariness > rolloutProgress(rollout, options.now);
	});
	return withoutWaysOutOfDeadends({
		nodes: graph.nodes,
		edges: graph.edges.filter(([, to]) => !hidden[to])
	});
}
/** The rollout that a node's metadata describes, if any; what does not parse counts as absent, as upstream. */
function rolloutOf(node) {
	if (node.metadata[nodeKeys.rollout] === void 0) return void 0;
	const startEpoch = wholeNumber(node.metadata[nodeKeys.startEpoch], /^[+-]?\d+$/);
	const startValue = Number(node.metadata[nodeKeys.startValue] ?? "NaN");
	const duration = wholeNumber(node.metadata[nodeKeys.durationMinutes], /^\+?\d+$/);
	return {
		...startEpoch === void 0 ? {} : { start_epoch: startEpoch },
		...Number.isNaN(startValue) ? {} : { start_percentage: startValue },
		...duration === void 0 ? {} : { duration_minutes: duration }
	};
}
function wholeNumber(text, pattern) {
	return text !== void 0 && pattern.test(text) ? Number(text) : void 0;
}
// src/simulation/ways.ts
/** All places of a graph, in its order, with the ways between them as nodes would go them at some time. */
function placesOf(releases, updates, basearch) {
	const graph = buildGraph(releases, updates, {
		basearch,
		scheme: "oci"
	});
	const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
	const age = (position) => ages[position];
	const targets = graph.nodes.map(() => []);
	for (const [from, to] of graph.edges) if (age(to) > age(from)) targets[from]?.push(to);
	return graph.nodes.map((node, position) => ({
		version: node.version,
		age: age(position),
		barrier: node.metadata[nodeKeys.barrier] === "true",
		deadend: node.metadata[nodeKeys.deadend] === "true",
		rollout: rolloutOf(node),
		targets: targets[position].sort((one, other) => age(other) - age(one))
	}));
}
// src/updates/when.ts
const weekdays = [
	"sunday",
	"monday",
	"tuesday",
	"wednesday",
	"thursday",
	"friday",
	"saturday"
];
const examples = "\"now\", \"+2h\", \"tomorrow 14:00 UTC\", \"next tuesday 2 pm Europe/Berlin\", \"2026-07-21T14:00:00Z\"";
const dayMilliseconds = 864e5;
/**
* Reads a point in time as people write it; the answer is in UNIX seconds.
*
* `now` · `+2h` · UNIX seconds · ISO 8601 with a zone · or a day, a time of day and a zone, in any order:
* `today`, `tomorrow`, `tuesday` (the next time it is that day and time, may be today), `next tuesday` (never today),
* `2026-07-21`; `14:00`, `2 pm`; `UTC` or a name such as `Europe/Berlin`. The zone is never guessed.
*
* A time that daylight saving skips is read as if the clock had not been changed yet (02:30 becomes 03:30), one that
* occurs twice as the first of the two.
* @param now UNIX seconds
* @throws InputError
*/
function parseWhen(text, now, place = {}) {
	const words = text.trim().replace(/\s+/g, " ").toLowerCase();
	if (words === "now") return now;
	const later = /^(?:\+|in )\s*(.+)$/.exec(words)?.[1];
	if (later !== void 0) return now + parseDuration(later.replaceAll(" ", ""), place);
	if (/^\d+$/.test(words)) return parseTime(words, place);
	if (/^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:\d{2})$/.test(words)) {
		readDate(words, text, place);
		return parseTime(text.trim().toUpperCase(), place);
	}
	return parseDayAndTime(words, {
		text,
		now,
		place
	});
}
function parseDayAndTime(words, { text, now, place }) {
	let rest = words.replace(/^(\d{4}-\d{2}-\d{2})t/, "$1 ").replace(/\bat\b/, " ");
	const take = (pattern) => {
		const match = pattern.exec(rest);
		if (match !== null) rest = rest.replace(match[0], " ");
		return match;
	};
	const date = take(/\b\d{4}-\d{2}-\d{2}\b/);
	const relative = take(/\b(?:today|tomorrow)\b/)?.[0];
	const weekday = take(/\b(next )?(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?\b/);
	const clock = take(/\b(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?([ap]m)\b/) ?? take(/\b(\d{1,2}):(\d{2})(?::(\d{2}))?\b/);
	const zone = rest.replaceAll(",", " ").trim();
	if ([
		date,
		relative,
		weekday
	].filter((part) => part !== null && part !== void 0).length !== 1 || clock === null) throw notATime(text, place);
	const { hour, minute, second } = readClock(clock, text, place);
	const format = zoneFormat(zone, text, place);
	const at = (day) => Date.UTC(day.year, day.month - 1, day.day, hour, minute, second);
	const resolve = (day) => Math.floor(instantOf(at(day), format) / 1e3);
	if (date !== null) return resolve(readDate(date[0], text, place));
	const today = localParts(now * 1e3, format);
	if (weekday !== null) {
		const days = (weekdays.findIndex((name) => name.startsWith(weekday[2].slice(0, 3))) - today.weekday + 7) % 7;
		if (weekday[1] !== void 0) return resolve(plusDays(today, days === 0 ? 7 : days));
		const soonest = resolve(plusDays(today, days));
		return soonest >= now ? soonest : resolve(plusDays(today, days + 7));
	}
	if (relative === "tomorrow") return resolve(plusDays(today, 1));
	const moment = resolve(today);
	if (moment < now) throw new InputError({
		...place,
		problem: "this time has passed already today",
		found: text,
		remedy: "Say \"now\", or \"tomorrow\" with a time."
	});
	return moment;
}
function readClock([, hours = "", minutes = "0", seconds = "0", half], text, place) {
	const said = Number(hours);
	if (!(half === void 0 ? said <= 23 : said >= 1 && said <= 12) || Number(minutes) > 59 || Number(seconds) > 59) throw notATime(text, place);
	return {
		hour: half === void 0 ? said : said % 12 + (half === "pm" ? 12 : 0),
		minute: Number(minutes),
		second: Number(seconds)
	};
}
/** Reads YYYY-MM-DD at the start of a text. Date would take 31 February for 3 March. */
function readDate(words, text, place) {
	const [year = 0, month = 0, day = 0] = words.slice(0, 10).split("-").map(Number);
	const there = new Date(Date.UTC(year, month - 1, day));
	if (there.getUTCMonth() !== month - 1 || there.getUTCDate() !== day) throw new InputError({
		...place,
		problem: "there is no such day",
		found: text
	});
	return {
		year,
		month,
		day
	};
}
function plusDays({ year, month, day }, days) {
	const moved = new Date(Date.UTC(year, month - 1, day + days));
	return {
		year: moved.getUTCFullYear(),
		month: moved.getUTCMonth() + 1,
		day: moved.getUTCDate()
	};
}
function zoneFormat(zone, text, place) {
	if (zone === "") throw new InputError({
		...place,
		problem: "the time zone is missing",
		found: text,
		remedy: "Add UTC, or a zone such as Europe/Berlin."
	});
	if (!/^(?:utc|gmt|z|[a-z]+(?:[/_+-][a-z0-9]+)+)$/.test(zone)) throw notATime(text, place);
	try {
		return new Intl.DateTimeFormat("en-US", {
			timeZone: zone === "z" ? "UTC" : zone,
			calendar: "gregory",
			numberingSystem: "latn",
			hourCycle: "h23",
			era: "short",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric"
		});
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new InputError({
			...place,
			problem: "unknown time zone",
			found: zone,
			expected: "UTC, or a name such as Europe/Berlin"
		});
	}
}
/**
* The instant at which clocks of a zone show a local time.
* @param local the local time as if it were UTC, in milliseconds; the answer, too, is in milliseconds
*/
function instantOf(local, format) {
	const before = offsetAt(local - dayMilliseconds, format);
	const after = offsetAt(local + dayMilliseconds, format);
	const readings = [local - before, local - after].filter((instant) => instant + offsetAt(instant, format) === local);
	return readings.length === 0 ? local - before : Math.min(...readings);
}
function offsetAt(instant, format) {
	const parts = localParts(instant, format);
	return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(instant / 1e3) * 1e3;
}
function localParts(instant, format) {
	const shown = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
	const part = (type) => shown.get(type);
	const day = {
		year: part("year"),
		month: part("month"),
		day: part("day")
	};
	return {
		...day,
		hour: part("hour"),
		minute: part("minute"),
		second: part("second"),
		weekday: new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay()
	};
}
function notATime(text, place) {
	return new InputError({
		...place,
		problem: "not a time",
		found: text,
		expected: `such as ${examples}`
	});
}
// src/simulation/windows.ts
const dayNames = [
	"sun",
	"mon",
	"tue",
	"wed",
	"thu",
	"fri",
	"sat"
];
const daySeconds = 86400;
/**
* Reads `sat,sun 02:00-06:00 UTC`, `mon-fri 23:00-01:00 Europe/Berlin`, `daily 03:00-04:00 UTC`.
* @throws InputError
*/
function parseWindow(text, place = {}) {
	const words = text.trim().toLowerCase().replace(/\s*([,-])\s*/g, "$1").replace(/\s+/g, " ");
	const [, dayList, start, end, zone] = /^([a-z,-]+) (\d{1,2}:\d{2})-(\d{1,2}:\d{2}) (\S+)$/.exec(words) ?? [];
	const days = dayList === void 0 ? void 0 : readDays(dayList);
	if (days === void 0 || start === void 0 || end === void 0 || zone === void 0) throw new InputError({
		...place,
		problem: "not a reboot window",
		found: text,
		expected: "days, times and a zone, such as \"sat,sun 02:00-06:00 UTC\" or \"mon-fri 23:00-01:00 Europe/Berlin\""
	});
	const window = {
		days,
		start,
		end: end === "24:00" ? "00:00" : end,
		zone
	};
	for (const clock of [window.start, window.end]) parseWhen(`2026-01-01 ${clock} ${zone}`, 0, place);
	return window;
}
function readDays(list) {
	if (list === "daily") return [...dayNames.keys()];
	const days = /* @__PURE__ */ new Set();
	for (const part of list.split(",")) {
		const [first, last = first, ...rest] = part.split("-").map(readDay);
		if (first === void 0 || last === void 0 || rest.length > 0) return void 0;
		for (let day = first;; day = (day + 1) % 7) {
			days.add(day);
			if (day === last) break;
		}
	}
	return [...days].sort();
}
function readDay(name) {
	const day = dayNames.findIndex((known) => new RegExp(`^${known}[a-z]*$`).test(name));
	return day < 0 ? void 0 : day;
}
/** All windows between two moments, in UNIX seconds; those that touch are joined. */
function scheduleOf(windows, from, until) {
	const stretches = [];
	const firstDay = Math.floor(from / daySeconds) - 2;
	const lastDay = Math.floor(until / daySeconds) + 2;
	for (const window of windows) for (let day = firstDay; day <= lastDay; day += 1) {
		if (!window.days.includes((day + 4) % 7)) continue;
		const start = instant(day, window.start, window.zone);
		const sameDay = instant(day, window.end, window.zone);
		const end = sameDay > start ? sameDay : instant(day + 1, window.end, window.zone);
		stretches.push({
			start,
			end
		});
	}
	stretches.sort((one, other) => one.start - other.start);
	const joined = [];
	for (const stretch of stretches) {
		const last = joined.at(-1);
		if (last !== void 0 && stretch.start <= last.end) last.end = Math.max(last.end, stretch.end);
		else joined.push({ ...stretch });
	}
	return {
		starts: Float64Array.from(joined, ({ start }) => start),
		ends: Float64Array.from(joined, ({ end }) => end)
	};
}
function instant(day, clock, zone) {
	return parseWhen(`${(/* @__PURE__ */ new Date(day * daySeconds * 1e3)).toISOString().slice(0, 10)} ${clock} ${zone}`, 0);
}
/** The moment itself where it is inside a window, else the start of the next window; Infinity after the last. */
function windowAtOrAfter({ starts, ends }, moment) {
	let low = 0;
	let high = ends.length;
	while (low < high) {
		const middle = low + high >> 1;
		if (ends[middle] > moment) high = middle;
		else low = middle + 1;
	}
	const start = starts[low];
	return start === void 0 ? Number.POSITIVE_INFINITY : Math.max(start, moment);
}
// src/simulation/simulate.ts
const curvePoints = 240;
const graceSeconds = 2419200;
/**
* Follows each node of a fleet from update to update, event by event: when its next release opens to its wariness, when
* it polls after that, when it may reboot; then the same again from the release it has reached.
* A node that comes back after it was off polls at once, as Zincati does after each boot.
* @throws InputError for a version that is not in the release index, or a fleet without releases
*/
function simulateRollout(input) {
	const { fleet, now, seed, onMove } = input;
	const places = placesOf(input.releases, input.updates, input.basearch);
	const targetPlace = findTarget(places, input);
	const target = places[targetPlace];
	const duration = input.duration ?? defaultDuration(places, now);
	const until = now + duration;
	const schedule = fleet.windows.length === 0 ? void 0 : scheduleOf(fleet.windows, now, until + 600);
	const random = createRandom(seed);
	const drawWariness = warinessDraw(fleet.wariness, random);
	const off = fleet.off.share > 0 && fleet.off.mean > 0 ? offTimes(fleet.off, random) : void 0;
	const nowhere = places.length;
	const atStart = startCounts(places, input, targetPlace);
	const atEnd = atStart.map(([, count]) => count);
	const moves = createMoveCounts(places.length + 1);
	const arrivals = new Int32Array(fleet.nodes);
	let arrived = 0;
	let lastMove = 0;
	let stillWaiting = false;
	const missing = /* @__PURE__ */ new Map();
	const lastPassed = /* @__PURE__ */ new Map();
	const barriers = places.flatMap((place, position) => place.barrier && place.age <= target.age ? [position] : []);
	let node = 0;
	for (const [index, [version, count]] of atStart.entries()) for (let each = 0; each < count; each += 1) {
		follow(index, version);
		node += 1;
	}
	return summarise();
	/** Leads one node through its updates. */
	function follow(startPlace, startVersion) {
		const wariness = drawWariness();
		const gone = random.uniform() < fleet.gone;
		let position = startPlace;
		let isOff = off?.atStart() ?? false;
		let poll = now + firstPoll(random, fleet.poll);
		let known = now;
		let hasArrived = false;
		let reason;
		if (position !== nowhere && places[position].age >= target.age) arrive(0);
		while (reason === void 0) {
			const place = places[position];
			if (place === void 0) reason = "not in the graph";
			else if (place.deadend) reason = "dead-end";
			else if (place.targets.length === 0) reason = "no way";
			else if (gone) reason = "gone";
			else reason = update(place);
		}
		if (!hasArrived) miss(reason, places[position]?.version ?? startVersion);
		/** One update: undefined when it came about, else what kept the node. */
		function update({ targets, version: from }) {
			let opening = Number.POSITIVE_INFINITY;
			for (const each of targets) opening = Math.min(opening, seenOpening(places[each], wariness));
			if (opening === Number.POSITIVE_INFINITY) return "never opened to it";
			poll = pollAtOrAfter(random, poll, opening, fleet.poll);
			for (;;) {
				if (!waitUntilOn()) return waits("off for now");
				if (poll > until) return waits("not its turn yet");
				const to = targets.find((each) => seenOpening(places[each], wariness) <= poll);
				const offered = poll;
				const reboot = rebootAfter(poll + fleet.staging);
				if (reboot > until) return waits(schedule === void 0 ? "not its turn yet" : "no reboot window yet");
				if (off !== void 0 && reboot > known && off.at(false, reboot - known)) {
					known = reboot;
					isOff = true;
					poll = reboot;
					continue;
				}
				const booted = reboot + fleet.reboot;
				if (booted > until) return waits("not its turn yet");
				known = booted;
				isOff = false;
				poll = booted;
				move(to, {
					from,
					offered,
					booted
				});
				return;
			}
		}
		/** Moves the poll to when the node is on; false when it is not on before the end. */
		function waitUntilOn() {
			if (off === void 0) return true;
			if (!off.at(isOff, poll - known)) {
				isOff = false;
				known = poll;
				return true;
			}
			poll += Math.ceil(off.remaining());
			isOff = false;
			known = poll;
			return poll <= until;
		}
		function move(to, { from, offered, booted }) {
			const { version, age } = places[to];
			const seconds = booted - now;
			moves.move(position, to, seconds);
			atEnd[position] = atEnd[position] - 1;
			atEnd[to] = atEnd[to] + 1;
			for (const barrier of barriers) {
				const barrierAge = places[barrier].age;
				if (places[position].age < barrierAge && age >= barrierAge) lastPassed.set(barrier, Math.max(lastPassed.get(barrier) ?? 0, seconds));
			}
			lastMove = Math.max(lastMove, seconds);
			onMove?.({
				node,
				wariness,
				from,
				to: version,
				offered,
				booted
			});
			position = to;
			if (!hasArrived && age >= target.age) arrive(seconds);
		}
		function arrive(seconds) {
			hasArrived = true;
			arrivals[arrived] = seconds;
			arrived += 1;
		}
	}
	function waits(reason) {
		stillWaiting = true;
		return reason;
	}
	/** When nodes get to see that a release has opened: static graphs are as old as their last rendering. */
	function seenOpening(place, wariness) {
		const opening = openingOf(place.rollout, wariness);
		const { publishEvery } = fleet;
		return publishEvery > 0 ? Math.ceil(opening / publishEvery) * publishEvery : opening;
	}
	/** The first moment at which Zincati looks and finds that a node with a staged update may reboot. */
	function rebootAfter(staged) {
		if (schedule === void 0) return staged;
		let look = staged;
		while (look <= until) {
			const open = windowAtOrAfter(schedule, look);
			if (open === look) return look;
			if (open === Number.POSITIVE_INFINITY) return open;
			look = pollAtOrAfter(random, look, open, 300);
		}
		return Number.POSITIVE_INFINITY;
	}
	function miss(reason, version) {
		const key = `${reason} ${version}`;
		const known = missing.get(key);
		if (known === void 0) missing.set(key, {
			reason,
			version,
			nodes: 1
		});
		else known.nodes += 1;
	}
	function summarise() {
		const simulated = stillWaiting ? duration : lastMove;
		const initial = atStart.map(([, count]) => count);
		const { times, counts } = moves.curve(initial, lastMove === 0 ? Math.min(simulated, 86400) : Math.ceil(lastMove * 1.04), curvePoints);
		const shown = [...places.keys()].filter((position) => initial[position] > 0 || counts[position]?.some((count) => count > 0));
		const reached = places.flatMap((place, position) => place.age >= target.age ? [position] : []);
		const sorted = arrivals.subarray(0, arrived).sort();
		const timeTo = (share) => {
			const wanted = Math.ceil(share * fleet.nodes);
			return wanted > arrived || wanted === 0 ? null : sorted[wanted - 1];
		};
		return {
			nodes: fleet.nodes,
			seed,
			now,
			target: target.version,
			arrived,
			timeTo: {
				half: timeTo(.5),
				most: timeTo(.95),
				all: timeTo(1)
			},
			lastArrival: sorted.at(-1) ?? null,
			simulated,
			releases: shown.map((position) => {
				const { version, barrier, deadend } = places[position];
				return {
					version,
					barrier,
					deadend,
					atStart: initial[position],
					atEnd: atEnd[position]
				};
			}),
			curve: {
				times,
				counts: shown.map((position) => counts[position]),
				adopted: times.map((_, index) => reached.reduce((sum, position) => sum + counts[position]?.[index], 0))
			},
			barriers: barriers.flatMap((barrier) => {
				const { version, age } = places[barrier];
				const behind = (list) => places.reduce((sum, place, position) => sum + (place.age < age ? list[position] : 0), 0);
				const behindAtStart = behind(initial);
				const behindAtEnd = behind(atEnd);
				if (behindAtStart === 0) return [];
				return [{
					version,
					behindAtStart,
					behindAtEnd,
					clearedAfter: behindAtEnd > 0 ? null : lastPassed.get(barrier) ?? null
				}];
			}),
			missing: [...missing.values()].sort((one, other) => other.nodes - one.nodes)
		};
	}
}
/** Four weeks after the last change: weekly windows come round four times. */
function defaultDuration(places, now) {
	const changes = places.flatMap(({ rollout }) => rollout === void 0 ? [] : [(rollout.start_epoch ?? 0) + 60 * (rollout.duration_minutes ?? 0)]);
	return Math.min(Math.max(0, ...changes.map((change) => change - now)) + graceSeconds, 2 ** 31 - 1);
}
// src/simulation/svg-chart.ts
const width = 960;
const plot = {
	left: 64,
	top: 92,
	width: 860,
	height: 330
};
const style = `
.ground{fill:#fff}.ink{fill:#17202b}.quiet{fill:#566373}.grid{stroke:#dce1e8}.axis{stroke:#8592a3}.mark{stroke:#17202b}.halo{stroke:#fff}
.edge{stroke:#fff}.s0{fill:#0a6ebd}.s1{fill:#e69f00}.s2{fill:#2a9d78}.s3{fill:#cc79a7}.s4{fill:#56b4e9}.s5{fill:#d55e00}.s6{fill:#a3adb9}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.title{font-size:19px;font-weight:600}.small{font-size:12.5px}.strong{font-weight:600}
@media (prefers-color-scheme:dark){
.ground{fill:#10151b}.ink{fill:#e6ebf1}.quiet{fill:#9eabba}.grid{stroke:#2d3844}.axis{stroke:#6c7a8b}.mark{stroke:#e6ebf1}.halo{stroke:#10151b}
.edge{stroke:#10151b}.s0{fill:#4aa3ec}.s1{fill:#f0b541}.s2{fill:#43b892}.s3{fill:#d794b9}.s4{fill:#2e7fae}.s5{fill:#e27a35}.s6{fill:#56616e}}
`.trim();
/** An SVG picture of who runs what when: releases stacked, the newest at the bottom, so that its edge is its adoption. */
function svgChart(result) {
	const series = seriesOf(result);
	const { times } = result.curve;
	const until = Math.max(1, times.at(-1) ?? 1);
	const x = (seconds) => round(plot.left + seconds / until * plot.width);
	const y = (nodes) => round(plot.top + plot.height * (1 - nodes / result.nodes));
	const legend = legendOf(series);
	const height = plot.top + plot.height + 62 + legend.height;
	const title = `Adoption of ${result.target}`;
	const subtitle = `${whole(result.nodes)} simulated nodes from ${showTime(result.now)} on`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escapeXml(title)}</title>
<desc id="description">${escapeXml(`${subtitle}. ${marksOf(result).map(({ label }) => label).join("; ")}.`)}</desc>
<style>${style}</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="ink title" x="${plot.left}" y="34">${escapeXml(title)}</text>
<text class="quiet" x="${plot.left}" y="56">${escapeXml(subtitle)}</text>
${areas(series, times, x, y)}
${yAxis(y, result.nodes)}
${xAxis(until, x)}
${marks(result, x, y)}
<g transform="translate(0 ${plot.top + plot.height + 62})">
${legend.text}
</g>
</svg>
`;
}
/** The bands, from the bottom up; each moves in steps no finer than the picture shows. */
function areas(series, times, x, y) {
	const below = times.map(() => 0);
	return series.map(({ counts }, index) => {
		const lower = times.map((time, at) => `${x(time)},${y(below[at])}`);
		for (const [at, count] of counts.entries()) below[at] = below[at] + count;
		return `<path class="s${index} edge" stroke-width=".75" stroke-linejoin="round" d="M${times.map((time, at) => `${x(time)},${y(below[at])}`).join("L")}L${lower.reverse().join("L")}Z"/>`;
	}).join("\n");
}
function yAxis(y, nodes) {
	return [
		0,
		25,
		50,
		75,
		100
	].map((percent) => {
		const at = y(percent / 100 * nodes);
		return `<line class="${percent === 0 ? "axis" : "grid"}" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${at}" y2="${at}" stroke-opacity="${percent === 0 ? 1 : .55}"/>
<text class="quiet small" x="${plot.left - 10}" y="${at + 4}" text-anchor="end">${percent} %</text>`;
	}).join("\n").concat(`\n<text class="quiet small" x="${plot.left - 10}" y="${plot.top - 14}" text-anchor="end">nodes</text>`);
}
function xAxis(until, x) {
	const bottom = plot.top + plot.height;
	return `${timeTicks(until, 12).map(({ seconds, label }) => `<line class="axis" x1="${x(seconds)}" x2="${x(seconds)}" y1="${bottom}" y2="${bottom + 5}"/>
<text class="quiet small" x="${x(seconds)}" y="${bottom + 20}" text-anchor="middle">${label}</text>`).join("\n")}
<text class="quiet small" x="${plot.left + plot.width / 2}" y="${bottom + 42}" text-anchor="middle">time since the start of the simulation</text>`;
}
/** When the target reaches 50, 95 and 100 %: above the picture, with a line down to the edge. */
function marks(result, x, y) {
	let free = plot.left - 40;
	return marksOf(result).map(({ seconds, share, label }) => {
		const at = x(seconds);
		const half = label.length * 3.2;
		const middle = Math.min(plot.left + plot.width - half, Math.max(plot.left + half, at));
		const words = middle - half >= free;
		if (words) free = middle + half + 8;
		const line = `x1="${at}" x2="${at}" y1="${plot.top - 8}" y2="${y(share * result.nodes)}"`;
		return `<line class="halo" ${line} stroke-width="4" stroke-opacity=".75"/>\n<line class="mark" ${line} stroke-width="1.5"/>${words ? `\n<text class="ink small strong" x="${round(middle)}" y="${plot.top - 14}" text-anchor="middle">${escapeXml(label)}</text>` : ""}`;
	}).join("\n");
}
function marksOf(result) {
	const { half, most, all } = result.timeTo;
	return [
		{
			share: .5,
			seconds: half
		},
		{
			share: .95,
			seconds: most
		},
		{
			share: 1,
			seconds: all
		}
	].flatMap(({ share, seconds }) => seconds === null || seconds === 0 ? [] : [{
		share,
		seconds,
		label: `${share * 100} % after ${formatDuration(seconds)}`
	}]);
}
/** Keys in rows, as wide as their texts. */
function legendOf(series) {
	let left = plot.left;
	let row = 0;
	return {
		text: series.map(({ label, isTarget }, index) => {
			const wide = 46 + label.length * (isTarget ? 9.2 : 8.4);
			if (left + wide > plot.left + plot.width && left > plot.left) {
				left = plot.left;
				row += 1;
			}
			const at = left;
			left += wide;
			return `<rect class="s${index}" x="${round(at)}" y="${row * 24 + 2}" width="14" height="14" rx="3"/>
<text class="ink${isTarget ? " strong" : ""}" x="${round(at + 21)}" y="${row * 24 + 14}">${escapeXml(label)}</text>`;
		}).join("\n"),
		height: (row + 1) * 24 + 14
	};
}
function round(value) {
	return Math.round(value * 10) / 10;
}
function escapeXml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;");
}
// src/simulation/simulation.ts
/**
* Simulates a rollout and draws it.
* @param input.fleet what differs from `defaultFleetModel`
*/
function simulate(input) {
	const result = simulateRollout({
		seed: 1,
		...input,
		fleet: {
			...defaultFleetModel,
			...input.fleet
		}
	});
	return {
		result,
		text: describeSimulation(result),
		curve: asciiCurve(result),
		svg: svgChart(result)
	};
}
// src/updates/choose.ts
/**
* Zincati's choice (find_update in src/cincinnati/mod.rs): it looks for the first node that carries its own payload,
* letter by letter, and takes the newest of the targets it has an edge to, by age_index; a target that is not newer
* is refused (allow_downgrade is off by default).
* @param graph already throttled for this client
* @param booted `payload` as the node knows its image; `version` is for people, to whom versions say more
*/
function considerUpdate(graph, booted) {
	const from = graph.nodes.findIndex((node) => "payload" in booted ? node.payload === booted.payload : node.version === booted.version);
	const current = graph.nodes[from];
	if (current === void 0) return { kind: "unknown" };
	const target = graph.edges.filter(([source]) => source === from).map(([, to]) => graph.nodes[to]).filter((node) => node !== void 0).sort(newestFirst)[0];
	if (target !== void 0 && ageOf(target) > ageOf(current)) return {
		kind: "update",
		target
	};
	if (current.metadata[nodeKeys.deadend] === "true") return {
		kind: "dead-end",
		reason: current.metadata[nodeKeys.deadendReason] ?? "generic"
	};
	return { kind: "none" };
}
/** The release that a node with this payload is offered, or undefined. @param graph throttled for the node */
function chooseUpdate(graph, payload) {
	return targetOf(considerUpdate(graph, { payload }));
}
function targetOf(choice) {
	return choice.kind === "update" ? choice.target : void 0;
}
function ageOf(node) {
	return Number(node.metadata[nodeKeys.ageIndex]);
}
/** By age, then version, then payload: as Zincati orders nodes. */
function newestFirst(one, other) {
	return ageOf(other) - ageOf(one) || compareTexts(other.version, one.version) || compareTexts(other.payload, one.payload);
}
function compareTexts(one, other) {
	return one < other ? -1 : Number(one > other);
}
// src/demo/node.ts
/** Serves a folder on loopback as any web server would: files, no logic. */
async function withStaticServer(folder, work) {
	const server = createServer((request, response) => {
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
	const response = await fetch(url, { headers: { accept: "application/json" } });
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
* Who is offered the newest release when: a row a ring, a column a moment of its rollout.
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
	const rows = [...Object.entries(options.rings), ["(no ring)", 1]].map(([ring, wariness]) => [`${ring} (wariness ${wariness})`, ...moments.map(([, now]) => chooseUpdate(throttleGraph(graph, {
		now,
		wariness
	}), booted)?.version ?? "–")]);
	return formatTable(["ring", ...moments.map(([name, now]) => `${name} (${Math.round(rolloutProgress(rollout, now) * 100)} %)`)], rows);
}
// src/demo/loop-story.ts
const hour = 3600;
const basearch = "x86_64";
/** The whole loop: a base moves, and in the end both fleets are offered the very image that was tested. */
async function playLoop(scene) {
	const { stage, options } = scene;
	const first = await playOpening(scene);
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
		return {
			value: answer,
			what: `${answer.tests?.length ?? 0} tests in the VM (${answer.accelerator}): ${answer.verdict}${system}`
		};
	});
	if (options.kind === "systemd" && booted.system?.state !== "running") throw new Error(`systemd of the image reached ${booted.system?.state}, not running`);
	stage.chapter("Merged to testing");
	await stage.step("merge", async () => {
		await mergePullRequest(scene, basePull);
		return {
			value: void 0,
			what: `#${basePull.number} merged into testing`
		};
	});
	await stage.step("release to testing", async () => {
		await releaseTo(scene, "testing");
		return {
			value: void 0,
			what: "promoted by digest, rollout started, guidance published"
		};
	});
	stage.chapter("Promotion to stable");
	scene.setTime(now + hour);
	await stage.step("open-promotion (early)", async () => {
		const { ready } = readPromotion(await scene.coxswain(["open-promotion"]));
		if (ready !== false) throw new Error("the promotion was ready an hour after the rollout began");
		return {
			value: void 0,
			what: "an hour later: the pull request waits for its soak time"
		};
	});
	scene.setTime(now + 50 * hour);
	const promotion = await stage.step("open-promotion (soaked)", async () => {
		const { pullRequest, ready } = readPromotion(await scene.coxswain(["open-promotion"]));
		if (ready !== true) throw new Error("the promotion is not ready after its soak time");
		const pull = await scene.pullRequest(pullRequest);
		return {
			value: pull,
			what: `50 hours later: pull request #${pull.number} is ready`
		};
	});
	await stage.step("merge", async () => {
		await mergePullRequest(scene, promotion);
		return {
			value: void 0,
			what: `#${promotion.number} merged into stable`
		};
	});
	await stage.step("release to stable", async () => {
		await releaseTo(scene, "stable");
		return {
			value: void 0,
			what: "the same digest, under the policy of stable"
		};
	});
	await showOutcome(scene, {
		first,
		baseTo,
		built
	});
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
		const answers = await withStaticServer(site, (url) => Promise.all(["", ...Object.keys(config.rings).map((ring) => `${ring}/`)].map(async (ring) => {
			const baseUrl = `${url}stable/${basearch}/${ring}`;
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
	stage.chapter("How a thousand nodes of stable would take it, simulated");
	await stage.step("simulate", async () => {
		const share = 1 / Object.keys(config.rings).length;
		const { curve, svg } = simulate({
			...stable,
			basearch,
			now: rollout?.start_epoch ?? 0,
			fleet: {
				nodes: 1e3,
				wariness: Object.values(config.rings).map((wariness) => ({
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
	const graphs = Object.fromEntries(Object.keys(config.fleets).flatMap((fleet) => [[`${fleet}/${basearch}/default`, `${fleet}/${basearch}/v1/graph`], ...Object.keys(config.rings).map((ring) => [`${fleet}/${basearch}/${ring}`, `${fleet}/${basearch}/${ring}/v1/graph`])]));
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
// src/demo/scene.ts
/** Lays out the user's repository folder and the helpers around it. */
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
			await stage.command([
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
				env: place.env,
				...run.expect === void 0 ? {} : { expect: run.expect }
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
// src/demo/registry-process.ts
const attempts = 5;
const startSeconds = 15;
/** Sent by our registry with every answer: another program on the port is not taken for it. */
const markHeader = "X-Coxswain-Registry";
/**
* Starts a real registry (CNCF distribution) on a free loopback port, with deletion enabled.
* Starting it again on the same directory serves what was pushed before.
* @throws InputError when docker-registry is not installed
* @throws OutsideError when it does not come up, with the end of its log
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
	throw new OutsideError("starting docker-registry", `it did not come up: ${problem}`);
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
			...options.tls === void 0 ? {} : { tls: {
				certificate: options.tls.certificate,
				key: options.tls.key
			} }
		},
		...options.htpasswd === void 0 ? {} : { auth: { htpasswd: {
			realm: "coxswain",
			path: options.htpasswd
		} } }
	}, void 0, 2);
}
/** A loopback port that nothing listens on at this moment. */
function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer$1();
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
		await setTimeout$1(25);
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
export { versions as C, findStaticBusybox as D, requireKernel as E, startProcess as O, playFailure as S, readModuleIndex as T, rolloutPhase as _, formatTable as a, parseShareOf as b, parseWindow as c, throttleGraph as d, buildGraph as f, rolloutEnd as g, nextOpening as h, playLoop as i, parseWhen as l, parseGraph as m, createStage as n, considerUpdate as o, formatGraph as p, openScene as r, simulate as s, withWorkplace as t, rolloutOf as u, rolloutProgress as v, orderModules as w, defaultFleetModel as x, parseShare as y };
