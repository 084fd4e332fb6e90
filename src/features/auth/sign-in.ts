/** Registers accounts and signs them in. */
import type { Deps } from "../../deps.ts";
import type { RequestClient } from "../../http/client.ts";
import { Problem } from "../../lib/problem.ts";
import type { SecurityEvent } from "../audit/record.ts";
import type { TokenPair } from "./cookies.ts";
import { orderIfConfigured } from "./mails/orders.ts";
import { checkPassword } from "./password-policy.ts";
import {
  findUserByEmail,
  insertUser,
  type NewSession,
  replaceHash,
  startSession,
  type UserRow,
} from "./queries.ts";
import { issueTokens } from "./refresh.ts";
import { requireSecondFactor } from "./totp/challenge.ts";

export type SignedInUser = { user: UserRow; tokens: TokenPair };

/**
 * Creates the account and signs it in. `mailId`: the mail to enqueue, where mails are configured. Throws `email_taken`, `too_many_password_checks`, or a 422 about
 * the password.
 */
export async function register(
  deps: Deps,
  account: { name: string; email: string; password: string },
  client: RequestClient,
): Promise<SignedInUser & { mailId: string | undefined }> {
  await checkPassword(account.password, account);
  const { name, email, password } = account;
  const userId = deps.newId();
  const session = newSession(deps, userId, client, "password");
  const { now } = session;
  const hashedPassword = await deps.passwords.hash(password);
  const created = { id: deps.newId(), userId, kind: "account_created", client, now } as const;
  const events = [created, signedIn(deps, session, client)];
  const row = { id: userId, name, email, hashedPassword, now };
  const mail = orderIfConfigured(deps, { kind: "verify_email", userId, now });
  const user = await insertUser(deps.db, row, session, events, mail.statements);
  const tokens = await issueTokens(deps, { userId, sessionId: session.id }, 0);
  return { user, tokens, mailId: mail.id };
}

/**
 * Signs in. Throws `invalid_credentials` for an unknown account, a wrong password and a disabled account
 * alike, `second_factor_required`, and `too_many_password_checks`. `onFailed` is called with an existing account that
 * was not signed in, and must not delay the response.
 */
export async function login(
  deps: Deps,
  { email, password }: { email: string; password: string },
  client: RequestClient,
  onFailed: (user: UserRow) => void,
): Promise<SignedInUser> {
  const user = await findUserByEmail(deps.db, email);
  const correct = await (user
    ? deps.passwords.verify(password, user.hashedPassword)
    : deps.passwords.verifyNothing(password));
  if (user && !(correct && user.isActive)) onFailed(user);
  if (!user || !correct || !user.isActive) throw new Problem("invalid_credentials");
  await rehashOutdated(deps, user, password);
  await requireSecondFactor(deps, user);
  return openSession(deps, user, client, "password");
}

/** Replaces an outdated hash of the verified password. A full queue leaves it to the next sign-in. */
async function rehashOutdated(
  { db, passwords }: Pick<Deps, "db" | "passwords">,
  { id, hashedPassword }: UserRow,
  password: string,
): Promise<void> {
  if (hashedPassword === null || !passwords.isOutdated(password, hashedPassword)) return;
  try {
    await replaceHash(db, id, { from: hashedPassword, to: await passwords.hash(password) });
  } catch (error) {
    if (!(error instanceof Problem && error.code === "too_many_password_checks")) throw error;
  }
}

/**
 * Starts a session of an account that has proved who it is, by every factor that it has. Throws `invalid_credentials`
 * when the password has changed since the account was read.
 */
export async function openSession(
  deps: Deps,
  user: UserRow,
  client: RequestClient,
  method: NewSession["method"],
): Promise<SignedInUser> {
  const session = newSession(deps, user.id, client, method);
  const event = signedIn(deps, session, client);
  if (!(await startSession(deps.db, user, session, event))) {
    throw new Problem("invalid_credentials");
  }
  return { user, tokens: await issueTokens(deps, { userId: user.id, sessionId: session.id }, 0) };
}

function newSession(
  deps: Deps,
  userId: string,
  { userAgent, country }: RequestClient,
  method: NewSession["method"],
): NewSession {
  return { id: deps.newId(), userId, userAgent, country, method, now: new Date(deps.clock()) };
}

function signedIn(
  deps: Deps,
  { id, userId, method, now }: NewSession,
  client: RequestClient,
): SecurityEvent {
  const details = { method };
  return { id: deps.newId(), userId, kind: "signed_in", sessionId: id, client, details, now };
}
