/**
 * `npm run dev`: the product on one machine. A stand-in replaces whatever is not configured, and the Worker
 * gets its address; it does not know which services are real.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { findMistakes } from "./dev/check-settings.ts";
import { startCron } from "./dev/cron.ts";
import { claimFolder } from "./dev/folder-lock.ts";
import { Terminal } from "./dev/terminal.ts";
import { launchWrangler } from "./dev/wrangler.ts";
import { migrate } from "./migrate.ts";
import { type ReceivedMail, startMail } from "./mail.ts";
import { startNeon } from "./neon.ts";
import { ADMIN_GROUP, startOidc } from "./oidc.ts";
import { LOCAL_OCR_MODEL, startProvider } from "./openai.ts";
import { readPort, requireFreePort } from "./ports.ts";
import { LOCAL_SENTENCES } from "./provider/embeddings.ts";
import { startS3 } from "./s3.ts";
import { localCredentials } from "./s3/credentials.ts";
import { newSecret } from "./secrets.ts";
import {
  ensureDevVars,
  LOCAL_ORIGINS,
  readSettings,
  type Settings,
  writeSettings,
} from "./settings.ts";

const ROOT = join(import.meta.dirname, "..");
const DEV_VARS = resolve(ROOT, process.env.DEV_VARS || ".dev.vars");
const EXAMPLE = join(ROOT, ".dev.vars.example");
const ORPHAN_POLL_MS = 500;

/** The started services, to be stopped in reverse order. */
const stops: (() => Promise<void>)[] = [];
let ending: Promise<never> | undefined;

const terminal = new Terminal();
const complain = (error: unknown) => terminal.complain(error);

/** Runs until something ends it; returns why that is a failure. */
async function main(): Promise<string> {
  const port = readPort(process.env.PORT);
  await requireFreePort(port);
  const folder = resolve(ROOT, process.env.LOCAL_DIR || ".local");
  await explained(
    mkdir(folder, { recursive: true, mode: 0o700 }),
    `The folder of the data ${folder}`,
  );
  stops.push(await claimFolder(folder));
  const settings = await explained(readDevVars(), `The file of settings ${DEV_VARS}`);
  settings.ALLOWED_ORIGINS ??= LOCAL_ORIGINS;
  const notes = [
    await standInForPostgres(settings, folder),
    await standInForS3(settings, join(folder, "s3")),
    await standInForProvider(settings),
    await standInForMail(settings, `http://localhost:${port}`),
    ...(process.argv.includes("--oidc") ? [await standInForIssuer(settings)] : []),
  ];
  const envFile = join(folder, "dev.vars");
  const cronKey = newSecret();
  terminal.hide(cronKey);
  await writeSettings(envFile, { ...settings, LOCAL_CRON_KEY: cronKey });
  const print = terminal.print.bind(terminal);
  const wrangler = launchWrangler({ port, envFile, stateDir: join(folder, "state"), print });
  stops.push(wrangler.stop);
  await wrangler.ready;
  terminal.greet(greeting(wrangler.url, notes));
  for (const mistake of await mistakesInSettings()) complain(`Warning    ${mistake}`);
  stops.push(startCron({ url: wrangler.url, key: cronKey }, complain));
  await wrangler.ended;
  return "wrangler exited, and the server with it. The data is kept: start again with npm run dev.";
}

/** Changes the settings to the stand-in's address, unless they name a database. */
async function standInForPostgres(settings: Settings, folder: string): Promise<string> {
  if (settings.DATABASE_URL) {
    return "Database   the one of DATABASE_URL (run npm run db:migrate after an update)";
  }
  const postgresUrl = process.env.LOCAL_POSTGRES_URL;
  const dataDir = join(folder, "postgres");
  const what = postgresUrl ? "The database of LOCAL_POSTGRES_URL" : `The database in ${dataDir}`;
  const neon = await explained(startNeon(postgresUrl ? { postgresUrl } : { dataDir }), what);
  stops.push(neon.close);
  await explained(migrate(neon.pool), what);
  settings.DATABASE_URL = neon.connectionString;
  settings.DATABASE_HTTP_URL = neon.url;
  return `Database   ${postgresUrl ? "the server at LOCAL_POSTGRES_URL" : `embedded, in ${dataDir}`}`;
}

const BUCKET = "indifly-local";

/** The `Origin` of a page that is redirected to the bucket. */
const REDIRECTED = "null";

/** Changes the settings to the stand-in's address, unless they name a bucket. */
async function standInForS3(settings: Settings, folder: string): Promise<string> {
  if (settings.S3_BUCKET_NAME || settings.S3_ENDPOINT || settings.AWS_ACCESS_KEY_ID) {
    return `Files      bucket ${settings.S3_BUCKET_NAME ?? "(S3_BUCKET_NAME is missing)"}`;
  }
  const credentials = await localCredentials(folder);
  const pages = (settings.ALLOWED_ORIGINS ?? "").split(",").map((origin) => origin.trim());
  const origins = [...pages.filter(Boolean), REDIRECTED];
  const s3 = await startS3({ ...credentials, bucket: BUCKET, folder, origins });
  stops.push(s3.close);
  settings.S3_ENDPOINT = s3.endpoint;
  settings.S3_BUCKET_NAME = s3.bucket;
  settings.AWS_ACCESS_KEY_ID = s3.accessKeyId;
  settings.AWS_SECRET_ACCESS_KEY = s3.secretAccessKey;
  settings.AWS_REGION = s3.region;
  return `Files      a local S3 stand-in, in ${folder}`;
}

/** Changes the settings to the stand-in's address, unless they name a provider. */
async function standInForProvider(settings: Settings): Promise<string> {
  if (settings.OPENAI_API_KEY || settings.OPENAI_BASE_URL) {
    return `Provider   ${settings.OPENAI_BASE_URL ?? "OpenAI"}`;
  }
  const provider = await startProvider();
  stops.push(provider.close);
  settings.OPENAI_BASE_URL = provider.baseUrl;
  settings.OPENAI_API_KEY = provider.apiKey;
  settings.OCR_MODEL ??= LOCAL_OCR_MODEL;
  settings.EMBEDDING_MODEL ??= LOCAL_SENTENCES;
  return "Provider   an offline stand-in (set OPENAI_API_KEY in .dev.vars for real answers)";
}

/**
 * Changes the settings to the stand-in's address, unless they name a sender. It is given the key that the Worker has:
 * Amazon's services share one.
 */
async function standInForMail(settings: Settings, url: string): Promise<string> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  settings.APP_URL ??= url;
  if (settings.MAIL_FROM || settings.SES_ENDPOINT) {
    const isOn = settings.MAIL_FROM && accessKeyId && secretAccessKey;
    return `Mail       ${isOn ? `from ${settings.MAIL_FROM}` : "off: set MAIL_FROM and the AWS key"}`;
  }
  if (!accessKeyId || !secretAccessKey) return "Mail       off: set the AWS key and MAIL_FROM";
  const region = settings.AWS_REGION ?? "us-east-1";
  const mail = await startMail({ accessKeyId, secretAccessKey, region, onMail: print });
  stops.push(mail.close);
  settings.SES_ENDPOINT = mail.endpoint;
  settings.MAIL_FROM = "Indifly <no-reply@localhost.example>";
  return "Mail       a local SES stand-in, which prints each mail here";
}

function print({ to, subject, text }: ReceivedMail): void {
  terminal.say(`\nMail to ${to.join(", ")}: ${subject}\n\n${text}`);
}

/** With `--oidc`: changes the settings to the stand-in's address, unless they name an identity provider. */
async function standInForIssuer(settings: Settings): Promise<string> {
  if (settings.OIDC_ISSUER) return `Sign-in    through ${settings.OIDC_ISSUER}`;
  const oidc = await startOidc();
  stops.push(oidc.close);
  settings.OIDC_ISSUER = oidc.issuer;
  settings.OIDC_CLIENT_ID = oidc.clientId;
  settings.OIDC_CLIENT_SECRET = oidc.clientSecret;
  settings.OIDC_ADMIN_GROUP ??= ADMIN_GROUP;
  return "Sign-in    by password, or as an example person at /auth/oidc/start";
}

/** Creates the file where it is missing. */
async function readDevVars(): Promise<Settings> {
  await ensureDevVars(DEV_VARS, EXAMPLE);
  return readSettings(DEV_VARS, process.env);
}

/** Says what a failure is about. */
async function explained<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${what} cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function mistakesInSettings(): Promise<string[]> {
  if (!existsSync(DEV_VARS)) return [];
  return findMistakes(basename(DEV_VARS), await readFile(DEV_VARS, "utf8"));
}

function greeting(url: string, notes: string[]): string {
  const lines = [
    `Ready      ${url}`,
    `Docs       ${url}/docs`,
    "Next       paste the commands of README.md, “A first conversation”, into a second terminal",
    ...notes,
    "Stop       Ctrl-C",
  ];
  return ["", ...lines, ""].join("\n");
}

/** Stops everything and exits, once: the first caller decides whether it is a failure. */
function end(failure?: unknown): Promise<never> {
  ending ??= stopAndExit(failure);
  return ending;
}

async function stopAndExit(failure: unknown): Promise<never> {
  await stopAll();
  if (failure !== undefined) complain(failure);
  return process.exit(failure === undefined ? 0 : 1);
}

async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    // A service that fails to stop must not keep the rest, above all the database, from stopping.
    await stop().catch(complain);
  }
}

// Of a stand-in: what goes on after it is in no known state.
for (const fault of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(fault, (error: unknown) => void end(error instanceof Error ? error.stack : error));
}

// Not `once`: npm and the terminal both pass Ctrl-C on, and the second must not cut the stop short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void end());
}

// The shell between npm and this process forwards no signal: it dies, and init adopts this process.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && void end(), ORPHAN_POLL_MS).unref();

// A requested stop makes this fail too, but was recorded as no failure before.
await end(await main().catch((error: unknown) => error));
