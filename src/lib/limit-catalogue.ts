/** The part of the catalogue about API keys and limits. */
import type { CatalogueEntry } from "./provider-catalogue.ts";

export const limitCatalogue = {
  insufficient_scope: {
    status: 403,
    title: "Scope missing",
    detail:
      "This API key does not have the scope of this route; `scope` names it. Routes without one require a signed-in person.",
  },
  too_many_keys: {
    status: 409,
    title: "Too many API keys",
    detail: "You have as many API keys as you may. Revoke one that is no longer needed.",
  },
  rate_limited: {
    status: 429,
    title: "Too many requests",
    detail:
      "You have reached a limit; `limit` names it. Retry after the time in the Retry-After header.",
  },
  too_many_turns: {
    status: 429,
    title: "Too many answers at once",
    detail: "You have as many answers running as you may. Wait until one ends, or stop it.",
  },
  server_busy: {
    status: 503,
    title: "Server busy",
    detail: "The server runs as many answers as it can. Retry in a moment.",
  },
  limiter_unavailable: {
    status: 503,
    title: "Sign-in unavailable",
    detail: "Attempts cannot be counted right now, so none is accepted. Retry in a moment.",
  },
} as const satisfies Record<string, CatalogueEntry>;
