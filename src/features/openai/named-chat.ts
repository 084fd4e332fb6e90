/** The chat that a client of OpenAI's API names in its metadata. */
import { Id } from "../../http/fields.ts";
import { invalidField } from "../../lib/problem.ts";

/** The id of the chat, and the rest of the metadata. Throws a 422 for a `chat_id` that is none. */
export function chatIdOf(metadata: Record<string, unknown> | null | undefined) {
  const { chat_id: given, ...others } = metadata ?? {};
  if (given === undefined || given === null) return { chatId: undefined, metadata: others };
  const id = Id.safeParse(given);
  if (!id.success) throw invalidField("/metadata/chat_id", "invalid", "This is not an id.");
  return { chatId: id.data, metadata: others };
}
