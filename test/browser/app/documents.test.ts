import { deflateSync } from "node:zlib";
import { beforeEach, describe, expect, inject, it } from "vitest";
import type { Page } from "playwright-core";
import { contractPdf, encryptedPdf } from "../../fixtures/documents.ts";
import { mailOf } from "../../fixtures/mail.ts";
import { pagePdf } from "../../fixtures/raw-pdf.ts";
import {
  type AppVisitor,
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
} from "../../support/app-page.ts";
import { type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { bytesIn } from "../../support/encoded.ts";
import { readyFile, settled, textOf, upload } from "../../support/files.ts";
import { bucketCalls } from "../../support/storage.ts";

const origin = inject("platformUrl");
const bucket = new URL(inject("s3Url")).origin;

const MIB = 1024 * 1024;

let ada: SignedIn;
let visitor: AppVisitor;
let page: Page;
beforeEach(async () => {
  ada = await signUpWithFiles();
  visitor = await newAppVisitor(origin, [bucket]);
  await visitor.signInAs(ada);
  page = await visitor.openApp("/app/documents");
  await page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
});

const fileOf = (name: string, content: string | Uint8Array, mimeType = "text/plain") => ({
  name,
  mimeType,
  buffer: Buffer.from(content),
});

const choose = (...files: ReturnType<typeof fileOf>[]) =>
  page.getByLabel("Files to upload").setInputFiles(files);

const row = (name: string) =>
  page
    .getByRole("list", { name: "Documents", exact: true })
    .getByRole("listitem")
    .filter({ hasText: name });

const uploading = (name: string) =>
  page.getByRole("list", { name: "Uploads" }).getByRole("listitem").filter({ hasText: name });

/** A file that is held above the page. */
const held = (name: string, size: number) =>
  page.evaluateHandle(
    ([name, size]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["x".repeat(size)], name));
      return transfer;
    },
    [name, size] as const,
  );

/** Only one line to the server, and a slow one. */
async function slowDown(bytesPerSecond: number): Promise<() => Promise<void>> {
  const session = await visitor.context.newCDPSession(page);
  const limit = (uploadThroughput: number) =>
    session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await session.send("Network.enable");
  await limit(bytesPerSecond);
  return async () => void (await limit(-1));
}

describe("uploads", () => {
  it("take several files at once, show their progress, and list them once they are read", async () => {
    const resume = await slowDown(MIB);
    const large = `<!-- ${"x".repeat(4 * MIB)} --><p>The rent is due.</p>`;
    await choose(fileOf("large.html", large, "text/html"));
    const bar = uploading("large.html").getByRole("progressbar");
    await expect.poll(async () => Number(await bar.getAttribute("value"))).toBeGreaterThan(0);
    expect(Number(await bar.getAttribute("value"))).toBeLessThan(1);
    await resume();
    await choose(
      fileOf("lease.pdf", await contractPdf(), "application/pdf"),
      fileOf("note.md", "# A note\n\nThe deposit is due in May."),
    );
    for (const name of ["large.html", "lease.pdf", "note.md"]) await row(name).waitFor();
    await row("lease.pdf")
      .getByText(/· 2 pages ·/)
      .waitFor();
    await page.getByRole("list", { name: "Uploads" }).waitFor({ state: "detached" });
    const { body } = await ada.get("/files");
    expect(body.length).toBe(3);
  });

  it("list each of many files, however close together they are stored", async () => {
    const names = Array.from({ length: 18 }, (_, index) => `note-${index}.txt`);
    await choose(...names.map((name) => fileOf(name, "The deposit is due in May.")));
    await page.getByRole("list", { name: "Uploads" }).waitFor({ state: "detached" });
    await expect.poll(() => row("note-").count()).toBe(names.length);
  });

  it("refuse before sending what the server would refuse, and say why", async () => {
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    await choose(fileOf("empty.txt", ""), fileOf("film.mp4", "x", "video/mp4"));
    const dataTransfer = await held("huge.pdf", 50 * MIB + 1);
    await page.dispatchEvent("body", "drop", { dataTransfer });
    await uploading("empty.txt").getByText("This file is empty.").waitFor();
    await uploading("film.mp4").getByText("This kind of file is not read.").waitFor();
    await uploading("huge.pdf").getByText("larger than 50 MB").waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
    expect(sent).toEqual([]);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Remove film.mp4" }).click();
    await uploading("film.mp4").waitFor({ state: "detached" });
  });

  it("say what the server says of bytes that are not what their name promises", async () => {
    visitor.expectErrors(/415/);
    await choose(fileOf("letter.txt", String.raw`{\rtf1\ansi A letter.}`));
    await uploading("letter.txt").getByText("This is an RTF document.").waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  });

  it("can be tried again where the connection was lost, and store the file once", async () => {
    visitor.expectErrors(/ERR_FAILED/);
    // The server has it, and its response is lost.
    await page.route("**/files/upload", async (route) => {
      await route.fetch();
      await route.abort();
      await page.unroute("**/files/upload");
    });
    await choose(fileOf("note.txt", "The rent is due."));
    await uploading("note.txt").getByText("The server cannot be reached.").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await row("note.txt").waitFor();
    expect((await ada.get("/files")).body.length).toBe(1);
  });

  it("can be cancelled, and leave nothing", async () => {
    await slowDown(MIB / 4);
    await choose(fileOf("large.txt", "x".repeat(8 * MIB)));
    await uploading("large.txt").getByRole("progressbar").waitFor();
    await page.getByRole("button", { name: "Cancel the upload of large.txt" }).click();
    await uploading("large.txt").waitFor({ state: "detached" });
    await page.getByText("No documents yet").waitFor();
    expect((await ada.get("/files")).body).toEqual([]);
  });

  it("go straight to the bucket where a file is large, and are read then", async () => {
    const content = deflateSync("BT /F1 12 Tf 72 700 Td (The rent is due.) Tj ET");
    const unused = { dictionary: "", stream: Buffer.alloc(11 * MIB) };
    const pdf = pagePdf(content, { objects: [unused] });
    await choose(fileOf("large.pdf", pdf, "application/pdf"));
    await row("large.pdf").waitFor();
    const [file] = (await ada.get("/files")).body;
    expect(file.file_size).toBeGreaterThan(10 * MIB);
    expect(await bucketCalls(`PUT files/${file.id}`)).toHaveLength(1);
    expect((await settled(ada, file.id)).status).toBe("ready");
    expect(await textOf(ada, file.id)).toContain("The rent is due.");
  });

  it("take files that are dropped anywhere on the page", async () => {
    const data = await held("dropped.txt", 20);
    await page.dispatchEvent("body", "dragover", { dataTransfer: data });
    await page.getByText("Drop the files to upload them").waitFor();
    await page.dispatchEvent("body", "drop", { dataTransfer: data });
    await row("dropped.txt").waitFor();
    expect(await page.getByText("Drop the files to upload them").count()).toBe(0);
  });
});

describe("the library", () => {
  it("says why a file was not read, and tries again", async () => {
    await choose(fileOf("secret.pdf", await encryptedPdf(), "application/pdf"));
    await row("secret.pdf").getByText("The file is encrypted.").waitFor();
    const completed = page.waitForResponse(/\/complete$/);
    await row("secret.pdf").getByRole("button", { name: "Try again" }).click();
    expect((await completed).status()).toBe(200);
    await row("secret.pdf").getByText("The file is encrypted.").waitFor();
  });

  it("lets a person choose the encoding of a text, where the bytes do not tell", async () => {
    await choose(fileOf("hebrew.txt", bytesIn("שלום", "windows-1255")));
    await row("hebrew.txt").getByRole("alert").waitFor();
    const encodings = row("hebrew.txt").getByLabel("The encoding of hebrew.txt");
    await encodings.selectOption("windows-1255");
    await row("hebrew.txt").getByRole("button", { name: "Try again" }).click();
    await row("hebrew.txt").getByRole("alert").waitFor({ state: "detached" });
    const [{ id }] = (await ada.get("/files")).body;
    expect((await settled(ada, id)).status).toBe("ready");
    expect(await textOf(ada, id)).toBe("שלום");
  });

  it("shows how far a file is read", async () => {
    const { body: file } = await upload(ada, "The rent is due.", "slow.txt");
    await settled(ada, file.id);
    const shown = { ...file, status: "processing", page_count: 40, pages_done: 10 };
    await page.route(/\/files\?/, (route) => route.fulfill({ json: [shown] }));
    await page.route(`**/files/${file.id}`, (route) =>
      route.fulfill({ json: { ...shown, pages_done: 30 } }),
    );
    await page.reload();
    await row("slow.txt").getByText("Reading: 30 of 40 pages").waitFor();
    expect(await row("slow.txt").getByRole("progressbar").getAttribute("value")).toBe("0.75");
    await page.unrouteAll();
    await row("slow.txt").getByRole("progressbar").waitFor({ state: "detached" });
  });

  it("lists what was attached to a mail below it", async () => {
    const attached = { type: "text/plain", name: "terms.txt", bytes: "The fee is 20 euros." };
    const mail = mailOf({ type: "text/plain", bytes: "See the terms." }, [attached]);
    await choose(fileOf("offer.eml", mail, "message/rfc822"));
    const below = page.getByRole("list", { name: "Attachments of offer.eml" });
    await below.getByRole("link", { name: "terms.txt" }).waitFor();
    expect(await below.getByRole("listitem").count()).toBe(1);
  });

  it("finds passages, and opens one at its place", async () => {
    const clause = "The notice period is three months.";
    await readyFile(
      ada,
      `😀 ${"A line about nothing.\n".repeat(50)}\n\n# Notice\n\n${clause}\n`,
      "a.md",
    );
    await page.reload();
    await page.getByLabel("Search in your documents").fill("notice period");
    const hit = page.getByRole("list", { name: "Passages" }).getByRole("listitem").first();
    await hit.locator("mark").first().waitFor();
    expect(await hit.locator("mark").allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/notice/i)]),
    );
    await hit.getByRole("link").click();
    await page.getByRole("region", { name: "Text" }).locator("mark").first().waitFor();
    expect((await page.locator("mark").allTextContents()).join("")).toContain(clause);
    await page.goBack();
    expect(await page.getByLabel("Search in your documents").inputValue()).toBe("notice period");
    await page.getByLabel("Search in your documents").fill("zebras");
    await page.getByText("Nothing found").waitFor();
  });

  it("deletes a document once the person agrees, by keyboard alone", async () => {
    const file = await readyFile(ada, "The rent is due.", "old.txt");
    await page.reload();
    const actions = page.getByRole("button", { name: "Actions for old.txt" });
    await actions.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Delete" }).waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Delete this document?" });
    await dialog.getByRole("button", { name: "Delete" }).press("Enter");
    await page.getByText("No documents yet").waitFor();
    expect((await ada.get(`/files/${file.id}`)).status).toBe(404);
  });

  it("loads more documents as they are scrolled to", async () => {
    for (let index = 0; index < 55; index++) {
      await newDocument(ada, [`Text ${index}.`], { name: `file-${index}.txt` });
    }
    await page.reload();
    await page.getByRole("link", { name: "file-5.txt" }).waitFor();
    await page.locator(".more").scrollIntoViewIfNeeded();
    await page.getByRole("link", { name: "file-0.txt" }).waitFor();
    const names = await page.getByRole("link", { name: /^file-/ }).allTextContents();
    expect(new Set(names).size).toBe(55);
  });

  it("is accessible and fits a phone and a desk, in light and dark", async () => {
    await readyFile(ada, await contractPdf(), "agreement.pdf");
    await choose(fileOf("secret.pdf", await encryptedPdf(), "application/pdf"));
    await row("secret.pdf").getByText("The file is encrypted.").waitFor();
    await page.reload();
    await row("agreement.pdf").waitFor();
    for (const width of ["phone", "desk"] as const) {
      for (const scheme of ["light", "dark"] as const) {
        await keepScreenshot(page, "library", { width, scheme });
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
  });
});
