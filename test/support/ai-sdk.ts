/** What a transport of the AI SDK sends and receives, without the package. */
import { expect } from "vitest";
import type { Body, Client, SignedIn } from "./client.ts";
import { query } from "./postgres.ts";
import { release, script } from "./provider.ts";

export type Chunk = { type: string } & Record<string, Body>;

export type UIPart = { type: string } & Record<string, Body>;
export type UIMessage = { id: string; role: string; parts: UIPart[] };

/** An id as the AI SDK makes them. */
export const clientId = () => crypto.randomUUID().replaceAll("-", "").slice(0, 16);

export function userMessage(text: string, id = clientId(), files: UIPart[] = []): UIMessage {
  return { id, role: "user", parts: [...files, { type: "text", text }] };
}

export type Conversation = { id: string; messages: UIMessage[] } & Record<string, Body>;

/** The raw response to a conversation; `accept` is what the AI SDK sends. */
export function sendRaw(
  of: Client,
  body: object,
  path = "/ai-sdk/chat",
  headers: Record<string, string> = {},
): Promise<Response> {
  const sent = { "content-type": "application/json", accept: "*/*", ...headers };
  return of.fetch(path, { method: "POST", headers: sent, body: JSON.stringify(body) });
}

/** The chunks of a stream that ends with `[DONE]`. */
export async function chunksOf(response: Response): Promise<Chunk[]> {
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const chunks = toChunks(text);
  expect(text.endsWith("data: [DONE]\n\n"), text).toBe(true);
  return chunks;
}

export function toChunks(text: string): Chunk[] {
  return text
    .split("\n\n")
    .filter((block) => block.startsWith("data: ") && block !== "data: [DONE]")
    .map((block) => JSON.parse(block.slice("data: ".length)));
}

export async function send(of: Client, body: Conversation, path?: string): Promise<Chunk[]> {
  return chunksOf(await sendRaw(of, body, path));
}

/** The joined text of the deltas. */
export function textIn(chunks: Chunk[]): string {
  return chunks.flatMap((chunk) => (chunk.type === "text-delta" ? chunk.delta : [])).join("");
}

/** The id of the answer of a stream. */
export const answerIn = (chunks: Chunk[]): string =>
  chunks.find(({ type }) => type === "start")?.messageId;

/** The metadata at the end of a stream. */
export const endOf = (chunks: Chunk[]): Body =>
  chunks.find(({ type }) => type === "finish")?.messageMetadata;

export function resume(of: Client, id: string, path = "/ai-sdk/chat"): Promise<Response> {
  return of.fetch(`${path}/${encodeURIComponent(id)}/stream`, { headers: { accept: "*/*" } });
}

/** The conversation as the server keeps it. */
export async function load(of: SignedIn, id: string): Promise<Body[]> {
  const { status, body } = await of.get(`/ai-sdk/chat/${encodeURIComponent(id)}/messages`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

export const textsOf = (messages: Body[]): string[] =>
  messages.map(({ parts }) =>
    parts.flatMap((part: Body) => (part.type === "text" ? part.text : [])).join(""),
  );

/** A text whose one answer is these tokens. */
export function answered(...tokens: string[]): Promise<string> {
  return script({ kind: "answer", times: 1, tokens });
}

export type Held = { marker: string; finish: () => Promise<void> };

/** A text whose one answer waits after its first token. */
export async function held(...tokens: string[]): Promise<Held> {
  const marker = await script({ kind: "answer", times: 1, tokens, holdAfter: 1 });
  return { marker, finish: () => release(marker) };
}

/** Reads until the text so far contains something; the rest stays unread. */
export async function readUntil(response: Response, wanted: string): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes(wanted)) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) throw new Error(`the stream ended before ${wanted}: ${text}`);
    text += value;
  }
  await reader?.cancel();
  return text;
}

/** An answer as a client has it. */
export const answerMessage = (id: string, text: string): UIMessage => ({
  id,
  role: "assistant",
  parts: [{ type: "step-start" }, { type: "text", text, state: "done" }],
});

/** A chat with one answered message, as its client has it. */
export async function answeredChat(of: Client, tokens = ["Yes."]) {
  const id = clientId();
  const asked = userMessage(await answered(...tokens));
  const chunks = await send(of, { id, messages: [asked] });
  return { id, asked, answer: answerMessage(answerIn(chunks), textIn(chunks)), chunks };
}

/** The chats that a client named so. */
export const chatsOf = (id: string) =>
  query("SELECT id FROM chats WHERE client_id = $1 AND user_id IS NOT NULL", [id]);
