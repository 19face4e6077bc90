import { o as __toESM } from "./rolldown-runtime.mjs";
import { A as messageOf, D as InputError, O as OutsideError, b as withTemporaryFolder, d as exec, f as findTool, m as requireTools, s as requireSpace, u as readContainerStorage } from "./host.mjs";
import { C as atTag, D as isDigest, E as formatRepository, F as goArchitecture, N as architectureOfGo, O as isTag, S as atDigest, T as formatReference, _ as isIndex, a as resolveInLayout, b as isLoopback, i as layoutReader, m as setTags, n as copyAttached, p as copyImage, r as inLayout, s as readImage, v as mediaTypes, w as digestOf } from "./registry.mjs";
import { i as urgentTemplate } from "./config.mjs";
import { a as parseContainerfile, i as stagesOnBase, n as findBase, t as externalStages } from "./containerfile.mjs";
import { t as require_ignore } from "./balena-dockerignore.mjs";
import { chmod, lutimes, mkdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { spawn } from "node:child_process";
// src/build/space.ts
/** How much larger the files of an image are than its layers as they are downloaded: 2.5 to 3 of Fedora CoreOS. */
const unpackedShare = 3;
/** Bytes of the layers of an image as they are downloaded. */
function downloadSize(image) {
	return image.manifest.json.layers.reduce((sum, { size }) => sum + size, 0);
}
/** About how many bytes the files of an image take. */
function unpackedSize(image) {
	return downloadSize(image) * unpackedShare;
}
/** About how many bytes an image takes in buildah's storage. */
function storedSize(image, { driver }) {
	if (driver !== "vfs") return unpackedSize(image);
	let below = 0;
	let sum = 0;
	for (const { size } of image.manifest.json.layers) {
		below += size * unpackedShare;
		sum += below;
	}
	return sum;
}
/** Blobs on their way into buildah's storage. They go to TMPDIR, or else to /var/tmp, whatever `tmpdir()` is. */
function downloadFolder(env) {
	return env.TMPDIR === void 0 || env.TMPDIR === "" ? "/var/tmp" : env.TMPDIR;
}
/**
* Makes sure that there is room to build on a base.
* @param folder where the image goes, when not into a registry
* @throws InputError where there is not
*/
async function requireBuildSpace(base, options) {
	const storage = await readContainerStorage(options.env);
	const download = downloadSize(base);
	const needs = [
		{
			folder: storage.folder,
			bytes: storedSize(base, storage),
			what: "the base image"
		},
		{
			folder: storage.folder,
			bytes: storage.driver === "vfs" ? unpackedSize(base) : download,
			what: "the build"
		},
		{
			folder: downloadFolder(options.env),
			bytes: download,
			what: "downloads"
		},
		...options.folder === void 0 ? [] : [{
			folder: options.folder,
			bytes: 2 * download,
			what: "the image"
		}]
	];
	await requireSpace(needs);
}
/**
* Makes sure that there is room to boot an image, and one release beside it where updates are rehearsed.
* @throws InputError where there is not
*/
async function requireBootSpace(image, options) {
	const storage = await readContainerStorage(options.env);
	const times = options.rehearses ? 2 : 1;
	await requireSpace([
		{
			folder: storage.folder,
			bytes: times * storedSize(image, storage),
			what: "the image"
		},
		{
			folder: downloadFolder(options.env),
			bytes: downloadSize(image),
			what: "downloads"
		},
		{
			folder: tmpdir(),
			bytes: times * unpackedSize(image),
			what: "the disk of the machine"
		}
	]);
}
// src/build/built.ts
/** The built image, where the test registry has one for this build key: an index of several architectures. */
async function findBuilt(client, config, candidate) {
	const found = await client.resolve(atTag(config.testImage, candidate.tag));
	return found === void 0 ? void 0 : atDigest(config.testImage, found.digest);
}
/** As `findBuilt`, of one architecture; it may be there before the index is. */
async function findBuiltFor(client, config, candidate, architecture) {
	return await findBuilt(client, config, candidate) ?? await findBuilt(client, config, { tag: tagFor(config, candidate, architecture) });
}
/** The tag of one architecture's image: where there are several, the build key's own is that of the index. */
function tagFor(config, candidate, architecture) {
	return config.architectures.length > 1 ? `${candidate.tag}-${architecture}` : candidate.tag;
}
// src/build/build-key.ts
/**
* The build key: sha256, as 64 hex digits, of a text with one line for each input, each ending in a newline:
* ```
* coxswain build key 1
* containerfile <sha256 of its bytes>
* base <digest>
* stream <JSON string>
* architecture <name>                           sorted
* argument <JSON string> <JSON string>          sorted by name
* refresh <sha256 of the marker's bytes>        only where there is one
* roll-back <sha256 of the marker's bytes>      only where there is one
* file <git mode> <git blob hash> <JSON string> sorted by path
* ```
* Sorted means by UTF-16 code units. The number in the first line changes with the form; it is part of the key,
* so that keys of different forms never meet. The commit, its time and its branch are not in it: the same tree
* has the same key wherever it is.
*/
function buildKey(inputs) {
	return sha256([
		"coxswain build key 1",
		`containerfile ${sha256(inputs.containerfile)}`,
		`base ${inputs.baseDigest}`,
		`stream ${JSON.stringify(inputs.stream)}`,
		...[...inputs.architectures].sort(compare).map((architecture) => `architecture ${architecture}`),
		...Object.entries(inputs.buildArguments).sort(([one], [other]) => compare(one, other)).map(([name, value]) => `argument ${JSON.stringify(name)} ${JSON.stringify(value)}`),
		...inputs.refresh === void 0 ? [] : [`refresh ${sha256(inputs.refresh)}`],
		...inputs.rollBack === void 0 ? [] : [`roll-back ${sha256(inputs.rollBack)}`],
		...[...inputs.context].sort((one, other) => compare(one.path, other.path)).map(({ mode, hash, path }) => `file ${mode} ${hash} ${JSON.stringify(path)}`)
	].map((line) => `${line}\n`).join(""));
}
/** Not localeCompare: the order must be the same on every machine. */
function compare(one, other) {
	return one < other ? -1 : one > other ? 1 : 0;
}
function sha256(content) {
	return createHash("sha256").update(content).digest("hex");
}
// src/build/context.ts
var import_ignore = /* @__PURE__ */ __toESM(require_ignore(), 1);
/** The ignore files that are looked for at the top of the repository; the first one counts, as with buildah. */
const ignoreFileNames = [".containerignore", ".dockerignore"];
/** A one-line file that watch-base commits to force a rebuild. Part of the build key, never of the context. */
const refreshFileName = ".coxswain/refresh";
/** What `roll-back` commits to make an old content a new build. Part of the build key, never of the context. */
const rollBackFileName = ".coxswain/roll-back.json";
/**
* Chooses the files of a commit that the build sees, and that the build key is made of.
*
* Ignore patterns mean what they mean to Docker (moby's pattern matcher). Besides, these are left out unless a
* pattern with `!` asks for them: the Containerfile (it is in the key by itself), the tests, rollouts/ and the
* fleets' templates, .github/, .gitignore, .gitattributes and the ignore files. coxswain.yaml and .coxswain/ are
* always left out. So an edit of any of these rebuilds nothing.
* @throws InputError for an unusable pattern, a submodule in the context, or a path that is not UTF-8
*/
function selectContext(entries, own, ignoreFile) {
	const isIgnored = ignoreMatcher(own, ignoreFile);
	return entries.filter(({ path }) => path !== "coxswain.yaml" && !path.startsWith(".coxswain/") && !isIgnored(path)).map(({ path, mode, hash }) => {
		if (path.includes("�")) throw new InputError({
			where: path,
			problem: "the name of this file is not UTF-8",
			remedy: "Rename it."
		});
		if (mode === "160000") throw new InputError({
			where: path,
			problem: "a git submodule cannot be part of the build context: its files are not in this repository",
			remedy: `Copy the files, fetch them in the Containerfile, or name ${path} in .containerignore.`
		});
		if (mode !== "100644" && mode !== "100755" && mode !== "120000") throw new InputError({
			where: path,
			problem: "this kind of file cannot be built",
			found: mode
		});
		return {
			path,
			mode,
			hash
		};
	});
}
function ignoreMatcher(own, ignoreFile) {
	const ours = [
		own.containerfile,
		own.tests,
		...own.templates,
		"rollouts",
		".github",
		".gitignore",
		".gitattributes",
		".gitmodules",
		...ignoreFileNames
	];
	const matcher = (0, import_ignore.default)({ ignorecase: false }).add(ours.map(escapePattern));
	for (const [index, line] of (ignoreFile?.text.replace(/^\uFEFF/, "") ?? "").split(/\r?\n/).entries()) try {
		(0, import_ignore.default)({ ignorecase: false }).add(line).ignores("x");
		matcher.add(line);
	} catch (error) {
		throw new InputError({
			where: `${ignoreFile?.path}:${index + 1}`,
			problem: `not a pattern: ${messageOf(error)}`,
			found: line
		}, { cause: error });
	}
	return (path) => matcher.ignores(path);
}
function escapePattern(path) {
	return path.replaceAll(/[\\*?[\]!#{}()+^|]/g, "\\$&");
}
// src/build/git-objects.ts
/** Every file of a commit, in git's order (by the bytes of the path). */
async function listCommit(git, commit) {
	return (await git.run([
		"ls-tree",
		"-r",
		"-z",
		"--full-tree",
		commit
	])).split("\0").filter((line) => line !== "").map((line) => {
		const [, mode = "", hash = "", path = ""] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
		return {
			mode,
			hash,
			path
		};
	});
}
/**
* Reads blobs by hash, byte for byte (no end-of-line conversion, no filters), one after the other so that only
* one is in memory at a time. `git cat-file --batch` is run directly: host/exec is for text.
* @throws OutsideError when git does not have one of them
*/
async function readBlobs(git, hashes, each) {
	if (hashes.length === 0) return;
	const child = spawn(findTool("git") ?? "git", [
		"-C",
		git.directory,
		"cat-file",
		"--batch"
	], {
		stdio: [
			"pipe",
			"pipe",
			"pipe"
		],
		env: {
			...process.env,
			LC_ALL: "C",
			GIT_TERMINAL_PROMPT: "0"
		}
	});
	let complaint = "";
	child.stderr.on("data", (data) => {
		complaint = (complaint + data.toString()).slice(-2e3);
	});
	const ended = new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", resolve);
	});
	child.stdin.on("error", () => {});
	child.stdin.end(hashes.map((hash) => `${hash}\n`).join(""));
	try {
		const stream = byteReader(child.stdout);
		for (const hash of hashes) {
			const header = await stream.line();
			const size = /^\w+ blob (\d+)$/.exec(header ?? "")?.[1];
			if (size === void 0) throw new OutsideError(`reading ${hash} from git`, header ?? (complaint.trim() || "git ended early"));
			const bytes = await stream.take(Number(size));
			await stream.take(1);
			await each(hash, bytes);
		}
	} catch (error) {
		child.kill();
		await ended.catch(() => {});
		throw error;
	}
	const code = await ended;
	if (code !== 0) throw new OutsideError("reading files from git", `exit code ${code}: ${complaint.trim()}`);
}
/** Reads one blob. */
async function readBlob(git, hash) {
	let content = Buffer.alloc(0);
	await readBlobs(git, [hash], async (_hash, bytes) => {
		content = bytes;
	});
	return content;
}
/**
* A file's text, for files that have to be text.
* @throws InputError when the bytes are not UTF-8
*/
async function readTextBlob(git, entry) {
	const bytes = await readBlob(git, entry.hash);
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch (error) {
		throw new InputError({
			where: entry.path,
			problem: "the file is not UTF-8 text"
		}, { cause: error });
	}
}
/** Takes lines and counted bytes off a stream. */
function byteReader(source) {
	const chunks = source[Symbol.asyncIterator]();
	let held = [];
	let length = 0;
	const more = async () => {
		const next = await chunks.next();
		if (next.done) return false;
		held.push(next.value);
		length += next.value.length;
		return true;
	};
	const take = async (count) => {
		while (length < count) if (!await more()) throw new OutsideError("reading files from git", "git ended early");
		const all = Buffer.concat(held, length);
		held = [all.subarray(count)];
		length -= count;
		return all.subarray(0, count);
	};
	const line = async () => {
		for (;;) {
			const all = Buffer.concat(held, length);
			held = [all];
			const end = all.indexOf(10);
			if (end >= 0) return (await take(end + 1)).subarray(0, end).toString();
			if (!await more()) return void 0;
		}
	};
	return {
		take,
		line
	};
}
// src/build/candidate.ts
/**
* Reads what a commit would build: everything from the commit, nothing from the work tree.
* @throws InputError for a missing or wrong Containerfile, a base that does not exist or may not be pulled
* @throws OutsideError when the base's registry cannot be reached
*/
async function readCandidate(options) {
	const { git, config, client } = options;
	const commit = await resolveCommit(git, options.commit ?? "HEAD");
	const entries = await listCommit(git, commit);
	const containerfile = await readTextBlob(git, findContainerfile(entries, config, commit));
	const parsed = parseContainerfile(containerfile, config.containerfile);
	const { reference } = findBase(parsed, config.base);
	for (const each of stagesOnBase(parsed, config.base)) refuseOverriddenBase(each, config);
	const base = await readBase(client, config, reference);
	const context = selectContext(entries, {
		containerfile: config.containerfile,
		tests: config.tests,
		templates: Object.values(config.fleets).flatMap((fleet) => [fleet.template, urgentTemplate(fleet)])
	}, await readIgnoreFile(git, entries));
	const marker = async (path) => {
		const entry = entries.find((each) => each.path === path);
		return entry === void 0 ? void 0 : readBlob(git, entry.hash);
	};
	const [refresh, rollBack] = [await marker(refreshFileName), await marker(rollBackFileName)];
	const key = buildKey({
		containerfile: Buffer.from(containerfile),
		baseDigest: base.reference.digest,
		context,
		buildArguments: config.buildArguments,
		stream: config.stream,
		architectures: config.architectures,
		...refresh === void 0 ? {} : { refresh },
		...rollBack === void 0 ? {} : { rollBack }
	});
	return {
		commit,
		committedAt: await readCommitTime(git, commit),
		base: {
			...base,
			pinned: reference.kind === "digest"
		},
		key,
		tag: `key-${key.slice(0, 16)}`,
		version: `${base.version}-${key.slice(0, 8)}`,
		testsTree: await readTestsTree(git, commit, config.tests),
		containerfile,
		context,
		unpinned: unpinnedImages(parsed, config)
	};
}
async function resolveCommit(git, name) {
	const commit = await git.try([
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		`${name}^{commit}`
	]);
	if (commit !== void 0) return commit;
	throw new InputError({
		where: git.directory,
		problem: "there is no such commit",
		found: name,
		remedy: name === "HEAD" ? "Commit something first: what is built is always a commit." : "Fetch it first."
	});
}
async function readCommitTime(git, commit) {
	const line = await git.run([
		"rev-list",
		"--max-count=1",
		"--timestamp",
		commit
	]);
	return Number(line.split(" ")[0]);
}
function findContainerfile(entries, config, commit) {
	const entry = entries.find(({ path }) => path === config.containerfile);
	if (entry?.mode === "100644" || entry?.mode === "100755") return entry;
	const other = entries.find(({ path }) => /^(containerfile|dockerfile)$/i.test(path));
	throw new InputError({
		where: config.containerfile,
		problem: entry === void 0 ? `commit ${commit.slice(0, 12)} has no such file` : "the Containerfile is not a plain file",
		remedy: entry === void 0 && other !== void 0 ? `Set containerfile: ${other.path} in coxswain.yaml.` : "Add it and commit it; coxswain init writes one to start with."
	});
}
/** `--build-arg` replaces an ARG's default, also one that a FROM uses: another base than the key says. */
function refuseOverriddenBase(stage, config) {
	const name = stage.variables.find((variable) => variable in config.buildArguments);
	if (name === void 0) return;
	throw new InputError({
		where: config.file,
		field: `build-arguments.${name}`,
		problem: `this would replace the base image, which ${stage.where} takes from the ARG ${name}`,
		remedy: "Rename one of the two."
	});
}
async function readBase(client, config, written) {
	const reference = await pinnedReference(client, written);
	const architecture = config.architectures[0];
	const version = (await readImage(client, atDigest(reference.repository, reference.digest), architecture)).config.labels["org.opencontainers.image.version"];
	if (version === void 0 || version === "") throw new InputError({
		where: formatReference(reference),
		field: "org.opencontainers.image.version",
		problem: "the base image has no such label, and the version of a derived image begins with it",
		remedy: "Use a base that has it: every Fedora CoreOS image does."
	});
	if (!isTag(`${version}-00000000`)) throw new InputError({
		where: formatReference(reference),
		field: "org.opencontainers.image.version",
		problem: "the version of the base image cannot be part of a tag",
		found: version,
		expected: "letters, digits, \"_\", \".\" and \"-\", as in 44.20260707.3.1"
	});
	return {
		reference,
		version
	};
}
async function pinnedReference(client, written) {
	if (written.kind === "digest") return written;
	const found = await client.resolve(written);
	if (found === void 0) throw new InputError({
		where: formatReference(written),
		problem: "the base image was not found: the registry answers, and has no such tag",
		remedy: "Check base in coxswain.yaml and FROM in the Containerfile."
	});
	const digest = found.digest;
	return {
		kind: "digest",
		repository: written.repository,
		tag: written.tag,
		digest
	};
}
async function readIgnoreFile(git, entries) {
	for (const path of ignoreFileNames) {
		const entry = entries.find((each) => each.path === path);
		if (entry !== void 0) return {
			path,
			text: await readTextBlob(git, entry)
		};
	}
}
async function readTestsTree(git, commit, folder) {
	const line = await git.run([
		"ls-tree",
		"-z",
		"--full-tree",
		commit,
		"--",
		folder
	]);
	const [, type, hash] = /^\d+ (\w+) (\w+)\t/.exec(line) ?? [];
	if (hash === void 0) return git.run([
		"hash-object",
		"-t",
		"tree",
		"--stdin"
	], { input: "" });
	if (type === "tree") return hash;
	throw new InputError({
		where: folder,
		field: "tests",
		problem: "not a folder",
		found: type,
		expected: "a folder"
	});
}
function unpinnedImages(parsed, config) {
	const ofBase = stagesOnBase(parsed, config.base);
	const images = externalStages(parsed).filter((stage) => !ofBase.includes(stage) && !stage.resolved.includes("@sha256:")).map((stage) => stage.resolved);
	return [...new Set(images)];
}
// src/build/base-layers.ts
/**
* Compares a derived image with its base. Uncompressed digests ("diff ids") prove that a layer is the base's; its
* compressed form may differ all the same, because buildah may compress again when it pushes. Nodes would then
* download everything anew, although they have it.
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
* Makes sure that a pushed image has its base's layers byte for byte, and returns its manifest's descriptor. Where
* it has not, a manifest that names the base's layers takes its place under the tag; running again changes nothing.
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
/** Fails unless the tag still means the digest that was just pushed. */
async function confirmPush(client, tag, expected) {
	const found = await client.resolve(tag);
	if (found?.digest === expected) return;
	throw new OutsideError(`pushing ${formatReference(tag)}`, `${expected} was pushed, and the registry has ${found?.digest ?? "nothing"} under this tag`);
}
/** Docker's names for the same layers: an OCI manifest names them in OCI's terms. */
function ociLayerType(mediaType) {
	return mediaType === "application/vnd.docker.image.rootfs.diff.tar.gzip" ? "application/vnd.oci.image.layer.v1.tar+gzip" : mediaType;
}
// src/build/buildah.ts
/**
* The command line of a build that depends on nothing but its order:
* - `--timestamp` sets every time in the image, `--layers=false` makes one layer whatever the cache holds;
* - chroot isolation on the host's network works as root in a container and on a plain machine alike;
* - `--ignorefile` of nothing: what is ignored was decided when the context was hashed;
* - `--force-rm` leaves no container behind, after a failure too.
* All of it is known to buildah 1.28 (Debian 12) and later.
*/
function buildArgumentsOf(order, imageIdFile) {
	const pairs = (flag, values) => Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
	return [
		"build",
		"--isolation=chroot",
		"--network=host",
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
		`--iidfile=${imageIdFile}`,
		`--file=${order.containerfile}`,
		order.contextFolder
	];
}
const anyExitCode = Array.from({ length: 256 }, (_, code) => code);
const shownLines = 30;
/** @param folder an existing folder for the files that buildah answers with */
function createBuildah(options) {
	const env = Object.fromEntries(Object.entries(options.env).filter((entry) => entry[1] !== void 0));
	async function run(title, args) {
		const { exitCode, lines } = await options.log.task(title, async (report) => {
			const lines = [];
			return {
				exitCode: (await exec("buildah", args, {
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
	async function push(title, imageId, to, flags) {
		const digestFile = join(options.folder, "digest");
		await run(title, [
			"push",
			...flags,
			"--format=oci",
			`--digestfile=${digestFile}`,
			imageId,
			to
		]);
		const digest = (await readFile(digestFile, "utf8")).trim();
		if (!isDigest(digest)) throw new OutsideError("pushing", `buildah named no digest but ${digest}`);
		return digest;
	}
	return {
		build: async (order) => {
			const imageIdFile = join(options.folder, "image-id");
			await run(`building the image for ${order.architecture}`, buildArgumentsOf(order, imageIdFile));
			return (await readFile(imageIdFile, "utf8")).trim().replace(/^sha256:/, "");
		},
		push: (imageId, to, plainHttp) => push(`pushing ${formatReference(to)}`, imageId, `docker://${formatReference(to)}`, [`--tls-verify=${!plainHttp}`]),
		store: (imageId, to) => push(`writing ${formatReference(to)}`, imageId, formatReference(to), []),
		hasImage: async (imageId) => {
			return (await exec("buildah", [
				"images",
				"--all",
				"--quiet",
				"--no-trunc"
			], { env })).stdout.split("\n").some((line) => line.replace(/^sha256:/, "") === imageId);
		},
		removeImage: async (imageId) => {
			await exec("buildah", ["rmi", imageId], {
				env,
				allow: anyExitCode
			});
		}
	};
}
/** What buildah is at, from a line of its output: `STEP 3/7: RUN …`, `Copying blob …`. */
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
// src/build/from-production.ts
/** Annotation of every image that we build: the whole build key, of which the version has eight digits. */
const buildKeyAnnotation = "coxswain.build-key";
/**
* Brings an image back that was built and promoted, and that the test registry has lost since (by retention, say):
* with its evidence, under the tags that build-image gives. Built again, it would have another commit's time and so
* another digest, which its version's tag could never lead to.
* @returns whether it was brought back
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
	await copyAttached(client, {
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
	log.info(`${formatReference(promoted)} is this very build: brought back to the test registry`);
	return true;
}
async function imagesOf(client, config, manifest) {
	if (!isIndex(manifest.json)) return [manifest];
	return Promise.all(manifest.json.manifests.map(({ digest }) => client.getManifest(atDigest(config.image, digest))));
}
// src/build/materialise.ts
/**
* Writes the build context into an empty folder: exactly the hashed files, from git's objects, whatever the work
* tree, the umask, and git's settings for line ends and filters are. Times are the commit's.
* @throws InputError for a file that git keeps elsewhere (Git LFS)
*/
async function materialiseContext(git, context, folder, committedAt) {
	const folders = /* @__PURE__ */ new Set([folder]);
	for (const { path } of context) for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) folders.add(join(folder, parent));
	for (const each of folders) await mkdir(each, { recursive: true });
	const byHash = groupByHash(context);
	const links = [];
	await readBlobs(git, [...byHash.keys()], async (hash, bytes) => {
		for (const { path, mode } of byHash.get(hash) ?? []) {
			if (mode === "120000") {
				links.push({
					path,
					target: bytes
				});
				continue;
			}
			refuseLargeFilePointer(path, bytes);
			const file = join(folder, path);
			await writeFile(file, bytes, { flag: "wx" });
			await chmod(file, mode === "100755" ? 493 : 420);
			await utimes(file, committedAt, committedAt);
		}
	});
	for (const { path, target } of links) {
		await symlink(target, join(folder, path));
		await lutimes(join(folder, path), committedAt, committedAt);
	}
	for (const each of [...folders].reverse()) {
		await chmod(each, 493);
		await utimes(each, committedAt, committedAt);
	}
}
function groupByHash(context) {
	const groups = /* @__PURE__ */ new Map();
	for (const entry of context) groups.set(entry.hash, [...groups.get(entry.hash) ?? [], entry]);
	return groups;
}
/** The image would get three lines of text instead of the file. */
function refuseLargeFilePointer(path, bytes) {
	if (bytes.length > 1024 || !bytes.toString("latin1").startsWith("version https://git-lfs.github.com/spec/")) return;
	throw new InputError({
		where: path,
		problem: "this file is in Git LFS: the commit holds only a pointer to it",
		remedy: `Commit the file itself, fetch it in the Containerfile, or name ${path} in .containerignore.`
	});
}
// src/build/build-one.ts
/**
* Builds the candidate for one architecture, in buildah's own storage, for as long as `work` needs it there.
* @param baseIn the repository that buildah gets the base from
* @param work is given the image's id
* @throws OutsideError when the build fails
*/
async function withBuilt(options, { architecture, base, baseIn }, work) {
	const { git, config, candidate, log } = options;
	return withTemporaryFolder("build", async (folder) => {
		const contextFolder = join(folder, "context");
		await mkdir(contextFolder);
		await materialiseContext(git, candidate.context, contextFolder, candidate.committedAt);
		const containerfile = join(folder, "Containerfile");
		const { text, isLocal } = containerfileToBuild(config, candidate, base, baseIn);
		await writeFile(containerfile, text);
		const buildah = createBuildah({
			folder,
			env: options.env ?? process.env,
			log
		});
		const baseId = base.config.digest.replace("sha256:", "");
		const hadBase = await buildah.hasImage(baseId);
		let imageId;
		try {
			imageId = await buildah.build({
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
				plainHttp: isLocal
			});
			return await work(buildah, imageId);
		} finally {
			if (imageId !== void 0) await buildah.removeImage(imageId);
			if (!hadBase) await buildah.removeImage(baseId);
		}
	});
}
/**
* buildah hands the base's annotations on. Those that speak of the base's own build must not stay: rpm-ostree takes
* `created` from the annotation first (ostree-ext, container/store.rs), and would see every release as old as its base.
*/
function annotationsOf(config, candidate, base) {
	const { reference } = candidate.base;
	const inherited = base.manifest.json.annotations ?? {};
	return {
		"org.opencontainers.image.created": (/* @__PURE__ */ new Date(candidate.committedAt * 1e3)).toISOString().replace(".000Z", "Z"),
		"org.opencontainers.image.version": candidate.version,
		[buildKeyAnnotation]: candidate.key,
		"org.opencontainers.image.base.name": `${formatRepository(reference.repository)}:${reference.tag ?? config.base.tag}`,
		"org.opencontainers.image.base.digest": base.manifest.descriptor.digest,
		..."fedora-coreos.stream" in inherited ? { "fedora-coreos.stream": config.stream } : {}
	};
}
/**
* The Containerfile with the base's digest written into it, so that a tag that moves in the meantime changes nothing;
* and with the repository that it is to be pulled from in front of the digest. buildah hands a layer on unchanged only where it pulled it
* from the registry that it pushes to; otherwise it compresses it again and uploads that (measured with 1.28).
* `isLocal`: every image it names is in a loopback registry.
*/
function containerfileToBuild(config, candidate, base, baseIn) {
	const parsed = parseContainerfile(candidate.containerfile, config.containerfile);
	const image = formatReference(atDigest(baseIn, base.manifest.descriptor.digest));
	const baseStages = stagesOnBase(parsed, config.base);
	return {
		text: baseStages.reduceRight((whole, { range }) => whole.slice(0, range.start) + image + whole.slice(range.end), candidate.containerfile),
		isLocal: externalStages(parsed).map((stage) => baseStages.includes(stage) ? image : stage.resolved).every((name) => isLoopback(new URL(`http://${name}`)))
	};
}
// src/build/local.ts
/** The name of an image in a folder: of the build key and the architecture, one rule for one and for several. */
function localTag(candidate, architecture) {
	return `${candidate.tag}-${architecture}`;
}
/**
* Builds the candidate into a folder (an OCI image layout), for who may not write to the test registry. Nothing but
* the base is read from a registry, and nothing is written to one. Layers may be packed otherwise than in the test
* registry, so the digests say nothing about an image that is built there.
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
		}, (buildah, imageId) => buildah.store(imageId, target));
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
// src/build/build.ts
/**
* Makes sure that the test registry has the candidate's image under its build key's tag, and returns its digest:
* of the image, or of an index where there are several architectures. What is there already is not built again, so
* that machines of each architecture may build their own and one run at the end joins them. With
* `options.architecture` only that image is made, and no index.
* @returns `built`: whether buildah ran
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
	const digest = config.architectures.length > 1 && options.architecture === void 0 || first === void 0 ? await putIndex(client, config.testImage, candidate.tag, images) : first.descriptor.digest;
	return {
		image: atDigest(config.testImage, digest),
		built
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
		await requireBuildSpace(base, { env: options.env ?? process.env });
		await copyBase();
		const plainHttp = isLoopback(new URL(`http://${config.testImage.registry}`));
		await withBuilt(options, {
			architecture,
			base,
			baseIn: config.testImage
		}, async (buildah, imageId) => {
			await confirmPush(client, target, await buildah.push(imageId, target, plainHttp));
		});
	} else log.info(`${formatReference(target)} is there already: nothing to build`);
	return {
		descriptor: await keepBaseLayers({
			client,
			base,
			copyBase,
			tag: target,
			architecture
		}),
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
	if (found?.digest === digestOf(bytes)) return found.digest;
	return client.putManifest(repository, tag, bytes, mediaTypes.ociIndex);
}
export { readCandidate as a, readTextBlob as c, rollBackFileName as d, selectContext as f, requireBootSpace as h, materialiseContext as i, ignoreFileNames as l, findBuiltFor as m, buildLocally as n, listCommit as o, findBuilt as p, localTag as r, readBlob as s, buildImage as t, refreshFileName as u };
