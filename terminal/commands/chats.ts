/** Lists, opens and changes chats. */
import type { components } from "../../clients/ts/src/index.ts";
import { neutraliseLine } from "../output/neutralise.ts";
import { printFootnotes } from "../turns/footnotes.ts";
import type { Conversation } from "./conversation.ts";
import { showTurn } from "./messages.ts";

type Schemas = components["schemas"];

const PAGE = 20;
/** What is shown of a chat that is opened. */
const MOST_MESSAGES = 10;
const LONGEST_TITLE = 60;
/** Swedish writes dates as ISO 8601 does. */
const DATE = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** The chats, the newest first, with numbers for `/open`. */
export async function listChats(conversation: Conversation, cursor?: string): Promise<void> {
  const { session, screen } = conversation;
  if (cursor === undefined) conversation.listed = [];
  const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
  const { chats, total, next_cursor: next } = await session.client.get("/chats", { query });
  if (total === 0) screen.note("There are no chats yet. Type a message to begin one.");
  for (const chat of chats) screen.print(toRow(conversation, chat));
  conversation.more = next === null ? undefined : () => listChats(conversation, next);
  if (next !== null) screen.note(`${conversation.listed.length} of ${total}; /more shows others.`);
}

/** The next page of the last list. */
export async function showMore({ more, screen }: Conversation): Promise<void> {
  if (more) await more();
  else screen.note("There is no more.");
}

/** Shows the end of a chat, which the next message continues; an answer that is running is read on. */
export async function openChat(conversation: Conversation, which: string): Promise<void> {
  const { screen, session } = conversation;
  const id = findId(conversation, which);
  if (id === undefined) return screen.note(`There is no number ${which} in the last list.`);
  const chat = await session.client.get("/chats/{id}", { path: { id } });
  leaveChat(conversation);
  conversation.chat = chat;
  screen.note(`${neutraliseLine(chat.title)} (${chat.id})`);
  const running = chat.messages.findLast(({ status }) => status === "streaming");
  for (const message of chat.messages.slice(-MOST_MESSAGES)) {
    if (message !== running) showMessage(conversation, message);
  }
  if (running) await follow(conversation, running.id);
}

/** The next message begins a new chat. */
export function leaveChat(conversation: Conversation): void {
  conversation.chat = undefined;
  conversation.answerId = undefined;
}

/** Gives the open chat another title. */
export async function renameChat(conversation: Conversation, title: string): Promise<void> {
  const { chat, screen, session } = conversation;
  if (!chat) return screen.note("No chat is open.");
  if (title === "") return screen.note("Give the new title: /rename TITLE");
  const path = { id: chat.id };
  conversation.chat = await session.client.patch("/chats/{id}", { path, body: { title } });
  screen.note(`Renamed: ${neutraliseLine(title)}`);
}

/** Deletes the open chat, once the person has confirmed it. */
export async function deleteChat(conversation: Conversation): Promise<void> {
  const { chat, lines, screen, session } = conversation;
  if (!chat) return screen.note("No chat is open.");
  const title = neutraliseLine(chat.title, LONGEST_TITLE);
  const answer = await lines.ask(`Delete "${title}" with all its messages? [y/N] `);
  if (!/^y(es)?$/i.test(answer?.trim() ?? "")) return screen.note("Kept.");
  await session.client.delete("/chats/{id}", { path: { id: chat.id } });
  leaveChat(conversation);
  screen.note("Deleted.");
}

/** Adds a chat to the list of `/open`; returns its row. */
export function toRow(conversation: Conversation, chat: Schemas["Chat"]): string {
  conversation.listed.push(chat);
  const number = String(conversation.listed.length).padStart(3);
  const title = neutraliseLine(chat.title, LONGEST_TITLE).padEnd(LONGEST_TITLE);
  const date = DATE.format(new Date(chat.updated_at));
  return `${number}  ${title}  ${date}${chat.pinned ? "  pinned" : ""}`;
}

/** A small number is one of the list, everything else an id. */
function findId({ listed }: Conversation, which: string): string | undefined {
  return /^\d{1,6}$/.test(which) ? listed[Number(which) - 1]?.id : which;
}

function showMessage(conversation: Conversation, message: Schemas["Message"]): void {
  const { screen } = conversation;
  if (message.type === "user") return screen.print(`> ${message.content}`);
  conversation.answerId = message.id;
  const text = screen.markdown();
  text.write(message.content);
  text.end();
  if (message.status !== "complete") screen.note(`(This answer is ${message.status}.)`);
  const { citations = [], unverified_quotes: unverified = [] } = message.metadata;
  printFootnotes(screen, citations, unverified);
}

/** It may have ended meanwhile: then its stored text is shown. */
async function follow(conversation: Conversation, answerId: string): Promise<void> {
  const { chat, session } = conversation;
  if (!chat) return;
  conversation.answerId = answerId;
  if (await showTurn(conversation, (options) => session.client.follow(chat.id, options))) return;
  const path = { id: chat.id };
  const messages = await session.client.get("/chats/{id}/messages", { path, query: { limit: 1 } });
  for (const message of messages) showMessage(conversation, message);
}
