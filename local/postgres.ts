/** The Postgres behind the stand-in: embedded by default, a real server where one is given. */
import { openAsBlob } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { createPgConfig } from "@electric-sql/pglite/node-postgres";
import { vector } from "@electric-sql/pglite-pgvector";
import pg from "pg";

export type LocalPostgres = {
  pool: pg.Pool;
  /** Writes all there is into a file that others begin with; a real server has no such thing. */
  archive?: (path: string) => Promise<void>;
  /** Cancels what a connection is running, by its process; only a real server serves somebody else meanwhile. */
  cancel?: (processId: number) => Promise<void>;
  close: () => Promise<void>;
};

const CONNECTIONS = 20;

/** What is sent together goes out at once, without waiting for each answer. */
const AT_ONCE = { pipeline: true };

export type PostgresOptions = {
  dataDir?: string;
  postgresUrl?: string;
  /** An archive to begin with: that takes a third of the time of a beginning from nothing. */
  copyOf?: string;
};

/** Opens a real server by its URL, or PGlite in a folder (in memory without one). */
export async function openPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  if (options.postgresUrl) return openServer(options.postgresUrl);
  if (options.dataDir) await removeStaleLock(options.dataDir);
  const pglite = await PGlite.create({
    ...(options.dataDir && { dataDir: options.dataDir }),
    ...(options.copyOf && { loadDataDir: await openAsBlob(options.copyOf) }),
    extensions: { vector },
  });
  const pool = new pg.Pool(Object.assign(createPgConfig(pglite), { max: 1 }, AT_ONCE));
  return {
    pool,
    archive: async (path) => {
      const archive = await pglite.dumpDataDir("none");
      await writeFile(path, archive.stream());
    },
    close: () => pool.end().then(() => pglite.close()),
  };
}

function openServer(connectionString: string): LocalPostgres {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS, ...AT_ONCE });
  // A connection that dies while idle is replaced by the next query.
  pool.on("error", () => undefined);
  // One that dies while it is used is told to whoever uses it, by the failure of what they asked.
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return {
    pool,
    cancel: (processId) => cancel(connectionString, processId),
    close: () => pool.end(),
  };
}

/** By a connection of its own: those of the pool may all be busy. */
async function cancel(connectionString: string, processId: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.query("SELECT pg_cancel_backend($1)", [processId]);
  } catch {
    // The server is going away, and what it runs with it.
  } finally {
    await client.end();
  }
}

/** Left by a process that was killed; with it, the folder would count as in use. */
async function removeStaleLock(dataDir: string): Promise<void> {
  await rm(join(dataDir, "postmaster.pid"), { force: true });
}
