/** The clients of a world: they execute its schedule, and know only what they received. */
import { type Call, chatOf, logsOf, type MessageRow, userMessageOf } from "./history.ts";
import type { Recorder, Request } from "./recorder.ts";
import type { Operation, Send } from "./schedule.ts";

export type Person = { id: string; token: string };

export class Actors {
  /** The chats of the schedule, once a client knows their ids. */
  readonly chatIds: (string | undefined)[] = [];
  readonly #recorder: Recorder;
  readonly #owner: Person;
  readonly #stranger: Person;
  /** Part of every message, so that the upstreams can identify its world. */
  readonly #marker: string;
  #said = 0;

  constructor(recorder: Recorder, owner: Person, stranger: Person, marker: string) {
    this.#recorder = recorder;
    this.#owner = owner;
    this.#stranger = stranger;
    this.#marker = marker;
  }

  async create(chat: number): Promise<void> {
    const { body } = await this.#send({ kind: "create", method: "POST", path: "/chats", body: {} });
    this.chatIds[chat] ??= body?.id;
  }

  /** As long as no client knows the chat, the only possible operation is a send. */
  async act(operation: Operation): Promise<void> {
    if (operation.kind === "send") return this.#ask(operation);
    const chatId = this.chatIds[operation.chat];
    if (chatId === undefined) return;
    if (operation.kind === "stranger") return this.#intrude(chatId, operation.tries);
    if (operation.kind === "resume") return this.#resume(chatId, operation);
    if (operation.kind === "edit" || operation.kind === "regenerate") {
      return this.#branch(chatId, operation);
    }
    await this.#send({ ...SIMPLE[operation.kind](chatId), note: { chatId } });
  }

  /** The rest of a turn after an event, as its owner reads it. */
  resumeAfter(chatId: string, after: number): Promise<Call> {
    return this.#send({ ...resumeAfter(chatId, after), note: { chatId, after } });
  }

  async #ask(send: Send): Promise<void> {
    const request = this.#toRequest(send);
    const { leavesAfter: _leaves, ...again } = request;
    const repeats = Array.from({ length: send.repeats }, () => again);
    const sent: Promise<void>[] = [];
    for (const each of [request, ...repeats]) {
      const learned = this.#send(each).then((call) => this.#learn(send.chat, call));
      sent.push(learned);
      if (!send.repeatsAtOnce) await learned;
    }
    await Promise.all(sent);
  }

  #toRequest({ chat, route, streams, keyed, leavesAfter }: Send): Request {
    const chatId = this.chatIds[chat];
    const content = `${this.#marker} ${++this.#said}`;
    const key = `${this.#marker}-${this.#said}`;
    const isNamed = chatId !== undefined && route !== "chat";
    const suffix = route === "stream" ? "/stream" : "";
    return {
      kind: "send",
      method: "POST",
      path: isNamed ? `/chats/${chatId}/messages${suffix}` : "/chat",
      body: { content, stream: streams, ...(!isNamed && { chat_id: chatId ?? null }) },
      ...(keyed && { headers: { "idempotency-key": key } }),
      note: { content, ...(chatId !== undefined && { chatId }), ...(keyed && { key }) },
      leavesAfter,
    };
  }

  #learn(chat: number, call: Call): void {
    this.chatIds[chat] ??= chatOf(call);
  }

  async #resume(
    chatId: string,
    { position, leavesAfter }: { position?: number; leavesAfter?: number },
  ): Promise<void> {
    const seen = logsOf({ calls: this.#recorder.calls }).get(chatId) ?? [];
    const after = position === undefined ? undefined : seen[Math.floor(position * seen.length)]?.id;
    await this.#send({
      ...resumeAfter(chatId, after),
      note: { chatId, ...(after !== undefined && { after }) },
      leavesAfter,
    });
  }

  /** Regenerates or edits the last known message of the chat. */
  async #branch(
    chatId: string,
    operation: { kind: "edit" | "regenerate"; streams: boolean; leavesAfter?: number },
  ): Promise<void> {
    const ofChat = this.#recorder.calls.filter((call) => chatOf(call) === chatId);
    const userMessage = ofChat.map(userMessageOf).findLast((message) => message !== undefined);
    const answer: MessageRow | undefined = ofChat.findLast((call) => call.body?.ai_response)?.body
      .ai_response;
    const { kind, streams, leavesAfter } = operation;
    const stream = { stream: streams };
    if (kind === "edit" && userMessage) {
      const content = `${this.#marker} ${++this.#said}`;
      const path = `/messages/${userMessage.id}`;
      const note = { chatId, content };
      await this.#send({
        kind,
        method: "PATCH",
        path,
        body: { content, ...stream },
        note,
        leavesAfter,
      });
    }
    if (kind === "regenerate" && answer) {
      const path = `/messages/${answer.id}/regenerate`;
      await this.#send({ kind, method: "POST", path, body: stream, note: { chatId }, leavesAfter });
    }
  }

  async #intrude(chatId: string, tries: "read" | "send" | "resume" | "delete"): Promise<void> {
    const request = {
      read: SIMPLE.read(chatId),
      delete: SIMPLE.delete(chatId),
      resume: resumeAfter(chatId, undefined),
      send: { method: "POST", path: `/chats/${chatId}/messages`, body: { content: "Let me in." } },
    }[tries];
    await this.#recorder.send(this.#stranger.token, { ...request, kind: "stranger" });
  }

  #send(request: Request): Promise<Call> {
    return this.#recorder.send(this.#owner.token, request);
  }
}

const SIMPLE = {
  read: (chatId: string): Request => ({
    kind: "read",
    method: "GET",
    path: `/chats/${chatId}/messages`,
  }),
  stop: (chatId: string): Request => ({
    kind: "stop",
    method: "POST",
    path: `/chats/${chatId}/stop`,
    body: {},
  }),
  delete: (chatId: string): Request => ({
    kind: "delete",
    method: "DELETE",
    path: `/chats/${chatId}`,
  }),
};

function resumeAfter(chatId: string, after: number | undefined): Request {
  const path = `/chats/${chatId}/stream`;
  if (after === undefined) return { kind: "resume", method: "GET", path };
  return { kind: "resume", method: "GET", path, headers: { "last-event-id": String(after) } };
}
