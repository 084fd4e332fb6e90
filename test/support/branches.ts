/** Turns, answers beside answers and edited questions, as tests ask for them. */
import type { Answer, Body, SignedIn } from "./client.ts";
import { newChat } from "./chats.ts";
import { requestsContaining, script } from "./provider.ts";
import { until } from "./until.ts";
import type { Script } from "../../local/provider/script.ts";

/** A chat with one turn that has ended. */
export type Asked = {
  chatId: string;
  /** Stands in the question, and scripts whatever is asked below it. */
  marker: string;
  question: Body;
  answer: Body;
};

/** A chat with one answered question, and without a title to come. */
export async function askedChat(of: SignedIn, how: Script = {}): Promise<Asked> {
  const chatId = await newChat(of, { auto_title: false });
  const marker = await script({ tokens: ["First."], ...how });
  const { body } = await of.post(`/chats/${chatId}/messages`, { content: `Why? ${marker}` });
  const [question, answer] = (await of.get(`/chats/${chatId}/messages`)).body;
  // What comes next is scripted anew, or left to the offline assistant.
  await script({ times: 0 }, marker);
  return { chatId, marker, question: body.user_message ?? question, answer };
}

export function regenerate(
  of: SignedIn,
  id: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return of.post(`/messages/${id}/regenerate`, body, headers);
}

export function edit(
  of: SignedIn,
  id: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
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

/** The conversations that the model was shown, of those that held a text, without the system prompt. */
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
