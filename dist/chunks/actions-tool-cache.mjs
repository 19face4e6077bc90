import { o as __toESM, r as __exportAll } from "./rolldown-runtime.mjs";
import { a as info, o as isDebug, t as debug } from "./actions-core.mjs";
import { i as which, n as mkdirP, r as rmRF, t as cp$1 } from "./actions-io.mjs";
import { t as require_semver } from "./semver.mjs";
import { n as HttpClient } from "./actions-http-client.mjs";
import { t as exec } from "./actions-exec.mjs";
import * as cp from "child_process";
import * as path from "path";
import * as fs from "fs";
import * as os from "os";
import { ok } from "assert";
import * as crypto from "crypto";
import * as util from "util";
import * as stream from "stream";
// node_modules/@actions/tool-cache/lib/manifest.js
var import_semver = /* @__PURE__ */ __toESM(require_semver(), 1);
var __awaiter$2 = function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};
const _internal = { readLinuxVersionFile() {
	const lsbReleaseFile = "/etc/lsb-release";
	const osReleaseFile = "/etc/os-release";
	let contents = "";
	if (fs.existsSync(lsbReleaseFile)) contents = fs.readFileSync(lsbReleaseFile).toString();
	else if (fs.existsSync(osReleaseFile)) contents = fs.readFileSync(osReleaseFile).toString();
	return contents;
} };
function _findMatch(versionSpec, stable, candidates, archFilter) {
	return __awaiter$2(this, void 0, void 0, function* () {
		const platFilter = os.platform();
		let result;
		let match;
		let file;
		for (const candidate of candidates) {
			const version = candidate.version;
			debug(`check ${version} satisfies ${versionSpec}`);
			if (import_semver.satisfies(version, versionSpec) && (!stable || candidate.stable === stable)) {
				file = candidate.files.find((item) => {
					debug(`${item.arch}===${archFilter} && ${item.platform}===${platFilter}`);
					let chk = item.arch === archFilter && item.platform === platFilter;
					if (chk && item.platform_version) {
						const osVersion = _getOsVersion();
						if (osVersion === item.platform_version) chk = true;
						else chk = import_semver.satisfies(osVersion, item.platform_version);
					}
					return chk;
				});
				if (file) {
					debug(`matched ${candidate.version}`);
					match = candidate;
					break;
				}
			}
		}
		if (match && file) {
			result = Object.assign({}, match);
			result.files = [file];
		}
		return result;
	});
}
function _getOsVersion() {
	const plat = os.platform();
	let version = "";
	if (plat === "darwin") version = cp.execSync("sw_vers -productVersion").toString();
	else if (plat === "linux") {
		const lsbContents = _internal.readLinuxVersionFile();
		if (lsbContents) {
			const lines = lsbContents.split("\n");
			for (const line of lines) {
				const parts = line.split("=");
				if (parts.length === 2 && (parts[0].trim() === "VERSION_ID" || parts[0].trim() === "DISTRIB_RELEASE")) {
					version = parts[1].trim().replace(/^"/, "").replace(/"$/, "");
					break;
				}
			}
		}
	}
	return version;
}
// node_modules/@actions/tool-cache/lib/retry-helper.js
var __awaiter$1 = function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};
/**
* Internal class for retries
*/
var RetryHelper = class {
	constructor(maxAttempts, minSeconds, maxSeconds) {
		if (maxAttempts < 1) throw new Error("max attempts should be greater than or equal to 1");
		this.maxAttempts = maxAttempts;
		this.minSeconds = Math.floor(minSeconds);
		this.maxSeconds = Math.floor(maxSeconds);
		if (this.minSeconds > this.maxSeconds) throw new Error("min seconds should be less than or equal to max seconds");
	}
	execute(action, isRetryable) {
		return __awaiter$1(this, void 0, void 0, function* () {
			let attempt = 1;
			while (attempt < this.maxAttempts) {
				try {
					return yield action();
				} catch (err) {
					if (isRetryable && !isRetryable(err)) throw err;
					info(err.message);
				}
				const seconds = this.getSleepAmount();
				info(`Waiting ${seconds} seconds before trying again`);
				yield this.sleep(seconds);
				attempt++;
			}
			return yield action();
		});
	}
	getSleepAmount() {
		return Math.floor(Math.random() * (this.maxSeconds - this.minSeconds + 1)) + this.minSeconds;
	}
	sleep(seconds) {
		return __awaiter$1(this, void 0, void 0, function* () {
			return new Promise((resolve) => setTimeout(resolve, seconds * 1e3));
		});
	}
};
// node_modules/@actions/tool-cache/lib/tool-cache.js
var tool_cache_exports = /* @__PURE__ */ __exportAll({
	HTTPError: () => HTTPError,
	cacheDir: () => cacheDir,
	cacheFile: () => cacheFile,
	downloadTool: () => downloadTool,
	evaluateVersions: () => evaluateVersions,
	extract7z: () => extract7z,
	extractTar: () => extractTar,
	extractXar: () => extractXar,
	extractZip: () => extractZip,
	find: () => find,
	findAllVersions: () => findAllVersions,
	findFromManifest: () => findFromManifest,
	getManifestFromRepo: () => getManifestFromRepo,
	isExplicitVersion: () => isExplicitVersion
});
var __awaiter = function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};
var HTTPError = class extends Error {
	constructor(httpStatusCode) {
		super(`Unexpected HTTP response: ${httpStatusCode}`);
		this.httpStatusCode = httpStatusCode;
		Object.setPrototypeOf(this, new.target.prototype);
	}
};
const IS_WINDOWS = process.platform === "win32";
const IS_MAC = process.platform === "darwin";
const userAgent = "actions/tool-cache";
/**
* Download a tool from an url and stream it into a file
*
* @param url       url of tool to download
* @param dest      path to download tool
* @param auth      authorization header
* @param headers   other headers
* @returns         path to downloaded tool
*/
function downloadTool(url, dest, auth, headers) {
	return __awaiter(this, void 0, void 0, function* () {
		dest = dest || path.join(_getTempDirectory(), crypto.randomUUID());
		yield mkdirP(path.dirname(dest));
		debug(`Downloading ${url}`);
		debug(`Destination ${dest}`);
		return yield new RetryHelper(3, _getGlobal("TEST_DOWNLOAD_TOOL_RETRY_MIN_SECONDS", 10), _getGlobal("TEST_DOWNLOAD_TOOL_RETRY_MAX_SECONDS", 20)).execute(() => __awaiter(this, void 0, void 0, function* () {
			return yield downloadToolAttempt(url, dest || "", auth, headers);
		}), (err) => {
			if (err instanceof HTTPError && err.httpStatusCode) {
				if (err.httpStatusCode < 500 && err.httpStatusCode !== 408 && err.httpStatusCode !== 429) return false;
			}
			return true;
		});
	});
}
function downloadToolAttempt(url, dest, auth, headers) {
	return __awaiter(this, void 0, void 0, function* () {
		if (fs.existsSync(dest)) throw new Error(`Destination file path ${dest} already exists`);
		const http = new HttpClient(userAgent, [], { allowRetries: false });
		if (auth) {
			debug("set auth");
			if (headers === void 0) headers = {};
			headers.authorization = auth;
		}
		const response = yield http.get(url, headers);
		if (response.message.statusCode !== 200) {
			const err = new HTTPError(response.message.statusCode);
			debug(`Failed to download from "${url}". Code(${response.message.statusCode}) Message(${response.message.statusMessage})`);
			throw err;
		}
		const pipeline = util.promisify(stream.pipeline);
		const readStream = _getGlobal("TEST_DOWNLOAD_TOOL_RESPONSE_MESSAGE_FACTORY", () => response.message)();
		let succeeded = false;
		try {
			yield pipeline(readStream, fs.createWriteStream(dest));
			debug("download complete");
			succeeded = true;
			return dest;
		} finally {
			if (!succeeded) {
				debug("download failed");
				try {
					yield rmRF(dest);
				} catch (err) {
					debug(`Failed to delete '${dest}'. ${err.message}`);
				}
			}
		}
	});
}
/**
* Extract a .7z file
*
* @param file     path to the .7z file
* @param dest     destination directory. Optional.
* @param _7zPath  path to 7zr.exe. Optional, for long path support. Most .7z archives do not have this
* problem. If your .7z archive contains very long paths, you can pass the path to 7zr.exe which will
* gracefully handle long paths. By default 7zdec.exe is used because it is a very small program and is
* bundled with the tool lib. However it does not support long paths. 7zr.exe is the reduced command line
* interface, it is smaller than the full command line interface, and it does support long paths. At the
* time of this writing, it is freely available from the LZMA SDK that is available on the 7zip website.
* Be sure to check the current license agreement. If 7zr.exe is bundled with your action, then the path
* to 7zr.exe can be pass to this function.
* @returns        path to the destination directory
*/
function extract7z(file, dest, _7zPath) {
	return __awaiter(this, void 0, void 0, function* () {
		ok(IS_WINDOWS, "extract7z() not supported on current OS");
		ok(file, "parameter \"file\" is required");
		dest = yield _createExtractFolder(dest);
		const originalCwd = process.cwd();
		process.chdir(dest);
		if (_7zPath) try {
			const args = [
				"x",
				isDebug() ? "-bb1" : "-bb0",
				"-bd",
				"-sccUTF-8",
				file
			];
			yield exec(`"${_7zPath}"`, args, { silent: true });
		} finally {
			process.chdir(originalCwd);
		}
		else {
			const args = [
				"-NoLogo",
				"-Sta",
				"-NoProfile",
				"-NonInteractive",
				"-ExecutionPolicy",
				"Unrestricted",
				"-Command",
				`& '${path.join(__dirname, "..", "scripts", "Invoke-7zdec.ps1").replace(/'/g, "''").replace(/"|\n|\r/g, "")}' -Source '${file.replace(/'/g, "''").replace(/"|\n|\r/g, "")}' -Target '${dest.replace(/'/g, "''").replace(/"|\n|\r/g, "")}'`
			];
			const options = { silent: true };
			try {
				const powershellPath = yield which("powershell", true);
				yield exec(`"${powershellPath}"`, args, options);
			} finally {
				process.chdir(originalCwd);
			}
		}
		return dest;
	});
}
/**
* Extract a compressed tar archive
*
* @param file     path to the tar
* @param dest     destination directory. Optional.
* @param flags    flags for the tar command to use for extraction. Defaults to 'xz' (extracting gzipped tars). Optional.
* @returns        path to the destination directory
*/
function extractTar(file_1, dest_1) {
	return __awaiter(this, arguments, void 0, function* (file, dest, flags = "xz") {
		if (!file) throw new Error("parameter 'file' is required");
		dest = yield _createExtractFolder(dest);
		debug("Checking tar --version");
		let versionOutput = "";
		yield exec("tar --version", [], {
			ignoreReturnCode: true,
			silent: true,
			listeners: {
				stdout: (data) => versionOutput += data.toString(),
				stderr: (data) => versionOutput += data.toString()
			}
		});
		debug(versionOutput.trim());
		const isGnuTar = versionOutput.toUpperCase().includes("GNU TAR");
		let args;
		if (flags instanceof Array) args = flags;
		else args = [flags];
		if (isDebug() && !flags.includes("v")) args.push("-v");
		let destArg = dest;
		let fileArg = file;
		if (IS_WINDOWS && isGnuTar) {
			args.push("--force-local");
			destArg = dest.replace(/\\/g, "/");
			fileArg = file.replace(/\\/g, "/");
		}
		if (isGnuTar) {
			args.push("--warning=no-unknown-keyword");
			args.push("--overwrite");
		}
		args.push("-C", destArg, "-f", fileArg);
		yield exec(`tar`, args);
		return dest;
	});
}
/**
* Extract a xar compatible archive
*
* @param file     path to the archive
* @param dest     destination directory. Optional.
* @param flags    flags for the xar. Optional.
* @returns        path to the destination directory
*/
function extractXar(file_1, dest_1) {
	return __awaiter(this, arguments, void 0, function* (file, dest, flags = []) {
		ok(IS_MAC, "extractXar() not supported on current OS");
		ok(file, "parameter \"file\" is required");
		dest = yield _createExtractFolder(dest);
		let args;
		if (flags instanceof Array) args = flags;
		else args = [flags];
		args.push("-x", "-C", dest, "-f", file);
		if (isDebug()) args.push("-v");
		const xarPath = yield which("xar", true);
		yield exec(`"${xarPath}"`, _unique(args));
		return dest;
	});
}
/**
* Extract a zip
*
* @param file     path to the zip
* @param dest     destination directory. Optional.
* @returns        path to the destination directory
*/
function extractZip(file, dest) {
	return __awaiter(this, void 0, void 0, function* () {
		if (!file) throw new Error("parameter 'file' is required");
		dest = yield _createExtractFolder(dest);
		if (IS_WINDOWS) yield extractZipWin(file, dest);
		else yield extractZipNix(file, dest);
		return dest;
	});
}
function extractZipWin(file, dest) {
	return __awaiter(this, void 0, void 0, function* () {
		const escapedFile = file.replace(/'/g, "''").replace(/"|\n|\r/g, "");
		const escapedDest = dest.replace(/'/g, "''").replace(/"|\n|\r/g, "");
		const pwshPath = yield which("pwsh", false);
		if (pwshPath) {
			const args = [
				"-NoLogo",
				"-NoProfile",
				"-NonInteractive",
				"-ExecutionPolicy",
				"Unrestricted",
				"-Command",
				[
					`$ErrorActionPreference = 'Stop' ;`,
					`try { Add-Type -AssemblyName System.IO.Compression.ZipFile } catch { } ;`,
					`try { [System.IO.Compression.ZipFile]::ExtractToDirectory('${escapedFile}', '${escapedDest}', $true) }`,
					`catch { if (($_.Exception.GetType().FullName -eq 'System.Management.Automation.MethodException') -or ($_.Exception.GetType().FullName -eq 'System.Management.Automation.RuntimeException') ){ Expand-Archive -LiteralPath '${escapedFile}' -DestinationPath '${escapedDest}' -Force } else { throw $_ } } ;`
				].join(" ")
			];
			debug(`Using pwsh at path: ${pwshPath}`);
			yield exec(`"${pwshPath}"`, args);
		} else {
			const args = [
				"-NoLogo",
				"-Sta",
				"-NoProfile",
				"-NonInteractive",
				"-ExecutionPolicy",
				"Unrestricted",
				"-Command",
				[
					`$ErrorActionPreference = 'Stop' ;`,
					`try { Add-Type -AssemblyName System.IO.Compression.FileSystem } catch { } ;`,
					`if ((Get-Command -Name Expand-Archive -Module Microsoft.PowerShell.Archive -ErrorAction Ignore)) { Expand-Archive -LiteralPath '${escapedFile}' -DestinationPath '${escapedDest}' -Force }`,
					`else {[System.IO.Compression.ZipFile]::ExtractToDirectory('${escapedFile}', '${escapedDest}', $true) }`
				].join(" ")
			];
			const powershellPath = yield which("powershell", true);
			debug(`Using powershell at path: ${powershellPath}`);
			yield exec(`"${powershellPath}"`, args);
		}
	});
}
function extractZipNix(file, dest) {
	return __awaiter(this, void 0, void 0, function* () {
		const unzipPath = yield which("unzip", true);
		const args = [file];
		if (!isDebug()) args.unshift("-q");
		args.unshift("-o");
		yield exec(`"${unzipPath}"`, args, { cwd: dest });
	});
}
/**
* Caches a directory and installs it into the tool cacheDir
*
* @param sourceDir    the directory to cache into tools
* @param tool          tool name
* @param version       version of the tool.  semver format
* @param arch          architecture of the tool.  Optional.  Defaults to machine architecture
*/
function cacheDir(sourceDir, tool, version, arch) {
	return __awaiter(this, void 0, void 0, function* () {
		version = import_semver.clean(version) || version;
		arch = arch || os.arch();
		debug(`Caching tool ${tool} ${version} ${arch}`);
		debug(`source dir: ${sourceDir}`);
		if (!fs.statSync(sourceDir).isDirectory()) throw new Error("sourceDir is not a directory");
		const destPath = yield _createToolPath(tool, version, arch);
		for (const itemName of fs.readdirSync(sourceDir)) {
			const s = path.join(sourceDir, itemName);
			yield cp$1(s, destPath, { recursive: true });
		}
		_completeToolPath(tool, version, arch);
		return destPath;
	});
}
/**
* Caches a downloaded file (GUID) and installs it
* into the tool cache with a given targetName
*
* @param sourceFile    the file to cache into tools.  Typically a result of downloadTool which is a guid.
* @param targetFile    the name of the file name in the tools directory
* @param tool          tool name
* @param version       version of the tool.  semver format
* @param arch          architecture of the tool.  Optional.  Defaults to machine architecture
*/
function cacheFile(sourceFile, targetFile, tool, version, arch) {
	return __awaiter(this, void 0, void 0, function* () {
		version = import_semver.clean(version) || version;
		arch = arch || os.arch();
		debug(`Caching tool ${tool} ${version} ${arch}`);
		debug(`source file: ${sourceFile}`);
		if (!fs.statSync(sourceFile).isFile()) throw new Error("sourceFile is not a file");
		const destFolder = yield _createToolPath(tool, version, arch);
		const destPath = path.join(destFolder, targetFile);
		debug(`destination file ${destPath}`);
		yield cp$1(sourceFile, destPath);
		_completeToolPath(tool, version, arch);
		return destFolder;
	});
}
/**
* Finds the path to a tool version in the local installed tool cache
*
* @param toolName      name of the tool
* @param versionSpec   version of the tool
* @param arch          optional arch.  defaults to arch of computer
*/
function find(toolName, versionSpec, arch) {
	if (!toolName) throw new Error("toolName parameter is required");
	if (!versionSpec) throw new Error("versionSpec parameter is required");
	arch = arch || os.arch();
	if (!isExplicitVersion(versionSpec)) versionSpec = evaluateVersions(findAllVersions(toolName, arch), versionSpec);
	let toolPath = "";
	if (versionSpec) {
		versionSpec = import_semver.clean(versionSpec) || "";
		const cachePath = path.join(_getCacheDirectory(), toolName, versionSpec, arch);
		debug(`checking cache: ${cachePath}`);
		if (fs.existsSync(cachePath) && fs.existsSync(`${cachePath}.complete`)) {
			debug(`Found tool in cache ${toolName} ${versionSpec} ${arch}`);
			toolPath = cachePath;
		} else debug("not found");
	}
	return toolPath;
}
/**
* Finds the paths to all versions of a tool that are installed in the local tool cache
*
* @param toolName  name of the tool
* @param arch      optional arch.  defaults to arch of computer
*/
function findAllVersions(toolName, arch) {
	const versions = [];
	arch = arch || os.arch();
	const toolPath = path.join(_getCacheDirectory(), toolName);
	if (fs.existsSync(toolPath)) {
		const children = fs.readdirSync(toolPath);
		for (const child of children) if (isExplicitVersion(child)) {
			const fullPath = path.join(toolPath, child, arch || "");
			if (fs.existsSync(fullPath) && fs.existsSync(`${fullPath}.complete`)) versions.push(child);
		}
	}
	return versions;
}
function getManifestFromRepo(owner_1, repo_1, auth_1) {
	return __awaiter(this, arguments, void 0, function* (owner, repo, auth, branch = "master") {
		let releases = [];
		const treeUrl = `https://api.github.com/repos/${owner}/${repo}/git/trees/${branch}`;
		const http = new HttpClient("tool-cache");
		const headers = {};
		if (auth) {
			debug("set auth");
			headers.authorization = auth;
		}
		const response = yield http.getJson(treeUrl, headers);
		if (!response.result) return releases;
		let manifestUrl = "";
		for (const item of response.result.tree) if (item.path === "versions-manifest.json") {
			manifestUrl = item.url;
			break;
		}
		headers["accept"] = "application/vnd.github.VERSION.raw";
		let versionsRaw = yield (yield http.get(manifestUrl, headers)).readBody();
		if (versionsRaw) {
			versionsRaw = versionsRaw.replace(/^\uFEFF/, "");
			try {
				releases = JSON.parse(versionsRaw);
			} catch (_a) {
				debug("Invalid json");
			}
		}
		return releases;
	});
}
function findFromManifest(versionSpec_1, stable_1, manifest_1) {
	return __awaiter(this, arguments, void 0, function* (versionSpec, stable, manifest, archFilter = os.arch()) {
		return yield _findMatch(versionSpec, stable, manifest, archFilter);
	});
}
function _createExtractFolder(dest) {
	return __awaiter(this, void 0, void 0, function* () {
		if (!dest) dest = path.join(_getTempDirectory(), crypto.randomUUID());
		yield mkdirP(dest);
		return dest;
	});
}
function _createToolPath(tool, version, arch) {
	return __awaiter(this, void 0, void 0, function* () {
		const folderPath = path.join(_getCacheDirectory(), tool, import_semver.clean(version) || version, arch || "");
		debug(`destination ${folderPath}`);
		const markerPath = `${folderPath}.complete`;
		yield rmRF(folderPath);
		yield rmRF(markerPath);
		yield mkdirP(folderPath);
		return folderPath;
	});
}
function _completeToolPath(tool, version, arch) {
	const markerPath = `${path.join(_getCacheDirectory(), tool, import_semver.clean(version) || version, arch || "")}.complete`;
	fs.writeFileSync(markerPath, "");
	debug("finished caching tool");
}
/**
* Check if version string is explicit
*
* @param versionSpec      version string to check
*/
function isExplicitVersion(versionSpec) {
	const c = import_semver.clean(versionSpec) || "";
	debug(`isExplicit: ${c}`);
	const valid = import_semver.valid(c) != null;
	debug(`explicit? ${valid}`);
	return valid;
}
/**
* Get the highest satisfiying semantic version in `versions` which satisfies `versionSpec`
*
* @param versions        array of versions to evaluate
* @param versionSpec     semantic version spec to satisfy
*/
function evaluateVersions(versions, versionSpec) {
	let version = "";
	debug(`evaluating ${versions.length} versions`);
	versions = versions.sort((a, b) => {
		if (import_semver.gt(a, b)) return 1;
		return -1;
	});
	for (let i = versions.length - 1; i >= 0; i--) {
		const potential = versions[i];
		if (import_semver.satisfies(potential, versionSpec)) {
			version = potential;
			break;
		}
	}
	if (version) debug(`matched: ${version}`);
	else debug("match not found");
	return version;
}
/**
* Gets RUNNER_TOOL_CACHE
*/
function _getCacheDirectory() {
	const cacheDirectory = process.env["RUNNER_TOOL_CACHE"] || "";
	ok(cacheDirectory, "Expected RUNNER_TOOL_CACHE to be defined");
	return cacheDirectory;
}
/**
* Gets RUNNER_TEMP
*/
function _getTempDirectory() {
	const tempDirectory = process.env["RUNNER_TEMP"] || "";
	ok(tempDirectory, "Expected RUNNER_TEMP to be defined");
	return tempDirectory;
}
/**
* Gets a global variable
*/
function _getGlobal(key, defaultValue) {
	const value = global[key];
	return value !== void 0 ? value : defaultValue;
}
/**
* Returns an array of unique values.
* @param values Values to make unique.
*/
function _unique(values) {
	return Array.from(new Set(values));
}
export { tool_cache_exports as t };
