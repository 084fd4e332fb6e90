/** wrangler as a child process that is always stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "..", "..");
const POLL_MS = 100;
const TIMEOUT_MS = 5_000;
/** For what it has printed before it exited. */
const LAST_LINES_MS = 1_000;

/** The terminal's lines; `isFailure` where they belong on stderr. */
type Print = (line: string, isFailure: boolean) => void;

export type WranglerDev = {
  url: string;
  /** Resolves when the Worker answers; rejects when it never will. */
  ready: Promise<void>;
  /** Resolves with its exit code when it exits or is stopped. */
  ended: Promise<number>;
  stop: () => Promise<void>;
};

export type WranglerOptions = { port: number; envFile: string; stateDir: string; print: Print };

/** Starts it without waiting, for a caller that may have to stop it before the Worker answers. */
export function launchWrangler(options: WranglerOptions): WranglerDev {
  const child = spawnGroup(options);
  const printed = [
    printLines(child.stdout, options, false),
    printLines(child.stderr, options, true),
  ];
  const ended = endOf(child, Promise.all(printed));
  const url = `http://localhost:${options.port}`;
  const ready = waitUntilServing(url, child, ended);
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
      // Warnings and errors alone: no table of bindings, no second line per request.
      WRANGLER_LOG: "warn",
      WRANGLER_LOG_PATH: join(stateDir, "logs"),
    },
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that workerd, its grandchild, can be stopped with it.
    detached: true,
  });
}

function printLines(input: Readable | null, { print }: WranglerOptions, isFailure: boolean) {
  return new Promise<void>((resolve) => {
    if (!input) return resolve();
    const lines = createInterface({ input });
    lines.on("line", (line) => print(line, isFailure));
    lines.once("close", resolve);
  });
}

function endOf(child: ChildProcess, printed: Promise<unknown>): Promise<number> {
  return new Promise((resolve) => {
    child.once("exit", (code) => {
      // A grandchild that holds the pipes open must not delay the end.
      const settled = Promise.race([printed, delay(LAST_LINES_MS)]);
      void settled.then(() => resolve(code ?? 1));
    });
  });
}

async function waitUntilServing(
  url: string,
  child: ChildProcess,
  ended: Promise<number>,
): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const response = await fetch(`${url}/health/live`).catch(() => undefined);
    if (response?.ok) return;
    if (response) {
      // What it logs about the refusal arrives after the response.
      await Promise.race([ended, delay(LAST_LINES_MS)]);
      throw new Error(
        "The Worker refuses to start. Correct what is named above, in .dev.vars or in the environment.",
      );
    }
    await delay(POLL_MS);
  }
  await ended;
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
