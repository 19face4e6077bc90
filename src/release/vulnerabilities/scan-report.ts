import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import type { Digest } from '../../world/registry/reference.ts';
import { type Severity, severityOf, severityOfScore, worst } from './severity.ts';

/** One vulnerability that a scanner found in an image. */
export interface Vulnerability {
  readonly id: string;
  readonly severity: Severity;
  /** Packages that have it, as the scanner names them. */
  readonly packages: readonly string[];
}

/** What one report of a scanner says about an image. */
export interface ScanReport {
  readonly tool: string;
  /** UNIX seconds; absent if the report does not say when it was made. */
  readonly at?: number;
  readonly found: readonly Vulnerability[];
  /** Ids that somebody examined, and that do not affect the image. */
  readonly cleared: readonly string[];
  /** It only clears (VEX): that it names nothing else does not mean that there is nothing else. */
  readonly onlyClears: boolean;
}

/** A report, or why it does not count, as the end of a sentence; undefined: it says nothing about vulnerabilities. */
export type ReadReport = ScanReport | { readonly refused: string } | undefined;

/**
 * Reads a report in SARIF 2.1.0 or CycloneDX.
 * @param digests the image, and indexes that have it: a report that names others is about another image
 */
export function readReport(value: unknown, digests: readonly Digest[]): ReadReport {
  const head = z
    .looseObject({ bomFormat: z.unknown().optional(), version: z.unknown().optional() })
    .safeParse(value).data;
  if (head === undefined) return { refused: 'it is neither SARIF nor CycloneDX' };
  if (head.bomFormat === 'CycloneDX') return readCycloneDx(value, digests);
  if (head.version === '2.1.0') return readSarif(value, digests);
  return { refused: 'it is neither SARIF 2.1.0 nor CycloneDX' };
}

const text = z.string().max(1000);
const maybe = text.optional().catch(undefined);

// CycloneDX 1.4 to 1.7, "vulnerabilities". Only what is needed is read: scanners differ in the rest.
const cycloneDx = z.looseObject({
  components: z.array(z.looseObject({ 'bom-ref': maybe, name: maybe, version: maybe })).optional(),
  metadata: z
    .looseObject({
      timestamp: maybe,
      component: z
        .looseObject({
          version: maybe,
          purl: maybe,
          properties: z.array(z.looseObject({ name: maybe, value: maybe })).optional(),
        })
        .optional(),
      tools: z.unknown().optional(),
    })
    .optional(),
  vulnerabilities: z
    .array(
      z.looseObject({
        id: text.min(1),
        ratings: z
          .array(z.looseObject({ severity: maybe, score: z.number().optional().catch(undefined) }))
          .optional(),
        affects: z.array(z.looseObject({ ref: maybe })).optional(),
        analysis: z.looseObject({ state: maybe }).optional(),
      }),
    )
    .optional(),
});

/** States of CycloneDX in which a vulnerability does not affect the image. */
const harmless = ['resolved', 'resolved_with_pedigree', 'false_positive', 'not_affected'];

function readCycloneDx(value: unknown, digests: readonly Digest[]): ReadReport {
  const read = cycloneDx.safeParse(value);
  if (!read.success)
    return { refused: `it is not CycloneDX as scanners write it (${problemOf(read.error)})` };
  const { components = [], metadata, vulnerabilities } = read.data;
  // An SBOM alone.
  if (vulnerabilities === undefined) return undefined;
  const { version, purl, properties = [] } = metadata?.component ?? {};
  const named = digestsIn([
    version,
    purl,
    ...properties.filter(isRepositoryDigest).map((each) => each.value),
  ]);
  const stranger = otherImage(named, digests);
  if (stranger !== undefined) return stranger;
  const names = new Map(components.map((each) => [each['bom-ref'], packageName(each.name, each.version)]));
  const isCleared = ({ analysis }: (typeof vulnerabilities)[number]) =>
    harmless.includes(analysis?.state ?? '');
  return {
    tool: toolOf(metadata?.tools),
    ...defined({ at: timeOf(metadata?.timestamp) }),
    found: vulnerabilities
      .filter((each) => !isCleared(each))
      .map(({ id, ratings = [], affects = [] }) => ({
        id,
        severity: worst(ratings.map(severityOfRating)),
        packages: affects.flatMap(({ ref }) => {
          const name = names.get(ref) ?? ref;
          return name === undefined ? [] : [name];
        }),
      })),
    cleared: vulnerabilities.filter(isCleared).map(({ id }) => id),
    onlyClears:
      components.length === 0 &&
      vulnerabilities.length > 0 &&
      vulnerabilities.every(({ analysis }) => analysis),
  };
}

function severityOfRating({
  severity,
  score,
}: {
  severity?: string | undefined;
  score?: number | undefined;
}) {
  const said = severityOf(severity);
  return said === 'unknown' && score !== undefined ? severityOfScore(score) : said;
}

/** Trivy's name for `repository@digest` of what it scanned. */
function isRepositoryDigest({ name }: { readonly name?: string | undefined }): boolean {
  return name?.endsWith(':RepoDigest') === true;
}

const level = z.looseObject({
  id: text.min(1),
  properties: z
    .looseObject({
      'security-severity': z.union([text, z.number()]).optional().catch(undefined),
      tags: z.array(z.unknown()).optional().catch(undefined),
    })
    .optional(),
});

const sarif = z.looseObject({
  runs: z.array(
    z.looseObject({
      tool: z.looseObject({
        driver: z.looseObject({ name: text, rules: z.array(level).optional() }),
      }),
      results: z
        .array(
          z.looseObject({
            ruleId: maybe,
            suppressions: z.array(z.looseObject({ status: maybe })).optional(),
            message: z.looseObject({ text: z.string().optional() }).optional(),
          }),
        )
        .optional(),
      invocations: z.array(z.looseObject({ endTimeUtc: maybe })).optional(),
      properties: z.looseObject({ repoDigests: z.array(text).optional().catch(undefined) }).optional(),
    }),
  ),
});

function readSarif(value: unknown, digests: readonly Digest[]): ReadReport {
  const read = sarif.safeParse(value);
  if (!read.success) return { refused: `it is not SARIF as scanners write it (${problemOf(read.error)})` };
  const { runs } = read.data;
  // Without results a run only says that a tool was started.
  if (runs.length === 0 || runs.some(({ results }) => results === undefined)) {
    return { refused: 'it has no results, not even an empty list' };
  }
  const stranger = otherImage(digestsIn(runs.flatMap((run) => run.properties?.repoDigests ?? [])), digests);
  if (stranger !== undefined) return stranger;
  const found = new Map<string, { severities: Severity[]; packages: Set<string> }>();
  const cleared = new Set<string>();
  for (const { tool, results = [] } of runs) {
    const rules = new Map((tool.driver.rules ?? []).map((rule) => [rule.id, rule]));
    for (const { ruleId, suppressions = [], message } of results) {
      if (ruleId === undefined) return { refused: 'one of its results has no ruleId' };
      const id = idIn(ruleId);
      if (suppressions.some(({ status }) => status === undefined || status === 'accepted')) {
        cleared.add(id);
        continue;
      }
      const known = found.get(id) ?? { severities: [], packages: new Set() };
      known.severities.push(severityOfRule(rules.get(ruleId)));
      const name = /^Package: (\S+)$/m.exec(message?.text ?? '')?.[1];
      if (name !== undefined) known.packages.add(name);
      found.set(id, known);
    }
  }
  const times = runs.flatMap(({ invocations = [] }) =>
    invocations.map(({ endTimeUtc }) => timeOf(endTimeUtc)),
  );
  const at = times.filter((time) => time !== undefined).sort((one, other) => other - one)[0];
  return {
    tool: [...new Set(runs.map(({ tool }) => tool.driver.name))].join(' and '),
    ...defined({ at }),
    found: [...found].map(([id, { severities, packages }]) => ({
      id,
      severity: severities.includes('unknown') ? 'unknown' : worst(severities),
      packages: [...packages],
    })),
    // What is suppressed for one package and not for another still affects the image.
    cleared: [...cleared].filter((id) => !found.has(id)),
    onlyClears: false,
  };
}

/** GitHub's field for the score, else a word among the tags, as Trivy writes both. */
function severityOfRule(rule: z.infer<typeof level> | undefined): Severity {
  const score = rule?.properties?.['security-severity'];
  if (score !== undefined && score !== '') return severityOfScore(Number(score));
  return worst((rule?.properties?.tags ?? []).map((tag) => severityOf(typeof tag === 'string' ? tag : '')));
}

/** Grype adds the package to the id: `CVE-2026-1234-openssl`. */
function idIn(ruleId: string): string {
  return /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})/.exec(ruleId)?.[0] ?? ruleId;
}

function digestsIn(texts: readonly (string | undefined)[]): string[] {
  return texts.flatMap((each) => each?.replaceAll('%3A', ':').match(/sha256:[0-9a-f]{64}/g) ?? []);
}

function otherImage(named: readonly string[], digests: readonly Digest[]): { refused: string } | undefined {
  if (named.length === 0 || named.some((each) => digests.includes(each as Digest))) return undefined;
  return { refused: `it is about another image, ${named[0]?.slice(0, 19)}` };
}

function toolOf(tools: unknown): string {
  const list = z.array(z.looseObject({ name: text }));
  const read = z.union([list, z.looseObject({ components: list }).transform(({ components }) => components)]);
  return (
    (read.safeParse(tools).data ?? []).map(({ name }) => name).join(' and ') || 'a scanner without a name'
  );
}

function timeOf(written: string | undefined): number | undefined {
  const milliseconds = Date.parse(written ?? '');
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

function packageName(name: string | undefined, version: string | undefined): string | undefined {
  return [name, version].filter((part) => part !== undefined).join(' ') || undefined;
}

function problemOf({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong shape'}`;
}
