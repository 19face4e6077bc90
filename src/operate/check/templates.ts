import { formatTime } from '../../host/time.ts';
import { type Fleet, urgentTemplate } from '../../project/configuration/config.ts';
import { renderForFleet, type TemplateRelease } from '../../release/rollout-entry.ts';
import { errorsOf, type Found } from './checkout-finding.ts';
import { type Examined, fileNames, readText, untracked } from './examined.ts';

const hour = 3600;

/** Every fleet's template must exist and render: for a first release, for a later one, and at any time of day. */
export async function checkTemplates(examined: Examined): Promise<readonly Found[]> {
  const { config } = examined;
  const found: Found[] = [];
  for (const fleet of Object.values(config.fleets)) {
    const text = await readText(examined, fleet.template);
    if (text === undefined) {
      found.push(await missing(examined, fleet));
    } else {
      found.push(...untracked(examined, fleet.template), ...judge(examined, fleet, fleet.template, text));
    }
    const urgent = urgentTemplate(fleet);
    const urgentText = await readText(examined, urgent);
    if (urgentText !== undefined) {
      found.push(...untracked(examined, urgent), ...judge(examined, fleet, urgent, urgentText));
    }
  }
  return found;
}

async function missing(examined: Examined, fleet: Fleet): Promise<Found> {
  const names = (await fileNames(examined, 'rollouts')).filter((name) => name.endsWith('.hbs'));
  return {
    severity: 'error',
    where: fleet.template,
    message: `This file does not exist, and fleet ${fleet.name} takes its rollout from it.`,
    remedy:
      names.length === 0
        ? 'coxswain init writes one to start with.'
        : `Write it, or set fleets.${fleet.name}.template; in rollouts/ there is ${names.join(', ')}.`,
  };
}

function judge(examined: Examined, fleet: Fleet, path: string, source: string): Found[] {
  const { config, now } = examined;
  const render = (release: TemplateRelease, at: number) => () => {
    renderForFleet({ config, fleet, source, where: path, release, now: at });
  };
  for (const release of sampleReleases(examined)) {
    const found = errorsOf(path, render(release, now));
    if (found.length > 0) return found;
  }
  const [release] = sampleReleases(examined);
  // A template that says "today 14:00" renders in the morning only.
  for (let hours = 1; hours < 24; hours += 1) {
    const at = now + hours * hour;
    const found = errorsOf(path, render(release, at));
    if (found.length > 0) {
      return found.map((each) => ({
        ...each,
        message: `It renders now, and does not at ${formatTime(at)}: ${each.message}`,
      }));
    }
  }
  return [];
}

/** A fleet's first release, and one that follows another and crosses a barrier of the base. */
function sampleReleases({ config }: Examined): readonly [TemplateRelease, TemplateRelease] {
  const baseVersion = '44.20260707.3.1';
  const digest = `sha256:${'0'.repeat(64)}`;
  const first: TemplateRelease = {
    version: `${baseVersion}-3f9a1c02`,
    baseVersion,
    digests: Object.fromEntries(config.architectures.map((architecture) => [architecture, digest])),
    previousVersion: undefined,
    barriersCrossed: [],
  };
  return [
    first,
    { ...first, previousVersion: '44.20260621.3.0-aa04be17', barriersCrossed: ['44.20260628.3.0'] },
  ];
}
