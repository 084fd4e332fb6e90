/** The linters and generators of `openapi/package.json`, run on the document of the Worker. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";

const FOLDER = join(import.meta.dirname, "../../openapi");

const run = promisify(execFile);

/** They neither report their use nor look for newer versions. */
const QUIET = {
  REDOCLY_TELEMETRY: "off",
  REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
  DO_NOT_TRACK: "1",
  NO_COLOR: "1",
  CI: "true",
};

/** A folder with the Worker's document as `openapi.json`. */
export async function newWorkshop(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "openapi-")));
  const response = await fetch(`${inject("workerUrl")}/openapi.json`);
  await writeFile(join(folder, "openapi.json"), await response.text());
  return folder;
}

export function removeWorkshop(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** A setting of a tool in `openapi/`. */
export function toolSetting(name: string): string {
  return join(FOLDER, name);
}

/** What the program of a package writes. Throws with it where the program fails. */
export async function runTool(
  name: string,
  program: string,
  args: string[],
  cwd: string,
): Promise<string> {
  const manifest = join(FOLDER, "node_modules", name, "package.json");
  if (!existsSync(manifest)) throw new Error("Run `npm ci --prefix openapi` first.");
  const { bin } = JSON.parse(await readFile(manifest, "utf8"));
  const path = typeof bin === "string" ? bin : bin[program];
  const script = join(dirname(manifest), path);
  try {
    const { stdout, stderr } = await run(process.execPath, [script, ...args], {
      cwd,
      env: { ...process.env, ...QUIET },
    });
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Compiles the TypeScript of a folder, and counts its files. Throws what the compiler reports. */
export async function compileStrictly(folder: string): Promise<number> {
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2023", "dom", "dom.iterable"],
    types: [],
  };
  const settings = { compilerOptions, include: ["**/*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
  await runTool("typescript", "tsc", ["-p", folder], folder);
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".ts")).length;
}
