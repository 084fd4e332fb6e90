import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../support/api-keys.ts";
import { callOperation, nameOf, newIdsIn } from "../support/attack/operations.ts";
import { newChat } from "../support/chats.ts";
import {
  bearer,
  type Client,
  platformUrl,
  type SignedIn,
  signUpWithFiles,
} from "../support/client.ts";
import { query } from "../support/postgres.ts";
import { type Operation, readOperations } from "../support/routes.ts";
import { refreshStatus, signInAgain } from "../support/sessions.ts";

const MANY_REQUESTS_MS = 60_000;

/** They end what the sign-in could do, and so are called last. */
const ENDS = new Set(["DELETE /auth/sessions", "DELETE /auth/sessions/{id}", "DELETE /users/me"]);

let closed: Operation[];
beforeAll(async () => {
  closed = (await readOperations()).filter(
    (operation) => !operation.open && !ENDS.has(nameOf(operation)),
  );
});

/** The outcome of each route for this client. */
async function outcomesFor(client: Client): Promise<[string, number, string | undefined][]> {
  return Promise.all(
    closed.map(async (operation) => {
      const { status, body } = await callOperation(client, operation, newIdsIn(operation));
      return [nameOf(operation), status, body?.code] as [string, number, string | undefined];
    }),
  );
}

/** The tables that have a row of the user. */
async function tablesWith({ user }: SignedIn): Promise<string[]> {
  const columns = await query(
    `SELECT c.table_name FROM information_schema.columns AS c JOIN information_schema.tables AS t
       USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND c.column_name = 'user_id' AND t.table_type = 'BASE TABLE'`,
  );
  const names = columns.map(({ table_name: name }) => String(name));
  const counts = await Promise.all(
    names.map(async (name) => {
      const rows = await query(`SELECT 1 FROM ${name} WHERE user_id::text = $1 LIMIT 1`, [user.id]);
      return rows.length > 0 ? [name] : [];
    }),
  );
  return counts.flat().toSorted();
}

describe("an access token that outlives", () => {
  it(
    "its account creates nothing and reads nothing, by any route",
    async () => {
      const ada = await signUpWithFiles();
      const chatId = await newChat(ada);
      await ada.post("/messages", { chat_id: chatId, type: "user", content: "Mine" });
      expect((await ada.delete("/users/me", { password: ada.password })).status).toBeLessThan(300);
      const before = await tablesWith(ada);
      for (const [route, status, code] of await outcomesFor(ada)) {
        expect(status, `${route} ${code}`).toBeLessThan(500);
      }
      // What is being erased may be gone meanwhile; nothing is added.
      expect(before).toEqual(expect.arrayContaining(await tablesWith(ada)));
      expect(before).not.toContain("chats");
      for (const path of [`/chats/${chatId}`, `/chats/${chatId}/messages`, "/users/me"]) {
        expect([401, 404]).toContain((await ada.get(path)).status);
      }
    },
    MANY_REQUESTS_MS,
  );

  it("its session reads for its fifteen minutes, but issues no credential", async () => {
    const ada = await signUpWithFiles();
    const chatId = await newChat(ada);
    const { id } = await newApiKey(ada);
    const phone = await signInAgain(ada, platformUrl);
    expect((await phone.delete("/auth/sessions")).status).toBeLessThan(300);
    expect(await refreshStatus(ada, platformUrl)).toBe(401);
    expect((await ada.get("/chats")).status).toBe(200);
    const key = { name: "A program", scopes: ["read"] };
    const refused = await Promise.all([
      ada.post("/auth/keys", key),
      ada.post("/auth/keys", { ...key, password: "nine wrong lamps" }),
      ada.post("/auth/totp", {}),
      ada.patch("/users/me", { email: `new.${crypto.randomUUID()}@example.com` }),
      ada.post("/ws/tickets", { chat_id: chatId }),
      ada.delete("/auth/sessions"),
      ada.patch(`/auth/keys/${id}`, { budget: { day: null } }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 401));
    expect(await refreshStatus(phone, platformUrl)).toBe(200);
  });

  it(
    "the activity of its account gets no new token, and no key of the account is served",
    async () => {
      const ada = await signUpWithFiles();
      const key = await newApiKey(ada, undefined, { baseUrl: platformUrl });
      await query("UPDATE users SET is_active = false WHERE id = $1", [ada.user.id]);
      expect(await refreshStatus(ada, platformUrl)).toBe(401);
      const outcomes = await outcomesFor(bearer(key.key, platformUrl));
      expect(outcomes.filter(([, status]) => status !== 401)).toEqual([]);
      for (const [route, status, code] of await outcomesFor(ada)) {
        expect(status, `${route} ${code}`).toBeLessThan(500);
      }
    },
    MANY_REQUESTS_MS,
  );
});
