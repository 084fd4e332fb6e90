import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { beforeAll, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { type Body, type SignedIn, signUp, workerUrl } from "../../support/client.ts";
import { script } from "../../support/provider.ts";

const MODEL = "gpt-4o-mini";

let ada: SignedIn;
let key: string;
beforeAll(async () => {
  ada = await signUp();
  ({ key } = await newApiKey(ada, ["chat"]));
});

const langChain = () =>
  new ChatOpenAI({
    model: MODEL,
    apiKey: key,
    maxRetries: 0,
    configuration: { baseURL: `${workerUrl}/v1` },
  });

it("LangChain invokes and streams a model, with its usage", async () => {
  const usage = { prompt_tokens: 9, completion_tokens: 3 };
  const marker = await script({ tokens: ["One ", "two."], usage });
  const answer = await langChain().invoke([
    ["system", "Be brief."],
    ["human", marker],
  ]);
  expect(answer.content).toBe("One two.");
  expect(answer.usage_metadata).toMatchObject({ input_tokens: 9, output_tokens: 3 });
  let [text, tokens] = ["", 0];
  for await (const chunk of await langChain().stream(marker)) {
    const { content, usage_metadata: used } = chunk as Body;
    text += content;
    tokens += used?.total_tokens ?? 0;
  }
  expect({ text, tokens }).toEqual({ text: "One two.", tokens: 12 });
});

it("LangChain fails with the code of the problem, before and inside a stream", async () => {
  const none = new ChatOpenAI({
    model: "gpt-none",
    apiKey: key,
    maxRetries: 0,
    configuration: { baseURL: `${workerUrl}/v1` },
  });
  await expect(none.invoke("Hello?")).rejects.toMatchObject({ status: 404 });
  const marker = await script({ tokens: ["One ", "two."], cutAfter: 1 });
  const read = async () => {
    for await (const _ of await langChain().stream(marker));
  };
  await expect(read()).rejects.toThrow("The AI provider failed.");
});

it("A compatible provider of the AI SDK generates and streams a text", async () => {
  const provider = createOpenAICompatible({
    name: "indifly",
    baseURL: `${workerUrl}/v1`,
    apiKey: key,
    includeUsage: true,
  });
  const marker = await script({ tokens: ["One ", "two."] });
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: marker }] }];
  const whole = await provider(MODEL).doGenerate({ prompt });
  expect(whole.content).toEqual([{ type: "text", text: "One two." }]);
  expect(whole.finishReason).toMatchObject({ unified: "stop" });
  const { stream } = await provider(MODEL).doStream({ prompt });
  const parts = await Array.fromAsync(stream);
  const deltas = parts.flatMap((part) => (part.type === "text-delta" ? part.delta : []));
  expect(deltas.join("")).toBe("One two.");
  expect(parts.at(-1)).toMatchObject({ type: "finish", finishReason: { unified: "stop" } });
});
