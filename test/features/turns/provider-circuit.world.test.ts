import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import {
  type ApiResponse,
  at,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { loggedLine } from "../../support/logs/logged-line.ts";
import { query } from "../../support/postgres.ts";
import { answersContaining, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

const FAILURES = 3;
/** As long as nobody waits for the next probe. */
const LONG_PAUSE_MS = 600_000;
const SHORT_PAUSE_MS = 1_500;

const circuitOf = (pause_ms: number) => ({
  PROVIDER_CIRCUIT: JSON.stringify({ failures: FAILURES, window_ms: 60_000, pause_ms }),
});

/** Both providers are the same stand-in: the requested model says which of them it is. */
const SECOND_PROVIDER = {
  ANTHROPIC_API_KEY: inject("vars").OPENAI_API_KEY ?? "",
  ANTHROPIC_BASE_URL: `${inject("providerUrl")}/v1/`,
};

let person: SignedIn;
beforeAll(async () => {
  person = await signUp();
});

/** A turn in a chat of its own, which requests no title. */
async function turn(of: SignedIn, content = "Hello?"): Promise<ApiResponse & { chatId: string }> {
  const chatId = await newChat(of, { auto_title: false });
  return { ...(await of.post(`/chats/${chatId}/messages`, { content })), chatId };
}

/** Has the provider of a Worker fail until its circuit is open. */
async function open(of: SignedIn): Promise<void> {
  for (let failed = 0; failed < FAILURES; failed++) {
    const marker = await script({ kind: "answer", errorStatus: 500 });
    expectProblem(await turn(of, marker), 502, "ai_unavailable");
  }
}

describe("a provider that fails several times in a row", () => {
  let worker: FastWorker;
  let ada: SignedIn;
  beforeAll(async () => {
    worker = await startFastWorker(circuitOf(LONG_PAUSE_MS));
    ada = at(worker.url, person);
  });
  afterAll(() => worker.close());

  it("is not called for a while: a turn is refused at once, costs nothing, and says when to retry", async () => {
    await open(ada);
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const refused = await turn(ada, marker);
    expectProblem(refused, 503, "ai_circuit_open");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(500);
    expect(await answersContaining(marker)).toEqual([]);
    expect(await query("SELECT FROM ai_usage WHERE chat_id = $1", [refused.chatId])).toEqual([]);
    const { body: messages } = await ada.get(`/chats/${refused.chatId}/messages`);
    expect(messages.map(({ status }: { status: string }) => status)).toEqual([
      "complete",
      "failed",
    ]);
    await loggedLine(worker, '"event":"circuit_opened"');
  });

  it("leaves everything else as it is", async () => {
    expect((await ada.get("/chats")).status).toBe(200);
    expect((await ada.get("/search?q=hello")).status).toBe(200);
  });
});

describe("a circuit that is open", () => {
  let worker: FastWorker;
  let ada: SignedIn;
  beforeAll(async () => {
    worker = await startFastWorker(circuitOf(SHORT_PAUSE_MS));
    ada = at(worker.url, person);
  });
  afterAll(() => worker.close());

  it("admits one call after its pause, and closes when that succeeds", async () => {
    await open(ada);
    expectProblem(await turn(ada), 503, "ai_circuit_open");
    await until(async () => (await turn(ada)).status === 200);
    const responses = await Promise.all(Array.from({ length: 5 }, () => turn(ada)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it("is not opened by errors about a request, the key or the quota", async () => {
    for (const errorStatus of [400, 401, 404, 413, 422, 429, 402]) {
      const marker = await script({ kind: "answer", errorStatus });
      expect((await turn(ada, marker)).status).toBeGreaterThanOrEqual(500);
    }
    expect((await turn(ada)).status).toBe(200);
  });

  it("is not opened by stopped answers", async () => {
    for (let stopped = 0; stopped < FAILURES + 1; stopped++) {
      const chatId = await newChat(ada, { auto_title: false });
      const marker = await script({ kind: "answer", holdAfter: 0 });
      const sent = ada.post(`/chats/${chatId}/messages`, { content: marker });
      await until(async () => (await answersContaining(marker)).length === 1);
      await ada.post(`/chats/${chatId}/stop`, {});
      expect((await sent).body.ai_response.status).toBe("stopped");
    }
    expect((await turn(ada)).status).toBe(200);
  });
});

describe("with a second provider, a turn whose own provider has an open circuit", () => {
  let worker: FastWorker;
  let ada: SignedIn;
  beforeAll(async () => {
    worker = await startFastWorker({ ...circuitOf(LONG_PAUSE_MS), ...SECOND_PROVIDER });
    ada = at(worker.url, person);
  });
  afterAll(() => worker.close());

  it("is answered by the second one at once, and billed for that alone", async () => {
    for (let failed = 0; failed < FAILURES; failed++) {
      const marker = await script({ kind: "answer", errorStatus: 500, times: 1 });
      const { body } = await turn(ada, marker);
      expect(body.ai_response.metadata.failover.code).toBe("ai_unavailable");
    }
    const marker = await script({ kind: "answer", tokens: ["One."] });
    const { status, body, chatId } = await turn(ada, marker);
    expect(status).toBe(200);
    expect(body.ai_response.metadata).toMatchObject({
      model: "claude-haiku-4-5",
      failover: { from: "gpt-4o-mini", code: "ai_circuit_open" },
    });
    const calls = await answersContaining(marker);
    expect(calls.map((call) => call.body.model)).toEqual(["claude-haiku-4-5"]);
    const usage = await query("SELECT attempt, model_name FROM ai_usage WHERE chat_id = $1", [
      chatId,
    ]);
    expect(usage).toEqual([{ attempt: "1", model_name: "claude-haiku-4-5" }]);
  });
});
