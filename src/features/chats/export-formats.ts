/** The file formats of an export. Pure. */
import type { Message } from "../messages/schemas.ts";
import { escapeHeading, escapeMarkdown } from "./escape-markdown.ts";
import type { Chat } from "./schemas.ts";

/** A message of an export, and what precedes it in the file. */
type ExportedMessage = {
  message: Message;
  /** When its parent was written (ISO 8601); null without a parent. */
  parentAt: string | null;
  /** The id of the previous message in the file; undefined for the first. */
  previousId: string | undefined;
};

/** Formats the head, the messages and the tail of a file. */
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
  head: (chat) => `# ${escapeHeading(chat.title)}\n`,
  message: (exported) => {
    const { type, created_at, content } = exported.message;
    const notes = `${branchLine(exported)}${filesLine(exported.message)}`;
    return `\n## ${AUTHORS[type]} · ${created_at}\n${notes}\n${escapeMarkdown(content)}\n`;
  },
  tail: "",
};

/**
 * A line that names the parent of a message if that is not the previous message in the file; ""
 * otherwise.
 */
function branchLine({ message, parentAt, previousId }: ExportedMessage): string {
  if (message.parent_id === (previousId ?? null)) return "";
  return parentAt ? `\n*Another branch: follows ${parentAt}.*\n` : "\n*Another beginning.*\n";
}

/** A line that names the attachments; "" without any. A deleted file has no name any more. */
function filesLine({ files }: Message): string {
  if (files.length === 0) return "";
  return `\n*Attached: ${files.map(({ name }) => shownName(name)).join(", ")}.*\n`;
}

/** A name is no Markdown, as a message is. */
function shownName(name: string | null): string {
  if (name === null) return "a deleted file";
  return escapeHeading(name.replace(/[\\*_`~[\]]/g, "\\$&"));
}

export const formats = { json, markdown };
