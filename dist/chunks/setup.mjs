import { $ as beforeWriting, Gt as messageOf, Ht as OutsideError, Lt as defined, Rt as definedVariables, Vt as InputError, Wt as init_errors, _ as fedoraPackageOf, b as requireTools, g as exec, v as findTool, y as packageOf } from "./host.mjs";
import { x as findStaticBusybox } from "./loop-boot-test.mjs";
import { ft as hostArchitecture } from "./guidance.mjs";
import { r as pinOf, t as fetchPinnedTool } from "./world-tools.mjs";
import { userInfo } from "node:os";
import { access, constants } from "node:fs/promises";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { once } from "node:events";
// src/setup/needs.ts
init_errors();
const emulators = {
	x86_64: "qemu-system-x86_64",
	aarch64: "qemu-system-aarch64"
};
/** The verbs that need more than Node.js and git on the machine. */
const preparedVerbs = ["build-image", "boot-test"];
/**
* Programs that a verb starts.
* @param user an unprivileged user's buildah needs the tools that map user ids
*/
function programsOf(verb, { architecture, user }) {
	const build = [
		"buildah",
		"git",
		"slirp4netns",
		...user ? ["newuidmap", "fuse-overlayfs"] : []
	];
	if (verb === "build-image") return build;
	const emulator = emulators[architecture];
	return [
		...build,
		"mkfs.erofs",
		"mkfs.ext4",
		"cpio",
		"modprobe",
		"xz",
		"zstd",
		"busybox",
		...emulator === void 0 ? [] : [emulator]
	];
}
// src/setup/exec-live.ts
/**
* Runs a program that gets no input, and shows each line of its output as it comes. It is GitHub's own
* `@actions/exec`, started through a shell that closes the input, because version 3.0.0 has these faults:
* - Without input it leaves the program's standard input open, so a program that asks a question waits forever. With
*   input, also an empty one, this process crashes if the program ends without reading it.
* - It reads its first parameter as a command line, so a path with a space would be two words.
* - Its listeners for lines never get a last line without a line break. Those for data do.
* @returns the exit code
* @throws InputError if the program is not installed
* @throws OutsideError on any exit code that is not allowed, with the last lines that the program printed
*/
async function execLive(program, args, options) {
	requireTools([program]);
	const output = new PassThrough();
	const last = [];
	const lines = createInterface({ input: output }).on("line", (line) => {
		options.onLine(line);
		last.push(line);
		if (last.length > 12) last.shift();
	});
	const end = once(lines, "close");
	const doing = `running ${[program, ...args].join(" ")}`;
	const { exec } = await import("./exec.mjs");
	const show = (data) => output.write(data);
	let exitCode;
	options.onLine(`[command]${[program, ...args].join(" ")}`);
	try {
		exitCode = await exec("/bin/sh", [
			"-c",
			"exec \"$0\" \"$@\" </dev/null",
			findTool(program),
			...args
		], {
			env: {
				...definedVariables(process.env),
				...options.env
			},
			ignoreReturnCode: true,
			silent: true,
			listeners: {
				stdout: show,
				stderr: show
			}
		});
	} catch (error) {
		throw new OutsideError(doing, messageOf(error));
	} finally {
		output.end();
		await end;
	}
	if (exitCode === null || !(options.allow ?? [0]).includes(exitCode)) {
		const how = exitCode === null ? "it was ended by a signal" : `exit code ${exitCode}`;
		throw new OutsideError(doing, [how, ...last.map((line) => `  ${line}`)].join("\n"));
	}
	return exitCode;
}
// src/setup/as-root.ts
init_errors();
/** True if commands can run as root without a question: as root, or by a sudo that asks for no password. */
async function canBeRoot() {
	if (process.getuid?.() === 0) return true;
	if (findTool("sudo") === void 0) return false;
	return (await exec("sudo", ["-n", "true"], { allow: [0, 1] })).exitCode === 0;
}
/** Runs a program as root. @throws InputError if this user cannot */
async function asRoot(program, args, options = {}) {
	const command = await commandAsRoot(program, args, options.env);
	return exec(command.program, command.args, options);
}
/** The same for a program that takes long: people see its output as it comes. @returns the exit code */
async function asRootLive(program, args, options) {
	const command = await commandAsRoot(program, args, options.env);
	return execLive(command.program, command.args, options);
}
async function commandAsRoot(program, args, env = {}) {
	if (process.getuid?.() === 0) return {
		program,
		args
	};
	if (!await canBeRoot()) throw new InputError({
		problem: `this user may not become root, and ${program} has to run as root`,
		remedy: "Allow sudo without a password, or prepare the machine beforehand: coxswain set-up-host as root."
	});
	return {
		program: "sudo",
		args: [
			"-n",
			"env",
			...Object.entries(env).map(([name, value]) => `${name}=${value}`),
			findTool(program) ?? program,
			...args
		]
	};
}
// src/setup/kvm.ts
const device = "/dev/kvm";
/**
* Lets this user open /dev/kvm. GitHub's hosted runners have it but do not give the job's user access. If the file
* system supports access lists, only this user gets access; otherwise all users do.
*/
async function openKvm() {
	if (!await may(constants.F_OK)) return "absent";
	if (await may(constants.R_OK | constants.W_OK)) return "ours";
	if (!await canBeRoot()) return "refused";
	beforeWriting(() => `open ${device} to this user`);
	const { username } = userInfo();
	if (findTool("setfacl") !== void 0) await asRoot("setfacl", [
		"--modify",
		`user:${username}:rw`,
		device
	], { allow: [0, 1] });
	if (!await may(constants.R_OK | constants.W_OK)) await asRoot("chmod", ["0666", device], { allow: [0, 1] });
	return await may(constants.R_OK | constants.W_OK) ? "opened" : "refused";
}
async function may(mode) {
	return access(device, mode).then(() => true, () => false);
}
init_errors();
/**
* Prepares a runner for verbs: installs the packages of missing programs, downloads a helper for machines of another
* architecture, and opens /dev/kvm. If nothing is missing, it does nothing.
* @throws InputError if something is missing and this user cannot install it
* @throws OutsideError if a download fails, or is not what it has to be
*/
async function setUp(options) {
	const { verbs, architecture, toolMirror, log } = options;
	const user = process.getuid?.() !== 0;
	const boots = verbs.includes("boot-test");
	const missing = verbs.flatMap((verb) => programsOf(verb, {
		architecture,
		user
	})).filter((program) => findTool(program) === void 0);
	if (boots && !await hasStaticBusybox()) missing.push("busybox");
	const manager = ["apt-get", "dnf"].find((name) => findTool(name) !== void 0);
	const nameOf = manager === "dnf" ? fedoraPackageOf : packageOf;
	const installed = [...new Set(missing.map(nameOf))].sort();
	if (installed.length > 0) await install(installed, manager, log);
	const helper = boots && architecture !== hostArchitecture() ? await log.task(`fetching a static busybox for ${architecture}`, () => fetchPinnedTool(pinOf("busybox-static", architecture), defined({ mirror: toolMirror }))) : void 0;
	return {
		installed,
		...defined({
			helper,
			kvm: boots ? await openKvm() : void 0
		})
	};
}
async function hasStaticBusybox() {
	if (findTool("busybox") === void 0) return false;
	return findStaticBusybox().then(() => true, () => false);
}
async function install(packages, manager, log) {
	if (manager === void 0 || !await canBeRoot()) throw new InputError({
		problem: `programs are missing, and cannot be installed here: the ${manager === "dnf" ? "Fedora" : "Debian"} packages ${packages.join(" ")}`,
		remedy: "Install them on the runner beforehand."
	});
	beforeWriting(() => `install the packages ${packages.join(" ")}`);
	await log.task(`installing ${packages.join(" ")}`, () => manager === "dnf" ? installByDnf(packages, log.info) : installByApt(packages, log.info));
}
async function installByDnf(packages, onLine) {
	await asRootLive("dnf", [
		"--assumeyes",
		"--setopt=install_weak_deps=False",
		"install",
		...packages
	], { onLine });
}
async function installByApt(packages, onLine) {
	const live = {
		env: {
			DEBIAN_FRONTEND: "noninteractive",
			NEEDRESTART_SUSPEND: "1"
		},
		onLine
	};
	const patient = [
		"-q",
		"-o",
		"DPkg::Lock::Timeout=120",
		"-o",
		"Acquire::Retries=3"
	];
	if ((await exec("apt-cache", ["show", ...packages], { allow: [0, 100] })).exitCode !== 0) await asRootLive("apt-get", [...patient, "update"], live);
	const args = [
		...patient,
		"install",
		"--yes",
		"--no-install-recommends",
		...packages
	];
	if (await asRootLive("apt-get", args, {
		...live,
		allow: [0, 100]
	}) === 0) return;
	await asRootLive("apt-get", [...patient, "update"], live);
	await asRootLive("apt-get", args, live);
}
export { preparedVerbs as n, setUp as t };
