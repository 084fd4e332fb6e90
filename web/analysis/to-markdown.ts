/** A report as Markdown. What the model and the document say never becomes markup. */
import { formatDate } from "../ui/instant.ts";
import { placeNameOf, type Point, type Report, type Section } from "./report.ts";

export function toMarkdown(report: Report): string {
  const kind = report.documentType ? [`*${escape(report.documentType)}*`] : [];
  const blocks = [
    `# ${escape(report.title)}`,
    ...kind,
    escape(report.summary),
    ...report.sections.map(sectionOf),
    "---",
    escape(
      `Analysed by ${report.model} on ${formatDate(report.completedAt)}. A model may be wrong.`,
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function sectionOf({ title, note, points }: Section): string {
  const intro = note ? [escape(note)] : [];
  return [`## ${escape(title)}`, ...intro, points.map(pointOf).join("\n")].join("\n\n");
}

function pointOf({ text, details, severity, citation, unverified }: Point): string {
  const rated = severity ? `**${severity}:** ` : "";
  const more = details.map(([name, value]) => `  - ${name}: ${escape(value)}`);
  const quoted = citation
    ? [`  - Source, ${escape(placeNameOf(citation))}: “${escape(citation.quote)}”`]
    : [];
  const claimed = unverified ? [`  - **Not found in the document:** “${escape(unverified)}”`] : [];
  return [`- ${rated}${escape(text)}`, ...more, ...quoted, ...claimed].join("\n");
}

/** One line of text, in which nothing is markup or becomes a link (CommonMark 2.4: any punctuation may be escaped). */
function escape(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_{}[\]<>#|~&$@]/g, String.raw`\$&`)
    .replace(/^(\d+)([.)])/, String.raw`$1\$2`)
    .replace(/^[-+=]/, String.raw`\$&`)
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, String.raw`\$&`);
}
