/**
 * Runs the Worker of `local/dev-worker.ts` under wrangler until it is signalled. Arguments: the port, the
 * file of variables and the folder of the state. The command `wrangler dev` does the same, but also opens
 * an inspector in which any page of a browser could run code beside the Worker's secrets.
 */
import { join } from "node:path";
import { unstable_startWorker } from "wrangler";

const [port, envFile = "", stateDir = ""] = process.argv.slice(2);

const worker = await unstable_startWorker({
  config: join(import.meta.dirname, "..", "wrangler.toml"),
  entrypoint: join(import.meta.dirname, "dev-worker.ts"),
  envFiles: [envFile],
  dev: {
    remote: false,
    server: { hostname: "localhost", port: Number(port) },
    inspector: false,
    persist: stateDir,
  },
});

process.on("SIGTERM", () => void worker.dispose().finally(() => process.exit(0)));
