import { Ht as OutsideError, Vt as InputError, Wt as init_errors, b as requireTools, g as exec, v as findTool } from "./host.mjs";
import { xr as decompressed } from "./shared.mjs";
import { lstatSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join as join$1 } from "node:path";
import { chmod, mkdir, rm, statfs } from "node:fs/promises";
import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
// src/world/layers/put-under.ts
init_errors();
function nothingHidden() {
	return {
		all: false,
		names: /* @__PURE__ */ new Set(),
		folders: /* @__PURE__ */ new Map()
	};
}
/** Whiteouts: OCI image specification, layer.md. */
const whiteout = ".wh.";
const opaque = ".wh..wh..opq";
/**
* Moves the files of one layer under those of all layers above it. What they hide stays where it is.
* @param target the root so far
* @param layer a folder in the same file system, with the whiteouts as files
* @param hidden grows by what this layer hides
*/
function putUnder(target, layer, hidden, what) {
	const top = Buffer.from(layer);
	if (lstatSync(join(top, Buffer.from(opaque)), { throwIfNoEntry: false }) !== void 0) throw new InputError({
		where: what,
		problem: "the layer hides the whole root of the layers below it (.wh..wh..opq), which container tools ignore",
		remedy: "Build the image from scratch instead."
	});
	putFolder(Buffer.from(target), top, hidden);
}
function putFolder(target, layer, hidden) {
	const before = lstatSync(target, { bigint: true });
	const own = nothingHidden();
	for (const name of readdirSync(layer, { encoding: "buffer" })) {
		const source = join(layer, name);
		const key = name.toString("latin1");
		const entry = lstatSync(source, { bigint: true });
		if (noteWhiteout(own, key, entry) || hidden.names.has(key)) continue;
		const place = join(target, name);
		const there = lstatSync(place, { throwIfNoEntry: false });
		if (there === void 0) {
			renameSync(source, place);
			if (entry.isDirectory()) takeWhiteouts(place, entry, () => folderIn(hidden, key));
		} else if (there.isDirectory() && !entry.isDirectory()) folderIn(hidden, key).all = true;
		else if (there.isDirectory()) {
			const below = folderIn(hidden, key);
			if (!below.all) putFolder(place, source, below);
		}
	}
	for (const name of own.names) hidden.names.add(name);
	hidden.all ||= own.all;
	restoreTimes(target, before);
}
/** Removes the whiteouts of a folder that was moved as a whole, and remembers them. */
function takeWhiteouts(folder, before, hidden) {
	let removed = false;
	for (const name of readdirSync(folder, { encoding: "buffer" })) {
		const path = join(folder, name);
		const key = name.toString("latin1");
		const entry = lstatSync(path, { bigint: true });
		const own = nothingHidden();
		if (noteWhiteout(own, key, entry)) {
			rmSync(path, { recursive: true });
			removed = true;
			const here = hidden();
			here.all ||= own.all;
			for (const each of own.names) here.names.add(each);
		} else if (entry.isDirectory()) takeWhiteouts(path, entry, () => folderIn(hidden(), key));
	}
	if (removed) restoreTimes(folder, before);
}
/** @returns whether the entry is a whiteout, or other data of a union file system */
function noteWhiteout(own, name, entry) {
	if (entry.isCharacterDevice() && entry.rdev === 0n) {
		own.names.add(name);
		return true;
	}
	if (!name.startsWith(whiteout)) return false;
	if (name === opaque) own.all = true;
	else if (!name.startsWith(".wh..wh.")) own.names.add(name.slice(4));
	return true;
}
function folderIn(hidden, name) {
	const known = hidden.folders.get(name) ?? nothingHidden();
	hidden.folders.set(name, known);
	return known;
}
function restoreTimes(folder, { atimeNs, mtimeNs }) {
	utimesSync(folder, Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9);
}
function join(folder, name) {
	return Buffer.concat([
		folder,
		Buffer.from("/"),
		name
	]);
}
// src/world/layers/namespace-root.ts
/** Whether this process is root of a user namespace only (user_namespaces(7)). */
function isNamespaceRoot() {
	return !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync("/proc/self/uid_map", "latin1"));
}
// src/world/layers/unpack-layer.ts
init_errors();
/**
* The options of GNU tar: names, owners, modes, links, devices and extended attributes as they are in the archive. It
* never follows a link out of the folder: links that lead up or start with a slash are made at the end.
*/
const extract = [
	...[
		"--extract",
		"--file=-",
		"--numeric-owner",
		"--same-owner",
		"--preserve-permissions"
	],
	...["--xattrs", "--xattrs-include=*"],
	...["--xattrs-exclude=security.selinux", "--xattrs-exclude=trusted.overlay.*"],
	...["--warning=no-timestamp", "--warning=no-unknown-keyword"]
];
/** Longer output of tar is cut. */
const keptOutput = 65536;
/**
* Unpacks one layer into an empty folder, as a stream. Whiteouts are left there as files.
* @throws InputError for a layer that is not what its image says, or not an archive
*/
async function unpackLayer({ what, open, diffId }, folder, allowance) {
	requireTools(["tar"]);
	const content = await decompressed(await open(), what);
	const tar = spawn(findTool("tar") ?? "tar", [
		...extract,
		"--directory",
		folder
	], {
		argv0: "tar",
		stdio: [
			"pipe",
			"ignore",
			"pipe"
		],
		env: {
			...process.env,
			LC_ALL: "C",
			TAR_OPTIONS: ""
		}
	});
	const closed = new Promise((resolve, reject) => {
		tar.once("close", resolve);
		tar.once("error", reject);
	});
	closed.catch(() => {});
	let said = "";
	tar.stderr.on("data", (chunk) => {
		if (said.length < keptOutput) said += chunk.toString("latin1");
	});
	tar.stdin.on("error", () => {});
	try {
		const found = await pass(content, tar.stdin, closed, {
			what,
			allowance
		});
		const code = await closed;
		refuse(said, code, what);
		if (found !== diffId) throw new InputError({
			where: what,
			problem: "the layer does not hold the files that the config of its image names",
			found,
			expected: diffId
		});
	} catch (error) {
		content.destroy();
		tar.kill("SIGKILL");
		await closed.catch(() => {});
		throw asInput(error, what);
	}
}
/** @returns the digest of all that passed */
async function pass(content, sink, closed, { what, allowance }) {
	const hash = createHash("sha256");
	for await (const chunk of content) {
		hash.update(chunk);
		allowance.bytes -= chunk.length;
		if (allowance.bytes < 0) throw new InputError({
			where: what,
			problem: "the layers become too large when they are unpacked",
			expected: allowance.reason,
			remedy: "If the image is really that large, set TMPDIR to a folder with more space."
		});
		if (sink.writable && !sink.write(chunk)) await Promise.race([once(sink, "drain").catch(() => {}), closed]);
	}
	sink.end();
	return `sha256:${hash.digest("hex")}`;
}
/** @throws InputError or OutsideError for what tar said, or its exit code */
function refuse(said, code, what) {
	const lines = said.split("\n").filter((line) => line !== "");
	const climbing = lines.find((line) => /Removing leading `[^']*\.\.\//.test(line));
	if (climbing !== void 0) throw new InputError({
		where: what,
		problem: "a path of the layer leads out of the root",
		found: climbing
	});
	if (code === 0) return;
	const problems = lines.filter((line) => !/^tar: Exiting with failure status/.test(line));
	const onlyDevices = problems.length > 0 && problems.every((line) => /Cannot mknod: Operation not perm/.test(line));
	if (code === 2 && onlyDevices && isNamespaceRoot()) return;
	const shown = problems.slice(0, 3).join("; ") || `tar: exit code ${code}`;
	if (code === null || /No space left on device|Disk quota exceeded/.test(said)) throw new OutsideError(`unpacking ${what}`, shown);
	throw new InputError({
		where: what,
		problem: "the layer cannot be unpacked",
		found: shown
	});
}
function asInput(error, what) {
	const code = error?.code;
	if (typeof code !== "string" || !/^Z_|^ERR_STREAM_PREMATURE/.test(code)) return error;
	return new InputError({
		where: what,
		problem: "the layer cannot be decompressed"
	}, { cause: error });
}
// src/world/layers/root-of-layers.ts
init_errors();
/** No image for a machine is larger. */
const largestRoot = 64 * 1024 ** 3;
/** How many layers come at the same time. */
const parallel = 3;
/** The mode that containers/storage gives to the root of every image, whatever its layers say. */
const modeOfRoot = 365;
/**
* Makes the root file system of an image from its layers, each read once and as a stream: as a node or buildah has it,
* but without a mount, so the number of layers does not matter. Only root can do it: owners and attributes are those
* of the layers.
* @param layers the lowest first
* @param folder an empty folder; the caller removes it
* @param options.largest bytes that the layers may have when unpacked
* @returns the folder of the root
* @throws InputError for a layer that cannot be trusted or read
*/
async function makeRootOfLayers(layers, folder, options = {}) {
	const root = join$1(folder, "root");
	await mkdir(root);
	const allowance = await allowanceIn(folder, options.largest);
	const { bytes: most } = allowance;
	const hidden = nothingHidden();
	const order = withoutRepeated(layers).reverse();
	const running = [];
	let failure;
	try {
		for (const [index, { what }] of order.entries()) {
			for (const next of order.slice(running.length, index + parallel)) {
				const place = join$1(folder, `layer-${running.length}`);
				const unpacked = mkdir(place).then(() => unpackLayer(next, place, allowance).then(() => place));
				unpacked.catch((error) => {
					failure ??= { error };
					allowance.bytes = Number.NEGATIVE_INFINITY;
				});
				running.push(unpacked);
			}
			const place = await running[index];
			putUnder(root, place, hidden, what);
			await rm(place, { recursive: true });
			options.onLayer?.(index + 1);
		}
	} catch (error) {
		throw failure === void 0 ? error : failure.error;
	} finally {
		await Promise.allSettled(running);
	}
	await refuseHoles(root, most, allowance.reason);
	await chmod(root, modeOfRoot);
	return root;
}
/** A layer that comes again higher up hides itself. */
function withoutRepeated(layers) {
	return layers.filter(({ diffId }, index) => !layers.slice(index + 1).some((each) => each.diffId === diffId));
}
/** What may be unpacked in a folder: an image's worth, and no more than leaves the disk usable. */
async function allowanceIn(folder, largest = largestRoot) {
	const { bavail, bsize } = await statfs(folder);
	const free = Math.floor(bavail * bsize * .95);
	const bytes = Math.min(largest, free);
	return {
		bytes,
		reason: bytes === free ? `at most ${bytes} bytes, which are free in ${folder}` : `at most ${bytes} bytes`
	};
}
/** A file of holes takes no space in an archive, and may say any size. */
async function refuseHoles(root, most, reason) {
	const { stdout } = await exec("du", [
		"--summarize",
		"--apparent-size",
		"--block-size=1",
		root
	], { doing: "measuring the unpacked image" });
	const size = Number.parseInt(stdout, 10);
	if (size <= most) return;
	throw new InputError({
		problem: "files of the image have holes, and become too large",
		found: `${size} bytes`,
		expected: reason
	});
}
export { makeRootOfLayers as n, unpackLayer as r, allowanceIn as t };
