/** A release: first the migrations, then the code, which runs beside the old one for a while. */
import type pg from "pg";
import { compareMigrations, listApplied, migrate, readMigrations } from "../migrate.ts";

export type ReleaseOptions = {
  /** Uploads a version without traffic, to be rolled out in steps. */
  isGradual: boolean;
  /** Only bundles. */
  isDryRun: boolean;
  /** The path of wrangler's configuration. */
  config: string;
  /** For wrangler, as given. */
  rest: readonly string[];
};

export type Outside = {
  /** Connects to the database that the Worker uses. Throws when none is given. */
  openDatabase: () => pg.Pool;
  /** Runs wrangler with these arguments; its exit code. */
  wrangler: (args: string[]) => Promise<number>;
  say: (line: string) => void;
  /** The folder of migrations; the product's by default. */
  migrations?: string;
};

/** The exit code of wrangler. Throws, before any code is uploaded, when the database is not up to date afterwards. */
export async function release(options: ReleaseOptions, outside: Outside): Promise<number> {
  if (!options.isDryRun) await migrateFirst(outside);
  const command = options.isGradual ? ["versions", "upload"] : ["deploy"];
  const flags = ["--upload-source-maps", "--config", options.config];
  const code = await outside.wrangler([...command, ...flags, ...options.rest]);
  if (code === 0 && options.isGradual && !options.isDryRun) outside.say(nextSteps(options.config));
  return code;
}

async function migrateFirst({ openDatabase, say, migrations }: Outside): Promise<void> {
  const pool = openDatabase();
  try {
    const applied = await migrate(pool, migrations);
    say(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "No migration to apply.");
    await requireMigrated(pool, migrations);
  } finally {
    await pool.end();
  }
}

/** Another run, or a pooled connection to another database, may have come between. */
async function requireMigrated(pool: pg.Pool, migrations?: string): Promise<void> {
  const applied = await listApplied(pool);
  const { missing, changed } = compareMigrations(await readMigrations(migrations), applied);
  const behind = [...missing, ...changed];
  if (behind.length > 0) {
    throw new Error(`The database lacks ${behind.join(", ")}: no code was deployed.`);
  }
}

function nextSteps(config: string): string {
  const own = config.endsWith(".json") ? ` --config ${config}` : "";
  return [
    "The new version is uploaded, without traffic. Roll it out in steps, and watch the log between them:",
    `  npx wrangler versions deploy${own}      asks for versions and percentages`,
    `  npx wrangler tail${own} --status error`,
    `  npx wrangler triggers deploy${own}      crons and consumers of queues, if they changed`,
    `  npx wrangler rollback${own}             back to the version before`,
  ].join("\n");
}
