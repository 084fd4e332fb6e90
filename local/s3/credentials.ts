/** The key of this machine's own bucket: made at the first start, and kept from then on. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Credentials } from "./signature.ts";

/** The stored ones; at the first start new ones, which are stored. */
export async function localCredentials(folder: string): Promise<Credentials> {
  const path = join(folder, "credentials.json");
  if (existsSync(path)) return JSON.parse(await readFile(path, "utf8")) as Credentials;
  await mkdir(folder, { recursive: true });
  const credentials = newCredentials();
  await writeFile(path, JSON.stringify(credentials), { mode: 0o600 });
  return credentials;
}

/** Random ones, in the characters that Amazon uses. */
export function newCredentials(): Credentials {
  return {
    accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64"),
    region: "us-east-1",
  };
}
