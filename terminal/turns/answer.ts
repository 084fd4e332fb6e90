/** An answer as it arrives, and what is stored of it in the end. */
import {
  type ChatClient,
  type components,
  textAfter,
  type Turn,
  type TurnEvent,
} from "../../clients/ts/src/index.ts";
import { retryHint } from "../failure.ts";
import type { Screen } from "../output/screen.ts";
import { type Citation, printFootnotes, type UnverifiedQuote } from "./footnotes.ts";

export type Status = components["schemas"]["Message"]["status"];

/** What shows the events of a turn. */
export type View = {
  show: (event: TurnEvent) => void;
  /** Resolves to the status of the answer, where it is known. */
  end: (client: ChatClient, turn: Turn) => Promise<Status | undefined>;
  /** The rest will not come. */
  abandon: () => void;
};

/** Shows an answer as text. */
export class Answer implements View {
  readonly #screen: Screen;
  readonly #text: ReturnType<Screen["markdown"]>;
  #content = "";
  #citations: Citation[] = [];
  #unverified: UnverifiedQuote[] = [];
  /** The stored message did not fit into the event. */
  #isShortened = false;
  #status: Status | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#text = screen.markdown();
  }

  show(event: TurnEvent): void {
    this.#replace(textAfter(this.#content, event));
    if (event.type === "citations") this.#cite(event.citations);
    if (event.type === "error") this.#screen.note(event.error + retryHint(event.retry_after));
    if (event.type === "ai_message_complete") this.#complete(event.message);
  }

  /** Ends the text and shows its footnotes; asks for the stored message where the events did not have all of it. */
  async end(client: ChatClient, turn: Turn): Promise<Status | undefined> {
    if (this.#isShortened || this.#status === undefined) {
      const message = await findMessage(client, turn);
      if (message) this.#useStored(message);
    }
    this.#text.end();
    if (this.#status === "stopped") this.#screen.note("The answer was stopped.");
    printFootnotes(this.#screen, this.#citations, this.#unverified);
    return this.#status;
  }

  abandon(): void {
    this.#text.end();
  }

  /** Writes what is new of a text; of one that does not go on where the last one ended, all. */
  #replace(content: string): void {
    if (content === this.#content) return;
    if (content.startsWith(this.#content)) {
      this.#text.write(content.slice(this.#content.length));
    } else {
      this.#text.end();
      this.#screen.note("This is the answer as it is stored:");
      this.#text.write(content);
    }
    this.#content = content;
  }

  #cite(citations: Citation[]): void {
    this.#citations.push(...citations);
    this.#isShortened ||= citations.some(({ quote }) => quote === null);
  }

  #complete({ status, content, metadata }: components["schemas"]["EventMessage"]): void {
    this.#status = status;
    const quotes = metadata?.unverified_quotes;
    this.#isShortened ||= content === null || metadata === null || quotes === null;
    this.#unverified = (quotes as UnverifiedQuote[] | null | undefined) ?? [];
  }

  #useStored({ content, metadata, status }: components["schemas"]["Message"]): void {
    this.#status = status;
    this.#replace(content);
    this.#citations = metadata.citations ?? this.#citations;
    this.#unverified = metadata.unverified_quotes ?? [];
  }
}

/** The newest messages of a chat are enough: the answer has just ended. */
async function findMessage(client: ChatClient, { chatId, messageId }: Turn) {
  if (chatId === undefined || messageId === undefined) return undefined;
  const path = { id: chatId };
  const messages = await client.get("/chats/{id}/messages", { path, query: { limit: 10 } });
  return messages.find(({ id }) => id === messageId);
}
