import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrate } from "../../../local/migrate.ts";
import { startNeon } from "../../../local/neon.ts";
import { type ApiResponse, expectProblem, signUp } from "../../support/client.ts";
import { startFastWorker } from "../../support/fast-worker.ts";
import { runningTurn } from "../../support/chats.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import {
  atOnce,
  countStatuses,
  hourly,
  type LimitedWorker,
  newAddress,
  startLimited,
} from "../../support/limited.ts";
import { until } from "../../support/until.ts";

function expectRefusal(response: ApiResponse, limit: string): void {
  expectProblem(response, 429, "rate_limited");
  expect(response.body.limit).toBe(limit);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(response.headers.get("ratelimit")).toContain(`"${limit}";r=0;t=`);
  expect(response.headers.get("ratelimit-policy")).toContain(`"${limit}";q=`);
}

describe("the limit of a user's requests", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ api: hourly(20) });
  });
  afterAll(() => worker.close());

  it("admits exactly its figure of 50 requests at once, and governs nobody else", async () => {
    const [ada, eve] = [await worker.signUp(), await worker.signUp()];
    const responses = await atOnce(50, () => ada.get("/users/me"));
    expect(countStatuses(responses)).toEqual({ 200: 20, 429: 30 });
    for (const response of responses.filter(({ status }) => status === 429)) {
      expectRefusal(response, "api");
    }
    expect((await eve.get("/users/me")).status).toBe(200);
  });

  it("is reported in every response that it governs, successful or not", async () => {
    const ada = await worker.signUp();
    const first = await ada.get("/chats");
    expect(first.headers.get("ratelimit")).toBe('"api";r=19;t=180');
    expect(first.headers.get("ratelimit-policy")).toBe('"api";q=20;w=3600');
    const missing = await ada.get(`/chats/${crypto.randomUUID()}`);
    expect(missing.headers.get("ratelimit")).toBe('"api";r=18;t=360');
    const invalid = await ada.post("/chats", "{");
    expect(invalid.headers.get("ratelimit")).toBe('"api";r=17;t=540');
    const open = await worker.from(newAddress()).get("/health/live");
    expect(open.headers.get("ratelimit")).toBeNull();
  });

  it("counts a user's sessions and API keys together", async () => {
    const ada = await worker.signUp();
    const key = await newApiKey(ada, ["read"], { baseUrl: worker.url });
    await atOnce(10, () => key.get("/chats"));
    const responses = await atOnce(20, () => ada.get("/chats"));
    expect(countStatuses(responses)).toEqual({ 200: 9, 429: 11 });
  });
});

describe("the limit of turns", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ turns: hourly(4) });
  });
  afterAll(() => worker.close());

  it("admits exactly its figure of many at once, and leaves other requests alone", async () => {
    const ada = await worker.signUp();
    const responses = await atOnce(12, () => ada.post("/chat", { content: "Hello?" }));
    expect(countStatuses(responses)).toEqual({ 200: 4, 429: 8 });
    for (const response of responses.filter(({ status }) => status === 429)) {
      expectRefusal(response, "turns");
    }
    const { status, body } = await ada.get("/chats");
    expect({ status, total: body.total }).toEqual({ status: 200, total: 4 });
  });

  it("counts no request that is refused, and governs regenerating and editing too", async () => {
    const ada = await worker.signUp();
    await atOnce(6, () => ada.post("/chat", { content: "" }));
    const { body } = await ada.post("/chat", { content: "Hello?" });
    await ada.post(`/messages/${body.ai_response.id}/regenerate`, {});
    const edited = await ada.patch(`/messages/${body.user_message.id}`, { content: "Hi?" });
    expect(edited.headers.get("ratelimit")).toContain('"turns";r=1;');
    await ada.post(`/chats/${body.chat_id}/messages`, { content: "And?" });
    const late = await ada.post(`/chats/${body.chat_id}/messages/stream`, { content: "More?" });
    expectRefusal(late, "turns");
  });

  it("leaves running streams alone", async () => {
    const ada = await worker.signUp();
    const turn = await runningTurn(ada);
    await atOnce(6, () => ada.post("/chat", { content: "Hello?" }));
    await turn.finish();
    expect(await turn.rest()).toContain("stream_complete");
  });
});

describe("the limit of all users' turns", () => {
  let neon: Awaited<ReturnType<typeof startNeon>>;
  let worker: LimitedWorker;
  beforeAll(async () => {
    // A database of its own: turns of other tests would count too.
    neon = await startNeon({ copyOf: inject("emptyPostgres") });
    await migrate(neon.pool);
    const database = { DATABASE_URL: neon.connectionString, DATABASE_HTTP_URL: neon.url };
    worker = await startLimited({ turns_in_all: 1 }, database);
  });
  afterAll(() => Promise.all([worker.close(), neon.close()]));

  it("sheds another user's turn until one ends, changes nothing, and disturbs no running one", async () => {
    const [ada, eve] = [await worker.signUp(), await worker.signUp()];
    const chatId = (await ada.post("/chats", {})).body.id;
    const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
    const running = ada.post(`/chats/${chatId}/messages`, { content: marker });
    await until(async () => (await answersContaining(marker)).length === 1);
    const shed = await eve.post("/chat", { content: "Hello?" });
    expectProblem(shed, 503, "server_busy");
    expect(Number(shed.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await eve.get("/chats")).body.total).toBe(0);
    await release(marker);
    expect((await running).body.ai_response.content).toBe("One two.");
    await until(async () => (await eve.post("/chat", { content: "Hello?" })).status === 200);
  });
});

describe("the limit of turns at once", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ turns_at_once: 2 });
  });
  afterAll(() => worker.close());

  it("refuses one more in another chat until one ends", async () => {
    const ada = await worker.signUp();
    const [first, second] = [await runningTurn(ada), await runningTurn(ada)];
    const { body: chat } = await ada.post("/chats", {});
    const idempotency = withKey(newKey());
    const send = () => ada.post(`/chats/${chat.id}/messages`, { content: "Hello?" }, idempotency);
    for (const refused of [await send(), await ada.post("/chat", { content: "Hello?" })]) {
      expectProblem(refused, 429, "too_many_turns");
      expect(refused.headers.get("retry-after")).toBe("5");
      expect(refused.headers.get("ratelimit")).toContain('"turns_at_once";r=0;');
    }
    expect((await ada.get("/chats")).body.total).toBe(3);
    const again = await ada.post(`/chats/${first.chatId}/messages`, { content: "Hello?" });
    expectProblem(again, 409, "turn_in_progress");
    await first.finish();
    await first.rest();
    expect((await send()).status).toBe(200);
    await second.finish();
    await second.rest();
  });

  it("begins exactly its figure of ten at once", async () => {
    const ada = await worker.signUp();
    const before = await runningTurn(ada);
    const marker = await script({ kind: "answer", tokens: ["One."], holdAfter: 0 });
    const body = JSON.stringify({ content: marker, stream: true });
    const headers = { "content-type": "application/json" };
    const turns = await atOnce(10, () => ada.fetch("/chat", { method: "POST", headers, body }));
    expect(turns.filter(({ status }) => status === 200)).toHaveLength(1);
    await release(marker);
    await Promise.all(turns.map((response) => response.text()));
    await before.finish();
    await before.rest();
  });
});

describe("the limit of uploads", () => {
  let worker: LimitedWorker;
  beforeAll(async () => {
    worker = await startLimited({ uploads: hourly(2) });
  });
  afterAll(() => worker.close());

  it("counts uploads and announcements, and no refused one", async () => {
    const ada = await worker.signUp();
    expect((await ada.post("/files", {})).status).toBe(422);
    const announcement = {
      original_name: "a.txt",
      content_type: "text/plain",
      file_size: 5,
      sha256: "0".repeat(64),
    };
    const announced = await atOnce(5, () => ada.post("/files", announcement));
    expect(countStatuses(announced)).toEqual({ 201: 2, 429: 3 });
    // In one piece: the Worker closes the connection of a refused request whose body is still on its way.
    const form = new FormData();
    form.set("file", new File(["Some text."], "a.txt", { type: "text/plain" }));
    const encoded = new Response(form);
    const type = encoded.headers.get("content-type") ?? "";
    const body = new Uint8Array(await encoded.arrayBuffer());
    expectRefusal(await ada.post("/files/upload", body, { "content-type": type }), "uploads");
  });
});

describe("LIMITS", () => {
  it("lifts all limits with `off`", async () => {
    const { headers } = await (await signUp()).get("/chats");
    expect(headers.get("ratelimit")).toBeNull();
  });

  for (const LIMITS of [
    '{"api":[]}',
    '{"ap":[{"count":1,"seconds":1}]}',
    '{"off":1}',
    "[",
    '{"turns":[{"count":0,"seconds":1}]}',
  ]) {
    it(`is refused when it is invalid: ${LIMITS}`, async () => {
      const worker = await startFastWorker({ LIMITS });
      try {
        const response = await fetch(`${worker.url}/health`);
        expect(await response.json()).toMatchObject({ variables: ["LIMITS"] });
      } finally {
        await worker.close();
      }
    });
  }
});
