import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalMail, type ReceivedMail, startMail } from "../../local/mail.ts";
import { createMailClient, type MailClient, MailRefusal } from "../../src/clients/mail.ts";

const MAIL = { to: "ada@example.com", subject: "Grüße", text: "One.\n", html: "<p>One.</p>" };

let ses: LocalMail;
const received: ReceivedMail[] = [];
beforeAll(async () => {
  ses = await startMail({ onMail: (mail) => received.push(mail) });
});
afterAll(() => ses.close());

function clientOf(changed: object = {}): MailClient {
  return createMailClient({
    AWS_ACCESS_KEY_ID: ses.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ses.secretAccessKey,
    AWS_REGION: ses.region,
    SES_ENDPOINT: ses.endpoint,
    MAIL_FROM: "no-reply@example.com",
    APP_URL: "https://app.example.com",
    ...changed,
  });
}

async function refusalOf(call: Promise<void>): Promise<unknown[]> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  return error instanceof MailRefusal ? [error.status, error.code] : ["no refusal"];
}

describe("the local SES", () => {
  it("takes a signed mail, and passes it on", async () => {
    await clientOf().send(MAIL);
    expect(received).toEqual([{ ...MAIL, to: [MAIL.to], from: "no-reply@example.com" }]);
  });

  it("refuses another key, secret, region or service under the names of the signature's errors", async () => {
    const refusals = [
      await refusalOf(clientOf({ AWS_ACCESS_KEY_ID: "OTHER" }).send(MAIL)),
      await refusalOf(clientOf({ AWS_SECRET_ACCESS_KEY: "another secret" }).send(MAIL)),
      await refusalOf(clientOf({ AWS_REGION: "eu-west-1" }).send(MAIL)),
    ];
    expect(refusals).toEqual([
      [403, "InvalidAccessKeyId"],
      [403, "SignatureDoesNotMatch"],
      [403, "AuthorizationHeaderMalformed"],
    ]);
    const unsigned = await fetch(`${ses.endpoint}/v2/email/outbound-emails`, { method: "POST" });
    expect(unsigned.status).toBe(403);
  });

  it("refuses what it could not deliver", async () => {
    const foreign = { ...MAIL, to: "grüße@example.com" };
    expect(await refusalOf(clientOf().send(foreign))).toEqual([400, "BadRequestException"]);
    const empty = { ...MAIL, subject: "" };
    expect(await refusalOf(clientOf().send(empty))).toEqual([400, "BadRequestException"]);
    expect((await fetch(ses.endpoint)).status).toBe(404);
  });
});

describe("the client", () => {
  it("is configured once it has a key, a sender, and the address of links", () => {
    expect(clientOf().isConfigured()).toBe(true);
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "MAIL_FROM", "APP_URL"]) {
      expect(clientOf({ [name]: undefined }).isConfigured(), name).toBe(false);
    }
    expect(clientOf({ AWS_REGION: undefined, SES_ENDPOINT: undefined }).isConfigured()).toBe(true);
  });
});
