import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Body, SignedIn } from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";

let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld();
  ada = await world.signUp();
}, WORLD_START_MS);
afterAll(() => world.close());

/** The id of the chat of a new completion. */
async function complete(content: string, options: object = {}): Promise<string> {
  const messages = [
    { role: "user", content: "What came before?" },
    { role: "assistant", content: "This." },
    { role: "user", content },
  ];
  const { body } = await ada.post("/v1/chat/completions", { messages, ...options });
  return body.chat_id;
}

const rowsOf = (table: string, column: string, id: string) =>
  world.query(`SELECT ${column} FROM ${table} WHERE ${column} = $1`, [id]);

it("A completion that is not stored is deleted a quarter of an hour later, with its room", async () => {
  const [unkept, kept] = [await complete("Hello?"), await complete("Hello?", { store: true })];
  await world.query("UPDATE chats SET expires_at = expires_at - interval '14 minutes'");
  expect(await world.minute()).toMatchObject({ expire_chats: 0 });
  await world.query("UPDATE chats SET expires_at = expires_at - interval '1 minute'");
  expect(await world.minute()).toMatchObject({ expire_chats: 1 });
  await world.minute();
  expect(await rowsOf("messages", "chat_id", unkept)).toEqual([]);
  expect(await rowsOf("chats", "id", unkept)).toEqual([]);
  expect(await world.worker.storageOf(unkept)).toEqual({});
  expect(await rowsOf("messages", "chat_id", kept)).toHaveLength(4);
});

it("A stored completion is in the export of its account, and in no list", async () => {
  const word = `aardvark${crypto.randomUUID().slice(0, 8)}`;
  const chatId = await complete(word, { store: true });
  const { body } = await ada.get("/chats");
  expect(body.chats.map(({ id }: Body) => id)).not.toContain(chatId);
  expect((await ada.get(`/search?q=${word}`)).body.hits).toEqual([]);
  const response = await ada.fetch("/users/me/export");
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const chat = Object.entries(files).find(([name]) => name.includes(chatId));
  expect(strFromU8(chat?.[1] ?? new Uint8Array())).toContain(word);
});

it("The words of a message are indexed for search in a listed chat, and in no other", async () => {
  const chatId = await complete("Hello?", { store: true });
  expect(await rowsOf("message_words", "chat_id", chatId)).toEqual([]);
  const { body } = await ada.post("/chat", { content: "Hello?" });
  expect(await rowsOf("message_words", "chat_id", body.chat_id)).toHaveLength(2);
});
