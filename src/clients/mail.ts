/**
 * Sends mails through Amazon SES. The only file that signs requests to it.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
import { AwsClient } from "aws4fetch";
import { timed } from "../lib/trace.ts";

export type Mail = { to: string; subject: string; text: string; html: string };

export type MailClient = {
  isConfigured: () => boolean;
  /** Sends it; throws `MailRefusal`, or the error of a failed connection. */
  send: (mail: Mail) => Promise<void>;
};

/** `APP_URL` is where links point: no mail is useful without it. */
type MailConfig = Partial<
  Record<
    | "AWS_ACCESS_KEY_ID"
    | "AWS_SECRET_ACCESS_KEY"
    | "AWS_REGION"
    | "SES_ENDPOINT"
    | "MAIL_FROM"
    | "APP_URL",
    string | undefined
  >
>;

/** SES responded with an error. `code` is SES's own, such as `MessageRejected`. */
export class MailRefusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super("SES refused the mail");
    this.name = "MailRefusal";
    this.status = status;
    this.code = code;
  }
}

const DEFAULT_REGION = "us-east-1";
const CALL_TIMEOUT_MS = 10_000;

/** SES's error codes: the only text of a response that is logged. */
const ERROR_CODE = /^[A-Za-z]{1,64}/;

/** Opens no connection: every mail is one request. */
export function createMailClient(config: MailConfig): MailClient {
  const send = openSes(config);
  return {
    isConfigured: () => send !== undefined,
    send: async (mail) => {
      if (!send) throw new TypeError("Mails are not configured.");
      await send(mail);
    },
  };
}

/** Undefined unless everything that a mail with a link needs is configured. */
function openSes(config: MailConfig): ((mail: Mail) => Promise<void>) | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config;
  const { AWS_REGION: region = DEFAULT_REGION, MAIL_FROM: from, APP_URL: appUrl } = config;
  if (!accessKeyId || !secretAccessKey || !from || !appUrl) return undefined;
  const aws = { accessKeyId, secretAccessKey, region, service: "ses", retries: 0 };
  const client = new AwsClient(aws);
  const endpoint = config.SES_ENDPOINT ?? `https://email.${region}.amazonaws.com`;
  const url = `${endpoint.replace(/\/+$/, "")}/v2/email/outbound-emails`;
  return async (mail) => {
    const request = await client.sign(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(toRequest(from, mail)),
      // A redirect would carry the signature to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    await requireSuccess(await timed("mail", () => fetch(request)));
  };
}

function toContent(text: string) {
  return { Data: text, Charset: "UTF-8" };
}

function toRequest(from: string, { to, subject, text, html }: Mail) {
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: toContent(subject),
        Body: { Text: toContent(text), Html: toContent(html) },
      },
    },
  };
}

/** The message of a refusal is not read: it may contain addresses. */
async function requireSuccess(response: Response): Promise<void> {
  await response.body?.cancel();
  if (response.ok) return;
  const [code] = ERROR_CODE.exec(response.headers.get("x-amzn-errortype") ?? "") ?? [];
  throw new MailRefusal(response.status, code);
}
