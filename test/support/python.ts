/** Programs of test/python, run with the client that `npm run python-clients` has installed. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonOf } from "../../local/python-clients.ts";
import { type Body, workerUrl } from "./client.ts";

const ROOT = join(import.meta.dirname, "..", "..");

const run = promisify(execFile);

/** `url`: of the API. `retries`: how often the client repeats a request that failed. */
type Options = { url?: string; retries?: number };

/** Runs a program of the repository with a client and an API key; returns what it prints. */
export async function runPython(
  client: string,
  key: string,
  [program = "", ...args]: readonly string[],
  { url = workerUrl, retries = 0 }: Options = {},
): Promise<string> {
  const python = pythonOf(client);
  if (!existsSync(python)) throw new Error("Run `npm run python-clients` first.");
  const settings = { INDIFLY_URL: `${url}/v1`, INDIFLY_KEY: key, INDIFLY_RETRIES: String(retries) };
  const env = { ...process.env, ...settings, PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await run(python, [join(ROOT, program), ...args], { env });
  return stdout;
}

/** Runs a scenario of a program; returns its result. */
export async function runScenario(
  client: string,
  key: string,
  command: readonly string[],
  options?: Options,
): Promise<Body> {
  return JSON.parse(await runPython(client, key, command, options));
}
