import { $ as definedVariables, A as beforeWriting, G as requireTools, L as withTemporaryFolder, Q as defined, U as findTool, V as exec, it as messageOf, nt as OutsideError, tt as InputError } from "./host.mjs";
import { g as string, p as object, r as array } from "./zod.mjs";
import { A as digestOf, B as architectureOfGo, C as readImage, D as atDigest, H as goArchitecture, M as formatRepository, N as isDigest, O as atTag, T as mediaTypes, b as copyImage, c as isLoopback, d as resolveInLayout, j as formatReference, l as inLayout, u as layoutReader, w as isIndex, x as setTags } from "./world-registry.mjs";
import { d as localTag, g as materialiseContext, h as revisionAnnotation, l as findBuilt, m as buildKeyAnnotation, p as tagFor, v as requireBuildSpace } from "./release-candidate.mjs";
import { T as copyAttachments } from "./release.mjs";
import { a as parseContainerfile, i as stagesOnBase, t as externalStages } from "./project-containerfile.mjs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { randomUUID } from "node:crypto";
// src/loop/build-image/base-layers.ts
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
// src/loop/build-image/base-in-storage.ts
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
* @param build is called again if another run removed the base
*/
async function withBaseInStorage(buildah, options, build) {
	const { base, from, architecture } = options;
	const id = base.config.digest.replace("sha256:", "");
	const name = baseNameInStorage(base);
	const source = formatReference(atDigest(from, base.manifest.descriptor.digest));
	const plainHttp = isLoopback(new URL(`http://${from.registry}`));
	let pulled = false;
	try {
		for (let attempt = 1;; attempt += 1) try {
			if (!await buildah.hasImage(id)) {
				pulled = true;
				await buildah.pull(source, {
					architecture,
					plainHttp
				});
			}
			await buildah.tag(id, name);
			return await build();
		} catch (error) {
			const isRemoved = error instanceof OutsideError && removedMeanwhile.test(error.message);
			if (attempt === attempts || !isRemoved) throw error;
		}
	} finally {
		if (pulled) await buildah.removeImage(source);
		await buildah.removeImage(name);
		if (pulled) await buildah.removeUnnamed(id);
	}
}
// src/loop/build-image/open-network.ts
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
		problem: "there is no such isolation of builds",
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
// src/loop/build-image/buildah.ts
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
	async function run(title, args, execute = exec) {
		const { exitCode, lines } = await options.log.task(title, async (report) => {
			const lines = [];
			return {
				exitCode: (await execute("buildah", args, {
					env,
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
		pull: (from, { architecture, plainHttp }) => run(`pulling ${from}`, [
			"pull",
			`--tls-verify=${!plainHttp}`,
			`--arch=${goArchitecture(architecture)}`,
			from
		]),
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
// src/loop/build-image/build-one.ts
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
		return withBaseInStorage(buildah, {
			base,
			from: baseIn,
			architecture
		}, async () => {
			try {
				for (const each of local) await buildah.pull(each, {
					architecture,
					plainHttp: true
				});
				await buildah.build(order);
				return await work(buildah, name);
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
// src/loop/build-image/build-image.ts
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
		await requireBuildSpace(base, { env: options.env ?? process.env });
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
			folder: options.folder
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
