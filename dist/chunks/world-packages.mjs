import { B as withTemporaryFolder, L as isMissing, Y as findTool, ct as InputError, dt as init_errors, it as defined, lt as OutsideError, q as exec } from "./host.mjs";
import { g as string, l as int, p as object, r as array } from "./zod.mjs";
import { A as atDigest, E as isIndex, F as formatRepository, a as plainPath, g as pushArtifact, i as layerEntries, v as readReferrer } from "./world-registry.mjs";
import { copyFile, lstat, mkdir, realpath } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
// src/world/packages/rpm-version.ts
init_errors();
/**
* Compares two versions (or releases) as rpm does: negative if `one` is older, 0 if they are equal.
* The rules are rpm's own (rpm-version(7)): runs of digits and of letters are compared one by one, digits
* as numbers, and numbers are newer than letters; anything else only separates; `~` is older than the end (1.0~rc1 < 1.0),
* `^` is newer than the end and older than more of a version (1.0 < 1.0^git1 < 1.0.1).
*/
function compareVersionText(one, other) {
	const ours = partsOf(one);
	const theirs = partsOf(other);
	for (let index = 0;; index++) {
		const our = ours[index];
		const their = theirs[index];
		if (our === void 0 && their === void 0) return 0;
		const difference = compareParts(our, their);
		if (difference !== 0) return difference;
	}
}
/** Epoch, then version, then release. */
function comparePackageVersions(one, other) {
	return (one.epoch ?? 0) - (other.epoch ?? 0) || compareVersionText(one.version, other.version) || compareVersionText(one.release, other.release);
}
function partsOf(version) {
	return version.match(/[0-9]+|[A-Za-z]+|[~^]/g) ?? [];
}
function compareParts(our, their) {
	if (our === their) return 0;
	if (our === "~" || their === "~") return our === "~" ? -1 : 1;
	if (our === void 0) return -1;
	if (their === void 0) return 1;
	if (our === "^" || their === "^") return our === "^" ? -1 : 1;
	const numeric = /^[0-9]/.test(our);
	if (numeric !== /^[0-9]/.test(their)) return numeric ? 1 : -1;
	return numeric ? compareNumbers(our, their) : sign(our, their);
}
/** Numbers may have any length: dates and commit counts can be too large for an exact JavaScript number. */
function compareNumbers(our, their) {
	const [left, right] = [our.replace(/^0+/, ""), their.replace(/^0+/, "")];
	return left.length === right.length ? sign(left, right) : left.length - right.length;
}
function sign(left, right) {
	return left === right ? 0 : left < right ? -1 : 1;
}
// src/world/packages/compare.ts
/**
* Compares two sets of packages. A package can be installed in several versions (kernel) or for several
* architectures: it is matched with its own architecture first, newest with newest.
*/
function comparePackages(before, after) {
	const same = new Set(before.map(identity));
	const kept = new Set(after.map(identity).filter((each) => same.has(each)));
	let removed = before.filter((each) => !kept.has(identity(each)));
	let added = after.filter((each) => !kept.has(identity(each)));
	const changes = [];
	for (const keyOf of [({ name, architecture }) => `${name} ${architecture}`, nameOf]) {
		const pairs = pairUp(removed, added, keyOf);
		changes.push(...pairs);
		removed = removed.filter((each) => !pairs.some((pair) => pair.before === each));
		added = added.filter((each) => !pairs.some((pair) => pair.after === each));
	}
	const direction = ({ before: old, after: now }) => comparePackageVersions(now, old);
	changes.sort((one, other) => byName(one.after, other.after));
	return {
		added: [...added].sort(byName),
		removed: [...removed].sort(byName),
		upgraded: changes.filter((change) => direction(change) >= 0),
		downgraded: changes.filter((change) => direction(change) < 0)
	};
}
/** Whether there is any difference at all. */
function samePackages({ added, removed, upgraded, downgraded }) {
	return added.length + removed.length + upgraded.length + downgraded.length === 0;
}
/** By name, then architecture, then version. */
function byName(one, other) {
	return compareText(one.name, other.name) || compareText(one.architecture, other.architecture) || comparePackageVersions(one, other) || compareText(identity(one), identity(other));
}
/** A text that is equal for equal packages only. */
function identity({ name, epoch, version, release, architecture }) {
	return `${name} ${epoch ?? 0}:${version}-${release} ${architecture}`;
}
function pairUp(removed, added, keyOf) {
	const gone = grouped(removed, keyOf);
	const come = grouped(added, keyOf);
	return [...gone].flatMap(([key, olds]) => {
		const news = come.get(key) ?? [];
		return olds.slice(0, news.length).map((before, index) => ({
			name: before.name,
			before,
			after: news[index]
		}));
	});
}
function grouped(packages, keyOf) {
	const groups = /* @__PURE__ */ new Map();
	const newestFirst = [...packages].sort((one, other) => -comparePackageVersions(one, other));
	for (const each of newestFirst) {
		const key = keyOf(each);
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	return groups;
}
function nameOf({ name }) {
	return name;
}
function compareText(one, other) {
	return one === other ? 0 : one < other ? -1 : 1;
}
/** `EPOCH:VERSION-RELEASE`, the epoch only if there is one. */
function fullVersion({ epoch, version, release }) {
	return `${epoch === void 0 ? "" : `${epoch}:`}${version}-${release}`;
}
// src/world/packages/recorded.ts
/** Attached to an image: the list of its packages. It is copied with the image, like everything attached. */
const packagesArtifactType = "application/vnd.coxswain.packages.v1+json";
const listSchema = object({ packages: array(object({
	name: string().min(1),
	epoch: int().positive().optional(),
	version: string(),
	release: string(),
	architecture: string()
})) });
/** Attaches the list; the same list again changes nothing. */
function pushPackages(client, repository, subject, packages) {
	const list = { packages: [...packages].sort(byName).map(({ name, epoch, version, release, architecture }) => ({
		name,
		...defined({ epoch }),
		version,
		release,
		architecture
	})) };
	return pushArtifact(client, {
		repository,
		artifactType: packagesArtifactType,
		subject,
		layers: [{
			mediaType: packagesArtifactType,
			bytes: Buffer.from(`${JSON.stringify(list)}\n`)
		}]
	});
}
/** The list that is attached to an image; undefined if there is none, or none can be read. */
async function recordedPackages(client, image) {
	const { repository, digest } = image;
	for (const descriptor of await client.referrers(repository, digest, packagesArtifactType)) {
		const layer = (await readReferrer(client, {
			repository,
			subject: digest,
			digest: descriptor.digest
		}))?.layers.find((each) => each.descriptor.mediaType === packagesArtifactType);
		const parsed = listSchema.safeParse(layer === void 0 ? void 0 : jsonOrUndefined(layer.bytes));
		if (parsed.success) return parsed.data.packages.map(({ epoch, ...each }) => ({
			...each,
			...defined({ epoch })
		}));
	}
}
/** The value of a JSON text, which is not checked yet; undefined if it is not JSON. */
function jsonOrUndefined(bytes) {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return;
	}
}
/**
* Folders that may have the rpm database: that of rpm-ostree, that of Fedora (or a link to it), and that of other
* distributions.
*/
const databaseFolders = [
	"usr/share/rpm",
	"usr/lib/sysimage/rpm",
	"var/lib/rpm"
];
/** The database in each of rpm's formats (sqlite, ndb, Berkeley), with what sqlite has not moved into it yet. */
const databaseFiles = [
	"rpmdb.sqlite",
	"Packages.db",
	"Packages"
];
const companionFiles = ["rpmdb.sqlite-wal", "Index.db"];
const notPackages = "gpg-pubkey";
const format = "%{NAME}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\n";
/**
* The packages of a root file system; undefined if it has no rpm database. Nothing of the image is run or changed.
* @param root nothing outside it is read, wherever its links lead
* @throws InputError when it has one, and the program rpm is not installed here
*/
async function packagesOfRoot(root) {
	for (const folder of databaseFolders) {
		const path = join(root, folder);
		if (!await isInside(root, path) || !await hasDatabase(path)) continue;
		return withTemporaryFolder("rpm", async (copy) => {
			for (const name of [...databaseFiles, ...companionFiles]) if (await isPlainFile(join(path, name))) await copyFile(join(path, name), join(copy, name));
			return queryDatabase(copy);
		});
	}
}
/**
* Asks rpm itself, so that every format that rpm reads is read as rpm does.
* @param folder with the database files; locks are left in it
* @returns by name
*/
async function queryDatabase(folder) {
	const home = join(folder, "home");
	await mkdir(home, { recursive: true });
	const { stdout } = await exec("rpm", [
		"--dbpath",
		folder,
		"--nosignature",
		"--nodigest",
		"--query",
		"--all",
		"--queryformat",
		format
	], {
		env: {
			HOME: home,
			LC_ALL: "C"
		},
		doing: "reading an rpm database"
	});
	return stdout.split("\n").filter((line) => line !== "").map(readLine).filter(({ name }) => name !== notPackages).sort(byName);
}
function readLine(line) {
	const [name = "", epoch = "0", version = "", release = "", architecture = ""] = line.split("	");
	return {
		name,
		...defined({ epoch: Number(epoch) || void 0 }),
		version,
		release,
		architecture
	};
}
async function hasDatabase(folder) {
	for (const name of databaseFiles) if (await isPlainFile(join(folder, name))) return true;
	return false;
}
async function isPlainFile(path) {
	try {
		return (await lstat(path)).isFile();
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
async function isInside(root, path) {
	try {
		return `${await realpath(path)}${sep}`.startsWith(`${await realpath(root)}${sep}`);
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
/**
* Bytes of an unpacked database file. The largest of Fedora's are a fifth of this. A limit is needed because a file of
* zeros can be compressed to a thousandth.
*/
const maximumDatabaseBytes = 1073741824;
/**
* Fetches the rpm database of an image, and no more than is needed to find it: it searches the layers from the top
* down, and stops at the first that has it.
* @param folder gets the files
* @returns false if the image has none
*/
async function fetchDatabase(client, options) {
	const { repository, manifest, folder, maximumBytes = maximumDatabaseBytes } = options;
	for (const layer of [...manifest.layers].reverse()) {
		const seen = await searchLayer(client, {
			repository,
			layer,
			folder,
			maximumBytes
		});
		if (seen.database !== void 0) {
			if (seen.links.size > 0) await fetchLinked(client, {
				repository,
				layer,
				folder,
				maximumBytes,
				links: seen.links
			});
			return true;
		}
		if (seen.removed) return false;
	}
	return false;
}
async function searchLayer(client, place) {
	const { folder, maximumBytes } = place;
	const links = /* @__PURE__ */ new Map();
	let database;
	let removed = false;
	for await (const { path, header, content } of openLayer(client, place)) {
		const [directory, name] = split(path);
		if (hides(path)) removed = true;
		if (!isDatabaseFolder(directory) || !isWanted(name) || outranks(database, directory)) continue;
		if (header.type === "file") await save(content, join(folder, name), maximumBytes);
		else if (header.type === "link" && header.linkname !== void 0) links.set(name, plainPath(header.linkname));
		else continue;
		if (databaseFiles.includes(name)) database = path;
	}
	return {
		...defined({ database }),
		links,
		removed
	};
}
async function fetchLinked(client, place) {
	const names = new Map([...place.links].map(([name, target]) => [target, name]));
	for await (const { path, header, content } of openLayer(client, place)) {
		const name = names.get(path);
		if (name === void 0 || header.type !== "file") continue;
		await save(content, join(place.folder, name), place.maximumBytes);
		names.delete(path);
		if (names.size === 0) return;
	}
}
async function* openLayer(client, { repository, layer }) {
	yield* layerEntries(await client.openBlob(repository, layer), `${formatRepository(repository)}@${layer.digest}`);
}
/** @throws InputError when there is more than a database can have */
function save(content, file, maximum) {
	return pipeline(Readable.from(limited(content, basename(file), maximum)), createWriteStream(file));
}
async function* limited(content, name, maximum) {
	let size = 0;
	for await (const chunk of content) {
		size += chunk.length;
		if (size > maximum) throw new InputError({
			where: name,
			problem: "the rpm database of this image is too large to be one",
			found: `more than ${maximum} bytes`
		});
		yield chunk;
	}
}
function split(path) {
	const slash = path.lastIndexOf("/");
	return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
function isDatabaseFolder(directory) {
	return databaseFolders.includes(directory);
}
function isWanted(name) {
	return [...databaseFiles, ...companionFiles].some((each) => each === name);
}
/** The database that was found before is in a folder that rpm prefers. */
function outranks(found, directory) {
	if (found === void 0) return false;
	const rank = (each) => databaseFolders.indexOf(each);
	return rank(split(found)[0]) < rank(directory);
}
/** A whiteout of a database, of its folder, or of one above (OCI image specification, layer.md, "Whiteouts"). */
function hides(path) {
	const [directory, name] = split(path);
	if (!name.startsWith(".wh.")) return false;
	const gone = name === ".wh..wh..opq" ? directory : `${directory}/${name.slice(4)}`;
	return databaseFolders.some((folder) => databaseFiles.some((file) => `${folder}/${file}` === gone || `${folder}/`.startsWith(`${gone}/`)));
}
// src/world/packages/package-changes.ts
/** Longer lists are cut: a pull request's text has a limit (GitHub's: 65,536 characters). */
const longestList = 200;
/** The difference as Markdown, a table of what changed version and a line each for what was added and removed. */
function describePackages(difference) {
	const { added, removed, upgraded, downgraded } = difference;
	const blocks = [
		table("upgraded", upgraded),
		table("downgraded", downgraded),
		list("added", added),
		list("removed", removed)
	].filter((block) => block !== "");
	return blocks.length === 0 ? "No package changed." : blocks.join("\n\n");
}
/** `3 packages upgraded, 1 added`; `no package changed` */
function countPackages({ added, removed, upgraded, downgraded }) {
	const [first, ...rest] = [
		["upgraded", uniqueChanges(upgraded).length],
		["downgraded", uniqueChanges(downgraded).length],
		["added", uniqueNames(added).length],
		["removed", uniqueNames(removed).length]
	].filter(([, count]) => count > 0);
	if (first === void 0) return "no package changed";
	return [`${first[1]} ${first[1] === 1 ? "package" : "packages"} ${first[0]}`, ...rest.map(([word, count]) => `${count} ${word}`)].join(", ");
}
function table(title, changes) {
	const rows = uniqueChanges(changes);
	if (rows.length === 0) return "";
	const lines = rows.slice(0, longestList).map(([name, before, after]) => `| ${code(name)} | ${code(before)} | ${code(after)} |`);
	return [
		`| ${title} (${rows.length}) | before | after |`,
		"|---|---|---|",
		...lines,
		...rest(rows.length, "| … and ", " more | | |")
	].join("\n");
}
function list(title, packages) {
	const names = uniqueNames(packages);
	if (names.length === 0) return "";
	const shown = names.slice(0, longestList).map(code).join(", ");
	return `${title} (${names.length}): ${shown}${rest(names.length, ", … and ", " more").join("")}`;
}
function rest(count, before, after) {
	return count > longestList ? [`${before}${count - longestList}${after}`] : [];
}
/** A package that changed alike for every architecture is one row. */
function uniqueChanges(changes) {
	const rows = /* @__PURE__ */ new Map();
	for (const { name, before, after } of changes) {
		const moved = before.architecture !== after.architecture;
		const row = [
			name,
			`${fullVersion(before)}${moved ? `.${before.architecture}` : ""}`,
			`${fullVersion(after)}${moved ? `.${after.architecture}` : ""}`
		];
		rows.set(row.join(" "), row);
	}
	return [...rows.values()];
}
function uniqueNames(packages) {
	return [...new Set(packages.map((each) => `${each.name} ${fullVersion(each)}`))];
}
/** Names and versions come out of an image: nothing in them is Markdown. */
function code(text) {
	return `\`${text.replace(/[`|\r\n]/g, "")}\``;
}
// src/world/packages/packages.ts
init_errors();
/**
* The rpm packages of an image, by name. For an index they are those of all its images, each package once. Read from
* the list that was attached when the image was built (`recordPackages`). If there is none, they are read from the
* image's own database; only the layers above it are fetched.
* @returns undefined if the image has no rpm database
* @throws InputError when there is no such image, or no list and no program rpm here; OutsideError
*/
async function readPackages(client, image) {
	const recorded = await recordedPackages(client, image);
	if (recorded !== void 0) return recorded;
	const { json } = await client.getManifest(image);
	if (!isIndex(json)) return withTemporaryFolder("rpm", async (folder) => {
		return await fetchDatabase(client, {
			repository: image.repository,
			manifest: json,
			folder
		}) ? queryDatabase(folder) : void 0;
	});
	const lists = (await Promise.all(json.manifests.map(({ digest }) => readPackages(client, atDigest(image.repository, digest))))).filter((list) => list !== void 0);
	if (lists.length === 0) return void 0;
	return [...new Map(lists.flat().map((one) => [identity(one), one])).values()].sort(byName);
}
/**
* Attaches the list of an image's packages to it, while its files are on this machine. This is for speed only: a list
* that was not recorded is read from the image later, so a missing program rpm is only a warning.
* @param options.root the image's root file system
* @returns the packages; undefined if they cannot be read, or the image has no rpm database
*/
async function recordPackages(client, options) {
	const { repository, subject, root, log } = options;
	const recorded = await recordedPackages(client, atDigest(repository, subject.digest));
	if (recorded !== void 0) return recorded;
	const packages = await packagesOfImage(root, log);
	if (packages !== void 0) await pushPackages(client, repository, subject, packages);
	return packages;
}
/**
* The packages of an image whose files are on this machine. What cannot be read is a warning.
* @param root the image's root file system
*/
async function packagesOfImage(root, log) {
	if (findTool("rpm") === void 0) {
		log.warn("the packages of the image are not recorded: the program rpm is not installed (apt-get install rpm)");
		return;
	}
	return packagesOfRoot(root).catch((error) => {
		if (!(error instanceof OutsideError)) throw error;
		log.warn(`the packages of the image are not recorded: ${error.message}`);
	});
}
export { jsonOrUndefined as a, comparePackages as c, describePackages as i, identity as l, recordPackages as n, fullVersion as o, countPackages as r, byName as s, readPackages as t, samePackages as u };
