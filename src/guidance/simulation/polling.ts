import type { Random } from './random.ts';

/** Zincati's `agent.timing.steady_interval_secs`. */
export const defaultPollSeconds = 300;

/** How often Zincati checks whether a staged update may reboot the node: its fixed refresh period, in seconds. */
export const stagedTickSeconds = 300;

// Zincati adds to each interval 0 to 10 hundredths of it, a new number every time (add_jitter in
// src/update_agent/actor.rs at be76c4aa: whole seconds, at least one in each step).
const jitterSteps = 10;

function jitterStep(interval: number): number {
  return Math.max(Math.floor(interval / 100), 1);
}

/** Seconds until the first poll of a node that has been polling for long: polls do not begin with our clock. */
export function firstPoll(random: Random, interval: number): number {
  const step = jitterStep(interval);
  const longest = interval + jitterSteps * step;
  // A moment falls into a long interval more often than into a short one.
  for (;;) {
    const length = interval + step * random.below(jitterSteps + 1);
    if (random.uniform() * longest < length) return random.below(length);
  }
}

/**
 * The first poll at or after a moment, of a node that polls at `poll` and then every interval with jitter.
 * For a distant moment many intervals are added at once, because their sum is close to normally distributed.
 */
export function pollAtOrAfter(random: Random, poll: number, moment: number, interval: number): number {
  const step = jitterStep(interval);
  const longest = interval + jitterSteps * step;
  let at = poll;
  for (;;) {
    // So many intervals can never be longer than the time to the moment.
    const count = Math.floor((moment - at) / longest);
    if (count < 16) break;
    // The mean of 0 to 10 is 5, the variance 10.
    const steps = Math.round(count * (jitterSteps / 2) + Math.sqrt(count * 10) * random.normal());
    at += count * interval + step * Math.min(count * jitterSteps, Math.max(0, steps));
  }
  while (at < moment) at += interval + step * random.below(jitterSteps + 1);
  return at;
}
