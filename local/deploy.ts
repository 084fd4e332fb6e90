/**
 * `npm run deploy`: migrates the database of `DATABASE_URL`, then deploys the Worker. `--staging` deploys the Worker
 * beside it, `--gradual` uploads a version without traffic; everything else is passed on to wrangler.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { experimental_readRawConfig as readRawConfig } from "wrangler";
import { release } from "./release/release.ts";
import { toStaging } from "./release/staging.ts";

const ROOT = join(import.meta.dirname, "..");
const PRODUCTION = "wrangler.toml";
const STAGING = "wrangler.staging.json";
const OWN = new Set(["--staging", "--gradual"]);

/** The name of the configuration for wrangler, in the root. */
async function configure(isStaging: boolean): Promise<string> {
  if (!isStaging) return PRODUCTION;
  const { rawConfig } = readRawConfig({ config: join(ROOT, PRODUCTION) });
  await writeFile(join(ROOT, STAGING), `${JSON.stringify(toStaging(rawConfig), null, 2)}\n`);
  return STAGING;
}

/** Not from `.dev.vars`: that is the database of a development server. */
function openDatabase(): pg.Pool {
  const { DATABASE_URL: connectionString } = process.env;
  if (!connectionString) {
    throw new Error(
      "Set DATABASE_URL in the environment to the database of the Worker: it is migrated before the code is deployed.",
    );
  }
  const { host, pathname } = new URL(connectionString);
  say(`Migrating ${host}${pathname}`);
  return new pg.Pool({ connectionString, max: 1 });
}

async function wrangler(args: string[]): Promise<number> {
  const program = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const child = spawn(process.execPath, [program, ...args], { cwd: ROOT, stdio: "inherit" });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const given = process.argv.slice(2);
  const options = {
    isGradual: given.includes("--gradual"),
    isDryRun: given.includes("--dry-run"),
    config: await configure(given.includes("--staging")),
    rest: given.filter((argument) => !OWN.has(argument)),
  };
  process.exitCode = await release(options, { openDatabase, wrangler, say });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
