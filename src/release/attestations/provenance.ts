import { defined } from '../../host/defined.ts';
import { formatTime } from '../../host/time.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import { atDigest, type Digest, formatReference, formatRepository } from '../../world/registry/reference.ts';
import type { Candidate } from '../candidate/candidate.ts';

/** https://slsa.dev/spec/v1.0/provenance */
export const provenanceType = 'https://slsa.dev/provenance/v1';
const statementType = 'https://in-toto.io/Statement/v1';
/** What the fields of externalParameters mean: docs/signing.md. */
const buildType = 'urn:coxswain:build-image:v1';

/** One build of one architecture's image. */
export interface Build {
  readonly config: Config;
  readonly candidate: Candidate;
  readonly architecture: Architecture;
  readonly digest: Digest;
  /** UNIX seconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Of a workflow run: where and by which workflow it was built. */
  readonly env: NodeJS.ProcessEnv;
}

/** How an image came to be, as SLSA provenance: base, commit, builder and parameters. */
export function formatProvenance(build: Build): string {
  const { config, candidate, architecture, digest, startedAt, finishedAt } = build;
  const { base, commit, key, version } = candidate;
  const run = runOf(build.env);
  const hash = (of: Digest) => ({ sha256: of.slice('sha256:'.length) });
  return `${JSON.stringify({
    _type: statementType,
    subject: [{ name: formatRepository(config.testImage), digest: hash(digest) }],
    predicateType: provenanceType,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: {
          containerfile: config.containerfile,
          buildArguments: config.buildArguments,
          architecture,
          stream: config.stream,
          ...defined({ rechunk: config.rechunk }),
        },
        internalParameters: { buildKey: key, version },
        resolvedDependencies: [
          { ...defined({ uri: run?.source }), name: 'source', digest: { gitCommit: commit } },
          {
            uri: `docker://${formatReference(atDigest(base.reference.repository, base.reference.digest))}`,
            name: 'base',
            digest: hash(base.reference.digest),
          },
        ],
      },
      runDetails: {
        builder: { id: run?.workflow ?? 'urn:coxswain:build-image:local' },
        metadata: {
          ...defined({ invocationId: run?.invocation }),
          startedOn: formatTime(startedAt),
          finishedOn: formatTime(finishedAt),
        },
      },
    },
  })}\n`;
}

/** The address of the workflow run of GitHub that this is; undefined on any other machine. */
export function runAddress(env: NodeJS.ProcessEnv): string | undefined {
  return runOf(env)?.invocation;
}

/** The workflow run of GitHub that this is; undefined on any other machine. */
function runOf(env: NodeJS.ProcessEnv) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_WORKFLOW_REF: workflow } = env;
  if (server === undefined || repository === undefined || workflow === undefined) return undefined;
  const { GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt = '1', GITHUB_REF: ref } = env;
  return {
    source: `git+${server}/${repository}${ref === undefined ? '' : `@${ref}`}`,
    workflow: `${server}/${workflow}`,
    invocation:
      id === undefined ? undefined : `${server}/${repository}/actions/runs/${id}/attempts/${attempt}`,
  };
}
