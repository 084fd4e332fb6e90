/** Which account an identity opens. */
import type { Identity } from "../../../clients/oidc.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { firstCodePoints } from "../../../lib/code-points.ts";
import { Problem } from "../../../lib/problem.ts";
import { isStorable } from "../../../lib/storable-text.ts";
import type { SecurityEvent } from "../../audit/record.ts";
import { parseEmail } from "../email.ts";
import { findUserByEmail, type UserRow } from "../queries.ts";
import type { AccessClaims } from "../tokens.ts";
import {
  changeRole,
  findUserByIdentity,
  insertAccount,
  linkByEmail,
  linkToSession,
} from "./queries.ts";

const LONGEST_NAME = 200;

/**
 * The account of the identity, with the role that its groups give; created at the first sign-in. Throws
 * `link_required`, `identity_without_email`, or `account_deactivated`.
 */
export async function openAccount(
  deps: Deps,
  identity: Identity,
  client: RequestClient,
): Promise<UserRow> {
  const user =
    (await findUserByIdentity(deps.db, identity)) ?? (await firstSignIn(deps, identity, client));
  if (!user.isActive) throw new Problem("account_deactivated");
  return withRole(deps, user, identity.groups, client);
}

/** Links the identity to the account of the session. Throws `identity_taken`. */
export async function linkIdentity(
  deps: Deps,
  session: AccessClaims,
  identity: Identity,
  client: RequestClient,
): Promise<void> {
  const { userId, sessionId } = session;
  const linked = { ...eventOf(deps, userId, "identity_linked", client), sessionId };
  const isLinked = await linkToSession(deps.db, session, { identity, event: linked });
  if (!isLinked) throw new Problem("identity_taken");
}

/** Links it by the address, or creates an account. */
async function firstSignIn(
  deps: Deps,
  identity: Identity,
  client: RequestClient,
): Promise<UserRow> {
  const email = parseEmail(identity.email ?? "")?.shown;
  if (email === undefined) throw new Problem("identity_without_email");
  const owner = await findUserByEmail(deps.db, email);
  if (owner) await linkOwner(deps, owner, email, identity, client);
  else await create(deps, email, identity, client);
  // Another tab may have been first: then the account is the one of the identity, too.
  const user = await findUserByIdentity(deps.db, identity);
  if (!user) throw new Problem("link_required");
  return user;
}

async function linkOwner(
  deps: Deps,
  owner: UserRow,
  email: string,
  identity: Identity,
  client: RequestClient,
): Promise<void> {
  if (!identity.emailVerified) return;
  const event = eventOf(deps, owner.id, "identity_linked", client);
  await linkByEmail(deps.db, email, { identity, event });
}

async function create(
  deps: Deps,
  email: string,
  identity: Identity,
  client: RequestClient,
): Promise<void> {
  const id = deps.newId();
  const now = new Date(deps.clock());
  const account = { id, name: nameOf(identity, email), email, now };
  const events = [
    eventOf(deps, id, "account_created", client),
    eventOf(deps, id, "identity_linked", client),
  ];
  const { emailVerified } = identity;
  await insertAccount(deps.db, { ...account, emailVerified }, identity, events);
}

/** The name that the provider shows, if it can be stored. */
function nameOf({ name = "" }: Identity, email: string): string {
  const shown = isStorable(name) ? firstCodePoints(name.trim(), LONGEST_NAME) : "";
  return shown || email.slice(0, email.lastIndexOf("@"));
}

/** Where a group is configured for administrators, the provider alone decides who is one. */
async function withRole(
  deps: Deps,
  user: UserRow,
  groups: string[],
  client: RequestClient,
): Promise<UserRow> {
  const group = deps.config.OIDC_ADMIN_GROUP;
  if (group === undefined) return user;
  const role = groups.includes(group) ? "admin" : "user";
  if (role === user.role) return user;
  const event = { ...eventOf(deps, user.id, "role_changed", client), details: { role } };
  await changeRole(deps.db, user, role, event);
  return { ...user, role };
}

function eventOf(
  { newId, clock }: Deps,
  userId: string,
  kind: SecurityEvent["kind"],
  client: RequestClient,
): SecurityEvent {
  return { id: newId(), userId, kind, client, now: new Date(clock()) };
}
