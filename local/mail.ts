/**
 * Takes mails as Amazon SES does, for one machine without a network: checks every signature, keeps the newest mails,
 * and passes each on, to be printed.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import { FaultControl } from "./fault-control.ts";
import { listen, readText, sendJson } from "./http-server.ts";
import { newCredentials } from "./s3/credentials.ts";
import { S3Failure } from "./s3/failure.ts";
import { readRequest } from "./s3/request.ts";
import { authorize, type Credentials } from "./s3/signature.ts";
import { sha256Hex } from "./sha256.ts";

export type ReceivedMail = {
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
};

/** By default, credentials are random, in the region `us-east-1`. */
type MailOptions = Partial<Credentials> & {
  port?: number;
  /** Called with each mail that was accepted. */
  onMail?: (mail: ReceivedMail) => void;
  /** Records calls, and accepts faults: for tests. */
  control?: boolean;
};

export type LocalMail = Credentials & {
  /** The value for `SES_ENDPOINT`. */
  endpoint: string;
  /** The bearer token of `/_control/`; undefined without a control. */
  controlKey: string | undefined;
  close: () => Promise<void>;
};

const PATH = "/v2/email/outbound-emails";
const MOST_KEPT = 1_000;
/** SES's limit of a mail without attachments is far higher. */
const MOST_BYTES = 1024 * 1024;

/** Starts it on a free port of loopback. */
export async function startMail(given: MailOptions = {}): Promise<LocalMail> {
  const options = { ...newCredentials(), ...given };
  const control = options.control ? new MailControl() : undefined;
  const service = new MailService(options, control);
  const server = await listen((...exchange) => service.handle(...exchange), options.port);
  const { accessKeyId, secretAccessKey, region } = options;
  const [endpoint, controlKey] = [server.origin, control?.key];
  return { accessKeyId, secretAccessKey, region, endpoint, controlKey, close: server.close };
}

/** Adds `/_control/mails?contains=`, the mails to addresses that contain a text; oldest first. */
class MailControl extends FaultControl {
  #mails: ReceivedMail[] = [];

  add(mail: ReceivedMail): void {
    this.#mails = [...this.#mails, mail].slice(-MOST_KEPT);
  }

  protected override async serve(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (url.pathname.split("/")[2] !== "mails") return super.serve(url, request, response);
    const text = url.searchParams.get("contains") ?? "";
    const found = this.#mails.filter(({ to }) => to.some((address) => address.includes(text)));
    sendJson(response, 200, found);
  }
}

class MailService {
  readonly #options: MailOptions & Credentials;
  readonly #control: MailControl | undefined;

  constructor(options: MailOptions & Credentials, control: MailControl | undefined) {
    this.#options = options;
    this.#control = control;
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.#control?.handle(incoming, response)) return;
    const body = await readText(incoming);
    const fault = this.#control?.record(`${incoming.method} ${incoming.url} ${body}`);
    if (fault && (await this.#control?.before(fault, response))) return;
    const failure = this.#refusalOf(incoming, body);
    const mail = failure ? undefined : parseMail(body);
    if (mail) this.#accept(mail);
    if (fault && this.#control?.after(fault, response)) return;
    if (mail) return sendJson(response, 200, { MessageId: randomUUID() });
    const [status, code] = failure ?? [400, "BadRequestException"];
    response.setHeader("x-amzn-errortype", code);
    sendJson(response, status, { message: "The request is refused." });
  }

  #accept(mail: ReceivedMail): void {
    this.#control?.add(mail);
    this.#options.onMail?.(mail);
  }

  /** The status and the code with which SES would refuse. */
  #refusalOf(incoming: IncomingMessage, body: string): [number, string] | undefined {
    if (incoming.method !== "POST" || incoming.url !== PATH) return [404, "NotFoundException"];
    if (Buffer.byteLength(body) > MOST_BYTES) return [400, "BadRequestException"];
    try {
      const request = readRequest(incoming, "");
      // Amazon computes the hash of the body itself; only S3 takes it from the request.
      const headers = { ...request.headers, "x-amz-content-sha256": sha256Hex(body) };
      authorize({ ...request, headers }, this.#options, Date.now(), "ses");
      return undefined;
    } catch (error) {
      return [403, error instanceof S3Failure ? error.code : "AccessDenied"];
    }
  }
}

/** Undefined where the request is not of the simple form. */
function parseMail(body: string): ReceivedMail | undefined {
  try {
    const { FromEmailAddress: from, Destination, Content } = JSON.parse(body);
    const { Subject, Body } = Content.Simple;
    const to: unknown = Destination.ToAddresses;
    const texts = [from, Subject.Data, Body.Text.Data, Body.Html.Data];
    if (!Array.isArray(to) || to.length === 0 || !to.every(isAscii)) return undefined;
    if (!texts.every(isText)) return undefined;
    return { from, to, subject: Subject.Data, text: Body.Text.Data, html: Body.Html.Data };
  } catch {
    return undefined;
  }
}

/** SES delivers to no other local parts, and takes domains in Punycode alone. */
function isAscii(address: unknown): boolean {
  return typeof address === "string" && /^[\x20-\x7e]+$/.test(address);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
