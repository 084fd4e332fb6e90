/** Embeds texts within the limits of a provider, which differ and are not announced. Knows no SDK. */
import { STORED_WIDTH } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import { classify, ProviderError, type Refusal } from "./provider-errors.ts";
import type { Embeddings } from "./embeddings.ts";
import type { TokenCount } from "./usage.ts";

/** What a model at an address is known to take. Lives in the isolate: losing it costs a few refused requests. */
type Known = {
  /** Texts per request. */
  most: number;
  /** Its vectors are too wide unless a width is requested. */
  isWide: boolean;
  /** It has no vectors that can be stored. */
  isUseless: boolean;
};

const MOST_KNOWN = 100;
const ANY_COUNT = 1_000;

export class KnownLimits {
  readonly #known = new Map<string, Known>();

  of(address: string, model: string): Known {
    const key = `${address} ${model}`;
    const known = this.#known.get(key) ?? { most: ANY_COUNT, isWide: false, isUseless: false };
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    this.#known.set(key, known);
    return known;
  }
}

/** Sends one request. `dimensions`: the width to request. */
type Send = (texts: string[], dimensions: number | undefined) => Promise<Embeddings>;

type Embedding = {
  known: Known;
  /** The width that the model is always asked for. */
  dimensions: number | undefined;
  send: Send;
  /** The refusal behind an error; undefined for any other error. */
  toRefusal: (error: unknown) => Refusal | undefined;
};

/** A text that is refused as too long is halved this often. */
const MOST_HALVINGS = 4;

/**
 * The vectors of the texts, in their order. A refused batch is sent again in halves, and a refused text is cut.
 * Vectors that are too wide to store are requested in another width. Throws `ai_not_configured` where the
 * provider has no vectors of at most 1,536 numbers, and what `send` throws otherwise.
 */
export async function embedInBatches(texts: string[], embedding: Embedding): Promise<Embeddings> {
  const { known } = embedding;
  if (known.isUseless) throw tooWide();
  const made: Embeddings[] = [];
  let done = 0;
  let halvings = 0;
  while (done < texts.length) {
    const batch = texts.slice(done, done + known.most).map((text) => halved(text, halvings));
    try {
      made.push(await embedBatch(batch, embedding));
      done += batch.length;
      halvings = 0;
    } catch (error) {
      if (!isOverLimit(embedding.toRefusal(error))) throw error;
      if (batch.length === 1 && ++halvings > MOST_HALVINGS) throw error;
      if (batch.length > 1) known.most = Math.ceil(batch.length / 2);
    }
  }
  return joined(made);
}

async function embedBatch(
  texts: string[],
  { known, dimensions, send }: Embedding,
): Promise<Embeddings> {
  const asked = dimensions ?? (known.isWide ? STORED_WIDTH : undefined);
  const made = await send(texts, asked);
  if (!isTooWide(made)) return made;
  known.isWide = true;
  const narrow = asked === undefined ? await send(texts, STORED_WIDTH) : made;
  if (!isTooWide(narrow)) return narrow;
  known.isUseless = true;
  throw tooWide();
}

function isTooWide({ vectors }: Embeddings): boolean {
  return (vectors[0]?.length ?? 0) > STORED_WIDTH;
}

function tooWide(): Problem {
  const cause = new ProviderError(undefined, "embedding_width");
  return new Problem("ai_not_configured", { cause });
}

/** How providers refuse a batch: by its count, or by its length. */
const COUNT = /batch ?size|(too many|number of|maximum of|at most).{0,40}(inputs?|texts?|items)/i;

function isOverLimit(refusal: Refusal | undefined): boolean {
  if (!refusal || ![400, 413, 422].includes(refusal.status ?? 0)) return false;
  return classify(refusal) === "ai_context_exceeded" || COUNT.test(refusal.text);
}

function halved(text: string, times: number): string {
  return text.slice(0, Math.ceil(text.length / 2 ** times)).toWellFormed();
}

/** The usage is known only if every request reported it. */
function joined(made: Embeddings[]): Embeddings {
  const counts = made.flatMap(({ usage }) => (usage ? [usage] : []));
  const usage = counts.length === made.length ? sumOf(counts) : undefined;
  return { vectors: made.flatMap(({ vectors }) => vectors), usage };
}

function sumOf(counts: TokenCount[]): TokenCount {
  return {
    promptTokens: counts.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    completionTokens: counts.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
  };
}
