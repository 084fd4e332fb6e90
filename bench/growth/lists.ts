/** Every route that lists something, as a request of an account that has filled it. */
import { type Filled, WORDS } from "./fill.ts";

export type List = {
  name: string;
  path: (filled: Filled) => string;
  /** True where what is found, counted or added up grows with the rows, and not only what is searched. */
  findsMore?: true;
};

const at = (name: string, path = name): List => ({
  name: `\`GET ${name}\``,
  path: () => path,
});

/** With something beside the route that says what is asked. */
const asked = (name: string, what: string, query: string): List => ({
  name: `\`GET ${name}\` ${what}`,
  path: () => `${name}?${query}`,
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const rare = `search=${WORDS.rare}`;

/** Of an account with many rows beside one with few. */
export const OWN_LISTS: readonly List[] = [
  at("/chats"),
  asked("/chats", "with a rare word", rare),
  {
    ...asked("/chats", "with a word of every tenth", `search=${WORDS.frequent}`),
    findsMore: true,
  },
  { ...asked("/chats", "with a word of all", `search=${WORDS.everywhere}`), findsMore: true },
  {
    name: "`GET /chats` of the oldest hour",
    path: ({ size }) => `/chats?end_date=${minutesAgo(size - 60)}`,
  },
  { name: "`GET /chats/{id}`", path: ({ chatId }) => `/chats/${chatId}` },
  { name: "`GET /chats/{id}/messages`", path: ({ chatId }) => `/chats/${chatId}/messages` },
  {
    name: "`GET /chats/{id}/messages` from the middle",
    path: ({ chatId, middleMessage }) => `/chats/${chatId}/messages?before=${middleMessage}`,
  },
  at("/files"),
  asked("/search", "for a rare word in messages", `scope=messages&q=${WORDS.rare}`),
  asked("/search", "for a word of every tenth message", `scope=messages&q=${WORDS.frequent}`),
  asked("/search", "for a word of all messages", `scope=messages&q=${WORDS.everywhere}`),
  asked("/search", "for a rare word in documents", `scope=files&q=${WORDS.rare}`),
  {
    ...asked("/search", "for a word of every tenth passage", `scope=files&q=${WORDS.frequent}`),
    findsMore: true,
  },
  asked("/search", "for a rare word in both", `q=${WORDS.rare}`),
  asked("/usage", "by day", "group_by=day"),
  asked("/usage", "by model", "group_by=model"),
  asked("/usage", "by kind", "group_by=kind"),
  { ...asked("/usage", "by chat", "group_by=chat"), findsMore: true },
  at("/auth/events"),
  at("/auth/sessions"),
  at("/auth/keys"),
];

/** Over all accounts: of a database with many rows beside one with few. */
export const ADMIN_LISTS: readonly List[] = [
  at("/admin/users"),
  asked("/admin/users", "with a rare word", rare),
  asked("/admin/users", "with a word of all", "search=Example"),
  asked("/admin/users", "with two letters that none has", "search=zz"),
  at("/admin/events"),
  asked("/admin/usage", "by account", "group_by=user"),
  asked("/admin/usage", "by day", "group_by=day"),
  asked("/admin/usage", "by model", "group_by=model"),
];
