// Streams an answer with OpenAI's own client. Needs a key: POST /auth/keys with the scope `chat`.
//   npm install openai
//   INDIFLY_KEY=ifk_… node examples/openai/node.js "Can a landlord keep the whole deposit?"
import process from "node:process";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.INDIFLY_URL ?? "http://localhost:8787/v1",
  apiKey: process.env.INDIFLY_KEY,
});

const stream = await client.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [
    { role: "system", content: "Answer in two sentences." },
    { role: "user", content: process.argv[2] ?? "Can a landlord keep the whole deposit?" },
  ],
  stream: true,
  stream_options: { include_usage: true },
});

for await (const { choices, usage } of stream) {
  const [{ delta } = { delta: {} }] = choices;
  process.stdout.write(delta.content ?? "");
  // Links to the cited pages, where documents were named in `file_ids`.
  for (const { url_citation: link } of delta.annotations ?? []) {
    process.stdout.write(`\n${link.title}: ${link.url}`);
  }
  if (usage) process.stdout.write(`\n(${usage.total_tokens} tokens)\n`);
}
