import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  newAddress,
  ordersLeft,
  startMailedAccounts,
  type MailedAccounts,
} from "../../../support/accounts.ts";
import { anonymous, at, signUp, type ApiResponse } from "../../../support/client.ts";
import { NEW_PASSWORD } from "../../../support/logs/secrets.ts";
import { minuteOf } from "../../../support/cron.ts";
import {
  injectMailFault,
  mailCalls,
  mailsTo,
  tokenIn,
  waitForMails,
} from "../../../support/mail.ts";
import { query } from "../../../support/postgres.ts";
import { until } from "../../../support/until.ts";
import { startWorkerWithoutRetries } from "../../../support/worker.ts";

let accounts: MailedAccounts;
beforeAll(async () => {
  accounts = await startMailedAccounts();
});
afterAll(() => accounts.worker.close());

/** A Worker whose queue tries each mail once. */
async function startImpatient() {
  const impatient = await startWorkerWithoutRetries(inject("mailVars"));
  return { ...impatient, [Symbol.asyncDispose]: () => impatient.close() };
}

describe("a mail that SES does not take", () => {
  it.each([
    ["a 503", { kind: "status", status: 503 }],
    ["a 429", { kind: "status", status: 429 }],
    ["a closed connection", { kind: "refuse" }],
  ] as const)("for %s is sent again by the queue, with a link that works", async (_what, fault) => {
    const ada = await accounts.silentPerson();
    await injectMailFault({ contains: ada.user.email, times: 1, ...fault });
    expect((await accounts.forgot(ada.user.email)).status).toBe(202);
    const [mail] = await waitForMails(ada.user.email);
    expect(await mailCalls(ada.user.email)).toHaveLength(2);
    expect((await accounts.reset(tokenIn(mail))).status).toBe(200);
  });

  it("because its response was lost, arrives at most twice, and the newest link works", async () => {
    const ada = await accounts.silentPerson();
    await injectMailFault({ contains: ada.user.email, times: 1, kind: "cut_after_commit" });
    await accounts.forgot(ada.user.email);
    const mails = await waitForMails(ada.user.email, 2);
    expect(mails).toHaveLength(2);
    expect((await accounts.reset(tokenIn(mails[1]))).status).toBe(200);
  });

  it("because of its address is given up at once, and nothing else fails", async () => {
    const email = `grüße.${crypto.randomUUID()}@example.com`;
    const given = { name: "Ada", email, password: NEW_PASSWORD };
    const { status, body } = await accounts.nobody.post("/auth/register", given);
    expect(status).toBe(201);
    await until(async () => (await ordersLeft(body.user.id)) === 0);
    expect(await mailCalls(email)).toHaveLength(1);
    expect(await mailsTo(email)).toEqual([]);
  });

  it("as often as the queue tries is given up, and logged", async () => {
    await using impatient = await startImpatient();
    const ada = at(impatient.url, await signUp());
    await injectMailFault({ contains: ada.user.email, times: 9, kind: "status", status: 503 });
    const { email } = ada.user;
    const response = await anonymous(impatient.url).post("/auth/password/forgot", { email });
    expect(response.status).toBe(202);
    await until(async () => impatient.logs().some((line) => line.includes("mail_not_sent")));
    await until(async () => (await ordersLeft(email)) === 0);
    expect(await mailsTo(email)).toEqual([]);
  });

  it("before it was enqueued is enqueued by the cron job", async () => {
    const ada = await accounts.silentPerson();
    const insert = `INSERT INTO mail_orders (id, kind, email, created_at, queued_at)
      VALUES (gen_random_uuid(), 'reset_password', $1, now(), now() - interval '6 minutes')`;
    await query(insert, [ada.user.email]);
    await minuteOf(accounts.worker)();
    const [mail] = await waitForMails(ada.user.email);
    expect((await accounts.reset(tokenIn(mail))).status).toBe(200);
    await until(async () => (await ordersLeft(ada.user.email)) === 0);
  });
});

describe("without mail configuration", () => {
  it("everything else works, a forgotten password is answered alike, and nothing is ordered", async () => {
    const ada = await signUp();
    const off = anonymous();
    const shown = ({ status, body }: ApiResponse) => [status, body];
    const { email } = ada.user;
    const response = await off.post("/auth/password/forgot", { email });
    expect(shown(response)).toEqual(shown(await accounts.forgot(email)));
    await waitForMails(email);
    expect((await ada.post("/auth/email/verify/resend")).status).toBe(202);
    const given = { email: newAddress(), current_password: ada.password };
    expect((await ada.patch("/users/me", given)).body.pending_email).toBe(given.email);
    expect(await ordersLeft(ada.user.id)).toBe(0);
  });

  it("`/health` says so, and stays healthy", async () => {
    const [off, on] = await Promise.all([
      anonymous().get("/health"),
      accounts.nobody.get("/health"),
    ]);
    expect(off.body).toMatchObject({ status: "healthy", mail: "not_configured" });
    expect(on.body).toMatchObject({ status: "healthy", mail: "configured" });
  });
});
