/** What a turn's run is given by its room. */
import type { Deps } from "../../deps.ts";
import type { Model } from "../../lib/models.ts";
import { type BegunTurn, saveLateTitle } from "./persist.ts";
import { buildPrompt, type Prompt, promptBudget } from "./prompt.ts";
import type { RunDeps } from "./run.ts";
import { saveWithin } from "./save.ts";
import { DEFAULT_SYSTEM_PROMPT } from "./system-prompt.ts";

/** What the model is to get: the configured instructions, and as much of the path as fits. */
export function toPrompt({ config }: Deps, { path }: BegunTurn, model: Model): Prompt {
  return buildPrompt(config.SYSTEM_PROMPT ?? DEFAULT_SYSTEM_PROMPT, path, promptBudget(model));
}

/** The room's own part is to tell events and to save the end. */
export function toRunDeps(deps: Deps, own: Pick<RunDeps, "tell" | "save">): RunDeps {
  const { model, config, clock, newId, db } = deps;
  const inTime = <T>(save: () => Promise<T>) =>
    saveWithin(config.TURN_LIMITS.watchdog_ms, clock, save);
  return {
    model,
    config,
    clock,
    newId,
    ...own,
    saveTitle: async (of, name) => {
      const title = await inTime(async () => (await saveLateTitle(db, of, name)) ?? "");
      return title === "delayed" || title === "" ? undefined : title;
    },
  };
}
