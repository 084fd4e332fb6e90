/** What can go wrong at a provider of models: the part of the catalogue that most clients look at. */

export type CatalogueEntry = {
  status: number;
  title: string;
  /** A sentence for a person: no status code, id or number taken from data. */
  detail: string;
};

export const providerCatalogue = {
  ai_unavailable: {
    status: 502,
    title: "AI provider failed",
    detail: "The AI provider did not answer properly. What was written so far is kept; try again.",
  },
  ai_unauthorized: {
    status: 502,
    title: "AI provider refuses the server",
    detail: "The AI provider refuses the server's key. Choose another model.",
  },
  ai_quota: {
    status: 502,
    title: "AI provider's quota used up",
    detail: "The server's credit at the AI provider is used up. Choose another model.",
  },
  ai_model_not_found: {
    status: 502,
    title: "AI model not found",
    detail: "The AI provider does not offer this model. Choose another one.",
  },
  ai_context_exceeded: {
    status: 502,
    title: "Conversation too long",
    detail: "The conversation is longer than the AI model can read. Begin a new chat.",
  },
  ai_empty: {
    status: 502,
    title: "Empty answer",
    detail: "The AI model returned no text. Ask for the answer again.",
  },
  ai_filtered: {
    status: 502,
    title: "Answer withheld",
    detail: "The AI provider's content filter withheld the answer. Rephrase the question.",
  },
  ai_length: {
    status: 502,
    title: "Answer too long",
    detail:
      "The AI model reached its limit of output before its first word. Ask again, or ask for less.",
  },
} as const satisfies Record<string, CatalogueEntry>;
