import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { buildPage } from "../../local/web-build.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** What a browser has to load before a person can chat. */
const MOST_KIB = 130;

const ENTRIES = ["web/main.tsx", "web/chats/chat-page.tsx"];

type Outputs = NonNullable<Awaited<ReturnType<typeof buildPage>>["metafile"]>["outputs"];

/** The scripts of an entry: itself, and what it imports without waiting for a person. */
function scriptsOf(outputs: Outputs, path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind === "import-statement") scriptsOf(outputs, next, found);
  }
  return found;
}

it(`The page at /app loads at most ${MOST_KIB} KiB of scripts before a document is opened`, async () => {
  const outputs = (await buildPage()).metafile?.outputs ?? {};
  const entries = Object.entries(outputs).filter(([, { entryPoint = "" }]) =>
    ENTRIES.includes(entryPoint),
  );
  expect(entries.length).toBe(ENTRIES.length);
  const paths = new Set(entries.flatMap(([path]) => [...scriptsOf(outputs, path)]));
  const sizes = await Promise.all(
    [...paths].map(async (path) => gzipSync(await readFile(join(ROOT, path))).byteLength),
  );
  const kib = sizes.reduce((sum, size) => sum + size, 0) / 1024;
  expect(kib).toBeLessThan(MOST_KIB);
  // Nor does anything of a chat keep the first paint waiting.
  const first = entries.flatMap(([path, { entryPoint }]) =>
    entryPoint === "web/main.tsx" ? [...scriptsOf(outputs, path)] : [],
  );
  const early = first.flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  expect(early.filter((path) => /node_modules\/(ai|marked)\//.test(path))).toEqual([]);
  // Libraries of documents, charts and formulas come when a person needs them.
  const inputs = [...paths].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
  expect(inputs.filter((path) => /pdfjs-dist|uplot|katex/i.test(path))).toEqual([]);
});
