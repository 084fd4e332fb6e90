import { SignJWT } from "jose";
import { beforeAll, describe, expect, inject, it } from "vitest";
import {
  anonymous,
  bearer,
  clientWith,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { FRONTEND, signedUpJar } from "../../support/jar.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { ageRotation, jwtRefreshToken, tokensAt } from "../../support/tokens.ts";

const nobody = anonymous();
const MINUTE = 60_000;
let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

function decode(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const refresh = (token: string) => nobody.post("/auth/refresh", { refresh_token: token });

describe("an access token", () => {
  it("is refused when any part of it was changed", async () => {
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
      const response = await bearer(token).get("/users/me");
      expectProblem(response, 401, "invalid_token");
      expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    }
  });

  it("is refused when it is expired, from the future, of another secret or another purpose", async () => {
    const claims = { userId: ada.user.id, sessionId: crypto.randomUUID() };
    const tokens = await Promise.all([
      tokensAt(-16 * MINUTE).issueAccess(claims),
      tokensAt(5 * MINUTE).issueAccess(claims),
      tokensAt(0, "another secret that is long enough, too").issueAccess(claims),
      tokensAt(0).issueRefresh({ ...claims, refreshCounter: 0 }),
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

  it("is never read from a query string, nor accepted under another scheme", async () => {
    expectProblem(
      await nobody.get(`/users/me?access_token=${ada.accessToken}`),
      401,
      "unauthenticated",
    );
    for (const authorization of [`Basic ${ada.accessToken}`, ada.accessToken, "Bearer", ""]) {
      const response = await clientWith({ authorization }).get("/users/me");
      expect(response.status).toBe(401);
    }
  });

  it("authenticates without a trip to Postgres", async () => {
    expect(await countCalls(ada.user.id, () => ada.get("/users/me"))).toBe(1);
  });
});

describe("a refresh token", () => {
  it("advances the session, and each new token works", async () => {
    const eve = await signUp();
    let token = eve.refreshToken;
    for (let round = 0; round < 3; round++) {
      const { status, body } = await refresh(token);
      expect({ status, type: body.token_type }).toEqual({ status: 200, type: "bearer" });
      expect((await bearer(body.access_token).get("/users/me")).status).toBe(200);
      token = body.refresh_token;
    }
  });

  it("used twenty times at once advances the session by exactly one", async () => {
    const eve = await signUp();
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => refresh(eve.refreshToken)),
    );
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([200]));
    expect(new Set(responses.map(({ body }) => body.refresh_token)).size).toBe(1);
    const rows = await query("SELECT refresh_counter, ended_at FROM sessions WHERE user_id = $1", [
      eve.user.id,
    ]);
    expect(rows).toEqual([{ refresh_counter: "1", ended_at: null }]);
    for (const { body } of responses) expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it("can be used again when the response was lost", async () => {
    const eve = await signUp();
    await refresh(eve.refreshToken);
    expect((await refresh(eve.refreshToken)).status).toBe(200);
  });

  it("that was used long ago ends the session, whether the thief or the user sends it", async () => {
    const eve = await signUp();
    const second = (await refresh(eve.refreshToken)).body.refresh_token;
    const third = (await refresh(second)).body.refresh_token;
    await ageRotation(eve);
    expectProblem(await refresh(eve.refreshToken), 401, "invalid_token");
    expectProblem(await refresh(third), 401, "invalid_token");
  });

  it("of the version before is exchanged for a new one, with which the session goes on", async () => {
    const eve = await signUp();
    const old = await jwtRefreshToken({ ...sessionOf(eve), refreshCounter: 0 });
    const { status, body } = await refresh(old);
    expect({ status, form: /^[\w-]{96}$/.test(body.refresh_token) }).toEqual({
      status: 200,
      form: true,
    });
    await refresh((await refresh(body.refresh_token)).body.refresh_token);
    await ageRotation(eve);
    expectProblem(await refresh(old), 401, "invalid_token");
  });

  it("is refused when it is forged, an access token, or of a session that has ended or is idle", async () => {
    const eve = await signUp();
    expectProblem(await refresh(eve.accessToken), 401, "invalid_token");
    expectProblem(
      await refresh(flip(eve.refreshToken, eve.refreshToken.length - 9)),
      401,
      "invalid_token",
    );
    expectProblem(await nobody.post("/auth/refresh", {}), 401, "unauthenticated");
    const ahead = { ...sessionOf(eve), refreshCounter: 7 };
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
      const response =
        how === "bearer"
          ? await eve.post("/auth/logout")
          : await nobody.post("/auth/logout", { refresh_token: eve.refreshToken });
      expect(response.body).toEqual({ success: true, message: "Signed out.", data: {} });
      expectProblem(await refresh(eve.refreshToken), 401, "invalid_token");
    }
    for (const client of [nobody, bearer("x.y.z"), bearer("nonsense")]) {
      expect((await client.post("/auth/logout")).status).toBe(200);
    }
  });

  it("ends the session also with an expired access token, which authorises nothing else", async () => {
    const eve = await signUp();
    const client = bearer(await tokensAt(-60 * MINUTE).issueAccess(sessionOf(eve)));
    expectProblem(await client.get("/users/me"), 401, "invalid_token");
    expect((await client.post("/auth/logout")).status).toBe(200);
    expectProblem(await refresh(eve.refreshToken), 401, "invalid_token");
  });

  it("ends a browser's session and clears its cookies", async () => {
    const jar = await signedUpJar();
    const before = jar.on(FRONTEND);
    expect((await jar.post("/auth/logout")).status).toBe(200);
    // It signs in nothing, and knows its owner again.
    expect([...jar.cookies.keys()]).toEqual(["device"]);
    before.cookies.delete("access_token");
    expectProblem(await before.get("/users/me"), 401, "invalid_token");
  });
});

/** The same text with one character changed. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}
