import { describe, expect, it } from 'vitest';
import { readPrometheusCredentials } from '../../../src/world/prometheus/credentials.ts';

const origin = 'https://prometheus.example.com';

describe('credentials for Prometheus', () => {
  it('are a token, or a name and a password', () => {
    expect(readPrometheusCredentials({})).toBeUndefined();
    expect(
      readPrometheusCredentials({
        COXSWAIN_PROMETHEUS_ORIGIN: `${origin}/path`,
        COXSWAIN_PROMETHEUS_TOKEN: 'secret',
      }),
    ).toEqual({ origin, authorization: 'Bearer secret' });
    expect(
      readPrometheusCredentials({
        COXSWAIN_PROMETHEUS_ORIGIN: 'http://127.0.0.1:9090',
        COXSWAIN_PROMETHEUS_USERNAME: 'ada',
        COXSWAIN_PROMETHEUS_PASSWORD: 'secret',
      }),
    ).toEqual({ origin: 'http://127.0.0.1:9090', authorization: 'Basic YWRhOnNlY3JldA==' });
  });

  it.each<[string, NodeJS.ProcessEnv, RegExp]>([
    ['without an origin', { COXSWAIN_PROMETHEUS_TOKEN: 'secret' }, /which server may get them/],
    [
      'for an origin without encryption',
      { COXSWAIN_PROMETHEUS_TOKEN: 'secret', COXSWAIN_PROMETHEUS_ORIGIN: 'http://prometheus.example.com' },
      /unencrypted/,
    ],
    [
      'without a password',
      { COXSWAIN_PROMETHEUS_USERNAME: 'ada', COXSWAIN_PROMETHEUS_ORIGIN: origin },
      /COXSWAIN_PROMETHEUS_PASSWORD: .*belong together/,
    ],
    [
      'with a line break',
      { COXSWAIN_PROMETHEUS_TOKEN: 'sec\nret', COXSWAIN_PROMETHEUS_ORIGIN: origin },
      /cannot be sent/,
    ],
  ])('are refused %s, and the error does not show them', (_what, env, says) => {
    expect(() => readPrometheusCredentials(env)).toThrow(says);
    expect(() => readPrometheusCredentials(env)).not.toThrow(/sec/);
  });
});
