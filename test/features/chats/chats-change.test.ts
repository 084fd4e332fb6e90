import { beforeAll, describe, expect, it } from "vitest";
import { type ApiResponse, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, grow, newChat, runningTurn, say } from "../../support/chats.ts";
import { callsContaining, countCalls, injectFault } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const etagOf = (response: ApiResponse) => response.headers.get("etag") ?? "";

async function pathOf(chatId: string): Promise<string[]> {
  const { body } = await ada.get(`/chats/${chatId}/messages`);
  return body.map((message: { id: string }) => message.id);
}

describe("renaming a chat", () => {
  it("stores the title, stops automatic naming, and counts as activity", async () => {
    for (const method of ["put", "patch"] as const) {
      const { body: chat } = await ada.post("/chats", {});
      const renamed = await ada[method](`/chats/${chat.id}`, { title: "Kündigung 📄" });
      expect(renamed.status).toBe(200);
      expect(renamed.body).toMatchObject({ title: "Kündigung 📄", auto_title: false });
      expect(renamed.body.updated_at > chat.updated_at).toBe(true);
      expect(etagOf(renamed)).toBe('"2"');
      const {
        messages: _messages,
        previous_cursor: _cursor,
        ...read
      } = (await ada.get(`/chats/${chat.id}`)).body;
      expect(read).toEqual(renamed.body);
    }
  });

  it("changes nothing when it is repeated", async () => {
    const id = await newChat(ada);
    const first = await ada.put(`/chats/${id}`, { title: "Lease" });
    const second = await ada.put(`/chats/${id}`, { title: "Lease" });
    expect(second.body).toEqual(first.body);
    expect(etagOf(second)).toBe(etagOf(first));
  });

  it.each([
    ["put", {}, "/title"],
    ["put", { title: null }, "/title"],
    ["put", { title: "a", pinned: true }, "/pinned"],
    ["patch", { title: " " }, "/title"],
    ["patch", { title: "x".repeat(201) }, "/title"],
    ["patch", { pinned: "true" }, "/pinned"],
    ["patch", { archived: 1 }, "/archived"],
    ["patch", { auto_title: true }, "/auto_title"],
    ["patch", { version: 9 }, "/version"],
    ["patch", { current_message_id: "newest" }, "/current_message_id"],
  ] as const)("is refused: %s %j", async (method, body, pointer) => {
    const id = await newChat(ada);
    const response = await ada[method](`/chats/${id}`, body);
    expectProblem(response, 422, "validation_failed", pointer);
  });
});

describe("changing a chat", () => {
  it("pins and archives without counting as activity", async () => {
    const { body: chat } = await ada.post("/chats", {});
    const changed = await ada.patch(`/chats/${chat.id}`, { pinned: true, archived: true });
    expect(changed.body).toEqual({ ...chat, pinned: true, archived: true });
    expect(etagOf(changed)).toBe('"2"');
    const back = await ada.patch(`/chats/${chat.id}`, { pinned: false });
    expect(back.body).toEqual({ ...chat, archived: true });
  });

  it("leaves absent and null fields alone, and accepts an empty change", async () => {
    const { body: chat } = await ada.post("/chats", { title: "Kept" });
    for (const body of [{}, { title: null, pinned: null, current_message_id: null }]) {
      const response = await ada.patch(`/chats/${chat.id}`, body);
      expect(response.body).toEqual(chat);
      expect(etagOf(response)).toBe('"1"');
    }
  });

  it("sees the version grow with every message", async () => {
    const id = await newChat(ada);
    await say(ada, id, "One");
    await say(ada, id, "Two");
    expect(etagOf(await ada.get(`/chats/${id}`))).toBe('"3"');
  });

  it("takes one round trip", async () => {
    const { id, path } = await chatOf(ada, 3);
    for (const body of [{ title: "One trip" }, { pinned: true, current_message_id: path[0] }]) {
      expect(await countCalls(ada.user.id, () => ada.patch(`/chats/${id}`, body))).toBe(1);
    }
  });
});

describe("a conditional change", () => {
  it("is made when If-Match has the current version, or *", async () => {
    const id = await newChat(ada);
    for (const tags of ['"1"', '"9", "2"', "*"]) {
      const title = `for ${tags}`;
      const response = await ada.patch(`/chats/${id}`, { title }, { "if-match": tags });
      expect(response.body.title).toBe(title);
    }
  });

  it("is refused when the version has changed, whatever the change", async () => {
    const id = await newChat(ada);
    await say(ada, id, "Meanwhile");
    for (const tags of ['"1"', 'W/"2"', '"something"', '"99999999999"']) {
      for (const body of [{ title: "Late" }, { pinned: true }, {}]) {
        const response = await ada.patch(`/chats/${id}`, body, { "if-match": tags });
        expectProblem(response, 412, "precondition_failed");
      }
    }
    const late = await ada.put(`/chats/${id}`, { title: "Late" }, { "if-match": '"1"' });
    expectProblem(late, 412, "precondition_failed");
    expect((await ada.get(`/chats/${id}`)).body).toMatchObject({
      title: "New Chat",
      pinned: false,
    });
  });

  it("is refused when its header is malformed", async () => {
    const id = await newChat(ada);
    const response = await ada.put(`/chats/${id}`, { title: "x" }, { "if-match": "1" });
    expectProblem(response, 400, "malformed_header");
  });

  it("succeeds for exactly one of twenty, and overwrites nobody's change", async () => {
    const id = await newChat(ada);
    const attempts = Array.from({ length: 20 }, (_, index) =>
      ada.patch(`/chats/${id}`, { title: `winner ${index}` }, { "if-match": '"1"' }),
    );
    const responses = await Promise.all(attempts);
    const won = responses.filter((response) => response.status === 200);
    expect(won).toHaveLength(1);
    for (const response of responses) {
      if (response.status !== 200) expectProblem(response, 412, "precondition_failed");
    }
    expect((await ada.get(`/chats/${id}`)).body.title).toBe(won[0]?.body.title);
  });

  it("is answered as made when only the response of Postgres was lost", async () => {
    const eve = await signUp();
    const id = await newChat(eve);
    await injectFault({ contains: "said once", times: 1, kind: "cut_after_commit" });
    const response = await eve.put(`/chats/${id}`, { title: "said once" }, { "if-match": '"1"' });
    expect(response.status).toBe(200);
    expect(etagOf(response)).toBe('"2"');
  });
});

describe("a change whose first attempt was lost", () => {
  /** The first attempt does not reach Postgres; `meanwhile` runs before the second. */
  async function lose(
    contains: string,
    change: () => Promise<ApiResponse>,
    meanwhile: () => unknown,
  ) {
    await injectFault({ contains, times: 1, kind: "refuse" });
    await injectFault({ contains, times: 1, kind: "delay", delayMs: 700 });
    const changing = change();
    await until(async () => (await callsContaining(contains)).length >= 2);
    await meanwhile();
    return changing;
  }

  it("is refused when another device changed the version, even if all but the branch is as requested", async () => {
    const { id, path } = await chatOf(ada, 2);
    const [other = ""] = await grow(id, null, ["another beginning"]);
    const version = etagOf(await ada.get(`/chats/${id}`));
    const response = await lose(
      other,
      () => ada.patch(`/chats/${id}`, { current_message_id: other }, { "if-match": version }),
      () => ada.patch(`/chats/${id}`, { pinned: true }),
    );
    expectProblem(response, 412, "precondition_failed");
    expect((await ada.get(`/chats/${id}`)).body.current_message_id).toBe(path[1]);
  });

  it("is answered as made, at the leaf that the named message leads to", async () => {
    const { id, path } = await chatOf(ada, 3);
    const [other = ""] = await grow(id, path[0] ?? null, ["another branch"]);
    await ada.patch(`/chats/${id}`, { current_message_id: other });
    const before = await ada.get(`/chats/${id}`);
    await injectFault({ contains: path[1] ?? "", times: 1, kind: "cut_after_commit" });
    const body = { current_message_id: path[1], pinned: true };
    const response = await ada.patch(`/chats/${id}`, body, { "if-match": etagOf(before) });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ current_message_id: path[2], pinned: true });
  });
});

describe("switching to another branch", () => {
  /**
   * 1 ─ 2 ─ 3
   *   └ 4 ┬ 5        (5 is newer than 6, 7 newest of all)
   *       └ 6 ─ 7
   */
  async function tree() {
    const { id, path } = await chatOf(ada, 3);
    const [root = "", second = "", third = ""] = path;
    const at = Date.now() + 1_000;
    const [fourth = ""] = await grow(id, root, ["4"], at);
    const [sixth = ""] = await grow(id, fourth, ["6"], at + 10);
    const [fifth = ""] = await grow(id, fourth, ["5"], at + 20);
    const [seventh = ""] = await grow(id, sixth, ["7"], at + 30);
    return { id, root, second, third, fourth, fifth, sixth, seventh };
  }

  const goTo = (id: string, messageId: string) =>
    ada.patch(`/chats/${id}`, { current_message_id: messageId });

  it("goes from the named message to its newest leaf", async () => {
    const { id, root, second, third, fourth, fifth, sixth, seventh } = await tree();
    expect((await goTo(id, fourth)).body.current_message_id).toBe(seventh);
    expect(await pathOf(id)).toEqual([root, fourth, sixth, seventh]);
    expect((await goTo(id, fifth)).body.current_message_id).toBe(fifth);
    expect(await pathOf(id)).toEqual([root, fourth, fifth]);
    expect((await goTo(id, second)).body.current_message_id).toBe(third);
    expect(await pathOf(id)).toEqual([root, second, third]);
    expect((await goTo(id, root)).body.current_message_id).toBe(seventh);
  });

  it("raises the version, and does not count as activity", async () => {
    const { id, fourth } = await tree();
    const before = await ada.get(`/chats/${id}`);
    const after = await goTo(id, fourth);
    expect(etagOf(after)).not.toBe(etagOf(before));
    expect(after.body.updated_at).toBe(before.body.updated_at);
  });

  it("decides where the next message is attached, beside its siblings", async () => {
    const { id, third, fifth } = await tree();
    await goTo(id, fifth);
    const reply = await say(ada, id, "below 5");
    const { body } = await ada.get(`/chats/${id}/messages`);
    expect(body.at(-1)).toMatchObject({ id: reply, parent_id: fifth, sibling_count: 1 });
    expect(body[2]).toMatchObject({ id: fifth, sibling_count: 2 });
    expect(body[2].sibling_ids[1]).toBe(fifth);
    await goTo(id, third);
    expect((await ada.get(`/chats/${id}`)).body).toMatchObject({ current_message_id: third });
  });

  it("is refused for a message of another chat", async () => {
    const { id, path } = await chatOf(ada, 2);
    const eve = await signUp();
    const foreign = await say(eve, await newChat(eve), "Hers");
    const other = await chatOf(ada, 1);
    for (const unknown of [foreign, other.path[0] ?? "", crypto.randomUUID()]) {
      expectProblem(await goTo(id, unknown), 422, "validation_failed", "/current_message_id");
    }
    expect((await ada.get(`/chats/${id}`)).body.current_message_id).toBe(path[1]);
  });

  it("changes nothing else when it is refused", async () => {
    const { id } = await chatOf(ada, 2);
    const body = { title: "Not this", current_message_id: crypto.randomUUID() };
    expectProblem(await ada.patch(`/chats/${id}`, body), 422, "validation_failed");
    expect((await ada.get(`/chats/${id}`)).body.title).toBe("New Chat");
  });

  it("waits for a running answer; a title change does not", async () => {
    const turn = await runningTurn(ada);
    const refused = await goTo(turn.chatId, turn.userMessageId);
    expectProblem(refused, 409, "turn_in_progress");
    expect(refused.body.message_id).toBe(turn.answerId);
    const renamed = await ada.patch(`/chats/${turn.chatId}`, { title: "Meanwhile", pinned: true });
    expect(renamed.body).toMatchObject({ title: "Meanwhile", pinned: true });
    await turn.finish();
    expect((await turn.rest()).at(-1)).toBe("stream_complete");
    expect((await goTo(turn.chatId, turn.userMessageId)).status).toBe(200);
    expect((await ada.get(`/chats/${turn.chatId}`)).body.title).toBe("Meanwhile");
  });
});
