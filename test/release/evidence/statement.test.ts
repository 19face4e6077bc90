import { describe, expect, it } from 'vitest';
import {
  formatStatement,
  parseStatement,
  type TestEvidence,
} from '../../../src/release/evidence/statement.ts';
import { digestOf } from '../../../src/world/registry/reference.ts';

const evidence: TestEvidence = {
  subject: { repository: 'quay.example/acme/os-test', digest: digestOf('image') },
  result: 'PASSED',
  testsTree: 'a'.repeat(40),
  tests: [
    { name: 'network.sh', result: 'passed', seconds: 1.25, exitCode: 0 },
    { name: 'units.sh', result: 'passed', seconds: 0 },
  ],
  kernel: '6.1.0-40-cloud-amd64',
  architecture: 'x86_64',
  accelerator: 'tcg',
  startedAt: 1_784_642_400,
  seconds: 9.9,
  log: 'last line\n',
};
const failed: TestEvidence = {
  ...evidence,
  result: 'FAILED',
  tests: [
    { name: 'network.sh', result: 'passed', seconds: 1 },
    { name: 'units.sh', result: 'failed', seconds: 1, exitCode: 3 },
    { name: 'slow.sh', result: 'timed-out', seconds: 60 },
  ],
};

describe('a statement', () => {
  it('reads back as it was written', () => {
    for (const each of [evidence, failed])
      expect(parseStatement(JSON.parse(formatStatement(each)), 'x')).toEqual(each);
  });

  it('names the updates that were rehearsed', () => {
    const upgrade = { from: '44.1', digest: digestOf('old'), result: 'PASSED' } as const;
    const upgraded: TestEvidence = { ...evidence, upgrades: [upgrade] };
    expect(parseStatement(JSON.parse(formatStatement(upgraded)), 'x')).toEqual(upgraded);
    expect(() => formatStatement({ ...evidence, upgrades: [{ ...upgrade, result: 'FAILED' }] })).toThrow(
      /PASSED, and the update from 44\.1 failed/,
    );
  });

  it("says what the node's own agent answered, and nothing in evidence from before", () => {
    for (const agent of ['agrees', 'disagrees', 'none'] as const) {
      const asked: TestEvidence = { ...evidence, agent };
      expect(parseStatement(JSON.parse(formatStatement(asked)), 'x')).toEqual(asked);
    }
    expect(parseStatement(JSON.parse(formatStatement(evidence)), 'x')).not.toHaveProperty('agent');
  });

  it('has the address of the workflow run, and believes nothing that is not an address', () => {
    const run = 'https://github.com/acme/os/actions/runs/1234/attempts/1';
    const statement = JSON.parse(formatStatement({ ...evidence, run }));
    expect(statement.predicate.url).toBe(run);
    expect(parseStatement(statement, 'x').run).toBe(run);
    for (const url of ['javascript:alert(1)', 'https://x.example/) **approved** (', '']) {
      const odd = { ...statement, predicate: { ...statement.predicate, url } };
      expect(parseStatement(odd, 'x')).not.toHaveProperty('run');
    }
  });

  it('is an in-toto statement with the test-result predicate', () => {
    expect(JSON.parse(formatStatement(failed))).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'quay.example/acme/os-test', digest: { sha256: digestOf('image').slice(7) } }],
      predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
      predicate: {
        result: 'FAILED',
        configuration: [{ name: 'tests', digest: { gitTree: 'a'.repeat(40) } }],
        passedTests: ['network.sh'],
        warnedTests: [],
        failedTests: ['units.sh', 'slow.sh'],
      },
    });
  });

  it('keeps the end of a long log', () => {
    const log = `${'x'.repeat(100_000)}the end`;
    const read = parseStatement(JSON.parse(formatStatement({ ...evidence, log })), 'x');
    expect(read.log).toHaveLength(64 * 1024);
    expect(read.log).toMatch(/the end$/);
  });

  it('that says PASSED over a failed test is neither written nor read', () => {
    const lie: TestEvidence = { ...failed, result: 'PASSED' };
    expect(() => formatStatement(lie)).toThrow(/PASSED, and the test units\.sh failed/);
    const written = JSON.parse(formatStatement(failed));
    written.predicate.result = 'PASSED';
    expect(() => parseStatement(written, 'x')).toThrow(/PASSED, and the test units\.sh failed/);
    written.predicate.result = 'FAILED';
    written.predicate.failedTests = [];
    expect(() => parseStatement(written, 'x')).toThrow(/the failed tests differ/);
  });

  it.each([
    ['predicateType', 'https://slsa.dev/provenance/v1', /predicateType/],
    ['_type', 'https://in-toto.io/Statement/v0.1', /_type/],
    ['subject', [], /subject/],
    ['subject', [{ name: 'x', digest: { sha1: 'abc' } }], /subject\.0\.digest\.sha256/],
    ['predicate', { result: 'PASSED' }, /predicate/],
  ])('with a %s of %j is refused', (field, value, message) => {
    const statement = { ...JSON.parse(formatStatement(evidence)), [field]: value };
    expect(() => parseStatement(statement, 'x')).toThrow(message);
  });

  it('needs to name the tests', () => {
    const statement = JSON.parse(formatStatement(evidence));
    statement.predicate.configuration = [{ name: 'something else' }];
    expect(() => parseStatement(statement, 'x')).toThrow(/no tests are named/);
    expect(() => formatStatement({ ...evidence, testsTree: 'main' })).toThrow(/git tree hash/);
  });
});
