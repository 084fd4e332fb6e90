/** Routes by which administrators list and change accounts. */
import { ById } from "../../http/fields.ts";
import { createRouter, json, optionalJsonBody, route } from "../../http/router.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import { notifyRooms } from "../auth/session-end.ts";
import { listAccounts } from "./accounts.ts";
import { administerAccount } from "./change-account.ts";
import { requireAdmin } from "./require-admin.ts";
import { Account, AccountChange, AccountQuery, Accounts, toAccount } from "./account-schemas.ts";

const tags = ["Administration"];

const list = route({
  method: "get",
  path: "/admin/users",
  operationId: "listAccounts",
  tags,
  summary: "List and search all accounts",
  description:
    "Newest first, each with its role, its budget and what it used this month. To everybody but administrators this route is 404.",
  request: { query: AccountQuery },
  problems: ["not_found"],
  responses: { 200: json(Accounts, "A page of accounts.") },
});

const change = route({
  method: "patch",
  path: "/admin/users/{id}",
  operationId: "updateAccount",
  tags,
  summary: "Deactivate, reactivate, promote or demote an account, or set its budget",
  description:
    "Deactivating ends the sessions and API keys of the account; running answers go on to their end. Each change is recorded among the security events of the account. The last active administrator can be neither demoted nor deactivated. To everybody but administrators this route is 404.",
  request: { params: ById, body: optionalJsonBody(AccountChange) },
  problems: ["last_administrator"],
  responses: { 200: json(Account, "The account as it is now.") },
});

export const accountRoutes = createRouter()
  .openapi(list, async (c) => {
    const { db, clock } = c.get("deps");
    await requireAdmin(db, c.get("principal").userId);
    const { limit, ...filter } = c.req.valid("query");
    const rows = await listAccounts(db, { ...filter, limit, now: new Date(clock()) });
    const users = rows.slice(0, limit).map(toAccount);
    const last = rows.length > limit ? users.at(-1) : undefined;
    const next_cursor = last ? encodeCursor([last.created_at, last.id]) : null;
    return c.json({ users, next_cursor }, 200);
  })
  .openapi(change, async (c) => {
    const { is_active: isActive, role, budget } = c.req.valid("json");
    const { account, watched } = await administerAccount(c.get("deps"), {
      actorId: c.get("principal").userId,
      userId: c.req.valid("param").id,
      change: {
        isActive: isActive ?? undefined,
        role: role ?? undefined,
        budget: budget ?? undefined,
      },
    });
    notifyRooms(c, watched);
    return c.json(toAccount(account), 200);
  });
