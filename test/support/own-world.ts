/** A world of a test's own: for tests that look at all data, and for rooms that only one Worker has. */
import { inject } from "vitest";
import { migrate } from "../../local/migrate.ts";
import { startNeon } from "../../local/neon.ts";
import { startS3 } from "../../local/s3.ts";
import { type SignedIn, signUp } from "./client.ts";
import { type Minute, minuteOf } from "./cron.ts";
import { bucketVars } from "./own-bucket.ts";
import { makeDatabase } from "./own-database.ts";
import { databaseAt, type SeenDatabase } from "./postgres.ts";
import { bucketAt, type SeenBucket } from "./storage.ts";
import { type RunningWorker, startWorker, type Vars } from "./worker.ts";

type DatabaseVars = { DATABASE_URL: string; DATABASE_HTTP_URL: string };

export type OwnWorld = SeenDatabase &
  SeenBucket & {
    worker: RunningWorker;
    /** A new account of this world. */
    signUp: (name?: string) => Promise<SignedIn>;
    /** Runs the cron; resolves to its log line. */
    minute: Minute;
    /** The variables of another client of the bucket. */
    bucketVars: Record<string, string>;
    /** The variables of another client of the database. */
    databaseVars: DatabaseVars;
    close: () => Promise<void>;
  };

/** A separate Postgres takes seconds to start, and far longer where the machine is busy. */
export const WORLD_START_MS = 180_000;

/** Starts Postgres, a bucket and a Worker between them, with some variables of its own. */
export async function startOwnWorld(vars: Vars = {}): Promise<OwnWorld> {
  await using stack = new AsyncDisposableStack();
  const ownDatabase = await makeDatabase();
  if (ownDatabase) stack.defer(ownDatabase.drop);
  const stored = ownDatabase
    ? { postgresUrl: ownDatabase.url }
    : { copyOf: inject("emptyPostgres") };
  const neon = await startNeon({ control: true, ...stored });
  stack.defer(neon.close);
  await migrate(neon.pool);
  const s3 = await startS3({ bucket: "own-files", control: true });
  stack.defer(s3.close);
  const database = { DATABASE_URL: neon.connectionString, DATABASE_HTTP_URL: neon.url };
  const worker = await startWorker({ ...bucketVars(s3), ...database, ...vars });
  stack.defer(() => worker.close());
  const running = stack.move();
  return {
    ...databaseAt(neon),
    ...bucketAt(s3),
    worker,
    signUp: (name) => signUp(name, worker.url),
    minute: minuteOf(worker),
    bucketVars: bucketVars(s3),
    databaseVars: database,
    close: () => running.disposeAsync(),
  };
}
