/** Changes the name of an account, and the e-mail address that is to replace its own once it is verified. */
import { and, eq, sql, type SQL } from "drizzle-orm";
import { batch } from "../../db/client.ts";
import { users } from "../../db/schema.ts";
import type { Deps } from "../../deps.ts";
import type { RequestClient } from "../../http/client.ts";
import type { Principal } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { recordEventSql, type SecurityEvent } from "../audit/record.ts";
import { confirmIdentity, type Proof } from "../auth/confirm-identity.ts";
import { toEmailKey } from "../auth/email.ts";
import { orderIfConfigured } from "../auth/mails/orders.ts";
import { changeUser, getUser, type UserRow } from "../auth/queries.ts";

type Wanted = { name?: string; email?: string; proof: Proof };

/** `mailIds`: mails to enqueue. */
type Changed = { user: UserRow; mailIds: (string | undefined)[] };

/**
 * The account as it is now. A new address requires the proof, so that a stolen token alone cannot take over the
 * account. Throws what `confirmIdentity` throws.
 */
export async function changeAccount(
  deps: Deps,
  principal: Pick<Principal, "userId" | "sessionId">,
  wanted: Wanted,
  client: RequestClient,
): Promise<Changed> {
  const { userId } = principal;
  const { name, email, proof } = wanted;
  if (email !== undefined) {
    const user = await confirmIdentity(deps, principal, proof, client);
    return changeEmail(deps, user, { email, ...(name && { name }) }, client);
  }
  const now = new Date(deps.clock());
  const user = name
    ? await changeUser(deps.db, userId, { name }, now)
    : await getUser(deps.db, userId);
  return { user, mailIds: [] };
}

/** The current address withdraws a pending one. */
async function changeEmail(
  deps: Deps,
  user: UserRow,
  { email, name }: { email: string; name?: string },
  client: RequestClient,
): Promise<Changed> {
  const { id: userId, passwordVersion } = user;
  const now = new Date(deps.clock());
  const isCurrent = toEmailKey(email) === user.emailKey;
  const changes = { ...(name && { name }), pendingEmail: isCurrent ? null : email, updatedAt: now };
  const isSame = and(eq(users.id, userId), eq(users.passwordVersion, passwordVersion));
  const cause = { id: deps.newId(), userId, client, now };
  const event = { ...cause, kind: "email_change_requested", details: { email } } as const;
  const notices = isCurrent ? undefined : announce(deps, user, email, event);
  const { changed } = await batch(deps.db, {
    changed: deps.db.update(users).set(changes).where(isSame).returning(),
    announced: notices?.statements,
  });
  if (!changed[0]) throw new Problem("invalid_credentials");
  return { user: changed[0], mailIds: notices?.mailIds ?? [] };
}

/** The mails to both addresses and the event, if the address is pending. */
function announce(deps: Deps, user: UserRow, email: string, event: SecurityEvent) {
  const { userId, now } = event;
  const isPending = sql`EXISTS (SELECT FROM users AS u WHERE u.id = ${userId}::uuid
    AND u.pending_email = ${email}::text AND u.password_version = ${user.passwordVersion}::int)`;
  const mails = [
    orderIfConfigured(deps, { kind: "verify_email", userId, now }, isPending),
    orderIfConfigured(deps, { kind: "email_changing", userId, email: user.email, now }, isPending),
  ];
  const statements: SQL[] = [
    ...mails.flatMap((mail) => mail.statements),
    recordEventSql(event, isPending),
  ];
  return { statements, mailIds: mails.map(({ id }) => id) };
}
