/** A turn on its way through Postgres: how it begins, what its beginning reads, and how it ends. */
import type { IdempotencyKey } from "../../../db/idempotency-keys.ts";
import type { Budgets } from "../../../env.ts";
import type { Message } from "../../messages/schemas.ts";
import type { WorstCase } from "../../usage/budgets.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { TargetedTurn } from "./target.ts";
import type { ContextDocument } from "./turn-documents.ts";

/** A turn before its commit. `key`: the idempotency key of its request. */
export type NewTurn = TargetedTurn & {
  key?: IdempotencyKey;
  /** Of the application that sends the user message; they are not stored. */
  instructions?: string;
};

/** The ids by which a repeated request finds its turn. */
export type TurnIds = { chatId: string; userMessageId: string; answerId: string };

/** A message of the active path, with what a prompt needs of it. */
export type PastMessage = { type: "user" | "bot"; content: string };

export type BegunTurn = {
  userMessage: Message;
  answer: Message;
  chatTitle: string;
  /** True where the chat has no title yet, and text to make one from. */
  needsTitle: boolean;
  /** The active path up to the user message, oldest first, within the limits. */
  path: PastMessage[];
  /** The newest first. */
  documents: ContextDocument[];
};

/** How much to read for a prompt: bytes and messages of history, characters of whole documents. */
export type ReadLimits = { historyBytes: number; historyMessages: number; wholeDocuments: number };

/** The most that a turn can take: what every prompt has, and what documents add to one. */
export type WorstTurn = WorstCase & { fixedTokens: number; documentTokens: number };

/** What a turn reserves, and the configured budgets. */
type TurnBudget = { worst: WorstTurn; defaults: Budgets };

export type BeginLimits = ReadLimits & { budget: TurnBudget };

/** Whole milliseconds; without a first token only `total_ms`. Part of an answer's metadata. */
export type Timings = {
  /** From the arrival of the request to the first text or reasoning, less `provider_first_token_ms`. */
  overhead_ms?: number;
  /** From the call of the provider to its first token; with failover, of both calls. */
  provider_first_token_ms?: number;
  /** From the arrival of the request to the end of the answer, before it is saved. */
  total_ms: number;
};

export type FinishedTurn = {
  userId: string;
  chatId: string;
  message: Message;
  /** The model's title; it does not replace one that the user has set meanwhile. */
  title?: string;
  /** A title for a chat that has none; the next turn requests one from the model again. */
  placeholder?: string;
  usage: NewUsage[];
  /** ISO 8601. */
  at: string;
  /** Absent after a crash. */
  timings?: Timings;
};

/** A title that comes after the answer; without `title` and `placeholder`, only its cost. */
export type LateTitle = Omit<FinishedTurn, "message">;

/** The end of a turn as it is saved: reduced where Postgres refused what it held. */
export type SavedEnd = {
  message: Message;
  /** The chat's title; undefined where the chat is deleted. */
  title: string | undefined;
  /** True where Postgres refused even the smallest reduction. */
  isAbandoned?: boolean;
};

/** `delayed`: Postgres did not take it in time; the room retries. */
export type SaveResult = SavedEnd | "delayed";

/** The first user message of the path that has text. */
export function firstUserText(path: readonly PastMessage[]): string | undefined {
  return path.find(({ type, content }) => type === "user" && content.trim() !== "")?.content;
}
