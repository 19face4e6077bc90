import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release-input.ts';
import { text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { defined } from '../host/defined.ts';
import { UsageError } from '../host/errors.ts';
import { type Report, renderReports } from '../host/report.ts';
import { formatTime } from '../host/time.ts';
import { openPromotion, promotionTargets } from '../loop/open-promotion/open-promotion.ts';
import type { PromotionAnswer } from '../loop/open-promotion/promotion-answer.ts';
import { gateMarks } from '../loop/open-promotion/pull-request.ts';
import { findOperator, readStatement } from '../release/operations/operator.ts';
import { openProject } from '../release/project.ts';

export default defineVerb({
  summary: 'Propose in a pull request that a fleet gets the release of its source fleet',
  about: `Keeps one pull request for each fleet with promote-from: its branch is the commit of the newest release of the
source fleet that has passed its gates. It is ready once that release has run for the soak time, its rollout is complete, and
nothing else holds it. Merging it promotes the same image under the target's own rollout policy; with approve: auto it
is merged automatically when all gates are green. The gates are also a commit status: coxswain/promotion/<fleet>.

Labels on the pull request steer it: "hold: WHY" stops it and the target's running rollouts, "urgent: WHY" skips the soak
time, "freeze-exception: WHY" lets it through a freeze.

  coxswain open-promotion --fleet stable --urgent "CVE-2026-1234"`,
  writes: true,
  inputs: {
    fleet: text('the fleet to promote to (default: every fleet with promote-from)', { placeholder: 'NAME' }),
    urgent: text('the newest release need not soak, for this reason; needs --fleet', { placeholder: 'WHY' }),
    by: text('who decided that it is urgent (default: the name that git knows)', { placeholder: 'NAME' }),
    'first-release': firstRelease,
    directory,
  },
  run: async (inputs, context) => {
    const { env, log } = context;
    const project = await openProject({
      directory: inputs.directory,
      env,
      log,
      firstRelease: inputs['first-release'],
    });
    const reason = inputs.urgent === undefined ? undefined : readStatement(inputs.urgent, '--urgent');
    if (reason !== undefined && inputs.fleet === undefined) throw new UsageError('--urgent needs --fleet');
    const urgent =
      reason === undefined ? undefined : { reason, by: await findOperator(project.git, inputs.by) };
    const answers: PromotionAnswer[] = [];
    for (const target of promotionTargets(project.config, inputs.fleet)) {
      answers.push(await openPromotion(project, target, { now: context.now(), urgent }));
    }
    const promotions = answers.map((answer) => ({
      ...answer,
      gates: answer.gates.map(({ until, ...gate }) => ({
        ...gate,
        ...defined({ until: until === undefined ? undefined : formatTime(until) }),
      })),
    }));
    return {
      data: { ...promotions[0], promotions },
      // A merge that was requested and did not happen needs a person.
      ...defined({
        exitCode: answers.some(({ action, note }) => note !== undefined && action !== 'merged')
          ? (1 as const)
          : undefined,
      }),
      ...renderReports(
        ...(answers.length === 0
          ? [
              {
                headline: `no fleet in ${project.config.file} has promote-from: nothing to promote`,
                facts: [],
              },
            ]
          : answers.map(reportOn)),
      ),
    };
  },
  action: { token: true },
  outputs: {
    ready: { about: 'true when the promotion may be merged (of the first fleet)', of: ({ ready }) => ready },
    action: {
      about: 'what happened to the pull request: opened, updated, adopted, unchanged, merged, closed, none',
      of: ({ action }) => action,
    },
    'pull-request': { about: 'its number', of: ({ pullRequest }) => pullRequest },
    version: { about: 'the release that is proposed', of: ({ version }) => version },
  },
});

function reportOn(answer: PromotionAnswer): Report {
  const { from, fleet, version, action, pullRequest, ready, gates, reason, note } = answer;
  const request = action === 'none' ? undefined : `pull request #${pullRequest} ${action}`;
  if (reason !== undefined) {
    return { headline: `${from} → ${fleet}: nothing to promote: ${reason}`, facts: [request] };
  }
  return {
    headline: `${from} → ${fleet}: ${version} is ${ready ? 'ready' : 'not ready yet'}`,
    facts: [
      note === undefined ? undefined : { warning: note },
      request,
      {
        head: ['', 'gate', ''],
        rows: gates.map((gate) => [
          { text: gate.state, markdown: gateMarks[gate.state] },
          gate.name,
          gate.note,
        ]),
      },
    ],
  };
}
