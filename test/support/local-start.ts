/** `npm run dev` as a child process, with a folder of the test's own and an empty `.dev.vars`. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { NAMES } from "../../local/settings.ts";

/** A busy machine is late with a line. */
const PRINTED_MS = 15_000;

const START = join(import.meta.dirname, "..", "..", "local", "dev.js");

export type LocalStart = {
  url: string;
  pid: number;
  /** Its output so far. */
  output: () => string;
  /** Waits until it has printed this: a line about a request comes after its response. */
  printed: (what: string | RegExp) => Promise<void>;
  /** Resolves when it is ready for use, or has ended. */
  settled: Promise<void>;
  /** Its exit code; null when it was killed. */
  exited: Promise<number | null>;
  kill: (signal: NodeJS.Signals) => void;
};

/** Starts it with its data and its `.dev.vars` in a folder, without the developer's own. */
export function startLocal(
  port: number | string,
  folder: string,
  vars: Record<string, string> = {},
): LocalStart {
  const ownSettings = { PORT: String(port), LOCAL_DIR: folder, DEV_VARS: devVarsIn(folder) };
  const env = { ...withoutSettings(process.env), ...ownSettings, ...vars };
  const child = spawn(process.execPath, [START], { env });
  let output = "";
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  const ready = new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (/^Ready /m.test(output)) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
  });
  return {
    url: `http://localhost:${port}`,
    pid: pidOf(child),
    output: () => output,
    printed: (what) => expect.poll(() => output, { timeout: PRINTED_MS }).toMatch(what),
    settled: Promise.race([ready, exited.then(() => undefined)]),
    exited,
    kill: (signal) => child.kill(signal),
  };
}

/** The path of the settings that a developer may change. */
export function devVarsIn(folder: string): string {
  return join(folder, ".dev.vars");
}

/** The environment without settings of the product; the tests may run with some. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = new Set([...NAMES, "LOCAL_POSTGRES_URL", "LOG"]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.has(name)));
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("the process could not be started");
  return pid;
}

export type Process = { pid: number; parent: number; group: number; command: string };

/** The processes that belong to one, by the folder that its wrangler was given. */
export async function processesOf(folder: string): Promise<Process[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,pgid=,args="]);
  const all = stdout.split("\n").map((line) => {
    const [pid, parent, group, ...args] = line.trim().split(/\s+/);
    const numbers = { pid: Number(pid), parent: Number(parent), group: Number(group) };
    return { ...numbers, command: args.join(" ") };
  });
  const groups = new Set(all.filter((one) => one.command.includes(folder)).map((one) => one.group));
  return all.filter((one) => groups.has(one.group) && !one.command.includes("<defunct>"));
}
