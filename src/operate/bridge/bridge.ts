import { isRehearsal, Rehearsed } from '../../host/dry-run.ts';
import { InputError, messageOf, OutsideError, UsageError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import { findFleet } from '../../project/fleets.ts';
import type { Project } from '../../release/project.ts';
import { renderSite } from '../../release/published/site.ts';
import { showDifference } from '../../release/state/difference.ts';
import { fleetFolder } from '../../release/state/fleet-files.ts';
import type { Sha } from '../../world/forge/forge.ts';
import type { BridgeAction, FormValues } from './actions/action.ts';
import type { Answer } from './answer.ts';
import { confirmPreview, type Result } from './confirm.ts';
import { readLiveSite } from './live-site.ts';
import { actionPage, type FormProblem } from './pages/action-page.ts';
import { overviewPage } from './pages/overview-page.ts';
import type { PageContext } from './pages/page-layout.ts';
import { acceptField, previewPage } from './pages/preview-page.ts';
import { donePage, expiredPage, movedPage, problemPage } from './pages/result-page.ts';
import { makePreview, type Preview } from './preview.ts';
import { fleetOf, readSnapshot, readSnapshotAt } from './state-snapshot.ts';

/** What the pages of a bridge do. The server asks it only for requests of the person who is signed in. */
export interface Bridge {
  overview(): Promise<Answer>;
  /** A published file as it would be now; undefined if there is no such file. */
  file(path: string): Promise<Answer | undefined>;
  /** The commit of the state branch now, for the script. */
  head(): Promise<Answer>;
  form(fleet: string, action: string, values: FormValues): Promise<Answer>;
  preview(form: FormValues): Promise<Answer>;
  showPreview(id: string): Answer;
  confirm(form: FormValues): Promise<Answer>;
  showResult(id: string): Answer;
}

export interface BridgeOptions {
  /** Opens the checkout again for each request: configuration and branches are then as they are now. */
  readonly openProject: () => Promise<Project>;
  readonly actions: readonly BridgeAction[];
  readonly by: string;
  readonly log: Log;
  /** UNIX seconds. */
  readonly now: () => number;
  /** Everything of a page except the nonce. */
  readonly context: Omit<PageContext, 'nonce'>;
}

/** Previews and results that are kept; older ones are forgotten. */
const mostKept = 50;

type Finished = { readonly preview: Preview; readonly result: Extract<Result, { readonly commit: Sha }> };

export function createBridge(options: BridgeOptions): Bridge {
  const { openProject, actions, by, log, now, context } = options;
  const previews = new Map<string, Preview>();
  const results = new Map<string, Finished>();
  // One confirmation after the other: a double click must not meet itself.
  let working: Promise<unknown> = Promise.resolve();

  return {
    overview: async () => {
      const project = await openProject();
      const snapshot = await readSnapshot(project);
      const site = await readLiveSite(project, snapshot, now());
      const { commit } = snapshot;
      const shown = { project, site, commit, actions, by, dryRun: isRehearsal() };
      return page(200, (each) => overviewPage(each, shown));
    },
    file: async (path) => {
      const project = await openProject();
      const { input } = await readLiveSite(project, await readSnapshot(project), now());
      const text = path === 'index.html' ? undefined : renderSite(input).get(path);
      return text === undefined ? undefined : { status: 200, text };
    },
    head: async () => {
      const { config, forge } = await openProject();
      return {
        status: 200,
        text: JSON.stringify({ commit: (await forge.branches.resolve(config.stateBranch)) ?? '' }),
      };
    },
    form: async (fleet, name, values) => formPage(200, { fleet, name, values }),
    preview: async (form) => {
      const fleet = form.get('fleet') ?? '';
      const name = form.get('action') ?? '';
      const action = findAction(name);
      if (action === undefined) return notFound();
      const values = ownValues(action, form);
      try {
        const preview = await makePreview(await openProject(), { action, fleet, values, by, now: now() });
        keep(previews, preview.id, preview);
        return { location: `${context.root}preview/${preview.id}` };
      } catch (error) {
        if (!(error instanceof InputError || error instanceof UsageError)) throw error;
        return formPage(422, { fleet, name, values, problem: problemOf(error) });
      }
    },
    showPreview: (id) => {
      const preview = previews.get(id);
      if (preview === undefined) return forgotten();
      return page(200, (each) => previewPage(each, preview, {}));
    },
    confirm: (form) => {
      const turn = working.then(() => confirm(form));
      working = turn.catch(() => undefined);
      return turn;
    },
    showResult: (id) => {
      const finished = results.get(id);
      if (finished === undefined) return forgotten();
      return page(finished.result.kind === 'done' ? 200 : 502, (each) =>
        donePage(each, finished.preview, finished.result),
      );
    },
  };

  async function confirm(form: FormValues): Promise<Answer> {
    const id = form.get('preview') ?? '';
    if (results.has(id)) return { location: `${context.root}done/${id}` };
    const preview = previews.get(id);
    if (preview?.effect === undefined) return forgotten();
    const hasErrors = preview.effect.findings.some(({ severity }) => severity === 'error');
    if (hasErrors && !form.has(acceptField)) {
      const problem = 'Lint finds an error. Tick the box if you want it anyway.';
      return page(422, (each) => previewPage(each, preview, { problem }));
    }
    const project = await openProject();
    const result = await rehearsedOr(() => confirmPreview(project, preview, now()));
    if (typeof result === 'string') {
      return page(200, (each) => problemPage(each, { title: 'Dry run', message: result }));
    }
    switch (result.kind) {
      case 'done':
      case 'half done':
        log.info(`${preview.wish.fleet}: ${preview.wish.action.name}, commit ${result.commit}`);
        keep(results, id, { preview, result });
        return { location: `${context.root}done/${id}` };
      case 'state moved':
        return moved(project, preview, result.now);
      case 'other change':
        return page(409, (each) =>
          expiredPage(
            each,
            preview,
            'The same action would now make another change than this preview showed.',
          ),
        );
      case 'too old':
        return page(409, (each) =>
          expiredPage(each, preview, 'The preview is too old: the times in it have passed.'),
        );
    }
  }

  async function moved(project: Project, preview: Preview, tip: Sha | undefined): Promise<Answer> {
    const { branches } = project.forge;
    const { base, wish } = preview;
    const [was, is] = await Promise.all([readSnapshotAt(branches, base), readSnapshotAt(branches, tip)]);
    const folder = `${fleetFolder(wish.fleet)}/`;
    const paths = [...new Set([...was.files.keys(), ...is.files.keys()])].filter(
      (path) => path.startsWith(folder) && was.files.get(path) !== is.files.get(path),
    );
    const difference = await showDifference(
      paths.map((path) => ({ path, before: was.files.get(path), after: is.files.get(path) })),
    );
    const commits =
      base === undefined || tip === undefined ? [] : await branches.log({ from: base, to: tip });
    return page(409, (each) => movedPage(each, preview, { now: tip, commits, difference }));
  }

  async function formPage(
    status: number,
    wanted: {
      readonly fleet: string;
      readonly name: string;
      readonly values: FormValues;
      readonly problem?: FormProblem;
    },
  ): Promise<Answer> {
    const action = findAction(wanted.name);
    const project = await openProject();
    if (action === undefined || !Object.hasOwn(project.config.fleets, wanted.fleet)) return notFound();
    const fleet = findFleet(project.config, wanted.fleet).name;
    const { releases } = fleetOf(await readSnapshot(project), project.config, fleet).releases;
    const shown = {
      ...wanted,
      action,
      fleet,
      releases: releases.map(({ version }) => version).toReversed(),
    };
    return page(status, (each) => actionPage(each, shown));
  }

  function findAction(name: string): BridgeAction | undefined {
    return actions.find((each) => each.name === name);
  }

  function page(status: number, render: (context: PageContext) => string): Answer {
    return { status, page: (nonce) => render({ ...context, nonce }) };
  }

  function notFound(): Answer {
    const problem = { title: 'This page does not exist', message: 'The fleet or the action does not exist.' };
    return page(404, (each) => problemPage(each, problem));
  }

  function forgotten(): Answer {
    const problem = {
      title: 'This preview is no longer kept',
      message: 'Nothing was changed by this request. Start the action again from the page of all fleets.',
    };
    return page(404, (each) => problemPage(each, problem));
  }
}

/** A page for a request that failed; the bridge goes on. */
export function failurePage(error: unknown): {
  readonly status: number;
  readonly title: string;
  readonly message: string;
} {
  const isKnown = error instanceof InputError || error instanceof UsageError || error instanceof OutsideError;
  return {
    status: error instanceof OutsideError ? 502 : isKnown ? 422 : 500,
    title: error instanceof OutsideError ? 'It could not be reached' : 'This is not possible',
    message: messageOf(error),
  };
}

/** The values of the action's own fields; empty ones are left out. */
function ownValues(action: BridgeAction, form: FormValues): FormValues {
  return new Map(
    action.fields.flatMap(({ name }) => {
      const value = form.get(name)?.trim() ?? '';
      return value === '' ? [] : [[name, value] as const];
    }),
  );
}

function problemOf(error: InputError | UsageError): FormProblem {
  const field = error instanceof InputError ? /^--(.+)$/.exec(error.details.field ?? '')?.[1] : undefined;
  const named = field ?? /--([a-z-]+)$/.exec(error.message)?.[1];
  return { message: error.message, ...(named === undefined ? {} : { field: named }) };
}

function keep<T>(kept: Map<string, T>, id: string, value: T): void {
  kept.set(id, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= mostKept) return;
    kept.delete(oldest);
  }
}

/** With --dry-run the first write ends the action: what it would have written. */
async function rehearsedOr<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Rehearsed) return `Dry run: it would ${error.message}. Nothing was written.`;
    throw error;
  }
}
