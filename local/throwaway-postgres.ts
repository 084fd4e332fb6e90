/** A real Postgres server for one run, where its programs are installed. */
import { execFileSync, type ExecFileSyncOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import { newSecret } from "./secrets.ts";
import { until } from "./wait.ts";

/** The URL contains the password, which is random. */
export type ThrowawayPostgres = { url: string; stop: () => Promise<void> };

/** Nothing needs to outlive the run, so nothing is synced to the disk. */
const SETTINGS = ["listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off"];

const asFlag = (setting: string) => ["-c", setting];

/** Starts one in a folder of its own; undefined where the programs are missing. */
export async function startPostgres(folder: string): Promise<ThrowawayPostgres | undefined> {
  const programs = findPrograms();
  if (!programs) return undefined;
  const port = await freePort();
  const user = unprivileged();
  await chown(folder, user?.uid ?? process.getuid?.() ?? 0, user?.gid ?? process.getgid?.() ?? 0);
  await chmod(folder, 0o700);
  const options = { cwd: folder, ...user, stdio: "ignore" as const };
  const data = join(folder, "data");
  const password = newSecret();
  await initialize(join(programs, "initdb"), { data, password, options });
  const flags = ["-D", data, "-p", String(port), "-k", folder];
  const server = spawn(
    join(programs, "postgres"),
    [...flags, ...SETTINGS.flatMap(asFlag)],
    options,
  );
  const address = `127.0.0.1:${port}/postgres`;
  const ask = [`postgres://local@${address}`, "-c", "SELECT 1"];
  // The arguments of a process are visible to everybody; its environment is not.
  const env = { ...process.env, PGPASSWORD: password };
  await until(async () => execFileSync(join(programs, "psql"), ask, { env, stdio: "ignore" }));
  return {
    url: `postgres://local:${password}@${address}`,
    stop: async () => {
      const ended = once(server, "exit");
      server.kill("SIGINT");
      await ended;
    },
  };
}

type Cluster = { data: string; password: string; options: ExecFileSyncOptions };

/** Creates the data folder of a server that requires the password, also on its socket. */
async function initialize(program: string, { data, password, options }: Cluster): Promise<void> {
  const passwordFile = `${data}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  const { uid, gid } = options;
  if (uid !== undefined && gid !== undefined) await chown(passwordFile, uid, gid);
  const access = ["-U", "local", "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  execFileSync(program, ["-D", data, ...access], options);
  await rm(passwordFile);
}

function findPrograms(): string | undefined {
  try {
    return execFileSync("pg_config", ["--bindir"], { encoding: "utf8" }).trim();
  } catch {
    const versions = ["18", "17", "16", "15", "14"];
    return versions.map((v) => `/usr/lib/postgresql/${v}/bin`).find((path) => existsSync(path));
  }
}

/** Postgres refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: idOfNobody("-u"), gid: idOfNobody("-g") };
}

function idOfNobody(flag: string): number {
  return Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
}
