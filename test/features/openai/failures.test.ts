import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { setBudget } from "../../support/budgets.ts";
import { newChat, runningTurn } from "../../support/chats.ts";
import {
  type Body,
  expectProblem,
  type SignedIn,
  signUp,
  workerUrl,
} from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { openAiClient, openAiClientOf } from "../../support/openai-client.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";

let ada: SignedIn;
let eve: SignedIn;
let client: OpenAI;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
  client = await openAiClientOf(ada);
});

const MODEL = "gpt-4o-mini";
const user = (content: unknown) => ({ role: "user", content });
const HELLO = { model: MODEL, messages: [user("Hello?")] };

const create = (body: object, by = client) =>
  by.chat.completions.create(body as OpenAI.ChatCompletionCreateParamsNonStreaming);

/** The error that a request fails with. */
async function errorOf(body: object, by = client): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await create(body, by);
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Error("the request did not fail");
}

const chatsOf = ({ user: { id } }: SignedIn) =>
  query("SELECT id FROM chats WHERE user_id = $1", [id]);

describe("a refused completion", () => {
  it("is an error of the client's own types", async () => {
    const unknown = await errorOf(HELLO, openAiClient("ifk_nothing"));
    expect(unknown).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(unknown).toMatchObject({ code: "invalid_token", type: "authentication_error" });
    const { key } = await newApiKey(ada, ["files"]);
    const narrow = await errorOf(HELLO, openAiClient(key));
    expect(narrow).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(narrow).toMatchObject({ code: "insufficient_scope", type: "permission_error" });
    const model = await errorOf({ ...HELLO, model: "gpt-none" });
    expect(model).toBeInstanceOf(OpenAI.NotFoundError);
    expect(model).toMatchObject({
      code: "model_not_found",
      type: "invalid_request_error",
      param: "model",
    });
    expect(model.message).toContain("There is no such model.");
    expect(model.requestID).toMatch(/^[0-9a-f-]{36}$/);
  });

  const invalid: [string, object, string][] = [
    ["no messages", { messages: [] }, "messages"],
    ["only instructions", { messages: [{ role: "system", content: "Be brief." }] }, "messages"],
    ["an unknown role", { messages: [{ role: "robot", content: "Hi" }] }, "messages[0].role"],
    ["a blank message", { messages: [user(" ")] }, "messages[0].content"],
    [
      "an answer to go on with",
      { messages: [user("Hi"), { role: "assistant", content: "Well," }] },
      "messages[1].role",
    ],
    [
      "the result of a tool",
      { messages: [user("Hi"), { role: "tool", tool_call_id: "1", content: "4" }] },
      "messages[1].role",
    ],
    [
      "a picture",
      { messages: [user([{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }])] },
      "messages[0].content[0]",
    ],
    [
      "the bytes of a file",
      { messages: [user([{ type: "file", file: { file_data: "data:;base64,AA" } }])] },
      "messages[0].content[0]",
    ],
    [
      "long instructions",
      { messages: [{ role: "system", content: "x".repeat(32_001) }, user("Hi")] },
      "messages",
    ],
    ["a long message", { messages: [user("x".repeat(100_001))] }, "messages[0].content"],
    [
      "long messages",
      { messages: Array.from({ length: 11 }, () => user("x".repeat(100_000))) },
      "messages",
    ],
    ["too many messages", { messages: Array.from({ length: 2_001 }, () => user("x")) }, "messages"],
    ["two choices", { n: 2 }, "n"],
    ["JSON", { response_format: { type: "json_object" } }, "response_format.type"],
    ["a file that is no id", { file_ids: ["file-abc"] }, "file_ids[0]"],
    [
      "too many files",
      { file_ids: Array.from({ length: 21 }, () => crypto.randomUUID()) },
      "file_ids",
    ],
    ["a chat that is no id", { metadata: { chat_id: "mine" } }, "metadata.chat_id"],
    ["metadata of the server", { metadata: { usage: "1" } }, "metadata.usage"],
  ];

  for (const [what, body, param] of invalid) {
    it(`for ${what} names the parameter, and stores nothing`, async () => {
      const before = await chatsOf(ada);
      const error = await errorOf({ ...HELLO, ...body });
      expect(error).toBeInstanceOf(OpenAI.UnprocessableEntityError);
      expect(error).toMatchObject({ type: "invalid_request_error", param });
      expect(error.message).toContain(`${param}: `);
      expect(await chatsOf(ada)).toEqual(before);
    });
  }

  it("is a problem of the product too", async () => {
    const response = await ada.post("/v1/chat/completions", { ...HELLO, n: 2 });
    expectProblem(response, 422, "validation_failed", "/n");
    expect(response.body.error).toEqual({
      message: "n: One choice is made for each request.",
      type: "invalid_request_error",
      param: "n",
      code: "validation_failed",
    });
    const unknown = await ada.post("/v1/embeddings", {});
    expectProblem(unknown, 404, "route_not_found");
    expect(unknown.body.error).toMatchObject({ code: "route_not_found", param: null });
    const elsewhere = await ada.get("/embeddings");
    expect(elsewhere.body).not.toHaveProperty("error");
  });

  it("does not reveal another user's chat or file", async () => {
    const [chatId, fileId] = [await newChat(eve), await newDocument(eve, ["Secret."])];
    const missing = crypto.randomUUID();
    for (const id of [chatId, missing]) {
      const error = await errorOf({ ...HELLO, metadata: { chat_id: id } });
      expect(error).toMatchObject({ status: 404, code: "not_found" });
    }
    for (const id of [fileId, missing]) {
      const inPart = [
        { type: "text", text: "Hi" },
        { type: "file", file: { file_id: id } },
      ];
      for (const body of [{ file_ids: [id] }, { messages: [user(inPart)] }]) {
        const error = await errorOf({ ...HELLO, ...body });
        expect(error).toMatchObject({ status: 404, code: "not_found" });
      }
    }
    expect((await eve.get(`/chats/${chatId}`)).body.message_count).toBe(0);
  });

  it("takes bodies of up to 4 MiB", async () => {
    const unread = { anything: "x".repeat(3 * 1024 * 1024) };
    expect((await create({ ...HELLO, ...unread })).choices).toHaveLength(1);
    const error = await errorOf({ ...HELLO, anything: "x".repeat(5 * 1024 * 1024) });
    expect(error).toMatchObject({ status: 413, code: "body_too_large" });
  });
});

describe("a client that repeats its requests", () => {
  const counting = () => {
    const sent: Headers[] = [];
    const counted: typeof fetch = (url, init) => {
      sent.push(new Headers(init?.headers));
      return fetch(url, init);
    };
    return { sent, counted };
  };

  it("is kept from it where the budget is used up", async () => {
    const poor = await signUp();
    await setBudget(poor, "day", { tokens: 1 });
    const { sent, counted } = counting();
    const by = await openAiClientOf(poor, { maxRetries: 2, fetch: counted });
    const error = await errorOf(HELLO, by);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error).toMatchObject({ code: "budget_exhausted", type: "insufficient_quota" });
    expect(Number(error.headers?.get("retry-after"))).toBeGreaterThan(0);
    expect(sent).toHaveLength(1);
    expect(await chatsOf(poor)).toEqual([]);
  });

  it("is kept from it while an answer runs in the chat", async () => {
    const turn = await runningTurn(ada);
    const { sent, counted } = counting();
    const by = await openAiClientOf(ada, { maxRetries: 2, fetch: counted });
    const error = await errorOf({ ...HELLO, metadata: { chat_id: turn.chatId } }, by);
    expect(error).toBeInstanceOf(OpenAI.ConflictError);
    expect(error).toMatchObject({ code: "turn_in_progress" });
    expect(sent).toHaveLength(1);
    await turn.finish();
  });

  it("gets an answer where the provider failed for a moment", async () => {
    const marker = await script({ times: 1, errorStatus: 500, errorBody: { error: {} } });
    const { sent, counted } = counting();
    const by = await openAiClientOf(ada, { maxRetries: 2, fetch: shortWaits(counted) });
    const { choices } = await create({ model: "gpt-4o", messages: [user(marker)] }, by);
    expect(choices[0]?.message.content).not.toBe("");
    expect(sent.map((headers) => headers.get("x-stainless-retry-count"))).toEqual(
      sent.map((_, index) => String(index)),
    );
  });
});

/** The client waits as long as `Retry-After` says. */
function shortWaits(send: typeof fetch): typeof fetch {
  return async (url, init) => {
    const { status, headers, body } = await send(url, init);
    const shortened = new Headers(headers);
    if (shortened.has("retry-after")) shortened.set("retry-after-ms", "1");
    return new Response(body, { status, headers: shortened });
  };
}

describe("the models", () => {
  it("are listed, and each can be got by its name", async () => {
    const models: OpenAI.Model[] = [];
    for await (const model of client.models.list()) models.push(model);
    const [first] = models;
    expect(first).toEqual({ id: MODEL, object: "model", created: 0, owned_by: "openai" });
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
    expect(await client.models.retrieve(MODEL)).toEqual(first);
    const missing = client.models.retrieve("gpt/none");
    await expect(missing).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  });

  it("are refused without a key, as frontends verify an address", async () => {
    const response = await fetch(`${workerUrl}/v1/models`);
    const { error }: Body = await response.json();
    expect(response.status).toBe(401);
    expect(error).toMatchObject({ code: "unauthenticated", type: "authentication_error" });
    expect(error.message).toEqual(expect.any(String));
  });
});
