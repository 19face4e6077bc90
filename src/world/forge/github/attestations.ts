import { z } from 'zod';
import { InputError, messageOf, OutsideError } from '../../../host/errors.ts';
import type { Attestations } from '../forge.ts';
import type { GitHubApi } from './api.ts';
import { refusalOf } from './failures.ts';

/** GitHub shows them under Actions → Attestations, and `gh attestation verify` finds them there. */
export function openGitHubAttestations(api: GitHubApi): Attestations {
  return {
    keep: async (bundle) => {
      try {
        await api.call({
          doing: 'writing an attestation',
          route: 'POST /repos/{owner}/{repo}/attestations',
          params: { bundle: JSON.parse(new TextDecoder().decode(bundle)) },
          schema: z.unknown(),
        });
        return undefined;
      } catch (error) {
        if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
        return whyNot(error);
      }
    },
  };
}

function whyNot(error: Error): string {
  const refusal = refusalOf(error);
  if (refusal === undefined) return messageOf(error).replaceAll(/\s+/g, ' ');
  if (refusal.status === 403 && /resource not accessible/i.test(refusal.message))
    return 'the job lacks the permission attestations: write';
  if (refusal.status === 404)
    return 'this repository has none (private ones have them on GitHub Enterprise Cloud)';
  return `GitHub answers ${refusal.status}: ${refusal.message.replaceAll(/\s+/g, ' ')}`;
}
