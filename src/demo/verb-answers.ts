import { z } from 'zod';

// The parts of the verbs' answers that the stories read.
const buildAnswer = z.object({ version: z.string(), digest: z.string(), image: z.string() });
const bootAnswer = z.object({
  verdict: z.string(),
  passed: z.boolean(),
  accelerator: z.string().optional(),
  tests: z.array(z.object({ name: z.string(), result: z.string() })).optional(),
  upgrades: z.array(z.object({ from: z.string(), result: z.string() })).optional(),
  agent: z.string().optional(),
  system: z.object({ manager: z.string(), state: z.string() }).optional(),
});
const pullRequestAnswer = z.object({ pullRequest: z.number(), ready: z.boolean().optional() });
const promotionAnswer = pullRequestAnswer.extend({
  gates: z.array(z.object({ name: z.string(), state: z.string() })),
});
const promotedAnswer = z.object({ requests: z.number(), signingRequests: z.number() });
const verdictAnswer = z.object({ accepted: z.boolean(), reason: z.string().optional() });

export const readBuild = (answer: unknown) => buildAnswer.parse(answer);
export const readBoot = (answer: unknown) => bootAnswer.parse(answer);
export const readPullRequest = (answer: unknown) => pullRequestAnswer.parse(answer);
export const readPromoted = (answer: unknown) => promotedAnswer.parse(answer);
export const readNodeVerdict = (answer: unknown) => verdictAnswer.parse(answer);
/** `open-promotion` answers one entry for each promotion; the demo has one. */
export const readPromotion = (answer: unknown) => promotionAnswer.parse([answer].flat()[0]);
export const readExamination = (answer: unknown) =>
  z.object({ findings: z.array(z.unknown()), images: z.number() }).parse(answer);
export const readObserved = (answer: unknown) =>
  z.object({ fleets: z.array(z.object({ fleet: z.string(), nodes: z.number() })) }).parse(answer);
export const readHalted = (answer: unknown) =>
  z
    .object({
      fleets: z.array(
        z.object({
          steps: z.array(z.object({ version: z.string(), condition: z.string(), what: z.string() })),
        }),
      ),
    })
    .parse(answer);
