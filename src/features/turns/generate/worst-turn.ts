/** The most that a turn can use, reserved before it begins. Pure. */
import type { ModelClient } from "../../../clients/model.ts";
import type { Config } from "../../../env.ts";
import { estimateTokens, fallbackOf, type Model } from "../../../lib/models.ts";
import { promptBudget, readLimits, wholeTokens } from "../context/budget.ts";
import type { BeginLimits, WorstTurn } from "../store/turn.ts";
import {
  applicationInstructions,
  DEFAULT_SYSTEM_PROMPT,
  documentInstructions,
} from "./system-prompt.ts";

/** As long as any. */
const BOUNDARY = "0".repeat(12);

/** How much to read for a prompt of this model, and what its turn reserves; `added`: an application's instructions. */
export function turnLimits(
  config: Pick<Config, "BUDGETS" | "MODELS" | "SYSTEM_PROMPT">,
  client: Pick<ModelClient, "canAsk">,
  model: Model,
  added?: string,
): BeginLimits {
  const { BUDGETS: defaults } = config;
  const limits = readLimits(model);
  return { ...limits, budget: { worst: worstTurn(config, client, model, added), defaults } };
}

/** The fallback reads the same prompt again. */
function worstTurn(
  { MODELS, SYSTEM_PROMPT = DEFAULT_SYSTEM_PROMPT }: Pick<Config, "MODELS" | "SYSTEM_PROMPT">,
  client: Pick<ModelClient, "canAsk">,
  model: Model,
  added: string | undefined,
): WorstTurn {
  const fallback = fallbackOf(model, MODELS);
  const models = fallback && client.canAsk(fallback) ? [model, fallback] : [model];
  const ofServer = estimateTokens(SYSTEM_PROMPT + documentInstructions(""));
  const ofApplication =
    added === undefined ? 0 : estimateTokens(applicationInstructions(added, BOUNDARY));
  return {
    models,
    completionTokens: Math.max(...models.map(({ maxOutputTokens }) => maxOutputTokens)),
    fixedTokens: Math.min(ofServer, promptBudget(model)) + ofApplication,
    documentTokens: wholeTokens(model),
  };
}
