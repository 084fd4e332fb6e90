/** Postgres over HTTP, in a process of its own: a real server by its URL, or the embedded one. */
import { migrate } from "../local/migrate.ts";
import { startNeon } from "../local/neon.ts";

const postgresUrl = process.env.BENCH_POSTGRES_URL;
const neon = await startNeon(postgresUrl ? { postgresUrl } : {});
await migrate(neon.pool);
process.send?.({ url: neon.url, connectionString: neon.connectionString });
