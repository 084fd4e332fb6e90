/** Lets the model name a chat on request. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, read, write } from "../../db/client.ts";
import { holdsClaim, settleClaim } from "../../db/claimed-keys.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import type { Claim, IdempotencyKey } from "../../db/idempotency-keys.ts";
import { chats } from "../../db/schema.ts";
import { latestSql } from "../../db/times.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { failedAttempt, type Suggestion, suggestName } from "../titles/suggest.ts";
import { budgetExhausted } from "../usage/budgets.ts";
import { exhaustedSql } from "../usage/exhausted.ts";
import { type NewUsage, usageInsert } from "../usage/queries.ts";
import { toWatchedChat, type WatchedChat, watchedColumns, type WatchedRow } from "./announce.ts";
import { workUnderKey } from "./name-under-key.ts";
import { selectFirstUserMessage } from "./queries.ts";
import { uuidArray } from "../../db/uuid-array.ts";

type NameDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId">;
/** `keyId`: of the API key that pays; null for a session. */
type OwnedChat = { ownerId: string; chatId: string; keyId: string | null };

/** What to name the chat after; if both are empty, its first user message. */
type NameSubject = { message: string | undefined; fileIds: string[] };

/** `isReplayed`: an earlier request with the same key chose it. */
type GivenName = {
  name: string;
  reasoning: string;
  chat: WatchedChat;
  isReplayed: boolean;
};

type NamedSuggestion = Suggestion & { name: string };

/** Together with saving less than the 30 s that a request may run after its client disconnected. */
const NAMING_TIMEOUT_MS = 20_000;

/**
 * Asks the model for a name and renames the chat. Of several requests with one key the first calls the
 * model, and the others return the chat's name at that time. Usage is recorded even if no name came back.
 * Throws `not_found`, a 422 for a chat without messages, `budget_exhausted`, `idempotency_key_reused`, or an `ai_*` problem,
 * after which the key can be retried.
 */
export async function nameChat(
  deps: NameDeps,
  chat: OwnedChat,
  subject: NameSubject,
  key?: IdempotencyKey,
): Promise<GivenName> {
  if (!key) return suggestAndSave(deps, chat, subject);
  const given = await workUnderKey(deps, chat, key, (claim) =>
    suggestAndSave(deps, chat, subject, claim),
  );
  return given === "done" ? readName(deps.db, chat) : given;
}

async function suggestAndSave(
  deps: NameDeps,
  chat: OwnedChat,
  subject: NameSubject,
  claim?: Claim,
): Promise<GivenName> {
  const text = await textOf(deps, chat, subject);
  const suggestion = await suggest(deps, chat, text);
  return saveName(deps.db, chat, suggestion, usageOf(deps, chat, suggestion), claim);
}

/** One trip. Throws `not_found`, a 422 without a text, or `budget_exhausted`. */
async function textOf(
  { db, config, clock }: NameDeps,
  chat: OwnedChat,
  { message, fileIds }: NameSubject,
): Promise<string> {
  const asked = new Date(clock());
  const payer = { userId: chat.ownerId, keyId: chat.keyId };
  const isGiven = message !== undefined || fileIds.length > 0;
  const { names, first, exhausted } = await batch(db, {
    names: isGiven ? selectFileNames(chat, fileIds) : undefined,
    first: isGiven ? undefined : selectFirstUserMessage(chat.ownerId, chat.chatId),
    exhausted: exhaustedSql(payer, { defaults: config.BUDGETS, at: toIso(asked) }),
  });
  const given = names && joinNames(names.rows, fileIds.length);
  const text = message ?? given ?? contentOf(first?.rows[0]);
  const [usedUp] = exhausted.rows;
  if (usedUp) throw budgetExhausted(usedUp, asked);
  return text;
}

type NamedFile = { name: string | null };

/** In the order of the ids; one row without a name where there are none, and none without the chat. */
function selectFileNames({ ownerId, chatId }: OwnedChat, ids: readonly string[]): SQL<NamedFile> {
  return sql<NamedFile>`
    SELECT f.original_name AS name
    FROM chats AS c LEFT JOIN unnest(${uuidArray(ids)}) WITH ORDINALITY AS u (id, position) ON true
    LEFT JOIN files AS f ON f.id = u.id AND f.user_id = c.user_id
    WHERE c.id = ${chatId} AND c.user_id = ${ownerId} ORDER BY u.position`;
}

/** Throws `not_found` when the owner has no such chat, or not all of the files. */
function joinNames(rows: readonly NamedFile[], count: number): string {
  const names = rows.flatMap(({ name }) => name ?? []);
  if (rows.length === 0 || names.length < count) throw new Problem("not_found");
  return names.join("\n");
}

function contentOf(row: { content: string | null } | undefined): string {
  if (!row) throw new Problem("not_found");
  if (row.content !== null) return row.content;
  throw invalidField(
    "/message",
    "required",
    "The chat has no user message yet. Send a `message` to name it after.",
  );
}

async function suggest(deps: NameDeps, chat: OwnedChat, text: string): Promise<NamedSuggestion> {
  const { first_token_ms: firstTokenMs } = deps.config.TURN_LIMITS;
  const signal = AbortSignal.timeout(Math.min(firstTokenMs, NAMING_TIMEOUT_MS));
  const suggestion = await suggestName(deps, { text }, signal).catch(async (error: unknown) => {
    await saveFailure(deps, chat, failedAttempt(deps));
    throw error;
  });
  const { name } = suggestion;
  if (name !== undefined) return { ...suggestion, name };
  await saveFailure(deps, chat, suggestion);
  throw new Problem("ai_unavailable");
}

type Spent = Pick<Suggestion, "model" | "usage" | "estimated">;

/** A failed attempt gets a usage row too. */
async function saveFailure(
  deps: NameDeps,
  chat: OwnedChat,
  spent: Spent | undefined,
): Promise<void> {
  if (!spent) return;
  await write(deps.db, usageInsert(usageOf(deps, chat, spent)));
}

function usageOf(
  { newId, clock }: NameDeps,
  { ownerId, chatId, keyId }: OwnedChat,
  { model, usage, estimated }: Spent,
): NewUsage {
  const at = new Date(clock()).toISOString();
  const of = { userId: ownerId, chatId, messageId: null, kind: "name" as const, attempt: 1 };
  return { id: newId(), ...of, keyId, model, ...usage, estimated, at };
}

/**
 * Renames the chat and records the usage in one batch. Safe to repeat: its usage row shows that it was
 * applied. Does not rename if another request has taken over the claim. Throws `not_found` when the chat
 * was deleted meanwhile; the usage is recorded anyway.
 */
async function saveName(
  db: Db,
  chat: OwnedChat,
  { name, reasoning }: NamedSuggestion,
  usage: NewUsage,
  claim: Claim | undefined,
): Promise<GivenName> {
  const { ownerId, chatId } = chat;
  const give = sql`
    UPDATE chats SET title = ${name}, title_reasoning = ${reasoning}, auto_title = false,
      version = version + 1, updated_at = ${latestSql("chats.updated_at", usage.at)}
    WHERE id = ${chatId} AND user_id = ${ownerId} AND ${claim ? holdsClaim(claim) : sql`true`}
      AND NOT EXISTS (SELECT FROM ai_usage WHERE id = ${usage.id})`;
  const { named } = await batch(db, {
    given: give,
    named: selectName(chat),
    usage: usageInsert(usage),
    settled: claim && settleClaim(claim),
  });
  return toGivenName(named.rows, false);
}

async function readName(db: Db, chat: OwnedChat): Promise<GivenName> {
  return toGivenName(await read(db, selectName(chat)), true);
}

const reasoningColumn = columnsSql(chats, "c", ["titleReasoning"]);

type NameRow = WatchedRow & RowOfList<typeof reasoningColumn>;

function selectName({ ownerId, chatId }: OwnedChat): SQL<NameRow> {
  return sql<NameRow>`
    SELECT ${watchedColumns}, ${reasoningColumn} FROM chats AS c
    WHERE c.id = ${chatId} AND c.user_id = ${ownerId}`;
}

function toGivenName([row]: NameRow[] = [], isReplayed: boolean): GivenName {
  if (!row) throw new Problem("not_found");
  const { title_reasoning: reasoning, ...chat } = row;
  return { name: row.title, reasoning: reasoning ?? "", chat: toWatchedChat(chat), isReplayed };
}
