/**
 * `npm run dev`: the product on one machine. Whatever is not configured is stood in for, and the
 * Worker is given addresses; it does not know which of them are real.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { migrate } from "./migrate.ts";
import { startNeon } from "./neon.ts";
import { startProvider } from "./openai.ts";
import { ensureDevVars, readSettings, type Settings, writeSettings } from "./settings.ts";
import { requireFreePort, startWrangler } from "./wrangler-dev.ts";

const ROOT = join(import.meta.dirname, "..");
const DEV_VARS = join(ROOT, ".dev.vars");

type Stop = () => Promise<void>;

/** What was started, to be stopped in the opposite order. */
const stops: Stop[] = [];

async function main(): Promise<number> {
  const port = readPort(process.env.PORT);
  await requireFreePort(port);
  const folder = resolve(ROOT, process.env.LOCAL_DIR || ".local");
  await mkdir(folder, { recursive: true });
  await ensureDevVars(DEV_VARS, `${DEV_VARS}.example`);
  const settings = await readSettings(DEV_VARS, process.env);
  const notes = [await standInForPostgres(settings, folder), await standInForProvider(settings)];
  settings.ALLOWED_ORIGINS ??= "http://localhost:3000";
  const envFile = join(folder, "dev.vars");
  await writeSettings(envFile, settings);
  const wrangler = await startWrangler({ port, envFile, stateDir: join(folder, "state") });
  stops.push(wrangler.stop);
  console.log(greeting(wrangler.url, notes));
  return wrangler.ended;
}

function readPort(text: string | undefined): number {
  const port = Number(text || 8787);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`PORT is not a port number: ${text}`);
}

/** Changes the settings to the stand-in's address, unless they name a database. */
async function standInForPostgres(settings: Settings, folder: string): Promise<string> {
  if (settings.DATABASE_URL) return "Database   the one of DATABASE_URL (npm run db:migrate)";
  const postgresUrl = process.env.LOCAL_POSTGRES_URL;
  const neon = await startNeon(
    postgresUrl ? { postgresUrl } : { dataDir: join(folder, "postgres") },
  );
  stops.push(neon.close);
  await migrate(neon.pool);
  settings.DATABASE_URL = neon.connectionString;
  settings.DATABASE_HTTP_URL = neon.url;
  return `Database   ${postgresUrl ? "the server of LOCAL_POSTGRES_URL" : `embedded, in ${folder}`}`;
}

/** Changes the settings to the stand-in's address, unless they name a provider. */
async function standInForProvider(settings: Settings): Promise<string> {
  if (settings.OPENAI_API_KEY || settings.OPENAI_BASE_URL) {
    return `Provider   ${settings.OPENAI_BASE_URL ?? "OpenAI"}`;
  }
  const provider = await startProvider();
  stops.push(provider.close);
  settings.OPENAI_BASE_URL = provider.baseUrl;
  settings.OPENAI_API_KEY = "local";
  return "Provider   an offline stand-in: put OPENAI_API_KEY into .dev.vars for real answers";
}

function greeting(url: string, notes: string[]): string {
  const lines = [`Ready      ${url}`, `Docs       ${url}/docs`, ...notes, "Stop       Ctrl-C"];
  return ["", ...lines, ""].join("\n");
}

async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
}

async function exit(code: number): Promise<never> {
  await stopAll();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => void exit(0));
}

// The shell between npm and this process passes no signal on: it dies, and leaves us to init.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && void exit(0), 500).unref();

try {
  const code = await main();
  if (stops.length > 0) console.error("wrangler ended by itself; see above.");
  await exit(code || 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await exit(1);
}
