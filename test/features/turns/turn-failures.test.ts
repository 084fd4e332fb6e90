import { beforeAll, describe, expect, it } from "vitest";
import { ownedMessages } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { injectFault, query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import type { Script } from "../../../local/provider/script.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

function stream(chatId: string, content: string, signal?: AbortSignal): Promise<Response> {
  return ada.fetch(`/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content }),
    ...(signal && { signal }),
  });
}

async function newChat(): Promise<string> {
  return (await ada.post("/chats", { auto_title: false })).body.id;
}

/** A turn whose answer waits until it is released. */
async function heldTurn() {
  const chatId = await newChat();
  const marker = await script({ tokens: ["Wait ", "for it."], holdAfter: 1 });
  const response = await stream(chatId, marker);
  return { chatId, marker, response };
}

const PROVIDER_FAULTS: [string, Script, number, string, string][] = [
  ["refuses with a server error", { errorStatus: 500 }, 502, "ai_unavailable", ""],
  ["refuses the key", { errorStatus: 401 }, 502, "ai_unauthorized", ""],
  ["is overloaded", { errorStatus: 429 }, 503, "ai_overloaded", ""],
  ["disconnects before the first token", { tokens: ["a"], cutAfter: 0 }, 502, "ai_unavailable", ""],
  [
    "disconnects in mid-answer",
    { tokens: ["Some ", "more"], cutAfter: 1 },
    502,
    "ai_unavailable",
    "Some ",
  ],
  [
    "sends what is not JSON",
    { tokens: ["Some ", "more"], malformedAfter: 1 },
    502,
    "ai_unavailable",
    "Some ",
  ],
];

describe("when the provider", () => {
  for (const [what, how, status, code, kept] of PROVIDER_FAULTS) {
    it(`${what}, the subscriber gets the error, the text so far is kept, and the chat continues`, async () => {
      const chatId = await newChat();
      const marker = await script({ ...how, tokenDelayMs: 30, times: 1 });
      const events = await allEvents(await stream(chatId, marker));
      const names = events.map((event) => event.name).filter((name) => name !== "content_delta");
      expect(names.slice(-3)).toEqual(["turn_error", "ai_message_complete", "stream_complete"]);
      const error = events.find((event) => event.name === "turn_error")?.data;
      expect(error).toMatchObject({ type: "error", code });
      expect(JSON.stringify(events)).not.toContain("Upstream detail");
      expect(textOf(events)).toBe(kept);
      const { body } = await ada.get(`/chats/${chatId}/messages`);
      expect(body.at(-1)).toMatchObject({ status: "failed", content: kept });
      expect((await ada.post(`/chats/${chatId}/messages`, { content: "Again?" })).status).toBe(200);
    });

    it(`${what}, a client that waits for JSON gets a problem that names what was stored`, async () => {
      const chatId = await newChat();
      const marker = await script({ ...how, tokenDelayMs: 30, times: 1 });
      const response = await ada.post(`/chats/${chatId}/messages`, { content: marker });
      expectProblem(response, status, code as "ai_unavailable");
      expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
      const stored = (await ada.get(`/chats/${chatId}/messages`)).body;
      expect(response.body).toMatchObject({
        chat_id: chatId,
        user_message_id: stored[0].id,
        message_id: stored[1].id,
      });
      const rows = await query("SELECT service_type FROM ai_usage WHERE message_id = $1", [
        stored[1].id,
      ]);
      expect(rows).toEqual([{ service_type: "answer" }]);
    });
  }
});

describe("one turn at a time", () => {
  it("refuses a second while one runs, and names it", async () => {
    const { chatId, marker, response } = await heldTurn();
    const second = await ada.post(`/chats/${chatId}/messages`, { content: "Me too" });
    expectProblem(second, 409, "turn_in_progress");
    await release(marker);
    const start = (await allEvents(response)).find((event) => event.name === "ai_message_start");
    expect(second.body.message_id).toBe(start?.data.message_id);
  });

  it("holds for twenty concurrent sends: one is accepted, the others are told so", async () => {
    const chatId = await newChat();
    const marker = await script({ tokens: ["One."], holdAfter: 0 });
    const sends = Array.from({ length: 20 }, () =>
      ada.post(`/chats/${chatId}/messages`, { content: marker }),
    );
    await until(async () => (await requestsContaining(marker)).length > 0);
    const refusals = countRefusals(sends);
    await until(async () => refusals.count === 19);
    await release(marker);
    const statuses = (await Promise.all(sends))
      .map((response) => response.status)
      .toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    const { body } = await ada.get(`/chats/${chatId}`);
    expect(body).toMatchObject({ message_count: 2, current_message_id: body.messages[1].id });
    expect(await requestsContaining(marker)).toHaveLength(1);
  });

  it("lets other chats of the same user run beside it", async () => {
    const one = await heldTurn();
    const two = await heldTurn();
    await Promise.all([release(one.marker), release(two.marker)]);
    for (const { response } of [one, two])
      expect(textOf(await allEvents(response))).toBe("Wait for it.");
  });
});

function countRefusals(sends: Promise<{ status: number }>[]): { count: number } {
  const refusals = { count: 0 };
  for (const sent of sends)
    void sent.then(({ status }) => (refusals.count += status === 409 ? 1 : 0));
  return refusals;
}

describe("another user", () => {
  it("can neither send nor read in a chat, running or not, and learns nothing of it", async () => {
    const { chatId, marker, response } = await heldTurn();
    const unknown = crypto.randomUUID();
    for (const id of [chatId, unknown]) {
      expectProblem(await eve.post(`/chats/${id}/messages`, { content: "Hi" }), 404, "not_found");
      expectProblem(
        await eve.post(`/chats/${id}/messages/stream`, { content: "Hi" }),
        404,
        "not_found",
      );
      expectProblem(await eve.post("/chat", { chat_id: id, content: "Hi" }), 404, "not_found");
      expectProblem(await eve.get(`/chats/${id}/stream`), 404, "not_found");
      expectProblem(await eve.get(`/chats/${id}/stream?after=1`), 404, "not_found");
    }
    await release(marker);
    expect(textOf(await allEvents(response))).toBe("Wait for it.");
  });
});

describe("a running turn", () => {
  it("can be read from its start on another device, while it runs", async () => {
    const { chatId, marker, response } = await heldTurn();
    const other = await ada.fetch(`/chats/${chatId}/stream`);
    const head = await ada.fetch(`/chats/${chatId}/stream`, { method: "HEAD" });
    for (const { status, headers } of [other, head]) {
      const type = headers.get("content-type");
      expect([status, type]).toEqual([200, "text/event-stream; charset=utf-8"]);
    }
    await release(marker);
    const [first, second] = await Promise.all([allEvents(response), allEvents(other)]);
    expect(second).toEqual(first);
  });

  it("can be resumed from any event, also after it has ended", async () => {
    const { chatId, marker, response } = await heldTurn();
    await release(marker);
    const events = await allEvents(response);
    for (const [index, { id }] of events.entries()) {
      const headers = { "last-event-id": String(id) };
      const rest = await ada.fetch(`/chats/${chatId}/stream?after=1`, { headers });
      const last = index === events.length - 1;
      expect(rest.status).toBe(last ? 204 : 200);
      expect(await allEvents(rest)).toEqual(events.slice(index + 1));
    }
  });

  it("cannot be read where none runs, and an id that the chat never had is refused", async () => {
    const chatId = await newChat();
    expect((await ada.get(`/chats/${chatId}/stream`)).status).toBe(204);
    for (const id of ["1", "0", "-1", "x", "99999999999999999999"]) {
      const response = await ada.get(`/chats/${chatId}/stream?after=${id}`);
      expectProblem(response, 400, "unknown_event_id");
    }
  });

  it("ends with its chat: subscribers are closed, nothing comes back, and its cost is recorded", async () => {
    const { chatId, marker } = await heldTurn();
    const other = await ada.fetch(`/chats/${chatId}/stream`);
    expect((await ada.delete(`/chats/${chatId}`)).status).toBe(200);
    const seen = await allEvents(other);
    expect(seen.slice(-2).map(({ name, data }) => data.code ?? name)).toEqual([
      "chat_deleted",
      "stream_complete",
    ]);
    await release(marker);
    const spent = "SELECT id FROM ai_usage WHERE user_id = $1 AND chat_id IS NULL";
    await until(async () => (await query(spent, [ada.user.id])).length > 0);
    expectProblem(await ada.get(`/chats/${chatId}`), 404, "not_found");
    expect(await ownedMessages(chatId)).toEqual([]);
  });
});

describe("when Postgres", () => {
  it("cannot be reached, a turn is refused before it begins, and in time", async () => {
    const chatId = await newChat();
    const restore = await injectFault({ contains: chatId, times: 50, kind: "status", status: 500 });
    const response = await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" });
    expectProblem(response, 503, "database_unavailable");
    expect(JSON.stringify(response.body)).not.toContain("secret");
    await restore();
    expect((await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" })).status).toBe(200);
  });

  it.each([
    ["lost", "cut_after_commit"],
    ["garbled", "garble_after_commit"],
  ] as const)(
    "committed the beginning but its response was %s, the turn runs once all the same",
    async (_, kind) => {
      const chatId = await newChat();
      await injectFault({ contains: chatId, times: 1, kind });
      const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" });
      expect(status).toBe(200);
      const chat = (await ada.get(`/chats/${chatId}`)).body;
      expect(chat).toMatchObject({ message_count: 2, current_message_id: body.ai_response.id });
    },
  );

  it("committed the beginning and both responses were lost, the chat accepts a message again at once", async () => {
    const chatId = await newChat();
    await injectFault({ contains: chatId, times: 2, kind: "cut_after_commit" });
    const lost = await ada.post(`/chats/${chatId}/messages`, { content: "Did this arrive?" });
    expectProblem(lost, 503, "database_unavailable");
    const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content: "And this?" });
    expect(status).toBe(200);
    const { body: path } = await ada.get(`/chats/${chatId}/messages`);
    const [, unknown, , answered] = path;
    expect([path.length, unknown.status, answered.id]).toEqual([
      4,
      "interrupted",
      body.ai_response.id,
    ]);
    expect(await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId])).toHaveLength(1);
  });

  it("refuses the end for a moment, the answer is saved all the same, and billed once", async () => {
    const { chatId, marker, response } = await heldTurn();
    await injectFault({ contains: chatId, times: 3, kind: "status", status: 500 });
    await release(marker);
    const events = await allEvents(response);
    expect(events.map((event) => event.name)).not.toContain("turn_error");
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    expect(body.at(-1)).toMatchObject({ status: "complete", content: "Wait for it." });
    expect(await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId])).toHaveLength(1);
  });
});
