import { beforeAll, describe, expect, it } from "vitest";
import { KEY_SCOPES } from "../../src/lib/key-scopes.ts";
import { type KeyClient, newApiKey } from "../support/api-keys.ts";
import {
  type ApiResponse,
  bearer,
  type Client,
  expectProblem,
  type SignedIn,
  signUp,
} from "../support/client.ts";
import { query } from "../support/postgres.ts";
import { type Operation, readOperations } from "../support/routes.ts";

/** They need a person: what changes the account or issues credentials. */
const BY_SESSION_ALONE = [
  "DELETE /auth/keys/{id}",
  "DELETE /auth/sessions",
  "DELETE /auth/sessions/{id}",
  "DELETE /auth/totp",
  "DELETE /users/me",
  "GET /admin/events",
  "GET /admin/usage",
  "GET /admin/users",
  "GET /auth/events",
  "GET /auth/keys",
  "GET /auth/sessions",
  "GET /metrics",
  "GET /users/me/export",
  "PATCH /admin/users/{id}",
  "PATCH /auth/keys/{id}",
  "PATCH /users/me",
  "POST /auth/email/verify/resend",
  "POST /auth/keys",
  "POST /auth/oidc/link",
  "POST /auth/password",
  "POST /auth/totp",
  "POST /auth/totp/confirm",
  "POST /ws/tickets",
];

type Scoped = Operation & { scopes: string[] };

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

let operations: Scoped[];
let ada: SignedIn;
let byScope: Record<string, KeyClient>;
beforeAll(async () => {
  const scopesOf = ({ description }: Operation): string[] => {
    const [, names = ""] = /An API key needs the scope (.*)\.$/.exec(description) ?? [];
    return [...names.matchAll(/`(\w+)`/g)].map(([, scope = ""]) => scope);
  };
  const closed = (await readOperations()).filter(({ open }) => !open);
  operations = closed.map((operation) => ({ ...operation, scopes: scopesOf(operation) }));
  ada = await signUp();
  byScope = {};
  for (const scope of KEY_SCOPES) byScope[scope] = await newApiKey(ada, [scope]);
});

function call(client: Client, { method, path }: Operation): Promise<ApiResponse> {
  const target = path.replace("{id}", crypto.randomUUID());
  if (method === "GET") return client.get(target);
  const send = method.toLowerCase() as "post" | "put" | "patch" | "delete";
  return client[send](target, {});
}

describe("every route that requires a sign-in", () => {
  it("names the scope that serves it, unless it needs a person", () => {
    const unscoped = operations.filter(({ scopes }) => scopes.length === 0).map(nameOf);
    expect(unscoped.toSorted()).toEqual(BY_SESSION_ALONE);
    for (const { method, scopes } of operations) {
      expect(KEY_SCOPES).toEqual(expect.arrayContaining(scopes));
      const isRead = method === "GET" && scopes.length > 0;
      expect(scopes.includes("read")).toBe(isRead);
    }
  });

  it("refuses a key without one of its scopes, before it looks at the request", async () => {
    for (const operation of operations) {
      for (const [scope, key] of Object.entries(byScope)) {
        if (operation.scopes.includes(scope)) continue;
        const response = await call(key, operation);
        expect({ route: nameOf(operation), scope, status: response.status }).toEqual({
          route: nameOf(operation),
          scope,
          status: 403,
        });
        expectProblem(response, 403, "insufficient_scope");
      }
    }
  });

  it("serves a key with one of its scopes", async () => {
    for (const operation of operations) {
      for (const scope of operation.scopes) {
        const { status, body } = await call(byScope[scope] ?? ada, operation);
        expect([401, 403], `${nameOf(operation)} ${JSON.stringify(body)}`).not.toContain(status);
      }
    }
  });

  it("refuses a key that is revoked, expired, mistyped, cut, or of another form", async () => {
    const [revoked, expired] = [await newApiKey(ada), await newApiKey(ada)];
    await query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [revoked.id]);
    await query("UPDATE api_keys SET expires_at = now() - interval '1 ms' WHERE id = $1", [
      expired.id,
    ]);
    const live = (await newApiKey(ada)).key;
    const mistyped = live.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    const keys = [revoked.key, expired.key, mistyped, live.slice(0, -1), `${live}0`, "ifk_"];
    for (const operation of operations) {
      for (const key of keys) {
        expectProblem(await call(bearer(key), operation), 401, "invalid_token");
      }
    }
  });
});
