/**
 * `npm run bench:documents -- FOLDER`: how a folder of documents is read, format by format. Without a folder it
 * reads the fixtures of this repository. The text that a document shows may lie beside it, as folder.ts says.
 */
import { readFile } from "node:fs/promises";
import type { Reading } from "./documents/child.ts";
import { findDocuments, type FoundDocument } from "./documents/folder.ts";
import { writeFixtures } from "./documents/fixtures.ts";
import { DocumentReader } from "./documents/reader.ts";
import { type Score, scoreOf } from "./documents/score.ts";
import { makeFolder, stopAll } from "./processes.ts";
import { say } from "./report.ts";

type Read = FoundDocument & Omit<Reading, "text"> & { score: Score | undefined };

/** Documents that differ most from their references, which are listed. */
const MOST_LISTED = 20;

async function main(folder: string | undefined): Promise<void> {
  const documents = await findDocuments(folder ?? (await fixtures()));
  say(
    "| format | tried | ready | refused | with reference | recall | precision | order | s | peak, MiB |",
  );
  say("|---|---|---|---|---|---|---|---|---|---|");
  const all: Read[] = [];
  for (const [format, group] of Map.groupBy(documents, (each) => each.format)) {
    const read = await readAll(group);
    all.push(...read);
    say(rowOf(format, read));
  }
  listWorst(all);
}

async function fixtures(): Promise<string> {
  const folder = await makeFolder();
  await writeFixtures(folder);
  return folder;
}

/** Reads the documents of a format in one process, whose peak is that of the format. */
async function readAll(documents: readonly FoundDocument[]): Promise<Read[]> {
  const reader = new DocumentReader();
  const all: Read[] = [];
  try {
    for (const document of documents) {
      const { text, ...reading } = await reader.read(document.path);
      const hasScore = document.reference !== undefined && reading.refusal === undefined;
      const reference = hasScore ? await readFile(document.reference ?? "", "utf8") : undefined;
      const score = reference === undefined ? undefined : scoreOf(text, reference);
      all.push({ ...document, ...reading, score });
    }
  } finally {
    reader.close();
  }
  return all;
}

function rowOf(format: string, read: readonly Read[]): string {
  const refused = read.flatMap(({ refusal }) => refusal ?? []);
  const reasons = [...Map.groupBy(refused, (reason) => reason)];
  const scores = read.flatMap(({ score }) => score ?? []);
  const seconds = read.reduce((sum, each) => sum + each.seconds, 0);
  const cells = [
    format,
    read.length,
    read.length - refused.length,
    reasons.map(([reason, each]) => `${each.length} ${reason}`).join(", "),
    scores.length,
    ...sharesOf(scores),
    seconds.toFixed(1),
    Math.max(...read.map(({ peakMiB }) => peakMiB)).toFixed(0),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Recall, precision and order over the words of all documents. */
function sharesOf(scores: readonly Score[]): string[] {
  if (scores.length === 0) return ["", "", ""];
  const sum = (of: keyof Score) => scores.reduce((all, score) => all + score[of], 0);
  return [
    share(sum("matched"), sum("expected")),
    share(sum("matched"), sum("found")),
    share(sum("ordered"), sum("matched")),
  ];
}

function share(part: number, whole: number): string {
  return (whole === 0 ? 1 : part / whole).toFixed(3);
}

function listWorst(read: readonly Read[]): void {
  const scored = read.flatMap(({ name, score }) => (score ? [{ name, score }] : []));
  const worst = scored
    .filter(({ score }) => likeness(score) < 1)
    .toSorted((a, b) => likeness(a.score) - likeness(b.score));
  for (const { name, score } of worst.slice(0, MOST_LISTED)) {
    const [recall, precision, order] = sharesOf([score]);
    say(`${name}: recall ${recall}, precision ${precision}, order ${order}`);
  }
}

function likeness({ expected, found, matched, ordered }: Score): number {
  return Math.min(matched / expected, matched / found, ordered / matched);
}

try {
  await main(process.argv[2]);
} finally {
  await stopAll();
}
