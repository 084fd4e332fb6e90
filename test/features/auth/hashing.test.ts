import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { anonymous, at, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { atOnce } from "../../support/keys.ts";
import { script } from "../../support/provider.ts";
import { readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const AT_ONCE = 20;
const JSON_TYPE = { "content-type": "application/json" };

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  server = await startFastWorker();
  ada = at(server.url, await signUp());
});
afterAll(() => server.close());

const signIn = (password: string) =>
  anonymous(server.url).post("/auth/login", { email: ada.user.email, password });

/** Concurrent wrong sign-ins; `done` counts the responses so far. */
function wrongSignIns() {
  const seen = { done: 0 };
  const all = atOnce(AT_ONCE, async () => {
    expectProblem(await signIn("wrong password"), 401, "invalid_credentials");
    seen.done++;
  });
  return { seen, all };
}

/** The events of an answer whose words arrive every few milliseconds, until the test has seen enough. */
async function longAnswer() {
  const chatId = await newChat(ada, { auto_title: false });
  const tokens = Array.from({ length: 5_000 }, (_, index) => `word${index} `);
  const marker = await script({ kind: "answer", tokens, tokenDelayMs: 20 });
  const init = { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ content: marker }) };
  const events = readEvents(await ada.fetch(`/chats/${chatId}/messages/stream`, init));
  for (let next = await events.next(); next.value?.name !== "content_delta";)
    next = await events.next();
  return { events, stop: () => ada.post(`/chats/${chatId}/stop`) };
}

/** How often sign-ins were answered between two events of a stream. */
async function countTurns(events: AsyncIterable<unknown>, seen: { done: number }) {
  let before = 0;
  let turns = 0;
  for await (const _ of events) {
    if (seen.done > before) turns++;
    before = seen.done;
    if (seen.done === AT_ONCE) break;
  }
  return turns;
}

async function countServed(seen: { done: number }) {
  let served = 0;
  while (seen.done < AT_ONCE) {
    expect((await ada.get("/users/me")).status).toBe(200);
    served++;
  }
  return served;
}

it("Twenty concurrent wrong sign-ins let streams continue, and other requests run between any two", async () => {
  const { events, stop } = await longAnswer();
  const { seen, all } = wrongSignIns();
  const [turns, served] = await Promise.all([countTurns(events, seen), countServed(seen), all]);
  await stop();
  // Without a rest between them, they would all be answered at once; a busy machine may combine
  // some.
  expect(turns).toBeGreaterThan(AT_ONCE / 4);
  expect(served).toBeGreaterThan(AT_ONCE);
}, 60_000);

it("Thirty sign-ins at once leave other requests answered before the last of them, and each gets its answer", async () => {
  const order: string[] = [];
  const signIns = Array.from({ length: 30 }, async () => {
    const response = await signIn("wrong password");
    order.push("sign-in");
    return response;
  });
  // The queue is at work: one of them has its answer.
  await until(async () => order.length > 0);
  const others = ["/users/me", "/chats", "/auth/sessions", "/health/live"].map(async (path) => {
    const { status } = await ada.get(path);
    order.push("other");
    return status;
  });
  expect(await Promise.all(others)).toEqual([200, 200, 200, 200]);
  for (const response of await Promise.all(signIns)) {
    expectProblem(response, 401, "invalid_credentials");
  }
  expect(order).toHaveLength(34);
  expect(order.lastIndexOf("other")).toBeLessThan(order.lastIndexOf("sign-in"));
}, 60_000);

it("Sign-ins beyond the queue's limit are refused at once, with the time to retry", async () => {
  const leaving = new AbortController();
  const body = JSON.stringify({ email: ada.user.email, password: "wrong password" });
  const init = { method: "POST", headers: JSON_TYPE, body, signal: leaving.signal };
  const signedIn = Array.from({ length: 60 }, () => ada.fetch("/auth/login", init));
  const refused = await Promise.any(
    signedIn.map(async (sent) => {
      const response = await sent;
      if (response.status !== 429) throw new Error("It is hashed.");
      return response;
    }),
  );
  expect((await refused.json()).code).toBe("too_many_password_checks");
  expect(refused.headers.get("retry-after")).toBe("7");
  expect(refused.headers.get("ratelimit")).toBe('"passwords";r=0;t=7');
  expect(refused.headers.get("ratelimit-policy")).toBe('"passwords";q=32;qu="concurrent-requests"');
  expect((await ada.get("/users/me")).status).toBe(200);
  leaving.abort();
  await Promise.allSettled(signedIn);
});
