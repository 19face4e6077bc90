import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

// GitHub's own contract (@octokit/openapi): what it accepts and what it answers, for github.com and for GitHub Enterprise
// Server. Every request that our verbs send and every answer of the emulator is checked against it.

/** A version of the API, as @octokit/openapi names it. */
export const apiVersions = ['api.github.com', 'ghes-3.17'] as const;
export type ApiVersion = (typeof apiVersions)[number];

type Json = Readonly<Record<string, unknown>>;

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly json: Json;
}

export interface Exchange {
  readonly method: string;
  /** The path beneath the API's address, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Contract {
  /** How many were checked. */
  readonly counts: { requests: number; answers: number };
  /** `GET /repos/{owner}/{repo}/pulls` → how often. */
  readonly operations: Map<string, number>;
  /** What violates the contract. */
  readonly violations: string[];
  /** @returns undefined for what does not belong to it: GraphQL, and downloads */
  request(sent: Exchange): Operation | undefined;
  /**
   * Adds the fields that GitHub's answers have by the schema to an answer, and checks it.
   * @returns the whole answer
   */
  answer(operation: Operation, status: number, json: unknown): unknown;
}

/** Answers that any operation may give. */
const anywhere = [401, 403, 404, 409, 422, 429, 500, 502, 503];

/** Reads a version's contract: 13 MB, about a second. */
export function openContract(version: ApiVersion): Contract {
  const file = createRequire(import.meta.url).resolve(`@octokit/openapi/generated/${version}.json`);
  const document = withoutNullable(JSON.parse(readFileSync(file, 'utf8'))) as Json;
  const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, coerceTypes: false });
  ajv.addSchema({ ...document, $id: 'github' });
  const operations = operationsOf(document);
  const compiled = new Map<string, ValidateFunction>();
  const counts = { requests: 0, answers: 0 };
  const violations: string[] = [];
  const called = new Map<string, number>();

  const resolve = (schema: unknown): Json => {
    const { $ref } = (schema ?? {}) as { readonly $ref?: string };
    return $ref === undefined ? ((schema ?? {}) as Json) : resolve(at(document, $ref));
  };

  function validate(pointer: string, value: unknown, what: string): void {
    const check = compiled.get(pointer) ?? ajv.compile({ $ref: `github#${pointer}` });
    compiled.set(pointer, check);
    if (check(value)) return;
    const errors = (check.errors ?? [])
      .slice(0, 3)
      .map(({ instancePath, message }) => `${instancePath} ${message}`);
    violations.push(`${what}: ${errors.join('; ')}`);
  }

  function checkQuery({ json }: Operation, query: URLSearchParams, what: string): void {
    const known = ((json.parameters ?? []) as unknown[]).map(resolve).filter((each) => each.in === 'query');
    for (const [name, value] of query) {
      const parameter = known.find((each) => each.name === name);
      if (parameter === undefined) violations.push(`${what}: GitHub knows no ?${name}`);
      const {
        enum: allowed,
        maximum,
        type,
      } = resolve(parameter?.schema) as {
        readonly enum?: readonly unknown[];
        readonly maximum?: number;
        readonly type?: string;
      };
      if (allowed !== undefined && !allowed.includes(value)) violations.push(`${what}: ?${name}=${value}`);
      if (
        type === 'integer' &&
        !(Number(value) >= 0 && Number(value) <= (maximum ?? Number.MAX_SAFE_INTEGER))
      )
        violations.push(`${what}: ?${name}=${value}`);
    }
  }

  return {
    counts,
    violations,
    operations: called,
    request: ({ method, path, query, body }) => {
      if (path === '/graphql' || method === 'OPTIONS') return undefined;
      const what = `${method} ${path}`;
      counts.requests += 1;
      const found = operations.find((each) => each.method === method && each.pattern.test(path));
      if (found === undefined) {
        violations.push(`${what}: GitHub has no such operation`);
        return undefined;
      }
      const name = `${method} ${found.path}`;
      called.set(name, (called.get(name) ?? 0) + 1);
      checkQuery(found, query, what);
      const place = `${pointerOf(found)}/requestBody/content/application~1json/schema`;
      const schema = at(document, `#${place}`);
      const sent = (body ?? {}) as Json;
      if (schema === undefined) {
        if (Object.keys(sent).length > 0) violations.push(`${what}: GitHub takes no body`);
        return found;
      }
      validate(place, body, what);
      const properties = propertiesOf(resolve(schema), resolve);
      if (properties !== undefined) {
        for (const key of Object.keys(sent).filter((each) => !properties.has(each)))
          violations.push(`${what}: GitHub knows no field ${key}`);
      }
      return found;
    },
    answer: (operation, status, json) => {
      const what = `${operation.method} ${operation.path} → ${status}`;
      counts.answers += 1;
      const responses = (operation.json.responses ?? {}) as Json;
      const response = responses[String(status)];
      if (response === undefined) {
        if (!anywhere.includes(status)) violations.push(`${what}: GitHub never answers this`);
        return json;
      }
      const { $ref } = response as { readonly $ref?: string };
      const place = $ref?.slice(1) ?? `${pointerOf(operation)}/responses/${status}`;
      const content = resolve(response).content as Json | undefined;
      const type = Object.keys(content ?? {}).find((each) => each.endsWith('json'));
      if (type === undefined) {
        if (json !== undefined) violations.push(`${what}: GitHub's answer has no content`);
        return json;
      }
      const pointer = `${place}/content/${escapePart(type)}/schema`;
      const whole = complete(at(document, `#${pointer}`), json, resolve);
      validate(pointer, whole, what);
      return whole;
    },
  };
}

function operationsOf(document: Json): Operation[] {
  const found = Object.entries(document.paths as Record<string, Json>).flatMap(([path, methods]) =>
    ['get', 'post', 'put', 'patch', 'delete']
      .filter((method) => method in methods)
      .map((method) => ({
        path,
        method: method.toUpperCase(),
        pattern: patternOf(path),
        json: methods[method] as Json,
      })),
  );
  // The most specific path first: /user/packages before /users/{username}.
  const weight = (path: string) => path.replaceAll(/\{[^}]*\}/g, '').length;
  return found.sort((one, other) => weight(other.path) - weight(one.path));
}

function patternOf(path: string): RegExp {
  const parts = path.split(/(\{[^}]*\})/).map((part, index, all) => {
    if (!part.startsWith('{')) return part.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&');
    // A path of files, and a ref, may have slashes; they are last.
    return index === all.length - 2 && /^\{(path|ref|branch|basehead)\}$/.test(part) ? '.+' : '[^/]+';
  });
  return new RegExp(`^${parts.join('')}$`);
}

function pointerOf({ path, method }: Operation): string {
  return `/paths/${escapePart(path)}/${method.toLowerCase()}`;
}

function escapePart(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
}

/** What a pointer such as `#/components/schemas/x` leads to. */
function at(document: Json, pointer: string): unknown {
  const parts = pointer.slice(2).split('/');
  return parts.reduce<unknown>((value, part) => {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    return (value as Json | undefined)?.[key];
  }, document);
}

/** OpenAPI 3.0 says `nullable`, JSON Schema a type `null`. */
function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, withoutNullable(each)] as const);
  const { nullable, ...rest } = Object.fromEntries(entries);
  if (nullable !== true) return Object.fromEntries(entries);
  return { anyOf: [rest, { type: 'null' }] };
}

type Resolve = (schema: unknown) => Json;

/** The fields that an object may have; undefined if the schema names none, or says nothing against others. */
function propertiesOf(schema: Json, resolve: Resolve): ReadonlySet<string> | undefined {
  const own = Object.keys((schema.properties ?? {}) as Json);
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => ((schema[key] ?? []) as unknown[]).map(resolve));
  const all = [...own, ...parts.flatMap((part) => [...(propertiesOf(part, resolve) ?? [])])];
  return all.length === 0 ? undefined : new Set(all);
}

/** A value with everything that a schema requires: what is missing is made up. */
function complete(given: unknown, value: unknown, resolve: Resolve): unknown {
  const schema = resolve(given);
  const alternatives = (schema.anyOf ?? schema.oneOf) as unknown[] | undefined;
  if (value === null) return value;
  const withParts = ((schema.allOf ?? []) as unknown[]).reduce<unknown>(
    (whole, part) => complete(part, whole, resolve),
    value,
  );
  const chosen =
    alternatives === undefined
      ? withParts
      : complete(choose(alternatives, withParts, resolve), withParts, resolve);
  if (Array.isArray(chosen)) return chosen.map((each) => complete(schema.items, each, resolve));
  if (typeof chosen !== 'object' || chosen === null) return chosen;
  const properties = (schema.properties ?? {}) as Json;
  const whole: Record<string, unknown> = { ...chosen };
  for (const [name, of] of Object.entries(properties)) {
    if (whole[name] !== undefined) whole[name] = complete(of, whole[name], resolve);
  }
  for (const name of (schema.required ?? []) as string[]) {
    if (whole[name] === undefined) whole[name] = invent(properties[name], resolve, 0);
  }
  return whole;
}

/** The fields of an object, those of its parts included. */
function fieldsOf(schema: Json, resolve: Resolve): Json {
  const parts = ((schema.allOf ?? []) as unknown[]).map((part) => fieldsOf(resolve(part), resolve));
  return Object.assign({}, schema.properties, ...parts);
}

/** Of several schemas, the one that shares the most fields with the value. */
function choose(alternatives: readonly unknown[], value: unknown, resolve: Resolve): unknown {
  const type = Array.isArray(value) ? 'array' : typeof value;
  const fits = alternatives.filter((each) => {
    const { type: own } = resolve(each) as { readonly type?: string };
    if (own !== undefined && own !== type && !(own === 'integer' && type === 'number')) return false;
    return Object.entries(fieldsOf(resolve(each), resolve)).every(([name, of]) => {
      const { enum: allowed } = resolve(of) as { readonly enum?: readonly unknown[] };
      const given = (value as Json | null)?.[name];
      return allowed === undefined || given === undefined || allowed.includes(given);
    });
  });
  const score = (each: unknown) => {
    const known = propertiesOf(resolve(each), resolve);
    return Object.keys((value ?? {}) as Json).filter((key) => known?.has(key)).length;
  };
  return [...fits].sort((one, other) => score(other) - score(one))[0] ?? {};
}

function invent(given: unknown, resolve: Resolve, depth: number): unknown {
  const schema = resolve(given);
  const alternatives = [...((schema.anyOf ?? schema.oneOf ?? []) as unknown[])];
  if (alternatives.length > 0) {
    const empty = alternatives.some((each) => resolve(each).type === 'null');
    return empty ? null : invent(alternatives[0], resolve, depth);
  }
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.allOf !== undefined)
    return Object.assign({}, ...(schema.allOf as unknown[]).map((part) => invent(part, resolve, depth)));
  if (schema.properties !== undefined || schema.type === 'object') {
    const properties = (schema.properties ?? {}) as Json;
    const required = (schema.required ?? []) as string[];
    return Object.fromEntries(required.map((name) => [name, invent(properties[name], resolve, depth + 1)]));
  }
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return false;
    case 'string':
      return schema.format === 'date-time' ? '2026-07-01T00:00:00Z' : 'https://github.com/x';
    default:
      return {};
  }
}
