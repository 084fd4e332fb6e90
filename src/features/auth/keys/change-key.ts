/** Changes the name or the budget of an API key. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../../db/client.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import type { Principal } from "../../../lib/principal.ts";
import { Problem } from "../../../lib/problem.ts";
import { isAdminSql } from "../is-admin.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { budgetDetails, type NewBudget, setBudgetSql } from "../../usage/own-budget.ts";
import { type ApiKeyRow, isLiveSql, selectKey } from "./queries.ts";

type Change = { name: string | undefined; budget: NewBudget | undefined };

type Act = { by: Principal; ownerId: string; keyId: string; change: Change };

/**
 * Changes a key that can be used, and records the event. An administrator sets the budget of any account's key. Throws
 * `not_found`, or `invalid_token` where the session has ended.
 */
export async function changeKey(
  deps: Pick<Deps, "db" | "clock" | "newId">,
  request: Omit<Act, "ownerId">,
  client: RequestClient,
): Promise<ApiKeyRow> {
  const ownerId = await findOwner(deps.db, request.keyId);
  if (ownerId === undefined) throw new Problem("not_found");
  const act = { ...request, ownerId };
  const { keyId, change } = act;
  const event = eventOf(act, client, deps);
  const isAllowed = sql`(${isLiveCaller(act.by)} AND ${mayChange(act, event.now)})`;
  const budget = change.budget ?? {};
  const { caller, changed } = await batch(deps.db, {
    // The account first, as in every batch that writes keys; otherwise two batches could deadlock.
    owner: sql`SELECT FROM users WHERE id = ${ownerId}::uuid FOR NO KEY UPDATE`,
    caller: sql`SELECT WHERE ${isLiveCaller(act.by)}`,
    key: sql`
      UPDATE api_keys SET name = coalesce(${change.name ?? null}::text, name)
      WHERE id = ${keyId}::uuid AND ${isAllowed}`,
    budget: setBudgetSql({ id: keyId, userId: ownerId }, budget, isAllowed),
    event: recordEventSql(event, hasChange(change) ? isAllowed : sql`false`),
    changed: selectKey(keyId, isAllowed),
  });
  if (caller.count === 0) throw new Problem("invalid_token");
  const [row] = changed.rows;
  if (!row) throw new Problem("not_found");
  return row;
}

function findOwner(db: Db, keyId: string): Promise<string | undefined> {
  const owner = sql<{ user_id: string }>`SELECT user_id FROM api_keys WHERE id = ${keyId}::uuid`;
  return readOne(db, owner).then((row) => row?.user_id);
}

/** An access token outlives its session. */
function isLiveCaller({ userId, sessionId }: Principal): SQL {
  return sql`EXISTS (SELECT FROM sessions
    WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid AND ended_at IS NULL)`;
}

/** Of another account's key, an administrator may change the budget alone. */
function mayChange({ by, ownerId, keyId, change }: Act, now: Date): SQL {
  const isLive = sql`EXISTS (SELECT FROM api_keys AS k WHERE k.id = ${keyId}::uuid AND ${isLiveSql(now)})`;
  if (by.userId === ownerId) return isLive;
  return change.name === undefined ? sql`(${isLive} AND ${isAdminSql(by.userId)})` : sql`false`;
}

function hasChange({ name, budget = {} }: Change): boolean {
  return name !== undefined || Object.keys(budget).length > 0;
}

/** Without an administrator's own address: the account's owner reads the events. */
function eventOf(
  { by, ownerId, keyId, change }: Act,
  client: RequestClient,
  { newId, clock }: Pick<Deps, "newId" | "clock">,
): SecurityEvent {
  const { name, budget = {} } = change;
  const details = { ...(name !== undefined && { name }), ...budgetDetails(budget) };
  const event = { id: newId(), userId: ownerId, keyId, details, now: new Date(clock()) };
  const kind = "api_key_changed" as const;
  if (by.userId !== ownerId) return { ...event, kind, actorId: by.userId, client: null };
  return { ...event, kind, sessionId: by.sessionId, client };
}
