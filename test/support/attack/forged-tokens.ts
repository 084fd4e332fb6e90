/** What an attacker sends in place of an access token. */
import { createHmac, generateKeyPairSync, hkdfSync } from "node:crypto";
import { exportJWK, type JWTHeaderParameters, SignJWT } from "jose";
import { inject } from "vitest";
import { newApiKey } from "../api-keys.ts";
import { newChat } from "../chats.ts";
import { type Body, type SignedIn, signUp } from "../client.ts";
import { boxesAt, challengeOf, enrol } from "../second-factor.ts";
import { sessionIdOf } from "../sessions.ts";
import { newTicket } from "../socket.ts";
import { jwtRefreshToken, tokensAt } from "../tokens.ts";

type Tokens = Record<string, string>;

const MINUTE_MS = 60_000;

const secret = () => inject("vars").SECRET_KEY ?? "";

const keyOf = (purpose: string) =>
  Buffer.from(hkdfSync("sha256", secret(), "indifly", purpose, 32));

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const partOf = (token: string, part: 0 | 1): Body =>
  JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());

/** Signed with a hash of the right name and a key of the attacker's choice. */
function macOf(header: object, claims: object, key: Buffer | string, hash = "sha256"): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest("base64url")}`;
}

/** Tokens that no key of ours has signed, or that name another algorithm than ours. */
export async function otherAlgorithms({ accessToken }: SignedIn): Promise<Tokens> {
  const [header, claims] = [partOf(accessToken, 0), partOf(accessToken, 1)];
  const [, payload = "", signature = ""] = accessToken.split(".");
  const key = keyOf("access token");
  const bare = (alg: string) => `${encode({ ...header, alg })}.${payload}`;
  return {
    "without an algorithm, nor a signature": `${bare("none")}.`,
    "without an algorithm, but signed": `${bare("none")}.${signature}`,
    "without an algorithm, in capitals": `${bare("NONE")}.${signature}`,
    "HS256 in name, HS512 in fact": macOf(header, claims, key, "sha512"),
    "HS512 with the right key": macOf({ ...header, alg: "HS512" }, claims, key, "sha512"),
    "HS384 with the right key": macOf({ ...header, alg: "HS384" }, claims, key, "sha384"),
    "RS256 in name, the right MAC in fact": macOf({ ...header, alg: "RS256" }, claims, key),
    "RS256 in name, the secret as key": macOf({ ...header, alg: "RS256" }, claims, secret()),
    "an algorithm in small letters": macOf({ ...header, alg: "hs256" }, claims, key),
    "the secret itself as key": macOf(header, claims, secret()),
    "an empty key": macOf(header, claims, ""),
    "the key of refresh tokens": macOf(header, claims, keyOf("rotating refresh token")),
    "the key of old refresh tokens": macOf(header, claims, keyOf("refresh token")),
    ...(await withOwnKeyPair(header, claims)),
  };
}

/** Signed in order, by a key that the token brings along. */
async function withOwnKeyPair(header: Body, claims: Body): Promise<Tokens> {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const sign = async (alg: string, { privateKey, publicKey }: typeof rsa) => {
    const jwk = await exportJWK(publicKey);
    const own: JWTHeaderParameters = { ...header, alg, jwk };
    return new SignJWT(claims).setProtectedHeader(own).sign(privateKey);
  };
  return { "RS256 of its own key": await sign("RS256", rsa), ES256: await sign("ES256", ec) };
}

/** Tokens with the right key in the wrong header. */
export function otherHeaders({ accessToken }: SignedIn): Tokens {
  const [header, claims] = [partOf(accessToken, 0), partOf(accessToken, 1)];
  const { kid, ...withoutKid } = header;
  const { typ: _typ, ...withoutType } = header;
  const signed = (given: object) => macOf(given, claims, keyOf("access token"));
  return {
    "no `kid`": signed(withoutKid),
    "a `kid` that is a path": macOf({ ...header, kid: "../../../dev/null" }, claims, ""),
    "a `kid` that is SQL": macOf({ ...header, kid: "x' UNION SELECT 'k'--" }, claims, "k"),
    "a `kid` that is a URL": signed({ ...header, kid: "https://evil.example/key" }),
    "a `kid` that is a list": signed({ ...header, kid: [kid] }),
    "a `kid` that is an object": signed({ ...header, kid: { toString: kid } }),
    "a `kid` of a prototype": signed({ ...header, kid: "__proto__" }),
    "a longer `kid`": signed({ ...header, kid: `${kid}\u0000` }),
    "no `typ`": signed(withoutType),
    "`typ` JWT": signed({ ...header, typ: "JWT" }),
    "`typ` of a refresh token": signed({ ...header, typ: "rt+jwt" }),
    "an unknown critical header": signed({ ...header, crit: ["x"], x: true }),
    "a payload that is not encoded": signed({ ...header, crit: ["b64"], b64: false }),
  };
}

/** Tokens with the right key and header, and wrong claims. */
export function otherClaims({ accessToken }: SignedIn): Tokens {
  const [header, claims] = [partOf(accessToken, 0), partOf(accessToken, 1)];
  const signed = (given: object) => macOf(header, given, keyOf("access token"));
  const without = (name: string) => {
    const { [name]: _left, ...rest } = claims;
    return signed(rest);
  };
  const missing = Object.keys(claims).map((name) => [`no \`${name}\``, without(name)] as const);
  const now = Math.floor(Date.now() / 1_000);
  const day = 24 * 60 * 60;
  return {
    ...Object.fromEntries(missing),
    "another issuer": signed({ ...claims, iss: "https://evil.example" }),
    "another audience": signed({ ...claims, aud: "another-api" }),
    "a user that is none": signed({ ...claims, sub: "admin" }),
    "a user that is a list": signed({ ...claims, sub: [claims.sub] }),
    "a session that is none": signed({ ...claims, sid: "" }),
    "a future issue": signed({ ...claims, iat: now + 60, exp: now + 600 }),
    "a future start": signed({ ...claims, nbf: now + 60 }),
    "an issue long ago, and a late expiry": signed({ ...claims, iat: now - day, exp: now + day }),
    "an expiry that is a text": signed({ ...claims, exp: String(now + 600) }),
    "an expiry that has passed": signed({ ...claims, exp: now - 6 }),
    "claims that are a list": macOf(header, [claims], keyOf("access token")),
    "another payload under the old signature": accessToken.replace(
      /\.[^.]+\./,
      `.${encode({ ...claims, sub: crypto.randomUUID() })}.`,
    ),
  };
}

/** Genuine credentials of other times, deployments and purposes. */
export async function foreignPurposes(of: SignedIn): Promise<Tokens> {
  const claims = { userId: of.user.id, sessionId: sessionIdOf(of) };
  const other = await signUp();
  const app = await enrol(other);
  const chatId = await newChat(of);
  const flow = { state: "s", nonce: "n", verifier: "v", mode: "cookie" } as const;
  return {
    "an expired access token": await tokensAt(-16 * MINUTE_MS).issueAccess(claims),
    "an access token of the future": await tokensAt(MINUTE_MS).issueAccess(claims),
    "an access token of another secret": await tokensAt(0, "x".repeat(40)).issueAccess(claims),
    "a refresh token": of.refreshToken,
    "a refresh token of the version before": await jwtRefreshToken({
      ...claims,
      refreshCounter: 0,
    }),
    "a challenge of the second factor": await challengeOf(other),
    "a challenge of this account": await boxesAt(0).challenge.issue({
      userId: of.user.id,
      passwordVersion: 0,
    }),
    "the state of a sign-in through a provider": await boxesAt(0).oidcFlow.issue(flow),
    "a ticket of a socket": await newTicket(of, chatId),
    "a recovery code": app.recoveryCodes[0] ?? "",
    "a code of the app": app.code(),
    "an API key without its last character": (await newApiKey(of)).key.slice(0, -1),
    "a password": of.password.replaceAll(" ", "-"),
    "the secret": secret().replaceAll(/\W/g, "-"),
    "the user's id": of.user.id,
    "the session's id": claims.sessionId,
    nothing: "..",
    dots: "a.b.c",
  };
}
