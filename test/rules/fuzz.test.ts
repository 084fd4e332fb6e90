import fc from "fast-check";
import { expect, it } from "vitest";
import { newChat, say } from "../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../support/client.ts";
import { type FuzzedRequest, requestTo } from "../support/fuzz.ts";
import { readDocument } from "../support/routes.ts";

const SEED = 20_261_129;
const ROUNDS = 100;
const AT_ONCE = 20;

/** Each of these hashes a password, which takes as long as fifty other calls. */
const SLOW = new Set([
  "/auth/register",
  "/auth/login",
  "delete /users/me",
  "patch /users/me",
  "post /auth/totp",
]);

const isSlow = (path: string, method: string) => SLOW.has(path) || SLOW.has(`${method} ${path}`);

/** Any operation; those that would break the other requests use separate accounts. */
function anyRequest(document: Body, ids: string[]): fc.Arbitrary<FuzzedRequest> {
  const operations = Object.entries<Body>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Body>(methods).map(([method, operation]) => ({
      weight: isSlow(path, method) ? 1 : 10,
      arbitrary: requestTo(document, [path, method, operation], ids),
    })),
  );
  return fc.oneof(...operations);
}

async function statusOf(of: SignedIn, { method, path, headers, body }: FuzzedRequest) {
  const init = {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && method !== "GET" && { body }),
  };
  const response = await of.fetch(path, init);
  await response.text();
  return response.status;
}

it("No request derived from the OpenAPI document, valid or nearly so, ends in a 5xx", async () => {
  const ada = await signUp();
  const chatId = await newChat(ada);
  const ids = [chatId, await say(ada, chatId, "A message."), ada.user.id];
  const requests = anyRequest(await readDocument(), ids);
  const round = fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE });
  const holds = fc.asyncProperty(round, async (some) => {
    const statuses = await Promise.all(some.map((request) => statusOf(ada, request)));
    const failed = some.filter((_, index) => (statuses[index] ?? 500) >= 500);
    expect(failed).toEqual([]);
  });
  await fc.assert(holds, { seed: SEED, numRuns: ROUNDS, endOnFailure: true });
}, 180_000);
