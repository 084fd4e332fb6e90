/** A chat named by the model, because the user asks for it. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import {
  batchUnderKey,
  type Claim,
  findEarlierUse,
  type IdempotencyKey,
  keyIsFree,
} from "../../db/idempotency-keys.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { failedAttempt, type SuggestedName, suggestName } from "../turns/naming.ts";
import { type NewUsage, usageInsert } from "../usage/queries.ts";
import { findFirstQuestion } from "./queries.ts";

type NameDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;
type Place = { ownerId: string; chatId: string };

/** What a chat is to be named after; where both are empty, what it began with. */
export type NameSubject = { message: string | undefined; fileIds: string[] };

/** `isReplayed`: an earlier request with the same key gave it. */
export type GivenName = Pick<SuggestedName, "name" | "reasoning"> & { isReplayed: boolean };

/**
 * Asks for a name, after this text, these documents or what the chat began with, and gives it to the
 * chat; where the key did that before, tells the chat's name as it is now. What it cost is written down even where
 * nothing came of it. Throws `not_found`, a 422 for a chat without words, `idempotency_key_reused`, or
 * a `Problem` of the kind `ai_*`, which uses no key up.
 */
export async function nameChat(
  deps: NameDeps,
  place: Place,
  about: NameSubject,
  key?: IdempotencyKey,
): Promise<GivenName> {
  const claim = key && claimOf(deps, place, key);
  const earlier = claim && (await findEarlierUse(deps.db, claim));
  if (earlier) return readName(deps.db, place);
  const text = await textOf(deps.db, place, about);
  const suggestion = await ask(deps, place, text);
  return saveName(deps.db, place, suggestion, usageOf(deps, place, suggestion), claim);
}

function claimOf({ clock }: NameDeps, { ownerId, chatId }: Place, key: IdempotencyKey): Claim {
  const isMade = sql`EXISTS (SELECT FROM chats WHERE id = ${chatId} AND user_id = ${ownerId})`;
  return { ...key, ownerId, made: { chatId }, isMade, at: toIso(new Date(clock())) };
}

async function textOf(
  db: Db,
  { ownerId, chatId }: Place,
  { message, fileIds }: NameSubject,
): Promise<string> {
  if (message !== undefined || fileIds.length > 0) {
    const names = await listFileNames(db, { ownerId, chatId }, fileIds);
    return message ?? names.join("\n");
  }
  const question = await findFirstQuestion(db, ownerId, chatId);
  if (question !== undefined) return question;
  throw invalidField("/message", "required", "The chat has no message yet to be named after.");
}

/** In the order of the ids. Throws `not_found` without the chat, or where one is no file of the owner's. */
async function listFileNames(
  db: Db,
  { ownerId, chatId }: Place,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await repeatable(() =>
    db.execute<{ name: string | null }>(sql`
      SELECT f.original_name AS name
      FROM chats AS c LEFT JOIN unnest(${`{${ids.join(",")}}`}::uuid[]) WITH ORDINALITY AS u (id, place) ON true
      LEFT JOIN files AS f ON f.id = u.id AND f.user_id = c.user_id
      WHERE c.id = ${chatId} AND c.user_id = ${ownerId} ORDER BY u.place`),
  );
  const names = rows.flatMap(({ name }) => name ?? []);
  if (rows.length === 0 || names.length < ids.length) throw new Problem("not_found");
  return names;
}

async function ask(deps: NameDeps, place: Place, text: string): Promise<SuggestedName> {
  const signal = AbortSignal.timeout(deps.config.TURN_LIMITS.first_token_ms);
  try {
    return await suggestName(deps, { text }, signal);
  } catch (error) {
    await saveFailure(deps, place);
    throw error;
  }
}

/** An attempt that failed is an attempt, and has a row. */
async function saveFailure(deps: NameDeps, place: Place): Promise<void> {
  const failed = failedAttempt(deps);
  if (!failed) return;
  const row = usageOf(deps, place, failed);
  await repeatable(async () => deps.db.execute(usageInsert(row)));
}

function usageOf(
  { newId, clock }: NameDeps,
  { ownerId, chatId }: Place,
  { model, usage, estimated }: Pick<SuggestedName, "model" | "usage" | "estimated">,
): NewUsage {
  const at = new Date(clock()).toISOString();
  const of = { userId: ownerId, chatId, messageId: null, kind: "name" as const, attempt: 1 };
  return { id: newId(), ...of, model, ...usage, estimated, at };
}

/**
 * Of requests with one key that ran at once, the first gives the chat its name, and all tell that one.
 * Throws `not_found` when the chat was deleted meanwhile; the money is spent all the same.
 */
async function saveName(
  db: Db,
  place: Place,
  { name, reasoning }: SuggestedName,
  usage: NewUsage,
  claim: Claim | undefined,
): Promise<GivenName> {
  const { ownerId, chatId } = place;
  const { earlier, read } = await batchUnderKey(db, claim, {
    writes: [
      sql`
        UPDATE chats SET title = ${name}, title_reasoning = ${reasoning}, auto_title = false,
          version = version + 1, updated_at = ${usage.at}::timestamptz
        WHERE id = ${chatId} AND user_id = ${ownerId} AND ${keyIsFree(claim)}`,
      usageInsert(usage),
    ],
    reads: [selectName(place)],
  });
  return toGivenName(read[0] as NameRow[] | undefined, earlier !== undefined);
}

async function readName(db: Db, place: Place): Promise<GivenName> {
  const { rows } = await repeatable(() => db.execute<NameRow>(selectName(place)));
  return toGivenName(rows, true);
}

type NameRow = { title: string; title_reasoning: string | null };

function selectName({ ownerId, chatId }: Place): SQL {
  return sql`
    SELECT title, title_reasoning FROM chats WHERE id = ${chatId} AND user_id = ${ownerId}`;
}

function toGivenName([row]: NameRow[] = [], isReplayed: boolean): GivenName {
  if (!row) throw new Problem("not_found");
  return { name: row.title, reasoning: row.title_reasoning ?? "", isReplayed };
}
