/** The most that a turn can use, reserved before it begins. Pure. */
import type { ModelClient } from "../../../clients/model.ts";
import type { Config } from "../../../env.ts";
import { estimateTokens, fallbackOf, type Model } from "../../../lib/models.ts";
import { promptBudget, readLimits, wholeTokens } from "../context/budget.ts";
import type { BeginLimits, WorstTurn } from "../store/turn.ts";
import { DEFAULT_SYSTEM_PROMPT, documentInstructions } from "./system-prompt.ts";

/** How much to read for a prompt of this model, and what its turn reserves. */
export function turnLimits(
  config: Pick<Config, "BUDGETS" | "MODELS" | "SYSTEM_PROMPT">,
  client: Pick<ModelClient, "canAsk">,
  model: Model,
): BeginLimits {
  const { BUDGETS: defaults } = config;
  const limits = readLimits(model);
  return { ...limits, budget: { worst: worstTurn(config, client, model), defaults } };
}

/** The fallback reads the same prompt again. */
function worstTurn(
  { MODELS, SYSTEM_PROMPT = DEFAULT_SYSTEM_PROMPT }: Pick<Config, "MODELS" | "SYSTEM_PROMPT">,
  client: Pick<ModelClient, "canAsk">,
  model: Model,
): WorstTurn {
  const fallback = fallbackOf(model, MODELS);
  const models = fallback && client.canAsk(fallback) ? [model, fallback] : [model];
  const instructions = estimateTokens(SYSTEM_PROMPT + documentInstructions(""));
  return {
    models,
    completionTokens: Math.max(...models.map(({ maxOutputTokens }) => maxOutputTokens)),
    fixedTokens: Math.min(instructions, promptBudget(model)),
    documentTokens: wholeTokens(model),
  };
}
