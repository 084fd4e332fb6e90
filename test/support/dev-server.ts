/** The Worker under `wrangler dev`, for what the harness does not pass on: hang-ups and kills. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { freePort } from "../../local/ports.ts";
import { writeSettings } from "../../local/settings.ts";
import { startWrangler } from "../../local/wrangler-dev.ts";
import { makeFolder, type Vars } from "./worker.ts";

export type DevServer = {
  url: string;
  /** Kills the Worker's process without a warning; wrangler starts another. */
  crash: () => Promise<void>;
  close: () => Promise<void>;
};

/** Starts it in the world of this run, with some values of its own. */
export async function startDevServer(vars: Vars = {}): Promise<DevServer> {
  const folder = await makeFolder("dev-server");
  const envFile = join(folder.path, "dev.vars");
  await writeSettings(envFile, { ...inject("vars"), ...vars });
  const stateDir = join(folder.path, "state");
  const wrangler = await startWrangler({ port: await freePort(), envFile, stateDir });
  return {
    url: wrangler.url,
    crash: () => killWorkerd(envFile),
    close: async () => {
      await wrangler.stop();
      await folder.remove();
    },
  };
}

/** The workerd that runs the Worker: the other one, in front of it, listens on the port of the URL. */
async function killWorkerd(envFile: string): Promise<void> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,args="]);
  const processes = stdout.split("\n").map((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), args: args.join(" ") };
  });
  const owners = processes.filter(({ args }) => args.includes(envFile));
  const parents = new Set(owners.map(({ pid }) => pid));
  const workerd = processes.find(
    ({ parent, args }) => parents.has(parent) && args.includes("entry=127.0.0.1:"),
  );
  if (!workerd) throw new Error("the Worker's process was not found");
  process.kill(workerd.pid, "SIGKILL");
}
