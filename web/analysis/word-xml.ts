/** The parts of WordprocessingML that a report needs (ECMA-376 part 1, clause 17). */

const NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

type Style = "Title" | "Subtitle" | "Heading1" | "Quote" | "Normal";

export type TextRun = { text: string; isBold?: boolean; isItalic?: boolean };

/** A paragraph of some runs. */
export function paragraph(runs: readonly TextRun[], style: Style = "Normal"): string {
  return `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr>${runs.map(runXml).join("")}</w:p>`;
}

/** A paragraph with a bullet. */
export function bullet(runs: readonly TextRun[]): string {
  const properties = `<w:pPr><w:pStyle w:val="Normal"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>`;
  return `<w:p>${properties}${runs.map(runXml).join("")}</w:p>`;
}

/** A table whose first row is its heading; the widths are shares of the text's width. */
export function table(rows: readonly (readonly string[])[], shares: readonly number[]): string {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const widths = shares.map((share) => Math.round((share / total) * TEXT_WIDTH));
  const grid = widths.map((width) => `<w:gridCol w:w="${width}"/>`).join("");
  const properties = `<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="${TEXT_WIDTH}" w:type="dxa"/></w:tblPr>`;
  const shown = rows.map((cells, index) => rowXml(cells, widths, index === 0)).join("");
  return `<w:tbl>${properties}<w:tblGrid>${grid}</w:tblGrid>${shown}</w:tbl>${paragraph([])}`;
}

/** Twentieths of a point: A4 with margins of an inch. */
const TEXT_WIDTH = 9026;

function rowXml(cells: readonly string[], widths: readonly number[], isHead: boolean): string {
  const head = isHead ? "<w:trPr><w:tblHeader/></w:trPr>" : "";
  const shown = cells.map((text, index) => {
    const width = `<w:tcPr><w:tcW w:w="${widths[index] ?? 0}" w:type="dxa"/></w:tcPr>`;
    return `<w:tc>${width}${paragraph([{ text, isBold: isHead }])}</w:tc>`;
  });
  return `<w:tr>${head}${shown.join("")}</w:tr>`;
}

function runXml({ text, isBold, isItalic }: TextRun): string {
  const look = `${isBold ? "<w:b/>" : ""}${isItalic ? "<w:i/>" : ""}`;
  const properties = look && `<w:rPr>${look}</w:rPr>`;
  const lines = text
    .split("\n")
    .map((line) => `<w:t xml:space="preserve">${escapeXml(line)}</w:t>`);
  return `<w:r>${properties}${lines.join("<w:br/>")}</w:r>`;
}

/** Without what XML 1.0 cannot hold (production 2). */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

const HEAD = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`;

/** The main part. */
export function documentXml(blocks: readonly string[]): string {
  const page = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>`;
  return `${HEAD}<w:document xmlns:w="${NAMESPACE}"><w:body>${blocks.join("")}${page}</w:body></w:document>`;
}

function borderXml(side: string): string {
  return `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>`;
}

/** The styles that `Style` names. */
export function stylesXml(): string {
  const borders = ["top", "left", "bottom", "right", "insideH", "insideV"].map(borderXml).join("");
  return [
    `${HEAD}<w:styles xmlns:w="${NAMESPACE}">`,
    `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults>`,
    `<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`,
    styleXml("Title", "Title", "", `<w:b/><w:sz w:val="40"/>`),
    styleXml("Subtitle", "Subtitle", "", `<w:i/><w:color w:val="555555"/><w:sz w:val="24"/>`),
    styleXml(
      "Heading1",
      "heading 1",
      `<w:keepNext/><w:spacing w:before="320" w:after="120"/><w:outlineLvl w:val="0"/>`,
      `<w:b/><w:sz w:val="28"/>`,
    ),
    styleXml("Quote", "Quote", `<w:ind w:left="720"/>`, `<w:i/><w:color w:val="555555"/>`),
    `<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>${borders}</w:tblBorders></w:tblPr></w:style>`,
    `</w:styles>`,
  ].join("");
}

function styleXml(id: Style, name: string, paragraph: string, run: string): string {
  const properties = paragraph && `<w:pPr>${paragraph}</w:pPr>`;
  return `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/><w:basedOn w:val="Normal"/>${properties}<w:rPr>${run}</w:rPr></w:style>`;
}

/** One list, of bullets. */
export function numberingXml(): string {
  const level = `<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl>`;
  return `${HEAD}<w:numbering xmlns:w="${NAMESPACE}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>${level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`;
}
