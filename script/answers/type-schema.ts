import {
  type Checker,
  SignatureKind,
  type Symbol as Sym,
  SymbolFlags,
  type Type,
  TypeFlags,
} from 'typescript/unstable/sync';

/** A JSON Schema, or a part of one (2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of what JSON.stringify makes of values of a type. Docstrings become descriptions, and each named object
 * type a definition. Other properties are allowed: a later version may have more.
 * @param place names the type in errors
 * @throws Error for a type that JSON cannot carry, such as a function or a Map
 */
export function schemaOfType(checker: Checker, type: Type, place: string): JsonSchema {
  const definitions = new Map<string, { readonly id: number; schema: JsonSchema }>();
  const schema = schemaOf(type, place);
  if (definitions.size === 0) return schema;
  const sorted = [...definitions].sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...schema, $defs: Object.fromEntries(sorted.map(([name, { schema: each }]) => [name, each])) };

  function schemaOf(of: Type, at: string): JsonSchema {
    const { flags } = of;
    if ((flags & TypeFlags.AnyOrUnknown) !== 0) return {};
    if ((flags & TypeFlags.Null) !== 0) return { type: 'null' };
    if ((flags & TypeFlags.NonPrimitive) !== 0) return { type: 'object' };
    if (of.isTemplateLiteralType()) return { type: 'string', pattern: patternOf(of.texts) };
    if (of.isLiteralType()) return { const: of.value };
    if ((flags & TypeFlags.StringLike) !== 0) return { type: 'string' };
    if ((flags & TypeFlags.Number) !== 0) return { type: 'number' };
    if ((flags & TypeFlags.Boolean) !== 0) return { type: 'boolean' };
    if (of.isUnionType()) return unionSchema(of.getTypes(), at);
    if (of.isIntersectionType() && of.getTypes().some((part) => (part.flags & TypeFlags.StringLike) !== 0))
      return { type: 'string' };
    if (checker.isTupleType(of) && of.isTypeReference()) {
      const items = checker.getTypeArguments(of).map((item, index) => schemaOf(item, `${at}[${index}]`));
      return { type: 'array', prefixItems: items, minItems: items.length, maxItems: items.length };
    }
    if (checker.isArrayType(of) && of.isTypeReference()) {
      const [item] = checker.getTypeArguments(of);
      return { type: 'array', items: item === undefined ? {} : schemaOf(item, `${at}[]`) };
    }
    if (of.isObjectType() || of.isIntersectionType()) return objectSchema(of, at);
    throw new Error(`${at}: JSON cannot carry ${checker.typeToString(of)}`);
  }

  function unionSchema(types: readonly Type[], at: string): JsonSchema {
    const present = types.filter((part) => !isAbsent(part));
    const isBoolean = ({ flags }: Type) => (flags & TypeFlags.BooleanLiteral) !== 0;
    const isValue = (part: Type) => part.isStringLiteralType() || part.isNumberLiteralType();
    const literalOf = (part: Type) => (part.isLiteralType() ? [part.value] : []);
    const booleans = present.filter(isBoolean).flatMap(literalOf);
    const values = present.filter(isValue).flatMap(literalOf).sort();
    const others = present.filter((part) => !isBoolean(part) && !isValue(part));
    const parts = [
      ...(values.length === 1 ? [{ const: values[0] }] : values.length > 1 ? [{ enum: values.sort() }] : []),
      ...(booleans.length === 2 ? [{ type: 'boolean' }] : booleans.map((value) => ({ const: value }))),
      ...others.map((part) => schemaOf(part, at)),
    ];
    // The order of a union's parts says nothing, and must not change from build to build.
    const texts = [...new Set(parts.map((part) => JSON.stringify(part)))].sort();
    const sorted = texts.map((text): JsonSchema => JSON.parse(text));
    return sorted.length === 1 ? (sorted[0] as JsonSchema) : { anyOf: sorted };
  }

  function objectSchema(of: Type, at: string): JsonSchema {
    const name = nameOf(of);
    if (name === undefined) return membersSchema(of, at);
    const known = definitions.get(name);
    if (known === undefined) {
      const definition = { id: of.id, schema: {} };
      definitions.set(name, definition);
      definition.schema = { ...described(of.getAliasSymbol() ?? of.getSymbol()), ...membersSchema(of, name) };
    } else if (known.id !== of.id) {
      throw new Error(`${at}: two types are called ${name}; rename one of them`);
    }
    return { $ref: `#/$defs/${name}` };
  }

  function membersSchema(of: Type, at: string): JsonSchema {
    if (checker.getSignaturesOfType(of, SignatureKind.Call).length > 0)
      throw new Error(`${at}: JSON cannot carry a function`);
    const symbols = checker.getPropertiesOfType(of);
    const members = symbols.map((symbol) => {
      const path = `${at}.${symbol.name}`;
      if (symbol.name.startsWith('__@'))
        throw new Error(`${at}: JSON cannot carry ${checker.typeToString(of)}`);
      const type = checker.getTypeOfSymbol(symbol);
      if (type === undefined) throw new Error(`${path}: its type cannot be found`);
      return { symbol, path, type };
    });
    // JSON.stringify leaves these out.
    const written = members.filter(({ type: each }) => !isAbsent(each));
    const properties = written.map(({ symbol, path, type: each }) => [
      symbol.name,
      { ...described(symbol), ...schemaOf(each, path) },
    ]);
    const required = written
      .filter(({ symbol, type: each }) => (symbol.flags & SymbolFlags.Optional) === 0 && !mayBeAbsent(each))
      .map(({ symbol }) => symbol.name);
    const values = checker
      .getIndexInfosOfType(of)
      .map((index) => schemaOf(index.valueType, `${at}.*`))
      .at(0);
    return {
      type: 'object',
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      ...(required.length === 0 ? {} : { required }),
      ...(values === undefined ? {} : { additionalProperties: values }),
    };
  }

  function described(symbol: Sym | undefined): JsonSchema {
    const text = symbol?.getDocumentationComment(checker).replaceAll(/\s+/g, ' ').trim() ?? '';
    return text === '' ? {} : { description: text };
  }

  /** Of an object type that people named; a type that was computed from another one has no name. */
  function nameOf(of: Type): string | undefined {
    const alias = of.getAliasSymbol();
    if (alias !== undefined) return of.getAliasTypeArguments().length === 0 ? alias.name : undefined;
    const symbol = of.getSymbol();
    if (symbol === undefined || (symbol.flags & SymbolFlags.Interface) === 0) return undefined;
    return of.isTypeReference() && checker.getTypeArguments(of).length > 0 ? undefined : symbol.name;
  }

  function isAbsent({ flags }: Type): boolean {
    return (flags & (TypeFlags.Undefined | TypeFlags.Void | TypeFlags.Never)) !== 0;
  }

  function mayBeAbsent(of: Type): boolean {
    return of.isUnionType() && of.getTypes().some(isAbsent);
  }
}

/** Of a template such as `sha256:${string}`. */
function patternOf(texts: readonly string[]): string {
  const fixed = texts.map((text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return `^${fixed.join('.*')}$`;
}
