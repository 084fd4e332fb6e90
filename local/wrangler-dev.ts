/** `wrangler dev` as a child that leaves nothing behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..");
const POLL_MS = 100;
const PATIENCE_MS = 5_000;

export type WranglerDev = {
  url: string;
  /** Resolves with its exit code when it ends by itself or is stopped. */
  ended: Promise<number>;
  stop(): Promise<void>;
};

export type WranglerOptions = { port: number; envFile: string; stateDir: string };

/** Starts it, and waits until the Worker answers. */
export async function startWrangler(options: WranglerOptions): Promise<WranglerDev> {
  const child = spawnWrangler(options);
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  const url = `http://localhost:${options.port}`;
  const stop = () => stopGroup(child, ended);
  const started = await Promise.race([waitUntilAlive(url), ended]);
  if (typeof started === "number") throw new Error("wrangler ended before the Worker answered");
  return { url, ended, stop };
}

function spawnWrangler({ port, envFile, stateDir }: WranglerOptions): ChildProcess {
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const flags = ["--port", String(port), "--env-file", envFile, "--persist-to", stateDir];
  const quiet = ["--inspector-port", "0", "--show-interactive-dev-session=false"];
  return spawn(process.execPath, [wrangler, "dev", ...flags, ...quiet], {
    cwd: ROOT,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false" },
    stdio: ["ignore", "inherit", "inherit"],
    // A group of its own, so that workerd, its grandchild, can be stopped with it.
    detached: true,
  });
}

async function waitUntilAlive(url: string): Promise<true> {
  for (;;) {
    const response = await fetch(`${url}/health/live`).catch(() => undefined);
    if (response?.ok) return true;
    await delay(POLL_MS);
  }
}

async function stopGroup(child: ChildProcess, ended: Promise<number>): Promise<void> {
  signalGroup(child, "SIGTERM");
  await Promise.race([ended, delay(PATIENCE_MS)]);
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

/** Throws a sentence for a person when somebody else listens there. */
export async function requireFreePort(port: number): Promise<void> {
  for (const host of ["127.0.0.1", "::1"]) {
    if (await isTaken(port, host)) {
      throw new Error(
        `Port ${port} is taken. Stop what listens there, or choose another: PORT=8788 npm run dev`,
      );
    }
  }
}

function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    // A machine without IPv6 has no such address, which is not the same as a taken port.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
    probe.listen(port, host, () => probe.close(() => resolve(false)));
  });
}
