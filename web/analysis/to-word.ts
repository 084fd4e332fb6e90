/** A report as a Word document. */
import { formatDate } from "../ui/instant.ts";
import { placeNameOf, type Point, type Report, type Section } from "./report.ts";
import { packWord } from "./word-package.ts";
import { bullet, paragraph, table, type TextRun } from "./word-xml.ts";

/** The bytes of the document. */
export function toWord(report: Report): Uint8Array<ArrayBuffer> {
  const kind = report.documentType ? [paragraph([{ text: report.documentType }], "Subtitle")] : [];
  const foot = `Analysed by ${report.model} on ${formatDate(report.completedAt)}. A model may be wrong.`;
  return packWord([
    paragraph([{ text: report.title }], "Title"),
    ...kind,
    paragraph([{ text: report.summary }]),
    ...report.sections.flatMap(sectionOf),
    paragraph([{ text: foot, isItalic: true }]),
  ]);
}

function sectionOf({ title, note, points }: Section): string[] {
  const intro = note ? [paragraph([{ text: note, isItalic: true }])] : [];
  const hasDetails = points.every(({ details }) => details.length === 1);
  const shown = hasDetails ? [tableOf(points)] : points.flatMap(listed);
  return [paragraph([{ text: title }], "Heading1"), ...intro, ...shown];
}

/** Where each point has the same detail: parties, dates, money. */
function tableOf(points: readonly Point[]): string {
  const name = points[0]?.details[0]?.[0] ?? "";
  const rows = points.map((point) => [point.text, point.details[0]?.[1] ?? "", sourceOf(point)]);
  return table([["", name, "Source"], ...rows], [3, 4, 5]);
}

function listed(point: Point): string[] {
  const rated: TextRun[] = point.severity ? [{ text: `${point.severity}: `, isBold: true }] : [];
  const details = point.details.map(([name, value]) => ` (${name}: ${value})`).join("");
  const source = sourceOf(point);
  return [
    bullet([...rated, { text: point.text + details }]),
    ...(source ? [paragraph([{ text: source }], "Quote")] : []),
  ];
}

function sourceOf({ citation, unverified }: Point): string {
  if (citation) return `${capital(placeNameOf(citation))}: “${citation.quote.trim()}”`;
  return unverified ? `Not found in the document: “${unverified}”` : "";
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
