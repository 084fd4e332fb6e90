/**
 * `npm run python-clients`: installs the Python clients that tests run, each in an environment of its own. Prints the
 * tests that can run now; says of each other one why it cannot. Not every machine has Python, or reaches its packages.
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

type PythonClient = { name: string; version: string; test: string };

export const PYTHON_CLIENTS: readonly PythonClient[] = [
  { name: "openai", version: "3.22.1", test: "test/python/openai.test.ts" },
  { name: "langchain-openai", version: "1.6.6", test: "test/python/langchain.test.ts" },
];

const FOLDER = join(import.meta.dirname, "..", ".local", "python");

/** What a registry that does not answer may cost. */
const PIP_OPTIONS = ["--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15"];

const run = promisify(execFile);

/** The Python of a client's environment. */
export function pythonOf(name: string): string {
  return join(FOLDER, name, "bin", "python");
}

/** Installs a client in a folder; returns why it cannot be, or undefined where it is. */
export async function installClient(
  { name, version }: Pick<PythonClient, "name" | "version">,
  { folder = FOLDER, python = "python3" } = {},
): Promise<string | undefined> {
  const environment = join(folder, name);
  const pip = ["-m", "pip", "install", ...PIP_OPTIONS, `${name}==${version}`];
  try {
    await mkdir(folder, { recursive: true });
    await run(python, ["-m", "venv", environment]);
    await run(join(environment, "bin", "python"), pip);
    return undefined;
  } catch (error) {
    return reasonOf(error as Error & { stderr?: string });
  }
}

/** The last line of what the program has printed, which says most. */
function reasonOf({ stderr, message }: Error & { stderr?: string }): string {
  const lines = (stderr ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1) ?? message;
}

async function main(): Promise<void> {
  for (const client of PYTHON_CLIENTS) {
    const reason = await installClient(client);
    if (reason === undefined) process.stdout.write(`${client.test}\n`);
    else process.stderr.write(`${client.test} is not run: ${client.name}: ${reason}\n`);
  }
}

if (import.meta.main) await main();
