/** Turns, regenerated answers and edited messages, as tests request them. */
import type { ApiResponse, Body, SignedIn } from "./client.ts";
import { newChat } from "./chats.ts";
import { requestsContaining, script } from "./provider.ts";
import { until } from "./until.ts";
import type { Script } from "../../local/provider/script.ts";

/** A chat with one turn that has ended. */
export type Asked = {
  chatId: string;
  /** Part of the user message; scripts every generation after it. */
  marker: string;
  userMessage: Body;
  answer: Body;
};

/** A chat with one answered message, and without automatic titles. */
export async function askedChat(of: SignedIn, how: Script = {}): Promise<Asked> {
  const chatId = await newChat(of, { auto_title: false });
  const marker = await script({ tokens: ["First."], ...how });
  const { body } = await of.post(`/chats/${chatId}/messages`, { content: `Why? ${marker}` });
  const [userMessage, answer] = (await of.get(`/chats/${chatId}/messages`)).body;
  // Later answers are scripted anew, or left to the offline assistant.
  await script({ times: 0 }, marker);
  return { chatId, marker, userMessage: body.user_message ?? userMessage, answer };
}

export function regenerate(
  of: SignedIn,
  id: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return of.post(`/messages/${id}/regenerate`, body, headers);
}

export function edit(
  of: SignedIn,
  id: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return of.patch(`/messages/${id}`, body, headers);
}

/** The same as a raw response, to be read as a stream. */
export function stream(
  of: SignedIn,
  method: "POST" | "PATCH",
  path: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  const sent = { "content-type": "application/json", ...headers };
  return of.fetch(path, {
    method,
    headers: sent,
    body: JSON.stringify({ ...body, stream: true }),
  });
}

/** The ids of the active path, oldest first. */
export async function pathOf(of: SignedIn, chatId: string): Promise<string[]> {
  const { body } = await of.get(`/chats/${chatId}/messages`);
  return body.map(({ id }: Body) => id);
}

/** The prompts that contain a text, without the system prompt. */
export async function promptsOf(text: string): Promise<string[][]> {
  const seen = (await requestsContaining(text)).filter(({ body }) => body.stream);
  return seen.map(({ body }) => body.messages.slice(1).map(({ content }) => content));
}

/** The last message of the active path, once its answer has ended. */
export function ended(of: SignedIn, chatId: string): Promise<Body> {
  return until(async () => {
    const last = (await of.get(`/chats/${chatId}/messages`)).body.at(-1);
    return last.status !== "streaming" && last;
  });
}
