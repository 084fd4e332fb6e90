/** The models that a user message may name. */
import type { ModelClient } from "../../clients/model.ts";
import { fallbackOf, findModel, type Model, type ModelTable } from "../../lib/models.ts";

type ModelConfig = { DEFAULT_MODEL: string; MODELS: ModelTable };

/** The models of configured providers, the default first. */
export function listOffered(
  { DEFAULT_MODEL, MODELS }: ModelConfig,
  client: Pick<ModelClient, "canAsk">,
): Model[] {
  const standard = findModel(DEFAULT_MODEL, [DEFAULT_MODEL], MODELS);
  const others = MODELS.chat.filter(({ name }) => name !== DEFAULT_MODEL);
  return [...(standard ? [standard] : []), ...others].filter((model) => client.canAsk(model));
}

/** The name of the model that answers where a model's provider fails; null without one. */
export function fallbackName(
  model: Model,
  { MODELS }: ModelConfig,
  client: Pick<ModelClient, "canAsk">,
): string | null {
  const fallback = fallbackOf(model, MODELS);
  return fallback && client.canAsk(fallback) ? fallback.name : null;
}
