import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeVulnerabilities } from '../../../src/loop/open-promotion/vulnerability-changes.ts';
import { parseConfig, type VulnerabilityRule } from '../../../src/project/configuration/config.ts';
import { pushStatement } from '../../../src/release/attestations/push-statement.ts';
import { attestationSigner } from '../../../src/release/attestations/sign.ts';
import type { Trust } from '../../../src/release/attestations/trust.ts';
import { unique, vulnerabilityGate } from '../../../src/release/gates/vulnerability-gate.ts';
import { makeKeyPair } from '../../../src/release/signatures/keys.ts';
import { type ImageScan, readScan, sarifPredicateType } from '../../../src/release/vulnerabilities/scan.ts';
import { readReport } from '../../../src/release/vulnerabilities/scan-report.ts';
import { isAbove, severities, severityOfScore } from '../../../src/release/vulnerabilities/severity.ts';
import { pushArtifact } from '../../../src/world/registry/artifact.ts';
import type { RegistryClient } from '../../../src/world/registry/client.ts';
import { type DigestReference, digestOf } from '../../../src/world/registry/reference.ts';
import { createProject } from '../../support/project.ts';
import { pushSampleImage, testClient, useRegistry } from '../../support/registry.ts';
import { unsigned } from '../../support/trust.ts';

const digest = digestOf('an image');
const now = 1_785_000_000;

interface Finding {
  readonly id: string;
  readonly score?: string;
  readonly suppressed?: boolean;
}

/** As Trivy writes SARIF. */
function sarif(findings: readonly Finding[], { tool = 'Trivy', image = digest as string } = {}) {
  return {
    version: '2.1.0',
    $schema: sarifPredicateType,
    runs: [
      {
        tool: {
          driver: {
            name: tool,
            rules: findings.map(({ id, score }) => ({
              id,
              properties: score === undefined ? {} : { 'security-severity': score },
            })),
          },
        },
        results: findings.map(({ id, suppressed }) => ({
          ruleId: id,
          level: 'error',
          message: { text: `Package: openssl\nInstalled Version: 3.0\nVulnerability ${id}` },
          ...(suppressed === true ? { suppressions: [{ kind: 'external' }] } : {}),
        })),
        properties: { repoDigests: [`registry.example/os@${image}`] },
      },
    ],
  };
}

/** As Trivy writes CycloneDX. */
function cycloneDx(
  findings: readonly { id: string; severities?: readonly string[]; state?: string }[],
  more: { readonly timestamp?: string; readonly image?: string; readonly components?: boolean } = {},
) {
  const { timestamp, image = digest, components = true } = more;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      timestamp,
      tools: { components: [{ type: 'application', name: 'trivy' }] },
      component: { type: 'container', name: 'os', purl: `pkg:oci/os@${image.replace(':', '%3A')}` },
    },
    components: components ? [{ 'bom-ref': 'a', type: 'library', name: 'openssl', version: '3.0' }] : [],
    vulnerabilities: findings.map(({ id, severities: all = [], state }) => ({
      id,
      ratings: all.map((severity) => ({ severity })),
      affects: [{ ref: 'a' }],
      ...(state === undefined ? {} : { analysis: { state } }),
    })),
  };
}

describe('a report of a scanner', () => {
  it('in SARIF gives id, severity and package, without what is suppressed', () => {
    const value = sarif([
      { id: 'CVE-2026-1000', score: '9.8' },
      { id: 'CVE-2026-2000-openssl', score: '5.0' },
      { id: 'CVE-2026-3000', suppressed: true },
      { id: 'ACME-1' },
    ]);
    expect(readReport(value, [digest])).toEqual({
      tool: 'Trivy',
      found: [
        { id: 'CVE-2026-1000', severity: 'critical', packages: ['openssl'] },
        { id: 'CVE-2026-2000', severity: 'medium', packages: ['openssl'] },
        { id: 'ACME-1', severity: 'unknown', packages: ['openssl'] },
      ],
      cleared: ['CVE-2026-3000'],
      onlyClears: false,
    });
  });

  it('in CycloneDX gives the worst rating, without what does not affect the image', () => {
    const value = cycloneDx(
      [
        { id: 'CVE-2026-1', severities: ['low', 'high'] },
        { id: 'CVE-2026-2', severities: ['critical'], state: 'not_affected' },
        { id: 'CVE-2026-3' },
      ],
      { timestamp: '2026-07-25T17:20:00Z' },
    );
    expect(readReport(value, [digest])).toMatchObject({
      tool: 'trivy',
      at: now,
      found: [
        { id: 'CVE-2026-1', severity: 'high', packages: ['openssl 3.0'] },
        { id: 'CVE-2026-3', severity: 'unknown' },
      ],
      cleared: ['CVE-2026-2'],
    });
  });

  it('about another image does not count, and an SBOM is not a report', () => {
    const stranger = digestOf('another image');
    const other = { refused: expect.stringContaining('about another image') };
    expect(readReport(sarif([], { image: stranger }), [digest])).toEqual(other);
    expect(readReport(cycloneDx([], { image: stranger }), [digest])).toEqual(other);
    expect(readReport(cycloneDx([], { image: stranger }), [digest, stranger])).toMatchObject({ found: [] });
    expect(readReport({ bomFormat: 'CycloneDX', components: [] }, [digest])).toBeUndefined();
  });

  it('of any other content is refused or read, and never an exception', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('', 'runs', 'vulnerabilities', 'components'),
        (value, place) => {
          const head = { bomFormat: 'CycloneDX', version: '2.1.0' };
          const report = readReport(place === '' ? value : { ...head, [place]: value }, [digest]);
          const sarifLike = readReport({ version: '2.1.0', runs: value }, [digest]);
          expect(
            [report, sarifLike].every((each) => each === undefined || 'refused' in each || 'found' in each),
          ).toBe(true);
        },
      ),
    );
  });

  it('is ranked by CVSS as its users rank it', () => {
    expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10, 11, Number.NaN].map(severityOfScore)).toEqual([
      ...[
        'none',
        'low',
        'low',
        'medium',
        'medium',
        'high',
        'high',
        'critical',
        'critical',
        'unknown',
        'unknown',
      ],
    ]);
  });
});

const rule: VulnerabilityRule = {
  noneAbove: 'high',
  exceptions: [{ id: 'cve-2026-1', until: now + 10, reason: 'not reachable' }],
};
const scanned = (
  found: { id: string; severity: 'low' | 'critical' | 'unknown' }[],
  architecture = 'x86_64',
) => ({
  architecture,
  scan: {
    found: found.map((each) => ({ ...each, packages: ['openssl'] })),
    tools: ['x'],
    refused: [],
  } as ImageScan,
});

describe('the gate of vulnerabilities', () => {
  it('applies only if the fleet has a rule', () => {
    expect(vulnerabilityGate(undefined, undefined, now)).toBeUndefined();
  });

  it('is red without a report, for each architecture, and says what to do', () => {
    const missing = { architecture: 'aarch64', scan: { missing: 'no report of a scanner is attached' } };
    expect(vulnerabilityGate(rule, [scanned([]), missing], now)).toEqual({
      state: 'red',
      note: 'no report of a scanner is attached to the image for aarch64: attach SARIF or CycloneDX to the digest',
    });
    expect(vulnerabilityGate(rule, [], now)?.state).toBe('red');
    expect(vulnerabilityGate(rule, new Error('HTTP 500'), now)).toMatchObject({
      state: 'red',
      note: 'the registry cannot say what scanners found: HTTP 500',
    });
  });

  it('names what is above the limit, and accepts an exception until its end', () => {
    const images = [scanned([{ id: 'CVE-2026-1', severity: 'critical' }])];
    expect(vulnerabilityGate(rule, images, now)).toEqual({
      state: 'green',
      note: 'none above high; CVE-2026-1 is accepted until 2026-07-25T17:20:10Z: not reachable',
    });
    expect(vulnerabilityGate(rule, images, now + 10)).toEqual({
      state: 'red',
      note: 'above high: CVE-2026-1 (critical, openssl); the exception for CVE-2026-1 ended on 2026-07-25T17:20:10Z',
    });
    const unknown = vulnerabilityGate(rule, [scanned([{ id: 'X', severity: 'unknown' }])], now);
    expect(unknown).toEqual({ state: 'red', note: 'above high: X (of unknown severity, openssl)' });
  });

  it('is green exactly if nothing is above the limit in any architecture', () => {
    const finding = fc.record({
      id: fc.stringMatching(/^CVE-2026-[2-9]{4}$/),
      severity: fc.constantFrom(...severities, 'unknown' as const),
    });
    const limit = fc.constantFrom('none' as const, 'low' as const, 'medium' as const, 'high' as const);
    fc.assert(
      fc.property(fc.array(finding), fc.array(finding), limit, (one, other, noneAbove) => {
        const images = [scanned(one as never), scanned(other as never, 'aarch64')];
        const gate = vulnerabilityGate({ noneAbove, exceptions: [] }, images, now);
        const isClean = unique(images).every(({ severity }) => !isAbove(severity, noneAbove));
        expect(gate?.state).toBe(isClean ? 'green' : 'red');
      }),
    );
  });

  it('has no limit above the highest severity', () => {
    const text = (fleets: string) => `image: a.example/b\nbase: a.example/c:stable\nfleets:\n${fleets}`;
    const bad = text('  testing: { vulnerabilities: { none-above: critical } }');
    expect(() => parseConfig(bad, 'x')).toThrow(/none-above/);
  });
});

describe("a promotion's pull request", () => {
  it('shows what is new and what is fixed, whatever scanners write', () => {
    const before = [
      scanned([
        { id: 'CVE-1', severity: 'critical' },
        { id: 'CVE-2', severity: 'low' },
      ]),
    ];
    const scans = [
      scanned([
        { id: 'CVE-2', severity: 'low' },
        { id: 'a|b\n`c`', severity: 'unknown' },
      ]),
    ];
    const text = describeVulnerabilities({ scans, before }) ?? '';
    expect(text).toContain('Vulnerabilities: 1 new one, 1 fixed, 1 as before.');
    expect(text).toContain('<summary>fixed: 1 critical</summary>');
    expect(text.split('\n').find((line) => line.includes('unknown |'))).not.toMatch(/\| a\|b/);
    expect(describeVulnerabilities({ scans: new Error('x') })).toBeUndefined();
  });
});

describe('reports in the registry', () => {
  const registry = useRegistry();
  const client: RegistryClient = testClient();

  async function stage() {
    const own = makeKeyPair();
    const { config, root } = await createProject(registry.host, {
      fleets: '  testing: {}',
      more: 'evidence: { signed-by: [keys/evidence.pub] }',
      files: { 'keys/evidence.pub': own.publicKey },
    });
    const image = await pushSampleImage(client, config.image, { labels: { n: 'scan' } });
    return { image, own, trust: { ...config.evidence, root } };
  }

  async function attach(
    image: DigestReference,
    value: unknown,
    created?: string,
    artifactType = 'application/sarif+json',
  ) {
    const { descriptor: subject } = await client.getManifest(image);
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    await pushArtifact(client, {
      repository: image.repository,
      artifactType,
      subject,
      layers: [{ mediaType: artifactType, bytes }],
      ...(created === undefined ? {} : { annotations: { 'org.opencontainers.image.created': created } }),
    });
  }
  const scan = (image: DigestReference, trust: Trust = unsigned) =>
    readScan(client, [image], { digests: [image.digest], trust });
  const critical = { id: 'CVE-2026-1000', score: '9.8' };

  it('count by their newest, for each scanner, and a VEX clears', async () => {
    const { image } = await stage();
    expect(await scan(image)).toEqual({ missing: 'no report of a scanner is attached' });
    const about = { image: image.digest };
    const low = { id: 'CVE-2026-2000', score: '2.0' };
    await attach(image, sarif([critical], about), '2026-07-01T00:00:00Z');
    await attach(image, sarif([low], about), '2026-07-02T00:00:00Z');
    await attach(image, sarif([{ id: 'CVE-2026-3000', score: '9' }], { tool: 'Grype', ...about }));
    const ids = async () => {
      const found = await scan(image);
      return 'missing' in found ? found.missing : found.found.map(({ id }) => id);
    };
    expect(await ids()).toEqual(['CVE-2026-2000', 'CVE-2026-3000']);
    const vex = cycloneDx([{ id: 'CVE-2026-3000', state: 'not_affected' }], { components: false, ...about });
    await attach(image, vex, undefined, 'application/vnd.cyclonedx+json');
    expect(await ids()).toEqual(['CVE-2026-2000']);
  });

  it('that are cut off, too large, or about another image do not count, and are named', async () => {
    const { image } = await stage();
    await attach(image, JSON.stringify(sarif([])).slice(0, -20));
    await attach(image, sarif([]));
    await attach(image, ' '.repeat(32 * 1024 * 1024 + 1));
    const found = await scan(image);
    expect(found).toEqual({ missing: expect.stringMatching(/^no report that is attached counts: /) });
    for (const reason of [
      /it is not JSON, or it is cut off/,
      /about another image, sha256:/,
      /more than 33554432/,
    ]) {
      expect('missing' in found && found.missing).toMatch(reason);
    }
  });

  it('count only with a signature that counts, if the configuration names one', async () => {
    const { image, own, trust } = await stage();
    await attach(image, sarif([], { image: image.digest }));
    expect(await scan(image, trust)).toEqual({
      missing: 'no report that is attached counts: it is not signed',
    });
    const signer = await attestationSigner(trust, { COXSWAIN_EVIDENCE_KEY: own.privateKey });
    const { descriptor: subject } = await client.getManifest(image);
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'os', digest: { sha256: image.digest.slice('sha256:'.length) } }],
      predicateType: sarifPredicateType,
      predicate: sarif([critical], { image: image.digest }),
    };
    await pushStatement(client, {
      ...{ repository: image.repository, subject, predicateType: sarifPredicateType, signer },
      statement: JSON.stringify(statement),
    });
    expect(await scan(image, trust)).toMatchObject({
      found: [{ id: 'CVE-2026-1000', severity: 'critical' }],
    });
  });
});
