/** The names that a source declares, found by a parser: of code, of log events and their fields, of SQL. */
import { type Node, parseSync, type PropertyKey, Visitor } from "oxc-parser";

/** Variables, parameters, functions, types, classes, members, log events, CTEs and SQL aliases; each once. */
export function declaredNames(file: string, text: string): Set<string> {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed.`);
  const names = new Set<string>();
  const add = (node: { type: string; name?: unknown; value?: unknown } | null | undefined) => {
    const name = node?.type === "Literal" ? node.value : node?.name;
    if (typeof name === "string") names.add(name);
  };
  const addKey = ({ key }: { key: PropertyKey }) => add(key);
  const addId = ({ id }: { id: Node | null }) => add(id);
  const addFunction = (node: { id?: Node | null; params: readonly Node[] }) => {
    add(node.id);
    for (const param of node.params) for (const bound of boundIn(param)) add(bound);
  };
  new Visitor({
    VariableDeclarator: ({ id }) => boundIn(id).forEach(add),
    CatchClause: ({ param }) => param && boundIn(param).forEach(add),
    FunctionDeclaration: addFunction,
    FunctionExpression: addFunction,
    ArrowFunctionExpression: addFunction,
    TSFunctionType: addFunction,
    TSMethodSignature: (node) => {
      addKey(node);
      addFunction(node);
    },
    ClassDeclaration: addId,
    TSTypeAliasDeclaration: addId,
    TSInterfaceDeclaration: addId,
    MethodDefinition: addKey,
    PropertyDefinition: addKey,
    TSPropertySignature: addKey,
    // Of an object; in a pattern, the name of the member is declared elsewhere.
    ObjectExpression: ({ properties }) => {
      for (const property of properties) if (property.type === "Property") addKey(property);
    },
    TSTypeParameter: ({ name }) => add(name),
    TSNamedTupleMember: ({ label }) => add(label),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === "Identifier" && /^log(?:Event|Error)$/.test(callee.name)) add(first);
    },
    TaggedTemplateExpression: ({ tag, quasi }) => {
      if (tag.type !== "Identifier" || tag.name !== "sql") return;
      const statement = quasi.quasis.map(({ value }) => value.raw).join("?");
      for (const name of sqlNames(statement)) names.add(name);
    },
  }).visit(program);
  return names;
}

/** The identifiers that a pattern binds. */
function boundIn(pattern: Node): Node[] {
  switch (pattern.type) {
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundIn(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? boundIn(element) : []));
    case "AssignmentPattern":
      return boundIn(pattern.left);
    case "RestElement":
      return boundIn(pattern.argument);
    case "TSParameterProperty":
      return boundIn(pattern.parameter);
    default:
      return [pattern];
  }
}

/** What follows AS, and what a parenthesis follows AS after: aliases and CTEs. */
function sqlNames(statement: string): string[] {
  const ctes = statement.matchAll(/(\w+) AS (?:(?:NOT )?MATERIALIZED )?\(/g);
  const aliases = statement.matchAll(/\bAS ([a-z]\w*)/g);
  return [...ctes, ...aliases].map(([, name = ""]) => name);
}

/** The words of a name in camelCase, snake_case or kebab-case, in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])(?=[A-Z])/g, "$1 ")
    .replace(/([A-Z])(?=[A-Z][a-z])/g, "$1 ")
    .split(/[^A-Za-z\d]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}
