/** The title of a chat, asked for while the answer streams, so that it delays nothing. */
import type { Deps } from "../../../deps.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { failedAttempt, suggestName } from "../../titles/suggest.ts";
import { firstWords } from "../../titles/title-text.ts";

/** What came of asking, and what it cost. */
export type Title = {
  name?: string;
  /** The first words of the text, where no usable name came: they do until the next turn asks again. */
  placeholder?: string;
  usage: NewUsage[];
};

type TitleDeps = Pick<Deps, "model" | "config" | "clock" | "newId">;

/** Whom the title is for. */
type TitleOf = { userId: string; chatId: string; messageId: string; text: string };

/** Asks once, for as long as a first token may take. Never rejects: a chat can do without a title. */
export async function askTitle(deps: TitleDeps, of: TitleOf): Promise<Title> {
  const signal = AbortSignal.timeout(deps.config.TURN_LIMITS.first_token_ms);
  try {
    const { name, model, usage, estimated } = await suggestName(deps, of, signal);
    const row = { ...usageKey(deps, of), model, ...usage, estimated };
    return { ...(name === undefined ? placeholderOf(of) : { name }), usage: [row] };
  } catch {
    return { ...placeholderOf(of), usage: failedUsage(deps, of) };
  }
}

function placeholderOf({ text }: TitleOf): Pick<Title, "placeholder"> {
  const placeholder = firstWords(text);
  return placeholder === undefined ? {} : { placeholder };
}

/** An attempt that failed is an attempt, and has a row. */
function failedUsage(deps: TitleDeps, of: TitleOf): NewUsage[] {
  const failed = failedAttempt(deps);
  if (!failed) return [];
  const { model, usage, estimated } = failed;
  return [{ ...usageKey(deps, of), model, ...usage, estimated }];
}

function usageKey({ newId, clock }: TitleDeps, { userId, chatId, messageId }: TitleOf) {
  const at = new Date(clock()).toISOString();
  return { id: newId(), userId, chatId, messageId, kind: "title" as const, attempt: 1, at };
}
