import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local/ports.ts";
import { makeFolder } from "../../local/scratch.ts";
import { startLocal } from "../support/local-start.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** Some fail after the database has been created. */
const START_MS = 120_000;

const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder("start-failures");
});
afterAll(() => folder.remove());

/** A path of this test's own, not written yet. */
const newPath = () => join(folder.path, crypto.randomUUID());

/** What a start prints that fails; its data is in a folder. */
async function failureOf(data: string, vars: Record<string, string> = {}): Promise<string> {
  const start = startLocal(await freePort(), data, vars);
  expect(await start.exited).toBe(1);
  expect(start.output()).not.toMatch(/^ +at /m);
  return start.output();
}

/** What Node prints where it refuses to run a script. */
async function refusalOf(...args: string[]): Promise<string> {
  const { code, stderr } = await run(process.execPath, args).catch((error) => error);
  expect(code).toBe(1);
  return stderr;
}

describe("npm run dev says in a sentence", { timeout: START_MS }, () => {
  it("that the packages are not installed", async () => {
    await cp(join(ROOT, "local", "dev.js"), join(folder.path, "clone", "local", "dev.js"));
    await writeFile(join(folder.path, "clone", "package.json"), '{"type":"module"}');
    const refusal = await refusalOf(join(folder.path, "clone", "local", "dev.js"));
    expect(refusal).toBe("The packages are not installed. Run: npm install\n");
  });

  it("that it runs on a Node without TypeScript, and on which it should", async () => {
    const refusal = await refusalOf("--no-strip-types", join(ROOT, "local", "dev.js"));
    expect(refusal).toContain(`This is Node ${process.version}, but the server runs on Node 24`);
    expect(refusal).toContain("npm install");
    expect(refusal.trim().split("\n")).toHaveLength(1);
  });

  it("that its file of settings is a folder", async () => {
    const file = newPath();
    await mkdir(file);
    expect(await failureOf(newPath(), { DEV_VARS: file })).toContain(
      `The file of settings ${file} cannot be used: EISDIR`,
    );
  });

  it("that the folder of its data is a file", async () => {
    const data = newPath();
    await writeFile(data, "");
    expect(await failureOf(data)).toContain(`The folder of the data ${data} cannot be used`);
  });

  it("that its database is damaged, and how to begin with another", async () => {
    const data = newPath();
    await mkdir(join(data, "postgres", "base"), { recursive: true });
    await writeFile(join(data, "postgres", "PG_VERSION"), "9\n");
    const output = await failureOf(data);
    expect(output).toContain(`The database in ${join(data, "postgres")} cannot be used`);
    expect(output).toContain("remove the folder");
  });

  it("that the given Postgres does not answer", async () => {
    const LOCAL_POSTGRES_URL = `postgres://ada:secret@127.0.0.1:${await freePort()}/indifly`;
    const output = await failureOf(newPath(), { LOCAL_POSTGRES_URL });
    expect(output).toContain("The database of LOCAL_POSTGRES_URL cannot be used");
    expect(output).toContain("ECONNREFUSED");
    expect(output).not.toContain("secret");
  });

  it("which setting is invalid, and where to correct it", async () => {
    const output = await failureOf(newPath(), { SECRET_KEY: "short" });
    expect(output.trim().split("\n")).toEqual([
      expect.stringMatching(/^Invalid settings: SECRET_KEY: /),
      expect.stringContaining(".dev.vars or in the environment"),
    ]);
  });
});
