import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  // Nothing is flushed by time: what survives a crash was written earlier.
  const TURN_LIMITS = JSON.stringify({ flush_ms: 60_000, watchdog_ms: 1_000 });
  const ANTHROPIC_BASE_URL = `${inject("providerUrl")}/v1`;
  const vars = {
    TURN_LIMITS,
    ANTHROPIC_API_KEY: inject("vars").OPENAI_API_KEY ?? "",
    ANTHROPIC_BASE_URL,
  };
  [ada, server] = await Promise.all([signUp(), startFastWorker(vars)]);
});
afterAll(() => server.close());

function call(path: string, init: RequestInit = {}, url = server.url): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${ada.accessToken}`);
  headers.set("content-type", "application/json");
  return fetch(url + path, { ...init, headers });
}

function ask(chatId: string, content: string, url = server.url): Promise<Response> {
  const init = { method: "POST", body: JSON.stringify({ content }) };
  return call(`/chats/${chatId}/messages/stream`, init, url);
}

const asked = (marker: string, count: number) =>
  until(async () => (await requestsContaining(marker)).length === count);

async function endOf(chatId: string) {
  return until(async () => {
    const last = (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
    return last.status !== "streaming" && last;
  });
}

function usageOf(chatId: string) {
  return query(
    `SELECT service_type, attempt, model_name, prompt_tokens, estimated FROM ai_usage
     WHERE chat_id = $1 ORDER BY service_type, attempt`,
    [chatId],
  );
}

/** Reads until an event of that name. */
async function readUntil(events: AsyncGenerator<StreamEvent>, name: string): Promise<StreamEvent> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error(`the stream ended before ${name}`);
    if (value.name === name) return value;
  }
}

it("A crash before the first token costs the prompt", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ tokens: ["Never."], holdAfter: 0 });
  const response = ask(chatId, marker);
  await asked(marker, 1);
  await server.crash();
  await response.then((cut) => cut.text()).catch(() => undefined);
  const answer = await endOf(chatId);
  expect(answer.status).toBe("interrupted");
  const [row, ...others] = await usageOf(chatId);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ service_type: "answer", estimated: "t" });
  expect(Number(row?.prompt_tokens)).toBeGreaterThan(100);
  expect(answer.metadata.usage.prompt_tokens).toBe(Number(row?.prompt_tokens));
});

it("A crash in the second attempt of an answer settles both, each once", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const fails = await script({ errorStatus: 500, times: 1 });
  const holds = await script({ tokens: ["Never."], holdAfter: 0 });
  const response = ask(chatId, `${fails} ${holds}`);
  await asked(holds, 2);
  await server.crash();
  await response.then((cut) => cut.text()).catch(() => undefined);
  const { status, metadata } = await endOf(chatId);
  expect(status).toBe("interrupted");
  const failover = { from: "gpt-4o-mini", code: "ai_unavailable" };
  expect(metadata).toMatchObject({ model: "claude-haiku-4-5", failover });
  const [first, second, ...others] = await usageOf(chatId);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ attempt: "1", model_name: "gpt-4o-mini", prompt_tokens: "0" });
  expect(second).toMatchObject({ attempt: "2", model_name: "claude-haiku-4-5", estimated: "t" });
  expect(Number(second?.prompt_tokens)).toBeGreaterThan(100);
});

it("A crash leaves an uncertain beginning and a running turn, and each ends without a request", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const restore = await injectFault({ contains: chatId, times: 2, kind: "status", status: 500 });
  const marker = await script({ tokens: ["Some ", "more."], holdAfter: 1, times: 1 });
  expect((await ask(chatId, "Did this arrive?")).status).toBe(503);
  await restore();
  const events = readEvents(await ask(chatId, marker));
  const { id: lastId } = await readUntil(events, "content_delta");
  await server.crash();
  await events.next().catch(() => undefined);
  const rest = await until(async () => {
    const response = await call(`/chats/${chatId}/stream?after=${lastId}`);
    return response.status === 200 && allEvents(response);
  });
  const names = rest.map(({ name }) => name);
  expect(names).toEqual(["turn_error", "ai_message_complete", "stream_complete"]);
  const ids = rest.map(({ id }) => id);
  expect(ids).toEqual([ids[0], (ids[0] ?? 0) + 1, (ids[0] ?? 0) + 2]);
  const answer = await endOf(chatId);
  expect(rest[1]?.data.message).toMatchObject({ id: answer.id, status: "interrupted" });
  expect(await usageOf(chatId)).toHaveLength(1);
  expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(2);
  expect((await call(`/chats/${chatId}/stream?after=${ids.at(-1)}`)).status).toBe(204);
  expect((await allEvents(await ask(chatId, "And again?"))).at(-1)?.name).toBe("stream_complete");
});

it("A subscriber whose turn was lost while Postgres is unreachable receives `save_delayed`", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ tokens: ["Some ", "more."], holdAfter: 1, times: 1 });
  const events = readEvents(await ask(chatId, marker));
  const start = await readUntil(events, "ai_message_start");
  const { id: lastId } = await readUntil(events, "content_delta");
  const answerId = start.data.message_id;
  const restore = await injectFault({ contains: answerId, times: 99, kind: "status", status: 500 });
  await server.crash();
  await events.next().catch(() => undefined);
  const rest = await allEvents(await call(`/chats/${chatId}/stream?after=${lastId}`));
  const names = rest.map(({ name }) => name);
  expect(names).toEqual(["turn_error", "ai_message_complete", "stream_complete"]);
  expect(rest[0]?.data.code).toBe("save_delayed");
  await restore();
  expect(await endOf(chatId)).toMatchObject({ id: answerId, status: "interrupted" });
  expect(await usageOf(chatId)).toHaveLength(1);
});

it("A lost turn whose end Postgres refuses because of its content ends as failed, and subscribers receive that", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ tokens: ["Some ", "more."], holdAfter: 1, times: 1 });
  const events = readEvents(await ask(chatId, marker));
  const start = await readUntil(events, "ai_message_start");
  const { id: lastId } = await readUntil(events, "content_delta");
  const contains = start.data.message_id;
  await injectFault({ contains, times: 1, kind: "sql_error", code: "22P05" });
  await server.crash();
  await events.next().catch(() => undefined);
  const rest = await allEvents(await call(`/chats/${chatId}/stream?after=${lastId}`));
  const names = rest.map(({ name }) => name);
  expect(names).toEqual(["turn_error", "ai_message_complete", "stream_complete"]);
  expect(rest[0]?.data.code).toBe("save_refused");
  expect(await endOf(chatId)).toMatchObject({ id: contains, status: "failed" });
  expect(await usageOf(chatId)).toHaveLength(1);
  expect((await allEvents(await ask(chatId, "And now?"))).at(-1)?.name).toBe("stream_complete");
});

it("A lost turn of several megabytes is emitted in full, and ends", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  // Six bytes of JSON each: more than a row of the room can have.
  const tokens = Array.from({ length: 5 }, () => "\u0001".repeat(100_000));
  const marker = await script({ tokens, holdAfter: 5, times: 1 });
  const events = readEvents(await ask(chatId, marker));
  let [lastId, length] = [0, 0];
  while (length < 500_000) {
    const { id, data } = await readUntil(events, "content_delta");
    [lastId, length] = [id, length + data.content.length];
  }
  await server.crash();
  await events.next().catch(() => undefined);
  const [error, complete, last] = await allEvents(
    await call(`/chats/${chatId}/stream?after=${lastId}`),
  );
  expect([error?.data.code, last?.name]).toEqual(["turn_interrupted", "stream_complete"]);
  // Events since the last write are lost: up to 256.
  const { content } = complete?.data.message ?? {};
  expect(content.length).toBeGreaterThan(380_000);
  expect((await endOf(chatId)).content === content).toBe(true);
});

it("A title requested before the room was lost has its usage row, beside the answer's own", async () => {
  const chatId = await newChat(ada);
  const marker = await script({ kind: "title", holdAfter: 0 });
  const events = readEvents(await ask(chatId, marker));
  await readUntil(events, "ai_message_complete");
  await server.crash();
  await events.next().catch(() => undefined);
  const rows = await until(async () => {
    const found = await usageOf(chatId);
    return found.length > 1 && found;
  });
  expect(rows).toMatchObject([
    { service_type: "answer", attempt: "1", estimated: "f" },
    { service_type: "title", attempt: "1", estimated: "t" },
  ]);
  expect((await endOf(chatId)).status).toBe("complete");
});

it("A late title that Postgres refuses for long is saved by alarm, with its cost", async () => {
  const WATCHDOG_MS = 300;
  const limits = { TURN_LIMITS: JSON.stringify({ watchdog_ms: WATCHDOG_MS }) };
  const worker = await startFastWorker(limits);
  try {
    const chatId = await newChat(ada);
    const tokens = ['{"suggested_name": "A late title", "reasoning": ""}'];
    const marker = await script({ kind: "title", tokens, holdAfter: 0 });
    const events = readEvents(await ask(chatId, marker, worker.url));
    await readUntil(events, "ai_message_complete");
    const before = (await callsContaining(chatId)).length;
    const restore = await injectFault({ contains: chatId, times: 1_000, kind: "refuse" });
    await release(marker);
    // Only the alarm retries so long after the first failure.
    await until(async () => {
      const tries = (await callsContaining(chatId)).slice(before).map(({ at }) => at);
      return (tries.at(-1) ?? 0) - (tries[0] ?? 0) > 2 * WATCHDOG_MS;
    });
    await restore();
    const rows = await until(async () => {
      const found = await usageOf(chatId);
      return found.length > 1 && found;
    });
    expect(rows).toMatchObject([{ service_type: "answer" }, { service_type: "title" }]);
    expect(rows.map(({ estimated }) => estimated)).toEqual(["f", "f"]);
    expect((await ada.get(`/chats/${chatId}`)).body.title).toBe("A late title");
  } finally {
    await worker.close();
  }
});

it("A turn that waits to begin when its chat is deleted does not begin, and its sender gets 404", async () => {
  const chatId = await newChat(ada);
  const url = inject("workerUrl");
  const waits = await script({ tokens: ["Never."] });
  await injectFault({ contains: waits, times: 1, kind: "delay", delayMs: 700 });
  const second = ask(chatId, waits, url);
  await until(async () => (await callsContaining(waits)).length === 1);
  const titled = await script({ kind: "title", holdAfter: 0 });
  await readUntil(readEvents(await ask(chatId, titled, url)), "ai_message_complete");
  // The first still waits for its title, and the second is committed.
  await until(async () => (await ada.get(`/chats/${chatId}`)).body.message_count === 4);
  expect((await ada.delete(`/chats/${chatId}`)).status).toBe(200);
  const response = await second;
  expect({ status: response.status, code: (await response.json()).code }).toEqual({
    status: 404,
    code: "not_found",
  });
  expect(await requestsContaining(waits)).toEqual([]);
});
