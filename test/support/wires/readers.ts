/** A reader for each wire: it reads a turn over a network that fails, resumes as its wire allows, and has the text. */
import type OpenAI from "openai";
import { expect } from "vitest";
import { catchUp, followChat, type LoggedEvent } from "../durable-stream.ts";
import { readStream } from "../faults/stream-reader.ts";
import type { SeenEvent } from "../faults/history.ts";
import { openAiClient } from "../openai-client.ts";
import { connect, newTicket, type Tab } from "../socket.ts";
import { clientOf, quick, readAll } from "../typed-client.ts";
import { until } from "../until.ts";
import { readChat, readChatSocket, readWorkflow } from "./ai-sdk-readers.ts";
import { openTunnel, withinCuts } from "./network.ts";
import type { CompletionChunk, Reader } from "./turn.ts";

type TextEvent = { type: string; content?: unknown };

const textIn = (events: readonly TextEvent[]): string =>
  events.flatMap(({ type, content }) => (type === "content_delta" ? [content] : [])).join("");

/** Ids that grow by one, to the end of the turn. */
function expectWhole(events: readonly LoggedEvent[]): void {
  const [first] = events;
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => first.id + index));
  expect(events.at(-1)).toMatchObject({ type: "stream_complete" });
}

/** The first event of the chat: a running turn is read without it once, but may have ended before the next try. */
const firstId = (isRunning: boolean): number | undefined => (isRunning ? undefined : 1);

/** Our own wire, resumed with `Last-Event-ID`. */
const readEvents: Reader = async ({ of, baseUrl, chatId, isRunning }, network) => {
  const seen: SeenEvent[] = [];
  for (let tries = 0; seen.at(-1)?.name !== "stream_complete"; tries++) {
    const lastId = seen.at(-1)?.id ?? firstId(isRunning && tries === 0);
    const response = await network.fetch(`${baseUrl}/chats/${chatId}/stream`, {
      headers: {
        authorization: `Bearer ${of.accessToken}`,
        ...(lastId !== undefined && { "last-event-id": String(lastId) }),
      },
    });
    expect(response.status).toBe(200);
    seen.push(...(await readStream(response)).events);
  }
  const events = seen.map(({ id, data }) => ({ ...data, id }));
  expectWhole(events);
  return textIn(events);
};

/** The typed client, which resumes by itself. */
const readTyped: Reader = async ({ of, baseUrl, chatId }, network) => {
  const client = clientOf(of, { baseUrl, fetch: network.fetch });
  const options = { ...quick, tries: 100, after: 1 };
  const events = await readAll(client.follow(chatId, options));
  expectWhole(events);
  return textIn(events);
};

/**
 * Until the socket is cut or the turn is over. A socket begins with the running turn, or the next one, and repeats that
 * once it is resumed.
 */
async function takeFrames(tab: Tab, after: number | undefined, events: LoggedEvent[]) {
  if (after !== undefined) tab.send({ type: "resume", after });
  let isClosed = false;
  void tab.closed.then(() => (isClosed = true));
  await until(async () => {
    for (const frame of tab.frames.splice(0)) {
      const lastId = events.at(-1)?.id ?? after;
      if (lastId === undefined || frame.id === lastId + 1) events.push(frame);
    }
    return isClosed || events.at(-1)?.type === "stream_complete";
  });
  tab.close();
}

/** A live socket, resumed with a frame. */
const readSocket: Reader = async ({ of, baseUrl, chatId, isRunning }, network) => {
  await using tunnel = await openTunnel(baseUrl, network);
  const events: LoggedEvent[] = [];
  for (let tries = 0; events.at(-1)?.type !== "stream_complete"; tries++) {
    const ticket = await newTicket(of, chatId);
    const after = events.at(-1)?.id ?? firstId(isRunning && tries === 0);
    await withinCuts(network, async () => {
      const tab = await connect(chatId, ticket, tunnel.origin);
      await takeFrames(tab, after, events);
    });
  }
  expectWhole(events);
  return textIn(events);
};

/** A durable stream, resumed at the offset of what has arrived. */
const readDurable =
  (live: "sse" | "long-poll"): Reader =>
  async ({ of, baseUrl, chatId }, network) => {
    const events: LoggedEvent[] = [];
    let offset = "-1";
    while (events.at(-1)?.type !== "stream_complete") {
      await withinCuts(network, async () => {
        const how = { baseUrl, live, offset, fetch: network.fetch };
        const following = await followChat(of, chatId, how);
        let isEnded = false;
        const ended = following.ended.finally(() => (isEnded = true)).catch(() => undefined);
        const isOver = () => following.events.at(-1)?.type === "stream_complete";
        await until(async () => isEnded || isOver());
        following.stop();
        await ended;
        events.push(...following.events);
        offset = following.offset();
      });
    }
    expectWhole(events);
    return textIn(events);
  };

/** Pages of a durable stream, until its end. */
const readPages: Reader = async ({ of, baseUrl, chatId }, network) => {
  let events: LoggedEvent[] = [];
  while (events.at(-1)?.type !== "stream_complete") {
    await withinCuts(network, async () => {
      events = await catchUp(of, chatId, { baseUrl, fetch: network.fetch });
    });
  }
  expectWhole(events);
  return textIn(events);
};

/** A completion, which is repeated from its start. */
const readCompletion: Reader = async ({ of, baseUrl, body }, network) => {
  const client = openAiClient(of.accessToken, { baseUrl, fetch: network.fetch });
  const repeat = { headers: { "x-stainless-retry-count": "1" } };
  let chunks: CompletionChunk[] = [];
  while (!chunks.some(({ choices: [choice] }) => choice?.finish_reason)) {
    chunks = [];
    await withinCuts(network, async () => {
      for await (const chunk of await client.chat.completions.create(body, repeat)) {
        chunks.push(chunk);
      }
    });
  }
  return chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("");
};

type ResponseEvent = OpenAI.Responses.ResponseStreamEvent;

/**
 * A response, resumed after the number of an event; its text is that of the whole response at the end. Whoever resumes
 * once the log is deleted gets only the end, and may have a part of the deltas alone.
 */
const readResponse: Reader = async ({ of, baseUrl, answerId, hasLog }, network) => {
  const client = openAiClient(of.accessToken, { baseUrl, fetch: network.fetch });
  const events: ResponseEvent[] = [];
  while (events.at(-1)?.type !== "response.completed") {
    const last = events.at(-1)?.sequence_number;
    const after = last === undefined ? {} : { starting_after: last };
    await withinCuts(network, async () => {
      const query = { stream: true as const, ...after };
      for await (const event of await client.responses.retrieve(`resp_${answerId}`, query)) {
        events.push(event);
      }
    });
  }
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  const deltas = events
    .map((event) => (event.type === "response.output_text.delta" ? event.delta : ""))
    .join("");
  const text = outputOf(events.at(-1));
  expect(hasLog ? text : text.slice(0, deltas.length)).toBe(deltas);
  return text;
};

function outputOf(last: ResponseEvent | undefined): string {
  if (last?.type !== "response.completed") return "";
  const parts = last.response.output.flatMap((item) =>
    item.type === "message" ? item.content : [],
  );
  return parts.map((part) => (part.type === "output_text" ? part.text : "")).join("");
}

/** What one program or another reads a turn with. A wire adds its own here. */
export const READERS = {
  "our own events": readEvents,
  "the typed client": readTyped,
  "a live socket": readSocket,
  "a durable stream as events": readDurable("sse"),
  "a durable stream by long polls": readDurable("long-poll"),
  "a completion": readCompletion,
  "a response": readResponse,
  "a workflow of the AI SDK": readWorkflow,
  "a chat of the AI SDK": readChat,
  "a socket of the AI SDK": readChatSocket,
} satisfies Record<string, Reader>;

/** Those that find a turn which has ended, and what has it as a whole. */
export const LATE_READERS = { ...READERS, "pages of a durable stream": readPages };

/** Those that find a turn whose log is deleted. */
export const PRUNED_READERS = {
  "a completion": readCompletion,
  "a response": readResponse,
  "a chat of the AI SDK": readChat,
  "a socket of the AI SDK": readChatSocket,
};
