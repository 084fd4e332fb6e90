/** The built Worker on workerd alone: its rooms on disk, so that a kill and a new start are quick. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "../../local/ports.ts";
import { startWorkerd, writeConfig } from "../../local/workerd.ts";
import { makeFolder, type Vars } from "./worker.ts";

export type FastWorker = {
  url: string;
  /** SIGKILL, and a new start with what was on the disk. */
  crash: () => Promise<void>;
  close: () => Promise<void>;
};

/** Starts it in the world of this run, with some values of its own. */
export async function startFastWorker(vars: Vars = {}): Promise<FastWorker> {
  const folder = await makeFolder("workerd");
  const port = await freePort();
  await copyFile(join(inject("workerFolder"), "index.js"), join(folder.path, "index.js"));
  const config = await writeConfig({
    folder: folder.path,
    module: "index.js",
    port,
    vars: { ...inject("vars"), ...vars },
    rooms: true,
  });
  let child = await startWorkerd(config, port);
  return {
    url: `http://127.0.0.1:${port}`,
    crash: async () => {
      await kill(child);
      child = await startWorkerd(config, port);
    },
    close: async () => {
      await kill(child);
      await folder.remove();
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
