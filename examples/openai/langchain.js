// The same with LangChain.
//   npm install @langchain/openai @langchain/core
//   INDIFLY_KEY=ifk_… node examples/openai/langchain.js "Can a landlord keep the whole deposit?"
import process from "node:process";
import { ChatOpenAI } from "@langchain/openai";

const model = new ChatOpenAI({
  model: "gpt-4o-mini",
  apiKey: process.env.INDIFLY_KEY,
  configuration: { baseURL: process.env.INDIFLY_URL ?? "http://localhost:8787/v1" },
});

const stream = await model.stream([
  ["system", "Answer in two sentences."],
  ["human", process.argv[2] ?? "Can a landlord keep the whole deposit?"],
]);
for await (const { text } of stream) process.stdout.write(text);
process.stdout.write("\n");
