import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { anonymous, type ApiResponse, type SignedIn, signUp } from "../support/client.ts";
import { type FastWorker, startFastWorker } from "../support/fast-worker.ts";
import { type FaultProxy, startFaultProxy } from "../support/faults/fault-proxy.ts";
import type { Fault } from "../support/faults/fault.ts";
import { formOf } from "../support/files.ts";
import { bucketVars, openOwnBucket } from "../support/own-bucket.ts";
import { release, script } from "../support/provider.ts";
import { allEvents, readEvents } from "../support/sse.ts";
import { bucketAt, type SeenBucket } from "../support/storage.ts";

type Dependency = "postgres" | "provider" | "bucket";

const FIRST_TOKEN_MS = 1_000;
/** Longer than a call to Postgres may take. */
const STALL_MS = 11_000;
/** Two calls to Postgres in vain, with what surrounds them. */
const BUDGET_MS = 26_000;

let postgres: FaultProxy;
let provider: FaultProxy;
let bucket: SeenBucket;
let worker: FastWorker;
let ada: SignedIn;
let chatId: string;
let fileId: string;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const vars = inject("vars");
  const neon = new URL(inject("neonUrl"));
  const s3 = await openOwnBucket();
  [postgres, provider] = await Promise.all([
    startFaultProxy(neon.origin),
    startFaultProxy(inject("providerUrl")),
  ]);
  bucket = bucketAt(s3);
  worker = await startFastWorker({
    ...bucketVars({ ...s3, bucket: s3.bucket }),
    DATABASE_HTTP_URL: postgres.origin + neon.pathname,
    OPENAI_BASE_URL: `${provider.origin}${new URL(vars.OPENAI_BASE_URL ?? "").pathname}`,
    TURN_LIMITS: JSON.stringify({ first_token_ms: FIRST_TOKEN_MS, progress_ms: 60_000 }),
  });
  closing.push(worker.close, postgres.close, provider.close, s3.close);
  ada = await signUp("Ada Example", worker.url);
  chatId = (await ada.post("/chats", { auto_title: false })).body.id;
  fileId = (await ada.post("/files/upload", formOf("A lease."))).body.id;
}, 60_000);
afterAll(async () => {
  for (const close of closing) await close();
});

/** One route of each kind. */
const ROUTES: Record<string, () => Promise<ApiResponse>> = {
  live: () => anonymous(worker.url).get("/health/live"),
  signIn: () =>
    anonymous(worker.url).post("/auth/login", { email: ada.user.email, password: ada.password }),
  list: () => ada.get("/chats"),
  messages: () => ada.get(`/chats/${chatId}/messages`),
  change: () => ada.patch(`/chats/${chatId}`, { title: "Another" }),
  turn: () => ada.post("/chat", { content: "Hello?" }),
  upload: () => ada.post("/files/upload", formOf("Another lease.")),
  download: () => ada.get(`/files/${fileId}/content`, { accept: "application/json" }),
  search: () => ada.get("/search?q=lease"),
};

const RETRIED = { retryAfter: true };

const DATABASE = { status: 503, code: "database_unavailable", ...RETRIED };
const STORAGE = { status: 503, code: "storage_unavailable", ...RETRIED };
const FAILED = { status: 502, code: "ai_unavailable", ...RETRIED };
const OVERLOADED = { status: 503, code: "ai_overloaded", ...RETRIED };
const LATE = { status: 504, code: "ai_timeout", ...RETRIED };

/** Without a fault. */
const USUAL = {
  live: { status: 200 },
  signIn: { status: 200 },
  list: { status: 200 },
  messages: { status: 200 },
  change: { status: 200 },
  turn: { status: 200 },
  upload: { status: 201 },
  download: { status: 200 },
  search: { status: 200 },
};

/** What needs Postgres: everything but the check that the Worker runs. */
const WITHOUT_POSTGRES = {
  ...Object.fromEntries(Object.keys(USUAL).map((name) => [name, DATABASE])),
  live: USUAL.live,
};

type Row = [Dependency, string, Fault, expected: Record<string, object>];

const status = (code: number) => ({ kind: "status", status: code }) as const;

const TABLE: Row[] = [
  ["postgres", "is down", { kind: "refuse" }, WITHOUT_POSTGRES],
  ["postgres", "answers 429", status(429), WITHOUT_POSTGRES],
  ["postgres", "answers 500", status(500), WITHOUT_POSTGRES],
  ["postgres", "answers 503", status(503), WITHOUT_POSTGRES],
  ["postgres", "is slow", { kind: "delay", ms: 300 }, USUAL],
  ["postgres", "does not answer", { kind: "stall", ms: STALL_MS }, WITHOUT_POSTGRES],
  ["provider", "is down", { kind: "refuse" }, { ...USUAL, turn: FAILED }],
  ["provider", "answers 429", status(429), { ...USUAL, turn: OVERLOADED }],
  ["provider", "answers 500", status(500), { ...USUAL, turn: FAILED }],
  ["provider", "answers 503", status(503), { ...USUAL, turn: OVERLOADED }],
  ["provider", "is slow", { kind: "delay", ms: 300 }, USUAL],
  [
    "provider",
    "does not answer",
    { kind: "stall", ms: 4 * FIRST_TOKEN_MS },
    { ...USUAL, turn: LATE },
  ],
  ["bucket", "is down", { kind: "refuse" }, { ...USUAL, upload: STORAGE }],
  ["bucket", "answers 429", status(429), { ...USUAL, upload: STORAGE }],
  ["bucket", "answers 500", status(500), { ...USUAL, upload: STORAGE }],
  ["bucket", "answers 503", status(503), { ...USUAL, upload: STORAGE }],
  ["bucket", "is slow", { kind: "delay", ms: 300 }, USUAL],
];

const ALWAYS = 10_000;

/** Has every call to the dependency fail; returns how to end that. */
async function failAlways(dependency: Dependency, fault: Fault): Promise<() => Promise<void>> {
  if (dependency === "bucket") {
    const { kind } = fault;
    if (kind !== "refuse" && kind !== "status" && kind !== "delay") throw new TypeError(kind);
    const [code, delayMs] = [kind === "status" ? fault.status : 0, kind === "delay" ? fault.ms : 0];
    return bucket.injectBucketFault({ contains: "", times: ALWAYS, kind, status: code, delayMs });
  }
  const heal = (dependency === "postgres" ? postgres : provider).plan("", () => fault);
  return async () => heal();
}

/** The outcome, as far as the table has it; nothing of the upstream's own text is in it. */
async function outcomeOf(call: () => Promise<ApiResponse>) {
  const startedAt = performance.now();
  const { status, headers, body } = await call();
  expect(JSON.stringify(body ?? "")).not.toMatch(/upstream says|message of the proxy/);
  expect(performance.now() - startedAt).toBeLessThan(BUDGET_MS);
  if (status < 400) return { status };
  return { status, code: body.code, retryAfter: headers.has("retry-after") };
}

async function outcomesOf(routes: Record<string, () => Promise<ApiResponse>>) {
  const entries = Object.entries(routes).map(
    async ([name, call]) => [name, await outcomeOf(call)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** A turn whose provider has sent the first word, and waits for the test. */
async function streamingTurn() {
  const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
  const response = await ada.fetch("/chat", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content: marker, stream: true }),
  });
  const events = readEvents(response);
  let runningChat = "";
  for (let name = ""; name !== "content_delta";) {
    const { value } = await events.next();
    name = value?.name ?? "";
    runningChat ||= value?.data.message?.chat_id ?? "";
  }
  return {
    chatId: runningChat,
    finish: () => release(marker),
    rest: async () => {
      const names: string[] = [];
      for await (const { name } of events) names.push(name);
      return names;
    },
  };
}

function expectGoodEnd(names: string[]): void {
  expect(names.at(-1)).toBe("stream_complete");
  expect(names).not.toContain("turn_error");
}

describe("where a dependency fails", () => {
  it.each(TABLE)(
    "%s %s, every route succeeds or says when to retry, and a running stream ends well",
    async (dependency, _what, fault, expected) => {
      const running = await streamingTurn();
      const heal = await failAlways(dependency, fault);
      const outcomes = await outcomesOf(ROUTES);
      await running.finish();
      const rest = running.rest();
      await heal();
      expect(outcomes).toEqual(expected);
      expectGoodEnd(await rest);
      const { body: messages } = await ada.get(`/chats/${running.chatId}/messages`);
      expect(messages.at(-1)).toMatchObject({ status: "complete", content: "One two." });
    },
    90_000,
  );

  it("a stream that begins then has the failure as its last event but one", async () => {
    const heal = await failAlways("provider", { kind: "refuse" });
    const response = await ada.fetch(`/chats/${chatId}/messages/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: "Hello?" }),
    });
    const events = await allEvents(response);
    await heal();
    expect(response.status).toBe(200);
    const error = events.find(({ name }) => name === "turn_error");
    expect(error?.data).toMatchObject({ code: "ai_unavailable" });
    expect(events.at(-1)?.name).toBe("stream_complete");
  });
});
