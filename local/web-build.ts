/**
 * Builds the page of `/app`: a document, and scripts and styles whose names have the hash of their content, so that a
 * browser may keep them for ever.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  build,
  type BuildContext,
  type BuildOptions,
  type BuildResult,
  context,
  type PluginBuild,
} from "esbuild";
import { ASSETS_FOLDER } from "./assets.ts";
import { replaceFiles, writeFiles } from "./replace-files.ts";
import { ROOT } from "./worker-build.ts";

const SCRIPT = "web/main.tsx";
const STYLES = "web/styles/index.css";
const TEMPLATE = join(ROOT, "web", "index.html");
const ASSETS_URL = "/app/assets";

const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: { page: SCRIPT, styles: STYLES },
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

/** Builds it once, into `dist/assets/app`. Resolves with esbuild's description of the files. */
export async function buildPage(): Promise<BuildResult> {
  const folder = join(ASSETS_FOLDER, "app");
  const result = await build({ ...OPTIONS, outdir: join(folder, "assets") });
  await replaceFiles(join(folder, "assets"), result);
  await writeDocument(join(folder, "index.html"), result);
  return result;
}

/** Where a page that is built again and again goes: scripts and styles into `folder`, the document to `document`. */
export type WatchedPage = { folder: string; document: string };

/**
 * Builds it, and again whenever a source of it changes; a failure leaves the last page as it is, and the scripts of
 * earlier ones stay, for the tabs in which they are open. `onBuilt` is called after each build.
 */
export async function watchPage(
  { folder, document }: WatchedPage,
  onBuilt: () => Promise<void>,
): Promise<BuildContext> {
  const { promise: built, resolve } = Promise.withResolvers<void>();
  const onEnd = async (result: BuildResult) => {
    if (result.errors.length > 0) return;
    await writeFiles(folder, result);
    await writeDocument(document, result);
    await onBuilt();
    resolve();
  };
  const write = {
    name: "write",
    setup: (building: PluginBuild) => {
      building.onEnd(onEnd);
      // The document is no module that esbuild would watch by itself.
      building.onLoad({ filter: /[/\\]web[/\\]main\.tsx$/ }, () => ({ watchFiles: [TEMPLATE] }));
    },
  };
  const watching = await context({ ...OPTIONS, outdir: folder, plugins: [write] });
  await watching.watch();
  await built;
  return watching;
}

async function writeDocument(path: string, result: BuildResult): Promise<void> {
  const html = await readFile(TEMPLATE, "utf8");
  await writeFile(path, html.replace("<!-- assets -->", tagsOf(result)));
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
