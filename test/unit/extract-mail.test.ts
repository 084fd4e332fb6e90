import { describe, expect, it } from "vitest";
import { bufferSource } from "../../src/features/files/extract/byte-source.ts";
import { parseMail } from "../../src/features/files/extract/mail/mail.ts";
import { bytesOf, contractDocx, contractPdf } from "../fixtures/documents.ts";
import { picture } from "../fixtures/hostile.ts";
import { type MailPart, mailOf } from "../fixtures/mail.ts";
import { extract } from "../support/extracted.ts";

const HEAD =
  "From: Jürgen Landlord <landlord@example.com>\nTo: Tenant, The <tenant@example.com>, counsel@example.com\nCc: agents: a@example.com, b@example.com;\nDate: Fri, 16 Dec 2022 17:04:16 -0500\n";

const html = (markup: string): MailPart => ({ type: "text/html; charset=utf-8", bytes: markup });

describe("The text of a mail", () => {
  it("is its headers and its body, of HTML with what is struck out apart", async () => {
    const mail = mailOf(html("<p>The rent is <del>3,000</del><ins>3,500</ins>.</p>"));
    const { kind, text, headings, pages } = await extract(mail, "a.txt");
    expect(kind).toBe("mail");
    expect(text).toBe(
      `${HEAD}Subject: Rent – review\n\nThe rent is 3,500.\n\n[Struck out after “The rent is”] 3,000`,
    );
    expect(headings).toEqual([{ text: "Rent – review", level: 1 }]);
    expect(pages).toHaveLength(1);
  });

  it("is that of its plain body where it has no other", async () => {
    const body = {
      type: "text/plain; charset=windows-1250",
      bytes: Buffer.from("p\xb3aci\xe6 <b>\r\n", "latin1"),
    };
    const { text } = await extract(mailOf(body), "a.eml");
    expect(text).toBe(`${HEAD}Subject: Rent – review\n\npłacić <b>`);
  });

  it("names what is attached, and what of it is not read", async () => {
    const mail = mailOf(html("See <img src='cid:logo'>"), [
      { type: "application/pdf", name: "C:/x/lease.pdf", bytes: await contractPdf() },
      { type: "image/x", name: "logo.x", bytes: picture(), id: "logo" },
      { type: "application/zip", name: "a.zip", bytes: "PK\u0003\u0004" },
    ]);
    const { text } = await extract(mail, "a.eml");
    expect(text).toContain("\nAttachments: lease.pdf, a.zip (not read)\n");
  });
});

it("A mail whose HTML shows no text has its plain text", async () => {
  const mail =
    "From: a@example.com\nTo: b@example.com\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=B\n\n" +
    "--B\nContent-Type: text/plain\n\nThe rent is 700.\n--B\nContent-Type: text/html\n\n<img src='x'>\n--B--\n";
  expect((await extract(bytesOf(mail), "a.eml")).text).toContain("The rent is 700.");
});

describe("What is attached to a mail", () => {
  it("is a document also where the body links to it", async () => {
    const mail = mailOf(html("<a href='cid:lease'>Lease</a>"), [
      { type: "application/pdf", name: "lease.pdf", bytes: await contractPdf(), id: "lease" },
    ]);
    const { attachments } = await parseMail(bufferSource(mail));
    expect(attachments.map(({ name, kind }) => [name, kind])).toEqual([["lease.pdf", "pdf"]]);
  });

  it("may be damaged, and the rest is read", async () => {
    const damaged = (await contractDocx()).fill(0xff, 3_000, 6_000);
    const mail = mailOf(html("The body."), [
      { type: "application/octet-stream", name: "a.docx", bytes: damaged },
    ]);
    expect((await extract(mail, "a.eml")).text).toContain("The body.");
  });

  it("comes with its name and its kind, a mail within it too", async () => {
    const inner = mailOf(
      html("Inner."),
      [{ type: "text/plain", name: "note.txt", bytes: "Note." }],
      "B2",
    );
    const mail = mailOf(html("Outer."), [
      { type: "text/csv", name: "rent.csv", bytes: "Party,Rent\nA,1\n" },
      { type: "message/rfc822", bytes: inner },
      { type: "text/plain", name: `${"x".repeat(300)}.txt`, bytes: "Long." },
    ]);
    const { attachments } = await parseMail(bufferSource(mail));
    expect(attachments.map(({ name, kind }) => [name.slice(0, 20), kind])).toEqual([
      ["rent.csv", "csv"],
      ["attachment-2.eml", "mail"],
      ["x".repeat(20), "text"],
    ]);
    expect(attachments[2]?.name).toHaveLength(255);
    const within = await parseMail(bufferSource(attachments[1]?.bytes ?? new Uint8Array(0)));
    expect(within.attachments.map(({ name }) => name)).toEqual(["note.txt"]);
  });

  it("is read up to fifty files, and the others are named", async () => {
    const parts = Array.from({ length: 60 }, (_, index) => ({
      type: "text/plain",
      name: `${index}.txt`,
      bytes: "Note.",
    }));
    const { attachments } = await parseMail(bufferSource(mailOf(html("Many."), parts)));
    expect(attachments.map(({ kind }) => kind)).toEqual([
      ...Array<string>(50).fill("text"),
      ...Array<undefined>(10).fill(undefined),
    ]);
  });
});

describe("A mail that does harm", () => {
  it.each([
    ["of more parts within each other than there are", nested(60)],
    [
      "with a megabyte of headers",
      `MIME-Version: 1.0\nFrom: a@b.c\nX: ${"x".repeat(1_000_000)}\n\nHi`,
    ],
  ])("is refused: %s", async (_what, text) => {
    await expect(extract(bytesOf(text), "a.eml")).rejects.toMatchObject({ code: "damaged" });
  });

  it("is refused where it is too large to be held", async () => {
    const head = bytesOf("MIME-Version: 1.0\nFrom: a@b.c\n\n");
    const mail = new Uint8Array(26 * 1024 * 1024).fill(0x61);
    mail.set(head);
    await expect(extract(mail, "a.eml")).rejects.toMatchObject({ code: "too_large" });
  });
});

function nested(depth: number): string {
  const open = Array.from(
    { length: depth },
    (_, index) => `Content-Type: multipart/mixed; boundary=b${index}\n\n--b${index}\n`,
  );
  return `MIME-Version: 1.0\nFrom: a@b.c\n${open.join("")}Content-Type: text/plain\n\nDeep`;
}
