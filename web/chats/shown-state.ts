/** The state of a chat of the AI SDK as signals: however many chunks arrive, it changes once per frame. */
import { signal } from "@preact/signals";
import type { ChatState, ChatStatus } from "ai";
import type { PageMessage } from "./page-message.ts";

export class ShownState implements ChatState<PageMessage> {
  readonly shown = signal<readonly PageMessage[]>([]);
  readonly shownStatus = signal<ChatStatus>("ready");
  error: Error | undefined = undefined;
  #messages: PageMessage[] = [];
  #frame: number | undefined;

  get messages(): PageMessage[] {
    return this.#messages;
  }

  set messages(messages: PageMessage[]) {
    this.#messages = messages;
    this.#show();
  }

  get status(): ChatStatus {
    return this.shownStatus.peek();
  }

  set status(status: ChatStatus) {
    this.#show();
    this.shownStatus.value = status;
  }

  pushMessage = (message: PageMessage): void => {
    this.messages = [...this.#messages, message];
  };

  popMessage = (): void => {
    this.messages = this.#messages.slice(0, -1);
  };

  replaceMessage = (index: number, message: PageMessage): void => {
    this.#messages = this.#messages.with(index, { ...message });
    this.#frame ??= requestAnimationFrame(() => this.#show());
  };

  snapshot = <T>(thing: T): T => structuredClone(thing);

  #show(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.shown.value = this.#messages;
  }
}
