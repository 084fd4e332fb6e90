/** The part of the catalogue for failures of AI providers. */

export type CatalogueEntry = {
  status: number;
  title: string;
  /** A sentence for a person, without status codes, ids or numbers from data. */
  detail: string;
};

export const providerCatalogue = {
  ai_unavailable: {
    status: 502,
    title: "AI provider failed",
    detail: "The AI provider failed. The text so far is saved; retry.",
  },
  ai_unauthorized: {
    status: 502,
    title: "AI provider rejected the key",
    detail: "The AI provider rejected the server's API key. Choose another model.",
  },
  ai_quota: {
    status: 502,
    title: "AI quota exhausted",
    detail: "The server's quota at the AI provider is exhausted. Choose another model.",
  },
  ai_model_not_found: {
    status: 502,
    title: "AI model not found",
    detail: "The AI provider does not have this model. Choose another one.",
  },
  ai_context_exceeded: {
    status: 502,
    title: "Conversation too long",
    detail: "The conversation exceeds the context of the AI model. Start a new chat.",
  },
  ai_empty: {
    status: 502,
    title: "Empty answer",
    detail: "The AI model returned no text. Regenerate the answer.",
  },
  ai_filtered: {
    status: 502,
    title: "Answer withheld",
    detail: "The AI provider's content filter withheld the answer. Rephrase the message.",
  },
  ai_length: {
    status: 502,
    title: "Answer too long",
    detail: "The AI model reached its output limit before the first word. Retry, or ask for less.",
  },
  ai_not_configured: {
    status: 503,
    title: "No AI provider",
    detail: "No AI provider is configured for this model. Choose another model.",
  },
  ai_circuit_open: {
    status: 503,
    title: "AI provider is failing",
    detail:
      "The AI provider has failed several times in a row and is not called for a moment. Retry after the time in the Retry-After header, or choose another model.",
  },
  ai_overloaded: {
    status: 503,
    title: "AI provider overloaded",
    detail: "The AI provider accepts no more requests right now. Retry in a moment.",
  },
  ai_timeout: {
    status: 504,
    title: "AI provider too slow",
    detail: "The AI provider took too long to respond. The text so far is saved; retry.",
  },
} as const satisfies Record<string, CatalogueEntry>;
