import { beforeEach, describe, expect, it } from 'vitest';
import { promoteImage } from '../../../src/loop/promote-image/promote-image.ts';
import { startRollout } from '../../../src/loop/start-rollout/start-rollout.ts';
import { findFleet } from '../../../src/project/fleets.ts';
import { pushSealed, sealAcceptance } from '../../../src/release/attestations/acceptance.ts';
import { trustOf } from '../../../src/release/attestations/trust.ts';
import { foundVulnerabilities } from '../../../src/release/vulnerabilities/acceptance.ts';
import promoteImageVerb from '../../../src/verbs/promote-image.ts';
import { pushArtifact } from '../../../src/world/registry/artifact.ts';
import { type DigestReference, formatReference } from '../../../src/world/registry/reference.ts';
import { buildAndTest } from '../../faults/stage.ts';
import { contextAt, createProject, publishBase, type TestProject } from '../../support/project.ts';
import { useRegistry } from '../../support/registry.ts';

const registry = useRegistry();
const now = 1_785_000_000;

let project: TestProject;
let built: DigestReference;
beforeEach(async () => {
  project = await createProject(registry.host, {
    time: now - 36_000,
    fleets: '  testing: { vulnerabilities: { none-above: high } }',
  });
  await publishBase(project, '44.20260621.3.1');
  built = (await buildAndTest(project)).built;
});

const promote = (why = '') =>
  promoteImageVerb.run(
    {
      directory: project.root,
      fleet: 'testing',
      commit: undefined,
      'accept-missing-evidence': undefined,
      'accept-vulnerabilities': why,
      by: 'Ada',
      'freeze-exception': undefined,
      'first-release': true,
    },
    contextAt(now),
  );
const tags = () => project.client.listTags(project.config.image);

/** What a scanner attaches to the built image: its findings by CVSS score. */
async function report(findings: Readonly<Record<string, string>>, on = built) {
  const { client } = project;
  const rules = Object.entries(findings).map(([id, score]) => ({
    id,
    properties: { 'security-severity': score },
  }));
  const results = rules.map(({ id }) => ({ ruleId: id, message: { text: 'Package: openssl' } }));
  const properties = { repoDigests: [formatReference(built)] };
  const runs = [{ tool: { driver: { name: 'Trivy', rules } }, results, properties }];
  const bytes = Buffer.from(JSON.stringify({ version: '2.1.0', runs }));
  const mediaType = 'application/sarif+json';
  const { descriptor: subject } = await client.getManifest(on);
  const layers = [{ mediaType, bytes }];
  await pushArtifact(client, { repository: on.repository, artifactType: mediaType, subject, layers });
}

describe('promotion to a fleet that limits vulnerabilities', () => {
  it('writes nothing without a report, or if one of them is above the limit, and then takes the image', async () => {
    await expect(promote()).rejects.toThrow(/no report of a scanner is attached to the image for x86_64/);
    await report({ 'CVE-2026-1000': '9.8', 'CVE-2026-2000': '3.1' });
    await expect(promote()).rejects.toThrow(
      /above high: CVE-2026-1000 \(critical, openssl\).*exceptions?.*--accept-vulnerabilities/s,
    );
    expect(await tags()).toEqual([]);
    const exceptions = [{ id: 'CVE-2026-1000', until: now + 60, reason: 'the module is not loaded' }];
    const fleet = findFleet(project.config, 'testing');
    const testing = { ...fleet, vulnerabilities: { noneAbove: 'high' as const, exceptions } };
    const excepted = { ...project, config: { ...project.config, fleets: { testing } } };
    await expect(promoteImage(excepted, { fleet: 'testing', now: now + 61 })).rejects.toThrow(
      /the exception for CVE-2026-1000 ended/,
    );
    await promoteImage(excepted, { fleet: 'testing', now });
    expect(await tags()).toContain('testing');
  });

  it('takes an override only with a reason, for what was found then, and records both', async () => {
    await report({ 'CVE-2026-1000': '9.8' });
    const { text } = await promote('the site is  down');
    expect(text).toContain('warning: CVE-2026-1000: accepted by Ada: the site is down');
    expect((await promote()).data).toMatchObject({
      changed: false,
      acceptedVulnerabilities: { reason: 'the site is down', by: 'Ada', accepts: ['CVE-2026-1000'] },
    });
    // A scanner looks again before the rollout starts, and attaches it to the image in production.
    await report({ 'CVE-2026-3000': '10.0' }, { ...built, repository: project.config.image });
    await expect(promote()).rejects.toThrow(/CVE-2026-3000/);
    const fleet = findFleet(project.config, 'testing');
    const { version } = await startRollout(project, { fleet, now });
    const record = (await project.state.readFleet('testing')).records[version];
    expect(record?.acceptedVulnerabilities).toEqual({ reason: 'the site is down', by: 'Ada' });
    // The fleet has the release: a second run only completes it, whatever is found later.
    expect((await promote()).data).toMatchObject({ changed: false });
  });

  it('does not believe an override that somebody attached in the test registry', async () => {
    await report({ 'CVE-2026-1000': '9.8' });
    const { client, config } = project;
    const { descriptor } = await client.getManifest(built);
    const planted = { fleet: 'testing', reason: 'trust me', by: 'Eve', at: now, accepts: ['CVE-2026-1000'] };
    const sealed = await sealAcceptance(
      foundVulnerabilities,
      { repository: config.testImage, subject: descriptor.digest, record: planted },
      { trust: trustOf(project), env: {} },
    );
    await pushSealed(client, config.testImage, descriptor, sealed);
    await expect(promote()).rejects.toThrow(/CVE-2026-1000/);
  });
});
