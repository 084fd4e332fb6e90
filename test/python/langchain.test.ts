import { beforeAll, expect, it } from "vitest";
import { newApiKey } from "../support/api-keys.ts";
import { type Body, type SignedIn, signUp } from "../support/client.ts";
import { requestsContaining, script } from "../support/provider.ts";
import { runPython, runScenario } from "../support/python.ts";

let ada: SignedIn;
let key: string;
beforeAll(async () => {
  ada = await signUp();
  ({ key } = await newApiKey(ada, ["chat"]));
});

const scenario = (...command: string[]): Promise<Body> =>
  runScenario("langchain-openai", key, ["test/python/langchain_client.py", ...command]);

const usage = { prompt_tokens: 9, completion_tokens: 3 };

it("A model is invoked with a conversation, and has its usage", async () => {
  const marker = await script({ tokens: ["One ", "two."], usage });
  expect(await scenario("invoked", marker)).toMatchObject({
    text: "One two.",
    usage: { input_tokens: 9, output_tokens: 3, total_tokens: 12 },
    finish: "stop",
  });
  const [request] = await requestsContaining(marker);
  const turns = request?.body.messages.slice(1).map(({ role, content }: Body) => [role, content]);
  expect(turns).toEqual([
    ["user", "One?"],
    ["assistant", "Two."],
    ["user", marker],
  ]);
});

it("A model is streamed token by token, and has its usage once", async () => {
  const marker = await script({ tokens: ["One ", "twö 🜁."], usage });
  expect(await scenario("streamed", marker)).toMatchObject({
    pieces: ["One ", "twö 🜁."],
    text: "One twö 🜁.",
    usage: { total_tokens: 12 },
  });
});

it("A model answers a batch", async () => {
  const markers = await Promise.all(
    ["One.", "Two.", "Three."].map((text) => script({ kind: "answer", tokens: [text] })),
  );
  expect(await scenario("batched", ...markers)).toEqual(["One.", "Two.", "Three."]);
});

it("A model is streamed over the Responses API too", async () => {
  const marker = await script({ tokens: ["One ", "two."], usage });
  expect(await scenario("with_responses", marker)).toMatchObject({
    text: "One two.",
    usage: { total_tokens: 12 },
  });
});

it("A failure has the sentence of the problem, before a stream and in it", async () => {
  const unknown = await scenario("refused", "gpt-none", "Hello?");
  expect(unknown.message).toContain("There is no such model.");
  const marker = await script({ tokens: ["One ", "two."], cutAfter: 1 });
  expect(await scenario("refused", "gpt-4o-mini", marker)).toMatchObject({
    text: "One ",
    message: expect.stringContaining("The AI provider failed."),
  });
});

it("The example langchain.py prints an answer", async () => {
  const marker = await script({ kind: "answer", tokens: ["One ", "two."] });
  const command = ["examples/openai/langchain.py", marker];
  expect(await runPython("langchain-openai", key, command)).toMatch(/^One two\.\n/);
});
