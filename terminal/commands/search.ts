/** Finds messages and passages. */
import type { components } from "../../clients/ts/src/index.ts";
import { neutraliseLine } from "../output/neutralise.ts";
import type { Conversation } from "./conversation.ts";

type Hit = components["schemas"]["SearchHit"];

const LONGEST_TITLE = 60;

/** What contains the words; messages get the numbers of their chats for `/open`. */
export async function search(conversation: Conversation, words: string): Promise<void> {
  const { session, screen } = conversation;
  if (words === "") return screen.note("Give the words: /search WORDS");
  const { hits } = await session.client.get("/search", { query: { q: words } });
  conversation.listed = [];
  conversation.more = undefined;
  if (hits.length === 0) screen.note("Nothing contains these words.");
  for (const hit of hits) screen.print(toRow(conversation, hit));
}

function toRow({ listed }: Conversation, hit: Hit): string {
  const snippet = neutraliseLine(toText(hit.snippet));
  if (hit.chat_id === undefined) return `  -  ${sourceOf(hit)}: ${snippet}`;
  const title = neutraliseLine(hit.chat_title ?? "", LONGEST_TITLE);
  listed.push({ id: hit.chat_id, title });
  return `${String(listed.length).padStart(3)}  ${title}: ${snippet}`;
}

function sourceOf({ file_name: name = "", page }: Hit): string {
  const file = neutraliseLine(name, LONGEST_TITLE);
  return page === undefined ? file : `${file}, page ${page}`;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** A snippet is escaped text with `<mark>`. */
function toText(html: string): string {
  return html
    .replaceAll(/<\/?mark>/g, "")
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "");
}
