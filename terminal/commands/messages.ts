/** Messages and their answers. */
import type { ReadOptions, Turn } from "../../clients/ts/src/index.ts";
import { runTurn } from "../turns/run-turn.ts";
import type { Conversation } from "./conversation.ts";

/** Sends a message to the open chat, or to a new one, and shows the answer. */
export async function sendMessage(conversation: Conversation, content: string): Promise<void> {
  const { chat, files, session } = conversation;
  const body = {
    content,
    ...(chat && { chat_id: chat.id }),
    ...(files.length > 0 && { file_ids: files.map(({ id }) => id) }),
  };
  await showTurn(conversation, (options) => session.client.send(body, options));
  conversation.files = [];
}

/** Another answer beside the last one. */
export async function regenerate(conversation: Conversation): Promise<void> {
  const { answerId, session, screen } = conversation;
  if (answerId === undefined) return screen.note("There is no answer in this chat yet.");
  await showTurn(conversation, (options) => session.client.regenerate(answerId, {}, options));
}

/** Shows an answer to its end, and remembers its chat. False where none is running. A typed `/stop` stops it. */
export async function showTurn(
  conversation: Conversation,
  start: (options: ReadOptions) => Turn,
): Promise<boolean> {
  const { lines } = conversation;
  const onStart = (stop: () => void) => {
    lines.onLine = (line) => {
      const isStop = line.trim() === "/stop";
      if (isStop) stop();
      return isStop;
    };
  };
  try {
    const finished = await runTurn(conversation, start, { onStart });
    const { chatId, messageId, title } = finished;
    if (chatId === undefined || messageId === undefined) return false;
    conversation.answerId = messageId;
    conversation.chat = { id: chatId, title: title ?? conversation.chat?.title ?? "" };
    return true;
  } finally {
    lines.onLine = () => false;
  }
}
