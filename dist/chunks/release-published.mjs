import { F as writeFileAtomically, H as formatDuration, J as defined, M as isMissing, N as readFileIfThere, O as beforeWriting, Q as OutsideError, U as formatTime, Z as InputError, et as messageOf, o as inParallel, t as formatPercent } from "./host.mjs";
import { t as datetime } from "./zod.mjs";
import { A as formatReference, C as isIndex, D as atTag, F as parseReference, _ as titleAnnotation, j as formatRepository, k as digestOf, m as pushArtifact } from "./world-registry.mjs";
import { l as Git } from "./world-git.mjs";
import { B as formatPublishedGraph, G as readDocument, R as buildGraph, W as openObject, X as aliasesOf, Y as addAliases, d as throttleGraph, f as nextOpening, h as rolloutProgress, j as formatUpdateMetadata, l as considerUpdate, m as rolloutPhase, p as rolloutEnd, u as rolloutOf, v as formatReleaseIndex, w as holdAt, x as parseReleaseIndex } from "./guidance.mjs";
import { a as newestOf, r as findEvidence, u as findAcceptance } from "./release-evidence.mjs";
import { c as describeManyRings, d as ringsToShow, u as isNamed } from "./project-configuration.mjs";
import { c as trustOf } from "./release-attestations.mjs";
import { i as parseBundle, n as bundlePath, s as fleetFolder } from "./release-state.mjs";
import { t as refuseCredentials } from "./world.mjs";
import { lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
// src/release/published/fleet-artifact.ts
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
/** The artifacts `<image>:updates-<fleet>`. Each manifest is read once, and each file when it is needed. */
function filesInArtifacts(client, config) {
	const manifests = /* @__PURE__ */ new Map();
	const whereIs = (fleet) => formatReference(artifactReference(config, fleet));
	return {
		where: `${formatRepository(config.image)}:updates-…`,
		whereIs,
		read: async (path) => {
			const fleet = path.split("/")[0];
			const asked = manifests.get(fleet) ?? client.findManifest(artifactReference(config, fleet));
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
		response = await fetch(url, { signal: AbortSignal.timeout(timeoutMilliseconds) });
		if (response.status === 200) return await response.text();
		await response.body?.cancel();
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
// src/release/published/stamp.ts
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
// src/release/published/last-published.ts
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
/** Removes what a killed run left half-written. */
async function removeTemporaryFiles(folder) {
	for (const entry of await readdir(folder, {
		withFileTypes: true,
		recursive: true
	})) if (entry.isFile() && isTemporary(entry.name)) await rm(join(entry.parentPath, entry.name), { force: true });
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
			await writeAgain(file, content);
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
/** Another run may remove our temporary file, because it looks like one of a killed run. */
async function writeAgain(file, content) {
	for (let attempt = 1;; attempt += 1) try {
		return await writeFileAtomically(file, content);
	} catch (error) {
		if (!isMissing(error) || attempt === 5) throw error;
	}
}
// src/release/published/next-change.ts
/**
* The first second after `now` at which any published graph differs from what it is now, or undefined if only a
* change of the state will make it differ. Before that second it is useless to render again.
* @param now UNIX seconds
*/
function nextChangeDue(fleets, rings, now) {
	const warinesses = new Set(rings.map(({ wariness }) => wariness));
	const due = fleets.flatMap(({ state: { releases, updates } }) => {
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
	}).filter((moment) => moment !== void 0);
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
async function pushFleet({ config, client }, fleet, files) {
	const place = artifactReference(config, fleet);
	const reference = formatReference(place);
	const contents = [...files].map(([title, text]) => ({
		title,
		bytes: Buffer.from(text)
	}));
	const wanted = contents.map(({ title, bytes }) => `${title} ${digestOf(bytes)}`);
	const current = await client.findManifest(place);
	const found = current === void 0 || isIndex(current.json) ? [] : current.json.layers.map((layer) => `${layer.annotations?.[titleAnnotation]} ${layer.digest}`);
	if (current !== void 0 && found.join("\n") === wanted.join("\n")) return {
		fleet,
		reference,
		digest: current.descriptor.digest,
		changed: false
	};
	const { digest } = await pushArtifact(client, {
		repository: config.image,
		artifactType: updatesArtifactType,
		layers: contents.map(({ title, bytes }) => ({
			mediaType: "application/json",
			bytes,
			annotations: { [titleAnnotation]: title }
		})),
		tag: place.tag
	});
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
// src/release/published/dashboard/html.ts
/** Builds HTML; every value that is not Html itself is escaped, for text and for quoted attributes alike. */
function html(strings, ...values) {
	return { html: strings.map((text, index) => `${index === 0 ? "" : render(values[index - 1])}${text}`).join("") };
}
function render(value) {
	if (value === void 0) return "";
	if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
	if ("html" in value) return value.html;
	return value.map(render).join("");
}
function escapeHtml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;").replaceAll("'", "&#39;");
}
// src/release/published/dashboard/rollout-view.ts
/**
* The rollouts of a fleet, newest release first: the newest release, with a rollout or not, then other releases that
* are offered, down to the newest that is complete.
*/
function rolloutViews({ state }, now) {
	const views = state.releases.releases.toReversed().map(({ version }) => rolloutView(version, state, now));
	const complete = views.findIndex(({ phase }) => phase === "complete");
	return views.slice(0, complete < 0 ? void 0 : complete + 1).filter(({ phase }, index) => index === 0 || !["not offered", "withdrawn"].includes(phase));
}
function rolloutView(version, state, now) {
	const entries = state.updates.releases;
	const rollouts = entries.filter((entry) => entry.version === version).map((entry) => entry.metadata.rollout).filter((rollout) => rollout !== void 0);
	if (rollouts.length === 0) {
		if (entries.some((entry) => entry.version === version && entry.metadata.barrier !== void 0)) return {
			version,
			phase: "complete",
			percent: 100,
			explanation: html`A barrier: offered to every older node.`
		};
		const paused = state.operations?.paused?.find((each) => each.version === version);
		if (paused !== void 0) {
			const percent = Math.floor(paused.progress * 100 + 1e-9);
			return {
				version,
				phase: "paused",
				percent,
				explanation: html`Paused at ${percent} %: no further node is offered it.${paused.until === void 0 ? "" : html` It goes on automatically ${showTime(paused.until)}.`}`
			};
		}
		if (state.operations?.withdrawn?.some((each) => each.version === version) === true) return {
			version,
			phase: "withdrawn",
			percent: 0,
			explanation: html`Withdrawn: offered to nobody. Nodes that run it get the next release.`
		};
		return {
			version,
			phase: "not offered",
			percent: 0,
			explanation: html`Not offered to any node: it has no rollout.`
		};
	}
	const rollout = Object.assign({}, ...rollouts);
	const phase = rolloutPhase(rollout, now);
	const percent = phase === "complete" ? 100 : Math.min(99, Math.floor(rolloutProgress(rollout, now) * 100 + 1e-9));
	const start = rollout.start_epoch ?? 0;
	const end = rolloutEnd(rollout);
	return {
		version,
		phase,
		percent,
		explanation: explain()
	};
	function explain() {
		switch (phase) {
			case "scheduled": return end === void 0 ? html`Starts ${showTime(start)}.` : html`Starts ${showTime(start)}, and takes ${formatDuration(end - start)}.`;
			case "in progress": return html`${formatDuration(Math.max(0, end - now))} left: complete ${showTime(end)}.`;
			case "held": return html`Stays at ${percent} %: the rollout has no duration.`;
			case "complete": return html`Complete: offered to every node that can take it.`;
		}
	}
}
/** `2026-07-22 14:00 UTC` */
function showTime(seconds) {
	const text = formatTime(seconds);
	return html`<time datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}
// src/release/published/dashboard/notices.ts
/** What stops a fleet, who decided it and until when; undefined if nothing does. @param now UNIX seconds */
function notices({ state }, now) {
	const { operations } = state;
	if (operations === void 0) return void 0;
	const hold = holdAt(operations, now);
	const items = [
		...hold === void 0 ? [] : [html`<li><span class="badge stopped">held</span> This fleet gets no new release${until(hold.until)}: ${said(hold)}</li>`],
		...(operations.paused ?? []).map((paused) => html`<li><span class="badge paused">paused</span> <code>${paused.version}</code> is paused at ${formatPercent(paused.progress)}${until(paused.until)}: ${said(paused)}</li>`),
		...(operations.urgent ?? []).map((urgent) => html`<li><span class="badge urgent">urgent</span> <code>${urgent.version}</code> comes without its soak time: ${said(urgent)}</li>`),
		...(operations.withdrawn ?? []).toReversed().map((withdrawn) => html`<li><span class="badge withdrawn">withdrawn</span> <code>${withdrawn.version}</code> is offered to nobody: ${said(withdrawn)}</li>`)
	];
	return items.length === 0 ? void 0 : html`<ul class="notices">${items}</ul>\n`;
}
/** Why a release is unusual: it did not soak, or restores an older content. */
function exceptions(fleet, version) {
	const { urgent, rollBack } = fleet.state.records?.[version] ?? {};
	return [...urgent === void 0 ? [] : [html`<p><span class="badge urgent">urgent</span> It did not soak: ${reason(urgent)} <span class="quiet">(${nameOf(urgent.by)})</span></p>`], ...rollBack === void 0 ? [] : [html`<p><span class="badge rolled-back">roll-back</span> The content of <code>${rollBack.restores}</code> instead of <code>${rollBack.insteadOf}</code>: ${reason(rollBack)} <span class="quiet">(${nameOf(rollBack.by)})</span></p>`]];
}
/** A reason; a link if it is an address. */
function reason({ reason: text }) {
	if (!/^https?:\/\/[^\s]+$/.test(text)) return html`${text}`;
	return html`<a href="${text}" rel="noopener noreferrer">${text}</a>`;
}
/** The page is public: it shows the names of operators without their mail addresses. */
function nameOf(by) {
	const name = by.replace(/\s*<[^<>]*@[^<>]*>\s*$/, "").trim();
	return name === "" ? "an operator" : name;
}
function said(statement) {
	return html`${reason(statement)} <span class="quiet">(${nameOf(statement.by)}, ${showTime(statement.at)})</span>`;
}
function until(moment) {
	return moment === void 0 ? "" : html` until ${showTime(moment)}`;
}
// src/release/published/dashboard/offer-table.ts
/** Computes what Zincati would do for every release, ring and architecture, and groups equal answers. */
function offerTables(fleet, input) {
	const columns = offerColumns(input.rings);
	const tables = /* @__PURE__ */ new Map();
	for (const basearch of input.architectures) {
		const rows = offerRows(fleet, {
			basearch,
			columns,
			now: input.now
		});
		const key = JSON.stringify(rows.map((row) => rowKey(row.choices, [row.newest, row.oldest])));
		const same = tables.get(key);
		if (same === void 0) tables.set(key, {
			architectures: [basearch],
			rows
		});
		else same.architectures.push(basearch);
	}
	return [...tables.values()].map((table) => ({
		...table,
		columns
	}));
}
function offerColumns(rings) {
	const warinesses = /* @__PURE__ */ new Map();
	for (const { name, wariness } of ringsToShow(rings)) warinesses.set(wariness, [...warinesses.get(wariness) ?? [], name]);
	return [...warinesses].map(([wariness, names]) => ({
		wariness,
		rings: names
	}));
}
function offerRows({ state }, options) {
	const complete = buildGraph(state.releases, state.updates, {
		basearch: options.basearch,
		scheme: "oci"
	});
	const graphs = options.columns.map(({ wariness }) => throttleGraph(complete, {
		now: options.now,
		wariness
	}));
	const rows = [];
	for (const [index, { version, payload }] of complete.nodes.toReversed().entries()) {
		const choices = graphs.map((graph) => considerUpdate(graph, { payload }));
		const last = rows.at(-1);
		if (last !== void 0 && !last.isNewest && rowKey(last.choices) === rowKey(choices)) rows[rows.length - 1] = {
			...last,
			oldest: version,
			count: last.count + 1
		};
		else rows.push({
			newest: version,
			oldest: version,
			count: 1,
			choices,
			isNewest: index === 0
		});
	}
	return rows;
}
/** Equal for rows that read the same; payloads differ between architectures and do not count. */
function rowKey(choices, versions = []) {
	const told = choices.map((choice) => {
		if (choice.kind === "update") return `to ${choice.target.version}`;
		return choice.kind === "dead-end" ? `dead-end ${choice.reason}` : choice.kind;
	});
	return JSON.stringify([...versions, ...told]);
}
// src/release/published/dashboard/style.ts
/** The style sheet of the dashboard. All colours keep a contrast of at least 4.5 to 1, in both schemes. */
const dashboardStyle = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#17202b;--quiet:#566373;--line:#dce1e8;--accent:#1256b8;--track:#e3e8ef;--done:#17713c;--warn:#8a4b00;--stop:#a8200d;--warn-ground:#fdf1dc;--stop-ground:#fde9e6;--done-ground:#e4f4ea;--accent-ground:#e5effc}
@media (prefers-color-scheme:dark){:root{--ground:#10151b;--card:#19212a;--ink:#e6ebf1;--quiet:#9eabba;--line:#2d3844;--accent:#7db4ff;--track:#2b3644;--done:#6fcf97;--warn:#f0b765;--stop:#ff9a8a;--warn-ground:#38290f;--stop-ground:#401d19;--done-ground:#15321f;--accent-ground:#17304f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1.25rem 3rem;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{margin:0;font-size:1.75rem;letter-spacing:-.01em}
h2{margin:0 0 1rem;font-size:1.35rem}
h3{margin:0 0 .5rem;font-size:1rem}
p{margin:.35rem 0}
a{color:var(--accent)}
code{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.quiet{color:var(--quiet);font-weight:400}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem .75rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.75rem;margin:1.25rem 0 1.75rem;padding:0;list-style:none}
.tiles a{display:flex;flex-direction:column;gap:.15rem;align-items:flex-start;height:100%;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:var(--card);color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--accent)}
.fleet{margin:0 0 1.5rem;padding:1.25rem 1.35rem;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}
.rollout{margin-bottom:1.25rem}
.bar{height:.7rem;border-radius:.35rem;background:var(--track);overflow:hidden}
.bar span{display:block;height:100%;border-radius:.35rem;background:var(--accent)}
.bar.full span{background:var(--done)}
.bar.still span{background:var(--warn)}
.badge{display:inline-block;padding:.05rem .55rem;border-radius:1rem;font-size:.8125rem;font-weight:600;white-space:nowrap;color:var(--quiet);background:var(--track)}
.badge.in-progress,.badge.scheduled{color:var(--accent);background:var(--accent-ground)}
.badge.complete{color:var(--done);background:var(--done-ground)}
.badge.held,.badge.barrier,.badge.untested,.badge.not-offered,.badge.paused,.badge.urgent,.badge.rolled-back{color:var(--warn);background:var(--warn-ground)}
.badge.dead-end,.badge.withdrawn,.badge.stopped{color:var(--stop);background:var(--stop-ground)}
.scroll{overflow-x:auto;margin:0 0 1.25rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{padding-bottom:.4rem;text-align:left;font-weight:600}
th,td{padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{border-top:0;font-weight:600}
thead .quiet,tbody th .quiet{display:block;font-size:.8125rem}
td code,th code{font-size:.8125rem;overflow-wrap:normal}
th[scope=row]{min-width:13rem}
td{min-width:11rem}
.update{color:var(--done)}
.stuck{color:var(--stop);font-weight:600}
.notices{margin:0 0 1.25rem;padding:.35rem .9rem;list-style:none;border:1px solid var(--line);border-left:.3rem solid var(--warn);border-radius:.5rem;background:var(--ground)}
.notices li{padding:.35rem 0;overflow-wrap:anywhere}
.notices li+li{border-top:1px solid var(--line)}
.landmarks,.releases{padding:0;list-style:none;margin:0 0 1rem}
.landmarks li,.releases li{padding:.4rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.releases .image{display:block;color:var(--quiet);font-size:.875rem}
details{margin-top:.75rem;border-top:1px solid var(--line);padding:.6rem 0 0}
details[open] summary{margin-bottom:.5rem}
summary{cursor:pointer;font-weight:600}
pre{margin:.35rem 0;padding:.7rem .85rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground);overflow-x:auto;user-select:all}
pre code{overflow-wrap:normal}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;align-items:center;margin:.35rem 0}
dd{margin:0}
dt .quiet{display:block;font-size:.8125rem}
footer{color:var(--quiet);font-size:.875rem}
@media (max-width:36rem){dl{grid-template-columns:minmax(0,1fr)}}
`;
// src/release/published/dashboard/dashboard.ts
/** The dashboard: one page without scripts and without external files. The same input gives the same bytes. */
function renderDashboard(input) {
	const fleets = input.fleets.map((fleet) => ({
		fleet,
		rollouts: rolloutViews(fleet, input.now)
	}));
	const moving = fleets.some(({ rollouts }) => rollouts.some(({ phase }) => phase === "in progress"));
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>Update guidance · ${input.stream}</title>
<link rel="icon" href="data:,">
<style>${{ html: dashboardStyle }}</style>
</head>
<body>
<a class="skip" href="#fleets">Skip to the fleets</a>
<header>
<h1>Update guidance</h1>
<p>Stream <strong>${input.stream}</strong> on ${input.architectures.join(", ")}. Static files that stock Zincati follows.</p>
<nav aria-label="Fleets"><ul class="tiles">${fleets.map(({ fleet, rollouts }) => tile(fleet, rollouts[0], input.now))}</ul></nav>
</header>
<main id="fleets">
${fleets.map(({ fleet, rollouts }) => fleetSection(fleet, rollouts, input))}
</main>
<footer>
<p>${moving ? html`Percentages and offers as of ${showTime(input.now)}. ` : ""}Made by Coxswain from the fleets’ release indexes and update metadata.</p>
</footer>
</body>
</html>
`.html;
}
function tile(fleet, newest, now) {
	const held = (fleet.state.operations === void 0 ? void 0 : holdAt(fleet.state.operations, now)) === void 0 ? "" : html` <span class="badge stopped">held</span>`;
	return html`<li><a href="#${anchor(fleet)}"><strong>${fleet.name}</strong> ${newest === void 0 ? html`<span class="quiet">no release yet</span>` : html`<code>${newest.version}</code> <span>${badge(newest)}${held}</span>`}</a></li>`;
}
function fleetSection(fleet, rollouts, input) {
	const { releases } = fleet.state.releases;
	const id = anchor(fleet);
	return html`<section aria-labelledby="${id}" class="fleet">
<h2 id="${id}">${fleet.name}</h2>
${notices(fleet, input.now)}${releases.length === 0 ? html`<p class="quiet">This fleet has no release yet.</p>` : rollouts.map((view) => rolloutCard(view, fleet))}
${releases.length === 0 ? "" : offerSections(fleet, input)}
${landmarks(fleet)}
${follow(fleet, input)}
${releaseList(fleet)}
</section>
`;
}
function rolloutCard(view, fleet) {
	const isNewest = view.version === fleet.state.releases.releases.at(-1)?.version;
	const record = fleet.state.records?.[view.version];
	return html`<div class="rollout">
<h3>${isNewest ? "Current release" : "Also offered"}: <code>${view.version}</code> ${badge(view)}</h3>
<div class="bar ${view.phase === "complete" ? "full" : view.phase === "paused" ? "still" : ""}" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="${view.percent}" aria-label="Rollout of ${view.version}"><span style="width:${view.percent}%"></span></div>
<p>${view.explanation}${record?.baseVersion === void 0 ? "" : html` <span class="quiet">Built on ${record.baseVersion}.</span>`}${record?.acceptedMissingEvidence === void 0 ? "" : html` ${untested(record.acceptedMissingEvidence)}`}</p>
${exceptions(fleet, view.version)}</div>
`;
}
function untested({ by, reason: why }) {
	return html`<span class="badge untested">no evidence</span> <span class="quiet">accepted by ${nameOf(by)}: ${why}</span>`;
}
function badge({ phase, percent }) {
	const text = phase === "in progress" || phase === "held" || phase === "paused" ? `${phase}, ${percent} %` : phase;
	return html`<span class="badge ${phase.replace(" ", "-")}">${text}</span>`;
}
function offerSections(fleet, input) {
	return offerTables(fleet, input).map((table) => offerSection(fleet, table));
}
function offerSection(fleet, { architectures, columns, rows }) {
	const names = architectures.join(", ");
	if (rows.length === 0) return html`<p class="quiet">No release has an image for ${names}.</p>`;
	return html`<div class="scroll" role="region" tabindex="0" aria-label="Offers to ${fleet.name} on ${names}"><table>
<caption>Who is offered what <span class="quiet">on ${names}</span></caption>
<thead><tr><th scope="col">A node on</th>${columns.map(columnHead)}</tr></thead>
<tbody>${rows.map((row) => html`
<tr><th scope="row">${rowHead(row)}</th>${row.choices.map((choice) => html`<td>${cell(choice, row)}</td>`)}</tr>`)}
</tbody></table></div>
`;
}
function columnHead({ rings, wariness }) {
	return html`<th scope="col">${rings.join(", ")} <span class="quiet">wariness ${wariness}</span></th>`;
}
function rowHead({ newest, oldest, count }) {
	if (count === 1) return html`<code>${newest}</code>`;
	return html`<code>${newest}</code> <span class="quiet">and ${count - 1} more, down to</span> <code>${oldest}</code>`;
}
function cell(choice, row) {
	switch (choice.kind) {
		case "update": return html`<span class="update"><span aria-hidden="true">→ </span><code>${choice.target.version}</code></span>`;
		case "dead-end": return html`<span class="stuck">dead-end</span>`;
		case "none": return html`<span class="quiet">${row.isNewest ? "up to date" : "nothing yet"}</span>`;
		case "unknown": return html`<span class="stuck">not in the graph</span>`;
	}
}
function landmarks({ state }) {
	const known = new Set(state.releases.releases.map(({ version }) => version));
	const items = state.updates.releases.flatMap(({ version, metadata: { barrier, deadend } }) => {
		const stray = known.has(version) ? void 0 : html` <span class="quiet">(no release here: no effect)</span>`;
		return [...barrier === void 0 ? [] : [html`<li><span class="badge barrier">barrier</span> <code>${version}</code>${stray} ${reason(barrier)}</li>`], ...deadend === void 0 ? [] : [html`<li><span class="badge dead-end">dead-end</span> <code>${version}</code>${stray} ${reason(deadend)}</li>`]];
	});
	if (items.length === 0) return void 0;
	return html`<h3>Barriers and dead-ends</h3>
<ul class="landmarks">${items.toReversed()}</ul>
`;
}
function follow(fleet, input) {
	const address = (folder) => baseUrl({
		url: input.url ?? "https://updates.example.org/",
		fleet: fleet.name,
		basearch: "${basearch}",
		...defined({ folder })
	});
	const rings = input.rings.filter(isNamed);
	const others = describeManyRings(input.rings);
	return html`<h3>Follow this fleet</h3>
<p>On each node, in <code>/etc/zincati/config.d/90-fleet.toml</code>:</p>
<pre tabindex="0"><code>[cincinnati]
base_url = "${address()}"</code></pre>
${input.url === void 0 ? html`<p class="quiet">Replace the host with the one that serves these files (publish.url is not set).</p>` : ""}
${rings.length === 0 ? "" : html`<details>
<summary>Rings (${rings.length})</summary>
<p>Nodes of a ring take its address instead. The lower the wariness, the earlier a release is offered.</p>
<dl>${rings.map(({ name, wariness, folders }) => html`<dt>${name} <span class="quiet">wariness ${wariness}${wariness === 0 ? ": also before the start" : ""}</span></dt><dd><pre tabindex="0"><code>base_url = "${address(folders[0])}"</code></pre></dd>`)}</dl>
</details>
`}${others === void 0 ? "" : html`<p class="quiet">${others}.</p>`}`;
}
function releaseList(fleet) {
	const { releases } = fleet.state.releases;
	return html`<details>
<summary>Files and all releases (${releases.length})</summary>
<p><a href="${relative(`${fleet.name}/releases.json`)}">releases.json</a> · <a href="${relative(`${fleet.name}/updates.json`)}">updates.json</a></p>
<ol class="releases">${releases.toReversed().map((release) => {
		const record = fleet.state.records?.[release.version];
		const recordedAt = record?.recordedAt;
		const accepted = record?.acceptedMissingEvidence;
		return html`
<li><a href="${relative(buildReleasePath(fleet.name, release.version))}"><code>${release.version}</code></a>${recordedAt === void 0 ? "" : html` <span class="quiet">${showTime(recordedAt)}</span>`}${accepted === void 0 ? "" : html` ${untested(accepted)}`}${(release["oci-images"] ?? []).map((image) => html` <span class="image">${image.architecture} <code>${image["digest-ref"]}</code></span>`)}</li>`;
	})}
</ol>
</details>
`;
}
function relative(path) {
	return `./${path.split("/").map(encodeURIComponent).join("/")}`;
}
function anchor(fleet) {
	return `fleet-${encodeURIComponent(fleet.name)}`;
}
// src/release/published/site.ts
/**
* Renders every published file: path → content, in the order in which they are to be written. A file comes after the
* files that it refers to: first those that describe releases, then the graphs that offer them, the dashboard last.
*
* The same input gives the same bytes. While no rollout is in progress, `now` changes none of them.
*/
function renderSite(input) {
	const files = /* @__PURE__ */ new Map();
	const add = (path, content) => {
		if (files.has(path)) throw new Error(`two published files have the path ${path}`);
		files.set(path, content);
	};
	for (const { name, state } of input.fleets) {
		for (const release of state.releases.releases) add(buildReleasePath(name, release.version), formatBuildRelease(release, state, input.stream));
		add(`${name}/releases.json`, formatReleaseIndex(state.releases));
		add(`${name}/updates.json`, formatUpdateMetadata(state.updates));
	}
	for (const { name: fleet, state } of input.fleets) for (const basearch of input.architectures) {
		const textFor = rememberGraphs(buildGraph(state.releases, state.updates, {
			basearch,
			scheme: "oci"
		}), aliasesOf(state.releases), input.now);
		for (const { wariness, folders } of input.rings) {
			const graph = textFor(wariness);
			for (const folder of folders) add(graphPath({
				fleet,
				basearch,
				folder
			}), graph);
		}
	}
	for (const { name, stamp } of input.fleets) if (stamp !== void 0) add(stampPath(name), formatStamp(stamp));
	add("index.html", renderDashboard(input));
	return files;
}
/** The text of the graph for a wariness. Of a hundred rings most see the same: their text is made once. */
function rememberGraphs(complete, aliases, now) {
	const progress = complete.nodes.map(rolloutOf).filter((rollout) => rollout !== void 0).map((rollout) => rolloutProgress(rollout, now));
	const texts = /* @__PURE__ */ new Map();
	return (wariness) => {
		const open = progress.map((value) => wariness > value ? "0" : "1").join("");
		const text = texts.get(open) ?? formatPublishedGraph(addAliases(throttleGraph(complete, {
			now,
			wariness
		}), aliases));
		texts.set(open, text);
		return text;
	};
}
// src/release/published/vouched-images.ts
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
		})) continue;
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
export { filesAtUrl as _, refuseUnserved as a, updatesArtifactType as b, publishToFolder as c, readLastPublished as d, parseStamp as f, graphPath as g, buildReleaseUrl as h, namedImages as i, checkOwnFolder as l, buildReleasePath as m, renderSite as n, publishEverywhere as o, stampPath as p, findUnserved as r, nextChangeDue as s, refuseUnvouched as t, notPublished as u, filesInArtifacts as v, filesInFolder as y };
