/** The database that a script works on: the one that the product is configured for. */
import { join, resolve } from "node:path";
import { createDb, type Db } from "../src/db/client.ts";
import { readSettings } from "./settings.ts";

const ROOT = join(import.meta.dirname, "..");

/**
 * The database of `DATABASE_URL`, from the environment or `.dev.vars`; else the embedded one of `npm run dev`, which
 * has to be running. Throws when none is configured.
 */
export async function openConfigured(env: NodeJS.ProcessEnv): Promise<Db> {
  const files = [
    resolve(ROOT, env.DEV_VARS || ".dev.vars"),
    join(resolve(ROOT, env.LOCAL_DIR || ".local"), "dev.vars"),
  ];
  for (const file of files) {
    const { DATABASE_URL, DATABASE_HTTP_URL } = await readSettings(file, env);
    if (DATABASE_URL) return createDb({ DATABASE_URL, DATABASE_HTTP_URL });
  }
  throw new Error(
    "DATABASE_URL is set neither in the environment nor in .dev.vars, and npm run dev has not run here.",
  );
}
