/**
 * Parts of packages that the Worker does not use and that a bundler cannot leave out, because the package refers to
 * them. Their classes are empty, their constants undefined, and their functions throw.
 */
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Plugin } from "esbuild";

/** Of the provider's client. */
export const KEPT_RESOURCES: readonly string[] = ["chat", "models"];

const RESOURCE = /[\\/]openai[\\/]resources[\\/](?!index\.)(\w+)/;

/** It runs tools in a loop. */
const TOOL_RUNNER = /[\\/]openai[\\/]lib[\\/]ChatCompletion(?:Runner|Stream|StreamingRunner)\.mjs$/;

/** Ways to sign in without a key. */
const IDENTITIES =
  /[\\/]openai[\\/](?:internal[\\/])?auth[\\/](?:x509-)?workload-identity-auth\.mjs$/;

/** Forms of files, queries, and events: answers are read as responses, by a reader of our own. */
const WIRES =
  /[\\/]openai[\\/](?:internal[\\/](?:uploads|to-file)|internal[\\/]qs[\\/]stringify|core[\\/]streaming)\.mjs$/;

/** What a function that is called all the same returns. */
const RETURNED: Readonly<Record<string, string>> = { isX509WorkloadIdentity: "false" };

/** It writes programs that check values, which workerd does not run. */
const COMPILER = /[\\/]zod[\\/]v4[\\/]core[\\/]compile\.js$/;

const JSON_SCHEMA_READER = /[\\/]zod[\\/]v4[\\/]classic[\\/]from-json-schema\.js$/;

/** In a language that nobody sees: clients get our own sentences. */
const LOCALES = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;

/** Leaves them out of a build. */
export const leaveOutUnused: Plugin = {
  name: "leave-out-unused",
  setup(build) {
    build.onLoad({ filter: /(?:\.mjs|json-schema\.js|compile\.js)$/ }, async ({ path }) => {
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
  return [TOOL_RUNNER, IDENTITIES, WIRES, COMPILER, JSON_SCHEMA_READER].some((part) =>
    part.test(path),
  );
}

/** A module with the same names of classes, functions and constants. */
function toEmptyModule(source: string): string {
  const exported = source.matchAll(/^export (class|const|(?:async )?function) (\w+)/gm);
  return [...exported].map(([, kind = "", name = ""]) => toEmpty(kind, name)).join("\n");
}

function toEmpty(kind: string, name: string): string {
  if (kind === "class") return `export class ${name} {}`;
  if (kind === "const") return `export const ${name} = undefined;`;
  const value = RETURNED[name];
  if (value !== undefined) return `export function ${name}() { return ${value}; }`;
  return `export function ${name}() { throw new Error("${name} is left out of the build."); }`;
}
