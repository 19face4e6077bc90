import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findZincati } from '../../src/demo/base-agent.ts';
import { defaultCacheFolder } from '../../src/demo/base-images.ts';
import type { TestFile } from '../../src/loop/boot-test/guest/list-tests.ts';
import { type AgentQuestion, writeAgentTest } from '../../src/loop/boot-test/guest/node-agent.ts';
import { current, graphOf, question } from '../support/agent-question.ts';
import { useMachines } from '../support/machines.ts';

// The image has no systemd, because that only takes time here: `script/demo --systemd` asks in a system with it.

const { place, unpackRoot, variant, boot } = useMachines();
const reason =
  findZincati(defaultCacheFolder()) === undefined
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

/** The same test before and after the questions: what the machine mounts, runs and has. */
async function mark(): Promise<[TestFile, TestFile]> {
  const path = join(await mkdtemp(join(place(), 'mark-')), 'left');
  await writeFile(path, left);
  return [
    { name: 'a-before', path },
    { name: 'e-as-before', path },
  ];
}

const left = `#!/bin/sh
{ cat /proc/self/mounts; pgrep -l 'zincati|httpd'; sha256sum /etc/passwd /usr/bin/rpm-ostree; } >/tmp/now
if [ -e /tmp/before ]; then diff /tmp/before /tmp/now; else mv /tmp/now /tmp/before; fi
`;

describe.skipIf(reason !== undefined)(
  `the image's own Zincati in the machine${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('takes the candidate, finds itself, and leaves the machine as it was', async () => {
      // The root is read-only, and so is this folder: on a node, ostree mounts it read-only.
      const root = await variant(await unpackRoot('node'), 'installed', {
        'sysroot/ostree/deploy/default/there': '',
      });
      const questions = {
        'b-agrees': question(),
        'c-disagrees': question({ graph: graphOf([current]) }),
      };
      const asked = await asTests(questions);
      const [first, last] = await mark();
      const report = await boot(root, { 'shared/empty': '' }, { tests: [first, ...asked, last] });
      const agreed = `Zincati on ${current.version}, the current release, takes this image.
Zincati on this image finds itself in the graph.
`;
      expect(report.tests, JSON.stringify(report, null, 1)).toMatchObject([
        { name: 'a-before', result: 'passed' },
        { name: 'b-agrees', result: 'passed', output: agreed },
        {
          name: 'c-disagrees',
          result: 'failed',
          output: expect.stringContaining('does not update to this image'),
        },
        { name: 'e-as-before', result: 'passed' },
      ]);
    }, 600_000);
  },
);
