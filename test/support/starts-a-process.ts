// Run as a program by test/host/process.test.ts: starts a long process, prints its pid, and waits to be interrupted.
import { startProcess } from '../../src/host/process.ts';

const started = await startProcess('sleep', ['600'], { logFile: process.argv[2] as string });
console.log(started.pid);
await started.ended;
