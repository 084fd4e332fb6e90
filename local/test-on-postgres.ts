/**
 * `npm run test:postgres`: what only a real server shows, which has locks and serves connections in
 * parallel. The embedded Postgres is serial, and can lose no race.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { makeFolder } from "./scratch.ts";
import { startPostgres } from "./throwaway-postgres.ts";

const VITEST = join(import.meta.dirname, "..", "node_modules", "vitest", "vitest.mjs");

/** Races, keys, faults, and the stand-in's contract. Parts of file names. */
const TESTS = [
  "test/contract/neon",
  "test/faults/acknowledged",
  "test/faults/postgres-failures",
  "test/faults/races",
  "test/faults/schedules",
  "test/features/files/analysis",
  "test/features/chats/branch",
  "test/features/turns/ai-sdk",
  "test/features/turns/branch",
  "test/features/turns/idempotency",
  "test/http/idempotency",
  "test/features/messages/messages.test",
  "test/features/retrieval/index-version",
  "test/features/retrieval/reindex-races",
  "test/features/retrieval/retrieval",
  "test/features/turns/reconcile",
  "test/features/search/",
  "test/features/auth/api-keys",
  "test/features/auth/mails/reset",
  "test/features/auth/oidc",
  "test/features/auth/password-change",
  "test/features/auth/refresh",
  "test/features/auth/register-races",
  "test/features/auth/second-factor",
  "test/features/auth/session",
  "test/features/limits/requests",
  "test/features/admin/",
  "test/features/audit/",
  "test/features/retention/",
  "test/features/users/",
  "test/features/turns/stop",
  "test/features/turns/turn-failures",
  "test/features/turns/turns-overlap",
  "test/features/usage/budgets",
  "test/features/usage/key-budgets",
];

const NO_PROGRAMS =
  "No Postgres server is installed here (initdb, postgres, psql). Install one, or name a server: LOCAL_POSTGRES_URL=postgres://… npm test\n";

const folder = await makeFolder("postgres");
try {
  process.exitCode = await main();
} finally {
  await folder.remove();
}

async function main(): Promise<number> {
  const server = await startPostgres(folder.path);
  if (!server) {
    process.stderr.write(NO_PROGRAMS);
    return 1;
  }
  process.stdout.write(`A temporary Postgres listens at ${new URL(server.url).host}\n`);
  try {
    const { FAULT_SCHEDULES = "200" } = process.env;
    const env = { ...process.env, FAULT_SCHEDULES, LOCAL_POSTGRES_URL: server.url };
    const args = [VITEST, "run", ...TESTS, ...process.argv.slice(2)];
    const tests = spawn(process.execPath, args, { env, stdio: "inherit" });
    const [code] = await once(tests, "exit");
    return typeof code === "number" ? code : 1;
  } finally {
    await server.stop();
  }
}
