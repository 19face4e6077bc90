import { validate } from '@octokit/graphql-schema';
import { expect, it } from 'vitest';
import { updateRefs } from '../../../../src/world/forge/github/branches.ts';
import { viewer } from '../../../../src/world/forge/github/comments.ts';
import { convertToDraft, markReady } from '../../../../src/world/forge/github/drafts.ts';

it.each(Object.entries({ updateRefs, viewer, markReady, convertToDraft }))(
  'asks in GraphQL only what GitHub’s published schema has: %s',
  (_name, text) => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace(/\{ \w+/, '{ nonsense'))).not.toEqual([]);
  },
);
