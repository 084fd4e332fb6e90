/** The chats that are open in this tab: their answers go on while another view is shown. */
import { effect } from "@preact/signals";
import { session } from "../api/session.ts";
import { Conversation } from "./conversation.ts";
import { onChange } from "./tabs.ts";

const open = new Map<string, Conversation>();

/** The one that was opened last: it alone is kept up to date. */
let current: Conversation | undefined;

/** The chat of this id, to be shown now. */
export function conversationOf(id: string): Conversation {
  current = open.get(id) ?? new Conversation(id);
  open.set(id, current);
  return current;
}

onChange((chatId) => {
  if (chatId === undefined || chatId === current?.id) void current?.refresh();
});

// Nobody else who signs in here sees anything of them.
effect(() => {
  if (session.value.status !== "signed-out") return;
  open.clear();
  current = undefined;
});
