import { B as withTemporaryFolder, M as beforeWriting, V as writeFileAtomically, Y as findTool, Z as requireTools, at as definedVariables, ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError, q as exec, r as hashOfFile, z as readFileIfThere } from "./host.mjs";
import { d as looseObject, g as string, p as object, r as array, y as unknown } from "./zod.mjs";
import { A as atDigest, D as mediaTypes, E as isIndex, F as formatRepository, G as goArchitecture, I as isDigest, N as digestOf, O as parseJson, P as formatReference, S as setTags, U as architectureOfGo, d as openInLayout, f as resolveInLayout, j as atTag, k as parseManifest, l as inLayout, u as layoutReader, w as readImage, x as copyImage } from "./world-registry.mjs";
import { d as localTag, g as materialiseContext, h as revisionAnnotation, l as findBuilt, m as buildKeyAnnotation, p as tagFor, y as requireBuildSpace } from "./release-candidate.mjs";
import { r as isLoopback } from "./world.mjs";
import { S as copyAttachments } from "./release.mjs";
import { a as parseContainerfile, i as stagesOnBase, t as externalStages } from "./project-containerfile.mjs";
import { t as makeRootOfLayers } from "./world-layers.mjs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { PassThrough, Readable } from "node:stream";
import { randomBytes, randomUUID } from "node:crypto";
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
			const isRemoved = error instanceof OutsideError && removedMeanwhile.test(error.message);
			if (attempt === attempts || !isRemoved) throw error;
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
var isolated_default = "#!/bin/sh\n# Runs a program with processes, devices and, if COXSWAIN_ISOLATION is \"full\", a network of its own:\n# isolated.sh PROGRAM [ARGUMENT…]. It prints the process whose network needs a way out, then \"isolated\", and starts the program\n# when it reads a line.\nset -eu\n\nif [ \"${1:-}\" = --inside ]; then\n  shift\n  # Only the devices that builds use. Chroot isolation shows RUN all of /dev, and root could read the host's disks.\n  dev=$(mktemp -d)\n  mount -t tmpfs -o mode=755 tmpfs \"$dev\"\n  for name in null zero full random urandom tty fuse; do\n    [ -e \"/dev/$name\" ] || continue\n    : >\"$dev/$name\"\n    mount --bind \"/dev/$name\" \"$dev/$name\"\n  done\n  mkdir \"$dev/pts\" \"$dev/shm\"\n  [ ! -d /dev/pts ] || mount --rbind /dev/pts \"$dev/pts\"\n  mount -t tmpfs -o mode=1777 tmpfs \"$dev/shm\"\n  ln -s pts/ptmx \"$dev/ptmx\"\n  ln -s /proc/self/fd \"$dev/fd\"\n  for number in 0:stdin 1:stdout 2:stderr; do ln -s \"/proc/self/fd/${number%:*}\" \"$dev/${number#*:}\"; done\n  mount --rbind \"$dev\" /dev\n  for name in $COXSWAIN_UNSET; do unset \"$name\"; done\n  unset COXSWAIN_UNSET COXSWAIN_ISOLATION\n  echo isolated\n  read -r _\n  exec \"$@\" </dev/null\nfi\n\necho \"$$\"\nnetwork=\n[ \"$COXSWAIN_ISOLATION\" != full ] || network=--net\nexec unshare ${network:+\"$network\"} --ipc --pid --fork --kill-child --mount-proc -- sh \"$0\" --inside \"$@\"\n";
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
		store: (image, to) => push(`writing ${formatReference(to)}`, image, formatReference(to), []),
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
			await exec("buildah", ["rmi", image], {
				env,
				allow: anyExitCode
			});
		},
		removeUnnamed: async (imageId) => {
			const listing = await exec("buildah", [
				"images",
				"--all",
				"--no-trunc",
				"--json"
			], {
				env,
				allow: anyExitCode
			});
			if (listing.exitCode !== 0) return;
			if ((imageList.parse(JSON.parse(listing.stdout)) ?? []).some(({ id, names }) => id.replace(/^sha256:/, "") === imageId && (names ?? []).length === 0)) await exec("buildah", ["rmi", imageId], {
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
// src/loop/build-image/push-on-layers.ts
init_errors();
const historySchema = looseObject({ history: array(unknown()).nullish() });
/**
* buildah for a flat base: it ships an image as what it is for nodes. That is the layers of the real base, byte for
* byte, and those of the build above them. The flat layer stays here.
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
	const { client, base, baseIn, flat, architecture } = about;
	const layout = join(about.folder, "built");
	await mkdir(layout, { recursive: true });
	const stored = inLayout(layout, "image");
	await buildah.store(image, stored);
	const built = await readImage(layoutReader, stored, architecture);
	if (built.config.diffIds[0] !== flat.diffId) throw new InputError({
		where: formatReference(stored),
		problem: "the image does not begin with the layers of its base",
		remedy: "Do not squash it: nodes could share nothing between two releases."
	});
	const own = built.manifest.json.layers.slice(1);
	const config = configOnLayers(built, await configOf(layoutReader, built, stored.repository), {
		base,
		config: await configOf(client, base, baseIn)
	});
	const below = base.manifest.json.layers.map((layer) => ({
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
		layers: [...below, ...own]
	};
	return {
		config,
		manifest: Buffer.from(JSON.stringify(manifest)),
		own,
		place: stored.repository
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
/** The config of an image on a flat base, as it is on the real one: all layers, and the whole history. */
function configOnLayers(built, config, below) {
	const { diffIds } = below.base.config;
	const earlier = historySchema.parse(below.config).history ?? diffIds.map(() => ({ created_by: "base" }));
	const own = (historySchema.parse(config).history ?? []).slice(1);
	return Buffer.from(JSON.stringify({
		...config,
		rootfs: rootfs([...diffIds, ...built.config.diffIds.slice(1)]),
		history: [...earlier, ...own]
	}));
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
		const flat = isDeep(base) ? await flatten({
			client: options.client,
			base,
			from: baseIn,
			folder,
			log
		}) : void 0;
		const about = {
			client: options.client,
			base,
			baseIn,
			architecture,
			folder
		};
		const shipping = flat === void 0 ? buildah : shippingOnLayers(buildah, {
			...about,
			flat
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
		beforeWriting(() => `build ${candidate.version} for ${architecture}, and push it as ${formatReference(target)}`);
		await requireBuildSpace(base, {
			env: options.env ?? process.env,
			oneLayer: isDeep(base)
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
		await requireBuildSpace(base, {
			env: options.env ?? process.env,
			folder: options.folder,
			oneLayer: isDeep(base)
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
