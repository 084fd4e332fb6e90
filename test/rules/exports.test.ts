import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type EcmaScriptModule, parseSync } from "oxc-parser";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const FOLDERS = ["src", "local", "test", "bench"];

/** What Cloudflare imports. */
const ENTRY = "src/index.ts";

/** Paths are relative to the root. */
type Module = { path: string; text: string; module: EcmaScriptModule };

async function readModules(folder: string): Promise<Module[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  const paths = names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(ROOT, path), "utf8");
      const { module, errors } = parseSync(path, text);
      if (errors.length > 0) throw new Error(`${path} cannot be parsed.`);
      return { path, text, module };
    }),
  );
}

/** `file#name` of each export. */
function exportsOf({ path, module }: Module): string[] {
  const entries = module.staticExports.flatMap((statement) => statement.entries);
  return entries.map(({ exportName }) => `${path}#${exportName.name ?? "default"}`);
}

/** As every `import()` is written here: what it loads is destructured at once. */
const LOADED = /\{ ([\w, ]+) \} = await import\("([^"]+)"\)/g;

/** `file#name` of each import and re-export; `file#*` of a namespace. */
function importsOf({ path, text, module }: Module): string[] {
  const nameOf = (specifier: string, name: string | null) =>
    `${join(dirname(path), specifier)}#${name ?? "*"}`;
  const imports = module.staticImports.flatMap(({ moduleRequest, entries }) =>
    entries.map(({ importName }) => nameOf(moduleRequest.value, importName.name)),
  );
  const reexports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName }) =>
      moduleRequest ? nameOf(moduleRequest.value, importName.name) : [],
    ),
  );
  const loaded = [...text.matchAll(LOADED)].flatMap(([, names = "", from = ""]) =>
    names.split(", ").map((name) => nameOf(from, name)),
  );
  return [...imports, ...reexports, ...loaded];
}

it("Every export of src is imported by a module of src, local, test or bench", async () => {
  const modules = (await Promise.all(FOLDERS.map(readModules))).flat();
  const imported = new Set(modules.flatMap(importsOf));
  const exported = modules.filter(({ path }) => path.startsWith("src/") && path !== ENTRY);
  const isImported = (name: string) =>
    imported.has(name) || imported.has(name.replace(/#.*/, "#*"));
  expect(exported.flatMap(exportsOf).filter((name) => !isImported(name))).toEqual([]);
});
