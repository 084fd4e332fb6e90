import { beforeAll, describe, expect, it } from "vitest";
import { callOperation, nameOf, newIdsIn } from "../support/attack/operations.ts";
import { type ApiResponse, clientWith, expectProblem, workerUrl } from "../support/client.ts";
import { FRONTEND, type Jar, signedUpJar } from "../support/jar.ts";
import { countCalls, query } from "../support/postgres.ts";
import { type Operation, readOperations } from "../support/routes.ts";

const MANY_REQUESTS_MS = 120_000;

/** They need no sign-in, but act on the session of the cookies. */
const OPEN_BY_COOKIE = new Set(["POST /auth/logout", "POST /auth/refresh"]);

/** What a browser says of a page that is not allowed. */
const ORIGINS: Record<string, Record<string, string>> = {
  "no origin": {},
  "no origin, from elsewhere": { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
  "no origin, from the same site in its own words": { "sec-fetch-site": "same-origin" },
  "a page without an origin": { origin: "null", "sec-fetch-site": "cross-site" },
  "a foreign page": { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  "another port": { origin: "http://localhost:3001", "sec-fetch-site": "same-site" },
  "another scheme": { origin: "https://localhost:3000" },
  "an allowed name as a label": { origin: `${FRONTEND}.evil.example` },
  "an allowed name as credentials": { origin: "http://localhost:3000@evil.example" },
  "an allowed name as a path": { origin: `https://evil.example/${FRONTEND}` },
  "an allowed origin with a slash": { origin: `${FRONTEND}/` },
  "an allowed origin in capitals": { origin: FRONTEND.toUpperCase() },
  "two origins": { origin: `${FRONTEND}, https://evil.example` },
  "an allowed page as referrer": { referer: `${FRONTEND}/`, "sec-fetch-site": "same-origin" },
  "an allowed host": { host: "localhost:3000", "x-forwarded-host": "localhost:3000" },
};

/** Bodies that a page may send without asking (Fetch standard, "CORS-safelisted request-header"). */
const FORMS: Record<string, string> = {
  "application/x-www-form-urlencoded": "title=Taken&name=Taken&content=Taken",
  "text/plain": '{"title":"Taken","x":"="}',
  "text/plain;charset=UTF-8": '{"title":"Taken"}',
  "multipart/form-data; boundary=b":
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nTaken\r\n--b--\r\n',
};

let changes: Operation[];
let jar: Jar;
let userId: string;
beforeAll(async () => {
  const isChange = (operation: Operation) =>
    operation.method !== "GET" && (!operation.open || OPEN_BY_COOKIE.has(nameOf(operation)));
  // Their bodies may hold a refresh token, which wins over the cookies.
  changes = (await readOperations())
    .filter(isChange)
    .map((operation) => (operation.open ? { ...operation, body: undefined } : operation));
  jar = await signedUpJar();
  userId = (await jar.get("/users/me")).body.id;
  await jar.post("/chats", { title: "Mine" });
});

/** Everything that a change could have changed. */
async function stateOf(of: Jar): Promise<string> {
  const paths = ["/users/me", "/chats", "/files", "/auth/keys", "/auth/sessions", "/usage"];
  const seen = await Promise.all(paths.map(async (path) => (await of.get(path)).body));
  const sessions = await query(
    "SELECT id, refresh_counter, ended_at FROM sessions WHERE user_id = $1 ORDER BY id",
    [userId],
  );
  return JSON.stringify([seen, sessions]);
}

/** Calls every change with the cookies and these headers; the outcomes, and the trips to Postgres. */
async function callAll(
  call: (operation: Operation) => Promise<ApiResponse>,
  operations: readonly Operation[] = changes,
) {
  const outcomes: string[] = [];
  const trips = await countCalls(userId, async () => {
    for (const operation of operations) {
      const { status, body } = await call(operation);
      outcomes.push(`${nameOf(operation)}: ${status} ${body?.code}`);
    }
  });
  return { wrong: outcomes.filter((each) => !each.endsWith(": 403 origin_not_allowed")), trips };
}

const REFUSED = { wrong: [], trips: 0 };

describe("every change that a cookie signs in", () => {
  it(
    "is refused from a page that is not allowed, before anything is looked up",
    async () => {
      const before = await stateOf(jar);
      expect(changes.length).toBeGreaterThan(25);
      for (const [what, headers] of Object.entries(ORIGINS)) {
        const client = clientWith({ ...headers, cookie: jar.header() });
        const seen = await callAll((operation) =>
          callOperation(client, operation, newIdsIn(operation)),
        );
        expect(seen, what).toEqual(REFUSED);
      }
      expect(await stateOf(jar)).toBe(before);
    },
    MANY_REQUESTS_MS,
  );

  it(
    "is refused as a form, as plain text and as an upload that a foreign page sends",
    async () => {
      const before = await stateOf(jar);
      for (const [type, body] of Object.entries(FORMS)) {
        for (const origin of [{}, { origin: "null" }, { origin: "https://evil.example" }]) {
          const client = clientWith({ ...origin, cookie: jar.header(), "content-type": type });
          const seen = await callAll(
            (operation) => callOperation(client, { ...operation, body }, newIdsIn(operation)),
            changes.filter(({ open }) => !open),
          );
          expect(seen, type).toEqual(REFUSED);
        }
      }
      expect(await stateOf(jar)).toBe(before);
    },
    MANY_REQUESTS_MS,
  );

  it("is refused also while the access token has expired, and renews no session", async () => {
    const old = jar.on(null);
    old.cookies.delete("access_token");
    const before = await stateOf(jar);
    const client = clientWith({ origin: "https://evil.example", cookie: old.header() });
    const seen = await callAll((operation) =>
      callOperation(client, operation, newIdsIn(operation)),
    );
    expect(seen).toEqual(REFUSED);
    expect(await stateOf(jar)).toBe(before);
  });

  it("takes JSON alone from an allowed page, where its body is JSON", async () => {
    const withBody = changes.filter(({ body }) => body !== undefined);
    expect(withBody.length).toBeGreaterThan(15);
    const headers = { origin: FRONTEND, cookie: jar.header() };
    for (const type of ["application/x-www-form-urlencoded", "text/plain"]) {
      for (const operation of withBody) {
        const client = clientWith({ ...headers, "content-type": type });
        const text = JSON.stringify(operation.body);
        const target = { ...operation, body: text };
        const response = await callOperation(client, target, newIdsIn(operation));
        expect(response.status, `${nameOf(operation)} as ${type}`).toBe(415);
        expectProblem(response, 415, "unsupported_media_type");
      }
    }
  });
});

describe("what needs no sign-in and sets or ends a session", () => {
  it("takes no form of a foreign page, and sets no cookie", async () => {
    const before = await stateOf(jar);
    const signIns = ["login", "register", "login/totp", "oidc/exchange", "refresh", "logout"];
    for (const [type, body] of Object.entries(FORMS)) {
      const headers = { origin: "https://evil.example", cookie: jar.header() };
      const foreign = clientWith({ ...headers, "content-type": type });
      for (const path of signIns) {
        const response = await foreign.post(`/auth/${path}`, body);
        expectProblem(response, 415, "unsupported_media_type");
        expect(response.headers.getSetCookie()).toEqual([]);
      }
    }
    expect(await stateOf(jar)).toBe(before);
  });
});

describe("a method that a header or a query names", () => {
  it("does not replace the method of the request", async () => {
    const chatId = (await jar.post("/chats", {})).body.id;
    const headers = { cookie: jar.header(), "x-http-method-override": "DELETE" };
    const response = await fetch(`${workerUrl}/chats/${chatId}?_method=DELETE`, { headers });
    expect(response.status).toBe(200);
    await response.text();
    expect((await jar.get(`/chats/${chatId}`)).status).toBe(200);
  });
});
