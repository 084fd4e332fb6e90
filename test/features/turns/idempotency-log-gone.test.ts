import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { isReplayed, newKey, send } from "../../support/keys.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { allEvents, type StreamEvent, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import type { Script } from "../../../local/provider/script.ts";

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  worker = await startFastWorker({ TURN_LIMITS: JSON.stringify({ log_kept_ms: 1 }) });
  ada = await signUp();
});
afterAll(() => worker.close());

type Turn = { path: string; marker: string; key: string };

const ask = ({ path, marker, key }: Turn, stream: boolean) =>
  send(ada, path, { content: marker, stream }, key, worker.url);

/** A turn that has ended, and its response. */
async function endedTurn(how: Script) {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script(how);
  const turn = { path: `/chats/${chatId}/messages`, marker, key: newKey() };
  const response = await ask(turn, false);
  return { chatId, turn, first: await response.json(), status: response.status };
}

/** The stream of a repetition, after the room has deleted its log. */
function rebuiltStream(turn: Turn): Promise<StreamEvent[]> {
  return until(async () => {
    const events = await allEvents(await ask(turn, true));
    return events.every(({ id }) => Number.isNaN(id)) && events;
  });
}

describe("after the log of a turn is deleted, a repetition", () => {
  it("streams it anew from what is stored, without ids", async () => {
    const { chatId, turn, first } = await endedTurn({ tokens: ["One ", "two ", "three."] });
    const events = await rebuiltStream(turn);
    expect(events.map((event) => event.name)).toEqual([
      "user_message",
      "ai_message_start",
      "content_delta",
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(events[0]?.data.message).toEqual(first.user_message);
    expect(events[1]?.data.message_id).toBe(first.ai_response.id);
    expect(textOf(events)).toBe("One two three.");
    expect(events[3]?.data.message).toEqual(first.ai_response);
    for (const event of events) expect(event.data.type).toBe(event.name);
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(2);
    expect(await requestsContaining(turn.marker)).toHaveLength(1);
  });

  it("splits a long answer into events that fit", async () => {
    const { turn } = await endedTurn({ tokens: ["§".repeat(9_000)] });
    const events = await rebuiltStream(turn);
    for (const event of events) expect(event.bytes).toBeLessThanOrEqual(4_096);
    expect(textOf(events)).toBe("§".repeat(9_000));
    expect(events.at(-2)?.data.message).toMatchObject({ content: null, content_length: 9_000 });
  });

  it("returns the same JSON as before", async () => {
    const { turn, first } = await endedTurn({ tokens: ["One."] });
    await rebuiltStream(turn);
    const again = await ask(turn, false);
    expect([again.status, isReplayed(again)]).toEqual([200, true]);
    expect(await again.json()).toEqual(first);
  });

  it("reports how it failed, and keeps the text", async () => {
    const how = { tokens: ["Some ", "more"], cutAfter: 1, tokenDelayMs: 30, times: 1 };
    const { turn, first, status } = await endedTurn(how);
    expect(status).toBe(502);
    const events = await rebuiltStream(turn);
    expect(events.slice(-3).map((event) => event.name)).toEqual([
      "turn_error",
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(events.at(-3)?.data).toMatchObject({ type: "error", code: "ai_unavailable" });
    expect(events.at(-2)?.data.message).toMatchObject({ status: "failed", content: "Some " });
    const again = await ask(turn, false);
    const { request_id: _first, ...received } = first;
    const { request_id: _again, ...repeated } = await again.json();
    expect([again.status, isReplayed(again)]).toEqual([502, true]);
    expect(repeated).toEqual(received);
  });

  it("reports an overload as an overload", async () => {
    const { turn, status } = await endedTurn({ errorStatus: 429, times: 1 });
    await rebuiltStream(turn);
    const again = await ask(turn, false);
    expect([status, again.status]).toEqual([503, 503]);
    expect((await again.json()).code).toBe("ai_overloaded");
  });

  it("is gone with its chat", async () => {
    const { chatId, turn } = await endedTurn({ tokens: ["One."] });
    await ada.delete(`/chats/${chatId}`);
    for (const stream of [true, false]) {
      const again = await ask(turn, stream);
      expect(again.status).toBe(404);
      expect((await again.json()).code).toBe("not_found");
    }
  });
});
