import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat } from "../support/chats.ts";
import { bearer, type SignedIn, signUp } from "../support/client.ts";
import { type FastWorker, startFastWorker } from "../support/fast-worker.ts";
import type { SeenEvent } from "../support/faults/history.ts";
import { parseEvents, type Read, readStream } from "../support/faults/stream-reader.ts";
import { newKey, send } from "../support/keys.ts";
import { release, script } from "../support/provider.ts";
import { textOf } from "../support/sse.ts";

/**
 * Characters of one to four bytes, of several code points, right to left, and text that could end an event.
 */
const WORDS = [
  "Ja. ",
  "é",
  "e\u0301\u0323",
  "契約書",
  "👩🏽‍⚖️",
  "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
  "ﷺ",
  "\r\n\r\ndata: x\n\n",
  "\u2028",
  "\ufeff",
];
const TOKENS = [...WORDS, ...WORDS.toReversed(), ...WORDS];
const ANSWER = TOKENS.join("");

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  [ada, worker] = await Promise.all([signUp(), startFastWorker()]);
});
afterAll(() => worker.close());

/** The rest of a turn for a subscriber that resumes: by its last id, or, without one, by its key. */
async function resume(turn: Turn, lastId: number | undefined): Promise<SeenEvent[]> {
  if (lastId === undefined) return (await readStream(await ask(turn))).events;
  const headers = { authorization: `Bearer ${ada.accessToken}`, "last-event-id": String(lastId) };
  const response = await fetch(`${worker.url}/chats/${turn.chatId}/stream`, { headers });
  return (await readStream(response)).events;
}

type Turn = { chatId: string; marker: string; key: string };

function ask({ chatId, marker, key }: Turn): Promise<Response> {
  const path = `/chats/${chatId}/messages/stream`;
  return send(ada, path, { content: marker }, key, worker.url);
}

async function newTurn(how: { holdAfter?: number } = {}): Promise<Turn> {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ tokens: TOKENS, bytesPerWrite: 7, ...how });
  return { chatId, marker, key: newKey() };
}

async function storedText(chatId: string): Promise<string> {
  return (await bearer(ada.accessToken).get(`/chats/${chatId}/messages`)).body.at(-1).content;
}

const receivedText = (events: SeenEvent[]) =>
  textOf(events.map((event) => ({ ...event, bytes: 0 })));

it("A subscriber cut at any byte, inside a character too, has the stored text after it resumes", async () => {
  const turn = await newTurn();
  const bytes = new Uint8Array(await (await ask(turn)).arrayBuffer());
  const stored = await storedText(turn.chatId);
  expect(stored).toBe(ANSWER);
  const rests = new Map<number | undefined, SeenEvent[]>();
  for (let cut = 0; cut <= bytes.length; cut++) {
    const seen = parseEvents(bytes.subarray(0, cut));
    const lastId = seen.at(-1)?.id;
    const rest = rests.get(lastId) ?? (await resume(turn, lastId));
    rests.set(lastId, rest);
    const whole = [...seen, ...rest];
    expect(receivedText(whole), `cut after ${cut} bytes`).toBe(stored);
    expect(whole.at(-1)?.name, `cut after ${cut} bytes`).toBe("stream_complete");
    expect(whole.map(({ id }) => id)).toEqual(whole.map((_, index) => (whole[0]?.id ?? 0) + index));
  }
  expect(rests.size).toBe(parseEvents(bytes).length + 1);
});

it("A subscriber whose connection is cut during generation has the stored text in the end", async () => {
  const bytesOfHead = 700;
  const cuts = Array.from({ length: 8 }, (_, index) => bytesOfHead + index * 137);
  await Promise.all(cuts.map(cutWhileWriting));
});

async function cutWhileWriting(leavesAfter: number): Promise<void> {
  const turn = await newTurn({ holdAfter: TOKENS.length - 2 });
  const before: Read = await readStream(await ask(turn), leavesAfter);
  expect(before.end).toBe("left");
  const reading = resume(turn, before.events.at(-1)?.id);
  await release(turn.marker);
  const whole = [...before.events, ...(await reading)];
  expect(receivedText(whole)).toBe(await storedText(turn.chatId));
  expect(whole.at(-1)?.name).toBe("stream_complete");
}
