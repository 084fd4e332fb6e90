/** Extracts a mail (RFC 5322, MIME): its headers, its body and its attachments. */
import type { Address, Attachment, Email, PostalMimeOptions } from "postal-mime";
import { codePointLength, firstCodePoints } from "../../../../lib/code-points.ts";
import { ExtractionFailure } from "../../failures.ts";
import { baseNameOf } from "../../file-name.ts";
import { bufferSource, type ByteSource } from "../byte-source.ts";
import { storable } from "../flow.ts";
import { readMarkup } from "../html/html.ts";
import type { FileKind } from "../kind.ts";
import { recognise } from "../recognise.ts";
import type { ExtractedPage, PageWriter } from "../pages.ts";

/** The most bytes of a mail, because the mail and its decoded attachments are held in memory. */
const LARGEST_MAIL = 20 * 1024 * 1024;
/** The most attachments that become files; further ones are only listed by name. */
const MOST_ATTACHMENTS = 50;
const LONGEST_NAME = 255;

const PARSER: PostalMimeOptions = {
  forceRfc822Attachments: true,
  maxNestingDepth: 50,
  maxHeadersSize: 512 * 1024,
};

/** `kind` is undefined for an unsupported attachment. */
export type MailAttachment = {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  kind: FileKind | undefined;
};

/** The content ids of inline pictures, which are part of the body and not attachments. */
const PICTURE = /["'(=]cid:([^"'()<>\s]{1,500})/gi;

type Mail = { email: Email; attachments: MailAttachment[] };

/** Parses a mail with its attachments. Throws `ExtractionFailure` `too_large` or `damaged`. */
export async function parseMail(source: ByteSource): Promise<Mail> {
  if (source.size > LARGEST_MAIL) throw new ExtractionFailure("too_large");
  const bytes = await source.read(0, source.size);
  const email = await parse(bytes);
  const shown = new Set(Array.from((email.html ?? "").matchAll(PICTURE), ([, id]) => id));
  const attachments: MailAttachment[] = [];
  for (const attachment of email.attachments) {
    const { related, contentId = "", mimeType } = attachment;
    const isPart = related === true || shown.has(contentId.replace(/^<|>$/g, ""));
    const isShown = isPart && mimeType.startsWith("image/");
    if (!isShown) attachments.push(await toAttachment(attachment, attachments));
  }
  return { email, attachments };
}

/** Extracts a mail as one page: its headers as lines, then its body, preferably the HTML version. */
export async function* readMail(
  source: ByteSource,
  writer: PageWriter,
): AsyncGenerator<ExtractedPage> {
  const { email, attachments } = await parseMail(source);
  writeHeaders(email, attachments, writer);
  const { html = "", text } = email;
  const { length } = writer;
  if (html.trim() !== "") yield* readMarkup(slicesOf(html), writer);
  // The HTML version may consist of a picture only.
  if (writer.length === length)
    writer.write(storable((text ?? "").replaceAll(/\r\n?/g, "\n")).trimEnd());
  yield* writer.end(true);
}

async function parse(bytes: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import("postal-mime");
  try {
    return await PostalMime.parse(bytes, PARSER);
  } catch (cause) {
    throw new ExtractionFailure("damaged", { cause });
  }
}

async function toAttachment(
  { filename, mimeType, content }: Attachment,
  before: readonly MailAttachment[],
): Promise<MailAttachment> {
  const bytes = bytesOf(content);
  const name = nameOf(filename, mimeType, before.length + 1);
  const isOneTooMany = before.filter(({ kind }) => kind).length >= MOST_ATTACHMENTS;
  const isRead = bytes.byteLength > 0 && !isOneTooMany;
  const { kind } = isRead ? await recognise(bufferSource(bytes), { name }) : {};
  return { name, bytes, kind };
}

function bytesOf(content: Attachment["content"]): Uint8Array<ArrayBuffer> {
  if (typeof content === "string") return new Uint8Array(new TextEncoder().encode(content));
  return content instanceof ArrayBuffer ? new Uint8Array(content) : new Uint8Array(content);
}

function nameOf(filename: string | null, mimeType: string, number: number): string {
  const sent = storable(baseNameOf(filename ?? "")).trim();
  const name = codePointLength(sent) > LONGEST_NAME ? firstCodePoints(sent, LONGEST_NAME) : sent;
  if (name !== "") return name;
  return `attachment-${number}${mimeType === "message/rfc822" ? ".eml" : ""}`;
}

function writeHeaders(email: Email, attachments: MailAttachment[], writer: PageWriter): void {
  const { from, to, cc, bcc, subject } = email;
  const lines = [
    ["From", from && addressOf(from)],
    ["To", to?.map(addressOf).join(", ")],
    ["Cc", cc?.map(addressOf).join(", ")],
    ["Bcc", bcc?.map(addressOf).join(", ")],
    // The original header, because the parser converts the date to UTC.
    ["Date", email.headers.find(({ key }) => key === "date")?.value],
    ["Attachments", attachments.map(shownName).join(", ")],
  ] as const;
  for (const [name, value] of lines) if (value) writer.write(`${name}: ${oneLine(value)}\n`);
  if (subject !== undefined && subject.trim() !== "") {
    writer.write("Subject: ");
    writer.write(oneLine(subject), { level: 1 });
    writer.write("\n");
  }
  writer.write("\n");
}

function addressOf(address: Address): string {
  if (address.group) return `${address.name}: ${address.group.map(addressOf).join(", ")};`;
  return address.name === "" ? address.address : `${address.name} <${address.address}>`;
}

function shownName({ name, kind }: MailAttachment): string {
  return kind ? name : `${name} (not read)`;
}

function oneLine(text: string): string {
  return storable(text).replaceAll(/\s+/g, " ").trim();
}

const SLICE = 64 * 1024;

function* slicesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += SLICE) yield text.slice(from, from + SLICE);
}
