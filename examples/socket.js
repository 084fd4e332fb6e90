// Follows a chat over its live socket, and after a lost connection goes on after the last event. Ctrl-C ends it.
//   INDIFLY_TOKEN=… node examples/socket.js CHAT_ID
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const url = process.env.INDIFLY_URL ?? "http://localhost:8787";
const [chatId] = process.argv.slice(2);

/** A ticket opens one socket within a minute, because a browser sends no `Authorization` with a socket. */
async function newTicket() {
  const response = await fetch(`${url}/ws/tickets`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${process.env.INDIFLY_TOKEN}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ chat_id: chatId }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  return body.ticket;
}

/** After that, the events of a turn that has ended are gone. */
const EVENTS_KEPT_MS = 10 * 60_000;

let lastId;
let lastAt = 0;

function show(frame) {
  // Files and the chat itself have no id. A socket begins with the running turn or the next one, before it is resumed.
  if (frame.id === undefined || (lastId !== undefined && frame.id !== lastId + 1)) return;
  lastId = frame.id;
  lastAt = Date.now();
  if (frame.type === "content_delta") process.stdout.write(frame.content);
  if (frame.type === "stream_complete") process.stdout.write("\n");
}

/** Until the connection is lost. */
async function follow() {
  const address = `${url.replace("http", "ws")}/chats/${chatId}/ws?ticket=${await newTicket()}`;
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    if (lastId !== undefined) socket.send(JSON.stringify({ type: "resume", after: lastId }));
  });
  socket.addEventListener("message", ({ data }) => show(JSON.parse(data)));
  await new Promise((resolve) => {
    socket.addEventListener("close", resolve);
    socket.addEventListener("error", resolve);
  });
}

for (;;) {
  await follow().catch(({ message }) => process.stderr.write(`${message}\n`));
  await delay(1_000);
  // Then the messages are read with GET /chats/{id}/messages.
  if (Date.now() - lastAt > EVENTS_KEPT_MS) lastId = undefined;
}
