import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { openAiClient, openAiClientOf } from "../../support/openai-client.ts";
import { query } from "../../support/postgres.ts";
import { release, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let client: OpenAI;
beforeAll(async () => {
  ada = await signUp();
  client = await openAiClientOf(ada);
});

const MODEL = "gpt-4o-mini";
const streaming = (content: string) => ({
  model: MODEL,
  messages: [{ role: "user" as const, content }],
  stream: true as const,
});

async function chunksOf(stream: AsyncIterable<Body>): Promise<Body[]> {
  const chunks: Body[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks: Body[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

/** The error that a stream ends with, and the text before it. */
async function failureOf(stream: AsyncIterable<Body>): Promise<{ error: Body; chunks: Body[] }> {
  const chunks: Body[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    return { error, chunks };
  }
  throw new Error("the stream did not fail");
}

/** Its values are checked, so that the tests need no types for them. */
const iteratorOf = (stream: AsyncIterable<Body>): AsyncIterator<Body> =>
  stream[Symbol.asyncIterator]();

const answersOf = (chatId: string): Promise<Body[]> =>
  query("SELECT id, content, status FROM messages WHERE chat_id = $1 AND type = 'bot'", [chatId]);

describe("a streamed completion", () => {
  it("begins with the role, ends with the reason, and has its usage before the last line", async () => {
    const marker = await script({
      tokens: ["One ", "two ", "three."],
      usage: { prompt_tokens: 9, completion_tokens: 3 },
    });
    const chunks = await chunksOf(
      await client.chat.completions.create({
        ...streaming(marker),
        stream_options: { include_usage: true },
      }),
    );
    const [first] = chunks;
    expect(first).toMatchObject({
      object: "chat.completion.chunk",
      model: MODEL,
      choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
    });
    const { id, created } = first;
    for (const chunk of chunks) expect(chunk).toMatchObject({ id, created, model: MODEL });
    expect(textOf(chunks)).toBe("One two three.");
    expect(chunks.at(-2).choices).toEqual([
      { index: 0, delta: {}, logprobs: null, finish_reason: "stop" },
    ]);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    });
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
  });

  it("ends with [DONE], and has no usage unless it is asked for", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const response = await client.chat.completions.create(streaming(marker)).asResponse();
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const text = await response.text();
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(text).not.toContain('"usage"');
  });

  it("is whole for the client's own helper, with a reason that says where the model stopped", async () => {
    const marker = await script({ tokens: ["One ", "two."], finishReason: "length" });
    const { stream: _, ...request } = streaming(marker);
    const completion = await client.chat.completions.stream(request).finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({
      message: { role: "assistant", content: "One two." },
      finish_reason: "length",
    });
  });

  it("has its citations in one chunk, as the whole completion has them", async () => {
    const lease = await newDocument(ada, ["The rent is $1,500 a month.", "The deposit is $3,000."]);
    const tokens = ["“The rent is $1,500 a month” [1], ", "“The deposit is $3,000” [2]."];
    const marker = await script({ kind: "answer", tokens });
    const request = { ...streaming(marker), file_ids: [lease] };
    const chunks = await chunksOf(await client.chat.completions.create(request));
    const cited = chunks.filter(({ choices }) => choices[0]?.delta.annotations);
    expect(cited).toHaveLength(1);
    const { annotations, citations } = cited[0].choices[0].delta;
    const whole = await client.chat.completions.create({ ...request, stream: false });
    const { message } = (whole as Body).choices[0];
    expect(annotations).toEqual(message.annotations);
    expect(citations).toEqual(message.citations);
    expect(annotations.map(({ url_citation: link }: Body) => link.url.split("#")[1])).toEqual([
      "page=1",
      "page=2",
    ]);
  });

  it("has the model's reasoning beside its text", async () => {
    const marker = await script({ tokens: ["<think>Hm.</think>Yes."] });
    const chunks = await chunksOf(await client.chat.completions.create(streaming(marker)));
    const reasoning = chunks.map(({ choices }) => choices[0]?.delta.reasoning_content ?? "");
    expect(reasoning.join("")).toBe("Hm.");
    expect(textOf(chunks)).toBe("Yes.");
  });
});

describe("a stream that fails", () => {
  it("ends with an error of the client's own type, after the text so far and without a reason", async () => {
    const marker = await script({ tokens: ["One ", "two."], cutAfter: 1 });
    const { error, chunks } = await failureOf(
      await client.chat.completions.create(streaming(marker)),
    );
    expect(error).toBeInstanceOf(OpenAI.APIError);
    expect(error).toMatchObject({ code: "ai_unavailable", type: "server_error", param: null });
    expect(textOf(chunks)).toBe("One ");
    expect(chunks.every(({ choices }) => choices[0].finish_reason === null)).toBe(true);
  });

  it("because its key was revoked does not look whole, and its answer goes on", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const key = await newApiKey(ada, ["chat"]);
    const stream = await openAiClient(key.key).chat.completions.create(streaming(marker));
    const iterator = iteratorOf(stream);
    const { chat_id: chatId } = (await iterator.next()).value;
    const rest = failureOf({ [Symbol.asyncIterator]: () => iterator });
    expect((await ada.delete(`/auth/keys/${key.id}`)).status).toBe(204);
    const { error } = await rest;
    expect(error).toMatchObject({ code: "room_unavailable", type: "server_error" });
    await release(marker);
    const isComplete = async () => (await answersOf(chatId))[0]?.status === "complete";
    await until(isComplete);
    expect((await answersOf(chatId))[0]?.content).toBe("One two.");
  });

  it("because its chat is deleted ends with that error", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const stream = await client.chat.completions.create(streaming(marker));
    const iterator = iteratorOf(stream);
    const { chat_id: chatId } = (await iterator.next()).value;
    const rest = failureOf({ [Symbol.asyncIterator]: () => iterator });
    expect((await ada.delete(`/chats/${chatId}`)).status).toBeLessThan(300);
    expect((await rest).error).toMatchObject({ code: "chat_deleted" });
    await release(marker);
  });

  it("because its client leaves does not stop the answer", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const stream = await client.chat.completions.create(streaming(marker));
    let chatId = "";
    for await (const chunk of stream) {
      chatId = (chunk as Body).chat_id;
      break;
    }
    await release(marker);
    await until(async () => (await answersOf(chatId))[0]?.status === "complete");
    expect((await answersOf(chatId))[0]?.content).toBe("One two.");
  });
});
