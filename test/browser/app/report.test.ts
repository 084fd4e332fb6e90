import { beforeAll, describe, expect, inject, it } from "vitest";
import { marked } from "marked";
import type { Page } from "playwright-core";
import {
  type AppVisitor,
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
} from "../../support/app-page.ts";
import { type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { readyFile, textOf } from "../../support/files.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";

const origin = inject("platformUrl");
const bucket = new URL(inject("s3Url")).origin;

const RENT = "The Tenant shall pay a monthly rent of 2,000 euros on the first day of each month.";

const SECTIONS = {
  parties: [{ name: "Quill <b>Press</b> *Inc.*", role: "Tenant", quote: "Quill Press Inc." }],
  dates_and_deadlines: [],
  obligations: [{ party: "Tenant", obligation: "Pays the rent", due: "monthly", quote: RENT }],
  money: [{ amount: "2,000", currency: "EUR", purpose: "rent", quote: "rent of 2,000 euros" }],
  termination: [{ description: "After a year", quote: "ends after one year" }],
  unusual_clauses: [
    { description: "No interest", severity: "low", quote: "" },
    { description: "No pets", severity: "high", quote: "No pets are allowed." },
  ],
  missing_clauses: [{ description: "No deposit", severity: "medium" }],
};

const ANSWER = {
  document_type: "Lease",
  title: "Lease of Harbour House",
  summary: "A lease & its terms.",
  governing_law: null,
  ...SECTIONS,
};

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

/** A document whose analysis is the one above. */
async function newLease(how = {}) {
  const marker = await script({ tokens: [JSON.stringify(ANSWER)], ...how });
  const text = `😀 A lease for Quill Press Inc.\n\n${RENT}\n\nNo pets are allowed.\n\n${marker}\n`;
  return { file: await readyFile(ada, text, "lease.txt"), marker };
}

async function open(path: string): Promise<{ page: Page; visitor: AppVisitor }> {
  const visitor = await newAppVisitor(origin, [bucket]);
  await visitor.signInAs(ada);
  return { visitor, page: await visitor.openApp(path) };
}

async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name, exact: true }).click(),
  ]);
  return Buffer.concat(await Array.fromAsync(await file.createReadStream()));
}

describe("the report of an analysis", () => {
  it("shows that it runs, then each point with a link to its place, or that it was not found", async () => {
    const { file, marker } = await newLease({ holdAfter: 0 });
    const { page } = await open(`/app/documents/${file.id}/report`);
    await page.getByText("Analysing lease.txt").waitFor();
    await release(marker);
    await page.getByRole("heading", { name: "Lease of Harbour House", level: 1 }).waitFor();
    const headings = await page.getByRole("article").getByRole("heading").allTextContents();
    expect(headings).toEqual([
      "Parties",
      "Money",
      "Obligations: Tenant",
      "Termination",
      "Unusual clauses",
      "Missing clauses",
    ]);
    const clauses = page.getByRole("region", { name: "Unusual clauses" }).getByRole("listitem");
    expect(await clauses.allTextContents()).toEqual([
      expect.stringContaining("highNo pets"),
      expect.stringContaining("lowNo interest"),
    ]);
    const termination = page.getByRole("region", { name: "Termination" });
    expect(await termination.textContent()).toContain(
      "Not found in the document: “ends after one year”",
    );
    expect(await termination.getByRole("link").count()).toBe(0);
    await page.getByRole("region", { name: "Obligations: Tenant" }).getByRole("link").click();
    await page.locator("mark").waitFor();
    expect(await page.locator("mark").allTextContents()).toEqual([RENT]);
  });

  it("is shown whole where it is longer than an event", async () => {
    const summary = `${"It says much. ".repeat(500)}It ends here.`;
    const { file } = await newLease({ tokens: [JSON.stringify({ ...ANSWER, summary })] });
    const { page } = await open(`/app/documents/${file.id}/report`);
    await page.getByText("It ends here.").waitFor();
    expect(await page.getByRole("article").getByRole("heading").count()).toBe(6);
  });

  it("is stored: opening it again asks no model, until the person wants a new one", async () => {
    const { file, marker } = await newLease();
    const { page } = await open(`/app/documents/${file.id}/report`);
    const title = page.getByRole("heading", { name: "Lease of Harbour House", level: 1 });
    await title.waitFor();
    await page.reload();
    await title.waitFor();
    expect(await requestsContaining(marker)).toHaveLength(1);
    await page.getByRole("button", { name: "Analyse again" }).click();
    const dialog = page.getByRole("dialog", { name: "Analyse again?" });
    await dialog.getByRole("button", { name: "Analyse again" }).click();
    await expect.poll(async () => (await requestsContaining(marker)).length).toBe(2);
    await title.waitFor();
  });

  it("is downloaded as Markdown, in which nothing of the texts is markup", async () => {
    const { file } = await newLease();
    const { page } = await open(`/app/documents/${file.id}/report`);
    await page.getByRole("heading", { name: "Lease of Harbour House", level: 1 }).waitFor();
    const html = await marked.parse((await download(page, "Markdown")).toString());
    expect(html).toContain("<h1>Lease of Harbour House</h1>");
    expect(html).toContain("Quill &lt;b&gt;Press&lt;/b&gt; *Inc.*");
    expect(html).toContain(RENT);
  });

  it("is downloaded as a Word document, which the product itself reads", async () => {
    const { file } = await newLease();
    const { page } = await open(`/app/documents/${file.id}/report`);
    await page.getByRole("heading", { name: "Lease of Harbour House", level: 1 }).waitFor();
    const word = await readyFile(ada, await download(page, "Word"), "report.docx");
    const text = await textOf(ada, word.id);
    for (const words of [
      "Lease of Harbour House",
      "A lease & its terms.",
      "Quill <b>Press</b> *Inc.*\tTenant",
      "Obligations: Tenant",
      RENT,
      "high: No pets",
      "Not found in the document: “ends after one year”",
      "medium: No deposit",
    ]) {
      expect(text).toContain(words);
    }
  });

  it("says why there is none, and tries again", async () => {
    const { file, marker } = await newLease({ tokens: ["No JSON."] });
    const { page, visitor } = await open(`/app/documents/${file.id}/report`);
    visitor.expectErrors(/50\d/);
    await page.getByRole("alert").waitFor();
    await script({ tokens: [JSON.stringify(ANSWER)] }, marker);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Lease of Harbour House", level: 1 }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
  });

  it("is accessible, fits a phone and a desk in light and dark, and prints without the frame", async () => {
    const { file } = await newLease();
    const { page } = await open(`/app/documents/${file.id}/report`);
    await page.getByRole("heading", { name: "Lease of Harbour House", level: 1 }).waitFor();
    for (const width of ["phone", "desk"] as const) {
      for (const scheme of ["light", "dark"] as const) {
        await keepScreenshot(page, "report", { width, scheme });
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
    expect(await page.getByRole("link", { name: "Documents" }).isVisible()).toBe(false);
    expect(await page.getByText("A lease & its terms.").isVisible()).toBe(true);
  });
});
