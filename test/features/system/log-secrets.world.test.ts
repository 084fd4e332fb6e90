import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MailedAccounts, startMailedAccounts } from "../../support/accounts.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { newChat } from "../../support/chats.ts";
import { bearer, clientWith } from "../../support/client.ts";
import { announce, readyFile, sendTo } from "../../support/files.ts";
import { leaksIn } from "../../support/logs/secrets.ts";
import { atProvider, locationOf, newPerson, PAGE, Browser } from "../../support/oidc.ts";
import { type OidcWorld, startOidcWorld } from "../../support/oidc-world.ts";
import { injectFault } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { challengeOf, codesOf, forgetCodes } from "../../support/second-factor.ts";
import { newTicket, openTab } from "../../support/socket.ts";
import { until } from "../../support/until.ts";

/** One word, so that no rule about sentences finds it. */
const newCanary = (kind: string) => `${kind}-canary-${crypto.randomUUID()}`;

let accounts: MailedAccounts;
let url: string;
beforeAll(async () => {
  accounts = await startMailedAccounts();
  url = accounts.worker.url;
});
afterAll(() => accounts.worker.close());

/** The log once the last of some requests is in it. */
async function logAfter(worker: { url: string; logs(): string[] }): Promise<string[]> {
  const count = (lines: string[]) => lines.filter((line) => line.includes("/health/live")).length;
  const before = count(worker.logs());
  await fetch(`${worker.url}/health/live`).then((response) => response.text());
  await until(async () => count(worker.logs()) > before);
  return worker.logs();
}

/** Asserts that the Worker has logged these routes, and nothing of these texts. */
async function expectUnlogged(
  worker: { url: string; logs(): string[] },
  routes: readonly string[],
  secrets: readonly string[],
): Promise<void> {
  const lines = await logAfter(worker);
  for (const route of routes) {
    expect(
      lines.some((line) => line.includes(`"route":"${route}"`)),
      route,
    ).toBe(true);
  }
  for (const secret of secrets) {
    expect(secret.length, "a secret that the test has not got").toBeGreaterThan(4);
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
  }
  expect(lines.flatMap((line) => leaksIn(line))).toEqual([]);
}

/** The value of each cookie that a response sets. */
const cookiesOf = ({ headers }: { headers: Headers }) =>
  headers.getSetCookie().map((cookie) => cookie.split(";")[0]?.split("=")[1] ?? "");

describe("the log of a Worker", () => {
  it("holds no password, token, cookie or mailed link of a sign-in", async () => {
    const ada = await accounts.newPerson();
    const verification = await accounts.verificationToken(ada);
    await accounts.verify(verification);
    const wrong = newCanary("password");
    expect((await accounts.signIn(ada, wrong)).status).toBe(401);
    const signedIn = await accounts.signIn(ada, ada.password);
    const given = { refresh_token: ada.refreshToken };
    const refreshed = await accounts.nobody.post("/auth/refresh", given);
    const stray = newCanary("token");
    await bearer(stray, url).get("/users/me");
    await clientWith({ cookie: `access_token=${stray}; refresh_token=${stray}` }, url).get(
      "/chats",
    );
    const next = newCanary("password");
    const change = { current_password: ada.password, new_password: next };
    expect((await ada.post("/auth/password", change)).status).toBe(200);
    const reset = await accounts.resetToken(ada);
    const last = newCanary("password");
    expect((await accounts.reset(reset, last)).status).toBe(200);
    const { body } = refreshed;
    await expectUnlogged(
      accounts.worker,
      ["/auth/login", "/auth/refresh", "/auth/password", "/auth/password/reset"],
      [ada.password, wrong, next, last, stray, verification, reset, ada.user.email, ada.user.name]
        .concat([ada.accessToken, ada.refreshToken, body.access_token, body.refresh_token])
        .concat(cookiesOf(signedIn)),
    );
  });

  it("holds nothing of a second factor, an API key or a ticket", async () => {
    const ada = await accounts.newPerson();
    const { body: begun } = await ada.post("/auth/totp", { password: ada.password });
    const code = codesOf(begun.secret)();
    const { body: confirmed } = await ada.post("/auth/totp/confirm", { code });
    const [used, wrong]: string[] = [confirmed.recovery_codes[0], newCanary("code")];
    const challenge = await challengeOf(ada, url);
    const signIn = (given: object) =>
      accounts.nobody.post("/auth/login/totp", { challenge, ...given });
    expect((await signIn({ recovery_code: wrong })).status).toBe(401);
    expect((await signIn({ recovery_code: used })).status).toBe(200);
    await forgetCodes(ada);
    const eve = await accounts.newPerson();
    const key = await newApiKey(eve, undefined, { baseUrl: url });
    expect((await bearer(key.key, url).get("/chats")).status).toBe(200);
    expect((await bearer(`${key.key}x`, url).get("/chats")).status).toBe(401);
    const chatId = await newChat(eve);
    const ticket = await newTicket(eve, chatId);
    const tab = await openTab(eve, chatId, url);
    await tab.ping();
    tab.close();
    await accounts.nobody.get(`/chats/${chatId}/ws?ticket=${ticket}`);
    await expectUnlogged(
      accounts.worker,
      ["/auth/totp/confirm", "/auth/login/totp", "/auth/keys", "/chats/{id}/ws"],
      [begun.secret, begun.otpauth_url, challenge, used, wrong, key.key, ticket],
    );
  });

  it("holds nothing of messages, answers, titles, documents and signed URLs", async () => {
    const ada = await accounts.newPerson();
    const [message, answer, title, text, name, search] = [
      newCanary("message"),
      newCanary("answer"),
      newCanary("title"),
      newCanary("document"),
      newCanary("name"),
      newCanary("search"),
    ];
    const marker = await script({ kind: "answer", tokens: [answer] }, message);
    const chatId = await newChat(ada, { title });
    const file = await readyFile(ada, `A lease. ${text}`, `${name}.txt`);
    const sent = { content: marker, file_ids: [file.id], metadata: { note: message } };
    const turn = await ada.post(`/chats/${chatId}/messages`, sent);
    expect(turn.body.ai_response.content).toContain(answer);
    await ada.get(`/search?q=${search}&scope=files`);
    const download = await ada.get(`/files/${file.id}/content`, { accept: "application/json" });
    const announced = await ada.post("/files", announce(text, `${name}.txt`, "text/plain"));
    const { upload, file: second } = announced.body;
    expect((await sendTo(upload, text)).status).toBe(200);
    expect((await ada.post(`/files/${second.id}/complete`)).status).toBe(200);
    await ada.post(`/files/${file.id}/analysis`);
    await ada.put(`/messages/${turn.body.ai_response.id}/feedback`, {
      rating: "up",
      comment: message,
    });
    await expectUnlogged(
      accounts.worker,
      ["/chats/{id}/messages", "/files/upload", "/files/{id}/content", "/files/{id}/complete"],
      [message, answer, title, text, name, search, download.body.url, upload.url],
    );
  });

  it("holds nothing of requests and dependencies that fail", async () => {
    const ada = await accounts.newPerson();
    const stray = newCanary("stray");
    const json = { "content-type": "application/json" };
    await ada.post("/chats", `{"title": ${stray}`, json);
    await ada.post("/chats", { [stray]: stray });
    await ada.get(`/${stray}?${stray}=${stray}`);
    await ada.get(`/chats/${stray}?cursor=${stray}`);
    await ada.get("/chats", { "if-none-match": stray, accept: stray, "user-agent": stray });
    await ada.post("/chats", {}, { "idempotency-key": `${stray} ${stray}` });
    const failing = await script(
      { errorStatus: 400, errorBody: { error: { message: stray } } },
      stray,
    );
    const turn = await ada.post("/chat", { content: failing });
    expect(turn.status).toBeGreaterThan(499);
    for (const fault of [
      { kind: "sql_error", code: "22P02" },
      { kind: "garble_after_commit" },
      { kind: "cut_after_commit" },
    ] as const) {
      await injectFault({ contains: stray, times: 3, ...fault });
      await ada.post("/chats", { title: stray });
    }
    await expectUnlogged(accounts.worker, ["/chats", "/chat", "/chats/{id}"], [stray]);
  });
});

describe("the log of a Worker with an identity provider", () => {
  let world: OidcWorld;
  beforeAll(async () => {
    world = await startOidcWorld();
  });
  afterAll(() => world.close());

  it("holds no code, state or token of a sign-in", async () => {
    const browser = new Browser();
    const start = `${world.worker.url}/auth/oidc/start?mode=code&return_to=${PAGE}`;
    const authorization = locationOf(await browser.open(start));
    const callback = await atProvider(browser, authorization, newPerson(world.oidc));
    const back = new URL(locationOf(await browser.open(callback)));
    const code = back.searchParams.get("code") ?? "";
    const { status, body } = await world.exchange({ code });
    expect(status).toBe(200);
    await world.exchange({ code });
    const parameters = [...new URL(callback).searchParams.values()];
    const state = new URL(authorization).searchParams;
    await expectUnlogged(
      world.worker,
      ["/auth/oidc/start", "/auth/oidc/callback", "/auth/oidc/exchange"],
      [
        code,
        body.access_token,
        body.refresh_token,
        ...parameters.filter((each) => !each.startsWith("http")),
      ].concat([state.get("state"), state.get("nonce"), state.get("code_challenge")].map(String)),
    );
  });
});
