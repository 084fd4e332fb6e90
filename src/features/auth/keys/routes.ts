/** Routes of API keys, for signed-in people: a key manages no keys. */
import { z } from "@hono/zod-openapi";
import { clientOf } from "../../../http/client.ts";
import { ById } from "../../../http/fields.ts";
import { requireHttps } from "../../../http/https.ts";
import { createRouter, json, jsonBody, optionalJsonBody, route } from "../../../http/router.ts";
import { notifyRooms } from "../session-end.ts";
import { changeKey } from "./change-key.ts";
import { createKey } from "./create-key.ts";
import { listKeys, revokeKey } from "./queries.ts";
import { ApiKey, CreatedKey, KeyChange, NewKeyBody, toApiKeyShape } from "./schemas.ts";

const tags = ["Accounts"];

const list = route({
  method: "get",
  path: "/auth/keys",
  operationId: "listApiKeys",
  tags,
  summary: "List your API keys",
  description: "Those that are neither revoked nor expired, newest first.",
  responses: { 200: json(() => z.array(ApiKey()), "The keys, without their secret.") },
});

const create = route({
  method: "post",
  path: "/auth/keys",
  operationId: "createApiKey",
  limit: "step_up",
  tags,
  summary: "Create an API key",
  description:
    "For programs: sent as `Authorization: Bearer <key>` wherever an access token is, on the routes of its scopes. You may have 50.",
  request: { body: jsonBody(NewKeyBody) },
  problems: ["invalid_credentials", "too_many_password_checks", "too_many_keys"],
  responses: { 201: json(CreatedKey, "The key, shown this once.") },
});

const change = route({
  method: "patch",
  path: "/auth/keys/{id}",
  operationId: "updateApiKey",
  tags,
  summary: "Change the name or the budget of an API key",
  description:
    "Answers that are running keep what they have reserved. Administrators set the budget of any account's key; to them and to its owner it is recorded as a security event of the account.",
  request: { params: ById, body: optionalJsonBody(KeyChange) },
  responses: { 200: json(ApiKey, "The key as it is now, without its secret.") },
});

const revoke = route({
  method: "delete",
  path: "/auth/keys/{id}",
  operationId: "revokeApiKey",
  tags,
  summary: "Revoke an API key",
  description:
    "It is refused from the next request on. Its open streams are closed; answers go on to their end.",
  request: { params: ById },
  responses: { 204: { description: "The key is revoked." } },
});

export const keyRoutes = createRouter()
  .openapi(list, async (c) => {
    const { db, clock } = c.get("deps");
    const rows = await listKeys(db, c.get("principal").userId, new Date(clock()));
    return c.json(rows.map(toApiKeyShape), 200);
  })
  .openapi(create, async (c) => {
    requireHttps(c);
    const body = c.req.valid("json");
    const { row, key } = await createKey(c.get("deps"), c.get("principal"), body, clientOf(c));
    return c.json({ ...toApiKeyShape(row), key }, 201);
  })
  .openapi(change, async (c) => {
    const { id: keyId } = c.req.valid("param");
    const { name, budget } = c.req.valid("json");
    const act = {
      by: c.get("principal"),
      keyId,
      change: { name: name ?? undefined, budget: budget ?? undefined },
    };
    return c.json(toApiKeyShape(await changeKey(c.get("deps"), act, clientOf(c))), 200);
  })
  .openapi(revoke, async (c) => {
    const { db, clock, newId } = c.get("deps");
    const { userId, sessionId } = c.get("principal");
    const { id: keyId } = c.req.valid("param");
    const now = new Date(clock());
    const kind = "api_key_revoked" as const;
    const event = { id: newId(), userId, kind, sessionId, keyId, client: clientOf(c), now };
    notifyRooms(c, await revokeKey(db, { userId, keyId, now }, event));
    return c.body(null, 204);
  });
