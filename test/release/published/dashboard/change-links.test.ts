import { describe, expect, it } from 'vitest';
import { emptyUpdateMetadata } from '../../../../src/guidance/metadata.ts';
import { emptyReleaseIndex } from '../../../../src/guidance/releases.ts';
import { changeLinks } from '../../../../src/release/published/dashboard/change-links.ts';
import { renderSite } from '../../../../src/release/published/site.ts';

const fleet = {
  name: 'stable',
  state: { releases: emptyReleaseIndex('stable', 0), updates: emptyUpdateMetadata('stable', 0) },
};
const input = { fleets: [fleet], architectures: ['x86_64'], rings: [], stream: 'stable', now: 0 };

describe('changeLinks', () => {
  it('lead from the published page to the form of the workflow, for each fleet', () => {
    const page = renderSite({ ...input, repository: 'https://github.com/acme/os' }).get('index.html') ?? '';
    expect(page).toContain('<summary>Change stable</summary>');
    const form = 'https://github.com/acme/os/actions/workflows/operate.yml';
    expect(page.split(`href="${form}"`)).toHaveLength(10);
    expect(page).toContain('coxswain bridge');
  });

  it('are absent for a repository without web pages', () => {
    expect(changeLinks(input).size).toBe(0);
    expect(renderSite(input).get('index.html')).not.toContain('Change stable');
  });
});
