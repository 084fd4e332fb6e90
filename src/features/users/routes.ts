/** One's own account. */
import type { Deps } from "../../deps.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { verifyPassword } from "../auth/password.ts";
import { getUser, renameUser, setPendingEmail, type UserRow } from "../auth/queries.ts";
import { toUser, User, UserChange } from "../auth/schemas.ts";

const tags = ["Accounts"];

const readMe = route({
  method: "get",
  path: "/users/me",
  tags,
  summary: "Read one's own account",
  responses: { 200: json(User, "The account.") },
});

const changeMe = route({
  method: "patch",
  path: "/users/me",
  tags,
  summary: "Change one's name or e-mail address",
  description: "A new address counts once it is verified; until then the old one does.",
  request: { body: jsonBody(UserChange) },
  problems: ["invalid_credentials"],
  responses: { 200: json(User, "The account as it is now.") },
});

export const userRoutes = createRouter()
  .openapi(readMe, async (c) => {
    const { db } = c.get("deps");
    return c.json(toUser(await getUser(db, c.get("principal").userId)), 200);
  })
  .openapi(changeMe, async (c) => {
    const { userId } = c.get("principal");
    const { name, email, current_password: password } = c.req.valid("json");
    const deps = c.get("deps");
    if (email) await changeEmail(deps, userId, email, password ?? "");
    const user = name ? await rename(deps, userId, name) : await getUser(deps.db, userId);
    return c.json(toUser(user), 200);
  });

function rename({ db, clock }: Deps, userId: string, name: string): Promise<UserRow> {
  return renameUser(db, userId, name, new Date(clock()));
}

/** A stolen token alone cannot take the account over: the address needs the password. */
async function changeEmail(deps: Deps, userId: string, email: string, password: string) {
  const user = await getUser(deps.db, userId);
  if (!verifyPassword(password, user.hashedPassword)) throw new Problem("invalid_credentials");
  if (email.toLowerCase() === user.email.toLowerCase()) return;
  await setPendingEmail(deps.db, userId, email, new Date(deps.clock()));
}
