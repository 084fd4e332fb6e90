/** Configurations of workerd: the built Worker, or the bare one, without any proxy in front. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const COMPATIBILITY_DATE = "2026-11-01";

export type WorkerConfig = {
  folder: string;
  /** The module, relative to the folder. */
  module: string;
  port: number;
  vars: Record<string, string>;
  /** True where it has the product's bindings. */
  rooms: boolean;
};

/** Writes the configuration into the folder; its path. */
export async function writeConfig(config: WorkerConfig): Promise<string> {
  const path = join(config.folder, "config.capnp");
  await writeFile(path, render(config));
  return path;
}

function render({ module, port, vars, rooms, folder }: WorkerConfig): string {
  const texts = Object.entries(vars).map(
    ([name, text]) => `(name = "${name}", text = ${quote(text)})`,
  );
  const room = `(name = "CHAT_ROOM", durableObjectNamespace = "ChatRoom")`;
  const assets = `(name = "ASSETS", service = "disk")`;
  const bindings = [...texts, ...(rooms ? [room, assets] : [])].join(", ");
  const objects = `durableObjectNamespaces = [(className = "ChatRoom", uniqueKey = "room", enableSql = true)],
  durableObjectStorage = (localDisk = "disk"),`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "disk", disk = (path = ${quote(folder)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${module}")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  ${rooms ? objects : ""}
  bindings = [${bindings}],
);
`;
}

/** A text of Cap'n Proto's schema language, which JSON's escapes are part of. */
function quote(text: string): string {
  return JSON.stringify(text);
}
