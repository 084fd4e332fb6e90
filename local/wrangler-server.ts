/**
 * Runs the Worker of `local/dev-worker.ts` under wrangler until it is signalled. Arguments: the port, the
 * file of variables and the folder of the state. The command `wrangler dev` does the same, but also opens
 * an inspector in which any page of a browser could run code beside the Worker's secrets.
 */
import { join } from "node:path";
import { unstable_startWorker } from "wrangler";

const ROOT = join(import.meta.dirname, "..");

const [port, envFile = "", stateDir = ""] = process.argv.slice(2);

const worker = await unstable_startWorker({
  config: join(ROOT, "wrangler.toml"),
  entrypoint: join(ROOT, "dist", "dev-worker", "index.js"),
  build: {
    bundle: false,
    moduleRoot: join(ROOT, "dist", "dev-worker"),
    findAdditionalModules: true,
    custom: { command: "node local/build.ts --dev", watch: "src", workingDirectory: ROOT },
  },
  envFiles: [envFile],
  dev: {
    remote: false,
    server: { hostname: "localhost", port: Number(port) },
    inspector: false,
    persist: stateDir,
  },
});

process.on("SIGTERM", () => void worker.dispose().finally(() => process.exit(0)));
