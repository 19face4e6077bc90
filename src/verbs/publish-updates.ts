import { resolve } from 'node:path';
import { directory } from '../cli/directory.ts';
import { many, text } from '../cli/inputs.ts';
import { openProject } from '../cli/project.ts';
import { defineVerb } from '../cli/verb.ts';
import { findFleet } from '../fleets/fleets.ts';
import { code, plainText } from '../host/markdown.ts';
import { formatDuration, formatTime } from '../host/time.ts';
import { type PublishAnswer, publishUpdates } from '../publish/publish-updates.ts';

export default defineVerb({
  summary: 'Publish releases and rollouts of all fleets as static files, and as OCI artifacts',
  about: `Writes release indexes, update metadata, one update graph for each ring, and a dashboard. First it makes sure
that the registry has every image that a graph names. While a rollout is in progress the graphs change with time: run
it again when the next change is due, or every few minutes.`,
  inputs: {
    output: text('folder to write to', { placeholder: 'FOLDER', fallback: 'site' }),
    fleet: many('only this fleet', { placeholder: 'NAME' }),
    directory,
  },
  run: async (inputs, context) => {
    const { env, log } = context;
    const project = await openProject({ directory: inputs.directory, env, log });
    const fleets = inputs.fleet.map((name) => findFleet(project.config, name).name);
    const now = context.now();
    const folder = resolve(inputs.output);
    const answer = await publishUpdates({ ...project, log }, { folder, fleets, now });
    const { nextChange } = answer;
    return {
      data: { ...answer, nextChange: nextChange === undefined ? null : formatTime(nextChange) },
      text: describe(answer, inputs.output, now),
      summary: summarise(answer, project.config.publish.url, now),
    };
  },
  action: { token: true },
  outputs: {
    'next-change': {
      about: 'when a graph changes next by itself, in ISO 8601; empty while nothing is rolled out',
      of: ({ nextChange }) => nextChange ?? undefined,
    },
    written: { about: 'how many files were written', of: ({ written }) => written.length },
  },
});

function summarise(answer: PublishAnswer, url: string | undefined, now: number): string {
  const { written, unchanged, artifacts, resumed, nextChange } = answer;
  const changed = artifacts.filter((artifact) => artifact.changed);
  return [
    '### Published',
    [
      ...resumed.map(({ fleet, what }) => `- ${code(fleet)}: ${plainText(what)}`),
      `- ${written.length} of ${written.length + unchanged.length} files written${url === undefined ? '' : `; served at ${url}`}`,
      ...changed.map(({ reference }) => `- pushed ${code(reference)}`),
      nextChange === undefined
        ? '- no further change is due until something is released or steered'
        : `- the next change is due at ${formatTime(nextChange)} (in ${formatDuration(nextChange - now)})`,
    ].join('\n'),
  ].join('\n\n');
}

function describe(answer: PublishAnswer, folder: string, now: number): string {
  const { written, unchanged, artifacts, resumed, nextChange } = answer;
  const changed = artifacts.filter((artifact) => artifact.changed);
  return [
    ...resumed.map(({ fleet, what }) => `${fleet}: ${what}`),
    written.length === 0
      ? `${folder}: all ${unchanged.length} files are up to date`
      : `${folder}: ${written.length} of ${written.length + unchanged.length} files written`,
    ...written.map((path) => `  ${path}`),
    ...changed.map(({ reference, digest }) => `pushed ${reference} (${digest})`),
    ...(artifacts.length > 0 && changed.length === 0 ? ['the artifacts in the registry are up to date'] : []),
    nextChange === undefined
      ? 'no further change is due until something is released or steered'
      : `the next change is due at ${formatTime(nextChange)} (in ${formatDuration(nextChange - now)})`,
  ].join('\n');
}
