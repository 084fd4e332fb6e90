/**
 * Finds a quotation in the runs of text that a PDF paints. They differ from the document's text in white space, in
 * hyphens at the ends of lines, and in characters that stand for the same (ligatures, raised digits).
 */

/** A part of a run, in UTF-16 units. */
export type RunSpan = { run: number; start: number; end: number };

/** The words to find, and what stands before them on their page: that tells repeated words apart. */
export type Quotation = { text: string; before: string };

type Layer = {
  text: string;
  /** Where each UTF-16 unit of `text` comes from. */
  origins: RunSpan[];
};

/** The spans of a quotation in order; none where it is not in the runs. */
export function findInRuns(runs: readonly string[], quotation: Quotation): RunSpan[] {
  const layer = layerOf(runs);
  const found = findWhole(layer, quotation) ?? findByLines(layer, quotation.text) ?? [];
  return found.flatMap(([start, end]) => joined(layer.origins.slice(start, end)));
}

/** Spaces, characters without a width, and dashes of any length are not compared. */
const IGNORED = /[\s\u00ad\u200b-\u200d\u2060\ufeff\p{Pd}]/gu;

/** A text as it is compared: compatible characters are the same, and ½ is 1/2. */
function normal(text: string): string {
  return text.normalize("NFKD").replaceAll("\u2044", "/").replace(IGNORED, "");
}

function layerOf(runs: readonly string[]): Layer {
  const texts: string[] = [];
  const origins: RunSpan[] = [];
  for (const [run, text] of runs.entries()) {
    let start = 0;
    for (const character of text) {
      const end = start + character.length;
      const shown = normal(character);
      texts.push(shown);
      for (let unit = 0; unit < shown.length; unit++) origins.push({ run, start, end });
      start = end;
    }
  }
  return { text: texts.join(""), origins };
}

type Match = readonly [start: number, end: number];

/** Of words that the page repeats, the occurrence with as many before it. */
function findWhole(layer: Layer, { text, before }: Quotation): Match[] | undefined {
  const words = normal(text);
  const found = occurrencesOf(layer.text, words);
  const earlier = occurrencesOf(normal(before), words).length;
  const start = found[Math.min(earlier, found.length - 1)];
  return start === undefined ? undefined : [[start, start + words.length]];
}

function occurrencesOf(text: string, words: string): number[] {
  const found: number[] = [];
  if (words === "") return found;
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + 1)) found.push(at);
  return found;
}

/** Line by line, where the PDF paints them in another order, such as the cells of a table. */
function findByLines(layer: Layer, text: string): Match[] | undefined {
  const lines = text.split(/[\n\t]/).map(normal);
  const matches: Match[] = [];
  for (const line of lines.filter(Boolean)) {
    const [, after = 0] = matches.at(-1) ?? [];
    const next = layer.text.indexOf(line, after);
    const start = next === -1 ? layer.text.indexOf(line) : next;
    if (start === -1) return undefined;
    matches.push([start, start + line.length]);
  }
  return matches;
}

/** One span for each run of a match, with the white space between its characters. */
function joined(spans: readonly RunSpan[]): RunSpan[] {
  const whole: RunSpan[] = [];
  for (const span of spans) {
    const last = whole.at(-1);
    if (last?.run === span.run) last.end = span.end;
    else whole.push({ ...span });
  }
  return whole;
}
