import { directory } from '../cli/directory.ts';
import { firstRelease } from '../cli/first-release-input.ts';
import { text } from '../cli/inputs.ts';
import { defineVerb } from '../cli/verb.ts';
import { messageOf, OutsideError } from '../host/errors.ts';
import { renderReports } from '../host/report.ts';
import { type FleetStatus, readFleetStatus } from '../operate/status/fleet-status.ts';
import { reportFleet } from '../operate/status/status-text.ts';
import { findFleet } from '../project/fleets.ts';
import { openProject } from '../release/project.ts';
import { pinState } from '../release/state/pinned-state.ts';

export default defineVerb({
  summary: 'Show on one screen what each fleet runs, how far its rollout is, and what it waits for',
  about: 'It only reads, and changes nothing.',
  inputs: {
    fleet: text('only this fleet (default: all)', { placeholder: 'NAME' }),
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
    const now = context.now();
    const names = inputs.fleet === undefined ? Object.keys(project.config.fleets) : [inputs.fleet];
    // Before anything is asked over the network: a misspelt name is answered at once.
    const wanted = names.map((name) => findFleet(project.config, name));
    const guidance = await project.readUpstream().catch((error: unknown) => {
      if (!(error instanceof OutsideError)) throw error;
      log.warn(messageOf(error));
      return error;
    });
    const commit = await project.forge.branches.resolve(project.config.stateBranch);
    const parts = { ...pinState(project, commit), guidance };
    const fleets: FleetStatus[] = [];
    for (const fleet of wanted) fleets.push(await readFleetStatus(parts, fleet, now));
    return {
      data: { now, fleets },
      ...renderReports(...fleets.map((status) => reportFleet(status, now))),
    };
  },
  action: { token: true },
});
