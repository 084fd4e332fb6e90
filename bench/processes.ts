/** The processes of a run, each with its own event loop, all stopped at its end. */
import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder as makeScratch } from "../local/scratch.ts";
import { startPostgres as startServer } from "../local/throwaway-postgres.ts";
import { startWorkerd as start } from "../local/workerd.ts";

const stops: (() => Promise<unknown> | void)[] = [];

/** Stops everything, the newest first. */
export async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
}

export async function makeFolder(): Promise<string> {
  const folder = await makeScratch("bench");
  stops.push(folder.remove);
  return folder.path;
}

/**
 * Starts a script of this folder; returns the message that it sends once it is ready. The URL of a Postgres
 * is passed in its environment: it contains a password, and the arguments of a process are visible to
 * everybody.
 */
export function startScript<T>(name: string, postgresUrl = "", more = {}): Promise<T> {
  const env = { ...process.env, BENCH_POSTGRES_URL: postgresUrl, ...more };
  const child = fork(join(import.meta.dirname, name), { env });
  stops.push(() => void child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`${name} exited with ${code}`)));
  });
}

export type Provider = { url: string };
export type Neon = { url: string; connectionString: string };

/** What a Worker calls. `postgresUrl`: undefined where no server is installed, and the embedded one is used. */
export type Services = { postgresUrl: string | undefined; provider: Provider; neon: Neon };

export async function startServices(): Promise<Services> {
  const postgresUrl = await startPostgres();
  const provider = await startScript<Provider>("provider.ts");
  const neon = await startScript<Neon>("neon.ts", postgresUrl);
  return { postgresUrl, provider, neon };
}

/** Starts workerd on a configuration, and waits until it listens. */
export async function startWorkerd(config: string, port: number): Promise<ChildProcess> {
  const child = await start(config, port);
  stops.push(() => void child.kill("SIGKILL"));
  return child;
}

/** Resident memory of a process in MiB; undefined where the machine does not report it this way. */
export function memoryMiB({ pid }: ChildProcess): number | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8")) ?? [];
  return Number(kib) / 1024;
}

/** The kernel counts CPU time in these. */
const TICK_MS = 10;

/** CPU time of a process in milliseconds; undefined where the machine does not report it this way. */
export function cpuMs({ pid }: ChildProcess): number | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  // The name, which may contain blanks, ends with the last bracket.
  const fields = readFileSync(file, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Runs at the end, before what was started earlier stops. */
export function onStop(stop: () => Promise<unknown>): void {
  stops.push(stop);
}

/** A throw-away Postgres where its programs exist; undefined elsewhere. */
export async function startPostgres(): Promise<string | undefined> {
  const server = await startServer(await makeFolder());
  if (server) stops.push(server.stop);
  return server?.url;
}
