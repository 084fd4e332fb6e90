/** Every route that lists something, as a request of an account that has filled it. */
import { type Filled, WORDS } from "./fill.ts";

export type List = { name: string; path: (filled: Filled) => string };

const at = (name: string, path = name): List => ({ name, path: () => path });

const DAY_MS = 24 * 60 * 60 * 1_000;

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

/** Of an account with many rows beside one with few. */
export const OWN_LISTS: readonly List[] = [
  at("/chats"),
  at("/chats, searched for a rare word", `/chats?search=${WORDS.rare}`),
  at("/chats, searched for a frequent word", `/chats?search=${WORDS.frequent}`),
  at("/chats, searched for a word of all", `/chats?search=${WORDS.everywhere}`),
  at("/chats, of an hour", `/chats?start_date=${daysAgo(0.06)}&end_date=${daysAgo(0.02)}`),
  { name: "/chats/{id}", path: ({ chatId }) => `/chats/${chatId}` },
  { name: "/chats/{id}/messages", path: ({ chatId }) => `/chats/${chatId}/messages` },
  {
    name: "/chats/{id}/messages, from the middle",
    path: ({ chatId, middleMessage }) => `/chats/${chatId}/messages?before=${middleMessage}`,
  },
  at("/files"),
  at("/search, messages, a rare word", `/search?scope=messages&q=${WORDS.rare}`),
  at("/search, messages, a frequent word", `/search?scope=messages&q=${WORDS.frequent}`),
  at("/search, messages, a word of all", `/search?scope=messages&q=${WORDS.everywhere}`),
  at("/search, documents, a rare word", `/search?scope=files&q=${WORDS.rare}`),
  at("/search, documents, a frequent word", `/search?scope=files&q=${WORDS.frequent}`),
  at("/search, both, a rare word", `/search?q=${WORDS.rare}`),
  at("/usage by day", "/usage?group_by=day"),
  at("/usage by model", "/usage?group_by=model"),
  at("/usage by kind", "/usage?group_by=kind"),
  at("/usage by chat", "/usage?group_by=chat"),
  at("/auth/events"),
  at("/auth/sessions"),
  at("/auth/keys"),
];

/** Over all accounts: of a database with many rows beside one with few. */
export const ADMIN_LISTS: readonly List[] = [
  at("/admin/users"),
  at("/admin/users, searched for a rare word", `/admin/users?search=${WORDS.rare}`),
  at("/admin/users, searched for a word of all", "/admin/users?search=Example"),
  at("/admin/users, searched for two letters", "/admin/users?search=zz"),
  at("/admin/events"),
  at("/admin/usage by account", "/admin/usage?group_by=user"),
  at("/admin/usage by day", "/admin/usage?group_by=day"),
  at("/admin/usage by model", "/admin/usage?group_by=model"),
];
