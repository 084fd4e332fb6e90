/** Finds the published price of a model. The table is generated: see `local/prices.ts`. */
import type { Prices } from "./prices.ts";
import table from "./price-table.json" with { type: "json" };

/** Which names of a provider are a model; as the source has it. */
type Match =
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string }
  | { or: readonly Match[] }
  | { and: readonly Match[] };

export type PricedModel = { id: string; match: Match; context?: number; prices: Prices };

/** Models by the host of the API that serves them. */
export type PriceTable = {
  generatedBy: string;
  /** The package and its version. */
  source: string;
  hosts: Record<string, readonly PricedModel[]>;
  /** Hosts that serve the models of others too, at their price. */
  fallbacks: Record<string, readonly string[]>;
};

/**
 * The prices of a model at the provider that serves this base URL, and the size of its context. Undefined for a
 * host that the table does not have, such as a firm's own server: what it charges is unknown.
 */
export function findPublished(baseUrl: string, name: string): PricedModel | undefined {
  // The generator writes this type.
  const { hosts, fallbacks } = table as unknown as PriceTable;
  const { hostname } = new URL(baseUrl);
  const own = Object.keys(hosts).find((each) => `.${hostname}`.endsWith(`.${each}`));
  if (own === undefined) return undefined;
  const models = [own, ...(fallbacks[own] ?? [])].flatMap((host) => hosts[host] ?? []);
  return models.find(({ match }) => matches(match, name.toLowerCase()));
}

function matches(match: Match, name: string): boolean {
  if ("equals" in match) return name === match.equals;
  if ("starts_with" in match) return name.startsWith(match.starts_with);
  if ("ends_with" in match) return name.endsWith(match.ends_with);
  if ("contains" in match) return name.includes(match.contains);
  if ("regex" in match) return new RegExp(match.regex).test(name);
  if ("or" in match) return match.or.some((each) => matches(each, name));
  return match.and.every((each) => matches(each, name));
}
