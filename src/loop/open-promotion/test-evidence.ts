import { InputError, messageOf, OutsideError } from '../../host/errors.ts';
import { code } from '../../host/markdown.ts';
import { formatDuration } from '../../host/time.ts';
import { trustOf } from '../../release/attestations/trust.ts';
import type { TestEvidence } from '../../release/evidence/statement.ts';
import { type FoundEvidence, findEvidence } from '../../release/evidence/store.ts';
import type { Project } from '../../release/project.ts';
import type { ReleaseRecord } from '../../release/state/state.ts';
import { linkedDigest } from '../../world/registry/page.ts';
import { isDigest, parseReference } from '../../world/registry/reference.ts';

/** One line of Markdown for each image: what was tested, and with which result. */
export async function describeEvidence(
  { client, log, config, root }: Pick<Project, 'client' | 'log' | 'config' | 'root'>,
  record: ReleaseRecord,
): Promise<string[]> {
  const lines: string[] = [];
  for (const { architecture, digestRef, evidence } of record.images) {
    const image = parseReference(digestRef);
    const short =
      evidence === undefined
        ? 'none'
        : image.kind === 'digest' && isDigest(evidence)
          ? linkedDigest({ ...image, digest: evidence })
          : code(evidence);
    const found = evidence === undefined ? undefined : await find(digestRef, evidence);
    lines.push(
      `${architecture}: ${found === undefined ? `evidence ${short}` : `${describeResult(found.evidence)} Evidence ${short}`}`,
    );
  }
  return lines;

  async function find(digestRef: string, evidence: string): Promise<FoundEvidence | undefined> {
    const reference = parseReference(digestRef);
    if (reference.kind !== 'digest') return undefined;
    try {
      const all = await findEvidence(
        client,
        reference.repository,
        reference.digest,
        trustOf({ config, root }),
      );
      return all.find(({ descriptor }) => descriptor.digest === evidence);
    } catch (error) {
      if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
      log.warn(`the test evidence is not shown: ${messageOf(error)}`);
      return undefined;
    }
  }
}

/** A sentence in Markdown about a test result, with a link to the run that has its log. */
export function describeResult(evidence: TestEvidence): string {
  const { result, tests, seconds, kernel, accelerator, upgrades = [], agent, run } = evidence;
  const failed = tests.filter((test) => test.result !== 'passed').length;
  const count = `${tests.length} ${tests.length === 1 ? 'test' : 'tests'}${failed === 0 ? '' : `, ${failed} not passed`}`;
  const from = upgrades.map((upgrade) => `\`${upgrade.from}\``).join(', ');
  const rehearsed = from === '' ? '' : `, updates rehearsed from ${from}`;
  const agrees = agent === 'agrees' ? ", the node's own agent agrees" : '';
  const by = run === undefined ? '' : `, by [this run](${run})`;
  return `**${result}**: ${count} in ${formatDuration(seconds)} on Linux ${kernel} (${accelerator})${rehearsed}${agrees}${by}.`;
}
