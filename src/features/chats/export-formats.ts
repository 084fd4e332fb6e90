/** How a chat looks as a file. Pure. */
import type { Message } from "../messages/schemas.ts";
import { embedHeading, embedMarkdown } from "./embed-markdown.ts";
import type { Chat } from "./schemas.ts";

/** A message of an export, with what stands before it in the file. */
export type ExportedMessage = {
  message: Message;
  /** When the message that it follows was written (ISO 8601); null for the first of a branch. */
  parentAt: string | null;
  /** The id of the message before it in the file; undefined for the first. */
  previousId: string | undefined;
};

/** How a format writes what comes before, between and after the messages. */
export type Format = {
  contentType: string;
  extension: string;
  head(chat: Chat): string;
  message(exported: ExportedMessage): string;
  tail: string;
};

const json: Format = {
  contentType: "application/json",
  extension: "json",
  head: (chat) => `{"chat":${JSON.stringify(chat)},"messages":[`,
  message: ({ message, previousId }) => `${previousId ? "," : ""}${JSON.stringify(message)}`,
  tail: "]}",
};

const AUTHORS: Record<Message["type"], string> = { user: "User", bot: "Assistant" };

const markdown: Format = {
  contentType: "text/markdown; charset=utf-8",
  extension: "md",
  head: (chat) => `# ${embedHeading(chat.title)}\n`,
  message: (exported) => {
    const { type, created_at, content } = exported.message;
    return `\n## ${AUTHORS[type]} · ${created_at}\n${branchLine(exported)}\n${embedMarkdown(content)}\n`;
  },
  tail: "",
};

/** Where a message does not follow the one before it in the file, a line says which one it follows. */
function branchLine({ message, parentAt, previousId }: ExportedMessage): string {
  if (message.parent_id === (previousId ?? null)) return "";
  return parentAt ? `\n*Another branch: follows ${parentAt}.*\n` : "\n*Another beginning.*\n";
}

export const formats = { json, markdown };
