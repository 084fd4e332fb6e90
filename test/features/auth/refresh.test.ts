import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  anonymous,
  expectProblem,
  type SignedIn,
  signUp,
  workerUrl,
} from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { signedUpJar } from "../../support/jar.ts";
import { atOnce } from "../../support/keys.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";
import { eventsOf, refreshStatus, sessionIdOf } from "../../support/sessions.ts";
import { ageRotation, tokensAt } from "../../support/tokens.ts";

const AT_ONCE = 20;

/** Another isolate of the same deployment. */
let other: FastWorker;
beforeAll(async () => {
  other = await startFastWorker();
});
afterAll(() => other.close());

const refresh = (token: string, url = workerUrl) =>
  anonymous(url).post("/auth/refresh", { refresh_token: token });

async function sessionOf(of: SignedIn) {
  const [row] = await query(
    "SELECT refresh_counter, ended_at, expires_at, last_seen_at FROM sessions WHERE id = $1",
    [sessionIdOf(of)],
  );
  return row;
}

/** Rotates this many times, one after another; returns the tokens, the first one included. */
async function rotate(of: SignedIn, times: number): Promise<string[]> {
  const tokens = [of.refreshToken];
  for (let round = 0; round < times; round++) {
    tokens.push((await refresh(tokens.at(-1) ?? "")).body.refresh_token);
  }
  return tokens;
}

describe("parallel refreshes with one token", () => {
  it("in two isolates move the counter by one, and all get the same successor", async () => {
    const ada = await signUp();
    let sent = 0;
    const responses = await atOnce(AT_ONCE, () =>
      refresh(ada.refreshToken, sent++ % 2 ? other.url : workerUrl),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(200));
    const successors = new Set(responses.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect(successors).not.toContain(ada.refreshToken);
    expect(await sessionOf(ada)).toMatchObject({ refresh_counter: "1", ended_at: null });
  });

  it("and a sign-out end with the session ended, and no token that renews it", async () => {
    const ada = await signUp();
    const refreshes = Array.from({ length: AT_ONCE }, () => refresh(ada.refreshToken));
    const [out, ...responses] = await Promise.all([ada.post("/auth/logout"), ...refreshes]);
    expect(out.status).toBe(200);
    const issued = responses.flatMap(({ body }) => body.refresh_token ?? []);
    for (const token of [ada.refreshToken, ...issued]) {
      expectProblem(await refresh(token), 401, "invalid_token");
    }
    expect((await eventsOf(ada)).filter((kind) => kind === "signed_out")).toHaveLength(1);
  });

  it("by cookie give a browser the same cookies, and no token in a body", async () => {
    const jar = await signedUpJar();
    const tabs = Array.from({ length: AT_ONCE }, () => jar.on(jar.origin));
    const responses = await Promise.all(tabs.map((tab) => tab.post("/auth/refresh")));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(tabs.map((tab) => tab.cookies.get("refresh_token"))).size).toBe(1);
    for (const { body } of responses) expect(body).toEqual({ expires_in: 900 });
  });
});

describe("a refresh", () => {
  it("whose response was lost on its way from Postgres or to the client is repeated with the same token", async () => {
    const ada = await signUp();
    const contains = sessionIdOf(ada);
    await injectFault({ contains, times: 1, kind: "cut_after_commit" });
    const first = await refresh(ada.refreshToken);
    const repeated = await refresh(ada.refreshToken);
    expect([first.status, repeated.status]).toEqual([200, 200]);
    expect(repeated.body.refresh_token).toBe(first.body.refresh_token);
    expect(await sessionOf(ada)).toMatchObject({ refresh_counter: "1" });
  });

  it("takes one trip to Postgres", async () => {
    const ada = await signUp();
    expect(await countCalls(sessionIdOf(ada), () => refresh(ada.refreshToken))).toBe(1);
  });

  it("with any older token is forgiven for ten seconds after a rotation", async () => {
    const ada = await signUp();
    const tokens = await rotate(ada, 4);
    for (const token of tokens.slice(0, -1)) {
      expect((await refresh(token)).body.refresh_token).toBe(tokens.at(-1));
    }
  });

  it("with the token before the current one is forgiven however late", async () => {
    const ada = await signUp();
    const tokens = await rotate(ada, 3);
    await ageRotation(ada);
    expect((await refresh(tokens[2] ?? "")).body.refresh_token).toBe(tokens[3]);
  });

  it("with an older token ends the session, once, with an event, and never another user's", async () => {
    const [ada, eve] = [await signUp(), await signUp()];
    const tokens = await rotate(ada, 2);
    await ageRotation(ada);
    const replays = await atOnce(AT_ONCE, () => refresh(ada.refreshToken));
    for (const replay of replays) expectProblem(replay, 401, "invalid_token");
    expectProblem(await refresh(tokens[2] ?? ""), 401, "invalid_token");
    const kinds = await eventsOf(ada);
    expect(kinds.filter((kind) => kind === "refresh_token_replayed")).toHaveLength(1);
    expect(await refreshStatus(eve)).toBe(200);
  });

  it("records the replay in the batch that ends the session, also when its response was lost", async () => {
    const ada = await signUp();
    await rotate(ada, 2);
    await ageRotation(ada);
    await injectFault({ contains: sessionIdOf(ada), times: 1, kind: "cut_after_commit" });
    expectProblem(await refresh(ada.refreshToken), 401, "invalid_token");
    const kinds = await eventsOf(ada);
    expect(kinds.filter((kind) => kind === "refresh_token_replayed")).toHaveLength(1);
  });

  it("does not extend the session beyond thirty days from the sign-in", async () => {
    const ada = await signUp();
    const before = await sessionOf(ada);
    await rotate(ada, 2);
    expect((await sessionOf(ada))?.expires_at).toBe(before?.expires_at);
    const age = "UPDATE sessions SET expires_at = now() WHERE user_id = $1";
    await query(age, [ada.user.id]);
    const latest = { userId: ada.user.id, sessionId: sessionIdOf(ada), refreshCounter: 2 };
    const token = await tokensAt(0).issueRefresh(latest);
    expectProblem(await refresh(token), 401, "invalid_token");
  });

  it("is accepted after thirteen idle days, and refused after fourteen", async () => {
    const idle = async (days: number) => {
      const ada = await signUp();
      const age = `UPDATE sessions SET last_seen_at = now() - interval '${days} days' WHERE user_id = $1`;
      await query(age, [ada.user.id]);
      return refreshStatus(ada);
    };
    expect([await idle(13.9), await idle(14.1)]).toEqual([200, 401]);
  });

  it("is refused for a disabled account", async () => {
    const ada = await signUp();
    await query("UPDATE users SET is_active = false WHERE id = $1", [ada.user.id]);
    expect(await refreshStatus(ada)).toBe(401);
  });
});
