import OpenAI, * as errors from "openai";
import { describe, expect, inject, it } from "vitest";
import { release, requestsContaining, script } from "../support/provider.ts";
import { until } from "../support/until.ts";
import { promisesOfProvider, type Service } from "./openai.suite.ts";

const baseURL = `${inject("providerUrl")}/v1`;
const local = { apiKey: inject("vars").OPENAI_API_KEY ?? "", baseURL };

const { CONTRACT_OPENAI_API_KEY } = process.env;
const services: [string, Service][] = [["The local provider", local]];
if (CONTRACT_OPENAI_API_KEY) {
  services.push(["OpenAI itself", { apiKey: CONTRACT_OPENAI_API_KEY }]);
}

describe.each(services)("%s", (_name, service) => {
  promisesOfProvider(service);
});

const client = new OpenAI({ ...local, maxRetries: 0, logLevel: "off" });

function stream(content: string, signal?: AbortSignal) {
  const messages = [{ role: "user" as const, content }];
  const body = { model: "any", messages, stream: true, stream_options: { include_usage: true } };
  return client.chat.completions.create({ ...body, stream: true }, signal ? { signal } : {});
}

/** An answer without streaming. */
function ask(content: string, instructions = "Be brief.") {
  const messages = [
    { role: "system" as const, content: instructions },
    { role: "user" as const, content },
  ];
  return client.chat.completions.create({ model: "any", messages });
}

/** The texts of a stream, until it ends or breaks. */
async function read(content: string, onText: (text: string) => unknown = () => undefined) {
  const texts: string[] = [];
  const seen: OpenAI.ChatCompletionChunk[] = [];
  const failure = await (async () => {
    for await (const chunk of await stream(content)) {
      seen.push(chunk);
      const text = chunk.choices[0]?.delta.content;
      if (text) texts.push(text);
      if (text) await onText(text);
    }
  })().catch((error: unknown) => error);
  const reason = seen.map((chunk) => chunk.choices[0]?.finish_reason).find(Boolean);
  return { texts, reason, usage: seen.at(-1)?.usage ?? undefined, failure };
}

const AWKWARD = ["a\n\ndata: [DONE]\n\n", "nul \0", "\u2028\u2029", "𝒳", "\ud835", "\udcb3", "é"];

describe("a script", () => {
  it.each([
    ["as it is", {}],
    ["in writes of one byte", { bytesPerWrite: 1 }],
    ["all at once", { together: true }],
  ])("passes any text through: %s", async (_title, how) => {
    const marker = await script({ tokens: AWKWARD, ...how });
    expect(await read(marker)).toMatchObject({ texts: AWKWARD, reason: "stop" });
  });

  it("reports the scripted usage, or none", async () => {
    const counted = await script({
      tokens: ["a"],
      usage: { prompt_tokens: 5, completion_tokens: 6 },
    });
    expect((await read(counted)).usage).toMatchObject({ total_tokens: 11 });
    const silent = await script({ tokens: ["a"], omitUsage: true, finishReason: "length" });
    expect(await read(silent)).toMatchObject({ usage: undefined, reason: "length" });
  });

  it("pauses after a piece until it is released", async () => {
    const marker = await script({ tokens: ["held ", "free"], holdAfter: 1 });
    const { texts } = await read(marker, (text) => text === "held " && release(marker));
    expect(texts).toEqual(["held ", "free"]);
  });

  it("cuts the connection in mid-answer", async () => {
    const marker = await script({ tokens: ["one ", "two"], cutAfter: 1 });
    const { texts, reason } = await read(marker);
    expect({ texts, reason }).toEqual({ texts: ["one "], reason: undefined });
    expect((await requestsContaining(marker))[0]?.aborted).toBe(false);
  });

  it("sends a chunk that is not JSON", async () => {
    const marker = await script({ tokens: ["one ", "two"], malformedAfter: 1 });
    const { texts, failure } = await read(marker);
    expect(texts).toEqual(["one "]);
    expect(failure).toBeInstanceOf(Error);
  });

  it("refuses with a status, a body and a Retry-After, as often as scripted", async () => {
    const errorBody = { error: { message: "slow down", type: "requests", code: "rate_limited" } };
    const how = { errorStatus: 429, errorBody, retryAfterSeconds: 7, times: 1, tokens: ["then"] };
    const marker = await script(how);
    const { failure } = await read(marker);
    expect(failure).toBeInstanceOf(errors.RateLimitError);
    expect(failure).toMatchObject({ status: 429, code: "rate_limited" });
    expect(failure instanceof errors.APIError && failure.headers?.get("retry-after")).toBe("7");
    expect((await read(marker)).failure).toBeUndefined();
  });

  it.each([
    [400, errors.BadRequestError],
    [401, errors.AuthenticationError],
    [403, errors.PermissionDeniedError],
    [404, errors.NotFoundError],
    [409, errors.ConflictError],
    [422, errors.UnprocessableEntityError],
    [429, errors.RateLimitError],
    [500, errors.InternalServerError],
    [503, errors.InternalServerError],
  ])(
    "refuses with %i, which the SDK maps to its own error class, streamed or not",
    async (status, kind) => {
      const marker = await script({ errorStatus: status });
      const whole = await ask(marker).catch((error: unknown) => error);
      for (const failure of [whole, (await read(marker)).failure]) {
        expect(failure).toBeInstanceOf(kind);
        expect(failure).toMatchObject({ status, type: expect.stringMatching(/_error$/) });
      }
    },
  );

  it("pauses and cuts non-streamed answers too", async () => {
    const held = await script({ tokens: ["held ", "free"], holdAfter: 1 });
    const answer = ask(held);
    await until(async () => (await requestsContaining(held)).length === 1);
    await release(held);
    expect((await answer).choices[0]?.message.content).toBe("held free");
    const cut = ask(await script({ tokens: ["never"], cutAfter: 0 }));
    await expect(cut).rejects.toBeInstanceOf(errors.APIConnectionError);
  });

  it("can apply to answers only or to titles only", async () => {
    const marker = await script({ kind: "title", tokens: ["scripted"] });
    const title = await ask(marker, "Give a title.");
    expect(title.choices[0]?.message.content).toBe("scripted");
    expect((await read(marker)).texts.join("")).toContain("offline stand-in");
  });

  it("records requests without the key, and who disconnected", async () => {
    const marker = await script({ tokens: ["one ", "two"], holdAfter: 1 });
    const abort = new AbortController();
    for await (const _chunk of await stream(marker, abort.signal)) abort.abort();
    const seen = await until(async () =>
      (await requestsContaining(marker)).find((request) => request.aborted),
    );
    expect(seen.body.messages).toEqual([{ role: "user", content: marker }]);
    expect(seen.headers["user-agent"]).toMatch(/^OpenAI/);
    expect(seen.headers).not.toHaveProperty("authorization");
  });
});

describe("the offline assistant", () => {
  it("says what it is, and how to configure a real provider", async () => {
    const answer = (await read("What is a lease?")).texts.join("");
    expect(answer).toContain("offline stand-in");
    expect(answer).toContain("OPENAI_API_KEY");
    expect(answer).toContain("What is a lease?");
  });

  it("names a conversation after its first message, as JSON", async () => {
    const { choices } = await ask("May a landlord keep it?", "Give the conversation a title.");
    const { suggested_name } = JSON.parse(choices[0]?.message.content ?? "");
    expect(suggested_name).toBe("Landlord keep");
  });

  it("quotes nothing when no passage matches the question", async () => {
    const passage = `<passage-a1 id="1">Pets are welcome.</passage-a1>`;
    const answer = (await read(`${passage}\nHow long is the notice period?`)).texts.join("");
    expect(answer).toContain("do not speak of this");
  });

  it("answers from the passages of its prompt, by their numbers", async () => {
    const passages = `<passage-a1 id="3" file="lease.pdf">The rent is due monthly. The notice period is three months.</passage-a1>
<passage-a1 id="4">Pets are welcome.</passage-a1>`;
    const answer = (await read(`${passages}\nHow long is the notice period?`)).texts.join("");
    expect(answer).toContain("“The notice period is three months.” [3]");
    expect(answer).not.toContain("Pets");
  });
});
