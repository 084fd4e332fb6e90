/** A turn on its way through Postgres: how it begins, what was read as it began, and how it ends. */
import type { IdempotencyKey } from "../../../db/idempotency-keys.ts";
import type { Message } from "../../messages/schemas.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { ContextDocument } from "./context-documents.ts";
import type { TargetedTurn } from "./target.ts";

/** A turn that is to begin. `key`: the idempotency key of its request. */
export type NewTurn = TargetedTurn & { key?: IdempotencyKey };

/** A message of the active path, as far as a prompt needs it. */
export type PastMessage = { type: "user" | "bot"; content: string };

export type BegunTurn = {
  userMessage: Message;
  answer: Message;
  chatTitle: string;
  /** True when the chat has no title of its own, and text to be named after. */
  needsTitle: boolean;
  /** The active path up to the user message, oldest first, as much as the budget takes. */
  path: PastMessage[];
  /** The newest first. */
  documents: ContextDocument[];
};

/** How much is read for a prompt: bytes and messages of history, characters of documents. */
export type ReadLimits = { historyBytes: number; historyMessages: number; wholeDocuments: number };

export type FinishedTurn = {
  userId: string;
  chatId: string;
  message: Message;
  /** The title of the model; it does not replace one that the user gave meanwhile. */
  title?: string;
  /** A title for a chat that has none yet; the next turn asks the model again. */
  placeholder?: string;
  usage: NewUsage[];
  /** ISO 8601. */
  at: string;
};

/** A title that comes after the answer; without a title, only what asking for it cost. */
export type LateTitle = Omit<FinishedTurn, "message">;

/** The end of a turn as it was saved: reduced where Postgres refused what it held. */
export type SavedEnd = {
  message: Message;
  /** The chat's title; undefined where the chat is gone. */
  title: string | undefined;
  /** True where not even the smallest reduction was saved. */
  isAbandoned?: boolean;
};

/** `delayed`: Postgres did not take it in time; the room retries. */
export type SaveResult = SavedEnd | "delayed";

/** What the user said first, as far back as the path was read; undefined where there is only white space. */
export function firstUserText(path: readonly PastMessage[]): string | undefined {
  return path.find(({ type, content }) => type === "user" && content.trim() !== "")?.content;
}
