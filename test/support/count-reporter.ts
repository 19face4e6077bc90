import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints what was skipped and why, and one last line that CI and people read. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length > 0);
    const count = { passed: 0, failed: broken.length + unhandledErrors.length, skipped: 0 };
    const reasons = new Map<string, number>();
    for (const test of tests) {
      const result = test.result();
      if (result.state === 'pending') continue;
      count[result.state]++;
      if (result.state === 'skipped') {
        const reason = result.note ?? 'no reason given';
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
    console.log(`tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
