import { S as string, T as unknown, _ as looseObject, l as array, y as object } from "./libraries.mjs";
import { $ as beforeWriting, G as writeFileAtomically, Gt as messageOf, Ht as OutsideError, Lt as defined, Rt as definedVariables, U as readFileIfThere, Vt as InputError, W as withTemporaryFolder, Wt as init_errors, Y as onInterrupt, b as requireTools, c as hashOfFile, g as exec, v as findTool } from "./host.mjs";
import { dt as goArchitecture, lt as architectureOfGo } from "./guidance.mjs";
import { Ba as requireBuildSpace, Ca as atDigest, Cr as plainPath, Da as formatReference, Di as findBuilt, Ea as digestOf, Jr as layoutReader, Ma as parseReference, Mi as buildKeyAnnotation, Ni as revisionAnnotation, Oa as formatRepository, Sa as parseManifest, Sr as layerEntries, Xr as resolveInLayout, Yr as openInLayout, Zi as isLoopback, _a as imageTimestamp, ai as externalStages, ba as mediaTypes, ci as stagesOnBase, ji as tagFor, ka as isDigest, ki as localTag, la as copyImage, li as parseContainerfile, ma as materialiseContext, qr as inLayout, ua as setTags, va as readImage, wa as atTag, xa as parseJson, xr as decompressed, ya as isIndex, zi as copyAttachments } from "./shared.mjs";
import { n as makeRootOfLayers, r as unpackLayer, t as allowanceIn } from "./world-layers.mjs";
import { createReadStream, createWriteStream, lstatSync, lutimesSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { once } from "node:events";
init_errors();
/**
* Compares a derived image with its base. Uncompressed digests ("diff ids") prove that a layer is the base's; its
* compressed form may still differ, because buildah may compress again when it pushes. Nodes would then download
* everything again, although they have it.
* @throws InputError when the derived image does not begin with the base's layers at all
*/
function compareLayers(base, derived, where) {
	if (!base.config.diffIds.every((diffId, index) => derived.config.diffIds[index] === diffId)) throw new InputError({
		where,
		problem: "the image does not begin with the layers of its base",
		remedy: "Do not squash it: nodes could share nothing between two releases."
	});
	const baseLayers = base.manifest.json.layers;
	const layers = derived.manifest.json.layers.map((layer, index) => {
		const own = baseLayers[index];
		if (own === void 0 || own.digest === layer.digest) return layer;
		return {
			...own,
			mediaType: ociLayerType(own.mediaType)
		};
	});
	return {
		layers,
		changed: layers.some((layer, index) => layer !== derived.manifest.json.layers[index])
	};
}
/**
* Makes sure that a pushed image has its base's layers byte for byte, and returns its manifest's descriptor. If they
* differ, a manifest that names the base's layers replaces it under the tag; a second run changes nothing.
* @param options.copyBase puts the base's blobs into the repository
*/
async function keepBaseLayers(options) {
	const { client, base, copyBase, tag, architecture } = options;
	const derived = await readImage(client, tag, architecture);
	const { layers, changed } = compareLayers(base, derived, formatReference(tag));
	if (!changed) return derived.manifest.descriptor;
	await copyBase();
	const { mediaType } = derived.manifest.descriptor;
	const bytes = Buffer.from(JSON.stringify({
		...derived.manifest.json,
		layers
	}));
	return {
		mediaType,
		digest: await client.putManifest(tag.repository, tag.tag, bytes, mediaType),
		size: bytes.length
	};
}
/** Fails unless the tag still points at the digest that was just pushed. */
async function confirmPush(client, tag, expected) {
	const found = await client.resolve(tag);
	if (found?.digest === expected) return;
	throw new OutsideError(`pushing ${formatReference(tag)}`, `${expected} was pushed, and the registry has ${found?.digest ?? "nothing"} under this tag`);
}
/** Docker's names for the same layers: an OCI manifest names them in OCI's terms. */
function ociLayerType(mediaType) {
	return mediaType === "application/vnd.docker.image.rootfs.diff.tar.gzip" ? "application/vnd.oci.image.layer.v1.tar+gzip" : mediaType;
}
init_errors();
const folder = "localhost/coxswain-base";
/** How containers/storage, and buildah, report a base that existed a moment ago. */
const removedMeanwhile = new RegExp(`image not known|layer not known|identifier is not an image|initializing source docker://${folder}:`);
/** What buildah says of an image whose pull was killed. Every build on it would fail until somebody removes it. */
const incomplete = /exists in local storage but may be corrupted|locating item named "manifest"/;
/** How often a run gets the base again after another run has removed it. */
const attempts = 4;
/**
* The name of a base in local storage: the same in every run and on every machine. buildah writes the name that an image
* was built on into its history, and chooses any of the names that the base has. Then a pull of the same base from
* another repository would give the same inputs another digest.
*/
function baseNameInStorage(base) {
	return `${folder}:${base.manifest.descriptor.digest.replace("sha256:", "")}`;
}
/**
* Builds on a base in local storage, and removes the base afterwards if it did not exist before. Several runs may use
* it at the same time. Storage deletes an image only when its last name is removed and no build uses it, so the last
* run deletes it. An image that also has a name of somebody else stays.
* @param from the repository that it is pulled from
* @param flat the base as one layer, to build on in its place
* @param build is called again if another run removed the base
*/
async function withBaseInStorage(buildah, options, build) {
	const { base, from, architecture, flat } = options;
	const id = flat?.id ?? base.config.digest.replace("sha256:", "");
	const name = baseNameInStorage(base);
	const source = flat?.place ?? formatReference(atDigest(from, base.manifest.descriptor.digest));
	const plainHttp = isLoopback(new URL(`http://${from.registry}`));
	let pulled = false;
	try {
		for (let attempt = 1;; attempt += 1) try {
			if (!await buildah.hasImage(id)) {
				pulled = true;
				await buildah.pull(source, {
					architecture,
					plainHttp,
					...defined({ cwd: flat?.folder })
				});
			}
			await buildah.tag(id, name);
			return await build();
		} catch (error) {
			const problem = error instanceof OutsideError ? error.message : "";
			const isIncomplete = incomplete.test(problem);
			if (attempt === attempts || !(isIncomplete || removedMeanwhile.test(problem))) throw error;
			if (isIncomplete) await buildah.discardImage(id);
		}
	} finally {
		if (pulled) await buildah.removeImage(flat?.name ?? source);
		await buildah.removeImage(name);
		if (pulled) await buildah.removeUnnamed(id);
	}
}
// src/loop/build-image/open-network.ts
init_errors();
/**
* Connects the network namespace of a process with the outside by slirp4netns, which needs no rights on the host. The
* host's loopback cannot be reached from there. It ends with this process, however that ends.
* @param pid of a process in that namespace
* @throws OutsideError if that cannot be done here
*/
async function openNetwork(pid) {
	const [ready, exit] = [3, 4];
	const args = [
		"--configure",
		"--mtu=65520",
		"--disable-host-loopback",
		`--ready-fd=${ready}`,
		`--exit-fd=${exit}`
	];
	const child = spawn(findTool("slirp4netns") ?? "slirp4netns", [
		...args,
		String(pid),
		"tap0"
	], { stdio: [
		"ignore",
		"pipe",
		"pipe",
		"pipe",
		"pipe"
	] });
	let printed = "";
	for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => printed += data);
	const ended = once(child, "close");
	if (!await Promise.race([once(child.stdio[ready], "data").then(() => true), ended.then(() => false, () => false)])) {
		const reason = printed.trim().split("\n").slice(-3).join("; ");
		throw new OutsideError("giving the build a network of its own", `slirp4netns ended: ${reason}`);
	}
	return { close: async () => {
		child.kill();
		await ended;
	} };
}
// src/loop/build-image/shell/isolated.sh
var isolated_default = "#!/bin/sh\n# Runs a program with processes, devices and, if COXSWAIN_ISOLATION is \"full\", a network of its own:\n# isolated.sh PROGRAM [ARGUMENT…]. It prints the process whose network needs a way out, then \"isolated\", and starts the program\n# when it reads a line.\nset -eu\n\nif [ \"${1:-}\" = --inside ]; then\n  shift\n  # Only the devices that builds use. Chroot isolation shows RUN all of /dev, and root could read the host's disks.\n  dev=$(mktemp -d)\n  mount -t tmpfs -o mode=755 tmpfs \"$dev\"\n  for name in null zero full random urandom tty fuse; do\n    [ -e \"/dev/$name\" ] || continue\n    : >\"$dev/$name\"\n    mount --bind \"/dev/$name\" \"$dev/$name\"\n  done\n  mkdir \"$dev/pts\" \"$dev/shm\"\n  [ ! -d /dev/pts ] || mount --rbind /dev/pts \"$dev/pts\"\n  mount -t tmpfs -o mode=1777 tmpfs \"$dev/shm\"\n  ln -s pts/ptmx \"$dev/ptmx\"\n  ln -s /proc/self/fd \"$dev/fd\"\n  for number in 0:stdin 1:stdout 2:stderr; do ln -s \"/proc/self/fd/${number%:*}\" \"$dev/${number#*:}\"; done\n  mount --rbind \"$dev\" /dev\n  # It stays at /dev. The folder would be left behind in the host's.\n  ! umount -l \"$dev\" || rmdir \"$dev\"\n  for name in $COXSWAIN_UNSET; do unset \"$name\"; done\n  unset COXSWAIN_UNSET COXSWAIN_ISOLATION\n  echo isolated\n  read -r _\n  exec \"$@\" </dev/null\nfi\n\necho \"$$\"\nnetwork=\n[ \"$COXSWAIN_ISOLATION\" != full ] || network=--net\nexec unshare ${network:+\"$network\"} --ipc --pid --fork --kill-child --mount-proc -- sh \"$0\" --inside \"$@\"\n";
// src/loop/build-image/isolated.ts
init_errors();
/**
* What keeps the programs of RUN away from this machine, the strictest first. buildah's chroot isolation shows them what
* buildah itself sees, so buildah gets less to see:
* - `full`: no process of the host, no device with data, and a network that cannot reach the host's loopback;
* - `processes`: the same on the host's network;
* - `none`.
*/
const isolations = [
	"full",
	"processes",
	"none"
];
/** The address of the host's name servers in a network of its own, through slirp4netns. */
const nameServer = "10.0.2.3";
/** What buildah, and the programs that it starts, need of the environment. All else may be a secret of the run. */
const kept = /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|_?CONTAINERS_\w+|STORAGE_\w+|BUILDAH_\w+|REGISTR(Y_AUTH_FILE|IES_CONFIG_PATH)|DOCKER_CONFIG|SSL_CERT_(FILE|DIR)|(HTTPS?|NO|FTP|ALL)_PROXY|(https?|no|ftp|all)_proxy)$/;
/** @returns the names of variables that a build does not get */
function namesToUnset(env) {
	return Object.keys(env).filter((name) => /^[A-Za-z_]\w*$/.test(name) && !kept.test(name));
}
/**
* The isolation that COXSWAIN_BUILD_ISOLATION asks for; otherwise the strictest one that works here, with a warning if
* that is not `full`. coxswain.yaml cannot set it, because a pull request can change that file.
* @param folder an existing folder for this run's files
* @throws InputError if the variable has another value
*/
async function chooseIsolation(env, { folder, log }) {
	const wanted = env.COXSWAIN_BUILD_ISOLATION || void 0;
	const found = isolations.find((each) => each === wanted);
	if (found !== void 0) return found;
	if (wanted !== void 0) throw new InputError({
		field: "COXSWAIN_BUILD_ISOLATION",
		problem: "this isolation of builds does not exist",
		found: wanted,
		expected: `one of ${isolations.join(", ")}`
	});
	const problems = [];
	for (const isolation of ["full", "processes"]) {
		try {
			await execIsolated(isolation, "true", [], {
				folder,
				env: {}
			});
		} catch (error) {
			problems.push(messageOf(error));
			continue;
		}
		if (isolation === "processes") log.warn(`${seenByRun.processes}: ${problems[0]} COXSWAIN_BUILD_ISOLATION=processes accepts that.`);
		return isolation;
	}
	log.warn(`${seenByRun.none}: ${problems[1]} COXSWAIN_BUILD_ISOLATION=none accepts that.`);
	return "none";
}
const seenByRun = {
	processes: "RUN instructions share this machine's network, and reach what listens on its loopback",
	none: "RUN instructions see this machine's processes and network"
};
/**
* Runs a program as exec() does, isolated, and without the variables that may be secrets.
* @throws InputError if a program is missing
* @throws OutsideError if the isolation does not work on this machine, or on failure
*/
async function execIsolated(isolation, program, args, options) {
	const { folder, onLine, ...others } = options;
	if (isolation === "none") return exec(program, args, options);
	requireTools([
		program,
		"unshare",
		"mount",
		...isolation === "full" ? ["slirp4netns"] : []
	]);
	const script = join(folder, "isolated.sh");
	await writeFile(script, isolated_default);
	const start = new PassThrough();
	let holder;
	let isReady = false;
	let network;
	try {
		const result = await exec("sh", [
			script,
			program,
			...args
		], {
			...others,
			env: {
				...options.env,
				COXSWAIN_ISOLATION: isolation,
				COXSWAIN_UNSET: namesToUnset({
					...process.env,
					...options.env
				}).join(" ")
			},
			input: start,
			onLine: (line) => {
				if (holder === void 0 && /^\d+$/.test(line)) holder = line;
				else if (isReady || holder === void 0 || line !== "isolated") onLine?.(line);
				else {
					isReady = true;
					network = isolation === "full" ? openNetwork(Number(holder)) : void 0;
					Promise.resolve(network).then(() => start.end("\n"), () => start.end());
				}
			}
		});
		await network;
		return result;
	} catch (error) {
		await network;
		throw error;
	} finally {
		start.destroy();
		await network?.then((opened) => opened.close(), () => {});
	}
}
init_errors();
/**
* The command line of a build that depends only on its order:
* - `--timestamp` sets every time in the image, `--layers=false` makes one layer whatever the cache holds;
* - chroot isolation works as root in a container and on a plain machine alike. It shows RUN what buildah sees, so
*   buildah itself is isolated (isolated.ts), and "the host's network" is the one that it was given;
* - `--ignorefile` is empty: what is ignored was decided when the context was hashed;
* - `--force-rm` leaves no container behind, after a failure too.
* All of it is known to buildah 1.28 (Debian 12) and later.
*/
function buildArgumentsOf(order, isolation) {
	const pairs = (flag, values) => Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
	return [
		"build",
		"--isolation=chroot",
		"--network=host",
		...isolation === "full" ? [`--dns=${nameServer}`] : [],
		"--format=oci",
		"--layers=false",
		"--force-rm",
		"--pull",
		`--tls-verify=${!order.plainHttp}`,
		`--arch=${goArchitecture(order.architecture)}`,
		`--timestamp=${order.timestamp}`,
		"--ignorefile=/dev/null",
		...pairs("--label", order.labels),
		...pairs("--annotation", order.annotations),
		...pairs("--build-arg", order.buildArguments),
		`--tag=${order.name}`,
		`--file=${order.containerfile}`,
		order.contextFolder
	];
}
/** `buildah images --json` (buildah 1.28). */
const imageList = array(object({
	id: string(),
	names: array(string()).nullish()
})).nullable();
const anyExitCode = Array.from({ length: 256 }, (_, code) => code);
const shownLines = 30;
/** How often the removal of a name is tried that another run undid. */
const removals = 3;
/** @param folder an existing folder for the files that buildah answers with */
function createBuildah(options) {
	const env = definedVariables(options.env);
	async function run(title, args, execute = exec, cwd) {
		const { exitCode, lines } = await options.log.task(title, async (report) => {
			const lines = [];
			return {
				exitCode: (await execute("buildah", args, {
					env,
					...defined({ cwd }),
					allow: anyExitCode,
					onLine: (line) => {
						lines.push(line);
						if (lines.length > shownLines) lines.shift();
						options.log.detail(line);
						const note = noteOf(line);
						if (note !== void 0) report(note);
					}
				})).exitCode,
				lines
			};
		});
		if (exitCode !== 0) throw new OutsideError(title, `buildah ended with exit code ${exitCode}\n  ${lines.join("\n  ")}\n`);
	}
	async function push(title, image, to, flags) {
		const digestFile = join(options.folder, "digest");
		await run(title, [
			"push",
			...flags,
			"--format=oci",
			`--digestfile=${digestFile}`,
			image,
			to
		]);
		const digest = (await readFile(digestFile, "utf8")).trim();
		if (!isDigest(digest)) throw new OutsideError("pushing", `instead of a digest, buildah wrote ${digest}`);
		return digest;
	}
	/** Nothing if another run removes an image meanwhile. That run then looks for what is left, too. */
	async function listImages() {
		const listing = await exec("buildah", [
			"images",
			"--all",
			"--no-trunc",
			"--json"
		], {
			env,
			allow: anyExitCode
		});
		return listing.exitCode === 0 ? imageList.parse(JSON.parse(listing.stdout)) ?? [] : [];
	}
	return {
		build: async (order) => {
			const isolation = await chooseIsolation(options.env, options);
			const isolated = (program, args, settings) => execIsolated(isolation, program, args, {
				...settings,
				folder: options.folder,
				env
			});
			return run(`building the image for ${order.architecture}`, buildArgumentsOf(order, isolation), isolated);
		},
		push: (image, to, plainHttp) => push(`pushing ${formatReference(to)}`, image, `docker://${formatReference(to)}`, [`--tls-verify=${!plainHttp}`]),
		store: (image, to, { compressed } = { compressed: true }) => push(`writing ${formatReference(to)}`, image, formatReference(to), compressed ? [] : ["--disable-compression"]),
		hasImage: async (imageId) => {
			return (await exec("buildah", [
				"images",
				"--all",
				"--quiet",
				"--no-trunc"
			], { env })).stdout.split("\n").some((line) => line.replace(/^sha256:/, "") === imageId);
		},
		pull: (from, { architecture, plainHttp, cwd }) => {
			const options = [`--tls-verify=${!plainHttp}`, `--arch=${goArchitecture(architecture)}`];
			return run(`pulling ${from}`, [
				"pull",
				...options,
				from
			], exec, cwd);
		},
		tag: async (imageId, name) => {
			await exec("buildah", [
				"tag",
				imageId,
				name
			], { env });
		},
		removeImage: async (image) => {
			for (let attempt = 1; attempt <= removals; attempt += 1) {
				const { exitCode } = await exec("buildah", ["rmi", image], {
					env,
					allow: anyExitCode
				});
				if (exitCode !== 0 || !(await listImages()).some(({ names }) => names?.includes(image))) return;
			}
		},
		discardImage: async (imageId) => {
			await exec("buildah", [
				"rmi",
				"--force",
				imageId
			], {
				env,
				allow: anyExitCode
			});
		},
		removeUnnamed: async (imageId) => {
			if ((await listImages()).some(({ id, names }) => id.replace(/^sha256:/, "") === imageId && (names ?? []).length === 0)) await exec("buildah", ["rmi", imageId], {
				env,
				allow: anyExitCode
			});
		}
	};
}
/** What buildah is doing, from a line of its output: `STEP 3/7: RUN …`, `Copying blob …`. */
function noteOf(line) {
	const step = /STEP (\d+)\/(\d+): (.*)/.exec(line);
	if (step !== null) return `step ${step[1]} of ${step[2]}: ${shorten(step[3] ?? "")}`;
	const blob = /^Copying blob (?:sha256:)?(\w{12})/.exec(line);
	if (blob !== null) return `layer ${blob[1]}`;
	return /^Trying to pull (.*?)(?:\.\.\.)?$/.exec(line)?.[0];
}
function shorten(text) {
	return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
/** Without the times of unpacking, and without tar's process id in names. */
const samePax = "exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";
function isDeep(base) {
	return base.manifest.json.layers.length > 120;
}
/**
* Makes a folder with the base as one layer.
* @param options.folder an existing folder for the work; the caller removes it
*/
async function flatten(options) {
	const { client, base, from, folder, log } = options;
	requireTools(["tar"]);
	const name = `flat-${randomBytes(6).toString("hex")}`;
	const blobs = join(folder, name, "blobs/sha256");
	await mkdir(blobs, { recursive: true });
	const layer = await log.task("making one layer of the base, to build on", async (report) => {
		const tar = join(folder, "flat.tar");
		const unpacked = join(folder, "flat-root");
		await mkdir(unpacked);
		const { layers } = base.manifest.json;
		const onLayer = (done) => report(`${done} of ${layers.length} layers`);
		const root = await makeRootOfLayers(packed(client, base, from), unpacked, { onLayer });
		const args = [
			"--create",
			...[
				"--format=posix",
				`--pax-option=${samePax}`,
				"--numeric-owner",
				"--sort=name"
			],
			"--xattrs",
			"--xattrs-include=*",
			`--file=${tar}`
		];
		args.push("--directory", root, ".");
		await exec("tar", args, {
			doing: "making one layer of the base",
			env: {
				LC_ALL: "C",
				TAR_OPTIONS: ""
			}
		});
		await rm(unpacked, { recursive: true });
		const digest = await hashOfFile(createReadStream(tar));
		await rename(tar, join(blobs, digest.hash.slice(7)));
		return {
			mediaType: "application/vnd.oci.image.layer.v1.tar",
			digest: digest.hash,
			size: digest.size
		};
	});
	const add = async (json, mediaType) => {
		const bytes = Buffer.from(JSON.stringify(json));
		const digest = digestOf(bytes);
		await writeFile(join(blobs, digest.slice(7)), bytes);
		return {
			mediaType,
			digest,
			size: bytes.length
		};
	};
	const config = await add({
		...await configOf(client, base, from),
		rootfs: rootfs([layer.digest]),
		history: [{ created_by: "base" }]
	}, mediaTypes.ociConfig);
	const { annotations } = base.manifest.json;
	const named = {
		...await add({
			schemaVersion: 2,
			mediaType: mediaTypes.ociManifest,
			config,
			layers: [layer],
			annotations
		}, mediaTypes.ociManifest),
		annotations: { "org.opencontainers.image.ref.name": "base" }
	};
	await writeFile(join(folder, name, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
	await writeFile(join(folder, name, "index.json"), JSON.stringify({
		schemaVersion: 2,
		manifests: [named]
	}));
	return {
		id: config.digest.slice(7),
		diffId: layer.digest,
		place: `oci:${name}:base`,
		folder,
		name: `localhost/${name}:latest`
	};
}
function packed(client, base, from) {
	const { layers } = base.manifest.json;
	return layers.map((layer, index) => ({
		what: `layer ${index + 1} of ${layers.length} of ${formatRepository(from)}@${base.manifest.descriptor.digest}`,
		open: () => client.openBlob(from, layer),
		diffId: base.config.diffIds[index] ?? "none"
	}));
}
/** An image's config as it is. */
async function configOf(client, image, from) {
	const { digest } = image.config;
	return parseJson(await client.getBlob(from, digest), `${formatRepository(from)}@${digest}`);
}
function rootfs(diffIds) {
	return {
		type: "layers",
		diff_ids: diffIds
	};
}
// src/loop/build-image/shell/read-only.sh
var read_only_default = "#!/bin/sh\n# Runs a program that can write to a folder no more: sh -c THIS sh FOLDER PROGRAM [ARGUMENT…], in a mount namespace of its\n# own. The other options are for a user namespace: a mount there may not lose an option that it has.\nset -eu\nmount --bind \"$1\" \"$1\"\nmount -o remount,bind,ro,nosuid,nodev,noexec \"$1\"\nshift\nexec \"$@\"\n";
init_errors();
const program = "chunkah";
/** Its messages without colours. */
const plain = "NO_COLOR=1";
/** The name of the image that chunkah writes. */
const splitName = "split";
/** What chunkah says of files that none of its sources of components knows (0.6.0, cmd_build.rs). */
const nothingToSplit = /no supported component repo found/;
/**
* The arguments of a run. Whatever decides the layers is one of them, because chunkah also reads its environment: the
* same files give the same layers on every machine.
*/
function chunkahArguments(order) {
	return [
		"build",
		`--rootfs=${order.root}`,
		`--output=oci:${order.output}/image`,
		`--tag=${splitName}`,
		`--max-layers=${order.mostLayers}`,
		`--source-date-epoch=${order.epoch}`,
		`--arch=${goArchitecture(order.architecture)}`,
		"--config-str={}",
		"--compressed",
		"--compression-level=6"
	];
}
/**
* Makes sure that chunkah can be run, before anything is built.
* @throws InputError if it is not installed, and coxswain.yaml names no image of it, or one that does not exist
*/
async function requireChunkah(rechunk, { client, env }) {
	const { image } = rechunk;
	if (image === void 0) return requireProgram(env);
	const field = "rechunk.image";
	if (await client.resolve(parseReference(image, { field })) !== void 0) return;
	throw new InputError({
		field,
		problem: "this image does not exist",
		found: image
	});
}
function requireProgram(env) {
	if (findTool(program, env) === void 0) throw new InputError({
		field: "rechunk",
		problem: `a program is not installed: ${program}`,
		remedy: "Install it (Fedora: dnf install chunkah), or name its image in coxswain.yaml, which buildah then runs: rechunk: { image: quay.io/coreos/chunkah@sha256:… }"
	});
	requireTools([
		"rpm",
		"unshare",
		"mount"
	], env);
}
/**
* Gives `work` a chunkah that is ready: the installed one, or that of the image which coxswain.yaml names. The image is
* pulled now, and stays in storage, as one that a Containerfile copies from.
* @param options.folder an existing folder for files of the run
* @throws OutsideError if the image cannot be pulled
*/
async function withChunkah(rechunk, options, work) {
	const { log, folder } = options;
	const env = definedVariables(options.env);
	const { image } = rechunk;
	if (image === void 0) {
		requireProgram(options.env);
		const path = findTool(program, options.env) ?? program;
		const unset = namesToUnset({
			...process.env,
			...env
		}).map((name) => `--unset=${name}`);
		return work((order) => {
			return split([
				...[
					"--mount",
					"--propagation=private",
					"sh",
					"-c",
					read_only_default,
					"sh",
					order.root
				],
				"env",
				...unset,
				plain,
				path
			], order, {
				env,
				log,
				run: exec,
				program: "unshare"
			});
		});
	}
	const reference = parseReference(image, { field: "rechunk.image" });
	const { repository } = reference;
	const plainHttp = isLoopback(new URL(`http://${repository.registry}`));
	const place = formatReference(reference.kind === "digest" ? atDigest(repository, reference.digest) : reference);
	const container = `coxswain-chunkah-${randomUUID()}`;
	const remove = async () => {
		await exec("buildah", ["rm", container], {
			env,
			allow: [
				0,
				1,
				125
			]
		});
	};
	const forget = onInterrupt(remove);
	await log.task(`getting chunkah from ${image}`, () => exec("buildah", [
		"from",
		"--pull",
		"--quiet",
		`--tls-verify=${!plainHttp}`,
		`--name=${container}`,
		place
	], {
		doing: `getting chunkah from ${image}`,
		env
	}));
	try {
		return await work(async (order) => {
			const isolation = await chooseIsolation(options.env, {
				folder,
				log: {
					...log,
					warn: () => {}
				}
			});
			const run = (program, args, settings) => execIsolated(isolation, program, args, {
				...settings,
				env,
				folder
			});
			const inside = {
				root: "/coxswain/files",
				output: "/coxswain/output"
			};
			return split([
				...[
					"run",
					"--isolation=chroot",
					"--network=host",
					`--env=${plain}`
				],
				"--cap-add=CAP_SYS_CHROOT,CAP_DAC_READ_SEARCH",
				...[`--volume=${order.root}:${inside.root}:ro`, `--volume=${order.output}:${inside.output}:rw`],
				...[
					container,
					"--",
					program
				]
			], {
				...order,
				...inside
			}, {
				env,
				log,
				run,
				program: "buildah"
			});
		});
	} finally {
		forget();
		await remove();
	}
}
async function split(command, order, options) {
	const { env, log, run, program } = options;
	const said = [];
	const onLine = (line) => {
		said.push(line);
		log.detail(line);
	};
	try {
		await run(program, [...command, ...chunkahArguments(order)], {
			doing: "splitting layers with chunkah",
			env,
			onLine
		});
		return true;
	} catch (error) {
		if (error instanceof OutsideError && said.some((line) => nothingToSplit.test(line))) return false;
		throw error;
	}
}
/** The folder of the image that a run of chunkah has written. */
function splitImage({ output }) {
	return join(output, "image");
}
// src/loop/build-image/rechunk/layer-of-paths.ts
/**
* Packs paths of a folder as a layer. The same files give the same bytes: GNU gzip, unlike zlib, writes the same in
* every version.
* @param options.blobs folder that gets it, under its digest
* @param options.work a folder that does not exist yet, for the work
*/
async function layerOfPaths(root, paths, options) {
	const { blobs, work, content } = options;
	await mkdir(work);
	const [list, tar] = [join(work, "paths"), join(work, "layer.tar")];
	await writeFile(list, Buffer.concat(paths.flatMap((path) => [path, Buffer.alloc(1)])));
	const form = [
		"--format=posix",
		`--pax-option=${samePax}`,
		"--numeric-owner",
		"--mtime=@0"
	];
	const attributes = [
		"--xattrs",
		"--xattrs-include=*",
		"--xattrs-exclude=security.selinux"
	];
	const which = [
		"--no-recursion",
		"--null",
		"--verbatim-files-from",
		`--files-from=${list}`
	];
	const args = [
		"--create",
		...form,
		...attributes,
		`--file=${tar}`,
		"--directory",
		root,
		...which
	];
	const env = {
		LC_ALL: "C",
		TAR_OPTIONS: "",
		GZIP: ""
	};
	await exec("tar", args, {
		doing: "packing a layer",
		env
	});
	const diffId = (await hashOfFile(createReadStream(tar))).hash;
	await exec("gzip", [
		"--no-name",
		"-6",
		tar
	], {
		doing: "packing a layer",
		env
	});
	const { hash: digest, size } = await hashOfFile(createReadStream(`${tar}.gz`));
	await rename(`${tar}.gz`, join(blobs, digest.slice(7)));
	await rm(work, { recursive: true });
	return {
		descriptor: {
			mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
			digest,
			size
		},
		diffId,
		content
	};
}
// src/loop/build-image/rechunk/same-files.ts
init_errors();
const whiteout$1 = /(^|\/)\.wh\.[^/]*$/;
/**
* Checks that layers hold the same as the one that they were made of: the same paths, types, modes, owners, links,
* extended attributes and content. Only times may differ. Whiteouts are in the first: there they hide nothing of
* the others.
* @returns how many files were compared
* @throws OutsideError that names what differs
*/
async function requireSameFiles(one, made) {
	const before = await read([one]);
	const after = await read(made);
	const differing = [...[...before.facts].filter(([path, fact]) => after.facts.get(path) !== fact).map(([path]) => path), ...[...after.facts.keys()].filter((path) => !before.facts.has(path))];
	const links = before.links.filter((each) => !after.links.includes(each));
	const more = after.links.filter((each) => !before.links.includes(each));
	const [path] = differing;
	if (path !== void 0) throw failure(one, `${differing.length} of ${before.facts.size} files differ. The first: ${path} was ${before.facts.get(path) ?? "not there"}, and is ${after.facts.get(path) ?? "not there"}`);
	const [link] = [...links, ...more];
	if (link !== void 0) throw failure(one, `hard links differ: ${link}`);
	return before.facts.size;
}
function failure({ what }, problem) {
	return new OutsideError(`splitting ${what}`, `the new layers do not hold the same files: ${problem}`);
}
async function read(layers) {
	const facts = /* @__PURE__ */ new Map();
	const groupOf = /* @__PURE__ */ new Map();
	for (const [index, { what, open }] of layers.entries()) {
		const own = /* @__PURE__ */ new Map();
		for await (const { header, path, content } of layerEntries(await open(), what)) {
			if (path === "") continue;
			if (index > 0 && whiteout$1.test(path)) throw new OutsideError(`reading ${what}`, `it hides files of the layers below it: ${path}`);
			const { type, linkname = "" } = header;
			const target = type === "link" ? plainPath(linkname) : path;
			const fact = type === "link" ? own.get(target) : await factOf(header, content);
			if (fact === void 0) throw new OutsideError(`reading ${what}`, `${path} is a link to ${target}, which is not in it`);
			const earlier = facts.get(path);
			if (earlier !== void 0 && earlier !== fact) throw new OutsideError(`reading ${what}`, `${path} differs from that of a layer below it`);
			own.set(path, fact);
			facts.set(path, fact);
			groupOf.set(path, `${index} ${target}`);
		}
	}
	return {
		facts,
		links: linksOf(groupOf)
	};
}
async function factOf(header, content) {
	const { type, mode = 0, uid, gid, linkname, pax = {} } = header;
	const attributes = Object.entries(pax).filter(([key]) => key.startsWith("SCHILY.xattr.") && !key.endsWith(".security.selinux")).sort(([one], [other]) => one < other ? -1 : 1);
	const permissions = (mode & 4095).toString(8);
	return JSON.stringify([
		type,
		permissions,
		uid,
		gid,
		linkname,
		attributes,
		await contentHash(header, content)
	]);
}
async function contentHash({ type, size }, content) {
	if (type !== "file" && type !== void 0) return "";
	const hash = createHash("sha256");
	for await (const chunk of content) hash.update(chunk);
	return `${size} ${hash.digest("hex")}`;
}
function linksOf(groupOf) {
	const groups = /* @__PURE__ */ new Map();
	for (const [path, group] of groupOf) {
		const members = groups.get(group) ?? [];
		members.push(path);
		groups.set(group, members);
	}
	return [...groups.values()].filter((members) => members.length > 1).map((members) => JSON.stringify(members.sort())).sort();
}
// src/loop/build-image/rechunk/set-aside.ts
const whiteout = Buffer.from(".wh.");
/**
* Lists an unpacked layer. chunkah refuses devices, pipes and names that are not UTF-8, and it would put a whiteout into
* any of its layers. An opaque folder would then hide the layers below it.
*/
function listUnpacked(root) {
	const places = [...below(Buffer.from(root), Buffer.alloc(0))];
	const wanted = /* @__PURE__ */ new Set();
	for (const { path, stats } of places) {
		if (!isRefused(path, stats)) continue;
		for (let each = path; each !== void 0; each = folderOf(each)) wanted.add(each.toString("latin1"));
	}
	const paths = places.map(({ path }) => path);
	return {
		all: paths,
		aside: paths.filter((path) => wanted.has(path.toString("latin1"))),
		rest: places.filter(({ path, stats }) => !isRefused(path, stats)).map(({ path }) => path)
	};
}
/** Removes from an unpacked layer what chunkah refuses. Folders above it stay. */
function removeRefused(root, { aside }) {
	for (const path of aside) {
		const file = under(root, path);
		const stats = lstatSync(file, { throwIfNoEntry: false });
		if (stats !== void 0 && isRefused(path, stats)) rmSync(file, { recursive: true });
	}
}
/**
* Gives every file the time 0, which it has on nodes anyway (ostree keeps none). The time of the commit, which buildah
* gives them, would make another layer of the same content.
*/
function removeTimes(root, { rest }) {
	for (const path of rest) lutimesSync(under(root, path), 0, 0);
}
function isRefused(path, stats) {
	if (path.subarray(path.lastIndexOf("/") + 1).subarray(0, whiteout.length).equals(whiteout)) return true;
	if (!Buffer.from(path.toString("utf8")).equals(path)) return true;
	return !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink();
}
function* below(root, path) {
	const names = readdirSync(path.length === 0 ? root : under(root, path), { encoding: "buffer" });
	for (const name of names.sort(Buffer.compare)) {
		const each = path.length === 0 ? name : Buffer.concat([
			path,
			Buffer.from("/"),
			name
		]);
		const stats = lstatSync(under(root, each));
		yield {
			path: each,
			stats
		};
		if (stats.isDirectory()) yield* below(root, each);
	}
}
function folderOf(path) {
	const slash = path.lastIndexOf("/");
	return slash === -1 ? void 0 : path.subarray(0, slash);
}
function under(root, path) {
	return Buffer.concat([
		Buffer.from(root),
		Buffer.from("/"),
		path
	]);
}
// src/loop/build-image/rechunk/split-layers.ts
init_errors();
const historySchema$1 = looseObject({ history: array(looseObject({ comment: string().nullish() })).nullish() });
/**
* Splits the layers that a build put on its base into layers by content, each where the layer was. They hold the same
* files; only times become 0. A layer that chunkah knows nothing about stays one, without its times.
* @throws OutsideError if chunkah fails, or makes something else of the files
*/
async function splitLayers(own, options) {
	const most = budget(own.length, options);
	await mkdir(options.work);
	const made = [];
	for (const [index, layer] of own.entries()) {
		const work = join(options.work, String(index));
		made.push(...await splitLayer(layer, {
			...options,
			work,
			maxLayers: most
		}));
	}
	return made;
}
/** How many layers each of the own ones may become, so that the image has no more than storage takes. */
function budget(ownLayers, { maxLayers, layersOfBase }) {
	const room = Math.min(maxLayers, 500 - layersOfBase);
	return Math.max(1, Math.floor(room / Math.max(1, ownLayers)));
}
async function splitLayer(layer, options) {
	const { blobs, work, log } = options;
	const [root, output] = [join(work, "files"), join(work, "output")];
	for (const folder of [
		work,
		root,
		output
	]) await mkdir(folder);
	return log.task(`splitting ${layer.what}`, async () => {
		await unpackLayer(layer, root, await allowanceIn(work));
		const made = await layersOf(root, output, options);
		const stored = made.map(({ descriptor }) => ({
			what: `the new layer ${descriptor.digest}`,
			open: async () => fileStream(join(blobs, descriptor.digest.slice(7)))
		}));
		for (const [index, { open, what }] of stored.entries()) {
			const { hash } = await hashOfFile(await decompressed(await open(), what));
			if (hash !== made[index]?.diffId) throw new OutsideError(`splitting ${layer.what}`, `${what} is damaged`);
		}
		const files = await requireSameFiles(layer, stored);
		log.info(`${layer.what} is ${made.length} layers now: ${files} files compared, and all are the same`);
		return made;
	});
}
/** The layers of unpacked files. Those that chunkah does not take are removed. */
async function layersOf(root, output, options) {
	const { splitter, maxLayers, epoch, architecture, blobs, work } = options;
	const unpacked = listUnpacked(root);
	const pack = (name, paths, content) => layerOfPaths(root, paths, {
		blobs,
		work: join(work, name),
		content
	});
	if (unpacked.all.length === 0) return [];
	if (maxLayers < 2) return [await pack("all", unpacked.all, "all files")];
	const first = unpacked.aside.length === 0 ? [] : [await pack("aside", unpacked.aside, "removals and special files")];
	if (unpacked.rest.length === 0) return first;
	removeRefused(root, unpacked);
	removeTimes(root, unpacked);
	const order = {
		root,
		output,
		mostLayers: maxLayers - first.length,
		epoch,
		architecture
	};
	if (!await splitter(order)) return [...first, await pack("rest", unpacked.rest, "all files")];
	const split = await takeLayers(output, options);
	if (split.length > order.mostLayers) throw new OutsideError("splitting layers with chunkah", `it made ${split.length} layers, and at most ${order.mostLayers} were asked for`);
	return [...first, ...split];
}
/** Takes the layers out of the image that chunkah wrote. */
async function takeLayers(output, { architecture, blobs }) {
	const place = inLayout(splitImage({ output }), splitName);
	try {
		const image = await readImage(layoutReader, place, architecture);
		const { history } = historySchema$1.parse(await configOf(layoutReader, image, place.repository));
		const { layers } = image.manifest.json;
		if (layers.length === 0 || layers.length !== image.config.diffIds.length) throw new Error(`${layers.length} layers, of which its config names ${image.config.diffIds.length}`);
		const made = [];
		for (const [index, descriptor] of layers.entries()) {
			const name = descriptor.digest.slice(7);
			await rename(join(splitImage({ output }), "blobs/sha256", name), join(blobs, name));
			const { hash } = await hashOfFile(createReadStream(join(blobs, name)));
			if (hash !== descriptor.digest) throw new Error(`${descriptor.digest} has the content of ${hash}`);
			const diffId = image.config.diffIds[index];
			made.push({
				descriptor,
				diffId,
				content: history?.[index]?.comment ?? "files"
			});
		}
		return made;
	} catch (error) {
		throw new OutsideError("splitting layers with chunkah", `it ended without an error, and its image cannot be used: ${messageOf(error)}`, "Look at its output with --verbose.", { cause: error });
	}
}
function fileStream(path) {
	return Readable.toWeb(createReadStream(path));
}
init_errors();
const historySchema = looseObject({ history: array(unknown()).nullish() });
const stepSchema = looseObject({});
/**
* buildah for a flat base, or for an image whose own layers are split: it ships an image as what it is for nodes. That
* is the layers of the real base, byte for byte, and those of the build above them. A flat layer stays here.
*/
function shippingOnLayers(buildah, about) {
	return {
		...buildah,
		push: async (image, to) => {
			const made = await onLayers(buildah, image, about);
			for (const layer of made.own) {
				const open = {
					descriptor: layer,
					open: (range) => openInLayout(made.place, layer, range)
				};
				await about.client.uploadBlob(to.repository, open);
			}
			await about.client.uploadBlob(to.repository, made.config);
			await about.client.putManifest(to.repository, to.tag, made.manifest, mediaTypes.ociManifest);
			return digestOf(made.manifest);
		},
		store: async (image, to) => {
			const made = await onLayers(buildah, image, about);
			await addToFolder(`/${to.repository.path}`, to.tag, made, about);
			return digestOf(made.manifest);
		}
	};
}
/** @throws InputError if the image is not on the base */
async function onLayers(buildah, image, about) {
	const { client, base, baseIn, flat, architecture, folder, rechunk } = about;
	const layout = join(folder, "built");
	await mkdir(layout, { recursive: true });
	const stored = inLayout(layout, "image");
	await buildah.store(image, stored, { compressed: rechunk === void 0 });
	const built = await readImage(layoutReader, stored, architecture);
	const below = flat === void 0 ? base.config.diffIds : [flat.diffId];
	if (below.some((diffId, index) => built.config.diffIds[index] !== diffId)) throw new InputError({
		where: formatReference(stored),
		problem: "the image does not begin with the layers of its base",
		remedy: "Do not squash it: nodes could share nothing between two releases."
	});
	const { own, history } = await ownOf(built, stored.repository, {
		...about,
		layersBelow: below.length
	});
	const config = configOnLayers(await configOf(layoutReader, built, stored.repository), {
		base,
		config: await configOf(client, base, baseIn)
	}, {
		diffIds: own.map(({ diffId }) => diffId),
		history
	});
	const layers = own.map(({ descriptor }) => descriptor);
	const layersOfBase = base.manifest.json.layers.map((layer) => ({
		...layer,
		mediaType: ociLayerType(layer.mediaType)
	}));
	const manifest = {
		...built.manifest.json,
		config: {
			mediaType: mediaTypes.ociConfig,
			digest: digestOf(config),
			size: config.length
		},
		layers: [...layersOfBase, ...layers]
	};
	return {
		config,
		manifest: Buffer.from(JSON.stringify(manifest)),
		own: layers,
		place: stored.repository
	};
}
/** The layers that a build put on its base, split if that was asked for, and the history of them. */
async function ownOf(built, place, about) {
	const { base, baseIn, client, rechunk, architecture, folder, log, layersBelow } = about;
	const config = await configOf(layoutReader, built, place);
	const earlier = about.flat === void 0 ? historyOf(await configOf(client, base, baseIn))?.length ?? 0 : 1;
	const steps = (historyOf(config) ?? []).slice(earlier);
	const { layers } = built.manifest.json;
	const own = layers.slice(layersBelow).map((descriptor, index) => ({
		descriptor,
		diffId: built.config.diffIds[layersBelow + index] ?? "none"
	}));
	if (rechunk === void 0) return {
		own,
		history: steps
	};
	const split = await splitLayers(own.map(({ descriptor, diffId }, index) => ({
		what: `layer ${index + 1} of ${own.length} of the build`,
		open: () => openInLayout(place, descriptor),
		diffId
	})), {
		...rechunk,
		layersOfBase: base.config.diffIds.length,
		epoch: Math.floor(imageTimestamp(base) ?? 0),
		architecture,
		blobs: join("/", place.path, "blobs/sha256"),
		work: join(folder, `split-${randomUUID()}`),
		log
	});
	const { created } = built.config;
	return {
		own: split,
		history: [...steps.map((step) => ({
			...stepSchema.parse(step),
			empty_layer: true
		})), ...split.map(({ content }) => ({
			...defined({ created }),
			created_by: "chunkah",
			comment: content
		}))]
	};
}
/** Adds an image to an OCI image layout, as `buildah push oci:FOLDER:TAG` does. */
async function addToFolder(folder, tag, { config, manifest, own, place }, { client, base, baseIn }) {
	const blobs = join(folder, "blobs/sha256");
	await mkdir(blobs, { recursive: true });
	const fileOf = (digest) => join(blobs, digest.slice(7));
	for (const layer of base.manifest.json.layers) {
		const content = Readable.fromWeb(await client.openBlob(baseIn, layer));
		await pipeline(content, createWriteStream(fileOf(layer.digest)));
	}
	for (const { digest } of own) await copyFile(join("/", place.path, "blobs", digest.replace(":", "/")), fileOf(digest));
	for (const bytes of [config, manifest]) await writeFile(fileOf(digestOf(bytes)), bytes);
	await writeFile(join(folder, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
	const file = join(folder, "index.json");
	const before = await readFileIfThere(file);
	const index = before === void 0 ? void 0 : parseManifest(Buffer.from(before), file, mediaTypes.ociIndex);
	const others = index !== void 0 && isIndex(index.json) ? index.json.manifests : [];
	const name = "org.opencontainers.image.ref.name";
	const entry = {
		mediaType: mediaTypes.ociManifest,
		digest: digestOf(manifest),
		size: manifest.length,
		annotations: { [name]: tag }
	};
	const manifests = [...others.filter(({ annotations }) => annotations?.[name] !== tag), entry];
	await writeFileAtomically(file, JSON.stringify({
		schemaVersion: 2,
		manifests
	}));
}
/** The config of an image with all layers, and the whole history. */
function configOnLayers(config, below, own) {
	const { diffIds } = below.base.config;
	const earlier = historyOf(below.config) ?? diffIds.map(() => ({ created_by: "base" }));
	return Buffer.from(JSON.stringify({
		...config,
		rootfs: rootfs([...diffIds, ...own.diffIds]),
		history: [...earlier, ...own.history]
	}));
}
function historyOf(config) {
	return historySchema.parse(config).history ?? void 0;
}
/**
* Builds the candidate for one architecture in buildah's own storage, and keeps it there until `work` has ended.
* @param baseIn the repository that buildah gets the base from
* @param work is given the image's name in that storage
* @throws OutsideError when the build fails
*/
async function withBuilt(options, { architecture, base, baseIn }, work) {
	const { git, config, candidate, log } = options;
	return withTemporaryFolder("build", async (folder) => {
		const contextFolder = join(folder, "context");
		await mkdir(contextFolder);
		await materialiseContext(git, candidate.context, contextFolder, candidate.committedAt);
		const containerfile = join(folder, "Containerfile");
		const { text, local } = containerfileToBuild(config, candidate, base);
		await writeFile(containerfile, text);
		const buildah = createBuildah({
			folder,
			env: options.env ?? process.env,
			log
		});
		const name = `localhost/coxswain-build:${randomUUID()}`;
		const order = {
			name,
			containerfile,
			contextFolder,
			architecture,
			timestamp: candidate.committedAt,
			labels: {
				"com.coreos.stream": config.stream,
				"org.opencontainers.image.version": candidate.version
			},
			annotations: annotationsOf(config, candidate, base),
			buildArguments: config.buildArguments,
			plainHttp: local.length > 0
		};
		return withRechunk({
			...options,
			folder
		}, async (rechunk) => {
			const flat = isDeep(base) ? await flatten({
				client: options.client,
				base,
				from: baseIn,
				folder,
				log
			}) : void 0;
			const shipping = flat === void 0 && rechunk === void 0 ? buildah : shippingOnLayers(buildah, {
				client: options.client,
				base,
				baseIn,
				architecture,
				folder,
				log,
				...defined({
					flat,
					rechunk
				})
			});
			return withBaseInStorage(buildah, {
				base,
				from: baseIn,
				architecture,
				flat
			}, async () => {
				try {
					for (const each of local) await buildah.pull(each, {
						architecture,
						plainHttp: true
					});
					await buildah.build(order);
					return await work(shipping, name);
				} finally {
					await buildah.removeImage(name);
				}
			});
		});
	});
}
/** What splits layers is made ready before anything is built; undefined if nothing is to be split. */
function withRechunk({ config: { rechunk }, env, log, folder }, work) {
	if (rechunk === void 0) return work(void 0);
	return withChunkah(rechunk, {
		env: env ?? process.env,
		log,
		folder
	}, (splitter) => work({
		splitter,
		maxLayers: rechunk.maxLayers
	}));
}
/**
* buildah keeps the base's annotations. Those about the base's own build must be removed: rpm-ostree takes `created`
* from the annotation first (ostree-ext, container/store.rs), and every release would look as old as its base.
*/
function annotationsOf(config, candidate, base) {
	const { reference } = candidate.base;
	const inherited = base.manifest.json.annotations ?? {};
	return {
		"org.opencontainers.image.created": (/* @__PURE__ */ new Date(candidate.committedAt * 1e3)).toISOString().replace(".000Z", "Z"),
		"org.opencontainers.image.version": candidate.version,
		[buildKeyAnnotation]: candidate.key,
		[revisionAnnotation]: candidate.commit,
		"org.opencontainers.image.base.name": `${formatRepository(reference.repository)}:${reference.tag ?? config.base.tag}`,
		"org.opencontainers.image.base.digest": base.manifest.descriptor.digest,
		...defined({ "fedora-coreos.stream": "fedora-coreos.stream" in inherited ? config.stream : void 0 })
	};
}
/**
* The Containerfile on the base in local storage, so that a tag that moves in the meantime changes nothing. buildah
* pushes a layer unchanged only if it pulled the layer from the registry that it pushes to; otherwise it compresses the
* layer again and uploads the result (measured with 1.28).
* @returns `local`: the other images that it names, if all of them are in a loopback registry
*/
function containerfileToBuild(config, candidate, base) {
	const parsed = parseContainerfile(candidate.containerfile, config.containerfile);
	const baseStages = stagesOnBase(parsed, config.base);
	const text = baseStages.reduceRight((whole, { range }) => whole.slice(0, range.start) + baseNameInStorage(base) + whole.slice(range.end), candidate.containerfile);
	const others = externalStages(parsed).filter((stage) => !baseStages.includes(stage));
	return {
		text,
		local: others.every(({ resolved }) => isLoopback(new URL(`http://${resolved}`))) ? others.map(({ resolved }) => resolved) : []
	};
}
// src/loop/build-image/from-production.ts
init_errors();
/**
* Copies an image back that was promoted and that the test registry has lost since (by retention, for example), with
* its evidence and under the tags that build-image sets. A new build would have another commit's time and so another
* digest, which the version's tag could never point at.
* @returns whether it was copied back
*/
async function restoreFromProduction(options) {
	const { client, config, candidate, log } = options;
	if (await findBuilt(client, config, candidate) !== void 0) return false;
	const promoted = atTag(config.image, candidate.version);
	const manifest = await client.findManifest(promoted).catch((error) => {
		if (error instanceof InputError) return void 0;
		throw error;
	});
	if (manifest === void 0) return false;
	const images = await imagesOf(client, config, manifest);
	if (images.some(({ json }) => json.annotations?.["coxswain.build-key"] !== candidate.key)) return false;
	const { digest } = manifest.descriptor;
	await copyImage(client, {
		from: atDigest(config.image, digest),
		to: config.testImage,
		tags: []
	});
	await copyAttachments(client, {
		manifest,
		from: config.image,
		to: config.testImage
	});
	if (isIndex(manifest.json)) for (const { digest: child, platform } of manifest.json.manifests) {
		const architecture = architectureOfGo(platform?.architecture ?? "");
		const image = images.find(({ descriptor }) => descriptor.digest === child);
		if (architecture === void 0 || image === void 0) continue;
		const tags = [tagFor(config, candidate, architecture)];
		await setTags(client, {
			manifest: image,
			repository: config.testImage,
			tags
		});
	}
	await setTags(client, {
		manifest,
		repository: config.testImage,
		tags: [candidate.tag]
	});
	log.info(`${formatReference(promoted)} is the same build: copied back to the test registry`);
	return true;
}
async function imagesOf(client, config, manifest) {
	if (!isIndex(manifest.json)) return [manifest];
	return Promise.all(manifest.json.manifests.map(({ digest }) => client.getManifest(atDigest(config.image, digest))));
}
/**
* Makes sure that the test registry has the candidate's image under its build key's tag, and returns its digest: of
* the image, or of an index if there are several architectures. An existing image is not built again, so machines of
* each architecture can build their own image, and a last run joins them. With `options.architecture` only that image
* is made, and no index.
* @returns `built`: whether buildah ran; `joined`: whether an index was written
* @throws OutsideError when the build or a push fails; then there is no index either
*/
async function buildImage(options) {
	const { config, client, candidate } = options;
	const wanted = options.architecture === void 0 ? config.architectures : [options.architecture];
	const images = [];
	let built = false;
	await restoreFromProduction(options);
	for (const architecture of wanted) {
		const result = await ensureImage(options, architecture, tagFor(config, candidate, architecture));
		images.push({
			architecture,
			descriptor: result.descriptor
		});
		built ||= result.built;
	}
	const [first] = images;
	const { digest, joined } = config.architectures.length > 1 && options.architecture === void 0 || first === void 0 ? await putIndex(client, config.testImage, candidate.tag, images) : {
		digest: first.descriptor.digest,
		joined: false
	};
	return {
		image: atDigest(config.testImage, digest),
		built,
		joined
	};
}
async function ensureImage(options, architecture, tag) {
	const { config, client, candidate, log } = options;
	const target = atTag(config.testImage, tag);
	const { repository, digest } = candidate.base.reference;
	const base = await readImage(client, atDigest(repository, digest), architecture);
	const copyBase = () => log.task(`copying the base image to ${formatRepository(config.testImage)}`, () => copyImage(client, {
		from: atDigest(repository, base.manifest.descriptor.digest),
		to: config.testImage,
		tags: []
	}));
	const built = await client.resolve(target) === void 0;
	if (built) {
		requireTools(["buildah"]);
		const tools = {
			client,
			env: options.env ?? process.env
		};
		if (config.rechunk !== void 0) await requireChunkah(config.rechunk, tools);
		beforeWriting(() => `build ${candidate.version} for ${architecture}, and push it as ${formatReference(target)}`);
		await requireBuildSpace(base, {
			env: tools.env,
			oneLayer: isDeep(base),
			isSplit: config.rechunk !== void 0
		});
		await copyBase();
		const plainHttp = isLoopback(new URL(`http://${config.testImage.registry}`));
		await withBuilt(options, {
			architecture,
			base,
			baseIn: config.testImage
		}, async (buildah, name) => {
			await confirmPush(client, target, await buildah.push(name, target, plainHttp));
		});
	} else log.info(`${formatReference(target)} is there already: nothing to build`);
	const descriptor = await keepBaseLayers({
		client,
		base,
		copyBase,
		tag: target,
		architecture
	});
	if (built) await options.onBuilt?.({
		architecture,
		descriptor
	});
	return {
		descriptor,
		built
	};
}
async function putIndex(client, repository, tag, images) {
	const index = {
		schemaVersion: 2,
		mediaType: mediaTypes.ociIndex,
		manifests: images.map(({ architecture, descriptor: { mediaType, digest, size } }) => ({
			mediaType,
			digest,
			size,
			platform: {
				architecture: goArchitecture(architecture),
				os: "linux"
			}
		}))
	};
	const bytes = Buffer.from(JSON.stringify(index));
	const found = await client.resolve(atTag(repository, tag));
	if (found?.digest === digestOf(bytes)) return {
		digest: found.digest,
		joined: false
	};
	return {
		digest: await client.putManifest(repository, tag, bytes, mediaTypes.ociIndex),
		joined: true
	};
}
// src/loop/build-image/local.ts
/**
* Builds the candidate into a folder (an OCI image layout), for those who may not write to the test registry. Only
* the base is read from a registry, and nothing is written to one. Layers may be compressed differently than in the
* test registry, so the digests cannot be compared with an image that is built there.
* @throws OutsideError when the build fails
*/
async function buildLocally(options) {
	const { config, client, candidate, log } = options;
	const wanted = options.architecture === void 0 ? config.architectures : [options.architecture];
	const images = [];
	for (const architecture of wanted) {
		const target = inLayout(options.folder, localTag(candidate, architecture));
		const image = formatReference(target);
		const there = await resolveInLayout(target);
		if (there !== void 0) {
			log.info(`${image} is there already: nothing to build`);
			images.push({
				architecture,
				digest: there,
				image,
				built: false
			});
			continue;
		}
		const { repository, digest } = candidate.base.reference;
		const base = await readImage(client, atDigest(repository, digest), architecture);
		requireTools(["buildah"]);
		const tools = {
			client,
			env: options.env ?? process.env
		};
		if (config.rechunk !== void 0) await requireChunkah(config.rechunk, tools);
		await requireBuildSpace(base, {
			env: tools.env,
			folder: options.folder,
			oneLayer: isDeep(base),
			isSplit: config.rechunk !== void 0
		});
		const made = await withBuilt(options, {
			architecture,
			base,
			baseIn: repository
		}, (buildah, name) => buildah.store(name, target));
		compareLayers(base, await readImage(layoutReader, target, architecture), image);
		images.push({
			architecture,
			digest: made,
			image,
			built: true
		});
	}
	return images;
}
export { buildImage as n, buildLocally as t };
