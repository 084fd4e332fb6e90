/**
 * `npm run bench:fusion [folder]`: which weight of the vectors finds most, by cross-validation: each fold is
 * measured with the weight that was best for the questions about all other documents. The weights in
 * src/features/retrieval/find.ts come from this.
 */
import { join } from "node:path";
import { embedQuestion } from "../src/features/retrieval/embed.ts";
import { type Candidate, listCandidates } from "./retrieval/candidates.ts";
import { type Fusion, FUSIONS, fuse } from "./retrieval/fusions.ts";
import { type Grounding, type Question, readGrounding } from "./retrieval/grounding.ts";
import { type Library, openLibrary } from "./retrieval/library.ts";
import { say } from "./report.ts";
import { scoresOf } from "./retrieval/score.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shared", "data", "grounding");
const FOLDS = 5;

/** A question in a scope, and its recall within 4,000 characters by fusion. */
type Case = { document: string; recalls: number[] };

async function main(folder: string): Promise<void> {
  const grounding = await readGrounding(folder);
  const library = await openLibrary();
  try {
    const cases = await casesOf(library, grounding);
    printAll(cases);
    printFolds(
      cases,
      grounding.documents.map(({ name }) => name),
    );
  } finally {
    await library.close();
  }
}

async function casesOf(library: Library, { documents, questions }: Grounding): Promise<Case[]> {
  const ids = new Map<string, string>();
  for (const { name, text } of documents) ids.set(name, await library.add(name, text));
  for (const id of ids.values()) await library.embed(id);
  const cases: Case[] = [];
  for (const question of questions) {
    const vector = await embedQuestion(library.deps, library.userId, question.question);
    if (!vector)
      throw new Error("there are no vectors: the provider failed, or pgvector is missing");
    for (const fileIds of [undefined, [ids.get(question.document) ?? ""]]) {
      const found = await listCandidates(library, question.question, vector, fileIds);
      cases.push({ document: question.document, recalls: recallsOf(question, found) });
    }
  }
  return cases;
}

function recallsOf(question: Question, candidates: Candidate[]): number[] {
  return FUSIONS.map((fusion) => scoresOf(question, fuse(candidates, fusion)).within.recall);
}

function printAll(cases: Case[]): void {
  say("| fusion | recall within 4,000 characters, mean of both scopes |");
  say("|---|---|");
  FUSIONS.forEach((fusion, index) => {
    say(`| ${nameOf(fusion)} | ${meanOf(cases, index).toFixed(3)} |`);
  });
  say("");
}

/** Documents in folds by name, so that no document is in two. */
function printFolds(cases: Case[], documents: string[]): void {
  say("| fold | best for the others | recall in the fold | by words alone |");
  say("|---|---|---|---|");
  const held: number[] = [];
  const lexical = FUSIONS.findIndex(({ weight }) => weight === 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const names = new Set(documents.filter((_, index) => index % FOLDS === fold));
    const inside = cases.filter(({ document }) => names.has(document));
    const outside = cases.filter(({ document }) => !names.has(document));
    if (inside.length === 0 || outside.length === 0) continue;
    const best = bestOf(outside);
    held.push(...inside.map(({ recalls }) => recalls[best] ?? 0));
    const [chosen, words] = [best, lexical].map((index) => meanOf(inside, index).toFixed(3));
    say(`| ${fold + 1} | ${nameOf(FUSIONS[best])} | ${chosen} | ${words} |`);
  }
  const mean = held.reduce((sum, recall) => sum + recall, 0) / held.length;
  say(`| all | | ${mean.toFixed(3)} | ${meanOf(cases, lexical).toFixed(3)} |`);
}

function bestOf(cases: Case[]): number {
  const means = FUSIONS.map((_, index) => meanOf(cases, index));
  return means.indexOf(Math.max(...means));
}

function meanOf(cases: Case[], index: number): number {
  return cases.reduce((sum, { recalls }) => sum + (recalls[index] ?? 0), 0) / cases.length;
}

function nameOf(fusion: Fusion | undefined): string {
  if (!fusion || fusion.weight === 0) return "words alone";
  const by = fusion.by === "ranks" ? `ranks, offset ${fusion.offset}` : "scores";
  return `${by}, weight ${fusion.weight}`;
}

try {
  await main(process.argv[2] ?? FOLDER);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
