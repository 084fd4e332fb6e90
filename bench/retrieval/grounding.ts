/** Documents, questions and the positions of the answers, from a folder. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export type Span = [start: number, end: number];

export type Question = { set: string; document: string; question: string; gold: Span[] };

export type Grounding = { documents: { name: string; text: string }[]; questions: Question[] };

/** Reads `documents/*.txt` and `questions.json`. Throws a readable message. */
export async function readGrounding(folder: string): Promise<Grounding> {
  const texts = join(folder, "documents");
  const list = join(folder, "questions.json");
  if (!existsSync(texts) || !existsSync(list)) {
    throw new Error(`${folder} must contain documents/*.txt and questions.json`);
  }
  const names = (await readdir(texts)).filter((name) => name.endsWith(".txt")).toSorted();
  const documents = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(texts, name), "utf8") })),
  );
  const questions: Question[] = JSON.parse(await readFile(list, "utf8"));
  const unknown = questions.find(({ document }) => !names.includes(document));
  if (unknown) throw new Error(`a question names ${unknown.document}, which is not there`);
  return { documents, questions };
}
