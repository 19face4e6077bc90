import type { Fleet } from '../../../project/configuration/config.ts';
import type { EditContext } from '../../../release/operations/fleet-edit.ts';
import type { Project } from '../../../release/project.ts';
import type { FleetState } from '../../../release/state/state.ts';

/** A field of an action's form. */
export interface Field {
  /** As the flag of the verb, without the dashes. */
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'long text' | 'release' | 'check';
  readonly required: boolean;
  /** What to write, with an example; for a release: what leaving it out means. */
  readonly hint: string;
}

/** What a person filled in: name of the field → text; a ticked box is `yes`, an empty field is left out. */
export type FormValues = ReadonlyMap<string, string>;

/** What an action works with. */
export interface Work {
  /** Its state branch is pinned to the commit that the person saw. */
  readonly project: Project;
  readonly fleet: Fleet;
  readonly order: EditContext;
  readonly values: FormValues;
  /** Only the commit on the state branch counts: nothing else may be read or written for it. */
  readonly rehearse: boolean;
}

/** What an action did, or would do. */
export interface ActionAnswer {
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** Why there was nothing to do; otherwise the commit says what was done. */
  readonly summary?: string;
}

/** Something that an operator can do to a fleet. Each is made by the code of the verb that does the same. */
export interface BridgeAction {
  /** In addresses. */
  readonly name: string;
  /** On its button: an order. */
  readonly title: string;
  /** The effect on nodes, in a sentence. */
  readonly about: string;
  readonly fields: readonly Field[];
  /** It can make sense for this fleet now. @param now UNIX seconds */
  offered(state: FleetState, fleet: Fleet, now: number): boolean;
  /** Makes the change by one commit on the state branch. @throws InputError if it is not possible */
  run(work: Work): Promise<ActionAnswer>;
  /** What follows the commit, such as tags. @returns what it did, in clauses */
  afterwards?(work: Work): Promise<readonly string[]>;
}
