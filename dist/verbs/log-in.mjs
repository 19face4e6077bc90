import { l as chooseLogins, u as writeLogins } from "../chunks/cli-actions.mjs";
import { Lt as defined, Vt as InputError, Wt as init_errors, ft as directory, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { Gr as authFiles, Oa as formatRepository, pi as readConfig } from "../chunks/shared.mjs";
import { join } from "node:path";
import { mkdtemp } from "node:fs/promises";
init_errors();
var log_in_default = defineVerb({
	summary: "Log in to the registries of coxswain.yaml, for the later steps of a job",
	about: `For workflows. GitHub's own registry (ghcr.io) accepts the token of the run without any input. Logins are for the
repositories of coxswain.yaml only, in a file that is removed with the job; earlier logins of the runner are kept. On a machine of your own, use podman login.`,
	inputs: {
		username: text("for the production repository", { placeholder: "NAME" }),
		password: text("its password or token", { placeholder: "SECRET" }),
		"test-username": text("for the test registry, if it is another registry", { placeholder: "NAME" }),
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
			...defined({
				imageLogin,
				testLogin
			}),
			...defined({ actor: token === "" ? void 0 : {
				username: env.GITHUB_ACTOR || "coxswain",
				password: token
			} })
		});
		const file = join(await mkdtemp(join(jobFolder(env), "coxswain-login-")), "auth.json");
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
/** The folder that is removed when the job ends: otherwise the file with the secrets would never be removed. */
function jobFolder(env) {
	const folder = env.RUNNER_TEMP ?? "";
	if (folder !== "") return folder;
	throw new InputError({
		field: "RUNNER_TEMP",
		problem: "this is not a job of a workflow: the file with the secrets would stay on this machine",
		remedy: "On a machine of your own, use podman login."
	});
}
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
		remedy: "If it comes from a secret, add that secret: Settings, Secrets and variables, Actions."
	});
}
export { log_in_default as default };
