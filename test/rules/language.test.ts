import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { declaredNames, wordsOf } from "../support/declared-names.ts";

const SRC = join(import.meta.dirname, "..", "..", "src");

type Replaced = {
  words: string[];
  /** The word of the glossary. */
  by: string;
  /** Where the word has another, common meaning: everywhere else it is refused. */
  exceptions?: { path: RegExp; name?: RegExp; because: string }[];
  /** Only where the word could mean nothing else. */
  only?: RegExp;
};

/**
 * The words that the glossary of docs/architecture.md replaces, but for those with a common meaning of
 * their own, which only a reviewer can tell apart ("run", "record", "note").
 */
const REPLACED: Replaced[] = [
  { words: ["tell", "tells", "told"], by: "emit" },
  {
    words: ["reader", "readers"],
    by: "subscriber",
    exceptions: [
      {
        path: /./,
        name: /^reader$/,
        because: "The platform calls it so: ReadableStream.getReader.",
      },
      {
        path: /^features\/files\/extract\//,
        because: "Parsers of file formats: no log is read there.",
      },
    ],
  },
  { words: ["place", "places", "placed"], by: "cursor, target, ordinal, scope or position" },
  {
    words: ["question", "questions"],
    by: "user message",
    exceptions: [
      { path: /^features\/(retrieval|search)\//, because: "The user's question in retrieval." },
      { path: /^features\/turns\/context\//, because: "What a turn retrieves passages for." },
      { path: /^lib\/catalogue\.ts$/, name: /^no_question$/, because: "A code of the wire." },
    ],
  },
  {
    words: ["answer", "answers"],
    by: "response",
    only: /^(http|db\/client|clients\/storage|features\/(auth|users|system|search|deletion|files\/[^/]+\.ts))/,
  },
  { words: ["retake", "retakes", "retaken"], by: "ingestion attempt" },
  { words: ["hurry", "hurried"], by: "superseded" },
  { words: ["bury", "buried", "revive", "revived"], by: "stalled or dead-lettered" },
  { words: ["brings", "brought"], by: "attachment" },
  { words: ["anothers"], by: "failover" },
  { words: ["passing"], by: "transient" },
  { words: ["patience", "patient"], by: "timeout" },
];

/** The names in a source that have a word which the glossary replaces, each with the better one. */
function refusedNames(path: string, text: string): string[] {
  return [...declaredNames(path, text)].flatMap((name) =>
    wordsOf(name).flatMap((word) => {
      const rule = REPLACED.find((candidate) => isRefused(candidate, { path, name, word }));
      return rule ? [`${path}: ${name} (${word}: say ${rule.by})`] : [];
    }),
  );
}

type Use = { path: string; name: string; word: string };

function isRefused({ words, only, exceptions = [] }: Replaced, { path, name, word }: Use): boolean {
  if (!words.includes(word) || (only && !only.test(path))) return false;
  return !exceptions.some((one) => one.path.test(path) && (one.name?.test(name) ?? true));
}

describe("the names of the source", () => {
  let files: { path: string; text: string }[];
  beforeAll(async () => {
    const names = await readdir(SRC, { recursive: true });
    const paths = names.filter((name) => name.endsWith(".ts")).toSorted();
    files = await Promise.all(
      paths.map(async (path) => ({ path, text: await readFile(join(SRC, path), "utf8") })),
    );
  });

  it("have no word that the glossary replaces", () => {
    expect(files.flatMap(({ path, text }) => refusedNames(path, text))).toEqual([]);
  });
});

describe("the rule about names", () => {
  const refused = (text: string, path = "features/turns/room/sample.ts") =>
    refusedNames(path, text).map((found) => found.replace(/^.*: (\w+) \(.*$/, "$1"));

  it("refuses a replaced word wherever a name is declared", () => {
    const sample = `
      type Reader<Told> = { hasPatience: boolean; place(readerId: string): Told };
      interface Readers { tells: (patience: number) => void }
      class TellTale { #placed = 1; buried() {} constructor(private revivedAt: Date) {} }
      function tellAll({ a: told, ...places }: Options, [questions = 1]: number[]) {
        const hurried_at = (retake: number) => retake;
        try { logEvent("reader_gone", { place_id: 1 }); } catch (passingError) {}
      }`;
    expect(new Set(refused(sample))).toEqual(
      new Set(
        `Reader Told hasPatience place readerId Readers tells patience TellTale placed buried revivedAt
        tellAll told places questions hurried_at retake reader_gone place_id passingError`.split(
          /\s+/,
        ),
      ),
    );
  });

  it("refuses a replaced word in aliases and CTEs of SQL", () => {
    const sample =
      "const a = sql`WITH places AS (SELECT 1) SELECT x.n AS told FROM ${b} AS readers`;";
    expect(refused(sample)).toEqual(["places", "told", "readers"]);
  });

  it("looks at whole words, and at no names that are declared elsewhere", () => {
    const sample = `
      import { tell } from "elsewhere";
      const { place: target } = tell(intelligent.reader);
      const satellite = replaceable, impatience = { placeholder: 1 };`;
    expect(refused(sample)).toEqual([]);
  });

  it("refuses a word only where it has no other meaning", () => {
    expect(refused("const question = 1;", "features/retrieval/sample.ts")).toEqual([]);
    expect(refused("const question = 1;", "features/chats/sample.ts")).toEqual(["question"]);
    expect(refused("const reader = body.getReader();")).toEqual([]);
    expect(refused("const answer = await fetch(url);", "http/sample.ts")).toEqual(["answer"]);
    expect(refused("const answer = await find();", "features/chats/sample.ts")).toEqual([]);
  });
});
