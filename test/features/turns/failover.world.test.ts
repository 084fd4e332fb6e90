import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "../../../local/ports.ts";
import type { Script } from "../../../local/provider/script.ts";
import { costOf, findModel } from "../../../src/lib/models.ts";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const FIRST = "gpt-4o-mini";
const SECOND = "claude-haiku-4-5";
const FIRST_TOKEN_MS = 1_500;

/** Both providers are the same stand-in: the requested model says which of them it is. */
const SECOND_PROVIDER = {
  ANTHROPIC_API_KEY: inject("vars").OPENAI_API_KEY ?? "",
  ANTHROPIC_BASE_URL: `${inject("providerUrl")}/v1`,
};

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  const TURN_LIMITS = JSON.stringify({ first_token_ms: FIRST_TOKEN_MS, total_ms: 10_000 });
  [ada, worker] = await Promise.all([
    signUp(),
    startFastWorker({ ...SECOND_PROVIDER, TURN_LIMITS }),
  ]);
});
afterAll(() => worker.close());

const emptyChat = () => newChat(ada, { auto_title: false });

function ask(chatId: string, content: string, url = worker.url): Promise<Response> {
  return fetch(`${url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

/** A user message whose attempts follow these scripts in turn. */
async function contentFor(...scripts: Script[]): Promise<string> {
  const markers: string[] = [];
  for (const how of scripts) markers.push(await script({ kind: "answer", ...how, times: 1 }));
  return markers.join(" ");
}

async function lastOf(chatId: string) {
  return (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
}

function usageOf(chatId: string) {
  return query(
    `SELECT service_type, attempt, provider, model_name, prompt_tokens, completion_tokens,
       cost_estimate::text, estimated, message_id
     FROM ai_usage WHERE chat_id = $1 ORDER BY attempt`,
    [chatId],
  );
}

const codeOf = (events: StreamEvent[]) =>
  events.find(({ name }) => name === "turn_error")?.data.code;

const askedModels = async (marker: string) =>
  (await requestsContaining(marker)).map(({ body }) => body.model);

const ANSWER: Script = { tokens: ["A second ", "opinion."] };
const HELD: Script = { tokens: ["Never."], holdAfter: 0 };

const FAILURES: [string, Script, string][] = [
  ["refuses with a server error", { errorStatus: 500 }, "ai_unavailable"],
  ["is overloaded", { errorStatus: 429 }, "ai_overloaded"],
  ["refuses the key", { errorStatus: 401 }, "ai_unauthorized"],
  ["has no credit left", { errorStatus: 402 }, "ai_quota"],
  ["does not know the model", { errorStatus: 404 }, "ai_model_not_found"],
  ["disconnects before its first token", { tokens: ["a"], cutAfter: 0 }, "ai_unavailable"],
  ["begins with what is not JSON", { tokens: ["a"], malformedAfter: 0 }, "ai_unavailable"],
  ["does not begin in time", HELD, "ai_timeout"],
];

describe("a provider that", () => {
  for (const [what, failure, code] of FAILURES) {
    it(`${what} is replaced once: the subscriber sees one answer, which names its model`, async () => {
      const chatId = await emptyChat();
      const usage = { prompt_tokens: 1_000, completion_tokens: 20 };
      const content = await contentFor(failure, { ...ANSWER, usage });
      const events = await allEvents(await ask(chatId, content));
      expect(codeOf(events)).toBeUndefined();
      expect(events.filter(({ name }) => name === "ai_message_start")).toHaveLength(1);
      expect(textOf(events)).toBe("A second opinion.");
      expect(await askedModels(content)).toEqual([FIRST, SECOND]);
      const answer = await lastOf(chatId);
      expect(answer).toMatchObject({ status: "complete", content: "A second opinion." });
      expect(answer.metadata).toMatchObject({ model: SECOND, failover: { from: FIRST, code } });
      expect(answer.metadata.usage).toMatchObject({ ...usage, cost: "0.001100", estimated: false });
      const rows = await usageOf(chatId);
      // A provider that began to answer has read the prompt, and charges for it; a refusal is free.
      const isFree = failure.errorStatus !== undefined;
      expect(Number(rows[0]?.prompt_tokens) > 0).toBe(!isFree);
      expect(Number(rows[0]?.cost_estimate) > 0).toBe(!isFree);
      expect(rows).toMatchObject([
        { attempt: "1", provider: "openai", model_name: FIRST, estimated: "t" },
        {
          attempt: "2",
          provider: "anthropic",
          model_name: SECOND,
          cost_estimate: "0.001100000000",
        },
      ]);
    });

    it(`${what}, as the next one does: the answer fails as the second did`, async () => {
      const chatId = await emptyChat();
      const content = await contentFor({ errorStatus: 500 }, failure, ANSWER);
      const events = await allEvents(await ask(chatId, content));
      expect(codeOf(events)).toBe(code);
      expect(await askedModels(content)).toEqual([FIRST, SECOND]);
      const { status, metadata } = await lastOf(chatId);
      expect(status).toBe("failed");
      expect(metadata).toMatchObject({ model: SECOND, failover: { code: "ai_unavailable" } });
      const rows = await usageOf(chatId);
      expect(rows.map(({ attempt }) => attempt)).toEqual(["1", "2"]);
    });
  }

  it("cannot be reached at all is replaced too, and does not make the service unhealthy", async () => {
    const OPENAI_BASE_URL = `http://127.0.0.1:${await freePort()}/v1`;
    const half = await startFastWorker({ ...SECOND_PROVIDER, OPENAI_BASE_URL });
    try {
      const chatId = await emptyChat();
      const events = await allEvents(await ask(chatId, await contentFor(ANSWER), half.url));
      expect(textOf(events)).toBe("A second opinion.");
      expect((await lastOf(chatId)).metadata.failover).toMatchObject({ from: FIRST });
      const health = await (await fetch(`${half.url}/health`)).json();
      expect(health.ai_service).toBe("available");
    } finally {
      await half.close();
    }
  });

  it("has sent its first token is not replaced: its text is kept, and marked", async () => {
    const chatId = await emptyChat();
    const userMessage = await contentFor({ tokens: ["Some ", "more"], cutAfter: 1 }, ANSWER);
    const events = await allEvents(await ask(chatId, userMessage));
    expect(codeOf(events)).toBe("ai_unavailable");
    expect(await askedModels(userMessage)).toEqual([FIRST]);
    const { status, content, metadata } = await lastOf(chatId);
    expect({ status, content }).toEqual({ status: "failed", content: "Some " });
    expect(metadata).toMatchObject({ model: FIRST });
    expect(metadata).not.toHaveProperty("failover");
    expect(await usageOf(chatId)).toMatchObject([{ attempt: "1", model_name: FIRST }]);
  });

  it("is being waited for when the turn is stopped is not replaced", async () => {
    const chatId = await emptyChat();
    const content = await contentFor({ tokens: ["Wait."], holdAfter: 0 }, ANSWER);
    const response = await ask(chatId, content);
    await until(async () => (await askedModels(content)).length === 1);
    const room = `${worker.url}/chats/${chatId}`;
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    expect((await fetch(room, { method: "DELETE", headers })).status).toBe(200);
    await response.text();
    const spent = "SELECT attempt FROM ai_usage WHERE user_id = $1 AND chat_id IS NULL";
    const rows = await until(async () => {
      const found = await query(spent, [ada.user.id]);
      return found.length > 0 && found;
    });
    expect(rows).toEqual([{ attempt: "1" }]);
    expect(await askedModels(content)).toEqual([FIRST]);
  });
});

describe("the failover model", () => {
  it("has its own timeout for a first token, within that of the whole turn", async () => {
    const short = JSON.stringify({ first_token_ms: 2_500, total_ms: 4_500 });
    const impatient = await startFastWorker({ ...SECOND_PROVIDER, TURN_LIMITS: short });
    try {
      const chatId = await emptyChat();
      const events = await allEvents(
        await ask(chatId, await contentFor(HELD, HELD), impatient.url),
      );
      expect(codeOf(events)).toBe("ai_timeout");
      const [first, second] = await usageOf(chatId);
      expect([first?.attempt, second?.attempt]).toEqual(["1", "2"]);
      // With the first attempt's full timeout, the second would have taken it to five seconds.
      expect((await lastOf(chatId)).metadata.processing_time).toBeLessThan(4.9);
    } finally {
      await impatient.close();
    }
  });

  it("is the one configured for the requested model, and billed at its own price", async () => {
    const chatId = await emptyChat();
    const content = await contentFor({ errorStatus: 503 }, ANSWER);
    const response = await fetch(`${worker.url}/chats/${chatId}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({ content, model: "claude-sonnet-4-5", stream: false }),
    });
    const { usage, ai_response: answer } = await response.json();
    expect(await askedModels(content)).toEqual(["claude-sonnet-4-5", "gpt-4.1"]);
    expect(answer.metadata).toMatchObject({
      model: "gpt-4.1",
      failover: { from: "claude-sonnet-4-5", code: "ai_overloaded" },
    });
    const model = findModel("gpt-4.1", []);
    const counts = { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
    expect(usage.cost).toBe(model && costOf(model, counts, new Date()));
  });

  it("is not called when its provider is not configured", async () => {
    const chatId = await emptyChat();
    const content = await contentFor({ errorStatus: 500 }, ANSWER);
    const events = await allEvents(await ask(chatId, content, inject("workerUrl")));
    expect(codeOf(events)).toBe("ai_unavailable");
    expect(await askedModels(content)).toEqual([FIRST]);
  });

  it("is reported by the server alone: no client can claim it", async () => {
    const metadata = { failover: { from: FIRST, code: "ai_timeout" } };
    const message = { chat_id: await emptyChat(), type: "user", content: "Hello", metadata };
    const response = await ada.post("/messages", message);
    expectProblem(response, 422, "reserved_key", "/metadata/failover");
  });

  it("continues where the subscriber left off, and can be read from any device meanwhile", async () => {
    const chatId = await emptyChat();
    const [fails, marker] = [
      await script({ errorStatus: 500, times: 1 }),
      await script({ tokens: ["One ", "two."], holdAfter: 1 }),
    ];
    const events = readEvents(await ask(chatId, `${fails} ${marker}`));
    const seen: StreamEvent[] = [];
    while (seen.at(-1)?.name !== "content_delta") {
      const { value } = await events.next();
      if (value) seen.push(value);
    }
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const other = await fetch(`${worker.url}/chats/${chatId}/stream?after=2`, { headers });
    await release(marker);
    expect(textOf(await allEvents(other))).toBe("One two.");
  });
});

it("A provider that hangs does not make the other look unreachable", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const OPENAI_BASE_URL = `http://127.0.0.1:${port}/v1`;
  const half = await startFastWorker({ ...SECOND_PROVIDER, OPENAI_BASE_URL });
  try {
    const health = await (await fetch(`${half.url}/health`)).json();
    expect(health).toMatchObject({ status: "healthy", ai_service: "available" });
  } finally {
    await half.close();
    silent.close();
  }
});
