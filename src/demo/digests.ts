import { createHash } from 'node:crypto';
import { exec } from '../host/exec.ts';

/** The digest of a reference, as another tool sees it. @throws OutsideError if there is none */
export async function skopeoDigest(reference: string): Promise<string> {
  // The raw manifest, because skopeo's own summary supports images only, not artifacts.
  const { stdout } = await exec('skopeo', [
    'inspect',
    '--no-creds',
    '--tls-verify=false',
    '--raw',
    `docker://${reference}`,
  ]);
  return `sha256:${createHash('sha256').update(stdout).digest('hex')}`;
}

/** Every tag of a repository with its digest, as skopeo sees them; empty if there is no such repository. */
export async function skopeoTags(repository: string): Promise<Record<string, string>> {
  const { exitCode, stdout } = await exec(
    'skopeo',
    ['list-tags', '--no-creds', '--tls-verify=false', `docker://${repository}`],
    { allow: [0, 1] },
  );
  if (exitCode !== 0) return {};
  const answer: unknown = JSON.parse(stdout);
  const tags =
    typeof answer === 'object' && answer !== null && 'Tags' in answer && Array.isArray(answer.Tags)
      ? answer.Tags
      : [];
  const entries = await Promise.all(
    tags.map(async (tag) => [String(tag), await skopeoDigest(`${repository}:${tag}`)] as const),
  );
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}
