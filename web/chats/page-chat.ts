/** The chat of the AI SDK, on its own transport: the page is a client of that wire like any other. */
import { AbstractChat, DefaultChatTransport } from "ai";
import type { PageMessage } from "./page-message.ts";
import type { ShownState } from "./shown-state.ts";
import { steadyFetch } from "./steady-fetch.ts";

const transport = new DefaultChatTransport<PageMessage>({
  api: "/ai-sdk/chat",
  credentials: "same-origin",
  fetch: steadyFetch,
  // The server reads the last message and the id of the one before it: what was said before, it has stored.
  prepareSendMessagesRequest: ({ id, messages, trigger, body }) => ({
    body: { ...body, id, trigger, messages: messages.slice(-2).map(toSent) },
  }),
});

function toSent({ id, role, parts }: PageMessage): Pick<PageMessage, "id" | "role" | "parts"> {
  return { id, role, parts: parts.filter(({ type }) => type === "text" || type === "file") };
}

export class PageChat extends AbstractChat<PageMessage> {
  constructor(id: string, state: ShownState, onTitle: (title: string) => void) {
    super({
      id,
      state,
      transport,
      onData: (part) => {
        if (part.type === "data-title") onTitle(part.data);
      },
    });
  }

  /** True where the network has failed, and not the server. */
  get isCut(): boolean {
    return this.error instanceof TypeError;
  }

  /** True once some of the answer has arrived. */
  get hasAnswer(): boolean {
    return this.lastMessage?.role === "assistant";
  }
}
