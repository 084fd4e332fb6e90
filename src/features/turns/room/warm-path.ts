/**
 * What a room remembers of its chat after a turn, so that the next prompt can be made without Postgres. Only in memory:
 * another way to change the chat may make it untrue, so a turn compares it with what Postgres has.
 */
import { utf8Length } from "../../../lib/bytes.ts";
import type { Model } from "../../../lib/models.ts";
import { historyBytes, MOST_PROMPT_MESSAGES } from "../context/budget.ts";
import type { BegunTurn, NewTurn, PastMessage } from "../store/turn.ts";
import { hasAttachments } from "../store/turn-documents.ts";
import type { LiveTurn } from "./live-turn.ts";

/** UTF-8 of all messages. A longer path is not remembered. */
const MOST_BYTES = 256 * 1024;
/** Of the idempotency keys that the room has seen. */
const MOST_KEYS = 64;

type Known = {
  userId: string;
  /** The last message. */
  answerId: string;
  path: PastMessage[];
  /** How much of the history was read. */
  historyBytes: number;
};

export class WarmPath {
  #known: Known | undefined;
  #keys: string[] = [];

  /** Remembers the path once Postgres has the turn's answer. Of a chat with documents, nothing. Never rejects. */
  async remember(begun: BegunTurn, model: Model, live: LiveTurn): Promise<void> {
    const answer = await live.answered;
    if (!answer || live.end?.state !== "ended" || begun.documents.length > 0) return;
    const path: PastMessage[] = [...begun.path, { type: "bot", content: answer.content }];
    const sizeBytes = path.reduce((sum, { content }) => sum + utf8Length(content), 0);
    if (sizeBytes > MOST_BYTES) return;
    const { userId, answerId } = live;
    this.#known = { userId, answerId, path, historyBytes: historyBytes(model) };
  }

  /**
   * The path of a turn up to its user message, as Postgres would return it; undefined where the room does not know it,
   * and where the turn may be a repeat. Forgets it: a refused turn is followed by one that asks Postgres first.
   */
  take(turn: NewTurn, model: Model): PastMessage[] | undefined {
    const known = this.#known;
    const mayRepeat = this.#hasSeenKey(turn);
    if (!known || known.userId !== turn.userId) return undefined;
    this.#known = undefined;
    if (mayRepeat || known.historyBytes < historyBytes(model)) return undefined;
    if (turn.target !== "append" || !continues(turn, known)) return undefined;
    const last: PastMessage = { type: "user", content: turn.userMessage.content };
    return [...known.path, last].slice(-MOST_PROMPT_MESSAGES);
  }

  /** The chat has changed, or is deleted. */
  drop(): void {
    this.#known = undefined;
  }

  /** True where a request with the turn's key has come before, or where its client says so. */
  #hasSeenKey({ userId, key }: NewTurn): boolean {
    if (!key) return false;
    const name = [userId, key.route, key.key].join(" ");
    const isSeen = this.#keys.includes(name);
    if (!isSeen) this.#keys = [...this.#keys, name].slice(-MOST_KEYS);
    return key.isRepeat ?? isSeen;
  }
}

/** True for a plain user message below the last answer. */
function continues(
  turn: Extract<NewTurn, { target: "append" }>,
  { answerId }: Pick<Known, "answerId">,
): boolean {
  const { newChatTitle, parentId = answerId, files } = turn;
  return newChatTitle === undefined && parentId === answerId && !hasAttachments(files);
}
