import { o as __toESM } from "./rolldown-runtime.mjs";
import { S as readContainerStorage, c as requireSpace, ct as InputError, dt as init_errors, ft as messageOf, it as defined } from "./host.mjs";
import { d as looseObject, g as string } from "./zod.mjs";
import { A as atDigest, E as isIndex, L as isTag, P as formatReference, j as atTag, w as readImage } from "./world-registry.mjs";
import { A as shortCommit, C as isFolder, D as readBlobs, E as readBlob, O as readTextBlob, S as findEntry, b as readCommitTime, w as listCommit, y as findCommit } from "./world-git.mjs";
import { s as urgentTemplate } from "./project-configuration.mjs";
import { g as buildTagOf, h as buildTag } from "./release.mjs";
import { a as parseContainerfile, i as stagesOnBase, n as findBase, t as externalStages } from "./project-containerfile.mjs";
import { t as require_ignore } from "./balena-dockerignore.mjs";
import { chmod, lutimes, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { createHash } from "node:crypto";
// src/release/candidate/space.ts
/** How much larger the files of an image are than its compressed layers: 2.5 to 3 times for Fedora CoreOS. */
const unpackedShare = 3;
/** Bytes of the compressed layers of an image. */
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
/** buildah's folder for downloads. It is TMPDIR, or else /var/tmp, whatever `tmpdir()` is. */
function downloadFolder(env) {
	return env.TMPDIR === void 0 || env.TMPDIR === "" ? "/var/tmp" : env.TMPDIR;
}
/**
* Makes sure that there is enough disk space to build on a base.
* @param options.folder for the image, if it does not go to a registry
* @param options.oneLayer the base has too many layers for buildah, and is made one layer first
* @throws InputError if there is too little
*/
async function requireBuildSpace(base, options) {
	const storage = await readContainerStorage(options.env);
	const download = downloadSize(base);
	const { oneLayer = false } = options;
	const stored = oneLayer ? unpackedSize(base) : storedSize(base, storage);
	const needs = [
		{
			folder: storage.folder,
			bytes: stored,
			what: "the base image"
		},
		...oneLayer ? [{
			folder: tmpdir(),
			bytes: 2 * unpackedSize(base),
			what: "the base image as one layer"
		}] : [],
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
* Makes sure that there is enough disk space to boot an image, and one more release if updates are rehearsed.
* @throws InputError if there is too little
*/
async function requireBootSpace(image, options) {
	const storage = await readContainerStorage(options.env);
	const times = options.rehearses ? 2 : 1;
	await requireSpace([
		{
			folder: downloadFolder(options.env),
			bytes: times * unpackedSize(image),
			what: "the files of the image"
		},
		{
			folder: storage.folder,
			bytes: unpackedSize(image),
			what: "a copy for the image's own programs"
		},
		{
			folder: tmpdir(),
			bytes: times * unpackedSize(image),
			what: "the disk of the machine"
		}
	]);
}
// src/release/candidate/materialise.ts
init_errors();
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
/** Otherwise the image would get three lines of text instead of the file. */
function refuseLargeFilePointer(path, bytes) {
	if (bytes.length > 1024 || !bytes.toString("latin1").startsWith("version https://git-lfs.github.com/spec/")) return;
	throw new InputError({
		where: path,
		problem: "this file is in Git LFS: the commit holds only a pointer to it",
		remedy: `Commit the file itself, fetch it in the Containerfile, or name ${path} in .containerignore.`
	});
}
/** Annotation of every image that we build: the whole build key. The version has eight digits of it. */
const buildKeyAnnotation = "coxswain.build-key";
/**
* The commit that an image was built from (OCI image specification, annotations.md). If it were inherited, it would
* be the base's.
*/
const revisionAnnotation = "org.opencontainers.image.revision";
/**
* The build key: sha256, as 64 hex digits, of a text with one line for each input, each ending in a newline:
* ```
* coxswain build key 1
* containerfile <sha256 of its bytes>
* base <digest>
* stream <JSON string>
* architecture <name>                           sorted
* argument <JSON string> <JSON string>          sorted by name
* refresh <sha256 of the marker's bytes>        only if there is one
* roll-back <sha256 of the marker's bytes>      only if there is one
* file <git mode> <git blob hash> <JSON string> sorted by path
* ```
* Sorted means by UTF-16 code units. The number in the first line changes with the form; it is part of the key,
* so that keys of different forms are never equal. The commit, its time and its branch are not in it: the same tree
* has the same key on every branch.
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
/** localeCompare is not used, because the order has to be the same on every machine. */
function compare(one, other) {
	return one < other ? -1 : one > other ? 1 : 0;
}
function sha256(content) {
	return createHash("sha256").update(content).digest("hex");
}
// src/release/candidate/built.ts
init_errors();
/**
* The built image, if the test registry has one for this build key: an index of several architectures.
* @throws InputError if the image under the tag has another build key: the tag holds only a part of it
*/
async function findBuilt(client, config, candidate) {
	return findUnder(client, atTag(config.testImage, candidate.tag), candidate.key);
}
/** The built image of one architecture. It can exist before the index does. @throws as findBuilt */
async function findBuiltFor(client, config, candidate, architecture) {
	const built = await findBuilt(client, config, candidate);
	if (built !== void 0) return built;
	const tag = tagFor(config, candidate, architecture);
	return findUnder(client, atTag(config.testImage, tag), candidate.key);
}
async function findUnder(client, tag, key) {
	const found = await client.resolve(tag);
	if (found === void 0) return void 0;
	const built = atDigest(tag.repository, found.digest);
	for (const annotated of await annotatedKeys(client, built)) if (annotated !== void 0 && annotated !== key) throw otherKey(formatReference(tag), annotated, key);
	return built;
}
/**
* Makes sure that an image carries the whole build key, and each image of an index.
* @throws InputError if one does not
*/
async function requireBuildKey(client, built, key) {
	for (const annotated of await annotatedKeys(client, built)) if (annotated !== key) throw otherKey(formatReference(built), annotated, key);
}
async function annotatedKeys(client, image) {
	const { json } = await client.getManifest(image);
	if (!isIndex(json)) return [json.annotations?.[buildKeyAnnotation]];
	const children = json.manifests.map(({ digest }) => client.getManifest(atDigest(image.repository, digest)));
	return (await Promise.all(children)).map((child) => child.json.annotations?.[buildKeyAnnotation]);
}
function otherKey(where, found, expected) {
	return new InputError({
		where,
		field: `annotation ${buildKeyAnnotation}`,
		problem: found === void 0 ? "the image has no build key" : "the image is of another build",
		...defined({ found }),
		expected,
		remedy: "Delete this image from the test registry, then run coxswain build-image and coxswain boot-test."
	});
}
/** The tag of one architecture's image. With several architectures, the build key's own tag is for the index. */
function tagFor(config, candidate, architecture) {
	return config.architectures.length > 1 ? buildTagOf(candidate.tag, architecture) : candidate.tag;
}
/** The name of an image in a folder, made of build key and architecture: the same for one architecture and several. */
function localTag(candidate, architecture) {
	return buildTagOf(candidate.tag, architecture);
}
// src/release/candidate/build-context.ts
var import_ignore = /* @__PURE__ */ __toESM(require_ignore(), 1);
init_errors();
/** The ignore files that are looked for at the top of the repository; the first one counts, as with buildah. */
const ignoreFileNames = [".containerignore", ".dockerignore"];
/** A one-line file that watch-base commits to force a rebuild. Part of the build key, never of the context. */
const refreshFileName = ".coxswain/refresh";
/** What `roll-back` commits to make an old content a new build. Part of the build key, never of the context. */
const rollBackFileName = ".coxswain/roll-back.json";
/**
* Chooses the files of a commit that the build can see, from which the build key is made.
*
* Ignore patterns mean what they mean to Docker (moby's pattern matcher). In addition, these are left out unless a
* pattern with `!` asks for them: the Containerfile (the key has it as an input of its own), the tests, rollouts/ and
* the fleets' templates, .github/, .gitignore, .gitattributes and the ignore files. coxswain.yaml and .coxswain/ are
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
init_errors();
/**
* Reads what a commit would build: everything from the commit, nothing from the work tree.
* @throws InputError for a missing or wrong Containerfile, a base that does not exist or may not be pulled
* @throws OutsideError when the base's registry cannot be reached
*/
async function readCandidate(options) {
	const { git, config, client } = options;
	const commit = await resolveCommit(git, options.commit ?? "HEAD");
	const entries = await listCommit(git, commit);
	const containerfileEntry = findContainerfile(entries, config, commit);
	const containerfile = await readTextBlob(git, containerfileEntry);
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
		...defined({
			refresh,
			rollBack
		})
	});
	return {
		commit,
		committedAt: await readCommitTime(git, commit),
		base: {
			...base,
			pinned: reference.kind === "digest"
		},
		key,
		tag: buildTag(key),
		version: `${base.version}-${key.slice(0, 8)}`,
		testsTree: await readTestsTree(git, commit, config.tests),
		containerfile,
		context,
		unpinned: unpinnedImages(parsed, config)
	};
}
async function resolveCommit(git, name) {
	const commit = await findCommit(git, name);
	if (commit !== void 0) return commit;
	throw new InputError({
		where: git.directory,
		problem: "this commit cannot be found",
		found: name,
		remedy: name === "HEAD" ? "Commit something first: what is built is always a commit." : "Fetch it first."
	});
}
function findContainerfile(entries, config, commit) {
	const entry = entries.find(({ path }) => path === config.containerfile);
	if (entry?.mode === "100644" || entry?.mode === "100755") return entry;
	const other = entries.find(({ path }) => /^(containerfile|dockerfile)$/i.test(path));
	throw new InputError({
		where: config.containerfile,
		problem: entry === void 0 ? `commit ${shortCommit(commit)} has no such file` : "the Containerfile is not a plain file",
		remedy: entry === void 0 && other !== void 0 ? `Set containerfile: ${other.path} in coxswain.yaml.` : "Add it and commit it; coxswain init writes one to start with."
	});
}
/** `--build-arg` also replaces the default of an ARG in a FROM, so the base would not be the one in the key. */
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
	const entry = await findEntry(git, commit, folder);
	if (entry === void 0) return git.run([
		"hash-object",
		"-t",
		"tree",
		"--stdin"
	], { input: "" });
	if (isFolder(entry)) return entry.hash;
	throw new InputError({
		where: folder,
		field: "tests",
		problem: "not a folder",
		found: "a file",
		expected: "a folder"
	});
}
function unpinnedImages(parsed, config) {
	const ofBase = stagesOnBase(parsed, config.base);
	const images = externalStages(parsed).filter((stage) => !ofBase.includes(stage) && !stage.resolved.includes("@sha256:")).map((stage) => stage.resolved);
	return [...new Set(images)];
}
// src/release/candidate/roll-back-marker.ts
init_errors();
const markerSchema = looseObject({
	/** The fleet that is rolled back. Promotions copy the file to other fleets, and it has no effect there. */
	fleet: string().min(1),
	/** Version that is withdrawn. */
	insteadOf: string().min(1),
	/** Version whose content is restored. */
	restores: string().min(1),
	reason: string().min(1),
	by: string().min(1),
	/** ISO 8601. */
	at: string().min(1)
});
/** The marker in a commit; undefined if there is none. @throws InputError */
async function readMarker(branches, commit) {
	const text = await branches.readFile(commit, rollBackFileName);
	if (text === void 0) return void 0;
	const where = `${rollBackFileName} (commit ${shortCommit(commit)})`;
	let json;
	try {
		json = JSON.parse(text);
	} catch (error) {
		throw new InputError({
			where,
			problem: "not JSON"
		}, { cause: error });
	}
	const parsed = markerSchema.safeParse(json);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new InputError({
		where,
		field: issue?.path.join(".") ?? "",
		problem: `not what coxswain roll-back writes: ${issue?.message}`
	});
}
function formatMarker({ fleet, insteadOf, restores, reason, by, at }) {
	return `${JSON.stringify({
		fleet,
		insteadOf,
		restores,
		reason,
		by,
		at
	}, null, 2)}\n`;
}
export { downloadFolder as _, ignoreFileNames as a, selectContext as c, localTag as d, requireBuildKey as f, materialiseContext as g, revisionAnnotation as h, refuseOverriddenBase as i, findBuilt as l, buildKeyAnnotation as m, readMarker as n, refreshFileName as o, tagFor as p, readCandidate as r, rollBackFileName as s, formatMarker as t, findBuiltFor as u, requireBootSpace as v, requireBuildSpace as y };
