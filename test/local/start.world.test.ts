import { existsSync } from "node:fs";
import { appendFile, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "../../local/ports.ts";
import { devVarsIn, type LocalStart, processesOf, startLocal } from "../support/local-start.ts";
import { requestsContaining } from "../support/provider.ts";
import { statusOf } from "../support/sent.ts";
import { allEvents, textOf } from "../support/sse.ts";
import { until } from "../support/until.ts";
import { makeFolder } from "../../local/scratch.ts";

const EMAIL = `ada.${crypto.randomUUID()}@example.com`;
const PASSWORD = "seven tall lamps";
const QUESTION = "May a landlord keep the deposit?";
/** wrangler itself, not its wrapper. */
const SERVER = /^\S+ \S+wrangler-server\.ts /;
/** A first start creates a database, and the machine may be busy with other tests. */
const START_MS = 120_000;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let port: number;
let local: LocalStart | undefined;
beforeAll(async () => {
  folder = await makeFolder("local-start");
  port = await freePort();
});
afterAll(async () => {
  local?.kill("SIGTERM");
  await local?.exited;
  await folder.remove();
});

async function start(vars: Record<string, string> = {}): Promise<LocalStart> {
  local = startLocal(port, folder.path, vars);
  await local.settled;
  expect(local.output()).toMatch(/^Ready /m);
  return local;
}

/** A request with the token of the last sign-in. */
let token: string | undefined;
function call(path: string, body?: object): Promise<Response> {
  return fetch(`http://localhost:${port}${path}`, {
    headers: {
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { method: "POST", body: JSON.stringify(body) }),
  });
}

async function signIn(): Promise<void> {
  const response = await call("/auth/login", { email: EMAIL, password: PASSWORD });
  expect(response.status).toBe(200);
  token = (await response.json()).access_token;
}

/** What the first start has stored. */
let chatId: string;
let answer: string;

async function expectEverythingKept(): Promise<void> {
  const messages = await (await call(`/chats/${chatId}/messages`)).json();
  const contents = messages.map((message: { content: string }) => message.content);
  expect(contents).toEqual([QUESTION, answer]);
}

async function expectNothingLeft(): Promise<void> {
  await until(async () => (await processesOf(folder.path)).length === 0);
  await expect(fetch(`http://localhost:${port}`)).rejects.toThrow("fetch failed");
}

/** Sends SIGKILL to the workerd with this address of its entry. */
async function killWorkerd(entry: string): Promise<void> {
  const all = await processesOf(folder.path);
  const found = all.filter(({ command }) => command.includes(` --socket-addr=entry=${entry} `));
  expect(found).toHaveLength(1);
  for (const { pid } of found) process.kill(pid, "SIGKILL");
}

describe("npm run dev", { timeout: START_MS }, () => {
  it("prints the URL, and serves the product there without further setup", async () => {
    const { output, printed, url } = await start();
    for (const words of ["OPENAI_API_KEY", "Ctrl-C"]) await printed(words);
    const first = output().trimStart().split("\n").slice(0, 3);
    expect(first).toEqual([
      `Ready      ${url}`,
      `Docs       ${url}/docs`,
      expect.stringMatching(/^Next .*README\.md/),
    ]);
    const account = { name: "Ada Example", email: EMAIL, password: PASSWORD };
    expect((await call("/auth/register", account)).status).toBe(201);
    await printed(/^Mail to ada\..*: Verify/m);
    await printed(`${url}/app#verify_email=`);
    await signIn();
    const events = await allEvents(await call("/chat", { content: QUESTION, stream: true }));
    chatId = events[0]?.data.message.chat_id;
    answer = textOf(events);
    expect(answer).toContain("offline stand-in");
    expect(events.at(-1)?.name).toBe("stream_complete");
  });

  it("prints one short line per request, and nothing while there is none", async () => {
    await call("/nothing?ticket=secret");
    const output = () => local?.output() ?? "";
    for (const path of ["/auth/register", "/nothing"]) await local?.printed(` ${path} `);
    const lines = output().split("\n");
    const about = (path: string) => lines.filter((line) => line.includes(path));
    expect(about("/nothing")).toEqual([
      expect.stringMatching(/^GET \/nothing 404 \d+ ms route_not_found$/),
    ]);
    expect(about("/auth/register")).toEqual([
      expect.stringMatching(/^POST \/auth\/register 201 \d+ ms$/),
    ]);
    // Nor is there a line of wrangler, of its table of bindings, or of a minute without an event.
    expect(output()).not.toMatch(/wrangler|bindings|env\.|minute|[{}]/);
  });

  it("serves a page that was built again, and the scripts that it names", async () => {
    const page = async () => (await call("/app")).text();
    const state = join(folder.path, "state");
    const script = `/app/assets/later-${crypto.randomUUID()}.js`;
    const html = (await page()).replace("</head>", `<script src="${script}"></script></head>`);
    // As after a change of its sources, which are not this test's to change.
    await writeFile(join(state, "assets", script), "export {};");
    await writeFile(join(state, "page.html"), html);
    await utimes(join(state, "worker", "index.js"), new Date(), new Date());
    // While Wrangler reloads, a request may get one without the other.
    await until(async () => (await page()).includes(script));
    await expect.poll(async () => (await call(script)).status, { timeout: 30_000 }).toBe(200);
  });

  it("lets only the user read its secrets", async () => {
    const paths = [devVarsIn(folder.path), join(folder.path, "dev.vars")];
    paths.push(join(folder.path, "s3", "credentials.json"));
    for (const path of paths) expect((await stat(path)).mode & 0o777).toBe(0o600);
    const settings = parseEnv(await readFile(join(folder.path, "dev.vars"), "utf8"));
    const { password } = new URL(settings.DATABASE_URL ?? "");
    const names = "SECRET_KEY AWS_SECRET_ACCESS_KEY OPENAI_API_KEY LOCAL_CRON_KEY".split(" ");
    const commands = (await processesOf(folder.path)).map(({ command }) => command).join("\n");
    for (const secret of [password, ...names.map((name) => settings[name] ?? "")]) {
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(local?.output()).not.toContain(secret);
      expect(commands).not.toContain(secret);
    }
  });

  it("listens for its database, its bucket and its provider on loopback alone", async () => {
    const settings = parseEnv(await readFile(join(folder.path, "dev.vars"), "utf8"));
    for (const name of ["DATABASE_HTTP_URL", "S3_ENDPOINT", "OPENAI_BASE_URL", "SES_ENDPOINT"]) {
      const url = settings[name] ?? "";
      expect(new URL(url).hostname).toBe("127.0.0.1");
      expect(await statusOf({ url, headers: { host: "evil.example" } })).toBe(421);
    }
  });

  it("runs the cron for no page, and opens no inspector to any", async () => {
    const cdn = ["local", "handler", "mf"].map((part) => `/cdn-cgi/${part}/scheduled`);
    const addresses = [...cdn, `${cdn[0]}?cron=*+*+*+*+*`, "/__scheduled"];
    const pages = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "http://evil.example" },
      { host: `evil.example:${port}` },
    ];
    for (const path of addresses) {
      for (const headers of [...pages, {}]) {
        const status = await statusOf({ url: `http://localhost:${port}${path}`, headers });
        expect([403, 404, 500], path).toContain(status);
      }
    }
    const commands = (await processesOf(folder.path)).map(({ command }) => command);
    expect(commands.filter((command) => command.includes("workerd"))).not.toEqual([]);
    expect(commands.filter((command) => /--(inspector-addr|debug-port)/.test(command))).toEqual([]);
  });

  it("names a port in use, an invalid one and a folder in use, and starts nothing", async () => {
    const other = `${folder.path}-other`;
    const refused = [
      { start: startLocal(port, other), why: `Port ${port} is in use` },
      { start: startLocal("web", other), why: "PORT is not a port number: web" },
      {
        start: startLocal(await freePort(), folder.path),
        why: `${folder.path} is in use by process ${local?.pid}`,
      },
    ];
    for (const { start, why } of refused) {
      expect(await start.exited).toBe(1);
      expect(start.output()).toContain(why);
    }
    expect(existsSync(other)).toBe(false);
  });

  it("stops everything on a signal, however often it is sent", async () => {
    local?.kill("SIGINT");
    local?.kill("SIGTERM");
    expect(await local?.exited).toBe(0);
    await expectNothingLeft();
  });

  it("keeps everything, and uses the provider of its file and the variables of its environment", async () => {
    const SYSTEM_PROMPT = `It's "about" $HOME, \${PATH} \\$ and #1\nof two lines.`;
    const OPENAI_BASE_URL = `${inject("providerUrl")}/v1`;
    const { OPENAI_API_KEY = "" } = inject("vars");
    const provider = `OPENAI_BASE_URL=${OPENAI_BASE_URL}\nOPENAI_API_KEY=${OPENAI_API_KEY}`;
    const lines = `\n${provider}\nSYSTEM_PROMPT="of the file"\nOPENAI_APIKEY=sk-typo\n`;
    await appendFile(devVarsIn(folder.path), lines);
    const { output, printed } = await start({ SYSTEM_PROMPT, LOG: "json" });
    await printed(OPENAI_BASE_URL);
    await printed('"OPENAI_APIKEY" is no setting');
    expect(output()).not.toContain("sk-typo");
    await printed('"event":"minute"');
    await expectEverythingKept();
    const mark = crypto.randomUUID();
    await (await call("/chat", { content: mark, stream: false })).json();
    const asked = (await requestsContaining(mark)).map(({ body }) => body.messages[0]?.content);
    expect(asked).toContain(SYSTEM_PROMPT);
    await printed(/^\{"event":"request",.*"route":"\/chat",/m);
    expect(output()).not.toMatch(/^POST |dev_request/m);
  });

  it("leaves nothing behind when it is killed, and starts again with the same data", async () => {
    local?.kill("SIGKILL");
    await local?.exited;
    await expectNothingLeft();
    const { printed } = await start({ OPENAI_BASE_URL: "", OPENAI_API_KEY: "" });
    await printed("offline stand-in");
    await signIn();
    await expectEverythingKept();
  });

  it("goes on serving after the death of the workerd that runs the Worker", async () => {
    await killWorkerd("127.0.0.1:0");
    await local?.printed("crashed unexpectedly");
    await until(async () => (await call("/health/live")).ok);
    await signIn();
    await expectEverythingKept();
  });

  it("exits with a reason after the death of the workerd that listens on the port", async () => {
    await killWorkerd(`localhost:${port}`);
    expect(await local?.exited).toBe(1);
    expect(local?.output()).toContain(
      `workerd, which listens on port ${port}, has ended (SIGKILL)`,
    );
    expect(local?.output().trimEnd().split("\n").at(-1)).toContain("start again with npm run dev");
    await expectNothingLeft();
    await start();
    await signIn();
    await expectEverythingKept();
  });

  it("exits with a reason when wrangler exits", async () => {
    const wrangler = await until(async () =>
      (await processesOf(folder.path)).find(({ command }) => SERVER.test(command)),
    );
    process.kill(wrangler.pid, "SIGKILL");
    expect(await local?.exited).toBe(1);
    expect(local?.output()).toContain("wrangler exited");
    await expectNothingLeft();
  });

  it("exits when the Worker refuses to start", async () => {
    local = startLocal(port, folder.path, { TURN_LIMITS: "{" });
    expect(await local.exited).toBe(1);
    expect(local.output()).toMatch(/^Invalid settings: TURN_LIMITS: /m);
    expect(local.output().trimEnd().split("\n").at(-1)).toContain("refuses to start");
    expect(local.output()).not.toContain("/health/live");
    await expectNothingLeft();
  });
});
