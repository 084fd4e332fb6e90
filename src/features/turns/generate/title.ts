/** The title of a chat, requested while the answer streams. */
import type { Deps } from "../../../deps.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { failedAttempt, suggestName } from "../../titles/suggest.ts";
import { firstWords } from "../../titles/title-text.ts";

/** The model's title, and its cost. */
export type Title = {
  name?: string;
  /** The first words of the text, where the model gave no usable title; the next turn requests one again. */
  placeholder?: string;
  usage: NewUsage[];
};

type TitleDeps = Pick<Deps, "model" | "config" | "clock" | "newId">;

/** `text`: what the title is made from. */
export type TitleSubject = { userId: string; chatId: string; messageId: string; text: string };

/** Requests a title once, with the timeout of a first token. Never rejects: a chat can do without a title. */
export async function requestTitle(deps: TitleDeps, subject: TitleSubject): Promise<Title> {
  const signal = AbortSignal.timeout(deps.config.TURN_LIMITS.first_token_ms);
  try {
    const { name, model, usage, estimated } = await suggestName(deps, subject, signal);
    const row = { ...usageKey(deps, subject), model, ...usage, estimated };
    return { ...(name === undefined ? placeholderOf(subject) : { name }), usage: [row] };
  } catch {
    return { ...placeholderOf(subject), usage: failedUsage(deps, subject) };
  }
}

function placeholderOf({ text }: TitleSubject): Pick<Title, "placeholder"> {
  const placeholder = firstWords(text);
  return placeholder === undefined ? {} : { placeholder };
}

/** A failed attempt has a usage row too. */
function failedUsage(deps: TitleDeps, subject: TitleSubject): NewUsage[] {
  const failed = failedAttempt(deps);
  if (!failed) return [];
  const { model, usage, estimated } = failed;
  return [{ ...usageKey(deps, subject), model, ...usage, estimated }];
}

function usageKey({ newId, clock }: TitleDeps, { userId, chatId, messageId }: TitleSubject) {
  const at = new Date(clock()).toISOString();
  return { id: newId(), userId, chatId, messageId, kind: "title" as const, attempt: 1, at };
}
