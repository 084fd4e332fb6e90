/** A reranker in the wire format of Jina and Cohere: by the share of the query's words that a document has. */

export type RerankRequest = {
  model?: string;
  query?: string;
  documents?: string[];
  top_n?: number;
};

/** The provider's response to a request for a ranking. */
export function rerank({ model, query = "", documents = [], top_n }: RerankRequest): unknown {
  const asked = wordsOf(query);
  const results = documents
    .map((document, index) => ({ index, relevance_score: shareOf(asked, wordsOf(document)) }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, top_n ?? documents.length);
  const total = [query, ...documents].reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  return { model, object: "list", results, usage: { total_tokens: total } };
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
}

function shareOf(asked: Set<string>, words: Set<string>): number {
  return asked.size === 0 ? 0 : asked.intersection(words).size / asked.size;
}
