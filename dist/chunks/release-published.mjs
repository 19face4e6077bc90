import { $ as formatTime, L as isMissing, M as beforeWriting, V as writeFileAtomically, ct as InputError, dt as init_errors, ft as messageOf, it as defined, lt as OutsideError, s as inParallel, z as readFileIfThere } from "./host.mjs";
import { g as string, p as object, t as datetime } from "./zod.mjs";
import { A as atDigest, E as isIndex, F as formatRepository, N as digestOf, P as formatReference, g as pushArtifact, j as atTag, y as titleAnnotation, z as parseReference } from "./world-registry.mjs";
import { d as Git } from "./world-git.mjs";
import { A as parseReleaseIndex, X as buildGraph, b as nextOpening, ct as aliasesOf, nt as openObject, rt as readDocument, st as addAliases, v as rolloutOf } from "./guidance.mjs";
import { c as newestOf, o as findEvidence, p as findAcceptance } from "./release-evidence.mjs";
import { t as ringGatesOf } from "./project-configuration.mjs";
import { g as attestationSigner, o as pushStatement, r as readStatements, s as trustOf } from "./release-attestations.mjs";
import { a as fetchWhole, o as init_fetch_whole } from "./world-http.mjs";
import { t as refuseCredentials } from "./world.mjs";
import { c as fleetFolder, r as parseBundle, t as bundlePath } from "./release-state.mjs";
import { d as upstreamStatusOf } from "./release-upstream.mjs";
import { d as ringNotes, u as nextRingLook } from "./release-operations.mjs";
import { n as findPendingPromotion, w as freezeAt } from "./release-gates.mjs";
import { lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
// src/release/published/fleet-artifact.ts
init_errors();
init_fetch_whole();
/** Each layer is one file. Its title is the file's path, which is what `oras pull` expects. */
const updatesArtifactType = "application/vnd.coxswain.updates.v1+json";
/** `<image>:updates-<fleet>` */
function artifactReference(config, fleet) {
	return atTag(config.image, `updates-${fleet}`);
}
// src/release/published/published-files.ts
const timeoutMilliseconds = 3e4;
function filesInFolder(folder) {
	return {
		where: folder,
		whereIs: () => folder,
		read: (path) => readFileIfThere(join(folder, path))
	};
}
/** @throws InputError if this is not the URL of a web server */
function filesAtUrl(site) {
	const base = URL.parse(site.endsWith("/") ? site : `${site}/`);
	if (base === null || !["http:", "https:"].includes(base.protocol)) throw new InputError({
		field: "--site",
		problem: "not a folder, and not a URL",
		found: site
	});
	refuseCredentials(base, "--site");
	return {
		where: base.href,
		whereIs: () => base.href,
		read: (path) => readUrl(new URL(encodePath(path), base))
	};
}
/**
* The artifacts `<image>:updates-<fleet>`. Each manifest is read once, and each file when it is needed.
* @param chosen fleet → the artifact to read, in place of the one that the tag has
*/
function filesInArtifacts(client, config, chosen = /* @__PURE__ */ new Map()) {
	const manifests = /* @__PURE__ */ new Map();
	const placeOf = (fleet) => {
		const digest = chosen.get(fleet);
		return digest === void 0 ? artifactReference(config, fleet) : atDigest(config.image, digest);
	};
	const whereIs = (fleet) => formatReference(artifactReference(config, fleet));
	return {
		where: `${formatRepository(config.image)}:updates-…`,
		whereIs,
		read: async (path) => {
			const fleet = path.split("/")[0];
			const asked = manifests.get(fleet) ?? client.findManifest(placeOf(fleet));
			manifests.set(fleet, asked);
			const manifest = await asked;
			if (manifest === void 0 || isIndex(manifest.json)) return void 0;
			const layer = manifest.json.layers.find((each) => each.annotations?.[titleAnnotation] === path);
			if (layer === void 0) return void 0;
			return new TextDecoder().decode(await client.getBlob(config.image, layer.digest));
		}
	};
}
function encodePath(path) {
	return path.split("/").map(encodeURIComponent).join("/");
}
async function readUrl(url) {
	const tried = `reading ${url.href}`;
	let response;
	try {
		response = await fetchWhole(url, { timeout: timeoutMilliseconds });
		if (response.status === 200) return await response.text();
		response.discard();
	} catch (error) {
		const cause = error instanceof Error && error.cause !== void 0 ? `: ${messageOf(error.cause)}` : "";
		throw new OutsideError(tried, `${messageOf(error)}${cause}`, void 0, { cause: error });
	}
	if (response.status === 404 || response.status === 410) return void 0;
	throw new OutsideError(tried, `the server answered ${response.status}`);
}
// src/release/published/file-paths.ts
/** Path of a fleet's graph. @param options.folder one of a ring's folders; default: the graph of no ring */
function graphPath(options) {
	const { fleet, basearch, folder = "" } = options;
	return `${fleet}/${basearch}/${folder === "" ? "" : `${folder}/`}v1/graph`;
}
/** Path of the release.json of one release. */
function buildReleasePath(fleet, version) {
	return `${fleet}/builds/${fileNameOf(version)}/release.json`;
}
/**
* URL of the release.json of one release: what `metadata` in the release index holds.
* @param options.url where the files are served
*/
function buildReleaseUrl(options) {
	const path = buildReleasePath(options.fleet, options.version);
	return `${withSlash(options.url)}${path.split("/").map(encodeURIComponent).join("/")}`;
}
/**
* The value of Zincati's `cincinnati.base_url`. It ends in a slash: Zincati joins `v1/graph` to it as a browser
* would, and without the slash the last part would be replaced.
* @param basearch an architecture, or `${basearch}` for Zincati to fill in
*/
function baseUrl(options) {
	return `${withSlash(options.url)}${graphPath(options).replace(/v1\/graph$/, "")}`;
}
/** To upstream's tools a version is any text, so this turns it into one safe file name. */
function fileNameOf(version) {
	const safe = encodeURIComponent(version).replaceAll("%2B", "+");
	return /^\.+$/.test(safe) ? safe.replaceAll(".", "%2E") : safe;
}
function withSlash(url) {
	return url.endsWith("/") ? url : `${url}/`;
}
// src/release/published/build-release.ts
/**
* The release.json of one release, in the format of upstream's file for each build (stream-metadata-go, package
* release), without disk images, which derived releases do not have.
*/
function formatBuildRelease(release, state, stream) {
	const recordedAt = state.records?.[release.version]?.recordedAt;
	const architectures = {};
	const describe = (architecture, fields) => {
		architectures[architecture] = {
			...architectures[architecture],
			...fields
		};
	};
	for (const { architecture, checksum } of release.commits ?? []) describe(architecture, { commit: checksum });
	for (const image of release["oci-images"] ?? []) describe(image.architecture, { "oci-image": {
		image: image.image,
		"digest-ref": image["digest-ref"]
	} });
	const document = {
		release: release.version,
		stream,
		metadata: { "last-modified": recordedAt === void 0 ? state.releases.metadata["last-modified"] : formatTime(recordedAt) },
		architectures
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}
// src/release/published/stamp.ts
init_errors();
const moment = datetime({ error: "a time in ISO 8601, such as 2026-07-22T14:00:00Z" });
const schema = openObject("an object {published, next-change}", {
	published: moment,
	"next-change": moment.nullable()
});
/** Path of a fleet's published.json. */
function stampPath(fleet) {
	return `${fleet}/published.json`;
}
function formatStamp({ published, nextChange }) {
	const document = {
		published: formatTime(published),
		"next-change": nextChange === void 0 ? null : formatTime(nextChange)
	};
	return `${JSON.stringify(document, null, 2)}\n`;
}
/** @throws InputError naming file and field */
function parseStamp(text, where) {
	const read = readDocument(schema, text, { where });
	const next = read["next-change"];
	return {
		published: seconds(read.published),
		nextChange: next === null ? void 0 : seconds(next)
	};
}
/** undefined if there is no such file, or it cannot be read. */
function readStamp(text, where) {
	if (text === void 0) return void 0;
	try {
		return parseStamp(text, where);
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
function seconds(text) {
	return Math.floor(Date.parse(text) / 1e3);
}
// src/release/published/page-facts.ts
init_errors();
/** So many commits of the state branch are read. */
const newestCommits = 200;
/**
* Reads what the dashboard shows beside the state of the fleets. What cannot be read is left out, with a line in the
* log: a page must never stop a publication.
* @param now UNIX seconds
*/
async function readPageFacts(project, fleets, now) {
	const { config, forge, log } = project;
	const guidance = await project.readUpstream().catch((error) => {
		if (error instanceof OutsideError || error instanceof InputError) return error;
		throw error;
	});
	const facts = /* @__PURE__ */ new Map();
	for (const { name, state } of fleets) {
		const fleet = config.fleets[name];
		if (fleet !== void 0) facts.set(name, await factsOf(project, fleet, {
			state,
			guidance,
			now
		}));
	}
	const events = await orNothing(log, "who did what", () => readEvents(project));
	return {
		facts,
		...defined({
			events,
			repository: forge.page
		})
	};
}
async function factsOf(project, fleet, about) {
	const { state, guidance, now } = about;
	const pending = await orNothing(project.log, `the next promotion into ${fleet.name}`, () => findPendingPromotion(project, fleet, {
		to: state,
		guidance,
		now
	}));
	const freeze = freezeAt(fleet.freeze, now);
	const rings = ringGatesOf(project.config, fleet.name);
	const base = state.records[state.releases.releases.at(-1)?.version ?? ""]?.baseVersion;
	return defined({
		promotion: pending === void 0 ? void 0 : {
			from: pending.from,
			version: pending.version,
			gates: pending.gates,
			...defined({ pullRequest: pending.pullRequest?.number })
		},
		freeze: freeze === void 0 ? void 0 : {
			reason: freeze.window.reason,
			...defined({ until: freeze.until })
		},
		upstream: guidance === void 0 || guidance instanceof Error || base === void 0 ? void 0 : upstreamStatusOf(guidance, base, now),
		rings: rings === void 0 ? void 0 : ringNotes(state, rings, now),
		ringLimits: rings === void 0 ? void 0 : {
			gates: rings.gates,
			steps: rings.steps,
			after: rings.threshold.after
		},
		deadlines: fleet.signing.flatMap(({ file, until }) => until === void 0 ? [] : [{
			what: `The key ${file} no longer signs`,
			at: until
		}])
	});
}
/** The newest commits of the state branch, newest first. */
async function readEvents({ config, forge }) {
	const commit = await forge.branches.resolve(config.stateBranch);
	if (commit === void 0) return [];
	return (await forge.branches.newest(commit, newestCommits)).map((each) => eventOf(each, Object.keys(config.fleets)));
}
/** What a commit of the state branch says, as commitMessage writes it; people write commits there too. */
function eventOf({ sha, time, message }, fleets) {
	const [subject = "", ...lines] = message.split("\n");
	const fleet = fleets.find((name) => subject.startsWith(`${name}: `));
	const line = (name) => lines.find((each) => each.startsWith(`${name}: `))?.slice(name.length + 2).trim();
	return {
		commit: sha,
		time,
		summary: fleet === void 0 ? subject : subject.slice(fleet.length + 2),
		...defined({
			fleet,
			reason: line("Reason"),
			by: line("By")
		})
	};
}
async function orNothing(log, what, read) {
	try {
		return await read();
	} catch (error) {
		if (!(error instanceof OutsideError || error instanceof InputError)) throw error;
		log.detail(`the dashboard is published without ${what}: ${messageOf(error)}`);
		return;
	}
}
// src/release/published/guidance-signature.ts
init_errors();
/** What is signed about an artifact of guidance: docs/signing.md. */
const guidancePredicateType = "urn:coxswain:guidance:v1";
const predicateSchema = object({ fleet: string() });
/** Whose signature guidance needs; nobody's if `signedBy` is empty. */
function guidanceTrust({ config, root }) {
	return {
		signedBy: config.publish.signedBy,
		sigstore: config.evidence.sigstore,
		root
	};
}
/**
* The signer for guidance that this run has: COXSWAIN_GUIDANCE_KEY and so on, as for evidence.
* @returns undefined if the configuration does not ask for signatures
* @throws InputError if it does, and this run cannot sign
*/
async function guidanceSigner(place, env) {
	const trust = guidanceTrust(place);
	if (trust.signedBy.length === 0) return void 0;
	const signer = await attestationSigner(trust, env, {
		variables: "COXSWAIN_GUIDANCE",
		field: "publish.signed-by",
		what: "guidance"
	});
	if (signer !== void 0) return signer;
	throw new InputError({
		where: place.config.file,
		field: "publish.signed-by",
		problem: "guidance has to be signed, and this run cannot sign",
		found: "no key",
		expected: "a private key in COXSWAIN_GUIDANCE_KEY, or a workflow run with id-token: write that publish.signed-by names"
	});
}
/** Asks about one artifact of a fleet. */
async function judgeGuidance(client, place, about) {
	const { fleet, digest } = about;
	const image = atDigest(place.config.image, digest);
	const reasons = [];
	for (const each of await readStatements(client, image, guidancePredicateType, guidanceTrust(place))) {
		const named = predicateSchema.safeParse(each.predicate).data?.fleet;
		if (each.refused !== void 0) reasons.push(each.refused);
		else if (named !== fleet) reasons.push(`it is for fleet ${named ?? "nobody"}`);
		else if (each.signedBy !== void 0) return { signedBy: each.signedBy };
	}
	return { refused: reasons.length === 0 ? "it has no signature" : [...new Set(reasons)].join("; ") };
}
/**
* Signs the artifact of a fleet, unless it has a signature that counts. The tag is not needed for this: it is set
* afterwards, so that it never names guidance without a signature.
* @param about.files path → text, as they are in the artifact
* @param about.now UNIX seconds
*/
async function signGuidance(client, place, about) {
	const { fleet, digest, files, signer, now } = about;
	const { config } = place;
	if ("signedBy" in await judgeGuidance(client, place, {
		fleet,
		digest
	})) return false;
	const { descriptor: subject } = await client.getManifest(atDigest(config.image, digest));
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: [{
			name: formatReference(artifactReference(config, fleet)),
			digest: { sha256: digest.slice(7) }
		}],
		predicateType: guidancePredicateType,
		predicate: {
			fleet,
			signedAt: formatTime(now),
			files: Object.fromEntries([...files].map(([path, text]) => [path, digestOf(text)]))
		}
	};
	await pushStatement(client, {
		repository: config.image,
		subject,
		predicateType: guidancePredicateType,
		statement: `${JSON.stringify(statement)}\n`,
		signer
	});
	return true;
}
/**
* Refuses the artifact of a fleet that lacks a signature that counts, if the configuration asks for one.
* @returns the digest that was examined; undefined if none was
*/
async function requireSignedGuidance(client, place, fleet) {
	if (place.config.publish.signedBy.length === 0) return void 0;
	const reference = artifactReference(place.config, fleet);
	const found = await client.resolve(reference);
	if (found === void 0) return void 0;
	const verdict = await judgeGuidance(client, place, {
		fleet,
		digest: found.digest
	});
	if ("signedBy" in verdict) return found.digest;
	throw new InputError({
		where: formatReference(reference),
		problem: `this guidance does not count: ${verdict.refused}`,
		expected: "a signature of one that publish.signed-by names",
		remedy: "Find out who wrote it. coxswain publish-updates signs what it publishes."
	});
}
// src/release/published/last-published.ts
init_errors();
/** Reads what a place has published for a fleet. A place that cannot be read gives no answer. */
async function readLastPublished(files, fleet) {
	const where = files.whereIs(fleet);
	try {
		const releases = await files.read(`${fleet}/releases.json`);
		if (releases === void 0) return {
			answer: "nothing",
			where
		};
		const index = parseReleaseIndex(releases, `${where} ${fleet}/releases.json`);
		const updates = await files.read(`${fleet}/updates.json`);
		const bundle = await files.read(bundlePath(fleet));
		const stamp = readStamp(await files.read(stampPath(fleet)), stampPath(fleet));
		const folder = fleetFolder(fleet);
		const documents = new Map(index.releases.length === 0 ? [] : [[`${folder}/releases.json`, releases], ...updates === void 0 ? [] : [[`${folder}/updates.json`, updates]]]);
		return {
			answer: "published",
			last: {
				where,
				versions: index.releases.map(({ version }) => version),
				digestRefs: new Set(index.releases.flatMap((release) => [...(release["oci-images"] ?? []).map((image) => image["digest-ref"]), ...release["oci-index"] === void 0 ? [] : [release["oci-index"]]])),
				texts: bundle === void 0 ? documents : parseBundle(bundle, {
					fleet,
					where
				}),
				hasState: bundle !== void 0,
				releases,
				updates,
				stamp
			}
		};
	} catch (error) {
		if (!(error instanceof InputError || error instanceof OutsideError)) throw error;
		return {
			answer: "none",
			where,
			why: messageOf(error)
		};
	}
}
// src/release/published/not-published.ts
init_errors();
/** The error for a reference that does not point at published guidance. @param found what it points at */
function notPublished(where, found) {
	return new InputError({
		where,
		field: "--from-oci",
		problem: "not an artifact that publish-updates has made",
		found,
		expected: "a reference such as registry.example/os:updates-stable"
	});
}
// src/release/published/publishers/own-folder.ts
init_errors();
/** Checks a folder as checkOwnFolder does, and creates it. @returns the folder, without links in its path */
async function openOwnFolder(folder) {
	await checkOwnFolder(folder);
	return createFolder(folder);
}
/**
* Makes sure that a folder holds published files only. Everything in it becomes public, so files of a commit, links,
* and folders with other files are refused.
* @throws InputError; changes nothing
*/
async function checkOwnFolder(folder) {
	const kind = await kindOf(folder);
	if (kind === void 0) return refuseCommitted(folder);
	if (kind !== "folder") throw refused(folder, `this is a ${kind}`, "a folder");
	await refuseCommitted(folder);
	const entries = await readdir(folder, {
		withFileTypes: true,
		recursive: true
	});
	const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
	if (odd !== void 0) throw refused(join(odd.parentPath, odd.name), odd.isSymbolicLink() ? "a link in the folder to publish to" : "not a file or a folder", "files only: what a link leads to would be published");
	const files = entries.filter((entry) => entry.isFile() && !isTemporary(entry.name));
	if (files.length > 0 && !files.some(({ name }) => ourNames.includes(name))) throw refused(folder, "this folder has files, and none that publish-updates wrote", "an empty folder, or a new one");
}
/** Names of the files that publish-updates writes first. */
const ourNames = [
	"release.json",
	"releases.json",
	"updates.json",
	"graph"
];
/** No run takes this long for one file: what is older was left by a killed run. In milliseconds. */
const leftAfter = 6e5;
/** Removes what killed runs left half-written. A file of a run that goes on beside this one is younger, and stays. */
async function removeTemporaryFiles(folder) {
	for (const entry of await readdir(folder, {
		withFileTypes: true,
		recursive: true
	})) {
		if (!entry.isFile() || !isTemporary(entry.name)) continue;
		const file = join(entry.parentPath, entry.name);
		if (await isOlder(file)) await rm(file, { force: true });
	}
}
async function isOlder(file) {
	try {
		return (await lstat(file)).mtimeMs < Date.now() - leftAfter;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
/** As writeFileAtomically names them. */
function isTemporary(name) {
	return /^\..+\.[0-9a-f]{12}$/.test(name);
}
async function kindOf(path) {
	try {
		const found = await lstat(path);
		return found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "file";
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
/** One folder after the other: if a file system refuses (/proc), Node's own recursion never ends. */
async function createFolder(folder) {
	const parent = dirname(folder);
	if (parent !== folder && await kindOf(parent) === void 0) await createFolder(parent);
	try {
		await mkdir(folder);
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw new OutsideError(`creating ${folder}`, error instanceof Error ? error.message : String(error));
	}
	return realpath(folder);
}
/** A committed folder would publish whatever a pull request adds to it. */
async function refuseCommitted(folder) {
	let existing = dirname(folder);
	while (await kindOf(existing) !== "folder" && dirname(existing) !== existing) existing = dirname(existing);
	const [first] = (await new Git(existing).try([
		"ls-files",
		"-z",
		"--",
		folder
	]) ?? "").split("\0");
	if (first === void 0 || first === "") return;
	throw refused(folder, `files in this folder are committed (${basename(first) === first ? first : join(existing, first)})`, "a folder that is not part of a commit", "Choose another folder with --output, or remove this one from the repository (git rm -r), and put it into .gitignore.");
}
function refused(where, problem, expected, remedy = "Choose another folder with --output.") {
	return new InputError({
		where,
		field: "--output",
		problem,
		expected,
		remedy
	});
}
// src/release/published/publishers/folder.ts
init_errors();
/** Writes the files to a folder, for a web server or a bucket. */
const folderPublisher = {
	isWanted: () => true,
	publish: async ({ folder, site }) => ({
		...await publishToFolder(folder, site),
		artifacts: []
	})
};
/**
* Writes files to a folder that has only published files, and removes what killed runs left in it.
* @throws InputError if the folder has other files; as writeSite
*/
async function publishToFolder(folder, files) {
	beforeWriting(() => `bring the site in ${folder} up to date (${files.size} files)`);
	const own = await openOwnFolder(folder);
	const answer = await writeSite(own, files);
	await removeTemporaryFiles(own);
	return answer;
}
/**
* Writes files in their order, each one whole or not at all. Files that are already right stay as they are. Files that
* are not in the list stay too: a node may still ask for the graph of a ring that was removed.
* @param files path → content, as renderSite returns it
* @throws OutsideError if a file cannot be written
*/
async function writeSite(folder, files) {
	const written = [];
	const unchanged = [];
	for (const [path, content] of files) {
		if (path.split("/").some((part) => part === "" || part === "." || part === "..")) throw new Error(`the site has a file outside its folder: ${JSON.stringify(path)}`);
		const file = join(folder, path);
		try {
			if (await readFileIfThere(file) === content) {
				unchanged.push(path);
				continue;
			}
			await writeFileAtomically(file, content);
		} catch (error) {
			throw new OutsideError(`writing ${file}`, messageOf(error), void 0, { cause: error });
		}
		written.push(path);
	}
	return {
		written,
		unchanged
	};
}
// src/release/published/next-change.ts
/**
* The first second after `now` at which any published graph differs from what it is now, or undefined if only a
* change of the state will make it differ. Before that second it is useless to render again. While a ring waits for
* the success of another one, it is the next full hour.
* @param now UNIX seconds
*/
function nextChangeDue(fleets, rings, now) {
	const warinesses = new Set(rings.map(({ wariness }) => wariness));
	const moments = fleets.flatMap(({ state: { releases, updates } }) => {
		return [...new Set(releases.releases.flatMap((release) => release["oci-images"]?.map((each) => each.architecture) ?? []))].flatMap((basearch) => {
			const graph = buildGraph(releases, updates, {
				basearch,
				scheme: "oci"
			});
			return [...new Set(graph.edges.map(([, to]) => to))].map((to) => graph.nodes[to]).flatMap((node) => {
				const rollout = node === void 0 ? void 0 : rolloutOf(node);
				if (rollout === void 0) return [];
				return [...warinesses].map((wariness) => nextOpening(rollout, wariness, now));
			});
		});
	});
	const looks = fleets.map(({ state: { updates, operations = {} } }) => nextRingLook({
		updates,
		operations
	}, [...warinesses], now));
	const due = [...moments, ...looks].filter((moment) => moment !== void 0);
	return due.length === 0 ? void 0 : due.reduce((one, other) => Math.min(one, other));
}
// src/release/published/publishers/oci-artifact.ts
/** Pushes one artifact for each fleet: `<image>:updates-<fleet>`. */
const artifactPublisher = {
	isWanted: ({ publish }) => publish.oci,
	publish: async (publication) => {
		const artifacts = [];
		for (const [fleet, files] of publication.fleets) artifacts.push(await pushFleet(publication, fleet, files));
		return {
			written: [],
			unchanged: [],
			artifacts
		};
	}
};
/** Pushes a fleet's files, unless the registry has exactly the same. */
async function pushFleet({ config, client, root, signer, now }, fleet, files) {
	const place = artifactReference(config, fleet);
	const reference = formatReference(place);
	const contents = [...files].map(([title, text]) => ({
		title,
		bytes: Buffer.from(text)
	}));
	const wanted = contents.map(({ title, bytes }) => `${title} ${digestOf(bytes)}`);
	const current = await client.findManifest(place);
	const found = current === void 0 || isIndex(current.json) ? [] : current.json.layers.map((layer) => `${layer.annotations?.[titleAnnotation]} ${layer.digest}`);
	if (current !== void 0 && found.join("\n") === wanted.join("\n")) {
		const { digest } = current.descriptor;
		return {
			fleet,
			reference,
			digest,
			changed: signer !== void 0 && await signGuidance(client, {
				config,
				root
			}, {
				fleet,
				digest,
				files,
				signer,
				now
			})
		};
	}
	const { digest } = await pushArtifact(client, {
		repository: config.image,
		artifactType: updatesArtifactType,
		layers: contents.map(({ title, bytes }) => ({
			mediaType: "application/json",
			bytes,
			annotations: { [titleAnnotation]: title }
		})),
		...signer === void 0 ? { tag: place.tag } : {}
	});
	if (signer !== void 0) {
		await signGuidance(client, {
			config,
			root
		}, {
			fleet,
			digest,
			files,
			signer,
			now
		});
		const { bytes, descriptor } = await client.getManifest(atDigest(config.image, digest));
		await client.putManifest(config.image, place.tag, bytes, descriptor.mediaType);
	}
	return {
		fleet,
		reference,
		digest,
		changed: true
	};
}
// src/release/published/publishers/publishers.ts
/** All publishers, in the order in which they publish. A new one is one file, and one entry here. */
const publishers = [folderPublisher, artifactPublisher];
/** Publishes to every place that the configuration asks for. */
async function publishEverywhere(publication) {
	const done = [];
	for (const publisher of publishers) if (publisher.isWanted(publication.config)) done.push(await publisher.publish(publication));
	return {
		written: done.flatMap(({ written }) => written),
		unchanged: done.flatMap(({ unchanged }) => unchanged),
		artifacts: done.flatMap(({ artifacts }) => artifacts)
	};
}
// src/release/published/served-images.ts
init_errors();
/** All images that the graphs of these fleets name, for every ring and at any time. */
function namedImages(fleets, architectures) {
	return fleets.flatMap(({ name, state }) => architectures.flatMap((architecture) => {
		const graph = addAliases(buildGraph(state.releases, state.updates, {
			basearch: architecture,
			scheme: "oci"
		}), aliasesOf(state.releases));
		const targets = new Set(graph.edges.map(([, to]) => to));
		return graph.nodes.map((node, position) => ({
			fleet: name,
			version: node.version,
			architecture,
			digestRef: node.payload,
			target: targets.has(position)
		}));
	}));
}
/** Requests at a time: fast, and below the limits of registries. */
const parallel = 8;
/**
* Finds the images that production cannot serve, with one HEAD for each digest. Targets are always looked up; an
* image that nodes only update from is not looked up again if it is published already.
* @param published digest references that published graphs name
*/
async function findUnserved(client, images, published) {
	const wanted = [...new Set(images.filter((image) => image.target || !published.has(image.digestRef)).map((image) => image.digestRef))];
	const missing = /* @__PURE__ */ new Set();
	await inParallel(wanted, parallel, async (digestRef) => {
		if (await client.resolve(parseReference(digestRef)) === void 0) missing.add(digestRef);
	});
	return images.filter((image) => missing.has(image.digestRef));
}
/** @throws InputError that names every image */
function refuseUnserved(missing) {
	const [first] = missing;
	if (first === void 0) return;
	const list = missing.map(({ fleet, version, architecture, digestRef }) => `\n  ${fleet} ${version} (${architecture}): ${digestRef}`);
	throw new InputError({
		problem: `the registry cannot serve ${missing.length === 1 ? "an image" : `${missing.length} images`} that graphs would name, so nothing was published:${list.join("")}\n`,
		remedy: `Push it there again by its digest (coxswain promote-image --fleet ${first.fleet} does so while the test registry has it), then publish again.`
	});
}
// src/release/published/vouched-images.ts
init_errors();
/**
* If the configuration says whose signature makes evidence count, the state branch alone must not be enough to offer an
* image to nodes: someone who can write to it could name any image. So every release that is offered for the first
* time must have a signed pass beside its images in production, or an acceptance for this fleet.
* @param published digest references that published graphs name
* @throws InputError that names the release and the image
*/
async function refuseUnvouched(project, fleets, published) {
	if (project.config.evidence.signedBy.length === 0) return;
	for (const { name, state } of fleets) {
		const offered = new Set(state.updates.releases.map(({ version }) => version));
		for (const release of state.releases.releases) if ((release["oci-images"] ?? []).some((image) => !published.has(image["digest-ref"])) && offered.has(release.version)) await requireVouched(project, name, release);
	}
}
async function requireVouched({ config, client, root }, fleet, release) {
	const trust = trustOf({
		config,
		root
	});
	const index = digestIn(release["oci-index"]);
	for (const { architecture, "digest-ref": name } of release["oci-images"] ?? []) {
		const subjects = [digestIn(name), index].filter((digest) => digest !== void 0);
		const all = [];
		for (const subject of subjects) all.push(...await findEvidence(client, config.image, subject, trust));
		const newest = newestOf(all.filter(({ evidence }) => evidence.architecture === architecture));
		if (newest?.evidence.result === "PASSED") continue;
		if (newest === void 0 && await findAcceptance(client, config.image, {
			subjects,
			fleet
		}, trust)) continue;
		throw new InputError({
			where: `${fleet} ${release.version} (${architecture})`,
			problem: newest === void 0 ? "production has no evidence for this image that counts, so nothing was published" : "the newest evidence of this image is of a failed test, so nothing was published",
			found: name,
			expected: "a pass with a signature as evidence.signed-by in coxswain.yaml names it",
			remedy: `Run coxswain promote-image --fleet ${fleet}, which says what is missing. If this release is not yours, find out who wrote to ${config.stateBranch}.`
		});
	}
}
function digestIn(name) {
	if (name === void 0 || name === "") return void 0;
	const reference = parseReference(name);
	return reference.kind === "digest" ? reference.digest : void 0;
}
export { filesAtUrl as C, updatesArtifactType as D, artifactReference as E, graphPath as S, filesInFolder as T, stampPath as _, publishEverywhere as a, buildReleasePath as b, checkOwnFolder as c, guidanceSigner as d, judgeGuidance as f, parseStamp as g, formatStamp as h, refuseUnserved as i, notPublished as l, readPageFacts as m, findUnserved as n, nextChangeDue as o, requireSignedGuidance as p, namedImages as r, publishToFolder as s, refuseUnvouched as t, readLastPublished as u, formatBuildRelease as v, filesInArtifacts as w, buildReleaseUrl as x, baseUrl as y };
