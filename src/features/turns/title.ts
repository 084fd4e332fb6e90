/** The title of a chat, asked for while the answer streams, so that it delays nothing. */
import type { Deps } from "../../deps.ts";
import { findModel } from "../../lib/models.ts";
import type { NewUsage } from "../usage/queries.ts";
import { suggestName } from "./naming.ts";

/** What came of asking: a name, or none, and what it cost. */
export type Title = { name?: string; usage: NewUsage[] };

type TitleDeps = Pick<Deps, "model" | "config" | "clock" | "newId">;

/** Whom the title is for. */
type TitleOf = { userId: string; chatId: string; messageId: string; text: string };

/** Asks once, for as long as a first token may take. Never rejects: a chat can do without a title. */
export async function askTitle(deps: TitleDeps, of: TitleOf): Promise<Title> {
  const signal = AbortSignal.timeout(deps.config.TURN_LIMITS.first_token_ms);
  try {
    const { name, model, usage, estimated } = await suggestName(deps, of, signal);
    return { name, usage: [{ ...usageKey(deps, of), model, ...usage, estimated }] };
  } catch {
    return { usage: failedUsage(deps, of) };
  }
}

/** An attempt that failed is an attempt: its row says that it is taken to have cost nothing. */
function failedUsage(deps: TitleDeps, of: TitleOf): NewUsage[] {
  const name = deps.config.TITLE_MODEL ?? deps.config.DEFAULT_MODEL;
  const model = findModel(name, [name]);
  if (!model) return [];
  const nothing = { promptTokens: 0, completionTokens: 0, estimated: true };
  return [{ ...usageKey(deps, of), model, ...nothing }];
}

function usageKey({ newId, clock }: TitleDeps, { userId, chatId, messageId }: TitleOf) {
  const at = new Date(clock()).toISOString();
  return { id: newId(), userId, chatId, messageId, kind: "title" as const, attempt: 1, at };
}
