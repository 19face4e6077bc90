#!/usr/bin/env node
import module from 'node:module';
import { madeHelp } from './cli/made-help.ts';
import { cacheFolder } from './host/cache-folder.ts';

// Node.js 22 and newer keep what they have compiled after this line, so the program itself is loaded below it. Not in /tmp,
// where another user could put something else.
const { enableCompileCache } = module as typeof module & { enableCompileCache?: (folder: string) => unknown };
enableCompileCache?.(cacheFolder('compiled', process.env));

// A reader that closes the pipe (`| head`) must not end a verb half-way.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const help = madeHelp(process.argv.slice(2), import.meta.url);
if (help === undefined) {
  const { runProgram } = await import('./program.ts');
  await runProgram(process.argv.slice(2));
} else {
  process.stdout.write(help.text);
  process.exitCode = help.exitCode;
}
