import { type Route, refuse } from './answer.ts';

/** Artifact attestations. GitHub keeps bundles with a certificate for a run of the repository. It refuses bundles that a key signed. */
export function attestationRoutes(kept: object[]): Route {
  return async ({ method, route, body }) => {
    if (method !== 'POST' || route !== 'attestations') return undefined;
    const { verificationMaterial } = (body.bundle ?? {}) as { readonly verificationMaterial?: object };
    if (verificationMaterial === undefined || !('certificate' in verificationMaterial))
      return refuse(422, 'Invalid bundle');
    kept.push(body.bundle as object);
    return { status: 201, json: { id: kept.length } };
  };
}
