/** A turn whose provider sends scripted bytes. */
import type { RawStep, Script } from "../../local/provider/script.ts";
import { newChat } from "./chats.ts";
import type { Body, SignedIn } from "./client.ts";
import { query } from "./postgres.ts";
import { script } from "./provider.ts";
import { allEvents, type StreamEvent, textOf } from "./sse.ts";

export type ProviderTurn = {
  chatId: string;
  marker: string;
  events: StreamEvent[];
  /** The streamed text, which is also the stored one. */
  text: string;
  reasoning: string;
  /** Of the error event. */
  code: string | undefined;
  /** The answer as it is stored. */
  answer: Body;
};

/** Sends a message in a new chat, and reads to the end. */
export function turnOf(
  of: SignedIn,
  url: string,
  raw: RawStep[],
  how: Script = {},
): Promise<ProviderTurn> {
  return turnWith(of, url, { raw, ...how });
}

export async function turnWith(of: SignedIn, url: string, how: Script): Promise<ProviderTurn> {
  const chatId = await newChat(of, { auto_title: false });
  const marker = await script({ kind: "answer", times: 1, ...how });
  const events = await allEvents(await askAt(of, url, chatId, marker));
  const answer = (await of.get(`/chats/${chatId}/messages`)).body.at(-1);
  const code = events.find(({ name }) => name === "turn_error")?.data.code;
  const reasoning = events
    .filter(({ name }) => name === "reasoning_delta")
    .map(({ data }) => data.content)
    .join("");
  return { chatId, marker, events, text: textOf(events), reasoning, code, answer };
}

export function askAt(
  of: SignedIn,
  url: string,
  chatId: string,
  content: string,
): Promise<Response> {
  return fetch(`${url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${of.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

/** The usage rows of a chat's answers. */
export function usageOf(chatId: string): Promise<Body[]> {
  return query(
    `SELECT prompt_tokens::int AS prompt, completion_tokens::int AS completion,
       total_tokens::int AS total, cached_tokens::int AS cached, reasoning_tokens::int AS reasoning,
       cost_estimate::text AS cost, estimated
     FROM ai_usage WHERE chat_id = $1 ORDER BY attempt`,
    [chatId],
  );
}
