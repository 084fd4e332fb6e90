/** wrangler as a child process that is always stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..");
const POLL_MS = 100;
const TIMEOUT_MS = 5_000;

export type WranglerDev = {
  url: string;
  /** Resolves when the Worker answers; rejects when it never will. */
  ready: Promise<void>;
  /** Resolves with its exit code when it exits or is stopped. */
  ended: Promise<number>;
  stop: () => Promise<void>;
};

export type WranglerOptions = { port: number; envFile: string; stateDir: string };

/** Starts it without waiting, for a caller that may have to stop it before the Worker answers. */
export function launchWrangler(options: WranglerOptions): WranglerDev {
  const child = spawnGroup(options);
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  const url = `http://localhost:${options.port}`;
  const ready = waitUntilServing(url, child);
  // A caller that stops it before it is ready does not await this.
  ready.catch(() => undefined);
  return { url, ready, ended, stop: () => stopGroup(child, ended) };
}

function spawnGroup({ port, envFile, stateDir }: WranglerOptions): ChildProcess {
  const server = join(import.meta.dirname, "wrangler-server.ts");
  const command = [process.execPath, server, String(port), envFile, stateDir];
  return spawn(process.execPath, [join(import.meta.dirname, "process-group.ts"), ...command], {
    cwd: ROOT,
    env: {
      ...process.env,
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      // The explorer shows stored data to whoever can reach the port.
      X_LOCAL_EXPLORER: "false",
      // It traces every call into the memory of workerd, which grows with each request.
      X_LOCAL_OBSERVABILITY: "false",
      WRANGLER_LOG_PATH: join(stateDir, "logs"),
    },
    stdio: ["pipe", "inherit", "inherit"],
    // A group of its own, so that workerd, its grandchild, can be stopped with it.
    detached: true,
  });
}

async function waitUntilServing(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`${url}/health/live`).catch(() => undefined);
    if (response?.ok) return;
    if (response) throw new Error("The Worker refuses to start; its output above says why.");
    await delay(POLL_MS);
  }
  throw new Error("wrangler exited before the Worker answered; its output above says why.");
}

async function stopGroup(child: ChildProcess, ended: Promise<number>): Promise<void> {
  signalGroup(child, "SIGTERM");
  await Promise.race([ended, delay(TIMEOUT_MS, undefined, { ref: false })]);
  signalGroup(child, "SIGKILL");
  await ended;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The whole group is gone already.
  }
}
