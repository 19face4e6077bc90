import { describe, expect, it } from 'vitest';
import { chooseLogins } from '../../../src/cli/actions/job-logins.ts';
import { parseRepository } from '../../../src/world/registry/reference.ts';

const ghcr = parseRepository('ghcr.io/acme/os');
const ghcrTest = parseRepository('ghcr.io/acme/os-test');
const own = parseRepository('r.example.com/os');
const other = parseRepository('t.example.com/os');
const actor = { username: 'ada', password: 'of-the-run' };
const login = { username: 'bot', password: 'given' };

describe('who logs in where', () => {
  const chosen = (options: Parameters<typeof chooseLogins>[0]) =>
    chooseLogins(options).map(({ repository, login: each }) => [repository.registry, each.password]);

  it("takes the run's token for GitHub's registry, and for no other", () => {
    expect(chosen({ image: ghcr, testImage: other, actor })).toEqual([['ghcr.io', 'of-the-run']]);
    expect(chosen({ image: own, testImage: other, actor })).toEqual([]);
  });

  it('takes what is given first, for both repositories of one registry', () => {
    expect(chosen({ image: ghcr, testImage: ghcrTest, imageLogin: login, actor })).toEqual([
      ['ghcr.io', 'given'],
      ['ghcr.io', 'given'],
    ]);
  });

  it('never gives the login of one registry to another', () => {
    expect(chosen({ image: own, testImage: other, imageLogin: login })).toEqual([['r.example.com', 'given']]);
  });
});
