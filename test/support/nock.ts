import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';

/**
 * Servers that exist only in the tests of this file; nothing else can be reached. A test fails if it did not ask for all
 * that it prepared. The files of a worker share its process, so the last test gives Node's HTTP back: through nock, the
 * streams of a real registry break.
 */
export function useNock(): typeof nock {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
  });
  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.cleanAll();
    nock.enableNetConnect();
    expect(pending).toEqual([]);
  });
  afterAll(() => nock.restore());
  return nock;
}

// It takes Node's HTTP over as soon as it is loaded.
nock.restore();
