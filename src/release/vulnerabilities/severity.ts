/** From the least severe to the most severe. */
export const severities = ['none', 'low', 'medium', 'high', 'critical'] as const;

/** `unknown`: the scanner does not say. It counts as above every limit, because it may be anything. */
export type Severity = (typeof severities)[number] | 'unknown';

/** Whether a severity is above a limit. */
export function isAbove(severity: Severity, limit: (typeof severities)[number]): boolean {
  return severity === 'unknown' || severities.indexOf(severity) > severities.indexOf(limit);
}

/** The most severe of several; `unknown` only if nothing else is known. */
export function worst(all: readonly Severity[]): Severity {
  const known = all.filter((each) => each !== 'unknown');
  return known.toSorted((one, other) => severities.indexOf(other) - severities.indexOf(one))[0] ?? 'unknown';
}

/** A word of a scanner, in any case; `info` and the like are `none`. */
export function severityOf(word: string | undefined): Severity {
  const lower = word?.toLowerCase();
  if (lower === 'info' || lower === 'negligible') return 'none';
  return severities.find((each) => each === lower) ?? 'unknown';
}

/** The ranges of CVSS v3 and v4 ("Qualitative Severity Rating Scale"). */
export function severityOfScore(score: number): Severity {
  if (!(score >= 0 && score <= 10)) return 'unknown';
  if (score === 0) return 'none';
  if (score < 4) return 'low';
  if (score < 7) return 'medium';
  return score < 9 ? 'high' : 'critical';
}
