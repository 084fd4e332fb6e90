import { beforeAll, describe, expect, it } from "vitest";
import { newChat, say } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { countCalls, query } from "../../support/postgres.ts";

let ada: SignedIn;
let eve: SignedIn;
let chatId: string;
let userMessageId: string;
let answerId: string;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
  chatId = await newChat(ada, { auto_title: false });
  const { body } = await ada.post(`/chats/${chatId}/messages`, { content: "Is this valid?" });
  [userMessageId, answerId] = [body.user_message.id, body.ai_response.id];
});

const rate = (of: SignedIn, id: string, body: object) => of.put(`/messages/${id}/feedback`, body);
const stored = (id: string) =>
  query("SELECT rating, comment FROM message_feedback WHERE message_id = $1", [id]);

describe("feedback on an answer", () => {
  it("is stored in one trip, and replaced by a later one", async () => {
    const trips = await countCalls(answerId, async () => {
      const { status, body } = await rate(ada, answerId, { rating: "up" });
      expect(status).toBe(200);
      expect(body).toMatchObject({ message_id: answerId, rating: "up", comment: null });
    });
    expect(trips).toBe(1);
    const { body } = await rate(ada, answerId, {
      rating: "down",
      comment: "§ 551 é𝒳 is repealed.",
    });
    expect(body).toMatchObject({ rating: "down", comment: "§ 551 é𝒳 is repealed." });
    expect(body.updated_at >= body.created_at).toBe(true);
    expect(await stored(answerId)).toEqual([{ rating: "down", comment: "§ 551 é𝒳 is repealed." }]);
  });

  it("sent twenty times at once is stored once", async () => {
    const ratings = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? "up" : "down"));
    const replies = await Promise.all(ratings.map((rating) => rate(ada, answerId, { rating })));
    expect(replies.map(({ body }) => body.rating)).toEqual(ratings);
    expect(await stored(answerId)).toHaveLength(1);
  });

  it("can be deleted, also when there was none", async () => {
    await rate(ada, answerId, { rating: "up" });
    for (let round = 0; round < 2; round++) {
      expect((await ada.delete(`/messages/${answerId}/feedback`)).status).toBe(204);
      expect(await stored(answerId)).toEqual([]);
    }
  });

  it("changes nothing of the chat, and is deleted with it", async () => {
    const id = await newChat(ada, { auto_title: false });
    const { body } = await ada.post(`/chats/${id}/messages`, { content: "Hello?" });
    const before = await ada.get(`/chats/${id}`);
    await rate(ada, body.ai_response.id, { rating: "up" });
    const after = await ada.get(`/chats/${id}`);
    expect(after.body).toEqual(before.body);
    expect(after.headers.get("etag")).toBe(before.headers.get("etag"));
    await ada.delete(`/chats/${id}`);
    expectProblem(await rate(ada, body.ai_response.id, { rating: "down" }), 404, "not_found");
    await query("DELETE FROM chats WHERE id = $1", [id]);
    expect(await stored(body.ai_response.id)).toEqual([]);
  });

  it("is refused on anything but an answer", async () => {
    expectProblem(await rate(ada, userMessageId, { rating: "up" }), 422, "not_an_answer");
    expect(await stored(userMessageId)).toEqual([]);
    const noteId = await say(ada, chatId, "A note.");
    expectProblem(await rate(ada, noteId, { rating: "up" }), 422, "not_an_answer");
  });

  it.each([
    [{}, "/rating"],
    [{ rating: "meh" }, "/rating"],
    [{ rating: null }, "/rating"],
    [{ rating: "up", stars: 5 }, "/stars"],
    [{ rating: "up", comment: "c".repeat(2_001) }, "/comment"],
    [{ rating: "up", comment: "a\0b" }, "/comment"],
  ])("of the form %j is refused where it is wrong", async (body, pointer) => {
    expectProblem(await rate(ada, answerId, body), 422, "validation_failed", pointer);
  });

  it("on another user's answer is 404", async () => {
    await rate(ada, answerId, { rating: "up" });
    expectProblem(await rate(eve, answerId, { rating: "down" }), 404, "not_found");
    expectProblem(await eve.delete(`/messages/${answerId}/feedback`), 404, "not_found");
    expectProblem(await rate(eve, crypto.randomUUID(), { rating: "up" }), 404, "not_found");
    expect(await stored(answerId)).toEqual([{ rating: "up", comment: null }]);
  });
});
