/**
 * Builds the page of `/app` into `dist/assets/app`: a document, and scripts and styles whose names have the hash of
 * their content, so that a browser may keep them for ever.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type BuildContext, type BuildOptions, type BuildResult, context } from "esbuild";
import { replaceFiles } from "./replace-files.ts";
import { ROOT } from "./worker-build.ts";

/** What the page is built into. */
export const PAGE_FOLDER = join(ROOT, "dist", "assets", "app");

const SCRIPT = "web/main.tsx";
const STYLES = "web/styles/index.css";
const ASSETS_FOLDER = join(PAGE_FOLDER, "assets");
const ASSETS_URL = "/app/assets";

const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: { page: SCRIPT, styles: STYLES },
  outdir: ASSETS_FOLDER,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file" },
  bundle: true,
  splitting: true,
  minify: true,
  metafile: true,
  write: false,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Builds it once. Resolves with esbuild's description of the files. */
export async function buildPage(): Promise<BuildResult> {
  const result = await build(OPTIONS);
  await writePage(result);
  return result;
}

/**
 * Builds it, and again whenever a source of it changes; a failure leaves the last page in place. `onBuilt` is called after
 * each build.
 */
export async function watchPage(onBuilt: () => Promise<void>): Promise<BuildContext> {
  const { promise: built, resolve } = Promise.withResolvers<void>();
  const onEnd = async (result: BuildResult) => {
    if (result.errors.length > 0) return;
    await writePage(result);
    await onBuilt();
    resolve();
  };
  const write = {
    name: "write",
    setup: (building: { onEnd: (end: typeof onEnd) => void }) => building.onEnd(onEnd),
  };
  const watching = await context({ ...OPTIONS, plugins: [write] });
  await watching.watch();
  await built;
  return watching;
}

async function writePage(result: BuildResult): Promise<void> {
  await mkdir(ASSETS_FOLDER, { recursive: true });
  await replaceFiles(ASSETS_FOLDER, result);
  const html = await readFile(join(ROOT, "web", "index.html"), "utf8");
  await writeFile(join(PAGE_FOLDER, "index.html"), html.replace("<!-- assets -->", tagsOf(result)));
}

/** The tags that load the styles, the script, and early the scripts that it imports. */
function tagsOf(result: BuildResult): string {
  const script = outputOf(result, SCRIPT);
  const early = script.imports.filter(({ kind }) => kind === "import-statement");
  return [
    `<link rel="stylesheet" href="${urlOf(outputOf(result, STYLES))}">`,
    `<script type="module" src="${urlOf(script)}"></script>`,
    ...early.map((one) => `<link rel="modulepreload" href="${urlOf(one)}">`),
  ].join("\n    ");
}

/** The file that an entry was built into. Throws where there is none. */
function outputOf({ metafile }: BuildResult, entry: string) {
  const outputs = Object.entries(metafile?.outputs ?? {});
  const found = outputs.find(([, { entryPoint }]) => entryPoint === entry);
  if (!found) throw new Error(`${entry} was not built.`);
  const [path, { imports }] = found;
  return { path, imports };
}

function urlOf({ path }: { path: string }): string {
  return `${ASSETS_URL}/${basename(path)}`;
}
