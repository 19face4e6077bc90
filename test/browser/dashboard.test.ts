import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../src/host/tools.ts';
import { renderDashboard } from '../../src/release/published/dashboard/dashboard.ts';
import type { SiteInput } from '../../src/release/published/input.ts';
import { start, versionOf } from '../guidance/histories.ts';
import { siteInput } from '../release/published/fleets.ts';
import { largeSite, smallSite, stagedSite } from './sites.ts';

const program = findTool('chromium');
const output = resolve('test-output/browser');
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

describe.skipIf(program === undefined)('the dashboard in Chromium', () => {
  let browser: Browser;
  const pages = new Map<string, { readonly url: string; readonly now: number }>();

  beforeAll(async () => {
    await mkdir(output, { recursive: true });
    const calm: SiteInput = siteInput();
    for (const [name, site] of Object.entries({
      small: smallSite(),
      large: largeSite(),
      staged: stagedSite(),
      calm,
    })) {
      const file = join(output, `${name}.html`);
      await writeFile(file, renderDashboard(site));
      pages.set(name, { url: pathToFileURL(file).href, now: site.now });
    }
    // Chromium's own sandbox does not start for root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: program ?? '', args });
  });
  afterAll(async () => browser?.close());

  /** Opens a page and does something with it. Whatever the browser complains about fails the test. */
  async function visit<T>(
    name: string,
    options: BrowserContextOptions & { readonly at?: number },
    act: (page: Page) => Promise<T>,
  ): Promise<T> {
    const { url = '', now = 0 } = pages.get(name) ?? {};
    const { at = now, ...rest } = options;
    const context = await browser.newContext({ viewport: desktop, ...rest });
    const complaints: string[] = [];
    try {
      const page = await context.newPage();
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (request.url().startsWith('http')) complaints.push(`it loads ${request.url()}`);
      });
      if (rest.javaScriptEnabled !== false) await page.clock.setFixedTime(at * 1000);
      await page.goto(url);
      const answer = await act(page);
      expect(complaints).toEqual([]);
      return answer;
    } finally {
      await context.close();
    }
  }

  it.each([
    ['small', 'light', phone],
    ['small', 'dark', phone],
    ['small', 'light', desktop],
    ['small', 'dark', desktop],
    ['calm', 'light', desktop],
    ['staged', 'light', desktop],
    ['large', 'dark', phone],
    ['large', 'light', desktop],
  ] as const)(
    'has no finding of axe and nothing that overflows: %s, %s, %o',
    async (name, colorScheme, viewport) => {
      await visit(name, { colorScheme, viewport }, async (page) => {
        const file = join(output, `${name}-${viewport.width}-${colorScheme}.png`);
        // A picture of all 200 releases is slow, and nobody looks at its end.
        await page.screenshot({ path: file, fullPage: name !== 'large' });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
        await page.evaluate(axe.source);
        const found = await page.evaluate(async () => {
          const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        });
        expect(found).toEqual([]);
      });
    },
  );

  it('is used by the keyboard alone: skip, choose a release, read its way, open a part', async () => {
    await visit('small', {}, async (page) => {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toContain('Skip to the fleets');
      await page.keyboard.press('Enter');
      expect(page.url()).toContain('#fleets');
      for (let count = 0; count < 40; count += 1) {
        await page.keyboard.press('Tab');
        if ((await page.locator('svg.graph a.row:focus').count()) > 0) break;
      }
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.locator('#way-0-0-2').isVisible()).toBe(true);
      expect(await page.locator('#way-0-0-1').isVisible()).toBe(false);
      expect(await page.locator('.chosen').first().textContent()).toBe(
        `Way of a node on ${versionOf(3)}: ${versionOf(5)}.`,
      );
      await page
        .locator('svg.graph')
        .first()
        .screenshot({ path: join(output, 'way.png') });
      const paint = await page.evaluate(
        '(({ fill, stroke }) => [fill, stroke])(getComputedStyle(document.querySelector("#way-0-0-2 use")))',
      );
      expect(paint).toEqual(['none', 'rgb(18, 86, 184)']);
      const summary = page.locator('summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('details').first().getAttribute('open')).not.toBeNull();
    });
  });

  it('lacks nothing without JavaScript: times, problems, the graph and the way of a node', async () => {
    await visit('small', { javaScriptEnabled: false, viewport: phone }, async (page) => {
      expect(await page.locator('#publication').textContent()).toContain(
        'Published 2026-07-23 00:00 UTC. The next change is due 2026-07-23 14:00 UTC.',
      );
      expect(await page.locator('#publication strong').isVisible()).toBe(false);
      expect(await page.locator('.problems').first().isVisible()).toBe(true);
      await page.locator('svg.graph a.row').first().click();
      expect(await page.locator('#way-0-0-0').isVisible()).toBe(true);
    });
  });

  it('turns red when the next publication is overdue, and moves the line of now', async () => {
    const look = (at: number) =>
      visit('small', { at }, async (page) => ({
        late: await page.locator('#publication.late').count(),
        said: await page.locator('#publication strong').isVisible(),
        now: await page.locator('.curve .now').first().getAttribute('transform'),
      }));
    const due = start + 24 * 3600;
    const fresh = await look(due + 60);
    expect(fresh).toMatchObject({ late: 0, said: false });
    const late = await look(due + 2 * 3600);
    expect(late).toMatchObject({ late: 1, said: true });
    expect(late.now).not.toBe(fresh.now);
  });
});

async function focused(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.textContent'));
}
