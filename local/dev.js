/** `npm run dev`. In JavaScript, so that a Node which cannot run TypeScript can still say what is missing. */
import { existsSync } from "node:fs";

const NODE_MODULES = new URL("../node_modules/wrangler", import.meta.url);

const missing = findMissing();
if (missing === undefined) {
  await import("./start.ts");
} else {
  process.stderr.write(`${missing}\n`);
  process.exitCode = 1;
}

function findMissing() {
  if (!existsSync(NODE_MODULES)) return "The packages are not installed. Run: npm install";
  if (process.features.typescript) return undefined;
  return (
    `This is Node ${process.version}, but the server runs on Node 24, which npm install puts into node_modules. ` +
    "Run npm install again, without --ignore-scripts, and start it with: npm run dev"
  );
}
