import type { ServerResponse } from "node:http";
import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ProblemCode } from "../../../src/lib/problem.ts";
import { anonymous, expectProblem, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import {
  type Behaviour,
  CLIENT_ID,
  type HostileIssuer,
  startHostileIssuer,
} from "../../support/hostile-issuer.ts";
import { Browser, locationOf, PAGE } from "../../support/oidc.ts";

let issuer: HostileIssuer;
let worker: FastWorker;
beforeAll(async () => {
  issuer = await startHostileIssuer();
  worker = await startFastWorker({
    OIDC_ISSUER: issuer.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
    PASSWORD_SIGN_IN: "off",
  });
});
beforeEach(() => issuer.behave({}));
afterAll(async () => {
  await worker.close();
  await issuer.close();
});

const SECRET_TEXT = "the-provider-says-so";

/** A browser that began, the state, and the URL to which a provider would send it back. */
async function begin(query = `?return_to=${encodeURIComponent(PAGE)}`) {
  const browser = new Browser();
  const start = await browser.open(`${worker.url}/auth/oidc/start${query}`);
  const parameters = new URL(locationOf(start)).searchParams;
  issuer.setNonce(parameters.get("nonce") ?? "");
  const state = parameters.get("state") ?? "";
  const back = (given: Record<string, string> = {}) => {
    const all = { code: "code", state, iss: issuer.issuer, ...given };
    return browser.open(`${worker.url}/auth/oidc/callback?${new URLSearchParams(all).toString()}`);
  };
  return { browser, back, parameters };
}

/** The error with which the page is opened, by what the provider does and how the browser comes back. */
async function errorWith(behaviour: Behaviour, given: Record<string, string> = {}) {
  const { browser, back } = await begin();
  issuer.behave(behaviour);
  const location = locationOf(await back(given));
  expect(location.startsWith(PAGE)).toBe(true);
  expect(location).not.toContain(SECRET_TEXT);
  const error = new URL(location).searchParams.get("error");
  expect(browser.cookiesOf(worker.url).toSorted()).toEqual(
    error === null ? ["access_token", "device", "refresh_token"] : [],
  );
  return error;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("an ID token", () => {
  it("signs in when everything is right", async () => {
    expect(await errorWith({})).toBeNull();
  });

  const now = Math.floor(Date.now() / 1000);
  const wrong: [string, Behaviour][] = [
    ["another nonce", { claims: { nonce: "another" } }],
    ["no nonce", { claims: { nonce: undefined } }],
    ["another audience", { claims: { aud: "another" } }],
    ["several audiences without a party", { claims: { aud: [CLIENT_ID, "another"] } }],
    ["another authorized party", { claims: { aud: [CLIENT_ID, "another"], azp: "another" } }],
    ["another issuer", { claims: { iss: "https://evil.example" } }],
    ["an expiry in the past", { claims: { iat: now - 900, exp: now - 300 } }],
    ["a start in the future", { claims: { nbf: now + 900 } }],
    ["no expiry", { claims: { exp: undefined } }],
    ["no subject", { claims: { sub: undefined } }],
    ["a subject that is too long", { claims: { sub: "s".repeat(256) } }],
    ["the signature of another key", { isForeignKey: true }],
    ["no signature, by alg none", { idToken: (c) => `${encode({ alg: "none" })}.${encode(c)}.` }],
    [
      "alg none and a signature",
      { idToken: (c) => `${encode({ alg: "none", kid: "one" })}.${encode(c)}.c2lnbmF0dXJl` },
    ],
    [
      "a secret as its key, by HS256",
      {
        idToken: (c) =>
          new SignJWT(c).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from("secret".repeat(8))),
      },
    ],
    ["an unknown key", { idToken: (c) => `${encode({ alg: "RS256", kid: "x" })}.${encode(c)}.eA` }],
    ["no form", { idToken: () => "no.token" }],
    ["no content", { idToken: () => "" }],
  ];
  for (const [what, behaviour] of wrong) {
    it(`is refused with ${what}`, async () => {
      expect(await errorWith(behaviour)).toMatch(/^identity_(rejected|provider_failed)$/);
    });
  }

  it("is completed by the user info of the same subject alone", async () => {
    const claims = { sub: crypto.randomUUID(), email: undefined };
    const email = `${claims.sub}@firm.example`;
    expect(await errorWith({ claims, userInfo: { sub: "another", email } })).toBe(
      "identity_rejected",
    );
    expect(await errorWith({ claims, userInfo: { sub: claims.sub, email } })).toBeNull();
  });
});

describe("the response of a provider", () => {
  it("is refused when it names another issuer, or none", async () => {
    expect(await errorWith({}, { iss: "https://evil.example" })).toBe("identity_rejected");
    expect(await errorWith({}, { iss: "" })).toBe("identity_rejected");
  });

  it("is refused when it repeats parameters", async () => {
    const { browser, parameters } = await begin();
    const state = parameters.get("state");
    const query = `code=a&code=b&state=${state}&iss=${encodeURIComponent(issuer.issuer)}`;
    const end = await browser.open(`${worker.url}/auth/oidc/callback?${query}`);
    expect(end.status).toBe(422);
  });

  const refusals: [string, ProblemCode][] = [
    ["access_denied", "sign_in_denied"],
    ["login_required", "sign_in_denied"],
    ["server_error", "identity_provider_failed"],
    [`${SECRET_TEXT}<script>`, "identity_provider_failed"],
  ];
  for (const [error, code] of refusals) {
    it(`of the error ${error} is ${code} for the page`, async () => {
      expect(await errorWith({}, { error, error_description: SECRET_TEXT })).toBe(code);
    });
  }

  const sending =
    (status: number, body: string, type = "application/json") =>
    (response: ServerResponse) =>
      void response.writeHead(status, { "content-type": type }).end(body);

  const faults: [string, (response: ServerResponse) => void, ProblemCode][] = [
    ["a used code", sending(400, `{"error":"invalid_grant"}`), "identity_rejected"],
    [
      "a wrong client secret",
      sending(401, `{"error":"invalid_client","error_description":"${SECRET_TEXT}"}`),
      "identity_provider_failed",
    ],
    ["an internal error", sending(500, SECRET_TEXT), "identity_provider_unavailable"],
    ["no JSON", sending(200, SECRET_TEXT), "identity_provider_failed"],
    ["HTML", sending(200, `<p>${SECRET_TEXT}`, "text/html"), "identity_provider_failed"],
    ["a list", sending(200, "[]"), "identity_rejected"],
    [
      "a redirect",
      (r) => void r.writeHead(302, { location: "/keys" }).end(),
      "identity_provider_failed",
    ],
    ["a cut connection", (r) => void r.destroy(), "identity_provider_unavailable"],
    [
      "a body without an end",
      (r) => {
        r.writeHead(200, { "content-type": "application/json" });
        r.write(" ".repeat(300 * 1024));
      },
      "identity_provider_unavailable",
    ],
    ["silence", () => undefined, "identity_provider_unavailable"],
  ];
  for (const [what, respond, code] of faults) {
    it(`to the code that is ${what} is ${code} for the page`, async () => {
      expect(await errorWith({ responses: { "/token": respond } })).toBe(code);
    });
  }

  it("as keys that are none is refused", async () => {
    const other = await startFastWorker({
      OIDC_ISSUER: issuer.issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
    });
    try {
      for (const keys of [`{"keys":[]}`, `{"keys":[{"kty":"RSA","kid":"one"}]}`, `{}`]) {
        issuer.behave({ responses: { "/keys": sending(200, keys) } });
        const browser = new Browser();
        const url = locationOf(await browser.open(`${other.url}/auth/oidc/start`));
        const { searchParams } = new URL(url);
        issuer.setNonce(searchParams.get("nonce") ?? "");
        const query = new URLSearchParams({
          code: "code",
          state: searchParams.get("state") ?? "",
          iss: issuer.issuer,
        });
        const end = await browser.open(`${other.url}/auth/oidc/callback?${query.toString()}`);
        expect([401, 502]).toContain(end.status);
      }
    } finally {
      await other.close();
    }
  });
});

describe("discovery", () => {
  it("is cached, as are the keys", async () => {
    expect(await errorWith({})).toBeNull();
    const before = issuer.requests.length;
    expect(await errorWith({})).toBeNull();
    expect(issuer.requests.slice(before)).toEqual(["/token"]);
  });

  it("that fails is a problem, or an error for the page, and is tried again", async () => {
    const other = await startFastWorker({
      OIDC_ISSUER: issuer.issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
    });
    try {
      const start = () => anonymous(other.url).get("/auth/oidc/start");
      issuer.behave({ metadata: { issuer: "https://evil.example" } });
      expectProblem(await start(), 502, "identity_provider_failed");
      issuer.behave({ metadata: { authorization_endpoint: undefined } });
      const toPage = await fetch(`${other.url}/auth/oidc/start?return_to=/docs`, {
        redirect: "manual",
      });
      expect(locationOf(toPage)).toBe(`${other.url}/docs?error=identity_provider_failed`);
    } finally {
      await other.close();
    }
    const down = await startFastWorker({
      OIDC_ISSUER: "http://127.0.0.1:9",
      OIDC_CLIENT_ID: CLIENT_ID,
    });
    try {
      const response = await anonymous(down.url).get("/auth/oidc/start");
      expectProblem(response, 503, "identity_provider_unavailable");
      expect(response.headers.get("retry-after")).toBe("5");
    } finally {
      await down.close();
    }
  });
});

describe("the start of a sign-in", () => {
  it("refuses to return to a foreign page", async () => {
    for (const page of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "http://localhost:3000@evil.example",
      "/%2f%2fevil.example",
      "http://127.0.0.1:51004/",
    ]) {
      const path = `/auth/oidc/start?return_to=${encodeURIComponent(page)}`;
      const response = await anonymous(worker.url).get(path);
      expectProblem(response, 422, "validation_failed", "?return_to");
    }
    const withoutChallenge = `?mode=code&return_to=${encodeURIComponent("http://127.0.0.1:51004/")}`;
    const native = await anonymous(worker.url).get(`/auth/oidc/start${withoutChallenge}`);
    expectProblem(native, 422, "validation_failed", "?return_to");
    const weak = await anonymous(worker.url).get("/auth/oidc/start?mode=code&code_challenge=short");
    expectProblem(weak, 422, "validation_failed", "?code_challenge");
  });
});

describe("without passwords", () => {
  it("nobody registers or signs in by password", async () => {
    const ada = await signUp();
    const client = anonymous(worker.url);
    const login = { email: ada.user.email, password: ada.password };
    expectProblem(await client.post("/auth/login", login), 403, "password_sign_in_off");
    const account = { ...login, email: `x.${ada.user.email}`, name: "Ada" };
    expectProblem(await client.post("/auth/register", account), 403, "password_sign_in_off");
    const second = { challenge: "x", code: "123456" };
    expectProblem(await client.post("/auth/login/totp", second), 403, "password_sign_in_off");
  });

  it("a password proves nothing any more: changes need a fresh sign-in", async () => {
    const ada = await signUp();
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const erase = { password: ada.password };
    const response = await anonymous(worker.url).delete("/users/me", erase, headers);
    expectProblem(response, 403, "fresh_sign_in_required");
  });
});
