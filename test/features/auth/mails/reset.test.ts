import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  newAddress,
  ordersLeft,
  startMailedAccounts,
  type MailedAccounts,
} from "../../../support/accounts.ts";
import { bearer, expectProblem, type ApiResponse } from "../../../support/client.ts";
import { atOnce } from "../../../support/keys.ts";
import { NEW_PASSWORD } from "../../../support/logs/secrets.ts";
import { mailsTo, tokenIn, waitForMails } from "../../../support/mail.ts";
import { injectFault, query } from "../../../support/postgres.ts";
import { codesOf } from "../../../support/second-factor.ts";
import { eventsOf, refreshStatus, signInAgain } from "../../../support/sessions.ts";
import { until } from "../../../support/until.ts";

let accounts: MailedAccounts;
beforeAll(async () => {
  accounts = await startMailedAccounts();
});
afterAll(() => accounts.worker.close());

describe("a forgotten password", () => {
  it("is replaced by the link of a mail, which ends all sessions and verifies the address", async () => {
    const ada = await accounts.newPerson();
    const phone = await signInAgain(ada, accounts.worker.url);
    const token = await accounts.resetToken(ada);
    const [row] = await query(
      "SELECT token_hash FROM email_tokens WHERE purpose = $1 AND user_id = $2",
      ["reset_password", ada.user.id],
    );
    expect(row?.token_hash).not.toContain(token);
    expect((await accounts.reset(token)).body).toMatchObject({ success: true, data: {} });
    expect([await refreshStatus(ada), await refreshStatus(phone)]).toEqual([401, 401]);
    expectProblem(await accounts.signIn(ada, ada.password), 401, "invalid_credentials");
    expect((await accounts.signIn(ada, NEW_PASSWORD)).body.user.email_verified).toBe(true);
    const kinds = await eventsOf(ada);
    expect(kinds.filter((kind) => kind.startsWith("password_"))).toEqual([
      "password_reset_requested",
      "password_reset",
    ]);
  });

  it("once replaced, withdraws an authenticator app that was not confirmed yet", async () => {
    const ada = await accounts.newPerson();
    const { body } = await ada.post("/auth/totp", { password: ada.password });
    const token = await accounts.resetToken(ada);
    expect((await accounts.reset(token)).status).toBe(200);
    const { body: signedIn } = await accounts.signIn(ada, NEW_PASSWORD);
    const again = bearer(signedIn.access_token, accounts.worker.url);
    const late = await again.post("/auth/totp/confirm", { code: codesOf(body.secret)() });
    expectProblem(late, 409, "no_second_factor");
  });

  it("is replaced by exactly one of twenty uses of the link at once", async () => {
    const ada = await accounts.newPerson();
    const token = await accounts.resetToken(ada);
    let count = 0;
    const responses = await atOnce(20, () =>
      accounts.reset(token, `nine short candles ${count++}`),
    );
    const won = responses.flatMap(({ status }, index) => (status === 200 ? [index] : []));
    expect(won).toHaveLength(1);
    for (const response of responses) {
      if (response.status !== 200) expectProblem(response, 401, "invalid_link");
    }
    expect((await accounts.signIn(ada, `nine short candles ${won[0]}`)).status).toBe(200);
    const kinds = await eventsOf(ada);
    expect(kinds.filter((kind) => kind === "password_reset")).toHaveLength(1);
  }, 60_000);

  it("is replaced once when the response of Postgres was lost", async () => {
    const ada = await accounts.newPerson();
    const token = await accounts.resetToken(ada);
    await injectFault({ contains: ada.user.id, times: 1, kind: "cut_after_commit" });
    expect((await accounts.reset(token)).status).toBe(200);
    expect((await accounts.signIn(ada, NEW_PASSWORD)).status).toBe(200);
    const kinds = await eventsOf(ada);
    expect(kinds.filter((kind) => kind === "password_reset")).toHaveLength(1);
  });

  it("is answered alike for known, unknown, disabled and passwordless accounts, and mailed to the known one alone", async () => {
    const [ada, off, oidc] = [
      await accounts.silentPerson(),
      await accounts.silentPerson(),
      await accounts.silentPerson(),
    ];
    await query("UPDATE users SET is_active = false WHERE id = $1", [off.user.id]);
    await query("UPDATE users SET hashed_password = NULL WHERE id = $1", [oidc.user.id]);
    const addresses = [ada, off, oidc].map(({ user }) => String(user.email));
    const all = [...addresses, newAddress()];
    const shown = ({ status, body }: ApiResponse) => JSON.stringify([status, body]);
    const responses = await Promise.all(all.map(accounts.forgot));
    expect(new Set(responses.map(shown)).size).toBe(1);
    expect(responses[0]?.status).toBe(202);
    await waitForMails(addresses[0] ?? "");
    await until(async () => {
      const left = await Promise.all(all.map(ordersLeft));
      return left.every((count) => count === 0);
    });
    const counts = await Promise.all(all.map(async (email) => (await mailsTo(email)).length));
    expect(counts).toEqual([1, 0, 0, 0]);
  });

  it("finds the account by any spelling of the address, and mails to the stored one", async () => {
    const ada = await accounts.silentPerson();
    await accounts.forgot(ada.user.email.toUpperCase());
    const [mail] = await waitForMails(ada.user.email);
    expect(mail?.to).toEqual([ada.user.email]);
  });

  it("keeps the link when the new password is refused", async () => {
    const ada = await accounts.silentPerson();
    await accounts.forgot(ada.user.email);
    const token = tokenIn((await waitForMails(ada.user.email))[0]);
    expectProblem(
      await accounts.reset(token, "Password123"),
      422,
      "validation_failed",
      "/new_password",
    );
    expectProblem(
      await accounts.reset(token, ada.user.email),
      422,
      "validation_failed",
      "/new_password",
    );
    expect((await accounts.reset(token)).status).toBe(200);
  });

  it("is mailed five times an hour at most", async () => {
    const ada = await accounts.silentPerson();
    for (let count = 0; count < 5; count++) {
      await accounts.forgot(ada.user.email);
      await waitForMails(ada.user.email, count + 1);
    }
    expect((await accounts.forgot(ada.user.email)).status).toBe(202);
    const key = ada.user.email.toLowerCase();
    await until(async () => (await ordersLeft(key)) === 0);
    expect(await mailsTo(ada.user.email)).toHaveLength(5);
  });
});

describe("the token of a link", () => {
  it("is refused when it is unknown, expired, of another purpose, or of a deleted account", async () => {
    const ada = await accounts.newPerson();
    const [verification, resetting] = [
      await accounts.verificationToken(ada),
      await accounts.resetToken(ada),
    ];
    expectProblem(await accounts.verify(resetting), 401, "invalid_link");
    expectProblem(await accounts.reset(verification), 401, "invalid_link");
    for (const token of [ada.accessToken.slice(0, 200), "x", resetting.slice(1), `${resetting}A`]) {
      expectProblem(await accounts.reset(token), 401, "invalid_link");
      expectProblem(await accounts.verify(token), 401, "invalid_link");
    }
    await query("UPDATE email_tokens SET expires_at = now() WHERE user_id = $1", [ada.user.id]);
    expectProblem(await accounts.verify(verification), 401, "invalid_link");
    expectProblem(await accounts.reset(resetting), 401, "invalid_link");
    const eve = await accounts.newPerson();
    const late = await accounts.resetToken(eve);
    await eve.delete("/users/me", { password: eve.password });
    expectProblem(await accounts.reset(late), 401, "invalid_link");
  });

  it("to reset a password is void once the password was changed or the other link used", async () => {
    const ada = await accounts.silentPerson();
    await accounts.forgot(ada.user.email);
    await waitForMails(ada.user.email);
    await accounts.forgot(ada.user.email);
    const [first, second] = (await waitForMails(ada.user.email, 2)).map(tokenIn);
    expect((await accounts.reset(second ?? "")).status).toBe(200);
    expectProblem(await accounts.reset(first ?? ""), 401, "invalid_link");
    const eve = await accounts.newPerson();
    const token = await accounts.resetToken(eve);
    const given = { current_password: eve.password, new_password: NEW_PASSWORD };
    expect((await eve.post("/auth/password", given)).status).toBe(200);
    expectProblem(await accounts.reset(token), 401, "invalid_link");
  });

  it("appears in no log line", async () => {
    const ada = await accounts.newPerson();
    const tokens = [await accounts.verificationToken(ada), await accounts.resetToken(ada)];
    await accounts.verify(tokens[0] ?? "");
    await accounts.reset(tokens[1] ?? "");
    await until(async () =>
      accounts.worker.logs().some((line) => line.includes("/auth/password/reset")),
    );
    const log = accounts.worker.logs().join("\n");
    expect(log).toContain("mail_sent");
    for (const secret of [...tokens, ada.user.email, NEW_PASSWORD])
      expect(log).not.toContain(secret);
  });
});
