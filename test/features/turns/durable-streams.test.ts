import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import {
  catchUp,
  cutAfter,
  FIRST,
  followChat,
  has,
  type LoggedEvent,
  offsetAfter,
  once,
  read,
  talked,
  turnIn,
  words,
} from "../../support/durable-stream.ts";
import { callsContaining } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("catching up", () => {
  it("gives the events of all turns once and in order, over as many pages as they take", async () => {
    const { chatId, events } = await talked(ada, [3]);
    const tokens = Array.from({ length: 100 }, (_, index) => `${index}:`.padEnd(3_000, "é"));
    events.push(...(await turnIn(ada, chatId, await script({ ...once, tokens }))));
    events.push(...(await turnIn(ada, chatId, "And?")));
    expect(await catchUp(ada, chatId)).toEqual(events);
    const first = await read(ada, chatId);
    expect(first.headers.get("stream-up-to-date")).toBeNull();
    expect(first.body.length).toBeLessThan(events.length);
    const middle = first.headers.get("stream-next-offset") ?? "";
    expect(await catchUp(ada, chatId, { offset: middle })).toEqual(events.slice(first.body.length));
  });

  it("gives an empty array and the same offset where nothing follows", async () => {
    const { chatId, events } = await talked(ada, [2]);
    const end = offsetAfter(events.at(-1));
    for (const offset of [end, "now"]) {
      const { status, body, headers } = await read(ada, chatId, `?offset=${offset}`);
      expect({ status, body }).toEqual({ status: 200, body: [] });
      expect(headers.get("stream-next-offset")).toBe(end);
      expect(headers.get("stream-up-to-date")).toBe("true");
      expect(headers.get("stream-closed")).toBeNull();
    }
  });

  it("begins a chat without turns at an offset that its first turn follows", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const { body, headers } = await read(ada, chatId);
    expect([body, headers.get("stream-next-offset")]).toEqual([[], FIRST]);
    const events = await turnIn(ada, chatId, "Hello?");
    expect(await catchUp(ada, chatId, { offset: FIRST })).toEqual(events);
  });

  it("has a tag that changes with what follows, and none at the end of the log", async () => {
    const { chatId } = await talked(ada, [2]);
    const etag = (await read(ada, chatId)).headers.get("etag") ?? "";
    const again = () => read(ada, chatId, "?offset=-1", { "if-none-match": etag });
    expect((await again()).status).toBe(304);
    await turnIn(ada, chatId, "And?");
    expect((await again()).status).toBe(200);
    const now = await read(ada, chatId, "?offset=now");
    expect(now.headers.get("etag")).toBeNull();
    expect(now.headers.get("cache-control")).toBe("private, no-store");
  });

  it("answers HEAD with the end of the log", async () => {
    const { chatId, events } = await talked(ada, [2]);
    const response = await ada.fetch(`/chats/${chatId}/events?live=sse&offset=-1`, {
      method: "HEAD",
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("stream-next-offset")).toBe(offsetAfter(events.at(-1)));
  });

  it("takes one trip to Postgres", async () => {
    const { chatId } = await talked(ada, [2]);
    const before = (await callsContaining(chatId)).length;
    await read(ada, chatId);
    expect((await callsContaining(chatId)).length - before).toBe(1);
  });
});

describe("an offset", () => {
  it.each(["", "0", "1", "-2", "NOW", "00000000000000001", "000000000000000x", "9999999999999999"])(
    "%j that no response gave is refused",
    async (offset) => {
      const { chatId } = await talked(ada, [1]);
      expectProblem(await read(ada, chatId, `?offset=${offset}`), 400, "unknown_offset");
    },
  );

  it("after the last event is refused, with every way to read", async () => {
    const { chatId, events } = await talked(ada, [1]);
    const beyond = String((events.at(-1)?.id ?? 0) + 1).padStart(16, "0");
    for (const live of ["", "&live=sse", "&live=long-poll"]) {
      const response = await read(ada, chatId, `?offset=${beyond}${live}`);
      expectProblem(response, 400, "unknown_offset");
    }
  });

  it("is required to wait, and the way to wait is one of two", async () => {
    const chatId = await newChat(ada);
    for (const live of ["sse", "long-poll"]) {
      expectProblem(await read(ada, chatId, `?live=${live}`), 400, "unknown_offset");
    }
    expectProblem(await read(ada, chatId, "?offset=-1&live=yes"), 422, "validation_failed");
  });
});

describe("following", () => {
  it.each(["sse", "long-poll"] as const)(
    "by %s gives the events of one turn after the other, once and in order",
    async (live) => {
      const chatId = await newChat(ada, { auto_title: false });
      const following = await followChat(ada, chatId, { live });
      const events: LoggedEvent[] = [];
      for (const count of [3, 300, 2]) {
        const marker = await script({ ...once, tokens: words(count), tokenDelayMs: 1 });
        events.push(...(await turnIn(ada, chatId, marker)));
        await has(following, events.at(-1)?.id);
      }
      expect(following.events).toEqual(events);
      await until(async () => following.isUpToDate());
      following.stop();
      await following.ended;
    },
  );

  it.each(["sse", "long-poll"] as const)(
    "by %s from `now` gives only what comes next",
    async (live) => {
      const { chatId } = await talked(ada, [2]);
      const following = await followChat(ada, chatId, { live, offset: "now" });
      const events = await turnIn(ada, chatId, "And?");
      await has(following, events.at(-1)?.id);
      expect(following.events).toEqual(events);
      following.stop();
    },
  );

  it("by two readers in two ways gives both the same", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const both = await Promise.all([
      followChat(ada, chatId, { live: "sse" }),
      followChat(ada, chatId, { live: "long-poll" }),
    ]);
    const marker = await script({ ...once, tokens: words(100), tokenDelayMs: 1 });
    const events = await turnIn(ada, chatId, marker);
    for (const following of both) {
      await has(following, events.at(-1)?.id);
      expect(following.events).toEqual(events);
      following.stop();
    }
  });

  it.each(["sse", "long-poll"] as const)(
    "by %s gives every event once, wherever the connection is cut",
    async (live) => {
      await fc.assert(
        fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 6_000 })), async (sizes) => {
          const chatId = await newChat(ada, { auto_title: false });
          const marker = await script({ ...once, tokens: words(120), tokenDelayMs: 2 });
          const turn = turnIn(ada, chatId, marker);
          let isWhole = false;
          const cutting: typeof fetch = async (...request) => {
            const response = await fetch(...request);
            return isWhole ? response : cutAfter(sizes.next().value ?? 1, response);
          };
          const seen: LoggedEvent[] = [];
          let offset = "-1";
          for (let cuts = 0; seen.at(-1)?.type !== "stream_complete"; cuts++) {
            isWhole = cuts > 30;
            const following = await followChat(ada, chatId, { live, offset, fetch: cutting });
            const ended = following.ended.catch(() => "cut");
            const all = until(async () => following.events.at(-1)?.type === "stream_complete");
            await Promise.race([ended, all]);
            following.stop();
            seen.push(...following.events);
            offset = following.offset();
          }
          expect(seen).toEqual(await turn);
        }),
        { numRuns: 3 },
      );
    },
  );
});
