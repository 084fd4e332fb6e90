/** What a conversation remembers between two lines. */
import type { Lines } from "../input/lines.ts";
import type { UploadedFile } from "../files/upload.ts";
import type { Terminal } from "../turns/run-turn.ts";

export type Conversation = Terminal & {
  lines: Lines;
  /** The open chat; undefined until the first message of a new one. */
  chat: { id: string; title: string } | undefined;
  /** The last answer of the chat. */
  answerId: string | undefined;
  /** To be attached to the next message. */
  files: UploadedFile[];
  /** The chats of the last list, by their numbers. */
  listed: { id: string; title: string }[];
  /** Shows the next page of the last list. */
  more: (() => Promise<void>) | undefined;
};

/** A new one, without a chat. */
export function newConversation(terminal: Terminal, lines: Lines): Conversation {
  const empty = { chat: undefined, answerId: undefined, files: [], listed: [], more: undefined };
  return { ...terminal, lines, ...empty };
}
