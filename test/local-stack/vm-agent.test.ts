import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findZincati } from '../../src/demo/base-agent.ts';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import { findTool } from '../../src/host/tools.ts';
import type { TestFile } from '../../src/loop/boot-test/guest/list-tests.ts';
import { type AgentQuestion, writeAgentTest } from '../../src/loop/boot-test/guest/node-agent.ts';
import { current, graphOf, question } from '../support/agent-question.ts';
import { useMachines } from '../support/machines.ts';

const { place, unpackRoot, boot } = useMachines();
const zincati = findZincati(defaultCacheFolder());

const reason =
  findTool('mmdebstrap') === undefined
    ? 'no mmdebstrap'
    : zincati === undefined
      ? 'no Zincati here (script/rust-tools zincati, or ZINCATI=PATH)'
      : undefined;

/** Questions as tests of one machine, in this order. */
async function asTests(questions: Readonly<Record<string, AgentQuestion>>): Promise<TestFile[]> {
  const tests: TestFile[] = [];
  for (const [name, each] of Object.entries(questions)) {
    tests.push({ ...(await writeAgentTest(each, await mkdtemp(join(place(), 'question-')))), name });
  }
  return tests;
}

describe.skipIf(reason !== undefined)(
  `the image's own Zincati in the machine${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('takes the candidate, finds itself, and leaves the machine as it was', async () => {
      const root = await unpackRoot('systemd');
      const questions = {
        agrees: question(),
        disagrees: question({ graph: graphOf([current]) }),
        'agrees again': question(),
      };
      const report = await boot(root, { 'shared/empty': '' }, { tests: await asTests(questions) });
      const agreed = `Zincati on ${current.version}, the current release, takes this image.
Zincati on this image finds itself in the graph.
`;
      expect(report.tests).toMatchObject([
        { name: 'systemd', result: 'passed' },
        { name: 'agrees', result: 'passed', output: agreed },
        {
          name: 'disagrees',
          result: 'failed',
          output: expect.stringContaining('does not update to this image'),
        },
        { name: 'agrees again', result: 'passed', output: agreed },
      ]);
      expect(report.system).toMatchObject({ stateAfter: 'running' });
    }, 1_800_000);
  },
);
