/** The security events of an account. */
import { query } from "./postgres.ts";

/** The kinds of the account's security events, oldest first. */
export async function eventsOf({
  user,
}: {
  user: { id: string };
}): Promise<(string | null | undefined)[]> {
  const rows = await query(
    "SELECT kind FROM security_events WHERE user_id = $1 ORDER BY position",
    [user.id],
  );
  return rows.map(({ kind }) => kind);
}
