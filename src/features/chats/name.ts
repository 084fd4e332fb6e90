/** A chat named by the model, because the user asks for it. */
import { sql } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { failedAttempt, type SuggestedName, suggestName } from "../turns/naming.ts";
import { type NewUsage, usageInsert } from "../usage/queries.ts";
import { findFirstQuestion, requireChat } from "./queries.ts";

type NameDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;
type Place = { ownerId: string; chatId: string };

/**
 * Asks for a name, after this text or after what the chat began with, and gives it to the chat. What
 * it cost is written down even where nothing came of it. Throws `not_found`, a 422 for a chat without
 * words, or a `Problem` of the kind `ai_*`.
 */
export async function nameChat(
  deps: NameDeps,
  place: Place,
  message: string | undefined,
): Promise<Pick<SuggestedName, "name" | "reasoning">> {
  const text = await textOf(deps.db, place, message);
  const suggestion = await ask(deps, place, text);
  const { name, reasoning } = suggestion;
  await saveName(deps.db, place, name, usageOf(deps, place, suggestion));
  return { name, reasoning };
}

async function textOf(db: Db, { ownerId, chatId }: Place, message?: string): Promise<string> {
  if (message !== undefined) {
    await requireChat(db, ownerId, chatId);
    return message;
  }
  const question = await findFirstQuestion(db, ownerId, chatId);
  if (question !== undefined) return question;
  throw invalidField("/message", "required", "The chat has no message yet to be named after.");
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

/** Throws `not_found` when the chat was deleted meanwhile; the money is spent all the same. */
async function saveName(db: Db, { ownerId, chatId }: Place, name: string, usage: NewUsage) {
  const [renamed] = await repeatable(() =>
    db.batch([
      db.execute(sql`
        UPDATE chats SET title = ${name}, auto_title = false, version = version + 1,
          updated_at = ${usage.at}::timestamptz
        WHERE id = ${chatId} AND user_id = ${ownerId} RETURNING id`),
      db.execute(usageInsert(usage)),
    ]),
  );
  if (renamed.rows.length === 0) throw new Problem("not_found");
}
