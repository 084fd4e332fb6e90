/** The `Idempotency-Key` of a turn: what it stands for, and how an earlier use of it is found. */
import { sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import {
  type Claim,
  findEarlierUse,
  type IdempotencyKey,
  type KeyUse,
} from "../../../db/idempotency-keys.ts";
import { present } from "../../../lib/assert.ts";

/** A turn as a repeated request finds it again. */
export type TurnIds = { chatId: string; userMessageId: string; answerId: string };

/** As much of a turn that is to begin as its key has to know. */
type KeyedTurn = {
  userId: string;
  chatId: string;
  userMessage: { id: string };
  answerId: string;
  /** ISO 8601. */
  at: string;
  key?: IdempotencyKey;
};

/** The claim of the turn's key; undefined without one. */
export function claimOfTurn(turn: KeyedTurn): Claim | undefined {
  const { key, userId: ownerId, chatId, userMessage, answerId, at } = turn;
  if (!key) return undefined;
  const isMade = sql`EXISTS (
    SELECT FROM messages AS m JOIN chats ON chats.id = m.chat_id
    WHERE m.chat_id = ${chatId} AND m.id = ${answerId} AND chats.user_id = ${ownerId})`;
  return { ...key, ownerId, made: { chatId, messageId: userMessage.id, answerId }, isMade, at };
}

/**
 * The turn that the key began before; undefined where there is none, or no key, which takes no trip.
 * Throws `idempotency_key_reused`.
 */
export async function findEarlierTurn(db: Db, turn: KeyedTurn): Promise<TurnIds | undefined> {
  const claim = claimOfTurn(turn);
  const use = claim && (await findEarlierUse(db, claim));
  return use && toTurnIds(use);
}

export function toTurnIds({ chatId, messageId, answerId }: KeyUse): TurnIds {
  return {
    chatId: present(chatId, "the chat of a key"),
    userMessageId: present(messageId, "the user message of a key"),
    answerId: present(answerId, "the answer of a key"),
  };
}
