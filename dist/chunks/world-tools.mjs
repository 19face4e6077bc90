import { t as cacheFolder } from "./start.mjs";
import { Gt as messageOf, Ht as OutsideError, V as isMissing, Vt as InputError, W as withTemporaryFolder, Wt as init_errors, g as exec } from "./host.mjs";
import { Ea as digestOf } from "./shared.mjs";
import { join } from "node:path";
import { chmod, readFile, writeFile } from "node:fs/promises";
// src/world/tools/debian-package.ts
init_errors();
/**
* The files of a Debian package: deb(5), an archive of ar(5). Fedora has no program that unpacks one.
* @returns name and content of the tar archive with the package's files, such as data.tar.xz
* @throws InputError if the bytes are not a Debian package
*/
function readPackageData(bytes) {
	if (bytes.toString("latin1", 0, 8) !== "!<arch>\n") throw notPackage();
	for (let at = 8; at + 60 <= bytes.length;) {
		const name = bytes.toString("latin1", at, at + 16).trimEnd().replace(/\/$/, "");
		const size = Number(bytes.toString("latin1", at + 48, at + 58).trim());
		const start = at + 60;
		if (!Number.isSafeInteger(size) || size < 0 || start + size > bytes.length) throw notPackage();
		if (name.startsWith("data.tar")) return {
			name,
			content: bytes.subarray(start, start + size)
		};
		at = start + size + size % 2;
	}
	throw notPackage();
}
function notPackage() {
	return new InputError({
		problem: "this is not a Debian package",
		expected: "an ar archive with data.tar.*"
	});
}
// src/world/tools/pinned-tools.ts
const busyboxFolders = ["https://deb.debian.org/debian/pool/main/b/busybox/", "https://snapshot.debian.org/archive/debian/20261101T000000Z/pool/main/b/busybox/"];
/** The tools by name. Debian's static busybox runs in guests of another architecture than the machine's. */
const pinnedTools = { "busybox-static": {
	version: "1.35.0-4.deb12u1.b1",
	path: "bin/busybox",
	files: {
		x86_64: {
			name: "busybox-static_1.35.0-4+deb12u1+b1_amd64.deb",
			folders: busyboxFolders,
			sha256: "3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744",
			program: "3d9f2889d6782537624a4e1a10e68a2ddd53e0ee8bac02676f27308f42ec6bf6"
		},
		aarch64: {
			name: "busybox-static_1.35.0-4+deb12u1+b1_arm64.deb",
			folders: busyboxFolders,
			sha256: "732c9135564fc71337e0e05fb4da4d11e6c28c1834bce3e405e575afef2a52f5",
			program: "61781806ad3650b0b9d2b3fc6971e2bffdca967af1a95375abd0578bafff14fb"
		}
	}
} };
// src/world/tools/tool-cache.ts
init_errors();
/** @throws InputError if the tool does not exist for this architecture */
function pinOf(name, architecture) {
	const tool = pinnedTools[name];
	const file = tool.files[architecture];
	if (file !== void 0) return {
		name,
		architecture,
		tool,
		file
	};
	throw new InputError({
		problem: `${name} cannot be downloaded for this architecture`,
		found: architecture,
		expected: `one of ${Object.keys(tool.files).join(", ")}`
	});
}
/**
* The tool, if an earlier call of fetchPinnedTool left it in this machine's tool cache: on a runner RUNNER_TOOL_CACHE,
* elsewhere the user's cache folder.
* @returns the path of the program; undefined if it is missing, or has other bytes than the pinned ones
*/
async function findPinnedTool({ name, architecture, tool, file }) {
	const folder = await withToolCache((cache) => cache.find(name, tool.version, architecture));
	if (folder === "") return void 0;
	const path = join(folder, name);
	return await hasBytes(path, file.program) ? path : void 0;
}
/**
* Finds a tool in the tool cache, or downloads it there. Its bytes are checked against the pinned ones before they are
* unpacked and again before they are used.
* @param mirror address of a folder that has the package under its own name, in place of Debian's
* @returns the path of the program
* @throws OutsideError if it cannot be downloaded, or has other bytes
*/
async function fetchPinnedTool(pin, { mirror } = {}) {
	const found = await findPinnedTool(pin);
	if (found !== void 0) return found;
	const { name, architecture, tool, file } = pin;
	return withTemporaryFolder("tool", async (folder) => {
		const data = readPackageData(await download(file, mirror, folder));
		const archive = join(folder, data.name);
		await writeFile(archive, data.content);
		await exec("tar", [
			"--extract",
			"--no-same-owner",
			"--directory",
			folder,
			"--file",
			archive
		]);
		const program = join(folder, tool.path);
		if (!await hasBytes(program, file.program)) throw new InputError({
			where: file.name,
			problem: "the program in it has other bytes than the pinned ones"
		});
		await chmod(program, 493);
		const kept = await withToolCache((cache) => cache.cacheFile(program, name, name, tool.version, architecture));
		return join(kept, name);
	});
}
/**
* Works with the tool cache, which is loaded only if a tool is needed. It asks for the folders of a runner, which other
* machines do not name. On a command line, standard output is data, so what the library writes there is dropped: lines
* such as `::debug::` are for a runner.
*/
async function withToolCache(work) {
	const { env, stdout } = process;
	const own = cacheFolder("tools", env);
	env.RUNNER_TOOL_CACHE ||= own;
	env.RUNNER_TEMP ||= own;
	const cache = await import("./tool-cache.mjs");
	if (env.GITHUB_ACTIONS === "true") return work(cache);
	const write = stdout.write;
	stdout.write = () => true;
	try {
		return await work(cache);
	} finally {
		stdout.write = write;
	}
}
async function download(file, mirror, folder) {
	const folders = mirror === void 0 ? file.folders : [mirror.endsWith("/") ? mirror : `${mirror}/`];
	const failures = [];
	for (const [index, address] of folders.entries()) {
		const url = `${address}${encodeURIComponent(file.name)}`;
		try {
			const path = join(folder, `download-${index}`);
			const bytes = await readFile(await withToolCache((cache) => cache.downloadTool(url, path)));
			const sha256 = sha256Of(bytes);
			if (sha256 === file.sha256) return bytes;
			failures.push(`${url}: SHA-256 ${sha256} of ${bytes.length} bytes, expected ${file.sha256}`);
		} catch (error) {
			failures.push(`${url}: ${messageOf(error)}`);
		}
	}
	throw new OutsideError(`downloading ${file.name}`, `nothing was used of ${failures.join("; ")}`);
}
async function hasBytes(path, sha256) {
	try {
		return sha256Of(await readFile(path)) === sha256;
	} catch (error) {
		if (isMissing(error)) return false;
		throw error;
	}
}
/** In hex, as lists of packages have it. */
function sha256Of(bytes) {
	return digestOf(bytes).slice(7);
}
export { findPinnedTool as n, pinOf as r, fetchPinnedTool as t };
