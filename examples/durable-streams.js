// Follows all turns of a chat by the Durable Streams client, and keeps the place that it has read to in a file: run
// again, it goes on there. Ctrl-C ends it.
//   npm install @durable-streams/client
//   INDIFLY_TOKEN=… node examples/durable-streams.js CHAT_ID
import { readFile, rename, writeFile } from "node:fs/promises";
import process from "node:process";
import { stream } from "@durable-streams/client";

const url = process.env.INDIFLY_URL ?? "http://localhost:8787";
const [chatId, file = "offset.txt"] = process.argv.slice(2);

const events = await stream({
  url: `${url}/chats/${chatId}/events`,
  headers: { authorization: `Bearer ${process.env.INDIFLY_TOKEN}` },
  offset: await readFile(file, "utf8").catch(() => "-1"),
  live: "sse",
  // For localhost.
  warnOnHttp: false,
});

events.subscribeJson(async ({ items, offset }) => {
  for (const event of items) {
    if (event.type === "content_delta") process.stdout.write(event.content);
    if (event.type === "stream_complete") process.stdout.write("\n");
  }
  // A file that is written over is empty for a moment, and Ctrl-C may come in it.
  await writeFile(`${file}.new`, offset);
  await rename(`${file}.new`, file);
});
await events.closed;
