import { beforeAll, describe, expect, it } from "vitest";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, grow, newChat, say } from "../../support/chats.ts";
import { newDocument } from "../../support/documents.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const suggest = (name: string, reasoning = "It says so.") => [
  JSON.stringify({ suggested_name: name, reasoning }),
];

const usageOf = (chatId: string) =>
  query(
    `SELECT service_type, message_id, prompt_tokens, completion_tokens, total_tokens, cost_estimate, estimated
     FROM ai_usage WHERE chat_id = $1`,
    [chatId],
  );

describe("letting the model name a chat", () => {
  it("names it after the given text", async () => {
    const marker = await script({ tokens: suggest("Deposit dispute") });
    const { body: chat } = await ada.post("/chats", {});
    const { status, body } = await ada.post(`/chats/${chat.id}/name`, { message: marker });
    expect(status).toBe(200);
    expect(body).toEqual({ suggested_name: "Deposit dispute", reasoning: "It says so." });
    const named = await ada.get(`/chats/${chat.id}`);
    expect(named.body).toMatchObject({ title: "Deposit dispute", auto_title: false });
    expect(named.body.updated_at > chat.updated_at).toBe(true);
    expect(named.headers.get("etag")).toBe('"2"');
  });

  it("names it after the first user message on the active path", async () => {
    const marker = await script({ tokens: suggest("The other branch") });
    const { id } = await chatOf(ada, 4);
    const [userMessage = ""] = await grow(id, null, [marker, "an answer", "a second question"]);
    await ada.patch(`/chats/${id}`, { current_message_id: userMessage });
    const { body } = await ada.post(`/chats/${id}/name`);
    expect(body.suggested_name).toBe("The other branch");
    const [request] = await requestsContaining(marker);
    expect(JSON.stringify(request?.body)).not.toContain("a second question");
  });

  it("records its cost", async () => {
    const usage = { prompt_tokens: 1_000, completion_tokens: 10 };
    const marker = await script({ tokens: suggest("Costs"), usage });
    const id = await newChat(ada);
    await ada.post(`/chats/${id}/name`, { message: marker });
    expect(await usageOf(id)).toEqual([
      {
        service_type: "name",
        message_id: null,
        prompt_tokens: "1000",
        completion_tokens: "10",
        total_tokens: "1010",
        cost_estimate: "0.000156000000",
        estimated: "f",
      },
    ]);
  });

  it("takes one round trip before the model is called, and one after", async () => {
    const marker = await script({ tokens: suggest("Two trips") });
    const id = await newChat(ada);
    await say(ada, id, marker);
    for (const body of [{ message: marker }, {}]) {
      expect(await countCalls(ada.user.id, () => ada.post(`/chats/${id}/name`, body))).toBe(2);
    }
  });

  it("names it after documents where there is no message, and only after the user's own", async () => {
    const marker = await script({ tokens: suggest("A lease") });
    const id = await newChat(ada);
    const lease = await newDocument(ada, ["Text."], { name: `${marker}.pdf` });
    const named = await ada.post(`/chats/${id}/name`, { file_ids: [lease] });
    expect(named.body.suggested_name).toBe("A lease");
    expect((await requestsContaining(marker)).at(-1)?.body.messages.at(-1)?.content).toBe(
      `${marker}.pdf`,
    );
    const bob = await signUp();
    for (const [of, chatId, fileId] of [
      [bob, await newChat(bob), lease],
      [ada, id, crypto.randomUUID()],
    ] as const) {
      const body = { message: marker, file_ids: [fileId] };
      expectProblem(await of.post(`/chats/${chatId}/name`, body), 404, "not_found");
    }
  });

  it("needs something to name the chat after", async () => {
    const id = await newChat(ada);
    const response = await ada.post(`/chats/${id}/name`);
    expectProblem(response, 422, "validation_failed", "/message");
    expect(await usageOf(id)).toEqual([]);
  });

  it.each([
    [{ message: "" }, "/message"],
    [{ message: "x".repeat(32_001) }, "/message"],
    [{ file_ids: ["x"] }, "/file_ids/0"],
    [{ file_ids: Array.from({ length: 21 }, () => crypto.randomUUID()) }, "/file_ids"],
    [{ title: "Mine" }, "/title"],
  ])("refuses %j", async (body, pointer) => {
    const id = await newChat(ada);
    const response = await ada.post(`/chats/${id}/name`, body);
    expectProblem(response, 422, "validation_failed", pointer);
  });

  it.each([
    [{ errorStatus: 500 }, 502, "ai_unavailable", "t"],
    [{ errorStatus: 401 }, 502, "ai_unauthorized", "t"],
    [{ errorStatus: 429 }, 503, "ai_overloaded", "t"],
    [{ tokens: [""] }, 502, "ai_unavailable", "f"],
    [{ tokens: ["<think>"] }, 502, "ai_unavailable", "f"],
  ] as const)(
    "keeps the title when the provider fails: %j",
    async (how, status, code, estimated) => {
      const marker = await script({ ...how, tokens: [...("tokens" in how ? how.tokens : [])] });
      const id = await newChat(ada, { title: "Kept", auto_title: true });
      const response = await ada.post(`/chats/${id}/name`, { message: marker });
      expectProblem(response, status, code);
      expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
      expect((await ada.get(`/chats/${id}`)).body).toMatchObject({
        title: "Kept",
        auto_title: true,
      });
      expect(await usageOf(id)).toMatchObject([{ service_type: "name", estimated }]);
    },
  );
});
