/** What the platform has to parse before a Worker can respond to its first request. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const STATIC_IMPORT = /(?:\bfrom|\bimport) ?"\.\/([^"]+)"/g;

/** The modules that are loaded at start-up, with their code, by name. */
export async function startUpModules(
  folder: string,
  entry = "index.js",
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const load = async (name: string): Promise<void> => {
    if (found.has(name)) return;
    const code = await readFile(join(folder, name), "utf8");
    found.set(name, code);
    for (const [, next = ""] of code.matchAll(STATIC_IMPORT)) await load(next);
  };
  await load(entry);
  return found;
}
