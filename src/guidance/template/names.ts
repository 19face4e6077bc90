/** An unknown name in a template. */
export interface UnknownName {
  readonly name: string;
  /** Starts at 1. */
  readonly line: number;
  /** Starts at 1. */
  readonly column: number;
  readonly kind: 'variable' | 'helper' | 'partial';
}

interface Scope {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly helpers: ReadonlySet<string>;
  /** Names that enclosing blocks define (`as |name|`). */
  readonly blockParameters: readonly string[];
  /** False inside `each` and `with`, because plain names there are fields of another object. */
  readonly atTop: boolean;
}

const changesContext: ReadonlySet<string> = new Set(['each', 'with']);

/**
 * Finds the first unknown name of a template, also in branches that are not taken and in arguments of helpers:
 * Handlebars' own strict mode checks neither.
 */
export function findUnknownName(
  program: hbs.AST.Program,
  options: { readonly variables: Readonly<Record<string, unknown>>; readonly helpers: Iterable<string> },
): UnknownName | undefined {
  return inProgram(program, {
    variables: options.variables,
    helpers: new Set(options.helpers),
    blockParameters: [],
    atTop: true,
  });
}

/** `version`, `base.version`, …: all that a template may name. */
export function variableNames(variables: Readonly<Record<string, unknown>>, prefix = ''): string[] {
  return Object.entries(variables).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...(isRecord(value) ? variableNames(value, `${prefix}${key}.`) : []),
  ]);
}

function inProgram(program: hbs.AST.Program | undefined, scope: Scope): UnknownName | undefined {
  const inner = { ...scope, blockParameters: [...scope.blockParameters, ...(program?.blockParams ?? [])] };
  return firstOf(program?.body ?? [], (statement) => inStatement(statement, inner));
}

function inStatement(statement: hbs.AST.Statement, scope: Scope): UnknownName | undefined {
  switch (statement.type) {
    case 'MustacheStatement':
      return inCall(statement as hbs.AST.MustacheStatement, scope);
    case 'BlockStatement': {
      const block = statement as hbs.AST.BlockStatement;
      const body = changesContext.has(block.path.original) ? { ...scope, atTop: false } : scope;
      return inCall(block, scope) ?? inProgram(block.program, body) ?? inProgram(block.inverse, scope);
    }
    case 'ContentStatement':
    case 'CommentStatement':
      return undefined;
    default:
      return unknown(statement, 'partial', statement.type);
  }
}

type Call = Pick<hbs.AST.MustacheStatement, 'path' | 'params' | 'loc'> & { hash?: hbs.AST.Hash };

function inCall(call: Call, scope: Scope): UnknownName | undefined {
  const name =
    call.path.type === 'PathExpression' ? (call.path as hbs.AST.PathExpression).original : undefined;
  const hasArguments = call.params.length > 0 || (call.hash?.pairs.length ?? 0) > 0;
  const callee =
    name !== undefined && scope.helpers.has(name)
      ? undefined
      : hasArguments
        ? unknown(call.path, 'helper', name ?? '')
        : inExpression(call.path, scope);
  return (
    callee ??
    firstOf(call.params, (each) => inExpression(each, scope)) ??
    firstOf(call.hash?.pairs ?? [], (pair) => inExpression(pair.value, scope))
  );
}

function inExpression(expression: hbs.AST.Expression, scope: Scope): UnknownName | undefined {
  if (expression.type === 'SubExpression') return inCall(expression as hbs.AST.SubExpression, scope);
  if (expression.type !== 'PathExpression') return undefined;
  const path = expression as hbs.AST.PathExpression;
  const [head] = path.parts;
  // `this`, `@index` and `../x` are left to Handlebars at run time.
  if (path.data || path.depth > 0 || head === undefined) return undefined;
  if (scope.blockParameters.includes(String(head)) || !scope.atTop) return undefined;
  let value: unknown = scope.variables;
  for (const part of path.parts) {
    if (!isRecord(value) || !Object.hasOwn(value, String(part))) {
      return unknown(path, 'variable', path.original);
    }
    value = value[String(part)];
  }
  return undefined;
}

function unknown(node: Pick<hbs.AST.Node, 'loc'>, kind: UnknownName['kind'], name: string): UnknownName {
  return { name, kind, line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function firstOf<T>(list: readonly T[], find: (each: T) => UnknownName | undefined): UnknownName | undefined {
  for (const each of list) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
