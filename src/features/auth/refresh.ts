/** Exchanges a refresh token for a new pair of tokens. */
import type { Context } from "hono";
import type { Deps } from "../../deps.ts";
import { clientOf } from "../../http/client.ts";
import { requireHttps } from "../../http/https.ts";
import type { App } from "../../http/router.ts";
import { logEvent } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import type { TokenPair } from "./cookies.ts";
import { notifyRooms } from "./session-end.ts";
import { rotateSession } from "./sessions/queries.ts";
import type { AccessClaims } from "./tokens.ts";

/** The user, the session and its new tokens. Throws `invalid_token` or `https_required`. */
export async function refreshSession(
  c: Context<App>,
  refreshToken: string,
): Promise<AccessClaims & TokenPair> {
  requireHttps(c);
  const deps = c.get("deps");
  const claims = await deps.tokens.readRefresh(refreshToken);
  if (!claims) throw new Problem("invalid_token");
  const { rotation, watched } = await rotateSession(deps.db, claims, {
    id: deps.newId(),
    kind: "refresh_token_replayed",
    userId: claims.userId,
    sessionId: claims.sessionId,
    client: clientOf(c),
    now: new Date(deps.clock()),
  });
  notifyRooms(c, watched);
  if (rotation === "replayed") logReplay(claims);
  if (typeof rotation === "string") throw new Problem("invalid_token");
  const { userId, sessionId } = claims;
  return { userId, sessionId, ...(await issueTokens(deps, claims, rotation.refreshCounter)) };
}

/** Issues the pair of tokens for a session and its counter. */
export async function issueTokens(
  deps: Deps,
  { userId, sessionId }: AccessClaims,
  refreshCounter: number,
): Promise<TokenPair> {
  const [access, refresh] = await Promise.all([
    deps.tokens.issueAccess({ userId, sessionId }),
    deps.tokens.issueRefresh({ userId, sessionId, refreshCounter }),
  ]);
  return { access, refresh };
}

/** An old token was reused: either user may be the thief, so the session has ended. */
function logReplay({ userId, sessionId }: AccessClaims): void {
  logEvent("refresh_token_replayed", { user_id: userId, session_id: sessionId });
}
