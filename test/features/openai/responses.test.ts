import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { newChat } from "../../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { openAiClient, openAiClientOf } from "../../support/openai-client.ts";
import { query } from "../../support/postgres.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let client: OpenAI;
beforeAll(async () => {
  ada = await signUp();
  client = await openAiClientOf(ada);
});

const model = "gpt-4o-mini";

const isReady = (id: string) =>
  until(async () => {
    const response = await client.responses.retrieve(id);
    return response.status !== "in_progress" && response;
  });

const promptOf = async (marker: string): Promise<Body[]> =>
  (await answersContaining(marker)).at(-1)?.body.messages ?? [];

describe("a response", () => {
  it("is the answer as one item, with its usage", async () => {
    const marker = await script({
      tokens: ["A deposit ", "is returned."],
      usage: { prompt_tokens: 12, completion_tokens: 5 },
    });
    const response = await client.responses.create({ model, input: marker });
    expect(response).toMatchObject({
      object: "response",
      status: "completed",
      model,
      error: null,
      store: true,
      previous_response_id: null,
      output: [{ type: "message", role: "assistant", status: "completed" }],
      usage: { input_tokens: 12, output_tokens: 5, total_tokens: 17 },
    });
    expect(response.output_text).toBe("A deposit is returned.");
    expect(await client.responses.retrieve(response.id)).toEqual(response);
  });

  it("follows its instructions, and reads what was said before it", async () => {
    const marker = await script({ tokens: ["Yes."] });
    await client.responses.create({
      model,
      instructions: "Be brief.",
      input: [
        { role: "user", content: "First." },
        { role: "assistant", content: "An answer." },
        { type: "message", role: "user", content: [{ type: "input_text", text: marker }] },
      ],
    });
    const [first, ...said] = await promptOf(marker);
    expect(first?.content).toContain("Be brief.");
    expect(said).toEqual([
      { role: "user", content: "First." },
      { role: "assistant", content: "An answer." },
      { role: "user", content: marker },
    ]);
  });

  it("continues the one before it, also where that has been continued already", async () => {
    const [one, two, three] = [
      await script({ tokens: ["One."] }),
      await script({ tokens: ["Two."] }),
      await script({ tokens: ["Three."] }),
    ];
    const first = await client.responses.create({ model, input: one });
    const previous = { model, previous_response_id: first.id };
    const second = await client.responses.create({ ...previous, input: two });
    const third = await client.responses.create({ ...previous, input: three });
    expect([second.previous_response_id, third.previous_response_id]).toEqual([first.id, first.id]);
    expect((await promptOf(three)).slice(1)).toEqual([
      { role: "user", content: one },
      { role: "assistant", content: "One." },
      { role: "user", content: three },
    ]);
    const chats = await query("SELECT id FROM chats WHERE user_id = $1 AND unlisted AND id = $2", [
      ada.user.id,
      (third as unknown as Body).chat_id,
    ]);
    expect(chats).toHaveLength(1);
  });

  it("quotes the documents that it names", async () => {
    const lease = await newDocument(ada, ["The rent is due on the first day of each month."]);
    const marker = await script({
      tokens: ['It says: "The rent is due on the first day of each month." [1]'],
    });
    const response = await client.responses.create({
      model,
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: marker },
            { type: "input_file", file_id: lease },
          ],
        },
      ],
    });
    const [item] = response.output;
    const part = item?.type === "message" ? item.content[0] : undefined;
    const [annotation] = part?.type === "output_text" ? part.annotations : [];
    expect(annotation).toMatchObject({ type: "file_citation", file_id: lease });
    expect(response.output_text.slice((annotation as Body).index)).toBe("[1]");
  });

  it("belongs to one user: to others it does not exist", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const { id } = await client.responses.create({ model, input: marker });
    const stranger = await openAiClientOf(await signUp());
    const calls = [
      () => stranger.responses.retrieve(id),
      () => stranger.responses.cancel(id),
      () => stranger.responses.delete(id),
      () => stranger.responses.create({ model, input: marker, previous_response_id: id }),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ status: 404 });
    expect((await client.responses.retrieve(id)).output_text).toBe("Yes.");
  });

  it.each(["resp_1", "resp_", "x", "resp_01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10"])(
    "is not found by %s",
    async (id) => {
      await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
    },
  );

  it("is deleted with its conversation, but not where that is in the list of chats", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const { id } = await client.responses.create({ model, input: marker });
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
    const chatId = await newChat(ada);
    const other = await client.responses.create({
      model,
      input: await script({ tokens: ["Yes."] }),
      metadata: { chat_id: chatId },
    });
    await expect(client.responses.delete(other.id)).rejects.toMatchObject({
      status: 409,
      code: "response_in_chat",
    });
  });

  it("that fails is an error that says why, and is kept as failed", async () => {
    const marker = await script({
      errorStatus: 400,
      errorBody: { error: { message: "Too long.", code: "context_length_exceeded" } },
    });
    const call = client.responses.create({ model, input: marker });
    await expect(call).rejects.toMatchObject({ code: "ai_context_exceeded" });
    const [row] = await query(
      "SELECT a.id FROM messages AS a JOIN messages AS u ON u.id = a.parent_id WHERE u.content = $1",
      [marker],
    );
    expect(await client.responses.retrieve(`resp_${row?.id}`)).toMatchObject({
      status: "failed",
      error: { code: "ai_context_exceeded" },
    });
  });
});

describe("a response in the background", () => {
  it("is answered at once, and read by its id when it is ready", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const queued = await client.responses.create({ model, input: marker, background: true });
    expect(queued).toMatchObject({ status: "queued", background: true, output: [] });
    expect(await client.responses.retrieve(queued.id)).toMatchObject({ status: "in_progress" });
    await release(marker);
    expect(await isReady(queued.id)).toMatchObject({
      status: "completed",
      output_text: "One two.",
    });
  });

  it("can be cancelled: its text so far is kept", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const { id } = await client.responses.create({ model, input: marker, background: true });
    await until(async () => (await answersContaining(marker)).length > 0);
    expect(await client.responses.cancel(id)).toMatchObject({ id, status: "cancelled" });
    expect(await client.responses.cancel(id)).toMatchObject({ id, status: "cancelled" });
  });

  it("is one, however often its client repeats the request", async () => {
    const marker = await script({ tokens: ["One."] });
    const { key } = await newApiKey(ada, ["chat"]);
    const body = { model, input: marker, background: true as const };
    const first = await openAiClient(key).responses.create(body);
    const again = await openAiClient(key).responses.create(body, {
      headers: { "x-stainless-retry-count": "1" },
    });
    expect(again.id).toBe(first.id);
    await isReady(first.id);
    expect(await answersContaining(marker)).toHaveLength(1);
  });
});

describe("what a client of OpenAI sends besides", () => {
  it.each([
    ["a picture", [{ role: "user", content: [{ type: "input_image", image_url: "data:," }] }], 422],
    ["an answer last", [{ role: "assistant", content: "Yes." }], 422],
    ["nothing of the user", [{ type: "function_call_output", call_id: "1", output: "x" }], 422],
  ])("is refused with a sentence: %s", async (_what, input, status) => {
    const response = await ada.post("/v1/responses", { model, input });
    expect(response.status).toBe(status);
    const { error } = response.body;
    expect(error.message).toMatch(/[a-z]+\.$/);
    expect(error.param).toMatch(/^input/);
  });

  it("is left out, where it is about tools and other formats", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const response = await client.responses.create({
      model,
      input: [
        { type: "reasoning", id: "r", summary: [] },
        { role: "user", content: marker },
      ],
      temperature: 0,
      tools: [{ type: "web_search" }],
      text: { format: { type: "text" } },
      include: ["reasoning.encrypted_content"],
    });
    expect(response.output_text).toBe("Yes.");
  });
});
