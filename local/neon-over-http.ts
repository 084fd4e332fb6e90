/**
 * Neon's driver comes as one file: `neon()`, which calls Postgres over HTTP, `pg` for its sockets, and copies of Node's
 * modules for browsers. A bundler keeps all of it, because it cannot know that the calls which set a part up have no
 * other effect. Here they are marked, so that it leaves out what nobody imports, and modules of workerd take the place
 * of the copies.
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";
import { type Expression, parseSync, type Statement } from "oxc-parser";

const DRIVER = /[\\/]@neondatabase[\\/]serverless[\\/]index\.mjs$/;

const PURE = "/* @__PURE__ */ ";

/** Copies of Node's modules, by a word that only they contain, and what takes their place. */
const COPIES: Readonly<Record<string, string>> = {
  kMaxLength: `() => { throw new Error("There is no global Buffer."); }`,
  defaultMaxListeners: "() => nodeEvents",
  // MD5, for the protocol of sockets.
  _dataLength: "() => {}",
};

/** Drizzle imports the types of `pg-types`, which the driver exports as a part of `pg`. */
const TYPES = { exported: "export_types", word: ".builtins=" };

/** What a variable of the file is set to. */
type Part = { name: string; value: Expression; text: string };

type Edit = { at: number; end: number; text: string };

/** Leaves out of a build what the driver has for sockets. */
export const neonOverHttp: Plugin = {
  name: "neon-over-http",
  setup(build) {
    build.onLoad({ filter: DRIVER }, async ({ path }) => ({
      contents: markParts(await readFile(path, "utf8")),
      loader: "js",
    }));
  },
};

/** Throws where the file is not the one that this knows. */
function markParts(source: string): string {
  const { program } = parseSync("index.mjs", source);
  const parts = program.body.flatMap((statement) => partsOf(statement, source));
  const replacements = new Map(
    Object.entries(COPIES).map(([word, text]) => [partWith(parts, word), text]),
  );
  const types = parts.find(({ name }) => name === TYPES.exported);
  if (!types) throw new Error(`Neon's driver has no ${TYPES.exported}.`);
  replacements.set(types, `${PURE}${partWith(parts, TYPES.word).name}()`);
  const edits = parts.flatMap((part) => {
    const text = replacements.get(part);
    const { start: at, end } = part.value;
    return text === undefined ? marksOf(part.value) : [{ at, end, text }];
  });
  const names = program.body.filter(isNaming).map(({ start }) => markAt(start));
  return `import * as nodeEvents from "node:events";\n${applyEdits(source, [...edits, ...names])}`;
}

function partsOf(statement: Statement, source: string): Part[] {
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) =>
    id.type === "Identifier" && init
      ? [{ name: id.name, value: init, text: source.slice(init.start, init.end) }]
      : [],
  );
}

function partWith(parts: readonly Part[], word: string): Part {
  const found = parts.filter(({ text }) => text.includes(word));
  const [part] = found;
  if (!part || found.length > 1) throw new Error(`Neon's driver has ${found.length} "${word}".`);
  return part;
}

/** True for a call that gives a function or class its own name, which a bundler before this one wrote. */
function isNaming(statement: Statement): boolean {
  if (statement.type !== "ExpressionStatement") return false;
  const { expression } = statement;
  return expression.type === "CallExpression" && expression.arguments.length === 2;
}

function markAt(at: number): Edit {
  return { at, end: at, text: PURE };
}

/** A call is marked with those among its arguments; what reads or extends another part becomes a marked call. */
function marksOf(value: Expression): Edit[] {
  const { start: at, end } = value;
  if (value.type === "CallExpression") {
    const calls = [value, ...value.arguments.filter(({ type }) => type === "CallExpression")];
    return calls.map(({ start }) => markAt(start));
  }
  const isPart =
    value.type === "ClassExpression" ? value.superClass : value.type === "MemberExpression";
  if (!isPart) return [];
  return [
    { at, end: at, text: `${PURE}(() => ` },
    { at: end, end, text: ")()" },
  ];
}

function applyEdits(source: string, edits: readonly Edit[]): string {
  const fromTheEnd = edits.toSorted((a, b) => b.at - a.at);
  return fromTheEnd.reduce(
    (text, { at, end, text: inserted }) => text.slice(0, at) + inserted + text.slice(end),
    source,
  );
}
