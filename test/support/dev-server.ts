/** The Worker under `wrangler dev`, for what the harness does not pass on: hang-ups and kills. */
import { createServer } from "node:net";
import { join } from "node:path";
import { inject } from "vitest";
import { writeSettings } from "../../local/settings.ts";
import { startWrangler } from "../../local/wrangler-dev.ts";
import { makeFolder, type Vars } from "./worker.ts";

export type DevServer = { url: string; close(): Promise<void> };

/** Starts it in the world of this run, with some values of its own. */
export async function startDevServer(vars: Vars = {}): Promise<DevServer> {
  const folder = await makeFolder("dev-server");
  const envFile = join(folder.path, "dev.vars");
  await writeSettings(envFile, { ...inject("vars"), ...vars });
  const stateDir = join(folder.path, "state");
  const wrangler = await startWrangler({ port: await freePort(), envFile, stateDir });
  return {
    url: wrangler.url,
    close: async () => {
      await wrangler.stop();
      await folder.remove();
    },
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
