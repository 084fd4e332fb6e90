/**
 * Generates `src/lib/price-table.json` from `@pydantic/genai-prices`: `npm run prices`, after an update of that
 * package. Only what a chat or an embedding costs, of providers whose wire this service speaks.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProvider, type ModelInfo, type ModelPrice } from "@pydantic/genai-prices";
import { type Price, type Rate, type Rates, toRate } from "../src/lib/prices.ts";
import type { PriceTable, PricedModel } from "../src/lib/price-table.ts";

const ROOT = join(import.meta.dirname, "..");
const TARGET = join(ROOT, "src/lib/price-table.json");

/** The source's provider ids, by the host that serves their API; the longest ending of a host wins. */
const HOSTS: Record<string, string> = {
  "api.openai.com": "openai",
  "api.anthropic.com": "anthropic",
  "openai.azure.com": "azure",
  "api.deepseek.com": "deepseek",
  "api.mistral.ai": "mistral",
  "api.groq.com": "groq",
  "api.x.ai": "x-ai",
  "generativelanguage.googleapis.com": "google",
  "api.moonshot.ai": "moonshotai",
};

/** The source's name of each rate. */
const RATES: Record<keyof Rates, string> = {
  prompt: "input_mtok",
  completion: "output_mtok",
  cached: "cache_read_mtok",
  cacheWrite: "cache_write_mtok",
  reasoning: "output_reasoning_mtok",
  audioPrompt: "input_audio_mtok",
  audioCompletion: "output_audio_mtok",
};

/** The content of the generated file, from the installed package. */
export async function renderPrices(): Promise<string> {
  const source = JSON.parse(
    await readFile(join(ROOT, "node_modules/@pydantic/genai-prices/package.json"), "utf8"),
  );
  const hosts = Object.entries(HOSTS).map(([host, id]) => [host, toModels(id)]);
  const others = Object.entries(HOSTS).map(([host, id]) => [host, fallbackHosts(id)]);
  const table: PriceTable = {
    generatedBy: "local/prices.ts",
    source: `${source.name} ${source.version}`,
    hosts: Object.fromEntries(hosts),
    fallbacks: Object.fromEntries(others.filter(([, hostsOf]) => hostsOf?.length)),
  };
  return `${JSON.stringify(table)}\n`;
}

function toModels(providerId: string): PricedModel[] {
  const provider = findProvider({ providerId });
  if (!provider) throw new Error(`The package has no provider ${providerId}.`);
  return provider.models.flatMap(toPricedModel);
}

/** The hosts of the providers whose models this one serves too, at their price. */
function fallbackHosts(providerId: string): string[] {
  const ids = findProvider({ providerId })?.fallback_model_providers ?? [];
  return ids.flatMap((id) => Object.keys(HOSTS).filter((host) => HOSTS[host] === id));
}

/** A model priced by something other than tokens, such as pages or hours, is left out. */
function toPricedModel({ id, match, prices, context_window: context }: ModelInfo): PricedModel[] {
  const listed = Array.isArray(prices) ? prices : [{ prices }];
  const converted = listed.flatMap((each): Price[] => {
    const rates = toRates(each.prices);
    return rates ? [{ rates, ...toValidity(each.constraint) }] : [];
  });
  if (converted.length !== listed.length) return [];
  return [{ id, match, ...(context !== undefined && { context }), prices: converted }];
}

function toRates(prices: ModelPrice): Rates | undefined {
  if (prices[RATES.prompt] === undefined) return undefined;
  const named = Object.entries(RATES).flatMap(([name, key]) => {
    const price = prices[key];
    return price === undefined ? [] : [[name, toTieredRate(price)]];
  });
  // An embedding has no completion.
  return { completion: 0, ...Object.fromEntries(named) };
}

function toTieredRate(price: Exclude<ModelPrice[string], undefined>): Rate {
  if (typeof price === "number") return toRate(price);
  const tiers = price.tiers.map(({ start, price: of }): [number, number] => [start, toRate(of)]);
  return [[0, toRate(price.base)], ...tiers];
}

type Constraint = Exclude<
  Exclude<ModelInfo["prices"], ModelPrice>[number]["constraint"],
  undefined
>;

function toValidity(constraint: Constraint | undefined): Omit<Price, "rates"> {
  if (!constraint) return {};
  if (constraint.type === "start_date") return { from: constraint.start_date };
  return { hours: [constraint.start_time.slice(0, 5), constraint.end_time.slice(0, 5)] };
}

if (import.meta.main) await writeFile(TARGET, await renderPrices());
