/** The Postgres behind the stand-in: embedded by default, a real server where one is given. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { vector } from "@electric-sql/pglite-pgvector";
import pg from "pg";

export type LocalPostgres = { pool: pg.Pool; close: () => Promise<void> };

const CONNECTIONS = 20;

/** Opens a real server by its URL, or PGlite in a folder (in memory without one). */
export async function openPostgres(options: {
  dataDir?: string;
  postgresUrl?: string;
}): Promise<LocalPostgres> {
  if (options.postgresUrl) return openServer(options.postgresUrl);
  if (options.dataDir) await removeStaleLock(options.dataDir);
  const pglite = await PGlite.create({
    ...(options.dataDir && { dataDir: options.dataDir }),
    extensions: { vector },
  });
  const pool = new pg.Pool(Object.assign(createPgConfig(pglite), { max: 1 }));
  return { pool, close: () => pool.end().then(() => pglite.close()) };
}

function openServer(connectionString: string): LocalPostgres {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS });
  // A connection that dies while idle is replaced by the next query.
  pool.on("error", () => undefined);
  return { pool, close: () => pool.end() };
}

/** Left by a process that was killed; with it, the folder would count as in use. */
async function removeStaleLock(dataDir: string): Promise<void> {
  await rm(join(dataDir, "postmaster.pid"), { force: true });
}
