/** A reader of a chat's events by the Durable Streams client, whose connection can be cut. */
import { stream, type StreamOptions } from "@durable-streams/client";
import { newChat } from "./chats.ts";
import { type Body, type SignedIn, workerUrl } from "./client.ts";
import { toStream } from "./cut-stream.ts";
import { script } from "./provider.ts";
import { allEvents } from "./sse.ts";
import { until } from "./until.ts";

/** Checked against the document where it is read whole. */
export type LoggedEvent = Body;

/** The offset of a chat without events. */
export const FIRST = "0000000000000000";

/** The offset after an event. */
export const offsetAfter = (event: LoggedEvent) => String(event.id).padStart(16, "0");

export type Following = {
  /** What has arrived, in order. */
  events: LoggedEvent[];
  /** The offset after it. */
  offset: () => string;
  isUpToDate: () => boolean;
  isClosed: () => boolean;
  stop: () => void;
  /** Resolves when it ends; rejects where the connection was cut, or the server refused. */
  ended: Promise<void>;
};

type How = Pick<StreamOptions, "live" | "offset" | "fetch"> & { baseUrl?: string };

/** Follows a chat until it is stopped. */
export async function followChat(of: SignedIn, chatId: string, how: How = {}): Promise<Following> {
  const { baseUrl = workerUrl, offset = "-1", live = "sse", ...rest } = how;
  const response = await stream<LoggedEvent>({
    url: `${baseUrl}/chats/${chatId}/events`,
    headers: { authorization: `Bearer ${of.accessToken}` },
    offset,
    live,
    warnOnHttp: false,
    sseResilience: { maxShortConnections: 1_000, backoffBaseDelay: 1, logWarnings: false },
    ...rest,
  });
  // It may end before anything waits for its end.
  response.closed.catch(() => undefined);
  const events: LoggedEvent[] = [];
  let [at, upToDate] = [offset, false];
  response.subscribeJson((batch) => {
    events.push(...batch.items);
    at = batch.offset;
    upToDate = batch.upToDate;
  });
  return {
    events,
    offset: () => at,
    isUpToDate: () => upToDate,
    isClosed: () => response.streamClosed,
    stop: () => response.cancel(),
    ended: response.closed,
  };
}

/** Everything that is kept of a chat. */
export async function catchUp(of: SignedIn, chatId: string, how: How = {}): Promise<LoggedEvent[]> {
  const { baseUrl = workerUrl, offset = "-1", ...rest } = how;
  const response = await stream<LoggedEvent>({
    url: `${baseUrl}/chats/${chatId}/events`,
    headers: { authorization: `Bearer ${of.accessToken}` },
    offset,
    // Without it, the client reads one page.
    live: true,
    warnOnHttp: false,
    ...rest,
  });
  return response.json();
}

/** Cuts the body of a response with an error after this many bytes. */
export function cutAfter(bytes: number, response: Response): Response {
  return new Response(toStream(takeBytes(bytes, response)), response);
}

async function* takeBytes(bytes: number, { body }: Response): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of body ?? []) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left < 0) throw new TypeError("connection cut");
  }
}

/** The prompt of a later turn contains the marker of an earlier one. */
export const once = { kind: "answer", times: 1 } as const;

/** Sends a user message, and returns the events of its turn as its own stream has them. */
export async function turnIn(
  of: SignedIn,
  chatId: string,
  content: string,
): Promise<LoggedEvent[]> {
  const response = await of.fetch(`/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
  const events = await allEvents(response);
  return events.map(({ id, data }) => ({ ...data, id }));
}

export const words = (count: number) =>
  Array.from({ length: count }, (_, index) => `wörd${index} `);

/** A chat with turns of so many words that have ended, and their events. */
export async function talked(
  ada: SignedIn,
  counts: number[],
): Promise<{ chatId: string; events: LoggedEvent[] }> {
  const chatId = await newChat(ada, { auto_title: false });
  const events: LoggedEvent[] = [];
  for (const count of counts) {
    const marker = await script({ ...once, tokens: words(count), tokenDelayMs: 1 });
    events.push(...(await turnIn(ada, chatId, marker)));
  }
  return { chatId, events };
}

/** Waits until the event with this id has arrived. */
export const has = (following: Following, id: number | undefined) =>
  until(async () => following.events.at(-1)?.id === id);

/** The checked response to a read. */
export const read = (of: SignedIn, chatId: string, query = "", headers = {}) =>
  of.get(`/chats/${chatId}/events${query}`, headers);
