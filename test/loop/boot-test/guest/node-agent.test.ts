import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTool } from '../../../../src/host/tools.ts';
import { type AgentQuestion, agentScript } from '../../../../src/loop/boot-test/guest/node-agent.ts';
import { findZincati, installZincati } from '../../../node/support/agent.ts';
import { cannotRunMachines, Machine } from '../../../node/support/machine.ts';
import { candidate, current, graphOf, nodeImage, question } from '../../../support/agent-question.ts';

const zincati = findZincati();
const reason =
  cannotRunMachines ??
  (zincati === undefined ? 'no Zincati here (script/rust-tools zincati, or ZINCATI=PATH)' : undefined);

/** Runs the question as the harness does, in the root folder of a test machine. */
async function ask(asked: AgentQuestion, files: Readonly<Record<string, string>> = {}) {
  const machine = await Machine.start();
  await installZincati(machine, zincati ?? '');
  await mkdir(join(machine.root, 'run/coxswain'), { recursive: true });
  await copyFile(findTool('busybox') ?? '', join(machine.root, 'run/coxswain/busybox'));
  await machine.run(['chmod', '755', '/run/coxswain/busybox']);
  await machine.write('run/question', agentScript(asked), 0o755);
  for (const [path, text] of Object.entries(files)) await machine.write(path, text);
  return machine.run(['/run/question']);
}

describe.skipIf(reason !== undefined)(
  `the question to the node's own agent${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('is answered with yes if the current release takes the candidate, which finds itself', async () => {
      expect(await ask(question())).toMatchObject({
        code: 0,
        stdout: `Zincati on ${current.version}, the current release, takes this image.
Zincati on this image finds itself in the graph.
`,
      });
    });

    it('is only about the candidate if the fleet has no release', async () => {
      const { current: _, ...alone } = question({ graph: graphOf([candidate]) });
      expect(await ask(alone)).toMatchObject({
        code: 0,
        stdout: 'Zincati on this image finds itself in the graph.\n',
      });
      expect(await ask({ ...alone, graph: graphOf([current]) })).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/does not find itself[\s\S]*not found in the update graph/),
      });
    });

    const earlier = nodeImage('44.2', -60);
    const next = nodeImage('44.2', 60, { 'com.coreos.stream': 'next' });
    const other = nodeImage('44.2', 60, { 'org.opencontainers.image.version': '44.1' });
    it.each<[string, AgentQuestion, RegExp]>([
      [
        'the graph lacks the candidate',
        question({ graph: graphOf([current]) }),
        /scheduling next agent refresh/,
      ],
      [
        'the graph lacks the current release',
        question({ graph: graphOf([candidate]) }),
        /not found in the update graph/,
      ],
      [
        'the candidate was created earlier',
        question({ candidate: earlier, graph: graphOf([current, earlier]) }),
        /chronologically older/,
      ],
      ['the candidate is of another stream', question({ candidate: next }), /expected to be on stream/],
      ['the candidate has another version', question({ candidate: other }), /failed to confirm stream/],
      ['the graph is cut off', question({ graph: '{"nodes": [' }), /failed to check Cincinnati/],
    ])("is answered with no, and the agent's own words, if %s", async (_, asked, words) => {
      const { code, stdout } = await ask(asked);
      expect(stdout).toMatch(
        /^Zincati on .*, the current release, does not update to this image\.\nWhat it wrote:\n/,
      );
      expect(stdout).toMatch(words);
      expect(code).toBe(1);
    });

    it('finds settings in the image that Zincati cannot read', async () => {
      const { code, stdout } = await ask(question(), { 'etc/zincati/config.d/55-own.toml': '[updates\n' });
      expect(stdout).toMatch(/does not update to this image[\s\S]*55-own\.toml/);
      expect(code).toBe(1);
    });

    it('counts, although the image follows another address, in a window, or not at all', async () => {
      const own = `[cincinnati]
base_url = "https://elsewhere.example.com/"
[updates]
enabled = false
strategy = "periodic"
[[updates.periodic.window]]
days = ["Sun"]
start_time = "02:00"
length_minutes = 30
`;
      expect(await ask(question(), { 'etc/zincati/config.d/90-own.toml': own })).toMatchObject({ code: 0 });
    });
  },
);

it('is one script, whatever the versions are called', () => {
  expect(agentScript(question())).toContain(`current_version='44.1-it'\\''s'`);
});
