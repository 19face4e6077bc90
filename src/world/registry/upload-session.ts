import { OutsideError } from '../../host/errors.ts';
import { secureLocation } from './answers.ts';
import { type Digest, formatRepository, type Repository } from './reference.ts';
import type { Answer, RepeatableStream, Transport } from './request.ts';

/** Opens an upload session (specification, "POST then PUT"). */
export function openSession(transport: Transport, repository: Repository, doing: string): Promise<Answer> {
  return transport.send({
    method: 'POST',
    repository,
    push: true,
    url: transport.url(repository, 'blobs/uploads/'),
    doing,
    once: true,
    answers: [202],
  });
}

/** Ends a session with the rest of the content, or all of it. */
export async function finishUpload(
  transport: Transport,
  repository: Repository,
  digest: Digest,
  session: URL,
  body: Uint8Array | RepeatableStream,
): Promise<void> {
  const doing = `uploading ${digest} to ${formatRepository(repository)}`;
  const url = new URL(session);
  url.search += `${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
  const answer = await transport.send({
    method: 'PUT',
    repository,
    push: true,
    url,
    doing,
    headers: { 'content-type': 'application/octet-stream' },
    body,
    once: true,
    answers: [201],
  });
  const stored = answer.headers.get('docker-content-digest');
  if (stored !== null && stored !== digest) {
    throw new OutsideError(doing, `the registry stored ${stored}`);
  }
}

/** Absolute or relative, with or without a query (specification, "Pushing a blob monolithically"). */
export function uploadLocation(answer: Answer, doing: string): URL {
  const location = answer.headers.get('location');
  if (location === null) throw new OutsideError(doing, 'the registry opened an upload without a Location');
  return secureLocation(location, answer.url, doing);
}

/** Closes an upload session that nothing will be sent to. */
export async function cancelUpload(
  transport: Transport,
  repository: Repository,
  session: Answer,
  doing: string,
): Promise<void> {
  if (!session.headers.has('location')) return;
  await transport.send({
    method: 'DELETE',
    repository,
    push: true,
    url: uploadLocation(session, doing),
    doing,
    // Some registries do not offer this; the session then expires.
    answers: [200, 202, 204, 400, 404, 405],
    mayLack: true,
  });
}
