/** All regular expressions of `src`, found by a parser: literals, and those that modules construct. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export type FoundExpression = { file: string; source: string; flags: string };
/** How many calls of `RegExp` a file has. */
export type Constructions = { file: string; count: number };

const SRC = join(import.meta.dirname, "..", "..", "src");

/** In the order of the files' names. */
export async function findExpressions(): Promise<{
  literals: FoundExpression[];
  constructions: Constructions[];
}> {
  const names = await readdir(SRC, { recursive: true });
  const files = names.filter((name) => name.endsWith(".ts")).toSorted();
  const found = await Promise.all(files.map(findIn));
  return {
    literals: found.flatMap(({ literals }) => literals),
    constructions: found.map(({ constructed }) => constructed).filter(({ count }) => count > 0),
  };
}

async function findIn(file: string) {
  const { program, errors } = parseSync(file, await readFile(join(SRC, file), "utf8"));
  if (errors.length > 0) throw new Error(`${file} cannot be parsed.`);
  const literals: FoundExpression[] = [];
  const constructed = { file, count: 0 };
  const count = ({ callee }: { callee: { type: string; name?: unknown } }) => {
    if (callee.type === "Identifier" && callee.name === "RegExp") constructed.count++;
  };
  new Visitor({
    Literal(node) {
      if (!("regex" in node)) return;
      literals.push({ file, source: node.regex.pattern, flags: node.regex.flags });
    },
    NewExpression: count,
    CallExpression: count,
  }).visit(program);
  return { literals, constructed };
}

/** Those that a module constructs when it is imported. */
export async function constructedBy(file: string): Promise<FoundExpression[]> {
  const found: FoundExpression[] = [];
  const original = globalThis.RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, [pattern, flags]: [string, string?]) {
      found.push({ file, source: pattern, flags: flags ?? "" });
      return new target(pattern, flags);
    },
  });
  try {
    // Under a name of its own: an earlier import by another test would not run again.
    await import(`${join(SRC, file)}?constructs`);
  } finally {
    globalThis.RegExp = original;
  }
  return found;
}
