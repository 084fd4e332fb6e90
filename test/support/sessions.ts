/** Sessions of one account, and its security events. */
import { anonymous, type Body, bearer, type SignedIn, workerUrl } from "./client.ts";
import { query } from "./postgres.ts";

/** Signs in again, which opens another session of the account. */
export async function signInAgain(of: SignedIn, baseUrl = workerUrl): Promise<SignedIn> {
  const { email } = of.user;
  const { body } = await anonymous(baseUrl).post("/auth/login", { email, password: of.password });
  const tokens = { accessToken: body.access_token, refreshToken: body.refresh_token };
  return { ...of, ...bearer(body.access_token, baseUrl), ...tokens };
}

/** The session's id. */
export function sessionIdOf({ accessToken }: { accessToken: string }): string {
  const claims: Body = JSON.parse(atob(accessToken.split(".")[1] ?? ""));
  return claims.sid;
}

/** The status of a refresh. */
export async function refreshStatus(of: SignedIn, baseUrl = workerUrl): Promise<number> {
  const given = { refresh_token: of.refreshToken };
  return (await anonymous(baseUrl).post("/auth/refresh", given)).status;
}

/** The kinds of the account's security events, oldest first. */
export async function eventsOf({ user }: { user: Body }): Promise<string[]> {
  const select = "SELECT kind FROM security_events WHERE user_id = $1 ORDER BY position";
  return (await query(select, [user.id])).map(({ kind }) => String(kind));
}
