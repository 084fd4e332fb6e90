// Streams a response with OpenAI's own client, leaves it in the middle, and reads on after the last event that arrived;
// then asks a follow-up. Needs a key: POST /auth/keys with the scope `chat`.
//   npm install openai
//   INDIFLY_KEY=ifk_… node examples/openai/responses.js "Can a landlord keep the whole deposit?" "For how long?"
import process from "node:process";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.env.INDIFLY_URL ?? "http://localhost:8787/v1",
  apiKey: process.env.INDIFLY_KEY,
});

/** Prints a stream's text, up to `most` events; returns the response's id and the number of the last event. */
async function print(stream, most = Infinity) {
  let id;
  let last = -1;
  for await (const event of stream) {
    last = event.sequence_number;
    if (event.type === "response.created") id = event.response.id;
    if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
    if (event.type === "response.failed") throw new Error(event.response.error.message);
    if (last + 1 === most) break;
  }
  return { id, last };
}

const [first = "Can a landlord keep the whole deposit?", next = "How long may he keep it?"] =
  process.argv.slice(2);

// With `background: true` and no `stream`, the response is there at once, and only its id is needed.
const begun = await client.responses.create({ model: "gpt-4o-mini", input: first, stream: true });
const { id, last } = await print(begun, 6);
await print(await client.responses.retrieve(id, { stream: true, starting_after: last }));

const followUp = { model: "gpt-4o-mini", input: next, previous_response_id: id };
const { output_text: text, usage } = await client.responses.create(followUp);
process.stdout.write(`\n\n${text}\n(${usage.total_tokens} tokens)\n`);
