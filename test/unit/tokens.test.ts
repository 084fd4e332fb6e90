import { createHash, createHmac, hkdfSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  ACCESS_TTL_SECONDS,
  createTokens,
  SESSION_TTL_SECONDS,
} from "../../src/features/auth/tokens.ts";
import { VerifiedTokens } from "../../src/features/auth/verified-tokens.ts";

const SECRET = "a secret of the tests, of at least 32 characters";
const NOW = Date.UTC(2026, 10, 23, 12);
/** Seconds by which the clocks of two machines may differ. */
const TOLERANCE = 5;

const claims = {
  userId: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10",
  sessionId: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c11",
};

/** Tokens of a Worker whose clock is this many seconds after noon. */
const at = (seconds: number, secret = SECRET) => createTokens(secret, () => NOW + seconds * 1000);

const decode = (token: string, part: 0 | 1): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());

/** A token signed by hand, with the key of a purpose. */
function forge(
  header: object,
  payload: object,
  purpose = "access token",
  digest = "sha256",
): string {
  const key = Buffer.from(hkdfSync("sha256", SECRET, "indifly", purpose, 32));
  const signed = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${createHmac(digest, key).update(signed).digest("base64url")}`;
}

describe("an access token", () => {
  it("names its user, for fifteen minutes, and a few seconds more", async () => {
    const token = await at(0).issueAccess(claims);
    expect(await at(0).readAccess(token)).toEqual(claims);
    expect(await at(ACCESS_TTL_SECONDS + TOLERANCE - 1).readAccess(token)).toEqual(claims);
    expect(await at(ACCESS_TTL_SECONDS + TOLERANCE).readAccess(token)).toBeUndefined();
  });

  it("that was read before ends at the same moment", async () => {
    let seconds = 0;
    const tokens = createTokens(SECRET, () => NOW + seconds * 1000);
    const token = await tokens.issueAccess(claims);
    for (seconds of [0, 60, ACCESS_TTL_SECONDS + TOLERANCE - 1]) {
      expect(await tokens.readAccess(token)).toEqual(claims);
    }
    seconds = ACCESS_TTL_SECONDS + TOLERANCE;
    expect(await tokens.readAccess(token)).toBeUndefined();
  });

  it("that was refused before is refused again", async () => {
    const tokens = at(0);
    const [head, body] = (await tokens.issueAccess(claims)).split(".");
    const forged = `${head}.${body}.AAAA`;
    expect(await tokens.readAccess(forged)).toBeUndefined();
    expect(await tokens.readAccess(forged)).toBeUndefined();
  });

  it("is remembered among the newest thousand", () => {
    const verified = new VerifiedTokens();
    for (let number = 0; number <= 1_000; number++) verified.keep(`token ${number}`, claims, 100);
    expect(verified.find("token 0", 0)).toBeUndefined();
    expect(verified.find("token 1", 0)).toEqual(claims);
    expect(verified.find("token 1000", 99)).toEqual(claims);
    expect(verified.find("token 1000", 100)).toBeUndefined();
  });

  it("of the future is not valid yet, except for small clock differences", async () => {
    const soon = await at(TOLERANCE).issueAccess(claims);
    expect(await at(0).readAccess(soon)).toEqual(claims);
    const token = await at(60).issueAccess(claims);
    expect(await at(0).readAccess(token)).toBeUndefined();
  });

  it("names its kind, its key and its audience, and contains nothing else", async () => {
    const token = await at(0).issueAccess(claims);
    const issuedAt = NOW / 1000;
    expect(decode(token, 0)).toEqual({
      alg: "HS256",
      typ: "at+jwt",
      kid: expect.stringMatching(/^[\w-]{8}$/),
    });
    expect(decode(token, 1)).toEqual({
      sub: claims.userId,
      sid: claims.sessionId,
      iss: "indifly",
      aud: "indifly-api",
      iat: issuedAt,
      exp: issuedAt + ACCESS_TTL_SECONDS,
    });
  });

  it("is never a refresh token, nor the other way round", async () => {
    const tokens = at(0);
    expect(await tokens.readRefresh(await tokens.issueAccess(claims))).toBeUndefined();
    const refresh = await tokens.issueRefresh({ ...claims, refreshCounter: 0 });
    expect(await tokens.readAccess(refresh)).toBeUndefined();
    expect(await tokens.readExpiredAccess(refresh)).toBeUndefined();
  });

  it("of another secret is invalid", async () => {
    const token = await at(0, "another secret, which is long enough too").issueAccess(claims);
    expect(await at(0).readAccess(token)).toBeUndefined();
  });

  it("that has expired still names the session to end", async () => {
    const token = await at(0).issueAccess(claims);
    expect(await at(24 * 60 * 60).readExpiredAccess(token)).toEqual(claims);
    expect(await at(0).readExpiredAccess(token)).toEqual(claims);
    expect(await at(0).readExpiredAccess(`${token}x`)).toBeUndefined();
    expect(await at(0).readExpiredAccess("")).toBeUndefined();
  });
});

describe("a token signed with the right key", () => {
  it("is refused unless all its claims are right", async () => {
    const good = await at(0).issueAccess(claims);
    const [header, payload] = [decode(good, 0), decode(good, 1)];
    expect(forge(header, payload)).toBe(good);
    const { exp: _exp, ...withoutEnd } = payload;
    const { sid: _sid, ...withoutSession } = payload;
    const { typ: _typ, ...untyped } = header;
    const wrong = [
      forge({ ...header, typ: "JWT" }, payload),
      forge(untyped, payload),
      forge({ ...header, kid: "another" }, payload),
      forge({ ...header, kid: "' OR 1=1 --" }, payload),
      forge({ ...header, alg: "HS512" }, payload, "access token", "sha512"),
      forge({ ...header, alg: "none" }, payload),
      forge({ ...header, crit: ["b64"], b64: false }, payload),
      forge(header, { ...payload, iss: "somebody" }),
      forge(header, { ...payload, aud: "another-api" }),
      forge(header, { ...payload, nbf: Number(payload.exp) + 60 }),
      forge(header, withoutEnd),
      forge(header, withoutSession),
      forge(header, { ...payload, sub: 7 }),
      forge(header, { ...payload, sub: "me" }),
      forge(header, { ...payload, sid: "-".repeat(36) }),
      forge(header, payload, "refresh token"),
    ];
    for (const token of wrong) expect(await at(0).readAccess(token), token).toBeUndefined();
    for (const token of wrong) {
      expect(await at(ACCESS_TTL_SECONDS + TOLERANCE).readAccess(token), token).toBeUndefined();
    }
  });

  it("never lives longer than its kind, whatever its claims", async () => {
    const good = await at(0).issueAccess(claims);
    const eternal = forge(decode(good, 0), { ...decode(good, 1), exp: 32_503_680_000 });
    expect(await at(0).readAccess(eternal)).toEqual(claims);
    expect(await at(ACCESS_TTL_SECONDS + TOLERANCE + 1).readAccess(eternal)).toBeUndefined();
  });
});

describe("a refresh token", () => {
  const read = { ...claims, refreshCounter: 7 };

  it("names its session and its counter, and is the same whenever it is issued", async () => {
    const token = await at(0).issueRefresh(read);
    expect(token).toMatch(/^[\w-]{96}$/);
    expect(await at(SESSION_TTL_SECONDS).issueRefresh(read)).toBe(token);
    expect(await at(SESSION_TTL_SECONDS).readRefresh(token)).toEqual(read);
    const next = await at(0).issueRefresh({ ...read, refreshCounter: 8 });
    expect(next).not.toBe(token);
  });

  it("is refused when any bit of it was changed, or its length", async () => {
    const token = await at(0).issueRefresh(read);
    const bytes = Buffer.from(token, "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await at(0).readRefresh(changed.toString("base64url")), String(bit)).toBeUndefined();
    }
    for (const other of ["", "A", `${token}A`, token.slice(1), `${token}=`, ` ${token}`]) {
      expect(await at(0).readRefresh(other), other).toBeUndefined();
    }
  });

  it("of another secret is invalid", async () => {
    const token = await at(0, "another secret, which is long enough too").issueRefresh(read);
    expect(await at(0).readRefresh(token)).toBeUndefined();
  });

  it("of the version before is accepted for thirty days", async () => {
    const key = Buffer.from(hkdfSync("sha256", SECRET, "indifly", "refresh token", 32));
    const kid = createHash("sha256").update(key).digest().subarray(0, 6).toString("base64url");
    const access = decode(await at(0).issueAccess(claims), 1);
    const exp = NOW / 1000 + SESSION_TTL_SECONDS;
    const header = { alg: "HS256", typ: "rt+jwt", kid };
    const token = forge(header, { ...access, gen: 7, exp }, "refresh token");
    expect(await at(SESSION_TTL_SECONDS + TOLERANCE - 1).readRefresh(token)).toEqual(read);
    expect(await at(SESSION_TTL_SECONDS + TOLERANCE).readRefresh(token)).toBeUndefined();
    expect(await at(0).readRefresh(`${token}x`)).toBeUndefined();
  });
});
