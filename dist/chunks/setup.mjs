import { I as InputError, P as defined, _ as exec, b as packageOf, v as fedoraPackageOf, y as findTool } from "./host.mjs";
import { d as findStaticBusybox } from "./loop-boot-test.mjs";
import { access, constants } from "node:fs/promises";
import { userInfo } from "node:os";
// src/setup/needs.ts
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
// src/setup/as-root.ts
/** True if commands can run as root without a question: as root, or by a sudo that asks for no password. */
async function canBeRoot() {
	if (process.getuid?.() === 0) return true;
	if (findTool("sudo") === void 0) return false;
	return (await exec("sudo", ["-n", "true"], { allow: [0, 1] })).exitCode === 0;
}
/** Runs a program as root. @throws InputError if this user cannot */
async function asRoot(program, args, options = {}) {
	if (process.getuid?.() === 0) return exec(program, args, options);
	if (!await canBeRoot()) throw new InputError({
		problem: `this user may not become root, and ${program} has to run as root`,
		remedy: "Allow sudo without a password, or prepare the machine beforehand: coxswain set-up-host as root."
	});
	const env = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
	return exec("sudo", [
		"-n",
		"env",
		...env,
		findTool(program) ?? program,
		...args
	], options);
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
// src/setup/set-up.ts
/**
* Prepares a runner for verbs: installs the packages of missing programs, and opens /dev/kvm. If nothing is missing,
* it does nothing.
* @throws InputError if something is missing and this user cannot install it
*/
async function setUp(options) {
	const { verbs, architecture, log } = options;
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
	return {
		installed,
		...defined({ kvm: boots ? await openKvm() : void 0 })
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
	if (manager === "dnf") {
		const args = [
			"--assumeyes",
			"--quiet",
			"--setopt=install_weak_deps=False",
			"install",
			...packages
		];
		await log.task(`installing ${packages.join(" ")}`, () => asRoot("dnf", args));
		return;
	}
	const env = {
		DEBIAN_FRONTEND: "noninteractive",
		NEEDRESTART_SUSPEND: "1"
	};
	const patient = [
		"-qq",
		"-o",
		"DPkg::Lock::Timeout=120",
		"-o",
		"Acquire::Retries=3"
	];
	await log.task(`installing ${packages.join(" ")}`, async () => {
		if ((await exec("apt-cache", ["show", ...packages], { allow: [0, 100] })).exitCode !== 0) await asRoot("apt-get", [...patient, "update"], { env });
		const args = [
			...patient,
			"install",
			"--yes",
			"--no-install-recommends",
			...packages
		];
		if ((await asRoot("apt-get", args, {
			env,
			allow: [0, 100]
		})).exitCode === 0) return;
		await asRoot("apt-get", [...patient, "update"], { env });
		await asRoot("apt-get", args, { env });
	});
}
export { preparedVerbs as n, setUp as t };
