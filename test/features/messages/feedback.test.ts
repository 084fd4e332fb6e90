import { beforeAll, describe, expect, it } from "vitest";
import { encodeCursor } from "../../../src/lib/cursor.ts";
import { PAGE_BYTES } from "../../../src/lib/page-bytes.ts";
import { chatOf, newChat, say } from "../../support/chats.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
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

describe("the feedback on a chat's answers", () => {
  /** A chat with answers, and their ids, oldest first. */
  const answered = async (count: number): Promise<[chatId: string, ...answerIds: string[]]> => {
    const { id, path } = await chatOf(ada, 2 * count);
    return [id, ...path.filter((_, index) => index % 2 === 1)];
  };
  const rateInTurn = async (...ids: string[]) => {
    for (const id of ids) expect((await rate(ada, id, { rating: "up" })).status).toBe(200);
  };
  const listed = async (id: string) => {
    const { status, body } = await ada.get(`/chats/${id}/feedback`);
    expect(status).toBe(200);
    return body.feedback.map((row: Body) => row.message_id);
  };
  /** Rated in the same millisecond, answers come by their ids, which tests do not make in order. */
  const setAge = (id: string, hours: number) =>
    query(
      "UPDATE message_feedback SET created_at = now() - make_interval(hours => $2) WHERE message_id = $1",
      [id, hours],
    );

  it("is listed to its owner in one trip, as it was stored", async () => {
    const [id, first] = await answered(1);
    const empty = await ada.get(`/chats/${id}/feedback`);
    expect(empty.body).toEqual({ feedback: [], next_cursor: null });
    const given = await rate(ada, first ?? "", { rating: "down", comment: "§ 551 é𝒳" });
    const trips = await countCalls(id, async () => {
      const { status, body } = await ada.get(`/chats/${id}/feedback`);
      expect(status).toBe(200);
      expect(body).toEqual({ feedback: [given.body], next_cursor: null });
    });
    expect(trips).toBe(1);
  });

  it("comes newest first, and stays in order when it is changed", async () => {
    const [id, first = "", second = "", third = ""] = await answered(3);
    await rateInTurn(first, second, third);
    await setAge(second, 1);
    await setAge(first, 2);
    await setAge(third, 3);
    await rate(ada, first, { rating: "down" });
    expect(await listed(id)).toEqual([second, first, third]);
  });

  it("has none that was deleted, and none of another chat", async () => {
    const [id, first = "", second = ""] = await answered(2);
    const [otherId, third = ""] = await answered(1);
    await rateInTurn(first, second, third);
    await ada.delete(`/messages/${first}/feedback`);
    expect(await listed(id)).toEqual([second]);
    expect(await listed(otherId)).toEqual([third]);
  });

  it("has that of every branch", async () => {
    const id = await newChat(ada, { auto_title: false });
    const turn = await ada.post(`/chats/${id}/messages`, { content: "Is this valid?" });
    const first = turn.body.ai_response.id;
    const again = await ada.post(`/messages/${first}/regenerate`, {});
    const second = again.body.ai_response.id;
    await rateInTurn(first, second);
    expect(new Set(await listed(id))).toEqual(new Set([first, second]));
  });

  it("is paged through by cursor", async () => {
    const [id, ...answerIds] = await answered(3);
    await rateInTurn(...answerIds);
    for (const [hours, answer] of answerIds.entries()) await setAge(answer, hours);
    const path = `/chats/${id}/feedback?limit=2`;
    const { body: page } = await ada.get(path);
    expect(page.feedback).toHaveLength(2);
    const { body: rest } = await ada.get(`${path}&cursor=${page.next_cursor}`);
    expect(rest.next_cursor).toBeNull();
    const shown = [...page.feedback, ...rest.feedback].map((row) => row.message_id);
    expect(shown).toEqual(answerIds);
  });

  it.each([
    ["limit=0", "?limit"],
    ["limit=81", "?limit"],
    ["cursor=none", "?cursor"],
    [`cursor=${encodeCursor([1, "two"])}`, "?cursor"],
  ])("is refused with %s", async (parameters, pointer) => {
    const refused = await ada.get(`/chats/${chatId}/feedback?${parameters}`);
    expectProblem(refused, 422, "validation_failed", pointer);
  });

  it("fits a page of bytes with the longest comments", async () => {
    const [id, ...answerIds] = await answered(81);
    await query(
      `INSERT INTO message_feedback (message_id, rating, comment, created_at, updated_at)
       SELECT a::uuid, 'down', repeat(chr(1), 2000), now(), now() FROM unnest($1::text[]) AS a`,
      [`{${answerIds.join(",")}}`],
    );
    const response = await ada.fetch(`/chats/${id}/feedback?limit=80`);
    const bytes = (await response.arrayBuffer()).byteLength;
    expect(bytes).toBeGreaterThan(80 * 6 * 2_000);
    expect(bytes).toBeLessThan(PAGE_BYTES);
  });

  it("is 404 in another user's chat, an unknown one, and one that is deleted", async () => {
    const [id, first = ""] = await answered(1);
    await rateInTurn(first);
    expectProblem(await eve.get(`/chats/${id}/feedback`), 404, "not_found");
    expectProblem(await ada.get(`/chats/${crypto.randomUUID()}/feedback`), 404, "not_found");
    await ada.delete(`/chats/${id}`);
    expect(await stored(first)).toHaveLength(1);
    expectProblem(await ada.get(`/chats/${id}/feedback`), 404, "not_found");
  });
});
