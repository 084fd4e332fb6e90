/** From the messages that a client of OpenAI's API sends to a user message, its history and instructions. Pure. */
import { codePointLength } from "../../lib/code-points.ts";
import { invalidField } from "../../lib/problem.ts";

/** A message as it was sent; parts of its content are joined. */
export type SentMessage = {
  role: "system" | "developer" | "user" | "assistant" | "tool" | "function";
  text: string;
  /** Of the documents among its parts. */
  fileIds: readonly string[];
};

export type Conversation = {
  /** Of the system and developer messages, in their order; undefined without any. */
  instructions: string | undefined;
  /** The messages before the last one, oldest first, without blank ones and those of tools. */
  history: { type: "user" | "bot"; content: string }[];
  /** The text of the last message, the user's. */
  content: string;
  /** The documents of all messages, each once. */
  fileIds: string[];
  /** The documents of the last message. */
  ownFileIds: string[];
};

/** In code points. */
const LONGEST_INSTRUCTIONS = 32_000;
const LONGEST_CONVERSATION = 1_000_000;

/**
 * Throws a 422 that points below `field` where the last message is not the user's or is blank, and where there is more
 * text than can be stored at once.
 */
export function toConversation(messages: readonly SentMessage[], field: string): Conversation {
  const instructions = instructionsOf(messages);
  if (instructions !== undefined && codePointLength(instructions) > LONGEST_INSTRUCTIONS) {
    const most = `The system and developer messages take at most ${LONGEST_INSTRUCTIONS} characters together.`;
    throw invalidField(`/${field}`, "too_long", most);
  }
  const length = messages.reduce((sum, { text }) => sum + codePointLength(text), 0);
  if (length > LONGEST_CONVERSATION) {
    const most = `The messages take at most ${LONGEST_CONVERSATION} characters together.`;
    throw invalidField(`/${field}`, "too_long", most);
  }
  const last = requireUserMessage(messages, field);
  const before = messages.slice(0, messages.lastIndexOf(last));
  const fromUser = messages.filter(({ role }) => role === "user");
  return {
    instructions,
    history: before.flatMap(toHistory),
    content: last.text,
    fileIds: [...new Set(fromUser.flatMap(({ fileIds }) => fileIds))],
    ownFileIds: [...new Set(last.fileIds)],
  };
}

function instructionsOf(messages: readonly SentMessage[]): string | undefined {
  const texts = messages.flatMap(({ role, text }) =>
    isInstruction(role) && text.trim() !== "" ? [text] : [],
  );
  return texts.length > 0 ? texts.join("\n\n") : undefined;
}

function isInstruction(role: SentMessage["role"]): boolean {
  return role === "system" || role === "developer";
}

/** The last message, instructions aside: an answer is always to a message of the user. */
function requireUserMessage(messages: readonly SentMessage[], field: string): SentMessage {
  const index = messages.findLastIndex(({ role }) => !isInstruction(role));
  const last = messages[index];
  if (!last)
    throw invalidField(`/${field}`, "no_user_message", "A message of the user is missing.");
  if (last.role !== "user") {
    const detail =
      "The last message has to be the user's: no answer is continued, and no tools are called.";
    throw invalidField(`/${field}/${index}/role`, "not_from_user", detail);
  }
  if (last.text.trim() === "") {
    throw invalidField(`/${field}/${index}/content`, "blank", "This may not be empty.");
  }
  return last;
}

/** Nothing of a tool's call or result: it belongs to an answer that this server did not give. */
function toHistory({ role, text }: SentMessage): Conversation["history"] {
  if (text.trim() === "" || (role !== "user" && role !== "assistant")) return [];
  return [{ type: role === "user" ? "user" : "bot", content: text }];
}
