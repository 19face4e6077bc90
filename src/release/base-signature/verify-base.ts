import { InputError } from '../../host/errors.ts';
import type { BaseSignature } from '../../project/configuration/base-signature.ts';
import { readImage } from '../../world/registry/image.ts';
import { atDigest, type Digest, formatReference, type Repository } from '../../world/registry/reference.ts';
import type { Project } from '../project.ts';
import { nodePolicy } from '../signatures/containers-policy.ts';
import { askNodePolicy } from '../signatures/node-verdict.ts';
import { readKeyFile, readKeyText } from '../signatures/signing-keys.ts';
import { fedoraKeys } from './fedora-keys.ts';
import { verifyGpgSignature } from './gpg-signature.ts';

type Parts = Pick<Project, 'config' | 'client' | 'root'>;
type Verdict = { readonly signedBy: string } | { readonly refused: string };

/**
 * Verifies a build of the base, as `base-signature` says: each architecture's image has to be signed, because that is
 * what is built on; or the index over them, which names them by their digests.
 * @returns who signed it; undefined if nobody has to
 * @throws InputError if it does not verify: it must not be proposed or built on
 */
export async function requireSignedBase(
  project: Parts,
  base: { readonly repository: Repository; readonly digest: Digest },
): Promise<string | undefined> {
  const { config, client } = project;
  const rule = config.baseSignature;
  if (rule.kind === 'none') return undefined;
  const images = await Promise.all(
    config.architectures.map((architecture) =>
      readImage(client, atDigest(base.repository, base.digest), architecture),
    ),
  );
  const digests = [...new Set(images.map(({ manifest }) => manifest.descriptor.digest))];
  const signers = new Set<string>();
  for (const digest of digests) {
    const verdict = await ask(project, rule, { ...base, digest });
    if ('signedBy' in verdict) {
      signers.add(verdict.signedBy);
      continue;
    }
    const index = images.find(({ manifest }) => manifest.descriptor.digest === digest)?.index;
    const whole = index === undefined ? verdict : await ask(project, rule, { ...base, digest: index.digest });
    if ('signedBy' in whole) return whole.signedBy;
    throw new InputError({
      where: formatReference(atDigest(base.repository, digest)),
      problem: `the base image does not verify: ${verdict.refused}`,
      expected: `a signature by ${expected(rule)}`,
      remedy: remedyFor(rule),
    });
  }
  return [...signers].join(' and ');
}

function remedyFor(rule: Exclude<BaseSignature, { kind: 'none' }>): string {
  if (rule.files !== undefined) {
    return 'Do not build on it before you know why. base-signature in coxswain.yaml names the keys; base-signature: none switches this off.';
  }
  // The usual reason is harmless: a new Fedora signs by a key of its own.
  return `This version of Coxswain knows ${fedoraKeys.map(({ where }) => where.replace('the key of ', '')).join(', ')}. If the base is of a newer Fedora, compare its key with https://fedoraproject.org/security, commit it, and write base-signature: { gpg-keys: [keys/fedora.asc] }. Otherwise do not build on it before you know why; base-signature: none switches this off.`;
}

function expected(rule: Exclude<BaseSignature, { kind: 'none' }>): string {
  return rule.files === undefined ? 'a key of Fedora' : rule.files.join(' or ');
}

async function ask(
  { client, root }: Parts,
  rule: Exclude<BaseSignature, { kind: 'none' }>,
  image: { readonly repository: Repository; readonly digest: Digest },
): Promise<Verdict> {
  if (rule.kind === 'gpg') {
    const { lookaside, files } = rule;
    const keys =
      files === undefined ? fedoraKeys : await Promise.all(files.map((file) => readKey(root, file)));
    return verifyGpgSignature({ lookaside, keys, ...image });
  }
  const reasons: string[] = [];
  for (const file of rule.files) {
    const key = { file, key: await readKeyFile(root, file) };
    const verdict = await askNodePolicy(
      client,
      nodePolicy(image.repository, [key]),
      atDigest(image.repository, image.digest),
    );
    if (verdict.accepted) return { signedBy: file };
    reasons.push(verdict.reason);
  }
  return { refused: [...new Set(reasons)].join('; ') };
}

async function readKey(root: string, file: string): Promise<{ where: string; armored: string }> {
  const told = { field: 'base-signature.gpg-keys', remedy: 'Commit the armored OpenPGP public key.' };
  return { where: file, armored: await readKeyText(root, file, told) };
}
