import { writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/demo/registry-process.ts';
import { formatRepository } from '../../src/world/registry/reference.ts';
import { useMemory } from '../support/in-memory.ts';
import { useRegistry } from '../support/registry.ts';
import { keepFolders } from '../support/repository.ts';
import { type Block, blocksOf, commandsOf, pagesForUsers } from './pages.ts';
import { runLine, startLine } from './run-line.ts';
import { findDifference, inThisRun, type Names } from './shape.ts';
import { changes, makeWorld, type World } from './worlds.ts';

// Every console block of every page is run, in the order of the page and in one world for each page, or its mark says
// why not: `<!-- not run: REASON -->`.

useMemory();
// Ada operates the fleets of the pages.
process.env.GIT_AUTHOR_NAME = 'Ada';
process.env.GIT_COMMITTER_NAME = 'Ada';
const registry = useRegistry();
const folders: string[] = [];
const blocks = pagesForUsers()
  .flatMap((page) => blocksOf(page))
  .filter(({ language }) => language === 'console');
const reasonOf = ({ marks }: Block) => marks.find(({ name }) => name === 'not run')?.value;
const runBlocks = blocks.filter((block) => reasonOf(block) === undefined);
const commandCount = runBlocks.reduce((sum, block) => sum + commandsOf(block).length, 0);

afterAll(async () => {
  writeSync(
    2,
    `\ndocs: ${runBlocks.length} of ${blocks.length} console blocks were run (${commandCount} commands); ${blocks.length - runBlocks.length} are marked with a reason\n`,
  );
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('console blocks', () => {
  it('that are not run say why', () => {
    for (const block of blocks) {
      const reason = reasonOf(block);
      if (reason === undefined) commandsOf(block);
      else expect(reason.length, `${block.page}:${block.line}`).toBeGreaterThan(15);
    }
  });

  it('most of them are run', () => {
    expect(runBlocks.length).toBeGreaterThan(blocks.length / 2);
  });
});

/** What pages call the production repository, and its copy in a closed network. */
const publicName = 'ghcr.io/acme/os';
const insideName = 'registry.inside.example/acme/os';
const repositoryOf = ({ project }: World) => formatRepository(project.config.image);

/** The names, digests and ports of this run. */
function withNames(line: string, world: World): string {
  return line
    .replaceAll(publicName, repositoryOf(world))
    .replaceAll(insideName, repositoryOf(world))
    .replaceAll('@sha256:…', `@${world.oldImage}`)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
}

const pages = [...new Set(runBlocks.map(({ page }) => page))];
/** The servers of the pages listen here instead of on 8080. */
let port: number;
beforeAll(async () => {
  port = await freePort();
});

describe.each(pages)('%s', (page) => {
  let world: World | undefined;
  const names: Names = new Map();
  const own = blocks.filter((block) => block.page === page);
  let broken = false;
  afterAll(async () => {
    for (const { stop } of world?.running ?? []) await stop();
  });

  it.each(own.filter((block) => reasonOf(block) === undefined).map((block) => [block.line, block] as const))(
    'line %i: what it shows is what a run prints',
    // The world of the page is no longer the same for a second try.
    { timeout: 120_000, retry: 0 },
    async (_, block) => {
      // What follows a block that failed would only repeat its failure.
      if (broken) return;
      broken = true;
      world ??= await makeWorld(registry.host);
      folders.push(...keepFolders());
      for (const { name, value } of block.marks) {
        const [, verb = '', argument = ''] = /^(\S+) ?(.*)$/.exec(value) ?? [];
        if (name !== 'world') throw new Error(`${page}:${block.line}: unknown mark ${name}`);
        const change = changes[verb];
        if (change === undefined)
          throw new Error(`${page}:${block.line}: the world change ${verb} does not exist`);
        await change(world, argument);
      }
      const commands = commandsOf(block);
      for (const [index, { command, shown }] of commands.entries()) {
        const line = withNames(inThisRun(command, names), world);
        const place = { folder: world.project.git.directory, now: world.now, env: world.env };
        let printed: string;
        if (world.inBackground && index === commands.length - 1) {
          const running = await startLine(line, place, shown.length);
          world.running.push(running);
          world.inBackground = false;
          printed = running.printed;
        } else printed = await runLine(line, place);
        const said = command.includes(publicName)
          ? printed.replaceAll(repositoryOf(world), publicName)
          : printed;
        const difference = findDifference(shown, said.split('\n'), names);
        expect(difference, `${page}:${block.line}: $ ${line}\n${difference ?? ''}`).toBeUndefined();
      }
      broken = false;
    },
  );
});
