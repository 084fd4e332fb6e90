import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  changeEmail,
  me,
  newAddress,
  ordersLeft,
  startMailedAccounts,
  type MailedAccounts,
} from "../../../support/accounts.ts";
import { expectProblem } from "../../../support/client.ts";
import { NEW_PASSWORD } from "../../../support/logs/secrets.ts";
import { mailsTo, tokenIn, waitForMails } from "../../../support/mail.ts";
import { eventsOf } from "../../../support/sessions.ts";
import { until } from "../../../support/until.ts";

let accounts: MailedAccounts;
beforeAll(async () => {
  accounts = await startMailedAccounts();
});
afterAll(() => accounts.worker.close());

describe("registration", () => {
  it("sends a mail whose link verifies the address, once", async () => {
    const ada = await accounts.newPerson();
    expect(ada.user.email_verified).toBe(false);
    const [mail] = await waitForMails(ada.user.email);
    expect(mail).toMatchObject({
      from: "Indifly <no-reply@indifly.example>",
      to: [ada.user.email],
      subject: "Verify your e-mail address",
    });
    const link = `http://localhost:3000/app#verify_email=${tokenIn(mail)}`;
    expect(mail?.text).toContain(link);
    expect(mail?.html).toContain(`<a href="${link}">${link}</a>`);
    expect((await accounts.verify(tokenIn(mail))).body).toMatchObject({ success: true, data: {} });
    expect(await me(ada)).toMatchObject({ email: ada.user.email, email_verified: true });
    expectProblem(await accounts.verify(tokenIn(mail)), 401, "invalid_link");
    expect((await eventsOf(ada)).at(-1)).toBe("email_verified");
  });

  it("puts nothing into the mail that the person chose, except the address, which is escaped", async () => {
    const email = `o'${crypto.randomUUID()}&co@bücher.example`;
    const name = "Win <b>money</b> at http://evil.example";
    await accounts.nobody.post("/auth/register", { name, email, password: NEW_PASSWORD });
    const [mail] = await waitForMails(email.split("@")[0] ?? "");
    expect(mail?.to).toEqual([email.replace("bücher", "xn--bcher-kva")]);
    expect(mail?.text).toContain(email);
    expect(mail?.html).toContain(email.replace("'", "&#39;").replace("&co", "&amp;co"));
    expect(`${mail?.subject} ${mail?.text} ${mail?.html}`).not.toContain("evil");
  });
});

describe("a new address", () => {
  it("counts once it is verified, and the old one is notified", async () => {
    const ada = await accounts.newPerson();
    await accounts.verificationToken(ada);
    const address = newAddress();
    const { body } = await changeEmail(ada, address);
    expect(body).toMatchObject({ email: ada.user.email, pending_email: address });
    const [mail] = await waitForMails(address);
    const [, notice] = await waitForMails(ada.user.email, 2);
    expect(notice?.subject).toBe("Your e-mail address is about to change");
    expect(notice?.text).not.toContain(address);
    expect((await accounts.signIn(ada, ada.password)).status).toBe(200);
    expect((await accounts.verify(tokenIn(mail))).status).toBe(200);
    expect(await me(ada)).toMatchObject({
      email: address,
      pending_email: null,
      email_verified: true,
    });
    expectProblem(await accounts.signIn(ada, ada.password), 401, "invalid_credentials");
    const given = { email: address, password: ada.password };
    expect((await accounts.nobody.post("/auth/login", given)).status).toBe(200);
    expect((await eventsOf(ada)).filter((kind) => kind.startsWith("email_"))).toEqual([
      "email_change_requested",
      "email_verified",
    ]);
  });

  it("is void once another one is pending, or the change was withdrawn", async () => {
    const ada = await accounts.newPerson();
    const [first, second] = [newAddress(), newAddress()];
    await changeEmail(ada, first);
    const [firstMail] = await waitForMails(first);
    await changeEmail(ada, second);
    const [secondMail] = await waitForMails(second);
    expectProblem(await accounts.verify(tokenIn(firstMail)), 401, "invalid_link");
    expect((await changeEmail(ada, ada.user.email)).body.pending_email).toBeNull();
    expectProblem(await accounts.verify(tokenIn(secondMail)), 401, "invalid_link");
    expect((await me(ada)).email).toBe(ada.user.email);
  });

  it("that a thief has asked for is withdrawn when the password is changed or reset", async () => {
    const [ada, eve] = [await accounts.newPerson(), await accounts.newPerson()];
    const [thiefs, other] = [newAddress(), newAddress()];
    await changeEmail(ada, thiefs);
    await changeEmail(eve, other);
    const tokens = [
      tokenIn((await waitForMails(thiefs))[0]),
      tokenIn((await waitForMails(other))[0]),
    ];
    const given = { current_password: ada.password, new_password: NEW_PASSWORD };
    expect((await ada.post("/auth/password", given)).status).toBe(200);
    await waitForMails(eve.user.email, 2);
    expect((await accounts.reset(await accounts.resetToken(eve))).status).toBe(200);
    for (const token of tokens) expectProblem(await accounts.verify(token), 401, "invalid_link");
    expect(await me(ada)).toMatchObject({ email: ada.user.email, pending_email: null });
  });

  it("that another account has got meanwhile is refused, and the link can be used later", async () => {
    const ada = await accounts.newPerson();
    const address = newAddress();
    await changeEmail(ada, address);
    const [mail] = await waitForMails(address);
    await accounts.nobody.post("/auth/register", {
      name: "Eve",
      email: address,
      password: NEW_PASSWORD,
    });
    expectProblem(await accounts.verify(tokenIn(mail)), 409, "email_taken");
    expect(await me(ada)).toMatchObject({ email: ada.user.email, pending_email: address });
  });

  it("voids the reset links that were mailed to the old one", async () => {
    const ada = await accounts.newPerson();
    const token = await accounts.resetToken(ada);
    const address = newAddress();
    await changeEmail(ada, address);
    await accounts.verify(tokenIn((await waitForMails(address))[0]));
    expectProblem(await accounts.reset(token), 401, "invalid_link");
  });

  it("needs the password, and sends no mail without it", async () => {
    const ada = await accounts.newPerson();
    const address = newAddress();
    const refused = await ada.patch("/users/me", { email: address, current_password: "wrong one" });
    expectProblem(refused, 401, "invalid_credentials");
    expect((await me(ada)).pending_email).toBeNull();
    await until(async () => (await ordersLeft(ada.user.id)) === 0);
    expect(await mailsTo(address)).toEqual([]);
  });
});

describe("the verification mail", () => {
  it("is sent again on request, until the address is verified", async () => {
    const ada = await accounts.newPerson();
    const first = await accounts.verificationToken(ada);
    expect((await ada.post("/auth/email/verify/resend")).status).toBe(202);
    const [, mail] = await waitForMails(ada.user.email, 2);
    expect(tokenIn(mail)).not.toBe(first);
    expect((await accounts.verify(tokenIn(mail))).status).toBe(200);
    expect((await ada.post("/auth/email/verify/resend")).status).toBe(202);
    await until(async () => (await ordersLeft(ada.user.id)) === 0);
    expect(await mailsTo(ada.user.email)).toHaveLength(2);
    expectProblem(await accounts.nobody.post("/auth/email/verify/resend"), 401, "unauthenticated");
  });
});
