import type { EvidenceSigner } from '../../project/configuration/config.ts';

// sigstore/fulcio docs/oid-info.md: what a certificate says about a workflow run of GitHub.

/** The workflow run that a certificate is for. */
export interface RunIdentity {
  readonly issuer: string | undefined;
  /** `https://github.com/OWNER/REPOSITORY/PATH@REF` of the workflow whose job asked for it; of a reusable one, if it is in one. */
  readonly workflow: string | undefined;
  /** `https://github.com/OWNER/REPOSITORY` that the run belongs to. */
  readonly repository: string | undefined;
  readonly ref: string | undefined;
}

const githubIssuer = 'https://token.actions.githubusercontent.com';
const server = 'https://github.com';
const repositoryField = '1.3.6.1.4.1.57264.1.12';
const refField = '1.3.6.1.4.1.57264.1.14';

/** What the libraries' certificate says, in our words. */
export function identityOf(
  identity:
    | {
        readonly subjectAlternativeName?: string | undefined;
        readonly extensions?: { readonly issuer?: string | undefined } | undefined;
        readonly oids?: readonly {
          readonly oid?: { readonly id: number[] } | undefined;
          readonly value: Buffer;
        }[];
      }
    | undefined,
): RunIdentity {
  const field = (oid: string) => {
    const found = identity?.oids?.find((each) => each.oid?.id.join('.') === oid);
    return found === undefined ? undefined : readText(found.value);
  };
  return {
    issuer: identity?.extensions?.issuer,
    workflow: identity?.subjectAlternativeName,
    repository: field(repositoryField),
    ref: field(refField),
  };
}

/** A short UTF8String in DER: tag, length of one or two bytes, text. */
function readText(der: Buffer): string | undefined {
  if (der[0] !== 0x0c || der[1] === undefined) return undefined;
  const start = der[1] < 0x80 ? 2 : der[1] === 0x81 ? 3 : der[1] === 0x82 ? 4 : undefined;
  return start === undefined ? undefined : der.subarray(start).toString('utf8');
}

/** @returns why this is not a run that the configuration trusts; undefined if it is */
export function mismatch(
  found: RunIdentity,
  wanted: Extract<EvidenceSigner, { kind: 'workflow' }>,
): string | undefined {
  if (found.issuer !== githubIssuer)
    return `its signer was not known to GitHub, but to ${found.issuer ?? 'nobody'}`;
  if (found.repository !== `${server}/${wanted.repository}`) {
    return `it is signed by a run of ${withoutServer(found.repository)}, not of ${wanted.repository}`;
  }
  if (!isWorkflow(found.workflow ?? '', `${server}/${wanted.workflow}`)) {
    return `it is signed by the workflow ${withoutServer(found.workflow)}, not by ${wanted.workflow}`;
  }
  if (found.ref === undefined || !wanted.refs.some((pattern) => matches(found.ref ?? '', pattern))) {
    return `it is signed by a run for ${found.ref ?? 'no ref'}, not for ${wanted.refs.join(' or ')}`;
  }
  return undefined;
}

/** The name of a ref may have an `@` too, such as the tag `v1@x`, which is not `v1`: so the whole text is compared. */
function isWorkflow(found: string, wanted: string): boolean {
  return wanted.includes('@') ? found === wanted : found.startsWith(`${wanted}@refs/`);
}

function withoutServer(url: string | undefined): string {
  return url?.replace(`${server}/`, '') ?? 'nothing';
}

/** `*` stands for one or more characters, except slashes. */
function matches(ref: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`).test(ref);
}
