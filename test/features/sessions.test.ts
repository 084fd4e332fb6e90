import { SignJWT } from "jose";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createTokens } from "../../src/features/auth/tokens.ts";
import {
  anonymous,
  bearer,
  clientWith,
  expectProblem,
  type SignedIn,
  signUp,
} from "../support/client.ts";
import { FRONTEND, Jar } from "../support/jar.ts";
import { countCalls, query } from "../support/postgres.ts";

const nobody = anonymous();
const MINUTE = 60_000;
let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** Tokens as the Worker makes them, at another time or with another secret. */
function tokensAt(offsetMs: number, secret = inject("vars").SECRET_KEY ?? "") {
  return createTokens(secret, () => Date.now() + offsetMs);
}

function decode(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const refresh = (token: string) => nobody.post("/auth/refresh", { refresh_token: token });

/** A browser that has signed up. */
async function signedUpJar(): Promise<Jar> {
  const jar = new Jar();
  const email = `jar.${crypto.randomUUID()}@example.com`;
  await jar.post("/auth/register", { name: "Jar", email, password: "seven tall lamps" });
  return jar;
}

describe("an access token", () => {
  it("is refused when anything of it was changed", async () => {
    const [header = "", payload = "", signature = ""] = ada.accessToken.split(".");
    const claims = decode(ada.accessToken, 1);
    const none = encode({ ...decode(ada.accessToken, 0), alg: "none" });
    const forged = [
      `${header}.${encode({ ...claims, sub: crypto.randomUUID() })}.${signature}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${encode({ ...decode(ada.accessToken, 0), alg: "HS512" })}.${payload}.${signature}`,
      `${encode({ ...decode(ada.accessToken, 0), kid: "../../etc/passwd" })}.${payload}.${signature}`,
      ...[0, 9, 20].map((at) => `${header}.${payload}.${flip(signature, at)}`),
      `${header}.${payload}`,
      "x.y.z",
    ];
    for (const token of forged) {
      const answer = await bearer(token).get("/users/me");
      expectProblem(answer, 401, "invalid_token");
      expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
    }
  });

  it("is refused when it is expired, of the future, of another secret or another purpose", async () => {
    const claims = { userId: ada.user.id, sessionId: crypto.randomUUID() };
    const tokens = await Promise.all([
      tokensAt(-16 * MINUTE).issueAccess(claims),
      tokensAt(5 * MINUTE).issueAccess(claims),
      tokensAt(0, "another secret that is long enough, too").issueAccess(claims),
      tokensAt(0).issueRefresh({ ...claims, generation: 0 }),
      new SignJWT({ sid: claims.sessionId, sub: claims.userId })
        .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode(inject("vars").SECRET_KEY)),
    ]);
    for (const token of tokens) {
      expectProblem(await bearer(token).get("/users/me"), 401, "invalid_token");
    }
    const good = await tokensAt(-14 * MINUTE).issueAccess(claims);
    expect((await bearer(good).get("/users/me")).status).toBe(200);
  });

  it("is never taken from a query string, and no other scheme stands in for it", async () => {
    expectProblem(
      await nobody.get(`/users/me?access_token=${ada.accessToken}`),
      401,
      "unauthenticated",
    );
    for (const authorization of [`Basic ${ada.accessToken}`, ada.accessToken, "Bearer", ""]) {
      const answer = await clientWith({ authorization }).get("/users/me");
      expect(answer.status).toBe(401);
    }
  });

  it("says who it is without a trip to Postgres", async () => {
    expect(await countCalls(ada.user.id, () => ada.get("/users/me"))).toBe(1);
  });
});

describe("a refresh token", () => {
  it("moves the session on, and each answer works", async () => {
    const eve = await signUp();
    let token = eve.refreshToken;
    for (let round = 0; round < 3; round++) {
      const { status, body } = await refresh(token);
      expect({ status, type: body.token_type }).toEqual({ status: 200, type: "bearer" });
      expect((await bearer(body.access_token).get("/users/me")).status).toBe(200);
      token = body.refresh_token;
    }
  });

  it("used twenty times at once moves the session by exactly one", async () => {
    const eve = await signUp();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(eve.refreshToken)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const rows = await query("SELECT generation, ended_at FROM sessions WHERE user_id = $1", [
      eve.user.id,
    ]);
    expect(rows).toEqual([{ generation: "1", ended_at: null }]);
    for (const { body } of answers) expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it("can be used again when its answer was lost", async () => {
    const eve = await signUp();
    await refresh(eve.refreshToken);
    expect((await refresh(eve.refreshToken)).status).toBe(200);
  });

  it("that is long used ends the session, whoever of the two was the thief", async () => {
    const eve = await signUp();
    const second = (await refresh(eve.refreshToken)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;
    expectProblem(await refresh(eve.refreshToken), 401, "invalid_token");
    expectProblem(await refresh(third), 401, "invalid_token");
  });

  it("is refused when it is forged, an access token, or of a session that is over or idle", async () => {
    const eve = await signUp();
    expectProblem(await refresh(eve.accessToken), 401, "invalid_token");
    expectProblem(
      await refresh(flip(eve.refreshToken, eve.refreshToken.length - 9)),
      401,
      "invalid_token",
    );
    expectProblem(await nobody.post("/auth/refresh", {}), 401, "unauthenticated");
    const ahead = { ...sessionOf(eve), generation: 7 };
    expectProblem(await refresh(await tokensAt(0).issueRefresh(ahead)), 401, "invalid_token");
    await query(
      "UPDATE sessions SET last_seen_at = now() - interval '15 days' WHERE user_id = $1",
      [eve.user.id],
    );
    expectProblem(await refresh(eve.refreshToken), 401, "invalid_token");
  });
});

function sessionOf(user: SignedIn) {
  const { sub, sid } = decode(user.accessToken, 1);
  return { userId: String(sub), sessionId: String(sid) };
}

describe("signing out", () => {
  it("ends the session for every kind of token, and always succeeds", async () => {
    for (const how of ["bearer", "body"] as const) {
      const eve = await signUp();
      const answer =
        how === "bearer"
          ? await eve.post("/auth/logout")
          : await nobody.post("/auth/logout", { refresh_token: eve.refreshToken });
      expect(answer.body).toEqual({ success: true, message: "Signed out.", data: {} });
      expectProblem(await refresh(eve.refreshToken), 401, "invalid_token");
    }
    for (const client of [nobody, bearer("x.y.z"), bearer("nonsense")]) {
      expect((await client.post("/auth/logout")).status).toBe(200);
    }
  });

  it("ends a browser's session and takes its cookies", async () => {
    const jar = await signedUpJar();
    const before = jar.on(FRONTEND);
    expect((await jar.post("/auth/logout")).status).toBe(200);
    expect(jar.cookies.size).toBe(0);
    before.cookies.delete("access_token");
    expectProblem(await before.get("/users/me"), 401, "invalid_token");
  });
});

describe("a browser that only sends cookies", () => {
  it("is signed in for thirty days by two cookies that no script can read", async () => {
    const email = `jar.${crypto.randomUUID()}@example.com`;
    const account = { name: "Jar", email, password: "seven tall lamps" };
    const { headers } = await new Jar().post("/auth/register", account);
    const cookies = headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^(access|refresh)_token=/);
      expect(cookie).toContain("Max-Age=2592000");
      expect(cookie).toContain("Path=/");
      expect(cookie).toContain("HttpOnly");
      expect(cookie).toContain("SameSite=Lax");
    }
  });

  it("reads and writes as anybody, and is renewed silently, by one trip", async () => {
    const jar = await signedUpJar();
    const { id } = (await jar.get("/users/me")).body;
    expect((await jar.post("/chats", { title: "Mine" })).status).toBe(201);
    jar.cookies.set(
      "access_token",
      await tokensAt(-16 * MINUTE).issueAccess({ userId: id, sessionId: "x" }),
    );
    const answer = await jar.get("/chats");
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    expect((await jar.get("/chats")).headers.getSetCookie()).toEqual([]);
    jar.cookies.delete("access_token");
    const path = `/chats/${answer.body.chats[0].id}`;
    expect((await jar.send("delete", path)).status).toBe(200);
  });

  it("never sees a token by refreshing, only how long it has", async () => {
    const jar = await signedUpJar();
    const { status, body, headers } = await jar.post("/auth/refresh");
    expect({ status, body }).toEqual({ status: 200, body: { expires_in: 900 } });
    expect(headers.getSetCookie()).toHaveLength(2);
  });

  it("changes nothing from a page that is not allowed, and reads from wherever it is", async () => {
    const jar = await signedUpJar();
    const { id } = (await jar.post("/chats", { title: "Mine" })).body;
    for (const origin of ["https://evil.example", "http://localhost:3001", "null", null]) {
      const elsewhere = jar.on(origin);
      expectProblem(await elsewhere.post("/chats", {}), 403, "origin_not_allowed");
      expectProblem(
        await elsewhere.send("patch", `/chats/${id}`, { title: "x" }),
        403,
        "origin_not_allowed",
      );
      expectProblem(await elsewhere.send("delete", `/chats/${id}`), 403, "origin_not_allowed");
      expectProblem(await elsewhere.post("/auth/refresh"), 403, "origin_not_allowed");
      expectProblem(await elsewhere.post("/auth/logout"), 403, "origin_not_allowed");
      expect((await elsewhere.get(`/chats/${id}`)).status).toBe(200);
    }
    expect((await jar.on(inject("workerUrl")).post("/chats", {})).status).toBe(201);
  });

  it("is not asked for its cookie once there is a bearer token, good or bad", async () => {
    const jar = await signedUpJar();
    const cookie = jar.header();
    const bad = await clientWith({ cookie, authorization: "Bearer x.y.z" }).get("/users/me");
    expectProblem(bad, 401, "invalid_token");
    const good = clientWith({ cookie, authorization: `Bearer ${ada.accessToken}` });
    const { body, headers } = await good.get("/users/me");
    expect(body.id).toBe(ada.user.id);
    expect(headers.getSetCookie()).toEqual([]);
    expectProblem(await good.post("/auth/refresh"), 401, "unauthenticated");
  });

  it("can ask, and watch the answer come in", async () => {
    const jar = await signedUpJar();
    const { body: chat } = await jar.post("/chats", {});
    const client = clientWith({ cookie: jar.header(), origin: FRONTEND });
    const response = await client.fetch(`/chats/${chat.id}/messages/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: "Hello?" }),
    });
    expect(response.headers.get("access-control-allow-origin")).toBe(FRONTEND);
    expect(await response.text()).toContain('"type":"stream_complete"');
  });
});

describe("a page of another origin", () => {
  it("is told by a preflight whether it may call, without signing in", async () => {
    const preflight = { "access-control-request-method": "PATCH" };
    for (const path of ["/chats", "/chats/x", "/nothing"]) {
      const init = { method: "OPTIONS", headers: { origin: FRONTEND, ...preflight } };
      const { status, headers } = await nobody.fetch(path, init);
      expect(status).toBe(204);
      expect(headers.get("access-control-allow-origin")).toBe(FRONTEND);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("access-control-allow-methods")).toContain("PATCH");
      for (const name of ["Authorization", "Idempotency-Key", "If-Match", "Last-Event-ID"]) {
        expect(headers.get("access-control-allow-headers")).toContain(name);
      }
    }
    const init = { method: "OPTIONS", headers: { origin: "https://evil.example", ...preflight } };
    const { headers } = await nobody.fetch("/chats", init);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });

  it("may read errors too, where it is allowed", async () => {
    const paths = ["/chats", "/nothing", "/health/live"];
    for (const path of paths) {
      const { headers } = await clientWith({ origin: FRONTEND }).get(path);
      expect(headers.get("access-control-allow-origin")).toBe(FRONTEND);
      expect(headers.get("access-control-expose-headers")).toContain("X-Request-Id");
      expect(headers.get("vary")).toContain("Origin");
    }
  });

  it("is served with a bearer token wherever it is, but may read the answer only where it is allowed", async () => {
    const client = clientWith({
      origin: "https://evil.example",
      authorization: `Bearer ${ada.accessToken}`,
    });
    const { status, headers } = await client.post("/chats", {});
    expect(status).toBe(201);
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

/** The same text with one character changed. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}
