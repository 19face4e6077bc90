import { Ct as choice, Tt as flag } from "./host.mjs";
import { ut as architectures } from "./guidance.mjs";
import { qa as shortCommit } from "./shared.mjs";
// src/cli/architecture-input.ts
/** An input that names one architecture, by the name FCOS has for it. */
function architecture(about) {
	return choice(about, architectures, { placeholder: "NAME" });
}
// src/cli/first-release-input.ts
/** The input by which an operator confirms that a fleet without any release is new. */
const firstRelease = flag("a fleet without any release is new, even if the registry or publish.url gives no answer");
// src/cli/state-change.ts
/** The last facts that a verb says about such a change. @param answer.stateCommit undefined after a rehearsal */
function stateChangeFacts({ changed, stateCommit }, { rehearse, difference, by }) {
	return [changed && !rehearse ? `by ${by}, commit ${shortCommit(stateCommit ?? "")}; public with the next publish-updates` : void 0, rehearse ? { block: difference } : void 0];
}
export { firstRelease as n, architecture as r, stateChangeFacts as t };
