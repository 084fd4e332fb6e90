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
  /** Writes the database into a file that others can start from; a real server has no such method. */
  archive?: (path: string) => Promise<void>;
  /**
   * Cancels the query of a connection, by its process id; only a real server can serve another connection
   * meanwhile.
   */
  cancel?: (processId: number) => Promise<void>;
  close: () => Promise<void>;
};

const CONNECTIONS = 20;

/** Queries issued together are sent at once, without waiting for each response. */
const AT_ONCE = { pipeline: true };

export type PostgresOptions = {
  dataDir?: string;
  postgresUrl?: string;
  /** An archive to start from: a third of the time of an empty start. */
  copyOf?: string;
};

/** Opens a real server by its URL, or PGlite in a folder (in memory without one). */
export async function openPostgres(options: PostgresOptions): Promise<LocalPostgres> {
  if (options.postgresUrl) return openServer(options.postgresUrl);
  if (options.dataDir) await removeStaleLock(options.dataDir);
  const pglite = await openPglite(options);
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

async function openPglite({ dataDir, copyOf }: PostgresOptions): Promise<PGlite> {
  try {
    return await PGlite.create({
      ...(dataDir && { dataDir }),
      ...(copyOf && { loadDataDir: await openAsBlob(copyOf) }),
      extensions: { vector },
    });
  } catch (error) {
    if (!dataDir) throw error;
    const reason = "its files are damaged, or of another version of Postgres";
    throw new Error(`${reason}. To begin with an empty one, remove the folder.`, { cause: error });
  }
}

function openServer(connectionString: string): LocalPostgres {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS, ...AT_ONCE });
  // The next query replaces a connection that dies while idle.
  pool.on("error", () => undefined);
  // A connection that dies in use fails the query that uses it.
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return {
    pool,
    cancel: (processId) => cancel(connectionString, processId),
    close: () => pool.end(),
  };
}

/** On a connection of its own: those of the pool may all be busy. */
async function cancel(connectionString: string, processId: number): Promise<void> {
  const client = new pg.Client({ connectionString });
  try {
    await client.connect();
    await client.query("SELECT pg_cancel_backend($1)", [processId]);
  } catch {
    // The server is shutting down, and its queries with it.
  } finally {
    await client.end();
  }
}

/** Left by a killed process; with it, the folder would count as in use. */
async function removeStaleLock(dataDir: string): Promise<void> {
  await rm(join(dataDir, "postmaster.pid"), { force: true });
}
