import { type BaseAnswer, watchBase } from '../base/watch-base.ts';
import { directory } from '../cli/directory.ts';
import { openProject } from '../cli/project.ts';
import { defineVerb } from '../cli/verb.ts';

export default defineVerb({
  summary:
    'Propose the new base by a pull request when its tag has moved, or a rebuild when the last is too old',
  about: `Looks up the base's tag (one HEAD request; nothing more where it has not moved) and keeps one pull request
for each fleet that is promoted from no other. Run it as often as you like.`,
  inputs: { directory },
  run: async (inputs, context) => {
    const project = await openProject({ directory: inputs.directory, env: context.env, log: context.log });
    const answers = await watchBase(project, context.now());
    return { data: { ...answers[0], fleets: answers }, text: answers.map(describe).join('\n') };
  },
});

function describe({ fleet, moved, base, action, pullRequest, title }: BaseAnswer): string {
  const to = base.toVersion ?? base.to;
  const state = !moved
    ? `the base has not moved: ${to}`
    : base.from === undefined
      ? `the base is not pinned; its tag is at ${to}`
      : `the base has moved: ${base.fromVersion ?? base.from} → ${to}`;
  return `${fleet}: ${state}${action === 'none' ? '' : `\n  pull request #${pullRequest} ${action}: ${title}`}`;
}
