import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Body, SignedIn } from "../support/client.ts";
import { formOf, settled, upload } from "../support/files.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../support/own-world.ts";
import { requestsContaining, script } from "../support/provider.ts";
import { allEvents, readEvents } from "../support/sse.ts";
import { until } from "../support/until.ts";
import { LOG_EVENTS, violationOf, WIDE_EVENTS } from "../support/logs/wide-events.ts";

const CALLER = "0af7651916cd43dd8448eb211c80319c";
const TRACEPARENT = `00-${CALLER}-b7ad6b7169203331-01`;

/** Rooms set their alarms to soon, and try the failing provider no second time. */
const TURN_LIMITS = JSON.stringify({ watchdog_ms: 100, flush_ms: 20 });

const UNSAID = "Quokkas eat the deposit";

let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld({ TURN_LIMITS });
  ada = await world.signUp("Quokka Example");
}, WORLD_START_MS);
afterAll(() => world.close());

function lines(): Body[] {
  const own = world.worker.logs().filter((line) => line.startsWith("{"));
  return own.map((line) => JSON.parse(line));
}

const find = (event: string, fields: object) =>
  until(async () =>
    lines().find(
      (line) =>
        line.event === event &&
        Object.entries(fields).every(([name, value]) => line[name] === value),
    ),
  );

const SRC = join(import.meta.dirname, "..", "..", "src");

/** The names of all events that the product logs. */
async function loggedNames(): Promise<Set<string>> {
  const files = await readdir(SRC, { recursive: true });
  const texts = await Promise.all(
    files.filter((name) => name.endsWith(".ts")).map((name) => readFile(join(SRC, name), "utf8")),
  );
  const calls = /\blog(?:Event|Error)\(\s*"([a-z_]+)"/g;
  const names = texts.flatMap((text) => [...text.matchAll(calls)].map(([, name = ""]) => name));
  // Whether one of its jobs has failed decides which function logs the minute.
  return new Set([...names, "minute"]);
}

/** A turn of each kind of end, and a subscriber who resumes. */
async function runTurns(): Promise<void> {
  await ada.post("/chat", { content: UNSAID });
  const failing = await script({ errorStatus: 500 });
  await ada.post("/chat", { content: `${UNSAID} ${failing}` });
  const held = await script({ kind: "answer", holdAfter: 2 });
  const { body: chat } = await ada.post("/chats", { title: UNSAID, auto_title: false });
  const response = await ada.fetch(`/chats/${chat.id}/messages/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content: `${UNSAID} ${held}` }),
  });
  for await (const { name } of readEvents(response)) if (name === "content_delta") break;
  const resumed = ada.fetch(`/chats/${chat.id}/stream`);
  await find("alarm", {});
  await ada.post(`/chats/${chat.id}/stop`, {});
  await allEvents(await resumed);
}

async function runOthers(): Promise<void> {
  await settled(ada, (await upload(ada, `${UNSAID}.`)).body.id);
  await ada.get("/search?q=quokkas");
  await ada.get(`/chats?limit=${UNSAID.length}x`);
  await ada.get(`/chats/${crypto.randomUUID()}`);
  await ada.fetch("/Quokkas/eat?the=deposit");
  await ada.fetch("/chats", { headers: { authorization: "Bearer quokkas" } });
  await ada.get("/health");
  await world.worker.sendJob({
    step: "index",
    fileId: crypto.randomUUID(),
    ingestionAttempt: 1,
    from: 0,
  });
  await world.minute();
}

describe("every line of the log", () => {
  it("has the form of its event, and nothing that a user wrote", async () => {
    await runTurns();
    await runOthers();
    for (const outcome of ["complete", "failed", "stopped"]) await find("turn", { outcome });
    await find("job", { step: "extract" });
    for (const event of WIDE_EVENTS.filter((name) => !name.endsWith("_failed"))) {
      await find(event, {});
    }
    const logged = world.worker.logs().filter((line) => line.startsWith("{"));
    expect(logged.flatMap((line) => violationOf(line) ?? [])).toEqual([]);
    expect(logged.join("\n")).not.toMatch(/quokka|deposit|example\.com/i);
  }, 60_000);

  it("has a schema, and no schema is of an event that nothing logs", async () => {
    expect([...(await loggedNames())].toSorted()).toEqual(LOG_EVENTS.toSorted());
  });

  it("would not have passed with a user's text in it", () => {
    const request = { event: "request", method: "GET", status: 200, duration_ms: 1 };
    for (const line of [
      { event: "file_failed", name: "my lease.pdf" },
      { event: "turn", content: "Hello" },
      { ...request, route: "/chats/01936c2e-0000-7000-8000-000000000000" },
    ]) {
      expect(violationOf(JSON.stringify(line))).toBeDefined();
    }
  });
});

describe("the trace", () => {
  it("of a request joins its turn, and the calls to the provider", async () => {
    const marker = await script({ tokens: ["One ", "two."] });
    const chat = await ada.post("/chat", { content: marker }, { traceparent: TRACEPARENT });
    const messageId = chat.body.ai_response.id;
    const request = await find("request", { trace_id: CALLER });
    const turn = await find("turn", { message_id: messageId });
    expect(turn).toMatchObject({
      trace_id: CALLER,
      parent_span_id: request.span_id,
      outcome: "complete",
      model: "gpt-4o-mini",
      attempts: 1,
    });
    expect(turn.db_calls).toBeGreaterThanOrEqual(2);
    expect(turn.first_token_ms).toBeLessThanOrEqual(turn.duration_ms);
    const { timings } = chat.body.ai_response.metadata;
    expect(turn).toMatchObject(timings);
    expect(timings.overhead_ms).toBeGreaterThanOrEqual(0);
    expect(timings.provider_first_token_ms).toBeGreaterThanOrEqual(0);
    expect(timings.total_ms).toBeGreaterThanOrEqual(
      timings.overhead_ms + timings.provider_first_token_ms,
    );
    expect(turn.provider_calls).toBeGreaterThanOrEqual(1);
    const seen = await requestsContaining(marker);
    expect(seen.length).toBeGreaterThan(0);
    for (const { headers } of seen) {
      expect(headers.traceparent).toBe(`00-${CALLER}-${turn.span_id}-01`);
    }
  });

  it("of an upload joins the jobs of its file; one that is invalid is replaced", async () => {
    const { body: file } = await ada.post("/files/upload", formOf("A lease."), {
      traceparent: TRACEPARENT,
    });
    await settled(ada, file.id);
    expect(await find("job", { file_id: file.id })).toMatchObject({ trace_id: CALLER });
    const before = lines().length;
    await ada.get("/chats", { traceparent: "00-quokka" });
    const request = await until(async () =>
      lines()
        .slice(before)
        .find(({ route }) => route === "/chats"),
    );
    expect(request.trace_id).not.toBe(CALLER);
    expect(request.parent_span_id).toBeUndefined();
  });
});

describe("the header Server-Timing", () => {
  const timingOf = (headers: Headers) =>
    Object.fromEntries(
      (headers.get("server-timing") ?? "").split(", ").map((entry) => {
        const [name = "", duration = ""] = entry.split(";dur=");
        return [name, Number(duration)];
      }),
    );

  it("has what a request spent until its headers left", async () => {
    const chats = timingOf((await ada.get("/chats")).headers);
    expect(Object.keys(chats)).toEqual(["db", "total"]);
    expect(chats.db).toBeLessThanOrEqual(chats.total ?? 0);
    const uploaded = await ada.post("/files/upload", formOf("A lease."));
    expect(timingOf(uploaded.headers)).toMatchObject({
      storage: expect.any(Number),
      db: expect.any(Number),
    });
    const { headers } = await ada.post("/chat", { content: "Hello?" });
    expect(timingOf(headers).room).toBeGreaterThanOrEqual(0);
  });

  it("says only the total to who is not signed in, so that no account can be guessed by it", async () => {
    const body = { email: ada.user.email, password: "seven wrong lamps" };
    const response = await fetch(`${world.worker.url}/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(401);
    expect(Object.keys(timingOf(response.headers))).toEqual(["total"]);
  });
});
