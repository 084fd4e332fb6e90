import { describe, expect, it } from "vitest";
import type { ExtractedPage } from "../../src/features/files/extract/extract.ts";
import { deflated, type ZipEntry, zipOf } from "../fixtures/zip.ts";
import { extract } from "../support/extracted.ts";

const TYPE = "application/vnd.oasis.opendocument.text";
const mimetype: ZipEntry = {
  name: "mimetype",
  data: new TextEncoder().encode(TYPE),
  method: 0,
};

/** A document of the XML of its body and of its styles. */
function odtOf(body: string, { automatic = "", styles = "", more = [] as ZipEntry[] } = {}) {
  const content = `<?xml version="1.0"?><office:document-content><office:automatic-styles>${automatic}</office:automatic-styles><office:body><office:text>${body}</office:text></office:body></office:document-content>`;
  const parts = [deflated("content.xml", content), ...more];
  if (styles !== "")
    parts.push(
      deflated("styles.xml", `<office:document-styles>${styles}</office:document-styles>`),
    );
  return zipOf([mimetype, ...parts]);
}

const textOf = async (...of: Parameters<typeof odtOf>) =>
  (await extract(odtOf(...of), "a.odt")).text;

const regionsIn = (pages: ExtractedPage[]) =>
  pages.flatMap(({ text, regions }) =>
    regions.map(({ start, end, kind }) => [kind, Array.from(text).slice(start, end).join("")]),
  );

const level = (number: number, format: string, more = "") =>
  `<text:list-level-style-number text:level="${number}" style:num-format="${format}" ${more}/>`;

const LISTS = `<text:list-style style:name="L1">${level(1, "1", 'style:num-suffix="."')}${level(2, "a", 'style:num-prefix="(" style:num-suffix=")"')}</text:list-style>
  <text:list-style style:name="L2">${level(1, "1")}${level(2, "1", 'text:display-levels="2" text:start-value="4"')}</text:list-style>
  <text:list-style style:name="L3"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style>`;

const item = (text: string, more = "") =>
  `<text:list-item ${more}><text:p>${text}</text:p></text:list-item>`;
const list = (style: string, items: string, more = "") =>
  `<text:list text:style-name="${style}" ${more}>${items}</text:list>`;

describe("An OpenDocument text", () => {
  it("is read in paragraphs, headings and tables", async () => {
    const body = `<text:h text:outline-level="1">Lease</text:h>
      <text:p>Rent:<text:s text:c="2"/><text:span>3,000</text:span><text:tab/>per
        month<text:line-break/>in advance</text:p>
      <table:table><table:table-row><table:table-cell><text:p>Party</text:p></table:table-cell><table:table-cell><text:p>A</text:p><text:p>B</text:p></table:table-cell></table:table-row>
      <table:table-row><table:table-cell><text:p>Rent</text:p></table:table-cell><table:table-cell/></table:table-row></table:table><text:p>End</text:p>`;
    const { kind, text, headings } = await extract(odtOf(body), "a");
    expect(kind).toBe("odt");
    expect(text).toBe("Lease\n\nRent:  3,000\tper month\nin advance\n\nParty\tA B\nRent\n\nEnd");
    expect(headings).toEqual([{ text: "Lease", level: 1 }]);
  });

  it("has the numbers of its lists", async () => {
    const nested = `<text:list-item><text:p>Rent</text:p>${list("L1", item("Net") + item("Gross"))}</text:list-item>`;
    const body =
      list("L1", item("Term") + nested + item("Law"), 'xml:id="x"') +
      list("L3", item("bullet")) +
      list("L1", item("Costs") + item("Fees", 'text:start-value="9"'), 'text:continue-list="x"') +
      list(
        "L2",
        `<text:list-item><text:p>A</text:p>${list("", item("B") + item("C"))}</text:list-item>`,
      );
    expect(await textOf(body, { automatic: LISTS })).toBe(
      [
        "1. Term",
        "2. Rent",
        "(a) Net",
        "(b) Gross",
        "3. Law",
        "bullet",
        "4. Costs",
        "9. Fees",
        "1 A",
        "1.4 B",
        "1.5 C",
      ].join("\n\n"),
    );
  });

  it("has the numbers of its headings", async () => {
    const styles = `<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/><text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>`;
    const h = (at: number, text: string, more = "") =>
      `<text:h text:outline-level="${at}" ${more}>${text}</text:h>`;
    const body =
      h(1, "Term") +
      h(2, "Start") +
      h(2, "End") +
      h(1, "Annex", 'text:is-list-header="true"') +
      h(1, "Rent") +
      h(2, "Due");
    expect(await textOf(body, { styles })).toBe(
      ["I. Term", "I.1 Start", "I.2 End", "Annex", "II. Rent", "II.1 Due"].join("\n\n"),
    );
  });

  it("keeps struck-out and deleted words, notes, comments, headers and footers apart", async () => {
    const automatic = `<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>
      <style:style style:name="T2" style:family="text" style:parent-style-name="T1"/>
      <style:style style:name="T3" style:family="text" style:parent-style-name="T1"><style:text-properties style:text-line-through-style="none" style:text-position="super 58%"/></style:style>`;
    const styles = `<office:master-styles><style:master-page><style:header><text:p>Draft</text:p></style:header><style:footer><text:p>Page 1</text:p></style:footer></style:master-page></office:master-styles>`;
    const body = `<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info><dc:creator>Ada</dc:creator></office:change-info><text:p>thirty</text:p></text:deletion></text:changed-region><text:changed-region text:id="c2"><text:insertion><office:change-info><dc:creator>Ada</dc:creator></office:change-info></text:insertion></text:changed-region></text:tracked-changes>
      <text:p>Within <text:change text:change-id="c1"/><text:change-start text:change-id="c2"/>sixty<text:change-end text:change-id="c2"/> days<text:note text:id="n1"><text:note-citation>1</text:note-citation><text:note-body><text:p>Calendar days.</text:p></text:note-body></text:note>, 10<text:span text:style-name="T3">6</text:span> <text:span text:style-name="T2">euros</text:span>pounds on <office:annotation office:name="a1"><dc:creator>Bob</dc:creator><dc:date>2026-01-01</dc:date><text:p>Which?</text:p></office:annotation>the day<office:annotation-end office:name="a1"/>.<draw:frame><draw:text-box><text:p>A box</text:p></draw:text-box></draw:frame> Then.</text:p>`;
    const { text, pages } = await extract(odtOf(body, { automatic, styles }), "a.odt");
    expect(text).toBe(
      "[Header] Draft\n\nWithin sixty days¹, 10⁶ pounds on the day. Then.\n\nA box\n\n¹ Calendar days.\n[Comment by Bob on “the day”] Which?\n\n[Struck out after “Within”] thirty\n[Struck out after “Within sixty days¹, 10⁶”] euros\n\n[Footer] Page 1",
    );
    expect(regionsIn(pages)).toEqual([
      ["header", "Draft"],
      ["note_mark", "¹"],
      ["note", "¹ Calendar days."],
      ["comment", "Which?"],
      ["struck_out", "thirty"],
      ["struck_out", "euros"],
      ["footer", "Page 1"],
    ]);
  });

  it("behind a password, damaged or too large is refused", async () => {
    const manifest = deflated(
      "META-INF/manifest.xml",
      "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
    );
    const locked = extract(odtOf("<text:p>a</text:p>", { more: [manifest] }), "a.odt");
    await expect(locked).rejects.toMatchObject({ code: "encrypted" });
    const empty = extract(zipOf([mimetype]), "a.odt");
    await expect(empty).rejects.toMatchObject({ code: "damaged" });
    const bomb = extract(odtOf(" ".repeat(61_000_000)), "a.odt");
    await expect(bomb).rejects.toMatchObject({ code: "too_large" });
  });
});
