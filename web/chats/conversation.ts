/**
 * A chat that is open: its messages, and the answer that is under way. A lost connection never ends it: the answer is
 * followed again until the server has it whole.
 */
import { computed, signal } from "@preact/signals";
import { api } from "../api/client.ts";
import { isProblem, sentenceOf } from "../api/problems.ts";
import { knownChats, showChat } from "./list/chat-list.ts";
import { PageChat } from "./page-chat.ts";
import {
  type Draft,
  type Message,
  type PageMessage,
  toPageMessage,
  toParts,
} from "./page-message.ts";
import { Ratings } from "./ratings.ts";
import { ShownState } from "./shown-state.ts";
import { waitToReconnect } from "./steady-fetch.ts";
import { notifyTabs } from "./tabs.ts";

type Pending = { messageId: string; parts: PageMessage["parts"]; draft: Draft };

export class Conversation {
  readonly id: string;
  readonly ratings: Ratings;
  readonly chat = computed(() => knownChats.value[this.id]);
  /** Why the chat cannot be shown. */
  readonly problem = signal<string | undefined>(undefined);
  /** Why the last request came to nothing. */
  readonly failure = signal<string | undefined>(undefined);
  readonly isReconnecting = signal(false);
  readonly isBusy = signal(false);
  readonly isStopping = signal(false);
  readonly hasOlder = signal(false);
  /** What was refused before it was stored: the person can send it again. */
  readonly refused = signal<Draft | undefined>(undefined);
  readonly #state = new ShownState();
  readonly #sdk: PageChat;
  readonly messages = this.#state.shown;
  readonly isAnswering = computed(() => {
    const status = this.#state.shownStatus.value;
    return status === "submitted" || status === "streaming" || this.isReconnecting.value;
  });
  #older: Message[] = [];
  /** What is under way; settles, and never rejects. */
  #work = Promise.resolve();
  #isStopWanted = false;
  /** True where something has changed meanwhile. */
  #isStale = false;
  /** The newest page, as it is stored. */
  #stored: readonly Message[] = [];

  constructor(id: string) {
    this.id = id;
    this.ratings = new Ratings(id);
    this.#sdk = new PageChat(id, this.#state, (title) => this.#showTitle(title));
  }

  /** Loads it with its ratings, and follows an answer that is under way; later where something is under way here. */
  async refresh(): Promise<void> {
    this.#isStale = this.isBusy.peek();
    if (this.#isStale) return;
    this.problem.value = undefined;
    void this.ratings.load();
    await this.#exclusively(() => this.#synchronise());
  }

  /** Sends a user message, and follows its answer. */
  async send(draft: Draft, model: string | undefined): Promise<void> {
    const messageId = crypto.randomUUID();
    const parts = toParts(draft);
    await this.#turn({ messageId, parts, draft }, async () => {
      await this.#sdk.sendMessage({ id: messageId, role: "user", parts }, bodyWith(model));
    });
  }

  /** Sends another text in place of a message, on a branch of its own. */
  async edit(messageId: string, draft: Draft, model: string | undefined): Promise<void> {
    const parts = toParts(draft);
    await this.#turn({ messageId, parts, draft }, async () => {
      await this.#sdk.sendMessage({ role: "user", parts, messageId }, bodyWith(model));
    });
  }

  /** Asks for another answer in place of one. */
  async regenerate(messageId: string, model: string | undefined): Promise<void> {
    await this.#turn(undefined, async () => {
      await this.#sdk.regenerate({ messageId, ...bodyWith(model) });
    });
  }

  /** Stops the answer, for everybody who follows it; its text so far is kept. */
  async stop(): Promise<void> {
    this.isStopping.value = true;
    this.#isStopWanted = true;
    try {
      await api.post("/chats/{id}/stop", { path: { id: this.id } });
    } catch (error) {
      this.failure.value = sentenceOf(error);
    } finally {
      this.isStopping.value = false;
    }
  }

  /** Shows the branch of a message. */
  async switchTo(messageId: string): Promise<void> {
    this.failure.value = undefined;
    await this.#exclusively(async () => {
      const body = { current_message_id: messageId };
      await api.patch("/chats/{id}", { path: { id: this.id }, body });
      this.#older = [];
      await this.#synchronise();
      notifyTabs(this.id);
    });
  }

  /** Loads the messages before the oldest one that is shown. */
  async loadOlder(): Promise<void> {
    const before = this.messages.peek()[0]?.id;
    if (before === undefined) return;
    await this.#exclusively(async () => {
      const options = { path: { id: this.id }, query: { before, limit: 100 } };
      const found = await api.get("/chats/{id}/messages", options);
      this.#older = [...found, ...this.#older];
      this.#sdk.messages = [...found.map(toPageMessage), ...this.#sdk.messages];
      this.hasOlder.value = found[0]?.parent_id !== null && found.length > 0;
    });
  }

  /** One thing after the other; what fails is said in `failure`. */
  async #exclusively(work: () => Promise<void>): Promise<void> {
    const before = this.#work;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#work = promise;
    this.isBusy.value = true;
    await before;
    try {
      await work();
    } catch (error) {
      this.failure.value = sentenceOf(error);
    } finally {
      this.isReconnecting.value = false;
      resolve();
    }
    if (this.#work === promise) this.#rest();
  }

  #rest(): void {
    this.isBusy.value = false;
    const isStale = this.#isStale;
    this.#isStale = false;
    if (isStale) void this.refresh();
  }

  /** Starts a turn, and follows it to its end. `pending`: what to send again where the server may not have it. */
  async #turn(pending: Pending | undefined, start: () => Promise<void>): Promise<void> {
    await this.#exclusively(async () => {
      this.failure.value = undefined;
      this.#isStopWanted = false;
      const unsubscribe = this.#state.shownStatus.subscribe((status) => {
        if (status === "streaming") this.#onStarted();
      });
      await start();
      await this.#reconnect(pending);
      unsubscribe();
      // Before the messages as they are stored replace what is shown.
      const failure = this.#sdk.error && sentenceOf(this.#sdk.error);
      const isRefused = failure !== undefined && !this.#sdk.hasAnswer;
      await this.#synchronise();
      this.failure.value = failure;
      if (isRefused) this.refused.value = pending?.draft;
      notifyTabs(this.id);
    });
  }

  #onStarted(): void {
    notifyTabs(this.id);
    // It was pressed before there was an answer to stop.
    if (this.#isStopWanted) void this.stop();
  }

  /** The same message with the same text attaches to its turn: sending it again asks nothing twice. */
  async #reconnect(pending: Pending | undefined): Promise<void> {
    for (let attempt = 0; this.#sdk.isCut; attempt++) {
      this.isReconnecting.value = true;
      await waitToReconnect(attempt);
      if (this.#sdk.hasAnswer || !pending) return;
      const { messageId, parts } = pending;
      await this.#sdk.sendMessage({ role: "user", messageId, parts });
    }
    this.isReconnecting.value = false;
  }

  /** Shows what is stored, and follows the answer that is under way until there is none. */
  async #synchronise(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) await waitToReconnect(attempt - 1);
      const isLoaded = await this.#load();
      if (isLoaded && this.#stored.at(-1)?.status !== "streaming") return;
      if (!isLoaded) continue;
      await this.#sdk.resumeStream();
      this.isReconnecting.value = this.#sdk.isCut;
    }
  }

  /** False where the server cannot be reached for now. Throws what it refuses. */
  async #load(): Promise<boolean> {
    try {
      const { messages, previous_cursor, ...chat } = await api.get("/chats/{id}", {
        path: { id: this.id },
      });
      this.#stored = messages;
      showChat(chat);
      this.#show(messages, previous_cursor !== null);
      this.isReconnecting.value = false;
      return true;
    } catch (error) {
      if (!(error instanceof TypeError)) {
        this.#refuse(error);
        throw error;
      }
      this.isReconnecting.value = true;
      return false;
    }
  }

  /** Nothing can be shown of it. */
  #refuse(error: unknown): void {
    const isMissing = isProblem(error, "not_found");
    if (isMissing) this.problem.value = "There is no such chat. It may have been deleted.";
    else if (!this.chat.peek()) this.problem.value = sentenceOf(error);
  }

  /** Keeps the part of the running answer that has arrived: its stream replaces it from its start. */
  #show(messages: readonly Message[], hasOlder: boolean): void {
    const isAfterOlder = messages[0]?.parent_id === this.#older.at(-1)?.id;
    if (!isAfterOlder) this.#older = [];
    this.hasOlder.value = this.#older.length > 0 ? this.#older[0]?.parent_id !== null : hasOlder;
    const whole = messages.filter(({ status }) => status !== "streaming");
    const running = messages.find(({ status }) => status === "streaming");
    const arrived = this.#sdk.messages.filter(({ id }) => id === running?.id);
    this.#sdk.messages = [...[...this.#older, ...whole].map(toPageMessage), ...arrived];
  }

  #showTitle(title: string): void {
    const chat = this.chat.peek();
    if (chat) showChat({ ...chat, title });
  }
}

function bodyWith(model: string | undefined) {
  return model === undefined ? {} : { body: { model } };
}
