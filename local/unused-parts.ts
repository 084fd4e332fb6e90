/**
 * Parts of packages that the Worker does not use and that a bundler cannot leave out, because the package refers to
 * them. Their classes are empty, and their functions throw.
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Plugin } from "esbuild";

/** Of the provider's client. */
export const KEPT_RESOURCES: readonly string[] = ["chat", "embeddings", "models"];

const RESOURCE = /[\\/]openai[\\/]resources[\\/](?!index\.)(\w+)/;

/** It runs tools in a loop. */
const TOOL_RUNNER = /[\\/]openai[\\/]lib[\\/]ChatCompletion(?:Runner|Stream|StreamingRunner)\.mjs$/;

const JSON_SCHEMA_READER = /[\\/]zod[\\/]v4[\\/]classic[\\/]from-json-schema\.js$/;

/** In a language that nobody sees: clients get our own sentences. */
const LOCALES = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;

/** Leaves them out of a build. */
export const leaveOutUnused: Plugin = {
  name: "leave-out-unused",
  setup(build) {
    build.onLoad({ filter: /(?:\.mjs|json-schema\.js)$/ }, async ({ path }) => {
      if (!isUnused(path)) return undefined;
      return { contents: toEmptyModule(await readFile(path, "utf8")), loader: "js" };
    });
    build.onLoad({ filter: LOCALES }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      loader: "js",
      resolveDir: dirname(path),
    }));
  },
};

function isUnused(path: string): boolean {
  const [, resource] = RESOURCE.exec(path) ?? [];
  if (resource !== undefined) return !KEPT_RESOURCES.includes(resource);
  return TOOL_RUNNER.test(path) || JSON_SCHEMA_READER.test(path);
}

/** A module with the same names of classes and functions. */
function toEmptyModule(source: string): string {
  const exported = source.matchAll(/^export (class|(?:async )?function) (\w+)/gm);
  const lines = [...exported].map(([, kind, name]) =>
    kind === "class"
      ? `export class ${name} {}`
      : `export function ${name}() { throw new Error("${name} is left out of the build."); }`,
  );
  return lines.join("\n");
}
