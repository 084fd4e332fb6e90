import { beforeAll, describe, expect, it } from "vitest";
import {
  foreignPurposes,
  otherAlgorithms,
  otherClaims,
  otherHeaders,
} from "../support/attack/forged-tokens.ts";
import { linkTokensOf } from "../support/attack/links.ts";
import { callOperation, nameOf, newIdsIn } from "../support/attack/operations.ts";
import { anonymous, clientWith, type SignedIn, signUp } from "../support/client.ts";
import { FRONTEND, signedUpJar } from "../support/jar.ts";
import { type Operation, readOperations } from "../support/routes.ts";

const MANY_REQUESTS_MS = 120_000;

let closed: Operation[];
let ada: SignedIn;
beforeAll(async () => {
  closed = (await readOperations()).filter(({ open }) => !open);
  ada = await signUp();
});

/** What each route answers to these headers: the outcomes that are not the expected one. */
async function wrongOutcomes(headers: Record<string, string>, expected: string) {
  const client = clientWith(headers);
  const outcomes = await Promise.all(
    closed.map(async (operation) => {
      const { status, body } = await callOperation(client, operation, newIdsIn(operation));
      return `${nameOf(operation)}: ${status} ${body?.code}`;
    }),
  );
  return outcomes.filter((outcome) => !outcome.endsWith(`: ${expected}`));
}

/** As a bearer token and as the cookie of a browser on an allowed page. */
async function expectRefusedEverywhere(tokens: Record<string, string>): Promise<void> {
  expect(closed.length).toBeGreaterThan(30);
  for (const [what, token] of Object.entries(tokens)) {
    const bearer = await wrongOutcomes({ authorization: `Bearer ${token}` }, "401 invalid_token");
    expect(bearer, `${what}: ${token}`).toEqual([]);
    const cookie = { cookie: `access_token=${token}`, origin: FRONTEND };
    expect(await wrongOutcomes(cookie, "401 invalid_token"), `${what}, in a cookie`).toEqual([]);
  }
}

describe("every route that requires a sign-in", () => {
  it(
    "refuses tokens of another algorithm or key, as bearer and in a cookie",
    async () => expectRefusedEverywhere(await otherAlgorithms(ada)),
    MANY_REQUESTS_MS,
  );

  it(
    "refuses tokens with another header, as bearer and in a cookie",
    async () => expectRefusedEverywhere(otherHeaders(ada)),
    MANY_REQUESTS_MS,
  );

  it(
    "refuses tokens with other claims, as bearer and in a cookie",
    async () => expectRefusedEverywhere(otherClaims(ada)),
    MANY_REQUESTS_MS,
  );

  it(
    "refuses expired tokens and every credential of another purpose, as bearer and in a cookie",
    async () => {
      const links = await linkTokensOf(ada);
      const device = (await signedUpJar()).cookies.get("device") ?? "";
      await expectRefusedEverywhere({ ...(await foreignPurposes(ada)), ...links, device });
      const { status } = await anonymous().post("/auth/email/verify", { token: links.verify });
      expect(status, "a token that was genuine").toBe(200);
    },
    MANY_REQUESTS_MS,
  );

  it("accepts the token that the forged ones were made of", async () => {
    expect((await ada.get("/users/me")).status).toBe(200);
  });
});
