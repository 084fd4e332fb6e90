/** SQL of the accounts that administrators see. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOfList } from "../../db/columns.ts";
import { users } from "../../db/schema.ts";
import { commonCte, containsSql, gramsOf, ifCommon } from "../../db/text-grams.ts";
import { toIso } from "../../lib/clock.ts";
import { isId } from "../../lib/ids.ts";
import { budgetSql, type BudgetRows } from "../usage/own-budget.ts";

const accountColumns = columnsSql(users, "u", [
  "id",
  "name",
  "email",
  "role",
  "isActive",
  "createdAt",
]);

/** An account with its budget and what it used in the month. */
export type AccountRow = RowOfList<typeof accountColumns> &
  BudgetRows & {
    last_seen_at: string | null;
    calls: number;
    tokens: string;
    cost: string;
    unpriced_calls: number;
  };

type AccountFilter = {
  limit: number;
  search?: string | undefined;
  cursor?: { createdAt: string; id: string } | undefined;
  now: Date;
};

/** A page of all accounts, newest first, with one extra row if there are more. */
export async function listAccounts(db: Db, filter: AccountFilter): Promise<AccountRow[]> {
  const { search, cursor, now } = filter;
  const isNext = cursor
    ? sql`(u.created_at, u.id) < (${cursor.createdAt}::timestamptz, ${cursor.id}::uuid)`
    : sql`true`;
  const page = search ? selectFound(search, isNext, filter) : selectPage(isNext, filter);
  return read(db, selectAccounts(page, now));
}

const NEWEST_FIRST = sql`ORDER BY u.created_at DESC, u.id DESC`;

function selectPage(condition: SQL, { limit }: AccountFilter): SQL {
  return sql`SELECT u.* FROM users AS u WHERE ${condition} ${NEWEST_FIRST} LIMIT ${limit + 1}::int`;
}

/** In order where many accounts match, else by the index; and the account whose id it is. */
function selectFound(search: string, isNext: SQL, filter: AccountFilter): SQL {
  const part = sql`lower(${search}::text)`;
  const isFound = containsSql(SEARCHED, part);
  const isIndexed = sql`text_grams(0, ${SEARCHED}, 1) @> ${gramsOf(sql`0`, part)}`;
  const newest = sql`SELECT u.name, u.email FROM users AS u WHERE ${isNext} ${NEWEST_FIRST}`;
  const isIt = isId(search) ? sql`u.id = ${search}::uuid` : sql`false`;
  const found = sql`${isNext} AND ${isFound}`;
  return sql`
    WITH ${commonCte(newest, "u", isFound, COMMON_FROM)}
    ${ifCommon("u", selectPage(sql`common.is_common AND ${found}`, filter))} UNION ALL
    ${ifCommon("u", selectPage(sql`NOT common.is_common AND ${isIndexed} AND ${found}`, filter))} UNION ALL
    (${selectPage(sql`${isIt} AND ${isNext} AND NOT ${isFound}`, filter)})
    ORDER BY created_at DESC, id DESC LIMIT ${filter.limit + 1}::int`;
}

/** In so many of the first accounts is what is found sooner in order than by the index. */
const COMMON_FROM = 25;

/** As the index has it. */
const SEARCHED = sql`lower(u.name || E'\\n' || u.email)`;

/** Selects accounts, newest first. `chosen` selects whole rows of users. */
export function selectAccounts(chosen: SQL, now: Date): SQL<AccountRow> {
  return sql<AccountRow>`
    SELECT ${accountColumns}, seen.last_seen_at, ${budgetSql("u.id")}, used.*
    FROM (${chosen}) AS u
    CROSS JOIN LATERAL (
      SELECT greatest(
        (SELECT s.last_seen_at FROM sessions AS s WHERE s.user_id = u.id ORDER BY s.last_seen_at DESC LIMIT 1),
        (SELECT max(k.last_used_at) FROM api_keys AS k WHERE k.user_id = u.id)) AS last_seen_at
    ) AS seen
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(d.calls), 0)::int AS calls, coalesce(sum(d.tokens), 0)::text AS tokens,
        coalesce(sum(d.cost), 0)::text AS cost, coalesce(sum(d.unpriced_calls), 0)::int AS unpriced_calls
      FROM usage_days AS d
      WHERE d.subject_id = u.id AND d.day >= date_trunc('month', ${toIso(now)}::timestamptz AT TIME ZONE 'UTC')::date
    ) AS used
    ORDER BY u.created_at DESC, u.id DESC`;
}
