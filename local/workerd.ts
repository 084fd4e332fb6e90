/** workerd itself on a bundle, without wrangler's proxy in front: quick to start, and to kill. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./wait.ts";

export const ROOT = join(import.meta.dirname, "..");

/** The same as in production. */
export const COMPATIBILITY_DATE = await readCompatibilityDate();

async function readCompatibilityDate(): Promise<string> {
  const config = await readFile(join(ROOT, "wrangler.toml"), "utf8");
  const [, date] = /^compatibility_date = "(.+)"$/m.exec(config) ?? [];
  if (date === undefined) throw new Error("wrangler.toml has no compatibility_date");
  return date;
}

export type WorkerConfig = {
  folder: string;
  /** The modules, relative to the folder: first the one that is the Worker. */
  modules: readonly string[];
  port: number;
  vars: Record<string, string>;
  /** True where it has the product's bindings. */
  rooms: boolean;
  /** True where the objects that count requests cannot be reached. */
  withoutLimiter?: boolean;
  /** For V8, as its command line takes them. */
  v8Flags?: readonly string[];
};

/** Builds the Worker's modules into a folder, as a deployment would. */
export async function bundleWorker(folder: string): Promise<void> {
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", folder];
  const offline = { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" };
  const env = { ...process.env, ...offline };
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
}

/** The modules in a folder of `bundleWorker`, as `WorkerConfig` takes them. */
export async function listModules(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  return ["index.js", ...names.filter((name) => name !== "index.js")];
}

/** Starts workerd on a configuration, and waits until it listens; the caller reads its log. */
export async function startWorkerd(config: string, port: number): Promise<ChildProcess> {
  const binary = join(ROOT, "node_modules", ".bin", "workerd");
  const child = spawn(binary, ["serve", config], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.resume();
  child.stderr.pipe(process.stderr);
  try {
    await until(() => fetch(`http://127.0.0.1:${port}/health/live`, { method: "HEAD" }));
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return child;
}

/** Writes the configuration into the folder; returns its path. */
export async function writeConfig(config: WorkerConfig): Promise<string> {
  const path = join(config.folder, "config.capnp");
  await writeFile(path, render(config));
  return path;
}

function render(config: WorkerConfig): string {
  const { modules, port, vars, rooms, folder, withoutLimiter, v8Flags = [] } = config;
  const texts = Object.entries(vars).map(
    ([name, text]) => `(name = "${name}", text = ${quote(text)})`,
  );
  const room = `(name = "CHAT_ROOM", durableObjectNamespace = "ChatRoom")`;
  const limiter = `(name = "LIMITER", durableObjectNamespace = "Limiter")`;
  const assets = `(name = "ASSETS", service = "disk")`;
  const embedded = modules.map((name) => `(name = "${name}", esModule = embed "${name}")`);
  const bindings = [
    ...texts,
    ...(rooms ? [room, assets] : []),
    ...(rooms && !withoutLimiter ? [limiter] : []),
  ].join(", ");
  const objects = `durableObjectNamespaces = [
    (className = "ChatRoom", uniqueKey = "room", enableSql = true),
    (className = "Limiter", uniqueKey = "limiter", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${v8Flags.map(quote).join(", ")}],
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "disk", disk = (path = ${quote(folder)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${embedded.join(", ")}],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  ${rooms ? objects : ""}
  bindings = [${bindings}],
);
`;
}

/** A string of Cap'n Proto's schema language, whose escapes include JSON's. */
function quote(text: string): string {
  return JSON.stringify(text);
}
