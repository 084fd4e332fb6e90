/** Asks from the terminal: node examples/ask.js "Can a landlord keep the whole deposit?" "How long may he keep it?" */
import { askInChat } from "./read-stream.js";

const url = process.env.URL ?? "http://localhost:8787";
const questions = process.argv.slice(2);
const account = { email: "ada@example.com", password: "seven tall lamps" };

const token = await signIn();
const chat = await post("/chats", {}, token);
for (const question of questions) {
  process.stdout.write(`\n> ${question}\n\n`);
  for await (const { event, data } of askInChat({ url, token }, chat.id, question)) {
    if (event === "content_delta") process.stdout.write(String(data.content));
    if (event === "turn_error") process.stderr.write(`\n${String(data.error)}\n`);
  }
  process.stdout.write("\n");
}

/** Registers the example account, or signs in where it exists. */
async function signIn() {
  const registered = await send("/auth/register", { name: "Ada Example", ...account });
  if (registered.status !== 409) return (await read(registered)).access_token;
  return (await post("/auth/login", account)).access_token;
}

async function post(path, body, token) {
  return read(await send(path, body, token));
}

function send(path, body, token) {
  return fetch(url + path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

async function read(response) {
  const result = await response.json();
  if (!response.ok) throw new Error(result.detail);
  return result;
}
