import { Da as formatReference, Fr as newestOf, G as digestsOf, H as judgeGuidance, Hi as findAcceptance, J as rememberingClient, Jn as fleetFolder, K as neededDigests, L as readLastPublished, Li as planTags, Lt as graphPath, Ma as parseReference, Oa as formatRepository, Ot as parseStamp, Pa as sameRepository, Pi as guidanceTag, Pr as findEvidence, Si as ringsToShow, Wn as artifactReference, Xn as parseRecord, Y as askFleetPolicy, Zr as NotFoundError, _a as imageTimestamp, bi as isChosen, kt as stampPath, pt as tryTo, va as readImage, wa as atTag, ya as isIndex, zr as trustOf } from "./shared.mjs";
import { Gt as messageOf, Ht as OutsideError, Lt as defined, M as documentation, Mt as formatTime, Vt as InputError, Wt as init_errors, jt as formatDuration, p as inParallel } from "./host.mjs";
import { $ as parseGraph, A as parseReleaseIndex, B as formatUpdateMetadata, L as parseOperations, U as parseUpdateMetadata, X as buildGraph, Z as formatGraph, ct as aliasesOf, et as nodeKeys, st as addAliases, ut as architectures, y as throttleGraph } from "./guidance.mjs";
import { r as queryRange } from "./world-prometheus.mjs";
// src/operate/doctor/checks/base-url.ts
init_errors();
/** The variables that Zincati fills in. */
const variables = [
	"basearch",
	"group",
	"stream",
	"platform"
];
/** Each `base_url`, as nodes have it. */
const baseUrlCheck = {
	name: "base-url",
	of: "site",
	run: async ({ baseUrls }, tools) => {
		const problems = [];
		for (const baseUrl of baseUrls) problems.push(...await checkBaseUrl(baseUrl, tools));
		return problems;
	}
};
/**
* Judges a `base_url` by its text alone, before anything is asked. Zincati fills in the variables, then joins `v1/graph`
* as a browser would: without a final slash the last part of the address is lost (zincati src/cincinnati/mod.rs,
* src/cincinnati/client.rs).
* @throws InputError if nodes cannot use it, or not for this site
*/
function requireBaseUrl(baseUrl, config) {
	const refuse = (problem, remedy) => {
		throw new InputError({
			field: "--base-url",
			problem,
			found: baseUrl,
			remedy
		});
	};
	const unknown = [...baseUrl.matchAll(/\$\{([^}]*)\}/g)].map(([, name = ""]) => name).find((name) => !variables.includes(name));
	if (unknown !== void 0) {
		const known = variables.map((name) => `\${${name}}`).join(" ");
		refuse(`Zincati has no variable \${${unknown}}`, `It knows ${known}.`);
	}
	const parsed = URL.parse(baseUrl.replaceAll(/\$\{[^}]*\}/g, "x"));
	if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) refuse("not the URL of a web server", "Give the whole URL, with https://.");
	if (!baseUrl.endsWith("/")) refuse("it does not end in a slash, so that nodes ask for a graph one folder up", "End it in a slash, here and on the nodes.");
	const { url } = config.publish;
	if (url === void 0) return;
	for (const architecture of config.architectures) {
		if (fill(baseUrl, config, architecture).startsWith(url)) continue;
		refuse(`not below ${url}, the address of this site`, "Correct base_url on the nodes, or publish.url in coxswain.yaml.");
	}
}
function fill(baseUrl, { stream }, architecture) {
	return baseUrl.replaceAll("${basearch}", architecture).replaceAll("${stream}", stream);
}
/** Looks for the graphs that nodes with this `base_url` ask for. The text itself is checked before. */
async function checkBaseUrl(where, { config, files }) {
	const { url } = config.publish;
	const problems = [];
	for (const architecture of config.architectures) {
		const filled = fill(where, config, architecture);
		if (url === void 0 || filled.includes("${platform}")) continue;
		const groups = filled.includes("${group}") ? ["default", ...ringsToShow(config.rings.filter(isChosen)).map(({ name }) => name)] : [""];
		for (const group of groups) {
			const path = `${decodeURIComponent(filled.slice(url.length)).replaceAll("${group}", group)}v1/graph`;
			if (await files.read(path) !== void 0) continue;
			problems.push({
				where,
				message: `no graph is published there for ${architecture}${group === "" ? "" : ` and the group ${group}`} (${path})`,
				remedy: "Check fleet, architecture and ring in it."
			});
		}
	}
	return problems;
}
init_errors();
/** The prefixes of rpm-ostree: the registry of an image, and whether it must be signed. */
const transports = /^(?:ostree-(?:image-signed|unverified-image|remote-image:[^:]+):(?:docker:\/\/|registry:)|ostree-(?:unverified-registry|remote-registry:[^:]+):|docker:\/\/)/;
/**
* Reads the image that a node runs, as `rpm-ostree status` shows it.
* @throws InputError if the text does not say which image it is
*/
function readNodeReference(text) {
	const reference = parseReference(text.replace(transports, ""), { field: "--node-reference" });
	if (reference.kind === "digest") return reference;
	throw new InputError({
		field: "--node-reference",
		problem: "a tag does not say which image the node runs",
		found: text,
		expected: `${formatRepository(reference.repository)}@sha256:…`,
		remedy: "On the node, rpm-ostree status shows the digest of the booted deployment."
	});
}
/** A node whose image is in no graph never updates. It says so only in its own log. */
const nodeReferenceCheck = {
	name: "node-reference",
	of: "site",
	run: ({ nodeReferences, fleets }, { config }) => {
		const payloads = new Set(fleets.flatMap(({ graphs }) => graphs.flatMap(({ graph }) => graph.nodes.map(({ payload }) => payload))));
		const names = fleets.map(({ fleet }) => fleet);
		return nodeReferences.filter(({ repository, digest }) => !payloads.has(`${formatRepository(repository)}@${digest}`)).map((reference) => ({
			where: formatReference(reference),
			message: `no graph of ${names.join(", ")} has this image: nodes on it find no update, and say so only in their own log`,
			remedy: sameRepository(reference.repository, config.image) ? `If it is older than the first release of its fleet: coxswain import-release. Otherwise rebase these nodes to a release of the fleet (${documentation("nodes.md")}).` : `Graphs name only images of ${formatRepository(config.image)}: these nodes change over by node.migrate-from in coxswain.yaml (coxswain node-kit).`
		}));
	}
};
// src/operate/doctor/checks/accepted-by-nodes.ts
/** Nodes of a fleet that signs must accept every image that its graphs name, by the policy that they have. */
const nodePolicyCheck = {
	name: "node-policy",
	of: "image",
	run: async ({ node, fleet: name, where, target, current }, { config, client, root, now }) => {
		const fleet = config.fleets[name];
		const image = parseReference(node.payload);
		if (fleet === void 0 || fleet.signing.length === 0 || image.kind !== "digest") return [];
		const verdict = await askFleetPolicy({
			client,
			config,
			root
		}, {
			fleet,
			image,
			now
		});
		if (verdict.accepted) return [];
		const needed = target || current;
		return [{
			severity: needed ? "error" : "warning",
			where,
			message: `nodes with the policy of ${name} refuse this image: ${verdict.reason}${needed ? "" : "; nodes on it still get updates, but none can go back to it"}`,
			remedy: `Run coxswain sign-image --fleet ${name}, if the image was promoted to this fleet.`
		}];
	}
};
// src/operate/doctor/checks/evidence.ts
/** The newest release must have evidence of a passed test, or an accepted exception, in production. */
const evidenceCheck = {
	name: "evidence",
	of: "image",
	run: async ({ image, current, fleet, basearch, where }, { config, client, root }) => {
		if (image === void 0 || !current) return [];
		const subjects = [image.manifest.descriptor.digest];
		const tagged = await client.findManifest(atTag(config.image, image.config.labels["org.opencontainers.image.version"] ?? "-"));
		if (tagged !== void 0 && isIndex(tagged.json)) subjects.push(tagged.descriptor.digest);
		const trust = trustOf({
			config,
			root
		});
		const all = [];
		for (const subject of subjects) all.push(...await findEvidence(client, config.image, subject, trust));
		const newest = newestOf(all.filter(({ evidence }) => evidence.architecture === basearch));
		if (newest?.evidence.result === "PASSED") return [];
		if (newest !== void 0) return [{
			where,
			message: "its newest evidence is of a failed test",
			remedy: "Withdraw the release (coxswain edit-updates), or test it again."
		}];
		if (await findAcceptance(client, config.image, {
			subjects,
			fleet
		}, trust) !== void 0) return [];
		return [{
			where,
			message: "no evidence beside the image in production",
			remedy: `Run coxswain promote-image --fleet ${fleet} again: it copies the evidence too.`
		}];
	}
};
// src/operate/doctor/checks/floating-tags.ts
/** Tags that people and new nodes follow must not point at a withdrawn release. */
const floatingTagsCheck = {
	name: "floating-tag",
	of: "fleet",
	run: async (subject, { config, client }) => {
		const fleet = config.fleets[subject.fleet];
		if (fleet === void 0) return [];
		const problems = [];
		for (const { version, baseVersion } of withdrawnReleases(subject)) {
			const digests = digestsOf(subject, /* @__PURE__ */ new Set([version]));
			const release = {
				version,
				...defined({ baseVersion })
			};
			const floating = planTags(config, fleet, release, "promote-image").filter(({ rule }) => rule !== "fixed");
			for (const { tag } of floating) {
				const reference = atTag(config.image, tag);
				const found = await client.resolve(reference);
				if (found === void 0 || !digests.has(found.digest)) continue;
				problems.push({
					where: formatReference(reference),
					message: `leads to ${version}, which was withdrawn from fleet ${subject.fleet}: everyone who installs by this tag gets it`,
					remedy: `Withdraw it again, which moves the tags to the last good release: coxswain edit-updates --fleet ${subject.fleet} --action withdraw --version ${version} --reason ….`
				});
			}
		}
		return problems;
	}
};
/** Only the artifact says what was withdrawn: a site has the documents that nodes need. */
function withdrawnReleases({ fleet, withState }) {
	const folder = fleetFolder(fleet);
	const read = (path, parse) => {
		const text = withState?.texts.get(path);
		return text === void 0 ? void 0 : tryTo("state", path, () => parse(text, path)).value;
	};
	return (read(`${folder}/operations.json`, parseOperations)?.withdrawn ?? []).map(({ version }) => ({
		version,
		baseVersion: read(`${folder}/records/${version}.json`, parseRecord)?.baseVersion
	}));
}
// src/operate/doctor/checks/graph-content.ts
/** Ages order the nodes: they grow from node to node. The node of an index follows its release, with the same age. */
const agesCheck = {
	name: "ages",
	of: "graph",
	run: ({ graph, path }) => {
		const ages = graph.nodes.map((node) => Number(node.metadata[nodeKeys.ageIndex]));
		const position = graph.nodes.findIndex((node, index) => {
			const before = graph.nodes[index - 1];
			if (before === void 0) return false;
			const grown = ages[index] - ages[index - 1];
			return before.version === node.version ? grown !== 0 : grown <= 0;
		});
		if (position < 0) return [];
		return [{
			where: path,
			message: `ages do not grow at ${graph.nodes[position]?.version}: ${ages.slice(Math.max(0, position - 1), position + 1).join(", ")}`,
			remedy: "Put releases.json on the state branch in the order of the releases, then run coxswain publish-updates."
		}];
	}
};
/** The graph must match the two files now, or at a time within the allowed delay of publishing. */
const freshGraphCheck = {
	name: "stale-graph",
	of: "graph",
	run: ({ graph, path, basearch, ring, releases, updates }, { now, grace }) => {
		const complete = buildGraph(releases, updates, {
			basearch,
			scheme: "oci"
		});
		const at = (time) => formatGraph(addAliases(throttleGraph(complete, {
			now: time,
			wariness: ring.wariness
		}), aliasesOf(releases)));
		const found = formatGraph(graph);
		if (found === at(now) || found === at(now - grace)) return [];
		return [{
			where: path,
			message: `not what releases.json and updates.json beside it give now, nor what they gave ${formatDuration(grace)} ago`,
			remedy: "Run coxswain publish-updates, on a schedule while rollouts are in progress."
		}];
	}
};
// src/operate/doctor/checks/image-content.ts
/** An image in a graph that no release names would be deleted by prune-images. */
const retentionCheck = {
	name: "retention",
	of: "image",
	run: ({ node, where, kept }) => kept ? [] : [{
		where,
		message: `no release in releases.json has ${node.payload.slice(node.payload.indexOf("@") + 1)}: prune-images would delete it`,
		remedy: "Run coxswain publish-updates: it makes graph and release index together."
	}]
};
/** A node reports the digest of its architecture's manifest, so the payload must have that digest. */
const indexPayloadCheck = {
	name: "payload",
	of: "image",
	run: ({ image, basearch, where }) => image?.index === void 0 ? [] : [{
		where,
		message: `the payload is an index, and nodes report the digest of the image for ${basearch}`,
		remedy: `Put ${image.manifest.descriptor.digest} in releases.json on the state branch.`
	}]
};
/** After an update, a node looks for itself by the labels of its image. */
const labelsCheck = {
	name: "version-label",
	of: "image",
	run: ({ image, node, where, target }, { config }) => {
		if (image === void 0) return [];
		return [[
			"version-label",
			"org.opencontainers.image.version",
			node.version
		], [
			"stream-label",
			"com.coreos.stream",
			config.stream
		]].flatMap(([check, label, expected]) => {
			const found = image.config.labels[label];
			if (found === expected) return [];
			if (!target && expected.replace(/-[0-9a-f]{8}$/, "") === found) return [];
			return [{
				check,
				where,
				message: `label ${label} is ${JSON.stringify(found ?? null)}, not ${JSON.stringify(expected)}: a node that updates to it does not find itself`,
				remedy: "Withdraw the release (coxswain edit-updates), and build again with coxswain build-image."
			}];
		});
	}
};
/** rpm-ostree refuses an update to an image that is not newer. */
const createdCheck = {
	name: "created",
	of: "images",
	run: ({ images }) => {
		const problems = [];
		let before;
		for (const { image, node, where } of images) {
			if (image === void 0) continue;
			const created = imageTimestamp(image);
			if (created === void 0 || before !== void 0 && created <= before.created) problems.push({
				where,
				message: created === void 0 ? "the image has no time of creation" : `created at ${(/* @__PURE__ */ new Date(created * 1e3)).toISOString()}, not after ${before?.version}: rpm-ostree refuses it as a downgrade`,
				remedy: "Withdraw the release (coxswain edit-updates), and promote a newer commit."
			});
			if (created !== void 0) before = {
				version: node.version,
				created
			};
		}
		return problems;
	}
};
// src/operate/doctor/checks/image-tags.ts
/** Registries delete what has no tag: quay.io does within the hour. */
const versionTagCheck = {
	name: "version-tag",
	of: "image",
	run: async ({ image, node, fleet, where }, { config, client }) => {
		if (image === void 0) return [];
		const { digest } = image.manifest.descriptor;
		const tag = atTag(config.image, node.version);
		const tagged = await client.findManifest(tag);
		if (tagged === void 0) return [{
			where,
			message: `no tag ${formatReference(tag)}: a registry may delete an image without a tag`,
			remedy: `Run coxswain promote-image --fleet ${fleet} with the commit of the release, or set the tag on the digest.`
		}];
		if (tagged.descriptor.digest === digest || isIndex(tagged.json) && tagged.json.manifests.some((each) => each.digest === digest)) return [];
		return [{
			where,
			message: `tag ${formatReference(tag)} leads to ${tagged.descriptor.digest}, not to ${digest}: a version tag is never re-pointed`,
			remedy: "Find out who writes to production besides Coxswain, and set the tag back."
		}];
	}
};
/** All layers of the newest release must exist: nodes are about to pull it. */
const layersCheck = {
	name: "unservable",
	of: "image",
	run: async ({ image, current, fleet, where }, { config, client }) => {
		if (image === void 0 || !current) return [];
		const { layers } = image.manifest.json;
		const found = await Promise.all(layers.map(({ digest }) => client.hasBlob(config.image, digest)));
		const missing = layers.filter((_, index) => !found[index]);
		if (missing.length === 0) return [];
		return [{
			where,
			message: `production lacks ${missing.length} of its ${layers.length} layers: ${missing[0]?.digest}`,
			remedy: `Pause the rollout (coxswain edit-updates). While the test registry has the image, delete it from production and run coxswain promote-image --fleet ${fleet}.`
		}];
	}
};
// src/operate/doctor/checks/lost-guidance.ts
const restore = "Compare with the state branch (coxswain status). If that lost releases too: coxswain restore-state. Then coxswain publish-updates.";
/** A fleet without a release whose tag has an image had releases. */
const emptiedCheck = {
	name: "emptied",
	of: "fleet",
	run: async ({ fleet, releases }, { config, client }) => {
		if (releases.releases.length > 0) return [];
		const tag = config.fleets[fleet]?.tag;
		if (tag === void 0) return [];
		const reference = atTag(config.image, tag);
		if (tag === config.stream && Object.keys(config.fleets).length > 1) return [];
		if (await client.resolve(reference) === void 0) return [];
		return [{
			where: `${fleet}/releases.json`,
			message: `no release is published, but ${formatReference(reference)} exists: its nodes do not find themselves`,
			remedy: `${restore} If its first release is being made just now, wait for that.`
		}];
	}
};
/** Every place must have every release that another place has had for a while. */
const lostReleasesCheck = {
	name: "lost-releases",
	of: "fleet",
	run: (subject, tools) => subject.heard.flatMap((heard) => {
		if (heard.answer === "none") return [{
			severity: "warning",
			where: heard.where,
			message: `gives no answer about ${subject.fleet}, so that lost releases may not be seen: ${heard.why.replace(/\.$/, "")}`,
			remedy: "Run doctor again when it answers."
		}];
		if (heard.answer === "nothing") return [];
		const here = {
			where: tools.files.whereIs(subject.fleet),
			versions: versionsOf(subject),
			stamp: subject.stamp
		};
		return [...missing({
			from: heard.last,
			versions: heard.last.versions
		}, here, subject, tools), ...missing({
			from: here,
			versions: here.versions
		}, heard.last, subject, tools)];
	})
};
/** The releases of one place that another lacks, or has at another position. */
function missing(known, place, { fleet }, { now, grace }) {
	const lost = known.versions.filter((version, position) => place.versions[position] !== version);
	const published = known.from.stamp?.published ?? 0;
	const isOnItsWay = published > (place.stamp?.published ?? 0) && published > now - grace;
	if (lost.length === 0 || isOnItsWay) return [];
	return [{
		where: `${place.where} ${fleet}/releases.json`,
		message: `${lost.length === 1 ? `release ${lost[0]} is` : `${lost.length} releases are`} missing or at another position (${known.from.where} has ${lost.at(-1)}): nodes on ${lost.length === 1 ? "it" : "them"} do not find themselves`,
		remedy: restore
	}];
}
/** A site with the same releases can still have old rollouts. */
const oldSiteCheck = {
	name: "old-site",
	of: "fleet",
	run: (subject, { files, now, grace }) => subject.heard.flatMap((heard) => {
		if (heard.answer !== "published") return [];
		const { where, stamp, updates } = heard.last;
		if (!(stamp !== void 0 && stamp.published > (subject.stamp?.published ?? 0)) || stamp.published > now - grace) return [];
		if (updates === formatUpdateMetadata(subject.updates)) return [];
		return [{
			where: `${files.whereIs(subject.fleet)} ${subject.fleet}/updates.json`,
			message: `older than ${where}, which was published at ${formatTime(stamp.published)}`,
			remedy: "Deploy the files that coxswain publish-updates wrote last."
		}];
	})
};
function versionsOf({ releases }) {
	return releases.releases.map(({ version }) => version);
}
// src/operate/doctor/checks/other-project.ts
/** Two projects in one repository move each other's tags, and prune-images deletes the other's images. */
const otherProjectCheck = {
	name: "other-project",
	of: "site",
	run: async (_, { config, client }) => {
		const prefix = guidanceTag("");
		const ours = new Set(Object.keys(config.fleets).map(guidanceTag));
		return (await client.listTags(config.image)).filter((tag) => tag.startsWith(prefix) && !ours.has(tag)).map((tag) => ({
			severity: "warning",
			where: `${formatRepository(config.image)}:${tag}`,
			message: `this repository has guidance of a fleet ${tag.slice(prefix.length)} that coxswain.yaml does not name`,
			remedy: "If another project publishes here, give it a repository of its own. If it is a fleet that was removed, delete the tag."
		}));
	}
};
// src/operate/doctor/checks/overdue.ts
/**
* A site says when its next change is due. An old site has no contradictions, so only the clock shows that it is old.
*/
const overdueCheck = {
	name: "overdue",
	of: "fleet",
	run: ({ fleet, stamp }, { now, grace }) => {
		if (stamp?.nextChange === void 0 || now <= stamp.nextChange + grace) return [];
		return [{
			where: stampPath(fleet),
			message: `published at ${formatTime(stamp.published)}; the next change was due at ${formatTime(stamp.nextChange)}, ${formatDuration(now - stamp.nextChange)} ago`,
			remedy: "Run coxswain publish-updates on a schedule, and check that its files are deployed."
		}];
	}
};
// src/operate/doctor/checks/plain-http.ts
/** The site must be served over https. */
const plainHttpCheck = {
	name: "base-url",
	of: "site",
	run: (_, { config }) => {
		const { url } = config.publish;
		if (url === void 0) return [];
		const { protocol, hostname } = new URL(url);
		const loopback = /^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname);
		if (protocol === "https:" || loopback) return [];
		return [{
			where: "coxswain.yaml publish.url",
			message: "plain HTTP: anyone on the network path can hold updates back, or send nodes to any image of the repository",
			remedy: "Serve the files over https."
		}];
	}
};
// src/operate/doctor/checks/prometheus.ts
init_errors();
/** So many seconds of values are asked for: enough to see one. */
const span = 300;
const step = 60;
/** A condition of halt-when that cannot be asked can halt nothing, and nobody sees that before it is needed. */
const prometheusCheck = {
	name: "prometheus",
	of: "site",
	run: async (_, tools) => {
		const conditions = Object.values(tools.config.fleets).flatMap(({ name, haltWhen }) => haltWhen.flatMap((condition) => condition.kind === "prometheus" ? [{
			fleet: name,
			name: condition.name,
			...condition.prometheus
		}] : []));
		return (await Promise.all(conditions.map((condition) => examineCondition(condition, tools)))).filter((problem) => problem !== void 0);
	}
};
async function examineCondition(condition, { now, prometheus }) {
	const { fleet, name, url, query } = condition;
	const problem = (message, remedy) => ({
		severity: "warning",
		where: `fleets.${fleet}.halt-when ${name}`,
		message,
		remedy
	});
	try {
		const newest = (await queryRange({
			url,
			query,
			from: now - span,
			to: now,
			step
		}, { credentials: prometheus })).at(-1);
		if (newest !== void 0 && Number.isFinite(newest.value)) return void 0;
		return problem(`the newest value of the query is ${newest?.value}, which counts neither as trouble nor as health`, "A quotient of rates is NaN while nothing happens. Write the query so that it has a value then.");
	} catch (error) {
		if (!(error instanceof OutsideError)) throw error;
		return problem(`the condition cannot be asked: ${messageOf(error).replace(/ It counts neither.*$/, "").replace(/\.$/, "")}`, "Until it can, it halts nothing, and rings with a success-threshold wait. If the query has no value while all is well, append: or vector(0)");
	}
}
// src/operate/doctor/checks.ts
/** Everything that doctor checks. A new check is one file, and one entry here. */
const checks = [
	plainHttpCheck,
	baseUrlCheck,
	nodeReferenceCheck,
	{
		name: "stream-tag",
		of: "site",
		run: async ({ fleets }, { config, client }) => {
			if (fleets.every(({ releases }) => releases.releases.length === 0)) return [];
			const tag = atTag(config.image, config.stream);
			if (await client.resolve(tag) !== void 0) return [];
			return [{
				where: formatReference(tag),
				message: "no such tag, and Zincati moves every node to it (pinned to the digest)",
				remedy: "Run coxswain promote-image for any fleet: it sets the tag if it is missing."
			}];
		}
	},
	otherProjectCheck,
	{
		name: "stream",
		of: "fleet",
		run: ({ fleet, releases, updates }, { config }) => {
			if (releases.stream === config.stream && updates.stream === config.stream) return [];
			return [{
				where: `${fleet}/releases.json`,
				message: `the stream is ${JSON.stringify(releases.stream)}, and the configuration says ${JSON.stringify(config.stream)}`,
				remedy: "Correct `stream` in coxswain.yaml: nodes report the label of their image, and get no graph of another stream."
			}];
		}
	},
	emptiedCheck,
	lostReleasesCheck,
	oldSiteCheck,
	overdueCheck,
	{
		name: "guidance-signature",
		of: "fleet",
		run: async ({ fleet }, { config, client, root }) => {
			if (config.publish.signedBy.length === 0 || !config.publish.oci) return [];
			const reference = artifactReference(config, fleet);
			const found = await client.resolve(reference);
			if (found === void 0) return [];
			const verdict = await judgeGuidance(client, {
				config,
				root
			}, {
				fleet,
				digest: found.digest
			});
			if ("signedBy" in verdict) return [];
			return [{
				where: formatReference(reference),
				message: `this guidance does not count: ${verdict.refused}`,
				remedy: "Find out who wrote it. If it is right (coxswain status), coxswain publish-updates signs it."
			}];
		}
	},
	floatingTagsCheck,
	agesCheck,
	freshGraphCheck,
	retentionCheck,
	indexPayloadCheck,
	labelsCheck,
	versionTagCheck,
	layersCheck,
	evidenceCheck,
	nodePolicyCheck,
	createdCheck,
	prometheusCheck
];
/** Runs every check about this kind of subject. */
async function runChecks(of, subject, tools) {
	const findings = [];
	for (const check of checks) {
		if (check.of !== of) continue;
		const { name, run } = check;
		for (const problem of await run(subject, tools)) findings.push({
			severity: "error",
			check: name,
			...problem
		});
	}
	return findings;
}
// src/operate/doctor/read-fleet.ts
init_errors();
/** Reads what is published for a fleet. Files that cannot be read are findings. */
async function readFleet({ config, files, witnesses }, fleet) {
	const findings = [];
	const releases = await readOne$1(files, `${fleet}/releases.json`, parseReleaseIndex, findings);
	const updates = await readOne$1(files, `${fleet}/updates.json`, parseUpdateMetadata, findings);
	if (releases === void 0 || updates === void 0) return {
		subject: void 0,
		findings
	};
	const stamp = await readOne$1(files, stampPath(fleet), parseStamp, findings);
	const heard = await Promise.all(witnesses.map((witness) => readLastPublished(witness, fleet)));
	const withState = [await readLastPublished(files, fleet), ...heard].flatMap((each) => each.answer === "published" ? [each.last] : []).find(({ hasState }) => hasState);
	const places = config.architectures.flatMap((basearch) => config.rings.flatMap((ring) => ring.folders.map((folder) => ({
		basearch,
		ring,
		path: graphPath({
			fleet,
			basearch,
			folder
		})
	}))));
	const read = /* @__PURE__ */ new Map();
	await inParallel(places, 8, async ({ path }) => {
		read.set(path, await readOne$1(files, path, parseGraph, findings));
	});
	return {
		subject: {
			fleet,
			releases,
			updates,
			stamp,
			heard,
			withState,
			graphs: places.flatMap((place) => {
				const graph = read.get(place.path);
				return graph === void 0 ? [] : [{
					...place,
					fleet,
					releases,
					updates,
					graph
				}];
			})
		},
		findings
	};
}
async function readOne$1(files, path, parse, findings) {
	const text = await files.read(path);
	if (text === void 0) {
		findings.push({
			severity: "error",
			check: "missing-file",
			where: path,
			message: `not published at ${files.where}`,
			remedy: "Run coxswain publish-updates, and deploy its whole folder."
		});
		return;
	}
	try {
		return parse(text, path);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		const { where = path, field, problem } = error.details;
		findings.push({
			severity: "error",
			check: "unreadable-file",
			where,
			message: `${field === void 0 || field === "" ? "" : `${field}: `}${problem}`,
			remedy: "Nodes cannot use it. Run coxswain publish-updates, which writes it again."
		});
		return;
	}
}
// src/operate/doctor/read-images.ts
init_errors();
/** How many images are read at a time. */
const parallel = 6;
/** Reads every image that one graph names from production, and checks each. */
async function examineImages(tools, options) {
	const { subject, graph, report } = options;
	const named = namedImages(subject, graph);
	const findings = [];
	const read = [];
	let done = 0;
	await inParallel([...named.keys()], parallel, async (position) => {
		const image = named[position];
		const result = await readOne(tools, image);
		findings.push(...result.findings);
		if (result.image !== void 0) {
			read[position] = result.image;
			findings.push(...await runChecks("image", result.image, tools));
		}
		done += 1;
		report(`${graph.fleet} ${graph.basearch}: ${done} of ${named.length} images`);
	});
	const images = {
		fleet: graph.fleet,
		images: read.filter((image) => image !== void 0)
	};
	return [...findings, ...await runChecks("images", images, tools)];
}
/** The images of a graph, before they are read. */
function namedImages({ fleet, releases, updates }, { graph, basearch }) {
	const needed = [...neededDigests([{
		releases,
		updates
	}])];
	const complete = buildGraph(releases, updates, {
		basearch,
		scheme: "oci"
	});
	const targets = new Set(complete.edges.map(([, to]) => complete.nodes[to]?.version));
	const newest = releases.releases.at(-1)?.version;
	const isOffered = updates.releases.some(({ version }) => version === newest);
	return graph.nodes.map((node, position) => ({
		node,
		basearch,
		fleet,
		where: `${fleet} ${node.version} (${basearch})`,
		kept: needed.some((digest) => node.payload.endsWith(`@${digest}`)),
		isIndex: graph.nodes[position - 1]?.version === node.version,
		target: targets.has(node.version) || node.version === newest && isOffered,
		current: node.version === newest,
		image: void 0
	}));
}
/** @returns no image if production does not have it completely, which is a finding */
async function readOne({ config, client }, subject) {
	const { node, fleet, basearch, where } = subject;
	const finding = (check, message, remedy, severity = "error") => ({ findings: [{
		severity,
		check,
		where,
		message,
		remedy
	}] });
	const reference = readPayload(node.payload);
	if (reference === void 0 || !sameRepository(reference.repository, config.image)) return finding("payload", `the payload is not repository@digest of ${formatRepository(config.image)}: ${node.payload}`, "Correct releases.json on the state branch: nodes look for themselves by exactly this text.");
	if (await client.resolve(reference) === void 0) {
		const again = `While the test registry has it, coxswain promote-image --fleet ${fleet} pushes it again.`;
		if (subject.target) return finding("unservable", `production does not have ${reference.digest}, and nodes are sent to it`, `Withdraw the release (coxswain edit-updates). ${again}`);
		return finding("lost-image", `production has lost ${reference.digest}; nodes on it still get updates, but no node can go back to it`, again, "warning");
	}
	const architecture = architectures.find((each) => each === basearch);
	if (subject.isIndex || architecture === void 0) return {
		image: subject,
		findings: []
	};
	let image;
	try {
		image = await readImage(client, reference, architecture);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		return finding("unservable", error instanceof NotFoundError ? `incomplete in production: ${error.message}` : error.details.problem, "Withdraw the release (coxswain edit-updates), then push its image again.");
	}
	return {
		image: {
			...subject,
			image
		},
		findings: []
	};
}
function readPayload(payload) {
	try {
		const reference = parseReference(payload);
		return reference.kind === "digest" ? reference : void 0;
	} catch (error) {
		if (error instanceof InputError) return void 0;
		throw error;
	}
}
// src/operate/doctor/doctor.ts
/**
* Checks a published site as nodes see it, and everything that it names. It only reads.
* @param options.fleets names
* @param options.baseUrls as nodes have them
* @param options.nodeReferences images that nodes run
* @throws OutsideError if something cannot be read, which is not a finding
*/
async function examine(given, options) {
	const tools = {
		...given,
		client: rememberingClient(given.client)
	};
	const findings = [];
	const subjects = [];
	let images = 0;
	for (const fleet of options.fleets) {
		const { subject, findings: found } = await readFleet(tools, fleet);
		findings.push(...found);
		if (subject === void 0) continue;
		subjects.push(subject);
		findings.push(...await runChecks("fleet", subject, tools));
		for (const graph of subject.graphs) findings.push(...await runChecks("graph", graph, tools));
		for (const basearch of new Set(subject.graphs.map((graph) => graph.basearch))) {
			const graph = subject.graphs.findLast((each) => each.basearch === basearch);
			if (graph === void 0) continue;
			images += graph.graph.nodes.length;
			findings.push(...await examineImages(tools, {
				subject,
				graph,
				report: options.report
			}));
		}
	}
	const { baseUrls, nodeReferences } = options;
	return {
		findings: sorted([...await runChecks("site", {
			baseUrls,
			nodeReferences,
			fleets: subjects
		}, tools), ...findings]),
		fleets: options.fleets,
		releases: subjects.reduce((sum, { releases }) => sum + releases.releases.length, 0),
		images
	};
}
/** Errors first; otherwise in the order in which they were found. */
function sorted(findings) {
	return ["error", "warning"].flatMap((severity) => findings.filter((finding) => finding.severity === severity));
}
export { readNodeReference as n, requireBaseUrl as r, examine as t };
