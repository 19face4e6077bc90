import { D as InputError, y as readFileIfThere } from "./host.mjs";
import { _ as unknown, f as record, l as looseObject, m as string } from "./zod.mjs";
import { E as formatRepository } from "./registry.mjs";
import { writeFile } from "node:fs/promises";
// src/login/log-in.ts
/** GitHub's registry, which takes the token of a workflow run. */
const githubRegistry = "ghcr.io";
/** Who logs in where: what was given, else the run's own token for GitHub's registry, else nobody. */
function chooseLogins(given) {
	const { image, testImage, imageLogin, actor } = given;
	const sameRegistry = image.registry === testImage.registry;
	const testLogin = given.testLogin ?? (sameRegistry ? imageLogin : void 0);
	return [{
		repository: image,
		login: imageLogin ?? ownLogin(image, actor)
	}, {
		repository: testImage,
		login: testLogin ?? ownLogin(testImage, actor)
	}].filter((each) => each.login !== void 0);
}
function ownLogin({ registry }, actor) {
	return registry === githubRegistry ? actor : void 0;
}
const fileSchema = looseObject({ auths: record(string(), unknown()).optional() });
/**
* Adds logins to a file of registry credentials (containers-auth.json(5)) that only this user can read. Each is for its
* repository alone: no other path of the same registry gets it.
* @param path a file that is not there yet
* @param before files whose logins are taken over: the new file is the only one that is read from now on
*/
async function writeLogins(path, logins, before) {
	const auths = {};
	for (const file of before) for (const [key, value] of Object.entries(await readAuths(file))) auths[key] ??= value;
	for (const { repository, login } of logins) {
		const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
		auths[formatRepository(repository)] = { auth };
	}
	await writeFile(path, `${JSON.stringify({ auths })}\n`, { mode: 384 });
}
async function readAuths(file) {
	const text = await readFileIfThere(file);
	if (text === void 0 || text.trim() === "") return {};
	try {
		return fileSchema.parse(JSON.parse(text)).auths ?? {};
	} catch {
		throw new InputError({
			where: file,
			problem: "this file of registry credentials is not readable"
		});
	}
}
export { writeLogins as n, chooseLogins as t };
