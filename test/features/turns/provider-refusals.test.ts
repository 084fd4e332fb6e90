import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatOf, newChat } from "../../support/chats.ts";
import { at, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { loggedLine } from "../../support/logs/logged-line.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";

/** Models of their own, so that no test shares what a provider has refused. */
const MODELS = Object.fromEntries(
  ["one", "two", "three", "four", "five"].map((name) => [name, { context_tokens: 32_768 }]),
);
const KNOWN = { refuses: ["max_completion_tokens", "stream_options"], context_tokens: 8_192 };

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  worker = await startFastWorker({
    MODELS: JSON.stringify({ ...MODELS, known: KNOWN, small: { context_tokens: 16_384 } }),
    TITLE_MODEL: "five",
  });
  ada = at(worker.url, await signUp());
});
afterAll(() => worker.close());

const emptyChat = () => newChat(ada, { auto_title: false });

const ask = (chatId: string, content: string, model: string) =>
  ada.post(`/chats/${chatId}/messages`, { content, model });

const bodiesOf = async (marker: string) =>
  (await requestsContaining(marker)).map(({ body }) => body as unknown as Record<string, unknown>);

const usageRows = (chatId: string, kind = "answer") =>
  query("SELECT attempt FROM ai_usage WHERE chat_id = $1 AND service_type = $2", [chatId, kind]);

const extraForbidden = (name: string) => ({
  status: 422,
  body: { detail: [{ type: "extra_forbidden", loc: ["body", name], msg: "Not permitted" }] },
});

describe("a provider that refuses a parameter by name", () => {
  it("is retried with the older name, once, and then called that way at once", async () => {
    const refuses = { max_completion_tokens: extraForbidden("max_completion_tokens") };
    const marker = await script({ kind: "answer", refuses, tokens: ["Yes."] });
    const chatId = await emptyChat();
    expect((await ask(chatId, marker, "one")).body.ai_response.content).toBe("Yes.");
    const [first, second] = await bodiesOf(marker);
    expect(first).toMatchObject({ max_completion_tokens: 4_096 });
    expect(second).toMatchObject({ max_tokens: 4_096 });
    expect(second).not.toHaveProperty("max_completion_tokens");
    expect(await usageRows(chatId)).toEqual([{ attempt: "1" }]);
    await ask(chatId, marker, "one");
    expect(await bodiesOf(marker)).toHaveLength(3);
  });

  it("one after the other is called without all of them", async () => {
    const refuses = {
      max_completion_tokens: {
        status: 400,
        body: [{ error: { code: 400, message: 'Unknown name "max_completion_tokens"' } }],
      },
      max_tokens: { status: 400, body: { error: "unknown field max_tokens" } },
      stream_options: {
        status: 400,
        body: { error: { message: "Unrecognized request argument supplied: stream_options" } },
      },
    };
    const marker = await script({ refuses, tokens: ["Yes."] });
    const { body } = await ask(await emptyChat(), marker, "two");
    expect(body.ai_response).toMatchObject({ status: "complete", content: "Yes." });
    const asked = await bodiesOf(marker);
    expect(asked).toHaveLength(4);
    expect(Object.keys(asked[3] ?? {}).toSorted()).toEqual(["messages", "model", "stream"]);
  });

  it("where the configuration says so, is never sent it", async () => {
    const marker = await script({ tokens: ["Yes."] });
    await ask(await emptyChat(), marker, "known");
    const [body, ...more] = await bodiesOf(marker);
    expect(more).toEqual([]);
    expect(Object.keys(body ?? {}).toSorted()).toEqual([
      "max_tokens",
      "messages",
      "model",
      "stream",
    ]);
  });

  it("for another reason is called once", async () => {
    const errorBody = {
      error: { message: "max_completion_tokens: flagged", code: "content_filter" },
    };
    const marker = await script({ errorStatus: 400, errorBody });
    expectProblem(await ask(await emptyChat(), marker, "three"), 502, "ai_filtered");
    expect(await bodiesOf(marker)).toHaveLength(1);
  });

  it("and refuses every variant fails in the end", async () => {
    const errorBody = { error: { message: "no max_tokens, stream_options, response_format" } };
    const marker = await script({ errorStatus: 400, errorBody });
    expectProblem(await ask(await emptyChat(), marker, "three"), 502, "ai_unavailable");
    expect((await bodiesOf(marker)).length).toBeLessThanOrEqual(5);
  });

  it.each([
    { error: { message: "This response_format type is unavailable now" } },
    {
      error: {
        message: "Invalid parameter: 'response_format' of type 'json_schema' is not supported",
      },
    },
    { error: "'response_format.type' must be 'text'" },
  ])("names a chat without a response format: %j", async (body) => {
    const refuses = { response_format: { status: 400, body } };
    const marker = await script({ kind: "title", refuses, tokens: ["Deposit return"] });
    const chatId = await newChat(ada);
    const { body: turn } = await ask(chatId, marker, "four");
    expect(turn.chat_name).toBe("Deposit return");
    expect(await usageRows(chatId, "title")).toHaveLength(1);
  });
});

const TOO_LONG = { error: { message: "Too long.", code: "context_length_exceeded" } };

describe("a prompt that is longer than the provider takes", () => {
  it("is retried once with the newer half of its history", async () => {
    const { id } = await chatOf(ada, 40);
    const marker = await script({ errorStatus: 400, errorBody: TOO_LONG, times: 1 });
    const { status, body } = await ask(id, marker, "three");
    expect([status, body.ai_response.status]).toEqual([200, "complete"]);
    const [first, second] = await requestsContaining(marker);
    expect(first?.body.messages).toHaveLength(42);
    const roles = second?.body.messages.map(({ role }) => role) ?? [];
    expect(roles.length).toBeLessThan(25);
    expect(roles.slice(0, 2)).toEqual(["system", "user"]);
    expect(second?.body.messages.at(-1)).toEqual(first?.body.messages.at(-1));
    expect(await usageRows(id)).toHaveLength(1);
  });

  it("twice, or without history, fails with its own code", async () => {
    const { id } = await chatOf(ada, 4);
    const marker = await script({ errorStatus: 400, errorBody: TOO_LONG });
    expectProblem(await ask(id, marker, "three"), 502, "ai_context_exceeded");
    expect(await bodiesOf(marker)).toHaveLength(2);
    const alone = await script({ errorStatus: 400, errorBody: TOO_LONG });
    expectProblem(await ask(await emptyChat(), alone, "three"), 502, "ai_context_exceeded");
    expect(await bodiesOf(alone)).toHaveLength(1);
  });

  it("in a small context begins with a user message, whatever was trimmed", async () => {
    const chatId = await emptyChat();
    const marker = await script({ strictRoles: true, tokens: ["Yes."] });
    for (let count = 0; count < 4; count++) {
      const { status } = await ask(chatId, `${marker} ${"word ".repeat(6_190)}`, "small");
      expect(status).toBe(200);
    }
    const last = (await requestsContaining(marker)).at(-1);
    expect(last?.body.messages.length).toBeLessThan(8);
  });
});

describe("the refusal of a provider", () => {
  it.each([
    [401, {}, 502, "ai_unauthorized"],
    [403, {}, 502, "ai_unauthorized"],
    [402, {}, 502, "ai_quota"],
    [429, { error: { code: "insufficient_quota" } }, 502, "ai_quota"],
    [404, {}, 502, "ai_model_not_found"],
    [400, { error: { code: "content_filter" } }, 502, "ai_filtered"],
  ] as const)(
    "%i %j has a code of its own, and is logged without its text",
    async (errorStatus, errorBody, status, code) => {
      const secret = `secret-${crypto.randomUUID()}`;
      const body = { ...errorBody, message: secret };
      const marker = await script({ errorStatus, errorBody: body });
      const response = await ask(await emptyChat(), marker, "three");
      expectProblem(response, status, code);
      const line = await loggedLine(worker, "provider_failed", `"problem":"${code}"`);
      expect(JSON.parse(line)).toMatchObject({
        model: "three",
        problem: code,
        status: errorStatus,
      });
      expect(worker.logs().join("\n") + JSON.stringify(response.body)).not.toContain(secret);
    },
  );

  it("gives the time to retry, in the response and in the stream", async () => {
    const marker = await script({ errorStatus: 429, retryAfterSeconds: 120 });
    const response = await ask(await emptyChat(), marker, "three");
    expectProblem(response, 503, "ai_overloaded");
    expect(response.headers.get("retry-after")).toBe("120");
    const named = await ada.post(`/chats/${await emptyChat()}/name`, { message: marker });
    expect([named.status, named.headers.get("retry-after")]).toEqual([503, "120"]);
    const stream = await ada.fetch("/chat", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: marker, stream: true }),
    });
    expect(await stream.text()).toContain('"code":"ai_overloaded","retry_after":120}');
  });

  it.each([
    [{ code: 402, message: "Insufficient credits" }, "ai_quota"],
    [{ code: 429, message: "Rate limited upstream" }, "ai_overloaded"],
    [{ type: "overloaded_error", message: "Overloaded" }, "ai_overloaded"],
    [{ code: "context_length_exceeded", message: "Too long" }, "ai_context_exceeded"],
    [{ message: "Provider returned error", code: 502 }, "ai_unavailable"],
  ])("inside a stream means the same: %j", async (error, code) => {
    const raw = [`data: ${JSON.stringify({ error })}\n\n`];
    const response = await ask(await emptyChat(), await script({ raw }), "three");
    expect(response.body.code).toBe(code);
  });
});
