import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../support/api-keys.ts";
import { setBudget } from "../support/budgets.ts";
import { type Body, type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { newDocument } from "../support/documents.ts";
import { answersContaining, release, script } from "../support/provider.ts";
import { runPython, runScenario } from "../support/python.ts";
import { until } from "../support/until.ts";
import { failingNetwork, openTunnel } from "../support/wires/network.ts";

let ada: SignedIn;
let key: string;
beforeAll(async () => {
  ada = await signUp();
  ({ key } = await newApiKey(ada, ["chat"]));
});

type Options = Parameters<typeof runScenario>[3];

const scenario = (command: readonly string[], options?: Options): Promise<Body> =>
  runScenario("openai", key, ["test/python/openai_client.py", ...command], options);

const asked = async (marker: string) => (await answersContaining(marker)).length;
const wasAsked = (marker: string) => until(async () => (await asked(marker)) > 0);
const usage = { prompt_tokens: 9, completion_tokens: 3 };

describe("a completion", () => {
  it("is whole, with its usage and the id of its request", async () => {
    const marker = await script({ tokens: ["One ", "two."], usage });
    expect(await scenario(["completion", marker])).toEqual({
      text: "One two.",
      finish_reason: "stop",
      tokens: 12,
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("is streamed token by token, with its usage", async () => {
    const marker = await script({ tokens: ["One ", "twö 🜁 ", "three."], usage });
    expect(await scenario(["streamed", marker])).toEqual({
      pieces: ["One ", "twö 🜁 ", "three."],
      tokens: 12,
      finish_reason: "stop",
    });
  });

  it("is added up by the client's own helper", async () => {
    const marker = await script({ tokens: ["One ", "two."] });
    expect(await scenario(["streamed_by_helper", marker])).toEqual({
      pieces: ["One ", "two."],
      text: "One two.",
      finish_reason: "stop",
    });
  });

  it("is streamed to an asynchronous client, many at once", async () => {
    const markers = await Promise.all(
      ["One.", "Two.", "Three."].map((text) => script({ kind: "answer", tokens: [text] })),
    );
    expect(await scenario(["at_once", ...markers])).toEqual(["One.", "Two.", "Three."]);
  });

  it("has the places that its answer quotes", async () => {
    const lease = await newDocument(ada, ["The rent is $1,500 a month.", "The deposit is $3,000."]);
    const marker = await script({ kind: "answer", tokens: ["“The deposit is $3,000” [1]."] });
    const [cited, ...others] = await scenario(["cited", marker, lease]);
    expect(others).toEqual([]);
    expect(cited).toMatchObject({
      type: "url_citation",
      url_citation: { url: expect.stringMatching(/#page=2$/) },
    });
  });

  it("goes on where its client leaves the stream", async () => {
    const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
    const chatId = String(await scenario(["left", marker]));
    await release(marker);
    const answer = await until(async () => {
      const { body } = await ada.get(`/chats/${chatId}`);
      return body.messages.at(-1).status === "complete" && body.messages.at(-1);
    });
    expect(answer.content).toBe("One two.");
  });
});

describe("a completion that is refused", () => {
  it.each([
    [{ model: "gpt-none" }, "NotFoundError", 404, "model_not_found", "model"],
    [{ n: 2 }, "UnprocessableEntityError", 422, "validation_failed", "n"],
  ])("%j is an error of the client's own type, with the parameter", async (body, name, ...rest) => {
    const [status, code, param] = rest;
    expect(await scenario(["refused", JSON.stringify(body)], { retries: 2 })).toMatchObject({
      class: name,
      status_code: status,
      code,
      param,
      repeats: 0,
      type: "invalid_request_error",
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("for its key or for a used budget is not repeated, and says why", async () => {
    const command = ["test/python/openai_client.py", "refused", "{}"];
    expect(await runScenario("openai", "ifk_nothing", command, { retries: 2 })).toMatchObject({
      class: "AuthenticationError",
      repeats: 0,
      code: "invalid_token",
    });
    const poor = await signUp();
    await setBudget(poor, "day", { tokens: 1 });
    const { key: poorKey } = await newApiKey(poor, ["chat"]);
    expect(await runScenario("openai", poorKey, command, { retries: 2 })).toMatchObject({
      class: "RateLimitError",
      repeats: 0,
      code: "budget_exhausted",
      type: "insufficient_quota",
    });
  });

  it("in the middle of its stream raises an error after the text so far", async () => {
    const marker = await script({ tokens: ["One ", "two."], cutAfter: 1 });
    expect(await scenario(["failing_stream", marker])).toMatchObject({
      text: "One ",
      class: "APIError",
      code: "ai_unavailable",
      type: "server_error",
    });
  });
});

it("A completion whose response is lost is generated once: the client's repeat gets it", async () => {
  const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
  const network = failingNetwork([0]);
  let connections = 0;
  const nextCut = () => {
    connections += 1;
    return network.nextCut();
  };
  await using tunnel = await openTunnel(workerUrl, { ...network, nextCut });
  const lost = scenario(["completion", marker], { url: tunnel.origin, retries: 2 });
  await wasAsked(marker);
  await release(marker);
  expect((await lost).text).toBe("One two.");
  expect(connections).toBe(2);
  expect(await asked(marker)).toBe(1);
});

it("The models are listed, and each is got by its name", async () => {
  const { listed, first } = await scenario(["models"]);
  expect(listed[0]).toBe("gpt-4o-mini");
  expect(first).toBe("openai");
});

describe("a response", () => {
  it("is whole, with its usage", async () => {
    const marker = await script({ tokens: ["One ", "two."], usage });
    const expected = { text: "One two.", status: "completed", tokens: 12 };
    expect(await scenario(["response", marker])).toEqual(expected);
  });

  it("is added up by the client's own helper", async () => {
    const marker = await script({ tokens: ["One ", "two."] });
    const { types, text } = await scenario(["response_by_helper", marker]);
    expect(text).toBe("One two.");
    expect(types.at(0)).toBe("response.created");
    expect(types.at(-1)).toBe("response.completed");
  });

  it.each([1, 2, 10])(
    "is read to its end by one who leaves after every %i events",
    async (most) => {
      const tokens = Array.from({ length: 30 }, (_, index) => `word${index} `);
      const marker = await script({ kind: "answer", tokens });
      const { numbers, text, whole } = await scenario(["resumed", marker, String(most)]);
      expect(numbers).toEqual(numbers.map((_: number, index: number) => index));
      expect(text).toBe(tokens.join(""));
      expect(whole).toBe(text);
    },
  );

  it("goes on in the background, and is there when it is asked for", async () => {
    const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
    const response = scenario(["in_background", marker]);
    await wasAsked(marker);
    await release(marker);
    const { begun, ...ended } = await response;
    expect(["queued", "in_progress"]).toContain(begun);
    expect(ended).toEqual({ status: "completed", text: "One two." });
  });

  it("is cancelled while it is read, and keeps its text", async () => {
    const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
    expect(await scenario(["cancelled", marker])).toEqual({
      text: "One ",
      last: "response.incomplete",
      status: "cancelled",
    });
  });

  it("is followed up by the id of the one before", async () => {
    const first = await script({ kind: "answer", times: 1, tokens: ["One."] });
    const then = await script({ kind: "answer", times: 1, tokens: ["Two."] });
    const got = await scenario(["followed_up", first, then]);
    expect(got).toEqual({ text: "Two.", previous: true });
  });
});

describe("the example", () => {
  it("python.py prints an answer and its tokens", async () => {
    const marker = await script({ kind: "answer", tokens: ["One ", "two."] });
    const stdout = await runPython("openai", key, ["examples/openai/python.py", marker]);
    expect(stdout).toMatch(/^One two\.\n\(\d+ tokens\)\n$/);
  });

  it("responses.py prints an answer that it leaves and resumes, and a follow-up", async () => {
    const first = await script({ kind: "answer", times: 1, tokens: ["One ", "two ", "three."] });
    const next = await script({ kind: "answer", times: 1, tokens: ["Four."] });
    const command = ["examples/openai/responses.py", first, next];
    const stdout = await runPython("openai", key, command);
    expect(stdout).toMatch(/^One two three\.\n\nFour\.\n\(\d+ tokens\)\n$/);
  });
});
