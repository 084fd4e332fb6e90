import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { openAiClientOf } from "../../support/openai-client.ts";
import { script } from "../../support/provider.ts";

type Streamed = OpenAI.Responses.ResponseStreamEvent;

let ada: SignedIn;
let client: OpenAI;
let worker: FastWorker;
beforeAll(async () => {
  // So much later than any test, that a crash loses the text after the beginning of the turn.
  const TURN_LIMITS = JSON.stringify({ flush_ms: 60_000, watchdog_ms: 1_000 });
  [ada, worker] = await Promise.all([signUp(), startFastWorker({ TURN_LIMITS })]);
  client = await openAiClientOf(ada, { baseUrl: worker.url });
});
afterAll(() => worker.close());

/** The events of a new response until its Worker is killed after so many. */
async function untilKilled(count: number): Promise<Streamed[]> {
  const tokens = Array.from({ length: count }, (_, index) => `w${index} `);
  const input = await script({ kind: "answer", tokens, holdAfter: count });
  const events: Streamed[] = [];
  try {
    const create = { model: "gpt-4o-mini", input, stream: true as const };
    for await (const event of await client.responses.create(create)) {
      events.push(event);
      if (event.type === "response.output_text.delta" && events.length === count + 4) {
        await worker.crash();
      }
    }
  } catch {
    return events;
  }
  throw new Error("the stream was not cut");
}

describe("a streamed response whose Worker is killed", () => {
  it("is given its end where it is resumed, however much of it the crash took", async () => {
    const before = await untilKilled(30);
    const [first] = before;
    const id = first?.type === "response.created" ? first.response.id : "";
    const starting_after = before.at(-1)?.sequence_number ?? 0;
    const after: Streamed[] = [];
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after }))
      after.push(event);
    expect(after.map(({ type }) => type)).toEqual(["response.failed"]);
    expect(after).toMatchObject([
      {
        sequence_number: starting_after + 1,
        response: { status: "failed", error: { code: "turn_interrupted" } },
      },
    ]);
    expect(await client.responses.retrieve(id)).toMatchObject({ status: "failed" });
  });
});
