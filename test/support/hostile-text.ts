/**
 * Texts that make parsers look far ahead or back, or start again at each character, and how to measure
 * that.
 */
import fc from "fast-check";

/** Words, signs, markup and URLs, and characters with unusual widths or forms. */
const CHARACTERS = [
  "aZ19_-./@:'&<>%+=~\\#|*`?!;,()[]{}\"“”„«’…§^$",
  "\n\t\r\u00a0\u2028\u3000",
  "\u0301\u0323\u0338\u20dd\ufe0f",
  "\u00ad\u034f\u200b\u200d\u2060\ufeff\u115f\u180e",
  "\u200e\u200f\u202e\u2067\u061c",
  "\ufdfa\u3300½ßİŁﬃ𝒜🜁👨𠀀押한اאกﾊ\uff9eéΣ",
].flatMap((characters) => Array.from(characters));

const GROUPS = [
  "   |a.b|a_|1_|1e9|1e+|-1.|1.1.1|/a/|../|~/|x@|a@b.c|’s",
  "<a|<a |</a>|<!--|<![CDATA[|<?|&amp;|&#1|http://|https://a.b/c?d=e",
  "[1]|[1, 2]|“a” [1]|...|> |```|**|- |1. |(a) |Article 1|Sec. ",
  'or |title: |"title":|{"title":"|<think>|</think>|<passage|Sure! ',
].flatMap((groups) => groups.split("|"));

const FRAGMENTS = [...CHARACTERS, ...GROUPS];

/** A piece, and whether each of its copies has a number of its own, so that no two words are the same. */
export type Piece = { text: string; isCounted: boolean };

const piece: fc.Arbitrary<Piece> = fc.record({
  text: fc
    .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 6 })
    .map((fragments) => fragments.join("")),
  isCounted: fc.boolean(),
});

/** One to three pieces, each repeated to fill its share of a text. */
export const pieces: fc.Arbitrary<Piece[]> = fc.array(piece, { minLength: 1, maxLength: 3 });

/** A text of at most so many UTF-16 code units. */
export function repeated(from: readonly Piece[], length: number): string {
  const share = Math.floor(length / from.length);
  return from
    .map(({ text, isCounted }) => fill(text, isCounted, share))
    .join("")
    .toWellFormed();
}

function fill(text: string, isCounted: boolean, length: number): string {
  const copies = Array.from({ length: Math.ceil(length / text.length) }, (_, index) =>
    isCounted ? text + index.toString(36) : text,
  );
  return copies.join("").slice(0, length);
}

/** Milliseconds of this thread's own CPU time: other processes do not count. */
export async function cpuMs(run: () => unknown): Promise<number> {
  const before = process.threadCpuUsage();
  await run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** The fastest of a few runs, as garbage collection falls into some of them. */
async function fastestMs(run: () => unknown, runs: number): Promise<number> {
  let best = Infinity;
  for (let left = runs; left > 0; left--) best = Math.min(best, await cpuMs(run));
  return best;
}

/** Below it, measurements say little. */
const TOO_SHORT_MS = 40;
const FACTOR = 16;
/**
 * For sixteen times the text: linear work takes 16 times as long, quadratic 256 times, and what grows with the power of
 * 1.585 of the text 81 times. Garbage of long texts is collected several times as slowly on some machines.
 */
const LARGEST_RATIO = 81;
const TAKES = 3;

/**
 * The growth of work beyond its text: how many times as long sixteen times the text takes; undefined if
 * linear.
 */
export async function growthOf(
  read: (text: string) => unknown,
  from: readonly Piece[],
  length: number,
): Promise<number | undefined> {
  const [short, long] = [repeated(from, length / FACTOR), repeated(from, length)];
  if ((await cpuMs(() => read(long))) < TOO_SHORT_MS) return undefined;
  let ratio = 0;
  for (let take = 0; take < TAKES; take++) {
    const longMs = await fastestMs(() => read(long), 2);
    if (longMs < TOO_SHORT_MS) return undefined;
    // As often as makes the same text: some machines count CPU time in ticks of several milliseconds.
    ratio = (FACTOR * longMs) / (await fastestMs(() => readParts(read, short), 3));
    if (ratio < LARGEST_RATIO) return undefined;
  }
  return ratio;
}

async function readParts(read: (text: string) => unknown, text: string): Promise<void> {
  for (let part = 0; part < FACTOR; part++) await read(text);
}
