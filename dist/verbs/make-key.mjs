import { $ as beforeWriting, Lt as defined, Vt as InputError, Wt as init_errors, kt as text, nt as defineVerb } from "../chunks/host.mjs";
import { dr as Git, ia as makeKeyPair } from "../chunks/shared.mjs";
import { dirname, join, resolve } from "node:path";
import { mkdir, writeFile } from "node:fs/promises";
init_errors();
var make_key_default = defineVerb({
	summary: "Make a pair of keys to sign a fleet's releases",
	about: `Writes NAME.key, the private key (PKCS#8; only you can read the file), and NAME.pub, the public one, on the curve P-256: the
only one that nodes check. A passphrase in COXSWAIN_SIGNING_PASSPHRASE encrypts the private key. Nothing that exists is
overwritten, and no private key is written into a git work tree.

  coxswain make-key --name stable --public keys/stable.pub --private ~/secrets/stable.key`,
	writes: true,
	inputs: {
		name: text("names the files", {
			placeholder: "NAME",
			fallback: "signing"
		}),
		public: text("file for the public key (default: keys/NAME.pub)", { placeholder: "FILE" }),
		private: text("file for the private key (default: NAME.key in your home folder)", { placeholder: "FILE" })
	},
	run: async (inputs, { env }) => {
		if (!/^[A-Za-z0-9][\w.-]*$/.test(inputs.name)) throw new InputError({
			field: "--name",
			problem: "not a name for files",
			found: inputs.name,
			expected: "letters, digits, \"_\", \".\" and \"-\""
		});
		const publicFile = inputs.public ?? join("keys", `${inputs.name}.pub`);
		const privateFile = inputs.private ?? join(env.HOME ?? ".", `${inputs.name}.key`);
		await refuseWorkTree(privateFile);
		const passphrase = env.COXSWAIN_SIGNING_PASSPHRASE;
		const pair = makeKeyPair(passphrase === "" ? void 0 : passphrase);
		beforeWriting(() => `write the private key ${privateFile} and the public key ${publicFile}`);
		await writeNew(privateFile, pair.privateKey, 384, "--private");
		await writeNew(publicFile, pair.publicKey, 420, "--public");
		const data = {
			public: publicFile,
			private: privateFile,
			encrypted: pair.privateKey.includes("ENCRYPTED")
		};
		return {
			data,
			text: [
				`private key: ${privateFile}${data.encrypted ? ", encrypted" : ""}`,
				`public key:  ${publicFile}`,
				"",
				"Next:",
				`  1. Commit ${publicFile}, and name it in coxswain.yaml:`,
				"       fleets:",
				`         ${inputs.name}: { signing: { keys: [${publicFile}] } }`,
				"  2. Keep the private key as the secret COXSWAIN_SIGNING_KEY of the environment that is named as the fleet.",
				`  3. Sign the releases that the fleet has already: coxswain sign-image --fleet ${inputs.name}`
			].join("\n")
		};
	}
});
async function refuseWorkTree(file) {
	const folder = dirname(resolve(file));
	const top = await new Git(folder).try(["rev-parse", "--show-toplevel"]).catch(() => void 0);
	if (top === void 0) return;
	throw new InputError({
		field: "--private",
		problem: "this file would be inside a git work tree, and a private key must never be committed",
		found: file,
		expected: `a path outside of ${top}`
	});
}
async function writeNew(file, content, mode, field) {
	try {
		await mkdir(dirname(resolve(file)), { recursive: true });
		await writeFile(file, content, {
			mode,
			flag: "wx"
		});
	} catch (error) {
		const { code } = error;
		throw new InputError({
			field,
			problem: code === "EEXIST" ? "this file exists; a key is never overwritten" : `the file cannot be written (${code})`,
			found: file,
			...defined({ remedy: code === "EEXIST" ? "Choose another name." : void 0 })
		});
	}
}
export { make_key_default as default };
