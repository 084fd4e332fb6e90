/** `npm run admin -- EMAIL`: makes an account an administrator; the first one has nobody else to do it. */
import type { Db } from "../src/db/client.ts";
import { changeRole } from "../src/features/auth/oidc/queries.ts";
import { findUserByEmail } from "../src/features/auth/queries.ts";
import { newId } from "../src/lib/ids.ts";
import { openConfigured } from "./configured-database.ts";

/** Records the event too. Returns what happened; throws where no active account has the address. */
export async function makeAdministrator(db: Db, email: string): Promise<string> {
  const user = await findUserByEmail(db, email);
  if (!user) throw new Error(`No account has the address ${email}. Register it first.`);
  if (!user.isActive) throw new Error(`The account of ${user.email} is deactivated.`);
  if (user.role === "admin") return `${user.email} is an administrator already.`;
  const { id: userId } = user;
  const kind = "role_changed" as const;
  const details = { role: "admin", by: "npm run admin" };
  const event = { id: newId(), userId, kind, client: null, details, now: new Date() };
  await changeRole(db, user, "admin", event);
  return `${user.email} is an administrator now.`;
}

if (import.meta.main) {
  try {
    const [email] = process.argv.slice(2);
    if (!email) throw new Error("Name the account: npm run admin -- EMAIL");
    process.stdout.write(`${await makeAdministrator(await openConfigured(process.env), email)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
