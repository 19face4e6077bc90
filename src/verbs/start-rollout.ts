import { directory } from '../cli/directory.ts';
import { text } from '../cli/inputs.ts';
import { openProject } from '../cli/project.ts';
import { defineVerb } from '../cli/verb.ts';
import { findFleet } from '../fleets/fleets.ts';
import { describeEntry } from '../rollout/describe.ts';
import { type RolloutAnswer, startRollout } from '../rollout/start-rollout.ts';

export default defineVerb({
  summary: "Record what a fleet's branch builds as a release of the fleet, and start its rollout",
  about: `The image must be in production (promote-image). The fleet's template, as it is in the commit, says how the
release rolls out. Release, rollout and record are one commit on the state branch; publish-updates makes them public.
Where the fleet has the release already, nothing changes.`,
  inputs: {
    fleet: text('the fleet to release to', { placeholder: 'NAME', required: true }),
    commit: text("the commit to release (default: the newest of the fleet's branch)", { placeholder: 'SHA' }),
    directory,
  },
  run: async (inputs, context) => {
    const project = await openProject({ directory: inputs.directory, env: context.env, log: context.log });
    const fleet = findFleet(project.config, inputs.fleet);
    const now = context.now();
    const data = await startRollout(project, { fleet, commit: inputs.commit, now });
    return { data, text: describe(data, now) };
  },
});

function describe({ fleet, version, changed, digests, entry }: RolloutAnswer, now: number): string {
  const facts = [
    ...(entry === undefined
      ? ['not offered to any node: its entry was taken out']
      : describeEntry(entry, now)),
    ...Object.entries(digests).map(([architecture, digest]) => `${architecture}: ${digest}`),
  ];
  const headline = changed
    ? `${version} is a release of fleet ${fleet} now`
    : `${version} is a release of fleet ${fleet} already; nothing changed`;
  return [headline, ...facts.map((fact) => `  ${fact}`)].join('\n');
}
