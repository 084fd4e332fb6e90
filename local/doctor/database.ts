/** Postgres, asked over Neon's HTTP protocol as the Worker asks it. */
import { sql } from "drizzle-orm";
import { batch, createDb, type Db, read, readOne } from "../../src/db/client.ts";
import { describeDbError } from "../../src/db/errors.ts";
import type { Config } from "../../src/env.ts";
import { type AppliedMigration, compareMigrations, readMigrations } from "../migrate.ts";
import { broken, doubtful, type Finding, ok } from "./finding.ts";

const PART = "database";
const MIGRATE = "Run DATABASE_URL='postgres://…' npm run db:migrate";

type DatabaseConfig = Pick<Config, "DATABASE_URL" | "DATABASE_HTTP_URL">;

/** Changes nothing: what it creates is rolled back. */
export async function checkDatabase(config: DatabaseConfig): Promise<Finding[]> {
  const db = createDb(config);
  const reached = await reach(db);
  if (reached.state !== "ok") return [reached];
  return [reached, await checkRights(db), await checkVectors(db), await checkMigrations(db)];
}

async function reach(db: Db): Promise<Finding> {
  try {
    const row = await readOne(db, sql<{ version: string }>`SHOW server_version`);
    const [version = "?"] = Object.values(row ?? {});
    return ok(PART, `Postgres ${version} answers over HTTP.`);
  } catch (error) {
    return unreachable(error);
  }
}

function unreachable(error: unknown): Finding {
  const [says, mend] = isWrongPassword(error)
    ? [
        "It refuses the user or the password.",
        "Copy the connection string from Neon again, with its password.",
      ]
    : causeOf(error) === "3D000"
      ? ["There is no such database.", "Correct the path of DATABASE_URL, or create the database."]
      : [
          `It cannot be reached (${causeOf(error)}).`,
          "Check the host of DATABASE_URL, that the project at Neon is not deleted, and DATABASE_HTTP_URL if it is set.",
        ];
  return broken(PART, says, mend);
}

const causeOf = (error: unknown) => describeDbError(error)?.code ?? "unknown error";

/** The proxy says so in words alone: it has no SQLSTATE for it. */
function isWrongPassword(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (causeOf(error).startsWith("28")) return true;
  return error.message.startsWith("password authentication failed") || isWrongPassword(error.cause);
}

/** The SQLSTATE with which the probe itself ends the transaction. */
const ROLLED_BACK = "P0001";

async function checkRights(db: Db): Promise<Finding> {
  const probe = {
    create: sql`CREATE TABLE doctor_probe (id int)`,
    rollBack: sql`DO $$ BEGIN RAISE EXCEPTION 'rolled back' USING ERRCODE = 'P0001'; END $$`,
  };
  const code = await batch(db, probe).then(() => "committed", causeOf);
  if (code === ROLLED_BACK) return ok("rights", "The role may create tables.");
  return broken(
    "rights",
    `The role may not create tables (${code}).`,
    "As the owner of the database: GRANT CREATE, USAGE ON SCHEMA public TO role",
  );
}

async function checkVectors(db: Db): Promise<Finding> {
  const found = await readOne(
    db,
    sql<{ available: boolean; installed: boolean; stored: boolean }>`
      SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS available,
        EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS installed,
        to_regclass('passage_vectors') IS NOT NULL AS stored`,
  );
  if (found?.installed) return ok("pgvector", "It is installed.");
  if (!found?.available) {
    return doubtful(
      "pgvector",
      "This server has none: search is by words alone.",
      "Neon has it; elsewhere install pgvector before the first migration.",
    );
  }
  return doubtful(
    "pgvector",
    "It is not installed yet.",
    `The migrations install it, by a role that may. ${MIGRATE}`,
  );
}

async function checkMigrations(db: Db): Promise<Finding> {
  const { missing, changed, unknown } = compareMigrations(
    await readMigrations(),
    await listApplied(db),
  );
  if (changed.length > 0) {
    return broken(
      "migrations",
      `Changed after they were applied: ${changed.join(", ")}.`,
      "Check out the files as they were applied: a change needs a new file.",
    );
  }
  if (missing.length > 0)
    return broken("migrations", `Not applied: ${missing.join(", ")}.`, MIGRATE);
  if (unknown.length > 0) {
    return doubtful(
      "migrations",
      `The database has newer ones: ${unknown.join(", ")}.`,
      "Check out the code that was deployed last, unless you roll back on purpose.",
    );
  }
  return ok("migrations", "All are applied.");
}

/** None where nothing was ever migrated. */
async function listApplied(db: Db): Promise<AppliedMigration[]> {
  const table = await readOne(
    db,
    sql<{ exists: boolean }>`SELECT to_regclass('schema_migrations') IS NOT NULL AS exists`,
  );
  if (!table?.exists) return [];
  return read(db, sql<AppliedMigration>`SELECT name, sha256 FROM schema_migrations`);
}
