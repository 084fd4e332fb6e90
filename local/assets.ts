/**
 * Copies what the Worker serves or reads of npm packages. The pages of `/docs` and `/redoc`:
 * without a CDN, they work offline and under a strict policy. The CMaps of pdf.js, for CJK fonts that a PDF
 * does not embed.
 */
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const ASSETS = [
  "swagger-ui-dist/swagger-ui.css",
  "swagger-ui-dist/swagger-ui-bundle.js",
  "swagger-ui-dist/favicon-32x32.png",
  "redoc/bundles/redoc.standalone.js",
];

/** The only external URL that they would load: an image at the foot of Redoc's menu. */
const FOREIGN_PICTURE = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const OUR_PICTURE = "/docs-assets/favicon-32x32.png";

const PDF_WORKER = "pdf.worker.min.mjs";

const packages = join(import.meta.dirname, "..", "node_modules");

/** The assets of `wrangler.toml`. */
export const ASSETS_FOLDER = join(import.meta.dirname, "..", "dist", "assets");

/** Copies them all into a folder. */
export async function copyAssets(folder: string): Promise<void> {
  const target = join(folder, "docs-assets");
  await mkdir(target, { recursive: true });
  for (const asset of ASSETS) {
    const bytes = await readFile(join(packages, asset));
    const isScript = asset.endsWith(".js");
    const content = isScript ? bytes.toString().replaceAll(FOREIGN_PICTURE, OUR_PICTURE) : bytes;
    await writeFile(join(target, basename(asset)), content);
  }
  await cp(join(packages, "pdfjs-dist", "cmaps"), join(folder, "cmaps"), { recursive: true });
  await copyPdfViewer(folder);
}

/** What pdf.js loads by itself in the page of `/app`: its worker, and data for fonts, pictures and colours. */
async function copyPdfViewer(folder: string): Promise<void> {
  const from = join(packages, "pdfjs-dist");
  const { version } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  // Browsers keep the page's assets for ever: another version has other names.
  const to = join(folder, "app", "assets", `pdfjs-${version}`);
  await cp(join(from, "build", PDF_WORKER), join(to, PDF_WORKER));
  for (const part of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
    await cp(join(from, part), join(to, part), { recursive: true });
  }
}
