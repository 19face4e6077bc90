import { i as require_dist } from "./libraries.mjs";
import { G as writeFileAtomically, Lt as defined, Vt as InputError, Wt as init_errors } from "./host.mjs";
import { Oa as formatRepository, Q as nodePolicy, xi as isNamed } from "./shared.mjs";
import { o as parseWindow } from "./guidance-simulation.mjs";
import { C as deployments_default, E as autobuilder_default, S as documents_default$1, T as common_default, _ as health_default, a as coxswain_health_default, b as graph_default$1, c as coxswain_graph_default, d as coxswain_autobuilder_default, f as _50_coxswain_guard_default, g as join_default, h as migrate_default, i as coxswain_join_default, l as coxswain_graph__default, m as registry_default, n as coxswain_ring_default, o as coxswain_guard_default$1, p as ring_default, r as coxswain_migrate_default, s as coxswain_guard_default, t as wariness_default, u as coxswain_autobuilder_default$1, v as guard_default, w as coxswain_node_default, x as documents_default, y as graph_default } from "./node-kit.mjs";
import { dirname, join } from "node:path";
import { chmod, mkdir, rm, symlink } from "node:fs/promises";
/** The node kit's scripts by name, as nodes run them (node/kit/). */
const scripts = {
	"autobuilder.sh": autobuilder_default,
	"common.sh": common_default,
	"coxswain-node.sh": coxswain_node_default,
	"deployments.sh": deployments_default,
	"documents.sh": documents_default,
	"graph.sh": graph_default,
	"guard.sh": guard_default,
	"health.sh": health_default,
	"join.sh": join_default,
	"migrate.sh": migrate_default,
	"registry.sh": registry_default,
	"ring.sh": ring_default,
	"wariness.sh": wariness_default,
	"documents.jq": documents_default$1,
	"graph.jq": graph_default$1
};
/** The units of each part, and their texts. */
const units = {
	ring: { "coxswain-ring.service": coxswain_ring_default },
	"local-graph": {
		"coxswain-graph.socket": coxswain_graph_default,
		"coxswain-graph@.service": coxswain_graph__default
	},
	join: { "coxswain-join.service": coxswain_join_default },
	migrate: { "coxswain-migrate.service": coxswain_migrate_default },
	guard: {
		"coxswain-guard.service": coxswain_guard_default,
		"coxswain-guard.timer": coxswain_guard_default$1
	},
	autobuilder: {
		"coxswain-autobuilder.service": coxswain_autobuilder_default,
		"coxswain-autobuilder.timer": coxswain_autobuilder_default$1
	},
	health: { "coxswain-health.service": coxswain_health_default }
};
/** Drop-ins of the guard: services that follow a tag ask it first. */
const guardedServices = ["rpm-ostreed-automatic.service", "bootc-fetch-apply-updates.service"];
// src/operate/node-kit/reboots.ts
init_errors();
const dayNames = [
	"Sun",
	"Mon",
	"Tue",
	"Wed",
	"Thu",
	"Fri",
	"Sat"
];
/**
* Zincati's configuration of an update strategy (docs/usage/updates-strategy.md of Zincati).
* @throws InputError for windows that Zincati cannot have
*/
function rebootsToml(reboots, place) {
	const head = "# Made by coxswain node-kit from node.reboots in coxswain.yaml.\n[updates]\n";
	if (reboots === "immediate") return `${head}strategy = "immediate"\n`;
	if ("fleet-lock" in reboots) return `${head}strategy = "fleet_lock"\n\n[updates.fleet_lock]\nbase_url = ${JSON.stringify(reboots["fleet-lock"])}\n`;
	const field = "node.reboots.windows";
	const windows = reboots.windows.map((text) => ({
		text,
		...parseWindow(text, {
			...place,
			field
		})
	}));
	const zones = [...new Set(windows.map(({ zone }) => zone))];
	if (zones.length > 1) throw new InputError({
		...place,
		field,
		problem: "Zincati has one time zone for all windows",
		found: zones.join(", "),
		expected: "the same zone in each window"
	});
	const tables = windows.map(({ days, start, end }) => {
		const minutes = (minuteOf(end) - minuteOf(start) + 1440) % 1440 || 1440;
		return `\n[[updates.periodic.window]]\ndays = [ ${days.map((day) => JSON.stringify(dayNames[day])).join(", ")} ]\nstart_time = "${start.padStart(5, "0")}"\nlength_minutes = ${minutes}\n`;
	});
	return `${head}strategy = "periodic"\n\n[updates.periodic]\ntime_zone = ${JSON.stringify(nameOfZone(windows[0]?.zone ?? "utc", reboots.windows[0] ?? ""))}\n${tables.join("")}`;
}
function minuteOf(clock) {
	const [hours = 0, minutes = 0] = clock.split(":").map(Number);
	return hours * 60 + minutes;
}
/** The zone as it was written: windows are compared in lower case, but names of zones are not. */
function nameOfZone(zone, written) {
	return written.trim().split(/\s+/).at(-1) ?? zone;
}
// src/operate/node-kit/node-files.ts
/** The folder of the scripts in an image; the units name it. */
const imageFolder = "/usr/lib/coxswain";
/**
* The files of the kit for one place.
* @param options.into `image`: below /usr; `machine`: on a stock machine /usr cannot be written, so /usr/local and /etc
* @param options.fleet of the nodes; without one a node takes the fleet whose tag it was installed by
* @param options.policy for the part trust
*/
function nodeFiles(config, options) {
	const { into, parts } = options;
	const folder = into === "image" ? imageFolder : "/usr/local/lib/coxswain";
	const onNode = (text) => text.replaceAll(imageFolder, folder);
	const files = /* @__PURE__ */ new Map();
	for (const [name, text] of Object.entries(scripts)) files.set(`${folder}/${name}`, text);
	files.set(`${folder}/kit.conf`, kitSettings(config, options));
	const command = into === "image" ? "/usr/bin/coxswain-node" : "/usr/local/bin/coxswain-node";
	files.set(command, `#!/usr/bin/bash\nexec bash ${folder}/coxswain-node.sh "$@"\n`);
	if (options.fleet !== void 0 && into === "machine") files.set("/etc/coxswain/node.conf", `FLEET=${options.fleet}\n`);
	if (parts.has("reboots")) {
		const place = into === "image" ? "/usr/lib" : "/etc";
		const text = rebootsToml(config.node.reboots, { where: config.file });
		files.set(`${place}/zincati/config.d/60-coxswain-reboots.toml`, text);
	}
	const links = /* @__PURE__ */ new Map();
	if (options.policy !== void 0) {
		const policy = `${JSON.stringify(options.policy.policy, null, 2)}\n`;
		files.set("/etc/containers/policy.json", policy);
		files.set("/etc/containers/registries.d/coxswain.yaml", options.policy.registries);
		if (into === "image") files.set("/usr/lib/coreos/coreos-containers-policy.json", policy);
		else links.set("/etc/systemd/system/rpm-ostreed.service.d/coreos-containers-policy.conf", "/dev/null");
	}
	const chosen = [...parts].flatMap((part) => Object.entries(units[part] ?? {}));
	return {
		files,
		programs: /* @__PURE__ */ new Set([command]),
		links,
		units: new Map(chosen.map(([name, text]) => [name, onNode(text)])),
		dropIns: new Map(parts.has("guard") ? guardedServices.map((service) => [service, onNode(_50_coxswain_guard_default)]) : [])
	};
}
/** kit.conf: what nodes have to know of coxswain.yaml. */
function kitSettings(config, { fleet, parts }) {
	const fleets = Object.values(config.fleets);
	const rings = config.rings.filter(isNamed);
	const settings = {
		IMAGE: formatRepository(config.image),
		STREAM: config.stream,
		SITE: config.publish.url ?? "",
		ARTIFACT: config.publish.oci ? "yes" : "no",
		FLEETS: fleets.map(({ name }) => name).join(" "),
		TAGS: fleets.map(({ name, tag }) => `${name}=${tag}`).join(" "),
		SIGNED: fleets.filter(({ signing }) => signing.length > 0).map(({ name }) => name).join(" "),
		RINGS: rings.map(({ name, wariness }) => `${name}=${wariness}`).join(" "),
		SLICES: String(config.rings.filter(({ isSlice }) => isSlice).length),
		FOLLOW: parts.has("local-graph") ? "local-graph" : "ring",
		MIGRATE_FROM: config.node.migrateFrom.join(" "),
		...defined({ FLEET: fleet })
	};
	const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
	return `# Made by coxswain node-kit from ${config.file}. A node's own settings: /etc/coxswain/node.conf\n${lines.join("")}`;
}
// src/operate/node-kit/node-policy-files.ts
/** What Fedora CoreOS says of its own image (coreos-containers-policy.json): kept, so that a node can go back to it. */
const fedora = {
	type: "signedBy",
	keyType: "GPGKeys",
	keyPaths: [
		43,
		44,
		45
	].map((release) => `/usr/share/pki/rpm-gpg/RPM-GPG-KEY-fedora-${release}-primary`)
};
/** The policy of a node, with Fedora's entry for Fedora's image. */
function kitPolicy(config, keys) {
	const { policy, registries } = nodePolicy(config.image, keys);
	const own = policy;
	return {
		registries: `${registries}  quay.io/fedora/fedora-coreos:\n    lookaside: https://builds.coreos.fedoraproject.org/prod/signatures/oci\n`,
		policy: {
			...own,
			transports: { docker: {
				...own.transports.docker,
				"quay.io/fedora/fedora-coreos": [fedora]
			} }
		}
	};
}
// src/operate/node-kit/provisioning.ts
var import_dist = require_dist();
/** Butane for Fedora CoreOS, of the version whose Ignition (3.3.0) all supported machines read. */
const butaneHead = {
	variant: "fcos",
	version: "1.4.0"
};
const ignitionVersion = "3.3.0";
/** The kit as a Butane file. */
function butaneOf(node) {
	return `# Made by coxswain node-kit. Add your own users and files, and translate it: butane --strict FILE\n${(0, import_dist.stringify)({
		...butaneHead,
		storage: storageOf(node, (text) => ({ inline: text })),
		systemd: { units: unitsOf(node) }
	}, { lineWidth: 0 })}`;
}
/** The Ignition configuration that Butane makes of it. */
function ignitionOf(node) {
	const ignition = {
		ignition: { version: ignitionVersion },
		storage: storageOf(node, (text) => ({ source: `data:;base64,${Buffer.from(text).toString("base64")}` })),
		systemd: { units: unitsOf(node) }
	};
	return `${JSON.stringify(ignition, null, 2)}\n`;
}
/** @param contents how the format writes the text of a file */
function storageOf(node, contents) {
	const files = [...node.files].map(([path, text]) => ({
		path,
		mode: modeOf(node, path),
		...defined({ overwrite: path === "/etc/containers/policy.json" ? true : void 0 }),
		contents: contents(text)
	}));
	const links = [...node.links].map(([path, target]) => ({
		path,
		target,
		overwrite: true
	}));
	return {
		files,
		...defined({ links: links.length === 0 ? void 0 : links })
	};
}
function modeOf(node, path) {
	return node.programs.has(path) ? 493 : 420;
}
function unitsOf(node) {
	return [...[...node.units].map(([name, contents]) => ({
		name,
		...defined({ enabled: installTargets(contents).length === 0 ? void 0 : true }),
		contents
	})), ...[...node.dropIns].map(([name, contents]) => ({
		name,
		dropins: [{
			name: "50-coxswain-guard.conf",
			contents
		}]
	}))];
}
/** The units that want this one: `multi-user.target.wants`. */
function installTargets(unit) {
	return [...unit.matchAll(/^(Wanted|Required)By=(.+)$/gm)].map(([, kind, target]) => `${target}.${kind === "Wanted" ? "wants" : "requires"}`);
}
// src/operate/node-kit/write-kit.ts
/** Writes the files of an image: a folder to COPY into it. Units are enabled by links, as a distribution does it. */
async function writeRootfs(folder, node) {
	const system = "/usr/lib/systemd/system";
	const texts = new Map([
		...node.files,
		...[...node.units].map(([name, text]) => [`${system}/${name}`, text]),
		...[...node.dropIns].map(([name, text]) => [`${system}/${name}.d/50-coxswain-guard.conf`, text])
	]);
	for (const [path, text] of texts) {
		const file = join(folder, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFileAtomically(file, text);
		await chmod(file, node.programs.has(path) ? 493 : 420);
	}
	const links = [...node.units].flatMap(([name, text]) => installTargets(text).map((target) => [`${system}/${target}/${name}`, `../${name}`]));
	for (const [path, target] of [...node.links, ...links]) {
		const link = join(folder, path);
		await mkdir(dirname(link), { recursive: true });
		await rm(link, { force: true });
		await symlink(target, link);
	}
	return [...texts.keys(), ...links.map(([path]) => path)];
}
export { nodeFiles as a, kitPolicy as i, butaneOf as n, ignitionOf as r, writeRootfs as t };
