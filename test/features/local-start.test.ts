import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "../support/dev-server.ts";
import { type LocalStart, processesOf, startLocal } from "../support/local-start.ts";
import { requestsContaining } from "../support/provider.ts";
import { allEvents, textOf } from "../support/sse.ts";
import { until } from "../support/until.ts";
import { makeFolder } from "../support/worker.ts";

const DEV_VARS = join(import.meta.dirname, "..", "..", ".dev.vars");
const SECRET_KEY = "a secret of this test, of at least 32 characters";
const EMAIL = `ada.${crypto.randomUUID()}@example.com`;
const PASSWORD = "seven tall lamps";
/** A first start makes a database, and the machine may be busy with other tests. */
const START_MS = 60_000;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let port: number;
let local: LocalStart | undefined;
const hadDevVars = existsSync(DEV_VARS);
beforeAll(async () => {
  folder = await makeFolder("local-start");
  port = await freePort();
});
afterAll(async () => {
  local?.kill("SIGTERM");
  await local?.exited;
  if (!hadDevVars) await rm(DEV_VARS, { force: true });
  await folder.remove();
});

async function start(vars: Record<string, string> = {}): Promise<LocalStart> {
  local = startLocal(port, folder.path, { SECRET_KEY, ...vars });
  await local.settled;
  expect(local.output()).toMatch(/^Ready /m);
  return local;
}

function post(path: string, body: object, token = ""): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const init = { method: "POST", body: JSON.stringify(body) };
  const { authorization: _none, ...anonymous } = headers;
  return fetch(`http://localhost:${port}${path}`, {
    ...init,
    headers: token ? headers : anonymous,
  });
}

async function signIn(): Promise<string> {
  const response = await post("/auth/login", { email: EMAIL, password: PASSWORD });
  expect(response.status).toBe(200);
  return (await response.json()).access_token;
}

async function expectNothingLeft(): Promise<void> {
  await until(async () => (await processesOf(folder.path)).length === 0);
  await expect(fetch(`http://localhost:${port}`)).rejects.toThrow("fetch failed");
}

describe("npm run dev", { timeout: START_MS }, () => {
  it("says where the product is, and answers there by itself", async () => {
    const { output, url } = await start();
    for (const words of [url, `${url}/docs`, "OPENAI_API_KEY", "Ctrl-C"]) {
      expect(output()).toContain(words);
    }
    const account = { name: "Ada Example", email: EMAIL, password: PASSWORD };
    expect((await post("/auth/register", account)).status).toBe(201);
    const question = { content: "May a landlord keep the deposit?", stream: true };
    const events = await allEvents(await post("/chat", question, await signIn()));
    expect(textOf(events)).toContain("offline stand-in");
    expect(events.at(-1)?.name).toBe("stream_complete");
  });

  it("keeps its secrets to its user", async () => {
    const modes = [DEV_VARS, join(folder.path, "dev.vars")].map(async (path) => stat(path));
    for (const { mode } of await Promise.all(modes)) expect(mode & 0o777).toBe(0o600);
  });

  it("names a port that is taken, and a folder that is in use, and starts nothing", async () => {
    const second = startLocal(port, `${folder.path}-other`, { SECRET_KEY });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`Port ${port} is taken`);
    expect(existsSync(`${folder.path}-other`)).toBe(false);
    const third = startLocal(await freePort(), folder.path, { SECRET_KEY });
    expect(await third.exited).toBe(1);
    expect(third.output()).toContain(`${folder.path} is in use by process ${local?.pid}`);
  });

  it("stops everything when it is told to, however often", async () => {
    local?.kill("SIGINT");
    local?.kill("SIGTERM");
    expect(await local?.exited).toBe(0);
    await expectNothingLeft();
  });

  it("has kept everything, and uses the provider and the words of its settings", async () => {
    const SYSTEM_PROMPT = `It's "about" $HOME, \${PATH} \\$ and #1\nof two lines.`;
    const OPENAI_BASE_URL = `${inject("providerUrl")}/v1`;
    const { output } = await start({ SYSTEM_PROMPT, OPENAI_BASE_URL });
    expect(output()).toContain(OPENAI_BASE_URL);
    const mark = crypto.randomUUID();
    await (await post("/chat", { content: mark, stream: false }, await signIn())).json();
    const asked = (await requestsContaining(mark)).map(({ body }) => body.messages[0]?.content);
    expect(asked).toContain(SYSTEM_PROMPT);
  });

  it("leaves nothing behind when it is killed, and starts again where it was", async () => {
    local?.kill("SIGKILL");
    await local?.exited;
    await expectNothingLeft();
    await start();
    await signIn();
  });

  it("ends with a reason when wrangler does", async () => {
    const wrangler = await until(async () =>
      (await processesOf(folder.path)).find(({ command }) => command.includes("wrangler-dist")),
    );
    process.kill(wrangler.pid, "SIGKILL");
    expect(await local?.exited).toBe(1);
    expect(local?.output()).toContain("wrangler ended by itself");
    await expectNothingLeft();
  });

  it("does not wait for a Worker that refuses to serve", async () => {
    local = startLocal(port, folder.path, { SECRET_KEY, TURN_LIMITS: "{" });
    expect(await local.exited).toBe(1);
    expect(local.output()).toContain("TURN_LIMITS");
    expect(local.output().trimEnd().split("\n").at(-1)).toContain("refuses to serve");
    await expectNothingLeft();
  });
});
