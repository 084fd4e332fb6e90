import { expect, inject, it } from "vitest";
import { makeAdministrator } from "../../local/admin.ts";
import { createDb } from "../../src/db/client.ts";
import { signUp } from "../support/client.ts";
import { query } from "../support/postgres.ts";
import { eventsOf } from "../support/security-events.ts";

const { DATABASE_URL = "", DATABASE_HTTP_URL } = inject("vars");
const db = createDb({ DATABASE_URL, DATABASE_HTTP_URL });

it("npm run admin makes an account an administrator, once, and records it", async () => {
  const ada = await signUp();
  expect((await ada.get("/admin/users")).status).toBe(404);
  const { email } = ada.user;
  expect(await makeAdministrator(db, ` ${email.toUpperCase()}`)).toContain("administrator now");
  expect(await makeAdministrator(db, email)).toContain("administrator already");
  expect((await ada.get("/admin/users")).status).toBe(200);
  const kinds = (await eventsOf(ada)).filter((kind) => kind === "role_changed");
  expect(kinds).toHaveLength(1);
});

it("npm run admin refuses an unknown address and a deactivated account", async () => {
  await expect(makeAdministrator(db, "nobody@example.com")).rejects.toThrow("Register it first");
  const ada = await signUp();
  await query("UPDATE users SET is_active = false WHERE id = $1", [ada.user.id]);
  await expect(makeAdministrator(db, ada.user.email)).rejects.toThrow("deactivated");
});
