import { L as exec, P as withTemporaryFolder } from "./host.mjs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
// src/operate/edit-updates/difference.ts
/** What would change, as `git diff` shows it. */
async function showDifference(files) {
	if (files.length === 0) return "";
	return withTemporaryFolder("difference", async (folder) => {
		const shown = [];
		for (const { path, before, after } of files) {
			for (const [side, text] of [["a", before], ["b", after]]) {
				if (text === void 0) continue;
				const file = join(folder, side, path);
				await mkdir(dirname(file), { recursive: true });
				await writeFile(file, text);
			}
			const side = (name, text) => text === void 0 ? "/dev/null" : `${name}/${path}`;
			const { stdout } = await exec("git", [
				"diff",
				"--no-index",
				"--no-color",
				"--no-ext-diff",
				"--no-prefix",
				side("a", before),
				side("b", after)
			], {
				cwd: folder,
				allow: [0, 1]
			});
			shown.push(stdout.replaceAll(/^(?:index|diff --git) .*\n/gm, ""));
		}
		return shown.join("");
	});
}
export { showDifference as t };
