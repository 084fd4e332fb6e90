/** Registers accounts and signs them in. */
import type { Deps } from "../../deps.ts";
import { Problem } from "../../lib/problem.ts";
import type { TokenPair } from "./cookies.ts";
import { checkPassword } from "./password-policy.ts";
import {
  findUserByEmail,
  insertUser,
  type NewSession,
  startSession,
  type UserRow,
} from "./queries.ts";
import { issueTokens } from "./refresh.ts";

export type SignedInUser = { user: UserRow; tokens: TokenPair };

const LONGEST_USER_AGENT = 500;

/**
 * Creates the account and signs it in. Throws `email_taken`, `too_many_password_checks`, or a 422 about
 * the password.
 */
export async function register(
  deps: Deps,
  account: { name: string; email: string; password: string },
  userAgent: string | undefined,
): Promise<SignedInUser> {
  checkPassword(account.password, account);
  const { name, email, password } = account;
  const now = new Date(deps.clock());
  const userId = deps.newId();
  const session = newSession(deps, userId, userAgent);
  const hashedPassword = await deps.passwords.hash(password);
  const user = await insertUser(deps.db, { id: userId, name, email, hashedPassword, now }, session);
  return { user, tokens: await issueTokens(deps, { userId, sessionId: session.id }, 0) };
}

/**
 * Signs in. Throws `invalid_credentials` for an unknown account, a wrong password and a disabled account
 * alike, and `too_many_password_checks`.
 */
export async function login(
  deps: Deps,
  { email, password }: { email: string; password: string },
  userAgent: string | undefined,
): Promise<SignedInUser> {
  const user = await findUserByEmail(deps.db, email);
  const correct = await (user
    ? deps.passwords.verify(password, user.hashedPassword)
    : deps.passwords.verifyNothing(password));
  if (!user || !correct || !user.isActive) throw new Problem("invalid_credentials");
  const session = newSession(deps, user.id, userAgent);
  await startSession(deps.db, session);
  return { user, tokens: await issueTokens(deps, { userId: user.id, sessionId: session.id }, 0) };
}

function newSession(deps: Deps, userId: string, userAgent: string | undefined): NewSession {
  const shown = userAgent?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null;
  return { id: deps.newId(), userId, userAgent: shown, now: new Date(deps.clock()) };
}
