import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const KIB = 1_024;

/** This many bytes of words, all different. */
function distinctWords(bytes: number): string {
  const words: string[] = [];
  for (let length = 0, index = 0; length < bytes; index++) {
    const word = index
      .toString(36)
      .replaceAll(/\d/g, (digit) => "qrstuvwxyz".charAt(Number(digit)));
    words.push(word);
    length += word.length + 1;
  }
  return words.join(" ");
}

const repeated = (piece: string, bytes: number) => piece.repeat(Math.ceil(bytes / piece.length));

/** Text that Postgres cannot index: too many words, or runs that it parses repeatedly. */
const HOSTILE: [string, string][] = [
  ["a megabyte of distinct words", distinctWords(900 * KIB)],
  ["distinct compounds", distinctWords(900 * KIB).replaceAll(/ (\w+) /g, "-$1 ")],
  ["a run of digits and underscores", repeated("1_", 64 * KIB)],
  ["a run of letters and underscores", repeated("a_", 400 * KIB)],
  ["a run of paths", repeated("~/", 200 * KIB)],
  ["comments that are not closed", repeated("<!-- ", 400 * KIB)],
  ["a word of four-byte characters after another", repeated("🜁🜂-🜃🜄 ", 400 * KIB)],
];

describe("an answer of", () => {
  it.each(HOSTILE)("%s is stored, and found by its beginning", async (_, text) => {
    const chatId = await newChat(ada, { auto_title: false });
    const content = `Preamble: ${text}`;
    const tokens = content.match(/[^]{1,60000}/gu) ?? [];
    const marker = await script({ tokens });
    const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content: marker });
    expect([status, body.ai_response?.status]).toEqual([200, "complete"]);
    expect(body.ai_response.content === content).toBe(true);
    const { hits } = (await ada.get(`/search?q=preamble&scope=messages&chat_id=${chatId}`)).body;
    expect(hits.map(({ message_id }: { message_id: string }) => message_id)).toEqual([
      body.ai_response.id,
    ]);
  });
});

it("A user message with such a run is stored too", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  for (const piece of ["1_", "~/", "<!-- "]) {
    const content = repeated(piece, 31_990);
    const { status } = await ada.post("/messages", { chat_id: chatId, type: "user", content });
    expect(status).toBe(201);
  }
});

it("Compounds and addresses are found as they are written", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const content =
    "Write to clerk@court.example about the non-compete, see court.example/forms/a1 today.";
  await ada.post("/messages", { chat_id: chatId, type: "user", content });
  for (const words of ["non-compete", "clerk@court.example", "court.example/forms/a1"]) {
    const q = encodeURIComponent(words);
    const { hits } = (await ada.get(`/search?q=${q}&scope=messages&chat_id=${chatId}`)).body;
    expect(hits, words).toHaveLength(1);
  }
  expect(await query("SELECT FROM message_words WHERE chat_id = $1", [chatId])).toHaveLength(1);
});
