import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/project/configuration/config.ts';
import { formatProvenance } from '../../../src/release/attestations/provenance.ts';
import { withoutSigningSecrets } from '../../../src/release/attestations/sign.ts';
import type { Candidate } from '../../../src/release/candidate/candidate.ts';
import { parseReference } from '../../../src/world/registry/reference.ts';

const base = `quay.example/fcos@sha256:${'a'.repeat(64)}`;
const candidate = {
  commit: 'c'.repeat(40),
  key: 'k'.repeat(64),
  version: '44.1-3f9a1c02',
  base: { reference: parseReference(base), version: '44.1' },
} as Candidate;

function provenance(env: NodeJS.ProcessEnv) {
  const text = formatProvenance({
    config: parseConfig(
      'image: a.example/os\nbase: quay.example/fcos:stable\nbuild-arguments: { LEVEL: "2" }\nfleets: { testing: {} }',
      'x',
    ),
    candidate,
    architecture: 'x86_64',
    digest: `sha256:${'b'.repeat(64)}`,
    startedAt: 1_785_000_000,
    finishedAt: 1_785_000_060,
    env,
  });
  return JSON.parse(text);
}

describe('provenance of a build', () => {
  it('names image, base, commit and parameters in the form of SLSA', () => {
    expect(provenance({})).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [{ name: 'a.example/os-test', digest: { sha256: 'b'.repeat(64) } }],
      predicate: {
        buildDefinition: {
          externalParameters: { architecture: 'x86_64', buildArguments: { LEVEL: '2' }, stream: 'stable' },
          internalParameters: { buildKey: candidate.key },
          resolvedDependencies: [
            { name: 'source', digest: { gitCommit: candidate.commit } },
            { name: 'base', uri: `docker://${base}`, digest: { sha256: 'a'.repeat(64) } },
          ],
        },
        runDetails: {
          builder: { id: 'urn:coxswain:build-image:local' },
          metadata: { startedOn: '2026-07-25T17:20:00Z', finishedOn: '2026-07-25T17:21:00Z' },
        },
      },
    });
  });

  it('names the workflow and the run if it is one', () => {
    const { buildDefinition, runDetails } = provenance({
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'acme/os',
      GITHUB_WORKFLOW_REF: 'acme/os/.github/workflows/ci.yml@refs/heads/testing',
      GITHUB_REF: 'refs/heads/testing',
      GITHUB_RUN_ID: '7',
    }).predicate;
    expect(buildDefinition.resolvedDependencies[0].uri).toBe(
      'git+https://github.com/acme/os@refs/heads/testing',
    );
    expect(runDetails.builder.id).toBe(
      'https://github.com/acme/os/.github/workflows/ci.yml@refs/heads/testing',
    );
    expect(runDetails.metadata.invocationId).toBe('https://github.com/acme/os/actions/runs/7/attempts/1');
  });
});

describe('the environment of a build', () => {
  it('has no key and no token that signs', () => {
    const env = {
      PATH: '/bin',
      COXSWAIN_EVIDENCE_KEY: 'x',
      COXSWAIN_SIGNING_PASSPHRASE: 'x',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    };
    expect(withoutSigningSecrets(env)).toEqual({ PATH: '/bin' });
  });
});
