/** Administrators of the tests. */
import { at, type SignedIn, signUp } from "./client.ts";
import { query, type SeenDatabase } from "./postgres.ts";

/** Makes the account an administrator, in the database that it is in. */
export async function makeAdmin(
  of: SignedIn,
  database: Pick<SeenDatabase, "query"> = { query },
): Promise<SignedIn> {
  await database.query("UPDATE users SET role = 'admin' WHERE id = $1", [of.user.id]);
  return of;
}

/** A new administrator, at a Worker of this world. */
export async function signUpAdmin(baseUrl?: string): Promise<SignedIn> {
  const admin = await makeAdmin(await signUp("Grace Example"));
  return baseUrl ? at(baseUrl, admin) : admin;
}
