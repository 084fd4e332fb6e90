/** The built Worker on workerd, with a user who has chats. */
import type { ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { call, type Target } from "./client.ts";
import { makeFolder, startWorkerd } from "./processes.ts";
import { freePort } from "../local/ports.ts";
import { writeConfig } from "./workerd-config.ts";

const ROOT = join(import.meta.dirname, "..");
const JSON_TYPE = { "content-type": "application/json" };

export type Product = {
  url: string;
  process: ChildProcess;
  headers: Record<string, string>;
  newChats: (count: number) => Promise<string[]>;
  ask: (chatId: string) => Target;
};

/** Bundles the Worker, starts it, and signs up. */
export async function startProduct(vars: Record<string, string>): Promise<Product> {
  const folder = await makeFolder();
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", folder];
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
  const port = await freePort();
  const config = await writeConfig({ folder, module: "index.js", port, vars, rooms: true });
  const child = await startWorkerd(config, port);
  const url = `http://127.0.0.1:${port}`;
  const headers = { ...JSON_TYPE, authorization: `Bearer ${await signUp(url)}` };
  return {
    url,
    process: child,
    headers,
    newChats: (count) => newChats(url, headers, count),
    ask: (chatId) => ({
      url: `${url}/chats/${chatId}/messages/stream`,
      headers,
      body: '{"content":"How long may a landlord keep the deposit?"}',
    }),
  };
}

async function signUp(url: string): Promise<string> {
  const account = { name: "Bench", email: "bench@example.com", password: "seven tall lamps" };
  const answer = await call("POST", `${url}/auth/register`, JSON_TYPE, JSON.stringify(account));
  return JSON.parse(answer).access_token;
}

/** Without a title to ask for, so that a turn is one call of the provider. */
async function newChats(url: string, headers: Record<string, string>, count: number) {
  const ids: string[] = [];
  for (let made = 0; made < count; made++) {
    const answer = await call("POST", `${url}/chats`, headers, '{"auto_title":false}');
    ids.push(JSON.parse(answer).id);
  }
  return ids;
}
