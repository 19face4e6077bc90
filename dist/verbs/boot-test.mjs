import { d as parsed, f as text, l as flag, n as openProject, r as directory, t as defineVerb } from "../chunks/cli.mjs";
import { g as parseDuration, v as InputError } from "../chunks/host.mjs";
import { p as architectures } from "../chunks/registry.mjs";
import { a as describeTested, t as testImage } from "../chunks/vm.mjs";
// src/verbs/boot-test.ts
var boot_test_default = defineVerb({
	summary: "Boot the built image of this commit in a virtual machine and run the tests of this commit in it",
	about: `The image boots unmodified, under its own kernel, by its digest; nothing reaches the network from inside.
Tests are the files directly in tests/ that end in .sh or are executable. They run as root, in the order of their
names, and pass by exiting with 0; what they share may lie in folders beside them. Each has 120 seconds, or what a
line like "# coxswain: timeout=300" among its first ten says. COXSWAIN_VERSION, COXSWAIN_DIGEST and
COXSWAIN_ARCHITECTURE tell them what is tested. Where systemd is in the image, it must reach the state "running".

The result is attached to the image in the test registry, and told to the pull request of this commit. An image that
has passed these very tests is not booted again. Exit code 1 when the image did not pass.`,
	inputs: {
		directory,
		image: text("another image to boot", { placeholder: "REF" }),
		architecture: parsed("which of the architectures to boot (default: that of this machine)", readArchitecture, { placeholder: "NAME" }),
		output: text("folder for the report and the logs", {
			placeholder: "FOLDER",
			fallback: "boot-test-output"
		}),
		force: flag("boot also what has passed these tests already"),
		memory: parsed("the machine's memory in megabytes", readMemory, {
			placeholder: "MB",
			fallback: "1024"
		}),
		deadline: parsed("how long the machine may run in all (default: 10m and the time limits of all tests)", (raw, name) => parseDuration(raw, { field: `--${name}` }), { placeholder: "DURATION" })
	},
	run: async (inputs, context) => {
		const project = await openProject({
			directory: inputs.directory,
			env: context.env,
			log: context.log
		});
		const answer = await testImage(project, {
			output: inputs.output,
			force: inputs.force,
			memoryMegabytes: inputs.memory,
			now: context.now(),
			log: context.log,
			...inputs.image === void 0 ? {} : { image: inputs.image },
			...inputs.architecture === void 0 ? {} : { architecture: inputs.architecture },
			...inputs.deadline === void 0 ? {} : { deadlineSeconds: inputs.deadline }
		});
		return {
			data: dataOf(answer),
			text: describe(answer, inputs.output),
			exitCode: answer.evidence.result === "PASSED" ? 0 : 1
		};
	}
});
function readArchitecture(raw, name) {
	const found = architectures.find((architecture) => architecture === raw);
	if (found !== void 0) return found;
	throw new InputError({
		field: `--${name}`,
		problem: "unknown architecture",
		found: raw,
		expected: architectures.join(", ")
	});
}
const leastMegabytes = 128;
function readMemory(raw, name) {
	const megabytes = /^\d{1,7}$/.test(raw) ? Number(raw) : NaN;
	if (megabytes >= leastMegabytes) return megabytes;
	throw new InputError({
		field: `--${name}`,
		problem: "not an amount of memory",
		found: raw,
		expected: `megabytes, ${leastMegabytes} or more`
	});
}
function dataOf(answer) {
	const { evidence, report } = answer;
	const passed = evidence.result === "PASSED";
	return {
		verdict: report?.verdict ?? "passed",
		passed,
		skipped: answer.skipped,
		explanation: report?.explanation,
		image: answer.image,
		digest: answer.digest,
		version: answer.version,
		tests: report?.tests ?? evidence.tests,
		seconds: report?.seconds ?? { total: evidence.seconds },
		evidence: answer.evidenceDigest,
		accelerator: evidence.accelerator,
		kernel: evidence.kernel,
		architecture: evidence.architecture,
		system: report?.system,
		pullRequest: answer.pullRequest
	};
}
function describe(answer, output) {
	const notes = [
		answer.skipped ? "tested before with these very tests; --force boots it again" : `logs in ${output}`,
		answer.evidenceDigest === void 0 ? void 0 : `evidence ${answer.evidenceDigest}`,
		answer.pullRequest === void 0 ? void 0 : `told pull request #${answer.pullRequest}`
	].filter((note) => note !== void 0);
	return `${describeTested(answer)}\n${notes.map((note) => `  ${note}`).join("\n")}`;
}
export { boot_test_default as default };
