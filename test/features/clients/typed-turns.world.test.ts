import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { textAfter, type Tokens, type TurnEvent } from "../../../clients/ts/src/index.ts";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import { clientOf, cutAfterEvents, quick, readAll, watching } from "../../support/typed-client.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const words = (count: number) => Array.from({ length: count }, (_, index) => `wörd${index} `);
const textOf = (events: TurnEvent[]) => events.reduce(textAfter, "");
const idsOf = (events: TurnEvent[]) => events.map(({ id }) => id);
const inOrder = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** The stored answer, and that the user message was sent once. */
async function expectOneTurn(chatId: string | undefined, marker: string): Promise<string> {
  const { body } = await ada.get(`/chats/${chatId}/messages`);
  expect(body).toHaveLength(2);
  expect(await answersContaining(marker)).toHaveLength(1);
  return body[1].content;
}

describe("a turn of the typed client", () => {
  it("gives its events as they come, and what they belong to", async () => {
    const marker = await script({ kind: "answer", tokens: words(5) });
    const turn = clientOf(ada).send({ content: marker });
    const events = await readAll(turn);
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual([
      "user_message",
      "ai_message_start",
    ]);
    expect(events.at(-1)).toMatchObject({ type: "stream_complete" });
    expect(textOf(events)).toBe(words(5).join(""));
    expect(idsOf(events)).toEqual(inOrder(events.length));
    const stored = (await ada.get(`/chats/${turn.chatId}/messages`)).body;
    expect([turn.messageId, turn.lastEventId, turn.isComplete]).toEqual([
      stored[1].id,
      events.length,
      true,
    ]);
  });

  it("is the same turn, once and in order, wherever its connections are cut", async () => {
    const tokens = words(8);
    for (let after = 0; after < 14; after++) {
      const marker = await script({ kind: "answer", tokens, tokenDelayMs: 2 });
      const { fetch: cutting, seen } = watching(async (request) =>
        cutAfterEvents(after, await fetch(request)),
      );
      // Nothing ever arrives where every connection is cut before its first event.
      const once = watching(async (request, count) => {
        const response = await fetch(request);
        return count === 1 ? cutAfterEvents(after, response) : response;
      });
      const client = clientOf(ada, { fetch: after === 0 ? once.fetch : cutting });
      const turn = client.send({ content: marker }, quick);
      const events = await readAll(turn);
      expect(idsOf(events), `cut after ${after}`).toEqual(inOrder(events.length));
      expect(events.at(-1)?.type).toBe("stream_complete");
      expect(textOf(events)).toBe(await expectOneTurn(turn.chatId, marker));
      expect(seen.filter(({ method }) => method === "POST").length).toBeLessThanOrEqual(1);
    }
  });

  it("is sent once where the responses to its start are lost", async () => {
    const marker = await script({ kind: "answer", tokens: words(3) });
    const { fetch: losing, seen } = watching(async (request, count) => {
      const response = await fetch(request);
      if (count > 3) return response;
      await response.body?.cancel();
      throw new TypeError("connection lost");
    });
    const turn = clientOf(ada, { fetch: losing }).send({ content: marker }, quick);
    const events = await readAll(turn);
    expect(textOf(events)).toBe(await expectOneTurn(turn.chatId, marker));
    expect(seen.map(({ method }) => method)).toEqual(["POST", "POST", "POST", "POST"]);
  });

  it("goes on after a while without a network", async () => {
    const marker = await script({ kind: "answer", tokens: words(8), tokenDelayMs: 5 });
    let offline = 0;
    const { fetch: flaky } = watching(async (request, count) => {
      if (count === 1) return cutAfterEvents(3, await fetch(request));
      if (offline++ < 6) throw new TypeError("fetch failed");
      return fetch(request);
    });
    const lost: string[] = [];
    const onRetry = (error: unknown) => lost.push(String(error));
    const turn = clientOf(ada, { fetch: flaky }).send({ content: marker }, { ...quick, onRetry });
    const events = await readAll(turn);
    expect(textOf(events)).toBe(await expectOneTurn(turn.chatId, marker));
    expect(lost).toEqual([
      "TypeError: connection cut",
      ...Array.from({ length: 6 }, () => "TypeError: fetch failed"),
    ]);
  });

  it("ends with the failure of the network once that has lasted too long", async () => {
    const { fetch: dead, seen } = watching(async () => {
      throw new TypeError("fetch failed");
    });
    const turn = clientOf(ada, { fetch: dead }).send({ content: "?" }, { ...quick, tries: 3 });
    await expect(readAll(turn)).rejects.toThrow("fetch failed");
    expect(seen).toHaveLength(4);
  });

  it("waits as long as the server asks for, and not where that is too long", async () => {
    const busy = (seconds: number) =>
      Response.json(
        { status: 503, code: "server_busy", title: "Busy", detail: "Busy." },
        { status: 503, headers: { "retry-after": String(seconds) } },
      );
    const marker = await script({ kind: "answer", tokens: words(3) });
    const { fetch: once } = watching(async (request, count) =>
      count === 1 ? busy(1) : fetch(request),
    );
    const startedAt = performance.now();
    await readAll(clientOf(ada, { fetch: once }).send({ content: marker }, quick));
    // A timer counts whole milliseconds.
    expect(performance.now() - startedAt).toBeGreaterThan(998);
    const { fetch: long, seen } = watching(async () => busy(60));
    const turn = clientOf(ada, { fetch: long }).send({ content: marker }, quick);
    await expect(readAll(turn)).rejects.toMatchObject({ code: "server_busy", status: 503 });
    expect(seen).toHaveLength(1);
  });

  it("leaves a connection on which nothing arrives any more", async () => {
    const marker = await script({ kind: "answer", tokens: words(5) });
    const { fetch: stalling } = watching(async (request, count) => {
      const response = await fetch(request);
      if (count > 1) return response;
      const whole = cutAfterEvents(3, response).body;
      const stalled = new ReadableStream<Uint8Array>({
        start: async (out) => {
          const reader = whole?.getReader();
          const next = () => reader?.read().catch(() => undefined);
          for (let piece = await next(); piece?.value; piece = await next())
            out.enqueue(piece.value);
          request.signal.addEventListener("abort", () => out.error(request.signal.reason));
        },
      });
      return new Response(stalled, response);
    });
    const turn = clientOf(ada, { fetch: stalling }).send(
      { content: marker },
      { ...quick, silenceMs: 300 },
    );
    const events = await readAll(turn);
    expect(textOf(events)).toBe(await expectOneTurn(turn.chatId, marker));
    expect(idsOf(events)).toEqual(inOrder(events.length));
  });

  it("is not read further once its signal aborts, and ends all the same", async () => {
    const marker = await script({ kind: "answer", tokens: words(3), holdAfter: 1 });
    const abort = new AbortController();
    const turn = clientOf(ada).send({ content: marker }, { signal: abort.signal });
    const reading = readAll(turn, ({ type }) => {
      if (type === "content_delta") abort.abort(new Error("enough"));
    });
    await expect(reading).rejects.toThrow("enough");
    await release(marker);
    const stored = await until(async () => {
      const { body } = await ada.get(`/chats/${turn.chatId}/messages`);
      return body[1].status === "complete" && body[1].content;
    });
    expect(stored).toBe(words(3).join(""));
  });

  it("stops for every subscriber, also in a new chat", async () => {
    const marker = await script({ kind: "answer", tokens: words(3), holdAfter: 1 });
    const turn = clientOf(ada).send({ content: marker });
    const stopping = turn.stop();
    const events = await readAll(turn);
    await stopping;
    const complete = events.find(({ type }) => type === "ai_message_complete");
    expect(complete).toMatchObject({ message: { status: "stopped" } });
    await release(marker);
  });

  it("is read by two at once, from its start and from the middle", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const marker = await script({ kind: "answer", tokens: words(20), tokenDelayMs: 5 });
    const client = clientOf(ada);
    const turn = client.send({ content: marker, chat_id: chatId });
    const readers: Promise<TurnEvent[]>[] = [];
    const events = await readAll(turn, ({ id }) => {
      if (id === 3) {
        readers.push(readAll(client.follow(chatId)), readAll(client.follow(chatId, { after: 2 })));
      }
    });
    const [whole = [], rest = []] = await Promise.all(readers);
    expect(textOf(whole)).toBe(textOf(events));
    expect(idsOf(rest)[0]).toBe(3);
    expect(rest.at(-1)).toEqual(events.at(-1));
    expect(await readAll(client.follow(chatId))).toEqual([]);
  });

  it("goes on with new tokens where the old ones have expired in the middle", async () => {
    const marker = await script({ kind: "answer", tokens: words(10), tokenDelayMs: 5 });
    const { user, password } = ada;
    const { body } = await ada.post("/auth/login", { email: user.email, password });
    const phone = { ...ada, accessToken: body.access_token, refreshToken: body.refresh_token };
    const { fetch: expiring, seen } = watching(async (request, count) => {
      if (count === 1) return cutAfterEvents(3, await fetch(request));
      if (count === 2) request.headers.set("authorization", "Bearer expired");
      return fetch(request);
    });
    let kept: Tokens | undefined;
    const client = clientOf(phone, {
      fetch: expiring,
      onTokens: (tokens) => (kept = tokens),
    });
    const turn = client.send({ content: marker }, quick);
    const events = await readAll(turn);
    expect(textOf(events)).toBe(await expectOneTurn(turn.chatId, marker));
    expect(seen.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1);
    expect(kept?.refreshToken).not.toBe(phone.refreshToken);
  });

  it("is refused as the API says why", async () => {
    const turn = clientOf(ada).send({ content: "?", model: "no-such-model" });
    await expect(readAll(turn)).rejects.toMatchObject({ code: "unknown_model", status: 422 });
    await expect(turn.stop()).rejects.toThrow("not read");
  });
});

describe("a turn whose Worker is killed in the middle", () => {
  let server: FastWorker;
  beforeAll(async () => {
    const TURN_LIMITS = JSON.stringify({ flush_ms: 50, watchdog_ms: 1_000 });
    server = await startFastWorker({ TURN_LIMITS });
  });
  afterAll(() => server.close());

  it("ends with the stored text, after its client has come back by itself", async () => {
    const marker = await script({
      kind: "answer",
      tokens: words(40),
      tokenDelayMs: 20,
      holdAfter: 30,
    });
    const client = clientOf(ada, { baseUrl: server.url });
    const turn = client.send({ content: marker }, { delayMs: 20, tries: 100 });
    let crashed: Promise<void> | undefined;
    const events = await readAll(turn, ({ id }) => {
      if (id === 8) crashed ??= server.crash();
    });
    await crashed;
    const complete = events.find(({ type }) => type === "ai_message_complete");
    expect(complete).toMatchObject({ message: { status: "interrupted" } });
    const ids = idsOf(events).map(Number);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    const { body } = await ada.get(`/chats/${turn.chatId}/messages`);
    expect(textOf(events)).toBe(body.at(-1).content);
    expect(body).toHaveLength(2);
  });
});
