/** How near the text of a document is to a reference: by its words, whatever stands between them. */

export type Score = {
  /** Words of the reference and of the text, and how many are in both. */
  expected: number;
  found: number;
  matched: number;
  /** Of the words in both, how many stand in the same order. */
  ordered: number;
};

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** Compares words in the compatibility form of Unicode and in small letters. */
export function scoreOf(text: string, reference: string): Score {
  const [found, expected] = [wordsOf(text), wordsOf(reference)];
  const places = matchesOf(found, expected);
  return {
    expected: expected.length,
    found: found.length,
    matched: places.length,
    ordered: longestRise(places),
  };
}

function wordsOf(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(WORD) ?? [];
}

/** The places in the reference of the words that are in both: of a word's uses, the first is the first. */
function matchesOf(found: readonly string[], expected: readonly string[]): number[] {
  const uses = new Map<string, { places: number[]; next: number }>();
  for (const [place, word] of expected.entries()) {
    const use = uses.get(word);
    if (use) use.places.push(place);
    else uses.set(word, { places: [place], next: 0 });
  }
  return found.flatMap((word) => {
    const use = uses.get(word);
    const place = use?.places[use.next++];
    return place === undefined ? [] : [place];
  });
}

/** The length of the longest subsequence whose numbers rise. */
function longestRise(numbers: readonly number[]): number {
  /** By length less one, the least last number of a rise of that length. */
  const lasts: number[] = [];
  for (const number of numbers) {
    let [low, high] = [0, lasts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lasts[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    lasts[low] = number;
  }
  return lasts.length;
}
