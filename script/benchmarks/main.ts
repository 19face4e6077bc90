import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { writeFileAtomically } from '../../src/host/files.ts';
import { benchBootTest } from './boot-test.ts';
import type { Figure } from './measure.ts';
import { benchObserve } from './observe.ts';
import { benchPromote } from './promote.ts';
import { benchScale } from './scale.ts';
import { benchStart } from './start.ts';
import { benchUpdates } from './updates.ts';
import { benchWatchBase } from './watch-base.ts';

const benchmarks: Readonly<Record<string, (report: (figure: Figure) => void) => Promise<void>>> = {
  'boot-test': benchBootTest,
  observe: benchObserve,
  promote: benchPromote,
  scale: benchScale,
  start: benchStart,
  updates: benchUpdates,
  'watch-base': benchWatchBase,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const [name = ''] = positionals;
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark === undefined || positionals.length !== 1) {
  process.stderr.write(
    `script/bench NAME [--json FILE]; benchmarks: ${Object.keys(benchmarks).join(', ')}\n`,
  );
  process.exit(2);
}
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node.js ${process.version}`;
const figures: Figure[] = [];
process.stdout.write(`${machine}\n\n`);
await benchmark((figure) => {
  figures.push(figure);
  const value = figure.value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  process.stdout.write(`${figure.what.padEnd(66)} ${value.padStart(11)} ${figure.unit}\n`);
});
if (values.json !== undefined) {
  const measuredAt = new Date().toISOString();
  await writeFileAtomically(
    values.json,
    `${JSON.stringify({ benchmark: name, machine, measuredAt, figures }, null, 2)}\n`,
  );
}
