import type { Config } from '../../project/configuration/config.ts';
import { filesAtUrl, filesInFolder } from '../../release/published/published-files.ts';
import { stampPath } from '../../release/published/stamp.ts';

/**
 * Whether the site at publish.url has something else than the folder. The stamp says when a graph changes next, so it
 * is enough to compare three small files of each fleet, and the dashboard, which shows the rest. A site that gives no answer counts as behind: it is deployed
 * again.
 */
export async function siteIsBehind(config: Config, folder: string): Promise<boolean> {
  const { url } = config.publish;
  if (url === undefined) return true;
  const [site, own] = [filesAtUrl(url), filesInFolder(folder)];
  const paths = [
    ...Object.keys(config.fleets).flatMap((fleet) => [
      stampPath(fleet),
      `${fleet}/releases.json`,
      `${fleet}/updates.json`,
    ]),
    'index.html',
  ];
  try {
    const same = await Promise.all(
      paths.map(async (path) => (await site.read(path)) === (await own.read(path))),
    );
    return !same.every(Boolean);
  } catch {
    return true;
  }
}
