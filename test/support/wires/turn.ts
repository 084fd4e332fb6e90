/** A turn that can be read over every wire: it is begun as a completion in a chat of one's own. */
import type OpenAI from "openai";
import { newChat } from "../chats.ts";
import { type Body, type SignedIn, workerUrl } from "../client.ts";
import { openAiClient } from "../openai-client.ts";
import { release, script } from "../provider.ts";
import type { Network } from "./network.ts";

export type CompletionChunk = OpenAI.ChatCompletionChunk;

/** Resolves to the text of the answer once its wire has ended. */
export type Reader = (turn: SharedTurn, network: Network) => Promise<string>;

/** How a turn is asked for, and its repeat. */
export type CompletionBody = {
  model: string;
  stream: true;
  messages: { role: "user"; content: string }[];
  metadata: { chat_id: string };
  file_ids: string[];
};

export type SharedTurn = {
  of: SignedIn;
  baseUrl: string;
  chatId: string;
  answerId: string;
  body: CompletionBody;
  /** False for a turn that has ended. */
  isRunning: boolean;
  /** False for a turn whose events are deleted. */
  hasLog: boolean;
};

export type BegunTurn = SharedTurn & {
  /** Lets the provider write. */
  release: () => Promise<void>;
};

type Asked = { tokens: string[]; fileIds?: string[]; baseUrl?: string };

/** A turn whose answer is these tokens, and whose provider waits for the release. */
export async function beginTurn(of: SignedIn, asked: Asked): Promise<BegunTurn> {
  const { tokens, fileIds = [], baseUrl = workerUrl } = asked;
  const chatId = await newChat(of, { auto_title: false });
  const how = { tokens, holdAfter: 0, tokenDelayMs: 2, bytesPerWrite: 700 };
  const marker = await script({ kind: "answer", times: 1, ...how });
  const body: CompletionBody = {
    model: "gpt-4o-mini",
    stream: true,
    messages: [{ role: "user", content: marker }],
    metadata: { chat_id: chatId },
    file_ids: fileIds,
  };
  const stream = await openAiClient(of.accessToken, { baseUrl }).chat.completions.create(body);
  const answerId = (await firstOf(stream)).id.replace("chatcmpl-", "");
  return {
    of,
    baseUrl,
    chatId,
    answerId,
    body,
    isRunning: true,
    hasLog: true,
    release: () => release(marker),
  };
}

/** The answer as it is stored. */
export async function readAnswer({ of, chatId }: SharedTurn): Promise<Body> {
  return (await of.get(`/chats/${chatId}/messages`)).body.at(-1);
}

/** The rest is not read, which stops no turn. */
async function firstOf(stream: AsyncIterable<CompletionChunk>): Promise<CompletionChunk> {
  for await (const chunk of stream) return chunk;
  throw new Error("the stream has no chunk");
}
