import { expect, it } from 'vitest';
import { describeResult } from '../../../src/loop/open-promotion/test-evidence.ts';
import type { TestEvidence } from '../../../src/release/evidence/statement.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';

const evidence: TestEvidence = {
  subject: { repository: 'ghcr.io/acme/os-test', digest: digestOf('image') },
  result: 'PASSED',
  testsTree: 'a'.repeat(40),
  tests: [{ name: '10-image.sh', result: 'passed', seconds: 0.2 }],
  kernel: '6.19.8',
  architecture: 'x86_64',
  accelerator: 'kvm',
  startedAt: 0,
  seconds: 20,
};

it('the pull request links the run that tested the image, if there was one', () => {
  const run = 'https://github.com/acme/os/actions/runs/1234/attempts/1';
  expect(describeResult(evidence)).toBe('**PASSED**: 1 test in 20 s on Linux 6.19.8 (kvm).');
  expect(describeResult({ ...evidence, run })).toBe(
    `**PASSED**: 1 test in 20 s on Linux 6.19.8 (kvm), by [this run](${run}).`,
  );
});
