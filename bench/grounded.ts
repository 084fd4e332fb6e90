/**
 * `npm run bench:grounded [folder]`: what the prompt of a question about documents contains. For a question that
 * they answer, the text that answers it; for one that they do not, the notice that the search found nothing. The
 * folder is that of bench/retrieval.ts. The prompts are built as a turn builds them.
 */
import { join } from "node:path";
import { createBoundary } from "../src/features/citations/fence.ts";
import { type Gathered, gatherPassages } from "../src/features/turns/context/gather.ts";
import { promptWithPassages } from "../src/features/turns/generate/prompt.ts";
import { NO_PASSAGES, NOTHING_RELEVANT } from "../src/features/turns/generate/system-prompt.ts";
import type { ContextDocument } from "../src/features/turns/store/turn-documents.ts";
import { codePointLength } from "../src/lib/code-points.ts";
import { newId } from "../src/lib/ids.ts";
import { findSmallModel } from "../src/lib/models.ts";
import { UNANSWERABLE } from "./grounded/unanswerable.ts";
import { say } from "./report.ts";
import { type Question, readGrounding } from "./retrieval/grounding.ts";
import { type Library, openLibrary } from "./retrieval/library.ts";
import { recallOf } from "./retrieval/score.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shared", "data", "grounding");

/** How a turn searches. */
type How = { name: string; rewrites: boolean; hasVectors: boolean };

const WAYS: How[] = [
  { name: "by words", rewrites: false, hasVectors: false },
  { name: "by words and vectors", rewrites: false, hasVectors: true },
  { name: "the same, rewritten", rewrites: true, hasVectors: true },
];

type Asked = { gathered: Gathered; prompt: string };

async function main(folder: string): Promise<void> {
  const { documents, questions } = await readGrounding(folder);
  const library = await openLibrary();
  try {
    const added: ContextDocument[] = [];
    for (const { name, text } of documents) {
      const id = await library.add(name, text);
      await library.embed(id);
      added.push(toContext(id, name, text));
    }
    await measure(library, added, questions);
  } finally {
    await library.close();
  }
}

async function measure(
  library: Library,
  documents: ContextDocument[],
  questions: Question[],
): Promise<void> {
  const { config } = library.deps;
  say(
    `${documents.length} documents, ${questions.length} questions that they answer, ${UNANSWERABLE.length} that they do not`,
  );
  say(`${config.EMBEDDING_MODEL}, ${config.DEFAULT_MODEL}`);
  say("");
  say(
    "| in the prompt | answer found (characters) | all of it (questions) | notice though answered | notice where unanswered |",
  );
  say("|---|---|---|---|---|");
  const whole = questions.map((question) => ({
    question,
    documents: documents.filter(({ name }) => name === question.document),
  }));
  await printRow(library, "its document, whole", whole, WAYS[0]);
  const all = questions.map((question) => ({ question, documents }));
  for (const how of WAYS) {
    await printRow(library, `all documents, searched ${how.name}`, all, how, documents);
  }
}

type Case = { question: Question; documents: ContextDocument[] };

async function printRow(
  library: Library,
  name: string,
  answerable: Case[],
  how: How | undefined,
  unanswerableIn?: ContextDocument[],
): Promise<void> {
  if (!how) return;
  const recalls: number[] = [];
  let noticed = 0;
  for (const { question, documents } of answerable) {
    const asked = await ask(library, question.question, documents, how);
    recalls.push(recallOf(question, toRetrieved(asked)));
    if (hasNotice(asked)) noticed++;
  }
  const found = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  const all = recalls.filter((recall) => recall > 0.99).length;
  const right = unanswerableIn && (await countNotices(library, unanswerableIn, how));
  const share = right === undefined ? "–" : `${right} of ${UNANSWERABLE.length}`;
  say(
    `| ${name} | ${found.toFixed(2)} | ${all} of ${recalls.length} | ${noticed} of ${recalls.length} | ${share} |`,
  );
}

async function countNotices(library: Library, documents: ContextDocument[], how: How) {
  let right = 0;
  for (const question of UNANSWERABLE) {
    if (hasNotice(await ask(library, question, documents, how))) right++;
  }
  return right;
}

async function ask(
  { deps, userId }: Library,
  content: string,
  documents: ContextDocument[],
  { rewrites, hasVectors }: How,
): Promise<Asked> {
  const { EMBEDDING_MODEL, ...rest } = deps.config;
  const config = {
    ...rest,
    RETRIEVAL: { ...rest.RETRIEVAL, rewrite: rewrites },
    EMBEDDING_MODEL: hasVectors ? EMBEDDING_MODEL : "none",
  };
  const model = findSmallModel(config);
  const path = [{ type: "user" as const, content }];
  const answer = { userId, chatId: newId(), messageId: newId(), model, path };
  const stop = new AbortController().signal;
  const turn = { ...answer, stop, record: () => undefined };
  const gathered = await gatherPassages({ ...deps, config }, turn, documents);
  const { messages } = promptWithPassages(model, path, gathered, createBoundary(newId));
  return { gathered, prompt: messages.at(-1)?.content ?? "" };
}

function hasNotice({ prompt }: Asked): boolean {
  return prompt.startsWith(NOTHING_RELEVANT) || prompt.startsWith(NO_PASSAGES);
}

/** Only passages whose text is in the prompt, in the form in which a fence has it. */
function toRetrieved({ gathered, prompt }: Asked) {
  return gathered.passages
    .filter(({ number }) => prompt.includes(` id="${number}" file="`))
    .map(({ fileName, start, end }) => ({ document: fileName, start, end }));
}

function toContext(id: string, name: string, text: string): ContextDocument {
  const part = { page: 1, start: 0, text, headings: [], regions: [] };
  const length = codePointLength(text);
  return { id, name, status: "ready", text_length: length, is_own: true, parts: [part] };
}

try {
  await main(process.argv[2] ?? FOLDER);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
