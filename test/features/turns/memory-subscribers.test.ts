import { beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { at, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker, WITH_LITTLE_MEMORY } from "../../support/fast-worker.ts";
import { release, script, wideTokens } from "../../support/provider.ts";
import { getSilently, openSilently, type SilentResponse } from "../../support/silent-client.ts";
import { newTicket, openTab } from "../../support/socket.ts";
import { allEvents, readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

/** All that one socket is sent, and the page that goes beyond it. */
const MOST_SOCKET_BYTES = 8.25 * 1024 * 1024;

/** The share of each where there are sixteen, and the page beyond it. */
const MOST_OF_SIXTEEN = 2.25 * 1024 * 1024;

const MOST_STREAMS = 64;

/** Above the idle process. */
const MOST_GROWTH_MIB = 64;

const TIMEOUT_MS = 120_000;

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

/** Each in a process of its own: garbage of one is not counted with the next. */
async function inOwnProcess<T>(use: (worker: FastWorker, ada: SignedIn) => Promise<T>): Promise<T> {
  // A stream whose client is gone is detected by a write.
  const vars = { TURN_LIMITS: JSON.stringify({ heartbeat_ms: 1_000 }) };
  const worker = await startFastWorker(vars, WITH_LITTLE_MEMORY);
  try {
    return await use(worker, at(worker.url, ada));
  } finally {
    await worker.close();
  }
}

/** A chat whose log is of nearly 6 MiB. */
async function chatWithLongLog(of: SignedIn): Promise<string> {
  const chatId = await newChat(of, { auto_title: false });
  const content = await script({ tokens: wideTokens(), together: true, times: 1 });
  expect((await of.post(`/chats/${chatId}/messages`, { content })).status).toBe(200);
  return chatId;
}

/** A turn of another user in the same process, from its start to its end. */
async function turnOfEve({ url }: FastWorker): Promise<string> {
  const content = await script({ tokens: ["One ", "two."], tokenDelayMs: 100 });
  const response = await at(url, eve).post("/chat", { content });
  return response.body.ai_response.status;
}

it("Sockets that read nothing and resume repeatedly", { timeout: TIMEOUT_MS }, async () => {
  await inOwnProcess(async (worker, person) => {
    const chatId = await chatWithLongLog(person);
    const open = async () => {
      const ticket = await newTicket(person, chatId);
      return openSilently(worker.url, `/chats/${chatId}/ws?ticket=${ticket}`);
    };
    const sockets = await Promise.all([open(), open(), open(), open()]);
    const growth = await worker.growthMiB(async () => {
      for (let resumes = 0; resumes < 8; resumes++) {
        for (const socket of sockets) socket.send({ type: "resume", after: 1 });
        // Takes the room as long as it could take to send the sockets everything.
        await (await person.fetch(`/chats/${chatId}/stream?after=1`)).text();
      }
      expect(await turnOfEve(worker)).toBe("complete");
    });
    expect(growth).toBeLessThan(MOST_GROWTH_MIB);
    const left = await Promise.all(sockets.map((socket) => socket.leave()));
    for (const { bytes } of left) expect(bytes).toBeLessThan(MOST_SOCKET_BYTES);
  });
});

it("A socket that was sent 8 MiB continues on another", { timeout: TIMEOUT_MS }, async () => {
  await inOwnProcess(async (worker, person) => {
    const chatId = await chatWithLongLog(person);
    const tab = await openTab(person, chatId, worker.url);
    const isWhole = async () => tab.frames.at(-1)?.type === "stream_complete";
    tab.send({ type: "resume", after: 1 });
    await until(isWhole);
    const whole = tab.frames.splice(0);
    expect(whole.map(({ id }) => id)).toEqual(whole.map((_, index) => index + 2));
    tab.send({ type: "resume", after: 1 });
    expect(await tab.closed).toEqual({ code: 1013, reason: "connect again to go on" });
    const seen = tab.frames;
    expect(seen).toEqual(whole.slice(0, seen.length));
    const again = await openTab(person, chatId, worker.url);
    again.send({ type: "resume", after: seen.at(-1)?.id });
    const rest = whole.slice(seen.length);
    await until(async () => again.frames.length === rest.length);
    expect(again.frames).toEqual(rest);
  });
});

it("Of sixteen sockets each is sent its share, 2 MiB", { timeout: TIMEOUT_MS }, async () => {
  await inOwnProcess(async (worker, person) => {
    const chatId = await chatWithLongLog(person);
    const others = Array.from({ length: 15 }, () => openTab(person, chatId, worker.url));
    await Promise.all(others);
    const tab = await openTab(person, chatId, worker.url);
    tab.send({ type: "resume", after: 1 });
    expect(await tab.closed).toEqual({ code: 1013, reason: "connect again to go on" });
    const sent = tab.frames.map((frame) => Buffer.byteLength(JSON.stringify(frame)));
    const bytes = sent.reduce((sum, length) => sum + length, 0);
    expect(bytes).toBeGreaterThan(MOST_OF_SIXTEEN / 2);
    expect(bytes).toBeLessThan(MOST_OF_SIXTEEN);
  });
});

it("Streams that the clients do not read", { timeout: TIMEOUT_MS }, async () => {
  await inOwnProcess(async (worker, person) => {
    const chatId = await newChat(person, { auto_title: false });
    // Fits into the network's buffers: what is sent and not read is not in the process, and not
    // measured.
    const tokens = Array.from({ length: 250 }, (_, index) => `${index}:`.padEnd(3_500, "."));
    const content = await script({ tokens, holdAfter: tokens.length - 1, times: 1 });
    const asked = await person.fetch(`/chats/${chatId}/messages/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content }),
    });
    const events = readEvents(asked);
    let isHeld = false;
    for (let length = 0; !isHeld; isHeld = length === tokens.slice(0, -1).join("").length) {
      length += (await events.next()).value?.data.content?.length ?? 0;
    }
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const url = `${worker.url}/chats/${chatId}/stream`;
    const streams: SilentResponse[] = [];
    const growth = await worker.growthMiB(async () => {
      for (let count = 0; count < 300; count++) streams.push(await getSilently(url, headers));
      expect(await turnOfEve(worker)).toBe("complete");
    });
    expect(growth).toBeLessThan(MOST_GROWTH_MIB);
    const statuses = streams.map(({ status }) => status);
    // The client that began the turn has a stream too.
    expect(statuses.filter((status) => status === 200)).toHaveLength(MOST_STREAMS - 1);
    expect(new Set(statuses.slice(MOST_STREAMS))).toEqual(new Set([429]));
    expect(Number(streams.at(-1)?.headers["retry-after"])).toBeGreaterThan(0);
    for (const { drop } of streams) drop();
    const late = await until(async () => {
      const response = await person.fetch(`/chats/${chatId}/stream`);
      return response.ok && response;
    });
    await release(content);
    expect((await allEvents(late)).at(-1)?.name).toBe("stream_complete");
  });
});
