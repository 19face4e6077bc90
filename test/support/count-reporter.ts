import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import './processor-time.ts';

/** How many of the slowest files are named, and of those that take most of the processor. */
const slowest = 10;

/** Prints the slowest and costliest files, what was skipped and why, what failed, and one last line that CI and people read. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0);
    const count = { passed: 0, failed: broken.length + unhandledErrors.length, skipped: 0 };
    const reasons = new Map<string, number>();
    const failed = broken.map((module) => `${nameOf(module)}: ${firstLine(module.errors())}`);
    for (const test of tests) {
      const result = test.result();
      if (result.state === 'pending') continue;
      count[result.state]++;
      if (result.state === 'failed') {
        failed.push(`${nameOf(test.module)}: ${test.fullName}: ${firstLine(result.errors)}`);
      }
      if (result.state === 'skipped') {
        const reason = result.note ?? 'no reason given';
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    const seconds = modules.map((module) => ({
      name: nameOf(module),
      clock: module.diagnostic().duration / 1000,
      processor: module.meta().processorSeconds ?? 0,
    }));
    for (const { name, clock } of seconds.sort((a, b) => b.clock - a.clock).slice(0, slowest)) {
      console.log(`slow, ${clock.toFixed(0)} s: ${name}`);
    }
    for (const { name, processor } of seconds.sort((a, b) => b.processor - a.processor).slice(0, slowest)) {
      console.log(`costly, ${processor.toFixed(0)} s of a processor: ${name}`);
    }
    const all = seconds.reduce((sum, { processor }) => sum + processor, 0);
    console.log(`all files: ${all.toFixed(0)} s of a processor`);
    for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
    for (const test of tests.filter((each) => each.diagnostic()?.flaky === true)) {
      console.log(`passed only at the second try: ${nameOf(test.module)}: ${test.fullName}`);
    }
    for (const each of failed) console.log(`failed test: ${each}`);
    console.log(`tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}

function nameOf(module: TestModule): string {
  return relative(process.cwd(), module.moduleId);
}

function firstLine(errors: readonly { readonly message: string }[]): string {
  return errors[0]?.message.split('\n')[0]?.slice(0, 300) ?? 'no error was given';
}
