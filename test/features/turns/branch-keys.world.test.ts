import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askedChat, type Asked, edit, regenerate, stream } from "../../support/branches.ts";
import { type ApiResponse, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { isReplayed, newKey, withKey } from "../../support/keys.ts";
import { callsContaining } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let forgetful: FastWorker;
beforeAll(async () => {
  forgetful = await startFastWorker({ TURN_LIMITS: JSON.stringify({ log_kept_ms: 1 }) });
  ada = await signUp();
});
afterAll(() => forgetful.close());

type Way = {
  name: string;
  method: "POST" | "PATCH";
  pathOf(asked: Asked): string;
  bodyOf(asked: Asked): object;
  /** Another body, of a different request. */
  other: object;
  /** Messages that it adds. */
  made: number;
};

const ways: Way[] = [
  {
    name: "regenerating",
    method: "POST",
    pathOf: ({ answer }) => `/messages/${answer.id}/regenerate`,
    bodyOf: () => ({}),
    other: { model: "gpt-4.1" },
    made: 1,
  },
  {
    name: "editing",
    method: "PATCH",
    pathOf: ({ userMessage }) => `/messages/${userMessage.id}`,
    bodyOf: ({ marker }) => ({ content: `Otherwise? ${marker}` }),
    other: { content: "Something else?" },
    made: 2,
  },
];

function act(way: Way, asked: Asked, body: object, key: string): Promise<ApiResponse> {
  const send = way.method === "POST" ? ada.post : ada.patch;
  return send(way.pathOf(asked), body, withKey(key));
}

const countOf = async (chatId: string) => (await ada.get(`/chats/${chatId}`)).body.message_count;

describe.each(ways)("a key for $name", (way) => {
  it("returns the first answer again, as JSON and as a stream with its ids", async () => {
    const asked = await askedChat(ada);
    const key = newKey();
    const [path, body] = [way.pathOf(asked), way.bodyOf(asked)];
    const received = await allEvents(await stream(ada, way.method, path, body, withKey(key)));
    const again = await stream(ada, way.method, path, body, withKey(key));
    expect(isReplayed(again)).toBe(true);
    expect(await allEvents(again)).toEqual(received);
    const json = await act(way, asked, way.bodyOf(asked), key);
    expect([json.status, isReplayed(json)]).toEqual([200, true]);
    expect(json.body.user_message).toEqual(received[0]?.data.message);
    expect(json.body.ai_response).toEqual(received.at(-2)?.data.message);
    expect(await countOf(asked.chatId)).toBe(2 + way.made);
  });

  it("attaches to the turn while it runs", async () => {
    const asked = await askedChat(ada);
    const key = newKey();
    await script({ tokens: ["One ", "two."], holdAfter: 1 }, asked.marker);
    const [path, body] = [way.pathOf(asked), way.bodyOf(asked)];
    const first = readEvents(await stream(ada, way.method, path, body, withKey(key)));
    await first.next();
    const second = await stream(ada, way.method, path, body, withKey(key));
    const third = act(way, asked, way.bodyOf(asked), key);
    await release(asked.marker);
    expect(isReplayed(second)).toBe(true);
    expect(textOf(await allEvents(second))).toBe("One two.");
    expect((await third).body.ai_response.content).toBe("One two.");
    expect(await requestsContaining(asked.marker)).toHaveLength(2);
    expect(await countOf(asked.chatId)).toBe(2 + way.made);
  });

  it("is valid for this message and this body alone", async () => {
    const [asked, elsewhere] = await Promise.all([askedChat(ada), askedChat(ada)]);
    const key = newKey();
    await act(way, asked, way.bodyOf(asked), key);
    expectProblem(await act(way, asked, way.other, key), 422, "idempotency_key_reused");
    expectProblem(await act(way, elsewhere, way.bodyOf(asked), key), 422, "idempotency_key_reused");
    expect(await countOf(elsewhere.chatId)).toBe(2);
    const other = await act(way, asked, way.bodyOf(asked), newKey());
    expect([other.status, isReplayed(other)]).toEqual([200, false]);
    expectProblem(await act(way, asked, way.bodyOf(asked), "two words"), 400, "malformed_header");
  });

  it("stays free after a refusal, and costs no extra round trip", async () => {
    const asked = await askedChat(ada);
    const key = newKey();
    const held = await script({ tokens: ["One."], holdAfter: 0 });
    const sent = ada.post(`/chats/${asked.chatId}/messages`, { content: held });
    await until(async () => (await requestsContaining(held)).length === 1);
    expectProblem(await act(way, asked, way.bodyOf(asked), key), 409, "turn_in_progress");
    await release(held);
    await sent;
    const before = (await callsContaining(key)).length;
    const then = await act(way, asked, way.bodyOf(asked), key);
    expect([then.status, isReplayed(then)]).toEqual([200, false]);
    expect((await callsContaining(key)).length - before).toBe(1);
  });

  it("returns the answer again after the log was deleted, beside other answers", async () => {
    const asked = await askedChat(ada);
    const key = newKey();
    await script({ tokens: ["One ", "two."] }, asked.marker);
    const first = (await askForgetful(way, asked, key, false)).json();
    const { user_message: userMessage, ai_response: answer } = await first;
    const events = await until(async () => {
      const found = await allEvents(await askForgetful(way, asked, key, true));
      return found.every(({ id }: StreamEvent) => Number.isNaN(id)) && found;
    });
    expect(events.map(({ name }) => name)).toEqual([
      "user_message",
      "ai_message_start",
      "content_delta",
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(events[0]?.data.message).toEqual(userMessage);
    expect(textOf(events)).toBe("One two.");
    expect(events[3]?.data.message).toEqual(answer);
    const newer = (await regenerate(ada, answer.id)).body.ai_response;
    const again = await (await askForgetful(way, asked, key, false)).json();
    const siblings = [...answer.sibling_ids, newer.id];
    expect(again.user_message).toEqual(userMessage);
    expect(again.ai_response).toEqual({
      ...answer,
      sibling_ids: siblings,
      sibling_count: siblings.length,
    });
    expect((await edit(ada, asked.userMessage.id, { content: "And now?" })).status).toBe(200);
  });
});

/** The same call at a Worker that deletes the log of a turn at once. */
function askForgetful(way: Way, asked: Asked, key: string, streams: boolean): Promise<Response> {
  return fetch(forgetful.url + way.pathOf(asked), {
    method: way.method,
    headers: {
      authorization: `Bearer ${ada.accessToken}`,
      "content-type": "application/json",
      ...withKey(key),
    },
    body: JSON.stringify({ ...way.bodyOf(asked), stream: streams }),
  });
}
