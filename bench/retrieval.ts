/**
 * `npm run bench:retrieval [folder]`: how much of the text that answers a question is among the retrieved
 * passages, compared with plain baselines over the same documents. The folder contains `documents/*.txt`
 * and `questions.json`; bench/retrieval/score.ts describes the scores.
 */
import { join } from "node:path";
import { say } from "./report.ts";
import { rankByBm25, rankByVectors, type Window, windowsOf } from "./retrieval/baselines.ts";
import { type Grounding, type Question, readGrounding } from "./retrieval/grounding.ts";
import { type Library, openLibrary } from "./retrieval/library.ts";
import { meanOf, type Retrieved, type Score, type Scores, scoresOf } from "./retrieval/score.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shared", "data", "grounding");

type Scope = "library" | "document";
type Ranker = (question: Question, scope: Scope) => Promise<Retrieved[]>;

async function main(folder: string): Promise<void> {
  const grounding = await readGrounding(folder);
  const library = await openLibrary();
  try {
    await measure(grounding, library);
  } finally {
    await library.close();
  }
}

async function measure(grounding: Grounding, library: Library): Promise<void> {
  const { documents, questions } = grounding;
  const ids = new Map<string, string>();
  for (const { name, text } of documents) ids.set(name, await library.add(name, text));
  const { rows } = await library.neon.pool.query("SELECT count(*) AS passages FROM passages");
  say(`${documents.length} documents, ${rows[0].passages} passages, ${questions.length} questions`);
  for (const id of ids.values()) await library.embed(id);
  const windows = documents.flatMap(({ name, text }) => windowsOf(name, text));
  const model = library.deps.config.EMBEDDING_MODEL;
  say("");
  say("| scope | search | recall at 5 (characters) | at 10 (characters) | within 4,000 |");
  say("|---|---|---|---|---|");
  for (const scope of ["library", "document"] as const) {
    const row = (name: string, rank: Ranker) => printRow(questions, scope, name, rank);
    await row("BM25 over windows of 500", bm25(windows));
    await row(`windows by vector (${model})`, await rankByVectors(library.deps, windows));
    await row("ours, lexical alone", ours(library, ids, false));
    await row(`ours, hybrid (${model})`, ours(library, ids, true));
  }
}

function bm25(windows: Window[]): Ranker {
  return async ({ question, document }, scope) =>
    rankByBm25(
      scope === "library" ? windows : windows.filter((w) => w.document === document),
      question,
    );
}

function ours(library: Library, ids: Map<string, string>, hybrid: boolean): Ranker {
  return async ({ question, document }, scope) => {
    const fileIds = scope === "document" ? [ids.get(document) ?? ""] : undefined;
    return (await library.find(question, { fileIds, hybrid })).found;
  };
}

async function printRow(
  questions: Question[],
  scope: Scope,
  name: string,
  rank: Ranker,
): Promise<void> {
  const scores: Scores[] = [];
  for (const question of questions) scores.push(scoresOf(question, await rank(question, scope)));
  const { at5, at10, within } = meanOf(scores);
  say(`| ${scope} | ${name} | ${show(at5)} | ${show(at10)} | ${within.recall.toFixed(2)} |`);
}

function show({ recall, characters }: Score): string {
  return `${recall.toFixed(2)} (${Math.round(characters)})`;
}

try {
  await main(process.argv[2] ?? FOLDER);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
