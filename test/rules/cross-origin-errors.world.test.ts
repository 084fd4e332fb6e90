import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newApiKey } from "../support/api-keys.ts";
import {
  bearer,
  clientWith,
  platformUrl,
  type SignedIn,
  signUp,
  workerUrl,
} from "../support/client.ts";
import { startFastWorker } from "../support/fast-worker.ts";
import { FRONTEND, signedUpJar } from "../support/jar.ts";
import { hourly, type LimitedWorker, startLimited } from "../support/limited.ts";
import { injectFault } from "../support/postgres.ts";

const EVIL = "https://evil.example";

type Init = { method?: string; headers?: Record<string, string>; body?: string };
type Failing = { url?: string; path: string; init?: Init; signedIn?: boolean };

let ada: SignedIn;
let limited: LimitedWorker;
let tired: SignedIn;
let weakKey: string;
beforeAll(async () => {
  ada = await signUp();
  weakKey = (await newApiKey(ada, ["read"])).key;
  limited = await startLimited({ api: hourly(1) });
  tired = await limited.signUp();
  await tired.get("/users/me");
});
afterAll(() => limited.close());

const JSON_TYPE = { "content-type": "application/json" };
const post = (body: string, headers: Record<string, string> = JSON_TYPE): Init => ({
  method: "POST",
  headers,
  body,
});
const as = (token: string) => ({ authorization: `Bearer ${token}` });

/** A failure of each kind, by what it is answered. */
const failures = (): Record<string, Failing> => ({
  "400 malformed_json": { path: "/chats", init: post("{"), signedIn: true },
  "401 unauthenticated": { path: "/chats" },
  "401 invalid_token": { path: "/chats", init: { headers: as("x.y.z") } },
  "401 invalid_credentials": {
    path: "/auth/login",
    init: post(JSON.stringify({ email: "nobody@example.com", password: "wrong password" })),
  },
  "403 insufficient_scope": {
    path: "/chats",
    init: post("{}", { ...JSON_TYPE, ...as(weakKey) }),
  },
  "404 not_found": { path: `/chats/${crypto.randomUUID()}`, signedIn: true },
  "404 route_not_found": { path: "/nothing" },
  "405 method_not_allowed": { path: "/chats", init: { method: "PUT" } },
  "406 not_acceptable": {
    path: "/usage",
    init: { headers: { accept: "image/png" } },
    signedIn: true,
  },
  "413 body_too_large": { path: "/chats", init: post(`"${"x".repeat(300_000)}"`), signedIn: true },
  "415 unsupported_media_type": {
    path: "/chats",
    init: post("{}", { "content-type": "text/plain" }),
    signedIn: true,
  },
  "422 validation_failed": { path: "/chats", init: post('{"title":7}'), signedIn: true },
  "426 upgrade_required": { path: `/chats/${crypto.randomUUID()}/ws?ticket=x` },
  "429 rate_limited": {
    url: limited.url,
    path: "/users/me",
    init: { headers: as(tired.accessToken) },
  },
  "431 headers_too_large": { path: "/chats", init: { headers: { "x-long": "x".repeat(33_000) } } },
});

async function send({ url = workerUrl, path, init = {}, signedIn }: Failing, origin: string) {
  const signed: Record<string, string> = signedIn ? as(ada.accessToken) : {};
  const headers = { ...signed, ...init.headers, origin };
  const response = await fetch(url + path, { ...init, headers });
  const body = (await response.json()) as { code: string };
  return { outcome: `${response.status} ${body.code}`, headers: response.headers };
}

/** What the page of an allowed origin needs to read the response. */
function expectReadable(headers: Headers, what: string): void {
  expect(headers.get("access-control-allow-origin"), what).toBe(FRONTEND);
  expect(headers.get("access-control-allow-credentials"), what).toBe("true");
  expect(headers.get("vary"), what).toContain("Origin");
  for (const name of ["Retry-After", "RateLimit", "X-Request-Id"]) {
    expect(headers.get("access-control-expose-headers"), what).toContain(name);
  }
}

/** What a page of any origin needs to read the response to a request without cookies. */
function expectReadableByToken(headers: Headers, what: string): void {
  expect(headers.get("access-control-allow-origin"), what).toBe("*");
  expect(headers.get("access-control-allow-credentials"), what).toBeNull();
  expect(headers.get("vary"), what).toContain("Origin");
  expect(headers.get("access-control-expose-headers"), what).toContain("X-Request-Id");
}

function expectUnreadable(headers: Headers, what: string): void {
  expect(headers.get("access-control-allow-origin"), what).toBeNull();
  expect(headers.get("access-control-allow-credentials"), what).toBeNull();
  expect(headers.get("vary"), what).toContain("Origin");
}

/** Reads chats while Postgres fails for this user. */
async function failAtPostgres(origin: string, status: number, code: string) {
  const eve = await signUp();
  const remove = await injectFault({
    contains: eve.user.id,
    times: 9,
    kind: "sql_error",
    status,
    code,
  });
  const response = await fetch(`${workerUrl}/chats`, {
    headers: { ...as(eve.accessToken), origin },
  });
  await remove();
  return { headers: response.headers, status: response.status };
}

describe("an error of every kind", () => {
  it("may be read by a page of an allowed origin", async () => {
    for (const [what, failing] of Object.entries(failures())) {
      const { outcome, headers } = await send(failing, FRONTEND);
      expect(outcome).toBe(what);
      expectReadable(headers, what);
    }
  });

  it("may be read by any other page where the request has a token, without credentials", async () => {
    for (const [what, failing] of Object.entries(failures())) {
      const hasToken = failing.signedIn || failing.init?.headers?.["authorization"] !== undefined;
      for (const origin of [EVIL, "null", `${FRONTEND}.evil.example`]) {
        const { outcome, headers } = await send(failing, origin);
        expect(outcome).toBe(what);
        if (hasToken) expectReadableByToken(headers, what);
        else expectUnreadable(headers, what);
      }
    }
  });

  it("may be read by no other page where only the allowed origins may call", async () => {
    const strict = await startFastWorker({
      ALLOWED_ORIGINS: FRONTEND,
      ALLOWED_ORIGINS_ONLY: "true",
    });
    onTestFinished(strict.close);
    for (const headers of [{}, as("x.y.z")]) {
      const failing = { url: strict.url, path: "/chats", init: { headers } };
      expectUnreadable((await send(failing, EVIL)).headers, EVIL);
      expectReadable((await send(failing, FRONTEND)).headers, FRONTEND);
    }
  });

  it("of a defect or of Postgres is readable too", async () => {
    for (const [status, code, expected] of [
      [400, "22P02", 500],
      [500, "", 503],
    ] as const) {
      const allowed = await failAtPostgres(FRONTEND, status, code);
      expect(allowed.status).toBe(expected);
      expectReadable(allowed.headers, String(expected));
      const foreign = await failAtPostgres(EVIL, status, code);
      expect(foreign.status).toBe(expected);
      expectReadableByToken(foreign.headers, String(expected));
    }
  });

  it("of a cookie from a page that is not allowed is not readable there", async () => {
    const jar = await signedUpJar();
    const headers = { origin: EVIL, cookie: jar.header() };
    const response = await clientWith(headers).post("/chats", {});
    expect(response.status).toBe(403);
    expectUnreadable(response.headers, "403 origin_not_allowed");
  });

  it("of an upload is readable too", async () => {
    const headers = { origin: FRONTEND, ...as(ada.accessToken), "content-type": "text/plain" };
    const response = await bearer(ada.accessToken, platformUrl).post("/files/upload", "x", headers);
    expect(response.status).toBe(400);
    expectReadable(response.headers, "an upload that is no form");
  });
});
