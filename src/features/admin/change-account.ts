/** What an administrator changes in an account: one batch, with an event for each change. */
import { sql, type SQL } from "drizzle-orm";
import { batch } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import type { SecurityEventKind } from "../audit/kinds.ts";
import { recordEventSql, type SecurityEvent } from "../audit/record.ts";
import { revokeKeysSql, selectWatchedByKeys } from "../auth/keys/queries.ts";
import { selectWatchedBy, type SessionChat } from "../auth/session-end.ts";
import { endSessionsSql, selectEnded } from "../auth/sessions/queries.ts";
import { budgetDetails, type NewBudget, setBudgetSql } from "../usage/own-budget.ts";
import { type AccountRow, selectAccounts } from "./accounts.ts";
import { isAdminSql } from "../auth/is-admin.ts";

type Change = {
  isActive: boolean | undefined;
  role: "user" | "admin" | undefined;
  budget: NewBudget | undefined;
};

type Act = { actorId: string; userId: string; change: Change };

/** `watched`: the chats that ended sessions and keys may be subscribed to. */
type Changed = { account: AccountRow; watched: SessionChat[] };

/** The events of a change, made before the write; of each, whether it happened is known to the batch. */
type Events = Record<"activity" | "role" | "budget", SecurityEvent>;

/**
 * Changes the account and records what has changed. Deactivating ends its sessions and API keys. Throws `not_found`
 * (also where the actor is no administrator), or `last_administrator`, and then changes nothing.
 */
export async function administerAccount(
  { db, clock, newId }: Pick<Deps, "db" | "clock" | "newId">,
  act: Act,
): Promise<Changed> {
  const { userId, change } = act;
  const now = new Date(clock());
  const events = eventsOf(act, newId, now);
  const ends = change.isActive === false;
  const isAllowed = hasOutcome("allowed");
  const { decided, account, ofSessions, ofKeys } = await batch(db, {
    // One administrator at a time: two could each demote the other.
    lock: sql`SELECT pg_advisory_xact_lock(hashtextextended('administrators', 0))`,
    locked: sql`SELECT FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`,
    decided: decide(act, events),
    user: changeUser(act, now),
    sessions: ends ? endSessionsSql(events.activity, isAllowed) : undefined,
    keys: ends ? sql`${revokeKeysSql(userId, now)} AND ${isAllowed}` : undefined,
    budget: change.budget && setBudgetSql({ id: userId, userId }, change.budget, isAllowed),
    events: [
      recordEventSql(events.activity, sql`${isAllowed} AND ${hasChanged("activity")}`),
      recordEventSql(events.role, sql`${isAllowed} AND ${hasChanged("role")}`),
      recordEventSql(events.budget, change.budget ? isAllowed : sql`false`),
    ],
    ofSessions: selectWatchedBy(selectEnded(events.activity)),
    ofKeys: selectWatchedByKeys(userId),
    account: selectAccounts(sql`SELECT * FROM users WHERE id = ${userId}::uuid`, now),
  });
  const [row] = account.rows;
  const outcome = decided.rows[0]?.outcome ?? "not_found";
  if (outcome !== "allowed" || !row) throw new Problem(toProblemCode(outcome));
  return { account: row, watched: ends ? [...ofSessions.rows, ...ofKeys.rows] : [] };
}

type Outcome = "allowed" | "not_found" | "last_administrator";

function toProblemCode(outcome: Outcome) {
  return outcome === "allowed" ? "not_found" : outcome;
}

/**
 * Decides once for the whole batch, in settings that end with the transaction: what follows changes the rows that the
 * decision depends on. A repeated batch is known by its events: the actor may have withdrawn their own role.
 */
function decide({ actorId, userId, change }: Act, events: Events) {
  const { isActive = null, role = null } = change;
  const ids = Object.values(events).map(({ id }) => sql`${id}::uuid`);
  const isRepeated = sql`EXISTS (SELECT FROM security_events WHERE id IN (${sql.join(ids, sql`, `)}))`;
  const isLast = sql`(u.role = 'admin' AND u.is_active
    AND (coalesce(${role}::text, 'admin') <> 'admin' OR NOT coalesce(${isActive}::boolean, true))
    AND NOT EXISTS (SELECT FROM users AS o WHERE o.id <> u.id AND o.role = 'admin' AND o.is_active))`;
  return sql<{ outcome: Outcome }>`
    SELECT set_config('account_change.outcome', CASE
        WHEN u.id IS NULL OR NOT (${isAdminSql(actorId)} OR ${isRepeated}) THEN 'not_found'
        WHEN ${isLast} THEN 'last_administrator' ELSE 'allowed' END, true) AS outcome,
      set_config('account_change.role', (u.role <> ${role}::text)::text, true),
      set_config('account_change.activity', (u.is_active <> ${isActive}::boolean)::text, true)
    FROM (SELECT) AS one LEFT JOIN users AS u ON u.id = ${userId}::uuid`;
}

function hasOutcome(outcome: Outcome): SQL {
  return sql`current_setting('account_change.outcome') = ${outcome}::text`;
}

/** Of a field that the request leaves out, the setting is empty. */
function hasChanged(field: "role" | "activity"): SQL {
  return sql`current_setting(${`account_change.${field}`}::text) = 'true'`;
}

function changeUser({ userId, change }: Act, now: Date): SQL {
  const { isActive = null, role = null } = change;
  return sql`
    UPDATE users SET is_active = coalesce(${isActive}::boolean, is_active), role = coalesce(${role}::text, role),
      updated_at = ${toIso(now)}::timestamptz
    WHERE id = ${userId}::uuid AND ${hasOutcome("allowed")} AND (${hasChanged("role")} OR ${hasChanged("activity")})`;
}

/** Without the administrator's own address: the account's owner reads the events. */
function eventsOf({ actorId, userId, change }: Act, newId: () => string, now: Date): Events {
  const event = (kind: SecurityEventKind, details: SecurityEvent["details"] = {}) => ({
    id: newId(),
    userId,
    kind,
    actorId,
    client: null,
    details,
    now,
  });
  const { isActive, role, budget } = change;
  return {
    activity: event(isActive ? "account_reactivated" : "account_deactivated"),
    role: event("role_changed", role && { role }),
    budget: event("budget_changed", budget && budgetDetails(budget)),
  };
}
