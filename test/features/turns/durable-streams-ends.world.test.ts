import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp, workerUrl } from "../../support/client.ts";
import {
  FIRST,
  followChat,
  type Following,
  has,
  type LoggedEvent,
  offsetAfter,
  once,
  read,
  talked,
  turnIn,
  words,
} from "../../support/durable-stream.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { release, script } from "../../support/provider.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("time limits of the configuration", () => {
  let quick: FastWorker;
  beforeAll(async () => {
    const TURN_LIMITS = JSON.stringify({ follow_ms: 300, long_poll_ms: 300, log_kept_ms: 700 });
    quick = await startFastWorker({ TURN_LIMITS });
  });
  afterAll(() => quick.close());

  const call = (path: string, init: RequestInit = {}) =>
    fetch(quick.url + path, {
      ...init,
      headers: {
        authorization: `Bearer ${ada.accessToken}`,
        "content-type": "application/json",
      },
    });

  it("end a stream of events between two of them, and its client goes on", async () => {
    const { chatId } = await talked(ada, []);
    const response = await call(`/chats/${chatId}/events?offset=-1&live=sse`);
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(text).toMatch(/^: open\n\nevent: control\ndata: \{.*\}\n\n$/);
    const control = JSON.parse(/data: (.*)\n/.exec(text)?.[1] ?? "");
    expect(control).toMatchObject({ streamNextOffset: FIRST, upToDate: true });
    expect(control.streamCursor).toMatch(/^\d+$/);
    expect(control).not.toHaveProperty("streamClosed");
    let requests = 0;
    const counting: typeof fetch = (...request) => {
      requests++;
      return fetch(...request);
    };
    const following = await followChat(ada, chatId, { baseUrl: quick.url, fetch: counting });
    await until(async () => requests >= 4);
    const body = JSON.stringify({ content: "Hello?" });
    const turn = await call(`/chats/${chatId}/messages/stream`, { method: "POST", body });
    const events = await allEvents(turn);
    await has(following, events.at(-1)?.id);
    expect(following.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    following.stop();
  });

  it("end a waiting request with a cursor that never repeats", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const cursors: number[] = [0];
    for (let round = 0; round < 3; round++) {
      const path = `/chats/${chatId}/events?offset=${FIRST}&live=long-poll&cursor=${cursors.at(-1)}`;
      const response = await call(path);
      expect([response.status, await response.text()]).toEqual([204, ""]);
      expect(response.headers.get("stream-next-offset")).toBe(FIRST);
      expect(response.headers.get("stream-up-to-date")).toBe("true");
      cursors.push(Number(response.headers.get("stream-cursor")));
    }
    expect(cursors).toEqual([...new Set(cursors)].toSorted((a, b) => a - b));
  });

  it("of the log give 410 to whoever has missed events, and offsets never go back", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const turn = async () => {
      const body = JSON.stringify({ content: "Hello?" });
      const init = { method: "POST", body };
      const events = await allEvents(await call(`/chats/${chatId}/messages/stream`, init));
      return events.map(({ id }) => id);
    };
    const first = await turn();
    const [middle = "", end = ""] = [first[1], first.at(-1)].map((id) =>
      String(id).padStart(16, "0"),
    );
    const gone = await until(async () => {
      const response = await call(`/chats/${chatId}/events?offset=${middle}`);
      return response.status !== 200 && response;
    });
    expect([gone.status, (await gone.json()).code]).toEqual([410, "log_pruned"]);
    for (const live of ["sse", "long-poll"]) {
      const response = await call(`/chats/${chatId}/events?offset=${middle}&live=${live}`);
      expect(response.status).toBe(410);
    }
    // Who had all of it has missed nothing.
    for (const offset of [end, "-1", "now"]) {
      const response = await call(`/chats/${chatId}/events?offset=${offset}`);
      expect([response.status, await response.json()]).toEqual([200, []]);
      expect(response.headers.get("stream-next-offset")).toBe(end);
    }
    const second = await turn();
    expect(Math.min(...second)).toBeGreaterThan(Math.max(...first));
    const rest = await call(`/chats/${chatId}/events?offset=${end}`);
    expect((await rest.json()).map(({ id }: LoggedEvent) => id)).toEqual(second);
  });
});

/**
 * Deletes a chat while a reader waits for its events. Between two of its requests a reader finds only that the chat is
 * gone: then it tries again with another chat.
 */
async function deleteWhileFollowed<T extends { chatId: string }>(
  make: () => Promise<T>,
  follow: (made: T) => Promise<Following>,
): Promise<{ made: T; following: Following }> {
  const made = await make();
  const following = await follow(made);
  await until(async () => following.isUpToDate());
  await ada.delete(`/chats/${made.chatId}`);
  const status = await following.ended.then(
    () => 200,
    (error: { status?: number }) => error.status,
  );
  if (status === 404) return deleteWhileFollowed(make, follow);
  expect([status, following.isClosed()]).toEqual([200, true]);
  return { made, following };
}

describe("a deleted chat", () => {
  it.each(["sse", "long-poll"] as const)("closes what follows it by %s", async (live) => {
    const { made, following } = await deleteWhileFollowed(
      () => talked(ada, [2]),
      async ({ chatId, events }) => {
        const reader = await followChat(ada, chatId, { live });
        await has(reader, events.at(-1)?.id);
        return reader;
      },
    );
    const { chatId, events } = made;
    expect(following.events).toEqual(events);
    expectProblem(await read(ada, chatId), 404, "not_found");
  });

  it.each(["sse", "long-poll"] as const)(
    "in mid-answer ends what follows it by %s with the events that say so",
    async (live) => {
      const { made, following } = await deleteWhileFollowed(
        () => runningTurn(ada),
        async ({ chatId }) => {
          const reader = await followChat(ada, chatId, { live });
          await until(async () => reader.events.some(({ type }) => type === "content_delta"));
          return reader;
        },
      );
      expect(following.events.slice(-2)).toMatchObject([
        { type: "error", code: "chat_deleted" },
        { type: "stream_complete" },
      ]);
      const ids = following.events.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      await made.finish();
    },
  );
});

describe("somebody else's chat", () => {
  it("is not found, with every way to read", async () => {
    const { chatId } = await talked(ada, [1]);
    const eve = await signUp();
    for (const query of ["", "?offset=-1&live=sse", "?offset=-1&live=long-poll", "?offset=x"]) {
      expectProblem(await read(eve, chatId, query), 404, "not_found");
    }
    await expect(followChat(eve, chatId)).rejects.toMatchObject({ status: 404 });
  });
});

describe("the end of a session", () => {
  it("ends what follows a chat in it, and the next request is refused", async () => {
    const owner = await signUp();
    const chatId = await newChat(owner, { auto_title: false });
    const marker = await script({ ...once, tokens: ["One"], holdAfter: 1 });
    const stream = await owner.fetch(`/chats/${chatId}/events?offset=-1&live=sse`);
    const poll = owner.fetch(`/chats/${chatId}/events?offset=-1&live=long-poll`);
    // The request waits in the room once one of its events arrives elsewhere.
    const turn = turnIn(owner, chatId, marker);
    expect((await poll).status).toBe(200);
    const { headers } = await read(owner, chatId, "?offset=now");
    const path = `/chats/${chatId}/events?offset=${headers.get("stream-next-offset")}&live=long-poll`;
    const waiting = owner.fetch(path);
    await owner.post("/auth/logout");
    expect(await stream.text()).not.toContain("streamClosed");
    expect([200, 204, 401]).toContain((await waiting).status);
    await release(marker);
    await turn;
  });
});

describe("the streams and waiting requests of a chat", () => {
  it("are 64 at most, of all kinds together", async () => {
    const { chatId, events } = await talked(ada, [1]);
    const end = offsetAfter(events.at(-1));
    const cut = new AbortController();
    const streams = await Promise.all(
      Array.from({ length: 63 }, () =>
        ada.fetch(`/chats/${chatId}/events?offset=now&live=sse`, { signal: cut.signal }),
      ),
    );
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    const last = ada.fetch(`/chats/${chatId}/events?offset=${end}&live=long-poll`);
    const refused = await until(async () => {
      const response = await ada.fetch(`/chats/${chatId}/events?offset=now&live=sse`);
      await response.body?.cancel();
      return response.status === 429 && response;
    });
    expect(refused.headers.get("retry-after")).toBe("10");
    await turnIn(ada, chatId, "Hello?");
    expect((await last).status).toBe(200);
    cut.abort();
  });
});

describe("a crash of the Worker", () => {
  let server: FastWorker;
  beforeAll(async () => {
    const TURN_LIMITS = JSON.stringify({ flush_ms: 50, watchdog_ms: 1_000 });
    server = await startFastWorker({ TURN_LIMITS });
  });
  afterAll(() => server.close());

  it.each(["sse", "long-poll"] as const)(
    "leaves a reader by %s with every event once, above a gap, and the stored answer",
    async (live) => {
      const chatId = await newChat(ada, { auto_title: false });
      const tokens = words(40);
      const marker = await script({ tokens, tokenDelayMs: 20, holdAfter: 30, times: 1 });
      const options = { baseUrl: server.url, live };
      const before = await followChat(ada, chatId, options);
      const ended = before.ended.catch(() => "cut");
      const headers = {
        authorization: `Bearer ${ada.accessToken}`,
        "content-type": "application/json",
      };
      const body = JSON.stringify({ content: marker });
      const url = `${server.url}/chats/${chatId}/messages/stream`;
      const response = await fetch(url, { method: "POST", headers, body });
      await until(async () => before.events.length >= 12);
      await server.crash();
      await response.text().catch(() => "cut");
      // Its client tries again by itself where a request fails, and ends where a response is cut.
      const after = await Promise.race([
        ended.then(() => followChat(ada, chatId, { ...options, offset: before.offset() })),
        until(async () => before.events.at(-1)?.type === "stream_complete").then(() => before),
      ]);
      await until(async () => after.events.at(-1)?.type === "stream_complete");
      after.stop();
      const seen = after === before ? before.events : [...before.events, ...after.events];
      const ids = seen.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      const stored = (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
      const complete = seen.find(({ type }) => type === "ai_message_complete");
      expect(complete?.message).toMatchObject({ status: "interrupted", content: stored.content });
    },
  );
});

it("A page's requests from elsewhere may read the headers of the stream", async () => {
  const { chatId } = await talked(ada, []);
  const origin = new URL(workerUrl).origin;
  const response = await ada.fetch(`/chats/${chatId}/events`, { headers: { origin } });
  const exposed = response.headers.get("access-control-expose-headers") ?? "";
  for (const name of ["Next-Offset", "Cursor", "Up-To-Date", "Closed"]) {
    expect(exposed).toContain(`Stream-${name}`);
  }
});
