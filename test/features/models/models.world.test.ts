import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  anonymous,
  type Body,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { countCalls } from "../../support/postgres.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("the list of models", () => {
  it("has the models of the configured providers, the default first, with limits and prices", async () => {
    const { status, body } = await ada.get("/models");
    expect(status).toBe(200);
    expect(body.models[0]).toEqual({
      name: "gpt-4o-mini",
      provider: "openai",
      is_default: true,
      context_tokens: 128_000,
      max_output_tokens: 8_192,
      capabilities: ["streaming", "json_schema"],
      fallback: null,
      prices: {
        currency: "USD",
        per_tokens: 1_000_000,
        tiers: [expect.objectContaining({ above_prompt_tokens: 0, prompt: "0.150000" })],
      },
    });
    const names = body.models.map(({ name }: Body) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(body.models.filter((model: Body) => model.is_default)).toHaveLength(1);
    // No key for Anthropic is configured in this Worker.
    expect(body.models.map(({ provider }: Body) => provider)).not.toContain("anthropic");
  });

  it("takes no trip to Postgres, and is not sent again to a client that has it", async () => {
    const first = await ada.get("/models");
    const etag = first.headers.get("etag") ?? "";
    const calls = await countCalls(ada.user.id, async () => {
      const again = await ada.get("/models", { "if-none-match": etag });
      expect([again.status, again.body]).toEqual([304, undefined]);
    });
    expect(calls).toBe(0);
    expect((await ada.get("/models", { "if-none-match": '"other"' })).status).toBe(200);
  });

  it("is for signed-in users only", async () => {
    expectProblem(await anonymous().get("/models"), 401, "unauthenticated");
  });

  it("names models that each answer", async () => {
    const { models } = (await ada.get("/models")).body;
    for (const { name } of models.slice(0, 3)) {
      const { status, body } = await ada.post("/chat", { content: "Hello?", model: name });
      expect([status, body.ai_response?.metadata.model]).toEqual([200, name]);
    }
  });
});

describe("the list of configured models", () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker({
      ANTHROPIC_API_KEY: "sk-ant-test",
      DEFAULT_MODEL: "own-model",
      MODELS: JSON.stringify({
        "gpt-4o": { prompt_price: 3, completion_price: 12, reasons: true, refuses: ["stream"] },
        "claude-haiku-4-5": { fallback: null },
      }),
    });
  });
  afterAll(() => worker.close());

  it("shows a default of no known name, and what was configured", async () => {
    const eve = await signUp("Eve", worker.url);
    const { models } = (await eve.get("/models")).body;
    expect(models[0]).toMatchObject({ name: "own-model", is_default: true, prices: null });
    const named = (name: string) => models.find((model: Body) => model.name === name);
    expect(named("gpt-4o")).toMatchObject({
      is_default: false,
      capabilities: ["json_schema", "reasoning"],
      fallback: "claude-sonnet-4-5",
      prices: {
        tiers: [{ above_prompt_tokens: 0, prompt: "3.000000", completion: "12.000000" }],
      },
    });
    expect(named("claude-haiku-4-5")).toMatchObject({ provider: "anthropic", fallback: null });
  });
});
