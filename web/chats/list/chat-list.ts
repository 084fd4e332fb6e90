/** The list of chats: pinned ones first, then by their last activity, page by page. */
import { computed, effect, signal } from "@preact/signals";
import { api, type Schemas } from "../../api/client.ts";
import { sentenceOf } from "../../api/problems.ts";
import { session } from "../../api/session.ts";
import { onChange } from "../tabs.ts";

export type Chat = Schemas["Chat"];

const PAGE = 50;

/** What the list is narrowed to. */
export const filter = signal<{ search: string; archived: boolean }>({
  search: "",
  archived: false,
});

const loaded = signal<readonly Chat[]>([]);

/** Chats as they were last seen, by id: those of the list, and those that are open. */
export const knownChats = signal<Readonly<Record<string, Chat>>>({});
const nextCursor = signal<string | null>(null);

/** The sentence of the failure of the last request. */
export const listError = signal<string | undefined>(undefined);
export const isListLoading = signal(true);
export const hasMoreChats = computed(() => nextCursor.value !== null);

/** The chats that are loaded, in order. */
export const chats = computed(() => loaded.value.toSorted(compare));

function compare(one: Chat, other: Chat): number {
  const byPin = Number(other.pinned) - Number(one.pinned);
  return byPin || other.updated_at.localeCompare(one.updated_at);
}

/** Counts the requests: a response that a newer one has overtaken is not shown. */
let newest = 0;

/** Loads the first page again. */
export async function loadChats(): Promise<void> {
  await load(undefined);
}

/** Loads the next page. */
export async function loadMoreChats(): Promise<void> {
  const cursor = nextCursor.peek();
  if (cursor !== null && !isListLoading.peek()) await load(cursor);
}

async function load(cursor: string | undefined): Promise<void> {
  const request = ++newest;
  isListLoading.value = true;
  try {
    const { search, archived } = filter.peek();
    const query = { limit: PAGE, archived, ...(search && { search }), ...(cursor && { cursor }) };
    const found = await api.get("/chats", { query });
    if (request !== newest) return;
    const before = cursor ? loaded.peek() : [];
    loaded.value = withoutTwins([...before, ...found.chats]);
    const seen = Object.fromEntries(found.chats.map((chat) => [chat.id, chat]));
    knownChats.value = { ...knownChats.peek(), ...seen };
    nextCursor.value = found.next_cursor;
    listError.value = undefined;
  } catch (error) {
    if (request === newest) listError.value = sentenceOf(error);
  } finally {
    if (request === newest) isListLoading.value = false;
  }
}

/** A chat that has moved between two pages is in both. */
function withoutTwins(some: readonly Chat[]): Chat[] {
  return [...new Map(some.map((chat) => [chat.id, chat])).values()];
}

/** Shows a chat as it is now, if the list is narrowed to such chats. */
export function showChat(chat: Chat): void {
  knownChats.value = { ...knownChats.peek(), [chat.id]: chat };
  const { search, archived } = filter.peek();
  const others = loaded.peek().filter(({ id }) => id !== chat.id);
  const isKnown = others.length < loaded.peek().length;
  const belongs = chat.archived === archived && (search === "" || isKnown);
  loaded.value = belongs ? [...others, chat] : others;
}

/** Shows no more of a chat that is deleted. */
export function hideChat(chatId: string): void {
  loaded.value = loaded.peek().filter(({ id }) => id !== chatId);
}

/** The address of a chat. */
export function pathOf({ id }: Pick<Chat, "id">): string {
  return `/app/chats/${id}`;
}

let timer: ReturnType<typeof setTimeout> | undefined;
const TYPING_PAUSE_MS = 250;

// Whenever somebody signs in, and whenever it is narrowed.
effect(() => {
  const { search } = filter.value;
  clearTimeout(timer);
  if (session.value.status === "signed-in") {
    timer = setTimeout(() => void loadChats(), search ? TYPING_PAUSE_MS : 0);
  } else {
    loaded.value = [];
  }
});

onChange(() => {
  if (session.peek().status === "signed-in") void loadChats();
});
