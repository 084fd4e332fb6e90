/** The messages of a chat as the AI SDK has them, each with what the API has stored of it. */
import type { UIMessage } from "ai";
import type { Schemas } from "../api/client.ts";
import type { AttachedFile } from "../documents/composer-files.tsx";

export type Message = Schemas["Message"];
export type Citation = Schemas["Citation"];
export type UnverifiedQuote = Schemas["UnverifiedQuote"];

/** `stored` is absent while a message is under way; then the stream brings the rest. */
type Metadata = {
  stored?: Message;
  status?: Message["status"];
  unverified_quotes?: UnverifiedQuote[];
};

export type PageMessage = UIMessage<Metadata, { citation: Citation; title: string }>;

/** What a person sends. */
export type Draft = { text: string; files: readonly AttachedFile[] };

export function toPageMessage(stored: Message): PageMessage {
  const files = stored.files.flatMap(({ id, name }) => (name === null ? [] : [{ id, name }]));
  const parts = toParts({ text: stored.content, files });
  return { id: stored.id, role: stored.role, metadata: { stored }, parts };
}

export function toParts({ text, files }: Draft): PageMessage["parts"] {
  const attached = files.map(({ id, name }) => ({
    type: "file" as const,
    mediaType: "application/octet-stream",
    filename: name,
    url: `/files/${id}/content`,
  }));
  return [...attached, { type: "text", text }];
}

export function textOf({ parts }: PageMessage): string {
  return parts.flatMap((part) => (part.type === "text" ? part.text : [])).join("");
}

/** The documents that a message names; those that are deleted by now have no name. */
export function filesOf({ parts }: PageMessage): AttachedFile[] {
  return parts.flatMap((part) => {
    const [, id] = part.type === "file" ? (/^\/files\/([^/]+)\//.exec(part.url) ?? []) : [];
    return part.type === "file" && id ? [{ id, name: part.filename ?? "Document" }] : [];
  });
}

export function citationsOf({ metadata, parts }: PageMessage): Citation[] {
  const streamed = parts.flatMap((part) => (part.type === "data-citation" ? part.data : []));
  return metadata?.stored?.metadata.citations ?? streamed;
}

export function unverifiedOf({ metadata }: PageMessage): UnverifiedQuote[] {
  return metadata?.stored?.metadata.unverified_quotes ?? metadata?.unverified_quotes ?? [];
}

export function statusOf({ metadata }: PageMessage): Message["status"] {
  return metadata?.stored?.status ?? metadata?.status ?? "streaming";
}
