import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exec } from '../../src/host/exec.ts';

const script = fileURLToPath(new URL('../../script/test', import.meta.url));

describe('script/test', () => {
  it('refuses a folder that does not exist, and lists those that do', async () => {
    const { exitCode, stderr } = await exec('bash', [script, 'guidance', 'registry'], { allow: [2] });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/no folder test\/registry; there are: .*guidance .*world/);
  });
});
