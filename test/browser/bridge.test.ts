import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool } from '../../src/host/tools.ts';
import { startBridge, type TestBridge } from '../operate/bridge/support.ts';
import { useMemory } from '../support/in-memory.ts';
import { createProject, promote, publishBase, recordRelease, type TestProject } from '../support/project.ts';
import { useRegistry } from '../support/registry.ts';
import { commitFiles, keepForAllTests } from '../support/repository.ts';

useMemory();
const registry = useRegistry();
const now = 1_785_000_000;
const hour = 3600;
const program = findTool('chromium');
const pictures = 'test-output/bridge';

let project: TestProject;
let bridge: TestBridge;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let axe: string;
/** What the browser refused or could not run. */
const complaints: string[] = [];

beforeAll(async () => {
  if (program === undefined) return;
  const time = now - 10 * hour;
  project = await createProject(registry.host, {
    time,
    rings: 'rings: { canary: 0.01, early: 0.3, late: 1.0 }',
  });
  await publishBase(project, '44.20260621.3.1');
  const good = await project.git.run(['rev-parse', 'testing']);
  await recordRelease(project, 'testing', {
    version: '1-aa',
    time: now - 100 * hour,
    metadata: { rollout: { start_percentage: 1 } },
    record: { commit: good },
  });
  const commit = await commitFiles(project.git, { 'etc/motd': 'worse\n' }, { time });
  await recordRelease(project, 'testing', { version: '1-bb', time: now - 12 * hour, record: { commit } });
  keepForAllTests();
  bridge = await startBridge(project, { now: () => now });
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await mkdir(pictures, { recursive: true });
  browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] });
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 4'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${bridge.origin}${bridge.root}enter?token=${bridge.token}`);
  await page.waitForURL(home());
});
afterAll(async () => {
  await browser?.close();
  await bridge?.stop();
});

const home = () => `${bridge.origin}${bridge.root}`;
const tip = () => project.git.run(['rev-parse', 'coxswain']);
const message = async () => (await project.git.run(['log', '-1', '--format=%B', 'coxswain'])).trimEnd();
const entryOf = async (version: string) =>
  (await project.state.readFleet('testing')).updates.releases.find((entry) => entry.version === version)
    ?.metadata;
const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });
const picture = (name: string) => page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });

/** Accessibility as axe-core sees it: rule and element of each finding. */
async function findings(on = page): Promise<string[]> {
  await on.evaluate(axe);
  const found = (await on.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** Opens the form of an action from the card of a fleet, and fills it in. */
async function fillIn(
  title: string,
  values: Readonly<Record<string, string | true>> = {},
  { fleet = 'testing', on = page } = {},
) {
  await on.goto(home());
  await on
    .locator(`.change a[href*="/act/${fleet}/"]`)
    .filter({ hasText: new RegExp(`^${title}$`) })
    .click();
  for (const [label, value] of Object.entries(values)) {
    const field = on.getByLabel(label, { exact: true });
    if (value === true) await field.check();
    else if ((await field.and(on.locator('select')).count()) > 0) await field.selectOption(value);
    else await field.fill(value);
  }
  await button('Show what would change', on).click();
}

/** Confirms the preview that is open. @returns the message of the one commit that it made */
async function confirm(on = page): Promise<string> {
  const before = await tip();
  const accept = on.getByLabel(/Do it although lint finds/);
  if ((await accept.count()) > 0) await accept.check();
  await button('Make this commit', on).click();
  await on.getByRole('heading', { name: 'Done' }).waitFor();
  expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
  expect(await on.locator('main').textContent()).toContain(await tip());
  return message();
}

describe.skipIf(program === undefined)('the bridge in a browser', () => {
  it('shows the fleets, on a screen and on a phone, without a finding of axe', async () => {
    expect(await page.getByText('You act as Ada').isVisible()).toBe(true);
    await picture('fleets-1280');
    expect(await findings()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await picture('fleets-390');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('pauses by the keyboard alone', async () => {
    const press = async (key: string, times = 1) => {
      for (let each = 0; each < times; each += 1) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate('document.activeElement.innerText');
    await page.goto(home());
    for (let each = 0; each < 80 && (await focused()) !== 'Pause'; each += 1) await press('Tab');
    await press('Enter');
    await page.getByRole('heading', { name: 'Pause: testing' }).waitFor();
    for (
      let each = 0;
      each < 20 && (await page.evaluate('document.activeElement.name')) !== 'reason';
      each += 1
    ) {
      await press('Tab');
    }
    await page.keyboard.type('boot loop, https://acme.example/issues/7');
    for (let each = 0; each < 20 && (await focused()) !== 'Show what would change'; each += 1)
      await press('Tab');
    await press('Enter');
    await page.getByRole('heading', { name: 'Preview: Pause, testing' }).waitFor();
    await picture('preview-pause-1280');
    expect(await findings()).toEqual([]);
    const text = await page.locator('main').textContent();
    expect(text).toContain('testing: pause 1-bb at 50 %');
    expect(text).toMatch(/Rings? canary, early/);
    expect(text).toContain('-      "version": "1-bb",');
    const before = await tip();
    for (let each = 0; each < 20 && (await focused()) !== 'Make this commit'; each += 1) await press('Tab');
    await press('Enter');
    await page.getByRole('heading', { name: 'Done' }).waitFor();
    expect(await findings()).toEqual([]);
    expect(await project.git.run(['rev-parse', 'coxswain^'])).toBe(before);
    expect(await message()).toBe(
      'testing: pause 1-bb at 50 %\n\nReason: boot loop, https://acme.example/issues/7\nBy: Ada',
    );
  });

  it('resumes', async () => {
    await fillIn('Resume');
    expect(await confirm()).toBe('testing: resume 1-bb at 50 %\n\nBy: Ada');
  });

  it('moves the end of a rollout by a drag of its handle', async () => {
    await page.goto(home());
    const handle = page.getByRole('slider', { name: 'End of the rollout' });
    await handle.scrollIntoViewIfNeeded();
    const box = await handle.boundingBox();
    if (box === null) throw new Error('the handle is not visible');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 120, y, { steps: 4 });
    await page.mouse.up();
    const wanted = Date.parse(await page.getByLabel('End', { exact: true }).inputValue()) / 1000;
    expect(wanted).toBeGreaterThan(now + 13 * hour);
    await picture('dragged-1280');
    await button('Reschedule…').click();
    expect(await page.locator('main').textContent()).toContain('When a ring is offered a release');
    await picture('preview-reschedule-1280');
    expect(await confirm()).toMatch(/^testing: reschedule 1-bb: from 50 % now to all nodes on /);
    const rollout = (await entryOf('1-bb'))?.rollout;
    expect(rollout).toMatchObject({ start_epoch: now, start_percentage: 0.5 });
    expect(Math.abs(now + (rollout?.duration_minutes ?? 0) * 60 - wanted)).toBeLessThanOrEqual(30);
  });

  it('moves a rollout before its start by arrow keys, and by the fields', async () => {
    await fillIn('Roll out', {
      Start: '+6h',
      Duration: '24h',
      'Do it even if edit-updates would refuse (--force)': true,
    });
    expect(await confirm()).toMatch(/^testing: roll out again 1-bb from .* over 1 d/);
    await page.goto(home());
    await page.getByRole('slider', { name: 'Start of the rollout' }).focus();
    for (let each = 0; each < 4; each += 1) await page.keyboard.press('ArrowLeft');
    await button('Reschedule…').click();
    expect(await confirm()).toMatch(/^testing: reschedule 1-bb to /);
    expect((await entryOf('1-bb'))?.rollout?.start_epoch).toBe(
      now + 5 * hour - (now % 300 === 0 ? 0 : now % 300),
    );
    await fillIn('Reschedule', { Start: 'now', End: '+8h' });
    await confirm();
    expect((await entryOf('1-bb'))?.rollout).toMatchObject({ start_epoch: now, duration_minutes: 480 });
  });

  it('sets a barrier, and says what is wrong with a dead-end on it', async () => {
    await fillIn('Set a barrier', { Release: '1-aa', Reason: 'new keys' });
    expect(await confirm()).toBe('testing: make 1-aa a barrier\n\nReason: new keys\nBy: Ada');
    const before = await tip();
    await fillIn('Mark a dead-end', { Release: '1-aa', Reason: 'lost' });
    expect(await page.getByRole('alert').textContent()).toContain('1-aa is a barrier already (new keys)');
    expect(await page.getByLabel('Reason').inputValue()).toBe('lost');
    expect(await findings()).toEqual([]);
    await picture('problem-1280');
    expect(await tip()).toBe(before);
  });

  it('holds a fleet, and releases the hold', async () => {
    await fillIn('Hold the fleet', { Reason: 'freeze', 'Ends after': '7d' });
    expect(await confirm()).toMatch(/^testing: hold the fleet until .*, pause 1-bb/);
    await fillIn('Release the hold');
    expect(await confirm()).toMatch(/^testing: release the hold of Ada, resume 1-bb/);
  });

  it('works without JavaScript', async () => {
    const other = await startBridge(project, { now: () => now, by: 'Grace' });
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const tab = await plain.newPage();
    await tab.goto(`${other.origin}${other.root}enter?token=${other.token}`);
    await tab
      .getByRole('link', { name: 'Go on to the fleets' })
      .click({ timeout: 3000 })
      .catch(() => undefined);
    await tab.goto(`${other.origin}${other.root}act/testing/pause`);
    await tab.getByLabel('Reason').fill('by hand');
    await button('Show what would change', tab).click();
    expect(await confirm(tab)).toBe('testing: pause 1-bb at 0 %\n\nReason: by hand\nBy: Grace');
    await plain.close();
    await other.stop();
  });

  it('applies nothing to a state that the person did not see, and shows what changed', async () => {
    await fillIn('Resume');
    const second = await context.newPage();
    await fillIn('Hold the fleet', { Reason: 'the other tab' }, { on: second });
    await confirm(second);
    await second.close();
    const before = await tip();
    await button('Make this commit').click();
    await page.getByRole('heading', { name: 'Somebody else changed the state' }).waitFor();
    const text = await page.locator('main').textContent();
    expect(text).toContain('Nothing was applied');
    expect(text).toContain('testing: hold the fleet');
    expect(text).toContain('+    "reason": "the other tab",');
    await picture('moved-1280');
    expect(await findings()).toEqual([]);
    expect(await tip()).toBe(before);
    await button('Show a new preview').click();
    expect(await confirm()).toMatch(/^testing: resume 1-bb at 0 %/);
    await fillIn('Release the hold');
    await confirm();
  });

  it('rolls back: withdraws the release, and opens the pull request', async () => {
    await fillIn('Roll back', { Reason: 'boot loop' });
    await picture('preview-roll-back-1280');
    expect(await confirm()).toMatch(/^testing: withdraw 1-bb/);
    const [request] = await project.forge.pullRequests.list({ state: 'open' });
    expect(request?.title).toContain('from 1-bb to the content of 1-aa');
    expect(await page.locator('main').textContent()).toContain(`pull request #${request?.number}`);
  });

  it('starts the rollout of a new release, and promotes it as urgent', async () => {
    const { candidate } = await promote(project, 'testing');
    await fillIn('Start the rollout of a new release');
    await picture('preview-start-1280');
    expect(await confirm()).toMatch(
      new RegExp(`^testing: release ${candidate.version}\n\nSource: [0-9a-f]{40}`),
    );
    await fillIn('Promote as urgent', { Reason: 'CVE-2026-1234' }, { fleet: 'stable' });
    expect(await confirm()).toBe(
      `stable: promote ${candidate.version} as urgent\n\nReason: CVE-2026-1234\nBy: Ada`,
    );
  });

  it('marks a dead-end, and withdraws a release with what it strands', async () => {
    await fillIn('Mark a dead-end', { Release: '1-bb', Reason: 'lost keys' });
    expect(await confirm()).toMatch(/^testing: make 1-bb a dead-end/);
    const newest = (await project.state.readFleet('testing')).releases.releases.at(-1)?.version ?? '';
    await fillIn('Withdraw', {
      Release: newest,
      Reason: 'bad',
      'Do it even if edit-updates would refuse (--force)': true,
    });
    await picture('preview-withdraw-1280');
    expect(await confirm()).toMatch(/^testing: withdraw /);
  });

  it('is as readable in the dark, and the browser had nothing to complain about', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(home());
    await picture('fleets-dark-1280');
    expect(await findings()).toEqual([]);
    await fillIn('Hold the fleet', { Reason: 'dark' });
    await picture('preview-dark-1280');
    expect(await findings()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
