/**
 * Stands in for undici under `@actions/http-client` (rolldown.config.ts): a second HTTP stack of 700 kB. The client takes
 * only this class from it, for a function that GitHub's octokit called and that nobody calls here.
 */
export class ProxyAgent {
  constructor() {
    throw new Error('the bundle has no undici: use src/world/http/http-exchange.ts, which knows proxies');
  }
}
