/** The built Worker in workerd, with an environment of the test's own. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { createTestHarness } from "wrangler";
import { makeFolder } from "../../local/scratch.ts";
import { NAMES } from "../../local/settings.ts";
import { openLogFile } from "./logs/log-files.ts";
import type { FileJob } from "../../src/features/files/jobs.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** A test never sees a value of a developer's `.dev.vars`. */
const UNSET = Object.fromEntries(NAMES.map((name) => [name, ""]));

export type Vars = Record<string, string>;

export type RunningWorker = {
  url: string;
  /** The lines that the Worker has logged so far. */
  logs(): string[];
  /** Clears the memory of a chat's room, and leaves its sockets open: as the platform does with idle ones. */
  hibernate(chatId: string): Promise<void>;
  /** The tables of a chat's room, and their row counts: empty where nothing is stored. */
  storageOf(chatId: string): Promise<Record<string, number>>;
  /** Sends its queue a message. */
  sendJob(job: FileJob): Promise<void>;
  close(): Promise<void>;
};

/** Starts a Worker that was bundled before. */
export async function startBuilt(
  folder: string,
  vars: Vars,
  configPath = "wrangler.toml",
): Promise<RunningWorker> {
  Object.assign(process.env, offline());
  const harness = createTestHarness({
    root: ROOT,
    workers: [{ configPath, prebuiltWorkerDir: folder, secrets: { ...UNSET, ...vars } }],
  });
  const { url } = await harness.listen();
  const keep = openLogFile(folder);
  const logs = () => harness.getLogs().map((log) => log.message);
  return {
    url: url.origin,
    logs,
    hibernate: (name) =>
      harness.getWorker().evictDurableObject("CHAT_ROOM", { name, webSockets: "hibernate" }),
    storageOf: async (name) => {
      const storage = await harness.getWorker().getDurableObjectStorage("CHAT_ROOM", { name });
      return countRows(storage);
    },
    sendJob: async (job) => {
      const env = (await harness.getWorker().getEnv()) as { FILE_JOBS: JobQueue };
      await env.FILE_JOBS.send(job);
    },
    close: () => {
      keep(logs());
      return harness.close();
    },
  };
}

type JobQueue = { send(job: FileJob): Promise<unknown> };

type RoomStorage = { exec(query: string): Promise<Record<string, unknown>[]> };

async function countRows(storage: RoomStorage): Promise<Record<string, number>> {
  const tables = await storage.exec(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  );
  const counts: Record<string, number> = {};
  for (const table of tables.map(({ name }) => String(name))) {
    const [row] = await storage.exec(`SELECT count(*) AS rows FROM ${table}`);
    counts[table] = Number(row?.rows);
  }
  return counts;
}

/** Starts another Worker in the world of this run, with some variables of its own. */
export function startWorker(vars: Vars): Promise<RunningWorker> {
  return startBuilt(inject("workerFolder"), { ...inject("vars"), ...vars });
}

/** The same, with a queue that does not retry: a failed job goes to the dead-letter queue at once. */
export async function startWorkerWithoutRetries(vars: Vars = {}): Promise<RunningWorker> {
  const folder = await makeFolder("config");
  const configPath = join(folder.path, "wrangler.toml");
  const config = await readFile(join(ROOT, "wrangler.toml"), "utf8");
  const changed = config
    .replaceAll(/max_retries = \d+/g, "max_retries = 0")
    .replace("node local/build.ts", "true")
    .replace("./dist/assets", join(ROOT, "dist", "assets"))
    .replace('"dist/worker/index.js"', `"${join(ROOT, "dist", "worker", "index.js")}"`);
  await writeFile(configPath, changed);
  const all = { ...inject("vars"), ...vars };
  const worker = await startBuilt(inject("workerFolder"), all, configPath);
  return { ...worker, close: () => worker.close().then(folder.remove) };
}

function offline(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    // As for `npm run dev`.
    X_LOCAL_EXPLORER: "false",
    X_LOCAL_OBSERVABILITY: "false",
  };
}
