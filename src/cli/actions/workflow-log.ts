import * as core from '@actions/core';
import { createLog, type Log } from '../../host/log.ts';

/**
 * A log for a workflow run: a group for each task, warnings as annotations, details where the run is debugged. A group
 * cannot hold another, so a task inside a task, or beside one, is a line.
 */
export function createActionLog(options: {
  readonly verbose: boolean;
  /** Called for each warning. */
  readonly onWarn?: (message: string) => void;
}): Log {
  const lines = createLog({ verbose: options.verbose, stream: process.stdout });
  let grouped = false;
  return {
    info: (message) => lines.info(harmless(message)),
    detail: (message) => core.debug(harmless(message)),
    warn: (message) => {
      core.warning(harmless(message));
      options.onWarn?.(message);
    },
    task: async (title, work) => {
      if (grouped) return lines.task(harmless(title), (report) => work((note) => report(harmless(note))));
      grouped = true;
      core.startGroup(harmless(title));
      try {
        return await lines.task(harmless(title), (report) => work((note) => report(harmless(note))));
      } finally {
        core.endGroup();
        grouped = false;
      }
    },
  };
}

/**
 * Text from outside that cannot act as a workflow command: what a guest prints may look like one. (actions/runner,
 * ActionCommand.cs: a line that begins with `::` after String.Trim, or `##[` anywhere. .NET also trims U+0085, which is
 * not white space in JavaScript.)
 */
export function harmless(text: string): string {
  return text
    .replaceAll('##[', '## [')
    .split(/(?<=[\n\r\v\f\u0085\u2028\u2029])/)
    .map((line) => line.replace(/^([\s\u0085]*):(?=:)/, '$1: '))
    .join('');
}
