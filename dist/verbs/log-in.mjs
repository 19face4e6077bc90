import { c as writeLogins, s as chooseLogins } from "../chunks/cli-actions.mjs";
import { m as text, r as defineVerb, t as directory } from "../chunks/cli.mjs";
import { D as InputError } from "../chunks/host.mjs";
import { r as readConfig } from "../chunks/project-configuration.mjs";
import { E as formatRepository, d as authFiles } from "../chunks/world-registry.mjs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
// src/verbs/log-in.ts
var log_in_default = defineVerb({
	summary: "Log in to the registries of coxswain.yaml, for the later steps of a job",
	about: `For workflows. GitHub's own registry (ghcr.io) takes the token of the run: nothing needs to be given. Logins are for the
repositories of coxswain.yaml only, in a file that goes with the job; what the runner was logged in to before stays.
On a machine of your own, podman login does it.`,
	inputs: {
		username: text("for the production repository", { placeholder: "NAME" }),
		password: text("its password or token", { placeholder: "SECRET" }),
		"test-username": text("for the test registry, where it is another registry", { placeholder: "NAME" }),
		"test-password": text("its password or token", { placeholder: "SECRET" }),
		directory
	},
	run: async (inputs, { env }) => {
		const { image, testImage } = await readConfig(inputs.directory);
		const imageLogin = loginOf(inputs.username, inputs.password, "");
		const testLogin = loginOf(inputs["test-username"], inputs["test-password"], "test-");
		const token = env.GITHUB_TOKEN ?? "";
		const logins = chooseLogins({
			image,
			testImage,
			...imageLogin === void 0 ? {} : { imageLogin },
			...testLogin === void 0 ? {} : { testLogin },
			...token === "" ? {} : { actor: {
				username: env.GITHUB_ACTOR || "coxswain",
				password: token
			} }
		});
		const file = join(await mkdtemp(join(env.RUNNER_TEMP || tmpdir(), "coxswain-login-")), "auth.json");
		await writeLogins(file, logins, authFiles(env));
		const repositories = logins.map(({ repository }) => formatRepository(repository));
		return {
			data: { repositories },
			text: repositories.length === 0 ? `no login for ${[image, testImage].map(formatRepository).join(" and ")}: requests will be anonymous` : `logged in for ${repositories.join(" and ")}`,
			environment: { REGISTRY_AUTH_FILE: file }
		};
	},
	action: { token: true }
});
function loginOf(username, password, prefix) {
	if (username !== void 0 && password !== void 0) return {
		username,
		password
	};
	if (username === void 0 && password === void 0) return void 0;
	const missing = `${prefix}${username === void 0 ? "username" : "password"}`;
	throw new InputError({
		field: `--${missing}`,
		problem: "a login is a name and a password, and one of them is missing",
		remedy: "Where it comes from a secret, add that secret: Settings, Secrets and variables, Actions."
	});
}
export { log_in_default as default };
