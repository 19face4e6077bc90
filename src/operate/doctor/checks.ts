import { nodePolicyCheck } from './checks/accepted-by-nodes.ts';
import { baseUrlCheck } from './checks/base-url.ts';
import { evidenceCheck } from './checks/evidence.ts';
import { floatingTagsCheck } from './checks/floating-tags.ts';
import { agesCheck, freshGraphCheck } from './checks/graph-content.ts';
import { createdCheck, indexPayloadCheck, labelsCheck, retentionCheck } from './checks/image-content.ts';
import { layersCheck, versionTagCheck } from './checks/image-tags.ts';
import { emptiedCheck, lostReleasesCheck, oldSiteCheck } from './checks/lost-guidance.ts';
import { nodeReferenceCheck } from './checks/node-reference.ts';
import { otherProjectCheck } from './checks/other-project.ts';
import { overdueCheck } from './checks/overdue.ts';
import { plainHttpCheck } from './checks/plain-http.ts';
import { prometheusCheck } from './checks/prometheus.ts';
import { guidanceSignatureCheck } from './checks/signed-guidance.ts';
import { streamCheck } from './checks/stream.ts';
import { streamTagCheck } from './checks/stream-tag.ts';
import type { Check, CheckOf, Finding, Subjects, Tools } from './site-check.ts';

/** Everything that doctor checks. A new check is one file, and one entry here. */
const checks: readonly Check[] = [
  plainHttpCheck,
  baseUrlCheck,
  nodeReferenceCheck,
  streamTagCheck,
  otherProjectCheck,
  streamCheck,
  emptiedCheck,
  lostReleasesCheck,
  oldSiteCheck,
  overdueCheck,
  guidanceSignatureCheck,
  floatingTagsCheck,
  agesCheck,
  freshGraphCheck,
  retentionCheck,
  indexPayloadCheck,
  labelsCheck,
  versionTagCheck,
  layersCheck,
  evidenceCheck,
  nodePolicyCheck,
  createdCheck,
  prometheusCheck,
];

/** Runs every check about this kind of subject. */
export async function runChecks<K extends keyof Subjects>(
  of: K,
  subject: Subjects[K],
  tools: Tools,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) {
    if (check.of !== of) continue;
    const { name, run } = check as CheckOf<K>;
    for (const problem of await run(subject, tools)) {
      findings.push({ severity: 'error', check: name, ...problem });
    }
  }
  return findings;
}
