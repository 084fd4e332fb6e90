import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { openAiClientOf } from "../../support/openai-client.ts";
import { release, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let client: OpenAI;
beforeAll(async () => {
  ada = await signUp();
  client = await openAiClientOf(ada);
});

const model = "gpt-4o-mini";

type Streamed = OpenAI.Responses.ResponseStreamEvent;

async function collect(stream: AsyncIterable<Streamed>, most = Infinity): Promise<Streamed[]> {
  const events: Streamed[] = [];
  for await (const event of stream) {
    events.push(event);
    if (events.length >= most) break;
  }
  return events;
}

const textOf = (events: Streamed[]) =>
  events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
const numbersOf = (events: Streamed[]) => events.map((event) => event.sequence_number);
const from = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, index) => first + index);

const startedId = (events: Streamed[]): string => {
  const [first] = events;
  if (first?.type !== "response.created") throw new Error("the stream does not begin a response");
  return first.response.id;
};

describe("a streamed response", () => {
  it("is events that count from 0, and ends with the whole response", async () => {
    const marker = await script({ tokens: ["One ", "two ", "three."] });
    const events = await collect(
      await client.responses.create({ model, input: marker, stream: true }),
    );
    expect(numbersOf(events)).toEqual(from(0, events.length));
    expect(events.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    const last = events.at(-1);
    const whole = last?.type === "response.completed" ? last.response : undefined;
    const { body } = await ada.get(`/v1/responses/${startedId(events)}`);
    expect(whole).toEqual(body);
  });

  it("goes on after any event, while it runs and after it has ended", async () => {
    const marker = await script({ tokens: ["One ", "two ", "three."], holdAfter: 2 });
    const begun = await client.responses.create({ model, input: marker, stream: true });
    const before = await collect(begun, 5);
    const id = startedId(before);
    const resumed = client.responses.retrieve(id, { stream: true, starting_after: 4 });
    await release(marker);
    const after = await collect(await resumed);
    expect(numbersOf(after)).toEqual(from(5, 11));
    expect(textOf([...before, ...after])).toBe("One two three.");
    for (const cut of from(0, 10)) {
      const rest = await client.responses.retrieve(id, { stream: true, starting_after: cut });
      expect(numbersOf(await collect(rest))).toEqual(from(cut + 1, 11));
    }
  });

  it("ends with the response where it is stopped", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const stream = await client.responses.create({ model, input: marker, stream: true });
    const events: Streamed[] = [];
    const stopped: string[] = [];
    for await (const event of stream) {
      events.push(event);
      if (event.type !== "response.output_text.delta") continue;
      const { status } = await client.responses.cancel(startedId(events));
      stopped.push(String(status));
    }
    expect(stopped).toEqual(["cancelled"]);
    expect(events.at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { status: "cancelled", output: [{ status: "incomplete" }] },
    });
    expect(textOf(events)).toBe("One ");
  });

  it("ends with a failure where its provider fails", async () => {
    const marker = await script({ tokens: ["One ", "two."], cutAfter: 1 });
    const events = await collect(
      await client.responses.create({ model, input: marker, stream: true }),
    );
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: expect.stringMatching(/^ai_/) } },
    });
  });
});

describe("after the log of its turn is deleted, a response", () => {
  let worker: FastWorker;
  beforeAll(async () => {
    worker = await startFastWorker({ TURN_LIMITS: JSON.stringify({ log_kept_ms: 1 }) });
  });
  afterAll(() => worker.close());

  it("is given to whoever resumes its stream as its last event, above the number that it has", async () => {
    const own = await openAiClientOf(ada, { baseUrl: worker.url });
    const marker = await script({ tokens: ["One ", "two ", "three."] });
    const { id } = await own.responses.create({ model, input: marker });
    const last = await until(async () => {
      const stream = await own.responses.retrieve(id, { stream: true, starting_after: 8 });
      const events = await collect(stream);
      return events.length === 1 && events[0];
    });
    expect(last).toMatchObject({ type: "response.completed", sequence_number: 9 });
    const whole = await collect(await own.responses.retrieve(id, { stream: true }));
    expect(numbersOf(whole)).toEqual(from(0, whole.length));
    expect(textOf(whole)).toBe("One two three.");
  });
});
