import { beforeAll, describe, expect, it } from "vitest";
import { sha256OfText } from "../../../src/lib/sha256.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { newChat, runningTurn } from "../../support/chats.ts";
import {
  anonymous,
  bearer,
  clientWith,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { callsContaining, countCalls, injectFault, query } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const eventsOf = (userId: string) =>
  query("SELECT kind, key_id FROM security_events WHERE user_id = $1 ORDER BY position", [userId]);

describe("POST /auth/keys", () => {
  it("shows the key once, and keeps only its hash", async () => {
    const eve = await signUp();
    const expires_at = inAnHour();
    const { key, id, created } = await newApiKey(eve, ["read", "chat", "read"], { expires_at });
    expect(key).toMatch(/^ifk_[0-9A-Za-z]{49}$/);
    const listed = (await eve.get("/auth/keys")).body;
    expect(listed).toEqual([
      {
        id,
        name: "A program",
        prefix: key.slice(0, 10),
        scopes: ["chat", "read"],
        created_at: created.created_at,
        expires_at,
        last_used_at: null,
        budget: { day: null, month: null },
      },
    ]);
    const [row] = await query("SELECT k::text AS text FROM api_keys AS k WHERE id = $1", [id]);
    expect(row?.text).not.toContain(key.slice(10));
    expect(await eventsOf(eve.user.id)).toContainEqual({ kind: "api_key_created", key_id: id });
  });

  it("requires the password", async () => {
    const create = (password: unknown) =>
      ada.post("/auth/keys", { name: "A", scopes: ["chat"], password });
    for (const password of ["", "wrong lamps"]) {
      expectProblem(await create(password), 401, "invalid_credentials");
    }
    for (const password of [undefined, null]) {
      expectProblem(await create(password), 422, "validation_failed", "/password");
    }
  });

  it("is not disturbed by a sign-in that replaces the hash of the same password", async () => {
    const eve = await signUp();
    const name = crypto.randomUUID();
    await injectFault({ contains: name, times: 1, kind: "delay", delayMs: 1_000 });
    const created = eve.post("/auth/keys", { name, scopes: ["read"], password: eve.password });
    await until(async () => (await callsContaining(name)).length === 1);
    await query("UPDATE users SET hashed_password = hashed_password || '=' WHERE id = $1", [
      eve.user.id,
    ]);
    expect((await created).status).toBe(201);
  });

  it("refuses unknown scopes, none, an expiry in the past, and a blank name", async () => {
    const valid = { name: "A", scopes: ["chat"], password: ada.password };
    const create = (change: object) => ada.post("/auth/keys", { ...valid, ...change });
    expectProblem(await create({ scopes: [] }), 422, "validation_failed", "/scopes");
    expectProblem(await create({ scopes: ["admin"] }), 422, "validation_failed", "/scopes/0");
    expectProblem(await create({ name: " " }), 422, "validation_failed", "/name");
    for (const expires_at of ["2020-01-01T00:00:00Z", "tomorrow", "0000-01-01T00:00:00Z"]) {
      expectProblem(await create({ expires_at }), 422, "validation_failed", "/expires_at");
    }
  });

  it("admits 50 keys and no more, created at once", async () => {
    const eve = await signUp();
    await query(
      `INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, created_at)
       SELECT gen_random_uuid(), $1, 'A', 'ifk_', gen_random_uuid()::text, ARRAY['read'], now()
       FROM generate_series(1, 47)`,
      [eve.user.id],
    );
    const create = () =>
      eve.post("/auth/keys", { name: "A", scopes: ["read"], password: eve.password });
    const responses = await Promise.all(Array.from({ length: 6 }, create));
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(3);
    for (const refused of responses.filter(({ status }) => status !== 201)) {
      expectProblem(refused, 409, "too_many_keys");
    }
    const { body: keys } = await eve.get("/auth/keys");
    expect(keys).toHaveLength(50);
    expect((await eve.delete(`/auth/keys/${keys[0].id}`)).status).toBe(204);
    expect((await create()).status).toBe(201);
  });
});

describe("an API key", () => {
  it("is a bearer token on the routes of its scopes", async () => {
    const key = await newApiKey(ada, ["chat"]);
    const chatId = (await key.post("/chats", { title: "By a program" })).body.id;
    const turn = await key.post(`/chats/${chatId}/messages`, { content: "Hello?" });
    expect(turn.status).toBe(200);
    expect((await ada.get(`/chats/${chatId}`)).body.messages).toHaveLength(2);
    const response = await key.get("/files");
    expectProblem(response, 403, "insufficient_scope");
    expect(response.body.scope).toBe("files");
    const challenge = response.headers.get("www-authenticate");
    expect(challenge).toBe('Bearer realm="api", error="insufficient_scope", scope="files"');
  });

  it("with `read` alone reads everything, and changes nothing", async () => {
    const key = await newApiKey(ada, ["read"]);
    const chatId = await newChat(ada);
    for (const path of ["/chats", `/chats/${chatId}`, "/files", "/users/me", "/search?q=deposit"]) {
      expect((await key.get(path)).status, path).toBe(200);
    }
    expectProblem(await key.post("/chats", {}), 403, "insufficient_scope");
    expectProblem(await key.delete(`/chats/${chatId}`), 403, "insufficient_scope");
  });

  it("sees the objects of its owner alone", async () => {
    const key = await newApiKey(await signUp());
    expectProblem(await key.get(`/chats/${await newChat(ada)}`), 404, "not_found");
  });

  it("shares Idempotency-Keys with its owner's sessions", async () => {
    const key = await newApiKey(ada);
    const header = withKey(newKey());
    const first = await key.post("/chats", { title: "Once" }, header);
    const second = await ada.post("/chats", { title: "Once" }, header);
    expect(second.body.id).toBe(first.body.id);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
  });

  it("costs one trip to Postgres a request, and one a minute that writes its last use", async () => {
    const eve = await signUp();
    const key = await newApiKey(eve);
    const hash = await sha256OfText(key.key);
    const lastUse = async () => (await eve.get("/auth/keys")).body[0].last_used_at;
    expect(await countCalls(hash, () => key.get("/users/me"))).toBe(1);
    const used = await until(lastUse);
    const unwritten = await countCalls(key.id, () => key.get("/users/me"));
    expect({ unwritten, used: await lastUse() }).toEqual({ unwritten: 0, used });
    await query("UPDATE api_keys SET last_used_at = now() - interval '61 s' WHERE id = $1", [
      key.id,
    ]);
    await Promise.all(Array.from({ length: 5 }, () => key.get("/users/me")));
    await until(async () => (await lastUse()) > used);
  });

  it("is not accepted in a query, in a cookie, or as another token", async () => {
    const { key } = await newApiKey(ada);
    const nobody = anonymous();
    for (const name of ["key", "api_key", "access_token", "token"]) {
      expectProblem(await nobody.get(`/users/me?${name}=${key}`), 401, "unauthenticated");
    }
    for (const name of ["access_token", "refresh_token", "__Host-access_token"]) {
      const { status } = await clientWith({ cookie: `${name}=${key}` }).get("/users/me");
      expect(status, name).toBe(401);
    }
    const basic = clientWith({ authorization: `Basic ${btoa(`${key}:`)}` });
    expectProblem(await basic.get("/users/me"), 401, "invalid_token");
    const headers = clientWith({ "x-api-key": key });
    expectProblem(await headers.get("/users/me"), 401, "unauthenticated");
    expectProblem(await nobody.post("/auth/refresh", { refresh_token: key }), 401, "invalid_token");
  });

  it("neither signs out nor survives a sign-out as a session", async () => {
    const key = await newApiKey(ada);
    expect((await key.post("/auth/logout")).status).toBe(200);
    expect((await key.get("/users/me")).status).toBe(200);
  });
});

describe("the end of an API key", () => {
  const revoked = "UPDATE api_keys SET revoked_at = now() WHERE id = $1";
  const expired = "UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE id = $1";
  const disabled =
    "UPDATE users SET is_active = false WHERE id = (SELECT user_id FROM api_keys WHERE id = $1)";
  const deleted = "DELETE FROM users WHERE id = (SELECT user_id FROM api_keys WHERE id = $1)";

  for (const [what, statement] of Object.entries({ revoked, expired, disabled, deleted })) {
    it(`refuses it at once: ${what}`, async () => {
      const key = await newApiKey(await signUp());
      expect((await key.get("/users/me")).status).toBe(200);
      await query(statement, [key.id]);
      const response = await key.get("/users/me");
      expectProblem(response, 401, "invalid_token");
      expect(response.headers.get("www-authenticate")).toContain("invalid_token");
    });
  }

  it("is answered 404 for another's key, a missing one and a revoked one alike", async () => {
    const { id } = await newApiKey(ada);
    const eve = await signUp();
    expectProblem(await eve.delete(`/auth/keys/${id}`), 404, "not_found");
    expectProblem(await ada.delete(`/auth/keys/${crypto.randomUUID()}`), 404, "not_found");
    expect((await ada.delete(`/auth/keys/${id}`)).status).toBe(204);
    expectProblem(await ada.delete(`/auth/keys/${id}`), 404, "not_found");
    const events = (await eventsOf(ada.user.id)).filter(({ key_id }) => key_id === id);
    expect(events.map(({ kind }) => kind)).toEqual(["api_key_created", "api_key_revoked"]);
    expect((await ada.get("/auth/keys")).body).not.toContainEqual(expect.objectContaining({ id }));
  });

  it("closes its streams, and neither the answer nor the streams of a session", async () => {
    const eve = await signUp();
    const key = await newApiKey(eve);
    const turn = await runningTurn({ ...eve, ...key });
    const session = eve.fetch(`/chats/${turn.chatId}/stream`).then((response) => response.text());
    expect((await eve.delete(`/auth/keys/${key.id}`)).status).toBe(204);
    expect(await turn.rest()).not.toContain("stream_complete");
    await turn.finish();
    expect(await session).toContain("stream_complete");
    const { body } = await eve.get(`/chats/${turn.chatId}/messages`);
    expect(body.at(-1)).toMatchObject({ status: "complete", content: "One two." });
  });
});

it("A key of the right form and checksum that nobody has is refused", async () => {
  const { key } = await newApiKey(ada);
  await query("DELETE FROM api_keys WHERE user_id = $1", [ada.user.id]);
  expectProblem(await bearer(key).get("/users/me"), 401, "invalid_token");
});
