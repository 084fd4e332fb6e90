import { deflateSync } from "node:zlib";
import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Page } from "playwright-core";
import { placeUrl } from "../../../web/documents/place.ts";
import { contractPdf, makePdf, pageSentence } from "../../fixtures/documents.ts";
import { paragraph, wordOf } from "../../fixtures/hostile.ts";
import { JPX } from "../../fixtures/jpx.ts";
import { pagePdf } from "../../fixtures/raw-pdf.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
} from "../../support/app-page.ts";
import { type Body, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { readyFile, textOf } from "../../support/files.ts";
import { query } from "../../support/postgres.ts";

const origin = inject("platformUrl");
const bucket = new URL(inject("s3Url")).origin;

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

async function open(path: string): Promise<Page> {
  const visitor = await newAppVisitor(origin, [bucket]);
  await visitor.signInAs(ada);
  return visitor.openApp(path);
}

/** A sentence on each page. */
const schedules = (pages: number) =>
  makePdf((pdf) => {
    for (let page = 1; page <= pages; page++) {
      if (page > 1) pdf.addPage();
      pdf.text(pageSentence(page));
    }
  });

/** PDFs break lines where their text has none. */
const bare = (text: string) => text.replace(/\s/g, "");

async function markedIn(page: Page): Promise<string> {
  await page.locator("mark").first().waitFor();
  return (await page.locator("mark").allTextContents()).join("");
}

/** What a citation of these words says. */
async function citationOf(file: Body, quote: string, page: number | null = null) {
  const text = await textOf(ada, file.id);
  const index = text.indexOf(quote);
  expect(index, quote).toBeGreaterThan(-1);
  const start = Array.from(text.slice(0, index)).length;
  return { file_id: file.id, page, start, end: start + Array.from(quote).length };
}

/** Fails unless each mark is within the sheet of its page. */
async function expectMarksWithin(page: Page, number: number): Promise<void> {
  const sheet = await page.locator(`[data-page="${number}"] .pdf-sheet`).boundingBox();
  expect(sheet).not.toBeNull();
  for (const mark of await page.locator("mark").all()) {
    const box = await mark.boundingBox();
    if (!sheet || !box) throw new Error("a mark is not shown");
    expect(box.width * box.height).toBeGreaterThan(0);
    expect(box.x).toBeGreaterThanOrEqual(sheet.x);
    expect(box.y).toBeGreaterThanOrEqual(sheet.y);
    expect(box.x + box.width).toBeLessThanOrEqual(sheet.x + sheet.width);
    expect(box.y + box.height).toBeLessThanOrEqual(sheet.y + sheet.height);
  }
}

describe("a PDF that a citation leads to", () => {
  it("opens at its page, with exactly the quoted words marked where they are painted", async () => {
    const file = await readyFile(ada, await contractPdf(), "agreement.pdf");
    const quote =
      "Either party may terminate this Agreement by giving ninety days’ written notice. On\ntermination the Supplier shall";
    const page = await open(placeUrl(await citationOf(file, quote, 2)));
    expect(bare(await markedIn(page))).toBe(bare(quote));
    await expectMarksWithin(page, 2);
    await expect.poll(() => page.getByLabel("Page, of 2").inputValue()).toBe("2");
    expect(await page.getByRole("complementary", { name: "Quotation" }).textContent()).toContain(
      "ninety days’ written notice",
    );
    for (const width of ["phone", "desk"] as const) {
      for (const scheme of ["light", "dark"] as const) {
        await keepScreenshot(page, "document", { width, scheme });
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
  });

  it("is a click away from the answer that quotes it", async () => {
    const page = await open("/app");
    const buffer = Buffer.from(await contractPdf());
    const chosen = { name: "agreement.pdf", mimeType: "application/pdf", buffer };
    await page.getByLabel("Files to upload").setInputFiles(chosen);
    await page
      .getByRole("list", { name: "Attached documents" })
      .getByText("agreement.pdf")
      .waitFor();
    await page
      .getByLabel("Message", { exact: true })
      .fill("How may a party terminate the agreement?");
    await page.getByRole("button", { name: "Send" }).click();
    const source = page.getByRole("button", { name: /^Source 1:/ }).first();
    const described = (await source.getAttribute("aria-label")) ?? "";
    await source.click();
    const [, number] = /page (\d+)$/.exec(described) ?? [];
    const words = bare(await markedIn(page));
    expect(bare(described)).toContain(`“${words}”`);
    await expectMarksWithin(page, Number(number));
  });

  it("marks each part of a quotation that leaves words out, and not those between", async () => {
    const file = await readyFile(ada, await contractPdf(), "agreement.pdf");
    const first = await citationOf(file, "The Customer shall pay the Fees", 1);
    const second = await citationOf(file, "the date of each invoice", 1);
    const whole = { ...first, end: second.end, parts: [first, second] };
    const page = await open(placeUrl(whole));
    expect(bare(await markedIn(page))).toBe(
      bare("The Customer shall pay the Fees the date of each invoice"),
    );
  });

  it("shows the same words in its text, and goes back to its pages", async () => {
    const file = await readyFile(ada, await contractPdf(), "agreement.pdf");
    const quote = "its courts have exclusive\njurisdiction";
    const page = await open(placeUrl(await citationOf(file, quote, 2)));
    await markedIn(page);
    await page.getByRole("button", { name: "As text" }).click();
    await page.getByRole("region", { name: "Text" }).waitFor();
    expect(await markedIn(page)).toBe(quote);
    await page.getByRole("button", { name: "As text" }).click();
    await page.getByRole("region", { name: "Pages" }).waitFor();
    expect(bare(await markedIn(page))).toBe(bare(quote));
  });

  it("draws only the pages that are near, of many", async () => {
    const file = await readyFile(ada, await schedules(60), "schedules.pdf");
    const page = await open(placeUrl(await citationOf(file, pageSentence(41), 41)));
    expect(bare(await markedIn(page))).toBe(bare(pageSentence(41)));
    await page.getByLabel("Page, of 60").fill("7");
    await page.keyboard.press("Enter");
    await page.locator('[data-page="7"] canvas').waitFor();
    await expect.poll(() => page.locator('[data-page="41"] canvas').count()).toBe(0);
    expect(await page.locator(".pdf-sheet canvas").count()).toBeLessThan(8);
    await page.getByRole("button", { name: "Next page" }).click();
    await page.locator('[data-page="8"] canvas').waitFor();
    const wide = async () =>
      (await page.locator('[data-page="8"] .pdf-sheet').boundingBox())?.width;
    const before = (await wide()) ?? 0;
    await page.getByRole("button", { name: "Larger" }).click();
    await expect.poll(wide).toBeGreaterThan(before);
  });

  it("shows the page, and the words beside it, where a model has read its picture", async () => {
    const file = await readyFile(ada, await contractPdf(), "scan.pdf");
    await query(
      "UPDATE file_pages SET text = replace(text, 'ninety', 'twenty'), source = 'ocr' WHERE file_id = $1",
      [file.id],
    );
    const words = "giving twenty days’ written notice";
    const page = await open(placeUrl(await citationOf(file, words, 2)));
    const note = page.getByRole("complementary", { name: "Quotation" });
    await note.getByText("The page is shown").waitFor();
    expect(await note.textContent()).toContain(words);
    expect(await note.textContent()).toContain("may have misread");
    await page.locator('[data-page="2"] canvas').waitFor();
    expect(await page.locator("mark").count()).toBe(0);
  });

  it("draws pictures of JPEG 2000, which WebAssembly decodes in the worker alone", async () => {
    const content = "BT /F1 12 Tf 72 700 Td (A picture.) Tj ET q 600 0 0 300 0 0 cm /P0 Do Q";
    const picture = {
      dictionary:
        "/Type /XObject /Subtype /Image /Width 61 /Height 40 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /JPXDecode",
      stream: JPX,
    };
    const pdf = pagePdf(deflateSync(content), {
      page: "/Resources << /Font << /F1 4 0 R >> /XObject << /P0 6 0 R >> >>",
      objects: [picture],
    });
    const file = await readyFile(ada, pdf, "picture.pdf");
    const page = await open(`/app/documents/${file.id}`);
    await page.locator(".pdf-sheet canvas").first().waitFor();
    // In the lower half of the page, where the picture stands: it gets lighter from left to right.
    const [left = 255, right = 0] = await page
      .locator('[data-page="1"] canvas')
      .evaluate((element) => {
        if (!(element instanceof HTMLCanvasElement)) return [];
        const { width, height } = element;
        const line = element.getContext("2d")?.getImageData(0, height * 0.75, width, 1).data ?? [];
        return [line[8], line[line.length - 24]];
      });
    expect(left).toBeLessThan(40);
    expect(right).toBeGreaterThan(200);
  });

  it("loads the library for PDFs only once one is opened", async () => {
    const visitor = await newAppVisitor(origin, [bucket]);
    await visitor.signInAs(ada);
    const file = await readyFile(ada, await contractPdf(), "agreement.pdf");
    const loaded: string[] = [];
    visitor.context.on("request", (request) => void loaded.push(request.url()));
    const page = await visitor.openApp("/app/documents");
    await page.getByRole("link", { name: "agreement.pdf" }).first().waitFor();
    expect(loaded.filter((url) => /pdf-view|pdfjs/.test(url))).toEqual([]);
    const opened = await visitor.openApp(`/app/documents/${file.id}`);
    await opened.locator(".pdf-sheet canvas").first().waitFor();
    expect(loaded.some((url) => /pdf-view/.test(url))).toBe(true);
    expect(loaded.some((url) => /pdf\.worker/.test(url))).toBe(true);
  });
});

describe("a document of another format that a citation leads to", () => {
  it("shows its text with exactly the quoted words marked, behind characters of two UTF-16 units", async () => {
    const quote = "The tenant 𝒜 pays the rent";
    const text = `# 😀 Lease 🏠\n\n${"Filler 😀 of a clause.\n".repeat(400)}${quote} on the first day.\n`;
    const file = await readyFile(ada, text, "lease.md");
    const page = await open(placeUrl(await citationOf(file, quote)));
    expect(await markedIn(page)).toBe(quote);
    expect(await page.locator("mark").isVisible()).toBe(true);
    await expect
      .poll(() => page.locator("mark").evaluate((mark) => mark.getBoundingClientRect().top))
      .toBeLessThan(900);
  });

  it("says what does not apply: words of a Word document that are struck out", async () => {
    const body = `${paragraph("😀 The notice period is one month.")}<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>Pets are allowed.</w:t></w:r></w:p>`;
    const file = await readyFile(ada, wordOf(body), "lease.docx");
    const page = await open(placeUrl(await citationOf(file, "notice period is one")));
    expect(await markedIn(page)).toBe("notice period is one");
    const struck = page.locator("del", { hasText: "Pets are allowed." });
    expect(await struck.getAttribute("title")).toContain("does not apply");
    await expectAccessible(page);
  });

  it("says that a document was deleted", async () => {
    const file = await readyFile(ada, "The rent is due.", "gone.txt");
    const cited = await citationOf(file, "rent");
    expect((await ada.delete(`/files/${file.id}`)).status).toBe(204);
    const visitor = await newAppVisitor(origin);
    visitor.expectErrors(/404/);
    await visitor.signInAs(ada);
    const page = await visitor.openApp(placeUrl(cited));
    await page.getByText("It was deleted").waitFor();
  });
});
