import type { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { findProblems, withoutNulls } from '../document.ts';
import { readJson } from '../json.ts';
import { nullableEntryFields, type UpdateMetadata, updateMetadata } from '../metadata.ts';
import { type Operations, operationsSchema } from '../operations.ts';
import { nullableReleaseFields, type ReleaseIndex, releaseIndex } from '../releases.ts';
import { type Finding, findingOf, tryTo } from './lint-finding.ts';

/** A file of a fleet: its name for people, and its text. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** A file that could be read, and the position of each value in it. */
export interface Source<T> {
  readonly value: T;
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

/** The three files that steer a fleet; each may be missing. */
export interface FleetTexts {
  readonly releases?: SourceText | undefined;
  readonly updates?: SourceText | undefined;
  readonly operations?: SourceText | undefined;
}

export interface FleetSources {
  readonly releases?: Source<ReleaseIndex>;
  readonly updates?: Source<UpdateMetadata>;
  readonly operations?: Source<Operations>;
}

/** Reads the files of a fleet and lists every problem in them. */
export function readSources(texts: FleetTexts): {
  readonly sources: FleetSources;
  readonly findings: Finding[];
} {
  const releases = readSource<ReleaseIndex>(texts.releases, releaseIndex, nullableReleaseFields);
  const updates = readSource<UpdateMetadata>(texts.updates, updateMetadata, nullableEntryFields);
  const operations = readSource<Operations>(texts.operations, operationsSchema, new Set());
  return {
    sources: {
      ...defined({ releases: releases.source, updates: updates.source, operations: operations.source }),
    },
    findings: [...releases.findings, ...updates.findings, ...operations.findings],
  };
}

function readSource<T>(
  source: SourceText | undefined,
  schema: z.ZodType,
  nullable: ReadonlySet<string>,
): { readonly source?: Source<T>; readonly findings: Finding[] } {
  if (source === undefined) return { findings: [] };
  const { file, text } = source;
  const read = tryTo('json', file, () => readJson(text, file));
  if (read.value === undefined) return { findings: read.findings };
  const { placeOf } = read.value;
  const value = withoutNulls(read.value.value, nullable);
  const problems = findProblems(schema, value, placeOf);
  if (problems.length > 0) return { findings: problems.map((each) => findingOf('format', each, file)) };
  return { source: { value: value as T, placeOf }, findings: [] };
}
