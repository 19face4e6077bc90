import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { DigestReference } from '../../world/registry/reference.ts';
import { formatReference } from '../../world/registry/reference.ts';
import { trustOf } from '../attestations/trust.ts';
import type { AcceptedBy } from '../evidence/acceptance.ts';
import type { Project } from '../project.ts';
import { findAcceptedVulnerabilities } from '../vulnerabilities/acceptance.ts';
import { scanImages } from '../vulnerabilities/scanned-image.ts';
import type { PassedImage } from './promotable-image.ts';
import { describeObjections, findObjections } from './vulnerability-gate.ts';

/** What somebody accepts although scanners found it. */
export interface AcceptedObjections extends AcceptedBy {
  /** Names of objections. */
  readonly accepts: readonly string[];
  /** It is recorded in production already. */
  readonly recorded: boolean;
}

/**
 * The gate of vulnerabilities at the merge: the pull request shows it, and what was attached or found since counts too.
 * @param options.accept lets the release pass; an acceptance that production has for the same objections does, too
 * @returns what was accepted, if that was necessary
 * @throws InputError if a vulnerability keeps the release out of the fleet
 */
export async function refuseVulnerable(
  project: Pick<Project, 'config' | 'client' | 'root'>,
  options: {
    readonly fleet: Fleet;
    readonly built: DigestReference;
    readonly passed: readonly PassedImage[];
    readonly accept: AcceptedBy | undefined;
    /** UNIX seconds. */
    readonly now: number;
  },
): Promise<AcceptedObjections | undefined> {
  const { client, config } = project;
  const { fleet, built, passed, accept, now } = options;
  const rule = fleet.vulnerabilities;
  if (rule === undefined) return undefined;
  const images = passed.map(({ architecture, image }) => ({
    architecture,
    digest: image.manifest.descriptor.digest,
    index: image.index?.digest,
  }));
  const trust = trustOf(project);
  const repositories = [config.testImage, config.image];
  const scanned = await scanImages(client, images, { repositories, trust });
  const objections = findObjections(rule, scanned, now);
  if (objections.length === 0) return undefined;
  const accepts = objections.map(({ name }) => name);
  const about = { subject: built.digest, fleet: fleet.name };
  const known = (await findAcceptedVulnerabilities(client, config.image, about, trust)).find((each) =>
    accepts.every((name) => each.accepts.includes(name)),
  );
  if (known !== undefined) return { reason: known.reason, by: known.by, accepts, recorded: true };
  if (accept !== undefined) return { reason: accept.reason, by: accept.by, accepts, recorded: false };
  throw new InputError({
    where: formatReference(built),
    problem: `fleet ${fleet.name} does not take it: ${describeObjections(rule, objections)}`,
    expected: `a report of a scanner for each architecture, and nothing above ${rule.noneAbove}`,
    remedy: `Fix the image, or add an exception with an end to fleets.${fleet.name}.vulnerabilities in coxswain.yaml. If it cannot wait, promote-image takes --accept-vulnerabilities WHY, and records it.`,
  });
}
