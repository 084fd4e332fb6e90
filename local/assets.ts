/**
 * Copies the pages of `/docs` and `/redoc` from their npm packages to `dist/assets`, from where the
 * Worker serves them: no CDN, so they work offline and under a strict policy.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

const ASSETS = [
  "swagger-ui-dist/swagger-ui.css",
  "swagger-ui-dist/swagger-ui-bundle.js",
  "swagger-ui-dist/favicon-32x32.png",
  "redoc/bundles/redoc.standalone.js",
];

const packages = join(import.meta.dirname, "..", "node_modules");
const target = join(import.meta.dirname, "..", "dist", "assets", "docs-assets");

await mkdir(target, { recursive: true });
for (const asset of ASSETS) {
  await copyFile(join(packages, asset), join(target, asset.slice(asset.lastIndexOf("/") + 1)));
}
