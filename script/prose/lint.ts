import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Finding, findingLine, findProse } from './findings.ts';

/** How many findings a file may still have. The numbers only go down: `--shrink` writes the file again. */
export type Allowances = Readonly<Record<string, number>>;

const allowedFile = 'script/prose/allowed.json';

/** The findings of files that have more of them than allowed. */
export function beyond(findings: readonly Finding[], allowed: Allowances): Finding[] {
  const counts = countByFile(findings);
  return findings.filter(({ file }) => (counts.get(file) ?? 0) > (allowed[file] ?? 0));
}

/** The allowances that are still needed. */
export function shrink(findings: readonly Finding[], allowed: Allowances): Allowances {
  const counts = countByFile(findings);
  return Object.fromEntries(
    Object.entries(allowed)
      .map(([file, count]) => [file, Math.min(count, counts.get(file) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

function countByFile(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { file } of findings) counts.set(file, (counts.get(file) ?? 0) + 1);
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));

function main(options: readonly string[]): void {
  const findings = findProse(process.cwd());
  const allowed: Allowances = JSON.parse(readFileSync(allowedFile, 'utf8'));
  if (options.includes('--shrink')) {
    writeFileSync(allowedFile, `${JSON.stringify(shrink(findings, allowed), null, 2)}\n`);
  }
  const shown = options.includes('--all') ? findings : beyond(findings, allowed);
  if (options.includes('--count')) {
    console.error(
      `prose: ${findings.length} findings in ${countByFile(findings).size} files (docs/style.md)`,
    );
    return;
  }
  for (const finding of shown) console.error(findingLine(finding));
  const rest = Object.values(allowed).reduce((sum, count) => sum + count, 0);
  if (rest > 0)
    console.error(`prose: ${rest} findings are still allowed in ${allowedFile}; --all shows them`);
  process.exitCode = shown.length === 0 ? 0 : 1;
}
