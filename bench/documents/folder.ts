/** The documents of a folder, each with the text that lies beside it as its reference. */
import { readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";

export type FoundDocument = { path: string; name: string; format: string; reference?: string };

/**
 * All files in a folder and below. The reference of `NAME.EXT` is `NAME.EXT.txt`, `NAME.EXT.expected.txt`,
 * `NAME.expected.txt` or `NAME.txt`, whichever is there first: it is no document itself.
 */
export async function findDocuments(folder: string): Promise<FoundDocument[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const all = new Set(paths);
  const references = new Map(paths.map((path) => [path, referenceOf(path, all)]));
  const used = new Set(references.values());
  return paths
    .filter((path) => !used.has(path))
    .toSorted()
    .map((path) => toDocument(path, folder, references.get(path)));
}

function toDocument(path: string, folder: string, reference?: string): FoundDocument {
  const format = extname(path).slice(1).toLowerCase() || "none";
  const name = relative(folder, path);
  return { path, name, format, ...(reference !== undefined && { reference }) };
}

function referenceOf(path: string, all: ReadonlySet<string>): string | undefined {
  const bare = path.slice(0, path.length - extname(path).length);
  const names = [`${path}.txt`, `${path}.expected.txt`, `${bare}.expected.txt`, `${bare}.txt`];
  // A reference of a reference would leave the document without one.
  if (path.endsWith(".expected.txt")) return undefined;
  return names.find((name) => name !== path && all.has(name));
}
