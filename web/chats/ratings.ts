/** The ratings of a chat's answers, on all branches. */
import { signal } from "@preact/signals";
import { api, type Schemas } from "../api/client.ts";
import { notifyTabs } from "./tabs.ts";

export type Rating = Schemas["Feedback"]["rating"];

type Given = Readonly<Record<string, Rating>>;

const PAGE = 80;
/** Of more ratings than that, the newest are shown. */
const MOST_PAGES = 10;

export class Ratings {
  readonly #chatId: string;
  /** By the id of the answer. */
  readonly #given = signal<Given>({});
  /** Counts the loads: a list that a newer one has overtaken is not shown. */
  #newest = 0;
  #isLoading = false;

  constructor(chatId: string) {
    this.#chatId = chatId;
  }

  /** The rating of an answer that is known. */
  of(messageId: string): Rating | undefined {
    return this.#given.value[messageId];
  }

  /** Shows what is stored. Never rejects: the chat can be read and rated without. */
  async load(): Promise<void> {
    const load = ++this.#newest;
    this.#isLoading = true;
    const given = await this.#readAll().catch(() => undefined);
    if (load !== this.#newest) return;
    this.#isLoading = false;
    if (given) this.#given.value = given;
  }

  /** Stores a rating. */
  async rate(messageId: string, rating: Rating, comment: string | undefined): Promise<void> {
    const body = { rating, ...(comment && { comment }) };
    await api.put("/messages/{id}/feedback", { path: { id: messageId }, body });
    this.#show({ ...this.#given.peek(), [messageId]: rating });
  }

  /** Removes the rating of an answer. */
  async remove(messageId: string): Promise<void> {
    await api.delete("/messages/{id}/feedback", { path: { id: messageId } });
    const { [messageId]: _, ...others } = this.#given.peek();
    this.#show(others);
  }

  #show(given: Given): void {
    this.#given.value = given;
    notifyTabs(this.#chatId);
    // What is on its way may have been read before the change.
    if (this.#isLoading) void this.load();
  }

  async #readAll(): Promise<Given> {
    const given: Record<string, Rating> = {};
    const path = { id: this.#chatId };
    let cursor: string | null | undefined;
    for (let page = 0; page < MOST_PAGES && cursor !== null; page++) {
      const query = { limit: PAGE, ...(cursor && { cursor }) };
      const found = await api.get("/chats/{id}/feedback", { path, query });
      for (const { message_id, rating } of found.feedback) given[message_id] = rating;
      cursor = found.next_cursor;
    }
    return given;
  }
}
