/** The package `ai` of the AI SDK, by its major version: the one that `@ai-sdk/react` of that version depends on. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The majors of `ai`, and the installed `@ai-sdk/react` that are made for them. */
export const VERSIONS = { 5: "ai-sdk-react2", 6: "ai-sdk-react3", 7: "ai-sdk-react4" } as const;

export type Version = keyof typeof VERSIONS;

const MODULES = join(import.meta.dirname, "..", "..", "node_modules");

/** The folder of the package. */
export function folderOfAi(version: Version): string {
  const require = createRequire(join(MODULES, VERSIONS[version], "package.json"));
  return dirname(require.resolve("ai/package.json"));
}

const MAIN = { 5: "index.mjs", 6: "index.mjs", 7: "index.js" } as const;

/** What it exports; without types, because no two versions have the same. */
export async function loadAi(version: Version): Promise<ReturnType<typeof JSON.parse>> {
  return import(pathToFileURL(join(folderOfAi(version), "dist", MAIN[version])).href);
}
