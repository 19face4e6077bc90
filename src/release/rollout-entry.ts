import type { UpdateEntry } from '../guidance/metadata.ts';
import { renderTemplate } from '../guidance/template/template.ts';
import { InputError } from '../host/errors.ts';
import { type Config, type Fleet, urgentTemplate } from '../project/configuration/config.ts';
import type { BranchStore, Sha } from '../world/forge/forge.ts';
import { shortCommit } from '../world/git/short-commit.ts';
import { formatRepository } from '../world/registry/reference.ts';

/** The variables of a template for a release. */
export interface TemplateRelease {
  readonly version: string;
  readonly baseVersion: string;
  /** By architecture. */
  readonly digests: Readonly<Record<string, string>>;
  /** The fleet's newest release before this one. */
  readonly previousVersion: string | undefined;
  /** Versions of the base's barriers between the two. */
  readonly barriersCrossed: readonly string[];
}

/** The template of a release: for an urgent one the fleet's urgent template, if the commit has it. */
export async function findTemplate(
  branches: BranchStore,
  options: { readonly fleet: Fleet; readonly commit: Sha; readonly urgent: boolean },
): Promise<string> {
  const { fleet, commit, urgent } = options;
  const special = urgentTemplate(fleet);
  return urgent && (await branches.readFile(commit, special)) !== undefined ? special : fleet.template;
}

/**
 * Renders a fleet's template as it is in a commit (or tree).
 * @param now UNIX seconds
 * @throws InputError naming the template and its line
 */
export async function renderFleetTemplate(
  branches: BranchStore,
  options: {
    readonly config: Config;
    readonly fleet: Fleet;
    readonly commit: Sha;
    readonly release: TemplateRelease;
    readonly now: number;
  },
): Promise<UpdateEntry> {
  const { fleet, commit } = options;
  const where = `${fleet.template} (commit ${shortCommit(commit)})`;
  const source = await branches.readFile(commit, fleet.template);
  if (source === undefined) {
    throw new InputError({
      where,
      field: `fleets.${fleet.name}.template`,
      problem: 'this commit has no such file',
      remedy: 'Keep one template for each fleet, on every branch.',
    });
  }
  return renderForFleet({ ...options, source, where });
}

/**
 * Renders the text of a fleet's template.
 * @param options.where how messages name the template
 * @param options.now UNIX seconds
 * @throws InputError with the template's line
 */
export function renderForFleet(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly source: string;
  readonly where: string;
  readonly release: TemplateRelease;
  readonly now: number;
}): UpdateEntry {
  const { config, fleet, source, where, release, now } = options;
  const { version, baseVersion, digests, previousVersion = '', barriersCrossed } = release;
  const variables = {
    version,
    baseVersion,
    fleet: fleet.name,
    stream: config.stream,
    digests,
    image: formatRepository(config.image),
    previousVersion,
    barriersCrossed,
    now,
  };
  return renderTemplate({ source, where, variables, now });
}
