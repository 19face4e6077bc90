import { describe, expect, it } from 'vitest';
import { findFleet } from '../../../src/project/fleets.ts';
import { syncExternalHolds } from '../../../src/release/gates/external-holds.ts';
import { createProject } from '../../support/project.ts';
import { commitFiles } from '../../support/repository.ts';

const now = 1_785_000_000;

describe('hold files', () => {
  it('hold a fleet only by its exact name: others are warned of', async () => {
    const project = await createProject('127.0.0.1:9');
    await commitFiles(project.git, {
      '.coxswain/hold/testin.yaml': 'reason: audit\n',
      '.coxswain/hold/README.md': 'why\n',
    });
    expect(await syncExternalHolds(project, findFleet(project.config, 'testing'), now)).toEqual([
      '.coxswain/hold/testin.yaml on branch testing: This file holds no fleet. The files that hold one are testing.yaml and stable.yaml. Did you mean testing.yaml? Rename it, or delete it.',
    ]);
    expect((await project.state.readFleet('testing')).operations.stops).toBeUndefined();
    await commitFiles(project.git, { '.coxswain/hold/testing.yaml': 'reason: "a\\u001b[31m audit"\n' });
    await syncExternalHolds(project, findFleet(project.config, 'testing'), now);
    expect((await project.state.readFleet('testing')).operations.stops).toMatchObject([
      { reason: 'a [31m audit' },
    ]);
  });
});
