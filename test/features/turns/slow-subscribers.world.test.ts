import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { release, script, wideTokens } from "../../support/provider.ts";
import { readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const TOKENS = wideTokens();

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  worker = await startFastWorker({ TURN_LIMITS: JSON.stringify({ heartbeat_ms: 100 }) });
  ada = await signUp();
});
afterAll(() => worker.close());

const headers = () => ({ authorization: `Bearer ${ada.accessToken}` });

function read(path: string, url = worker.url): Promise<Response> {
  return fetch(url + path, { headers: headers() });
}

/** A client that reads the headers, and then nothing until asked to. */
function readNothing(path: string, url = worker.url): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url + path, { headers: headers() }, resolve).on("error", reject);
  });
}

/** Whatever the client can still read: whole events, until its connection ends. */
async function takeAll(response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  try {
    for await (const piece of response) text += piece;
  } catch {
    // The end of a stream that was cut.
  }
  return text.slice(0, text.lastIndexOf("\n\n") + 2);
}

/**
 * The text of an answer, whose last token is released once the client has read all before it: heartbeats are the same
 * for all subscribers of a room, and come to this one once it has all there is.
 */
async function readAndRelease(response: Response, marker: string): Promise<string> {
  let heartbeats = 0;
  let text = "";
  const onComment = () => {
    if (++heartbeats === 5) void release(marker);
  };
  let last = "";
  for await (const { name, data } of readEvents(response, onComment)) {
    if (name === "content_delta") text += data.content;
    heartbeats = 0;
    last = name;
  }
  expect(last).toBe("stream_complete");
  return text;
}

const contentOf = (text: string) =>
  [...text.matchAll(/^data: (\{"type":"content_delta".*)$/gm)]
    .map(([, data]) => JSON.parse(data ?? "").content)
    .join("");

it("A subscriber that reads nothing delays nobody, is disconnected, and resumes without a gap", async () => {
  const marker = await script({ tokens: TOKENS, holdAfter: TOKENS.length - 1, times: 1 });
  const { id: chatId } = (await ada.post("/chats", { auto_title: false })).body;
  const started = await fetch(`${worker.url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { ...headers(), "content-type": "application/json" },
    body: JSON.stringify({ content: marker }),
  });
  const stuck = await readNothing(`/chats/${chatId}/stream`);

  const text = await readAndRelease(started, marker);
  expect(text).toBe(TOKENS.join(""));

  const taken = await takeAll(stuck);
  expect(taken).not.toContain("stream_complete");
  const lastId = [...taken.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1];
  const rest = await (await read(`/chats/${chatId}/stream?after=${lastId}`)).text();
  expect(contentOf(taken) + contentOf(rest)).toBe(text);
  expect(rest).toContain("stream_complete");
});

it("A subscriber whose turn is pruned before it has read all of it is ended", async () => {
  const forgetful = await startFastWorker({
    TURN_LIMITS: JSON.stringify({ heartbeat_ms: 100, log_kept_ms: 500 }),
  });
  try {
    const marker = await script({ tokens: TOKENS, holdAfter: TOKENS.length - 1, times: 1 });
    const { id: chatId } = (await ada.post("/chats", { auto_title: false })).body;
    const started = await fetch(`${forgetful.url}/chats/${chatId}/messages/stream`, {
      method: "POST",
      headers: { ...headers(), "content-type": "application/json" },
      body: JSON.stringify({ content: marker }),
    });
    const stuck = await readNothing(`/chats/${chatId}/stream`, forgetful.url);
    // Soon after its end the turn is pruned for this reader, too.
    await readAndRelease(started, marker);
    await until(async () => {
      // Its head alone: many megabytes in each poll are a load of their own.
      const url = `${forgetful.url}/chats/${chatId}/stream?after=1`;
      const { status } = await fetch(url, { method: "HEAD", headers: headers() });
      return status === 204;
    });
    expect(await takeAll(stuck)).not.toContain("stream_complete");
  } finally {
    await forgetful.close();
  }
});
