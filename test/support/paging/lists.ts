/** Every paged list of the product: how rows of an account get into it and out of it. */
import { makeAdmin } from "../admins.ts";
import type { ApiResponse, Body, SignedIn } from "../client.ts";
import type { OwnWorld } from "../own-world.ts";
import { at, newIdAt } from "./rows.ts";

export type PagedList = {
  /** The path of the first page of one run, without `limit`. */
  path: () => string;
  /** What shows a row, in the order of the list, and in each row what names it. */
  rows: (body: Body) => Body[];
  idOf: (row: Body) => string;
  /** Removes what an earlier run has left. */
  clear: () => Promise<unknown>;
  /** Adds rows whose places in the list follow from these small numbers, where it has an order of time. */
  add: (places: number[]) => Promise<string[]>;
  /** Removes a row; resolves to the ids that are not in the list any more. Absent where nothing is ever removed. */
  remove?: (id: string) => Promise<string[]>;
};

/** The lists, with the template of their route. */
export const ROUTES_OF_LISTS = {
  chats: "/chats",
  files: "/files",
  sessions: "/auth/sessions",
  "security events": "/auth/events",
  accounts: "/admin/users",
  "security events of all accounts": "/admin/events",
  "messages, towards older ones": "/chats/{id}/messages",
  "messages, towards newer ones": "/chats/{id}/messages",
  "parts of a text": "/files/{id}/text",
  "feedback on answers": "/chats/{id}/feedback",
};

export type ListName = keyof typeof ROUTES_OF_LISTS;

/** Every list, filled for an administrator of a world. */
export function listsOf(world: OwnWorld, of: SignedIn): Record<ListName, PagedList> {
  const [older, newer] = messageLists(world, of);
  return {
    chats: chatList(world, of),
    files: fileList(world, of),
    sessions: sessionList(world, of),
    "security events": eventList(world, of, "/auth/events"),
    accounts: accountList(world),
    "security events of all accounts": eventList(world, of, "/admin/events"),
    "messages, towards older ones": older,
    "messages, towards newer ones": newer,
    "parts of a text": textList(world, of),
    "feedback on answers": feedbackList(world, of),
  };
}

const idOf = ({ id }: Body) => id;

function chatList(world: OwnWorld, of: SignedIn): PagedList {
  return {
    path: () => "/chats?",
    rows: (body) => body.chats,
    idOf,
    clear: () => world.query("DELETE FROM chats WHERE user_id = $1", [of.user.id]),
    add: insertBy(
      world,
      `INSERT INTO chats (id, user_id, title, pinned, created_at, updated_at)
       SELECT r.id, $2, 'Lease', r.place % 3 = 0, r.at, r.at FROM rows AS r`,
      [of.user.id],
    ),
    remove: removeBy(of, "/chats"),
  };
}

function fileList(world: OwnWorld, of: SignedIn): PagedList {
  return {
    path: () => "/files?",
    rows: (body) => body,
    idOf,
    clear: () => world.query("DELETE FROM files WHERE user_id = $1", [of.user.id]),
    add: insertBy(
      world,
      `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, processed,
         created_at, ingestion_attempt, embed_due_at)
       SELECT r.id, $2, 'lease.txt', 'files/' || r.id, '/files', 1, 'text/plain', 'ready', true, r.at, 1, 'infinity'
       FROM rows AS r`,
      [of.user.id],
    ),
    remove: removeBy(of, "/files"),
  };
}

function sessionList(world: OwnWorld, of: SignedIn): PagedList {
  return {
    path: () => "/auth/sessions?",
    rows: (body) => body,
    idOf,
    clear: () => world.query("DELETE FROM sessions WHERE user_agent = 'paged'"),
    add: insertBy(
      world,
      `INSERT INTO sessions (id, user_id, user_agent, created_at, last_seen_at, expires_at)
       SELECT r.id, $2, 'paged', now(), now(), now() + interval '1 day' FROM rows AS r`,
      [of.user.id],
    ),
    remove: removeBy(of, "/auth/sessions"),
  };
}

function accountList(world: OwnWorld): PagedList {
  return {
    path: () => "/admin/users?",
    rows: (body) => body.users,
    idOf,
    clear: () => world.query("DELETE FROM users WHERE name = 'Paged Example'"),
    add: insertBy(
      world,
      `INSERT INTO users (id, name, email, email_key, created_at, updated_at)
       SELECT r.id, 'Paged Example', r.id || '@example.com', r.id || '@example.com', r.at, r.at FROM rows AS r`,
    ),
    remove: async (id) => {
      await world.query("DELETE FROM users WHERE id = $1", [id]);
      return [id];
    },
  };
}

/** Events are never removed, so that only a test can begin without any. */
function eventList(world: OwnWorld, of: SignedIn, route: string): PagedList {
  const triggers = (state: string) =>
    world.query(`ALTER TABLE security_events ${state} TRIGGER USER`);
  return {
    path: () => `${route}?`,
    rows: (body) => body.events,
    idOf,
    clear: async () => {
      await world.query("DELETE FROM security_event_details");
      await triggers("DISABLE");
      await world.query("DELETE FROM security_events");
      await triggers("ENABLE");
    },
    add: insertBy(
      world,
      `INSERT INTO security_events (id, user_id, position, kind, details_hash, created_at, hash)
       SELECT r.id, $2, 0, 'signed_in', 'none', r.at, '' FROM rows AS r ORDER BY r.nr`,
      [of.user.id],
    ),
  };
}

function removeBy(of: SignedIn, path: string): (id: string) => Promise<string[]> {
  return async (id) => {
    await of.delete(`${path}/${id}`);
    return [id];
  };
}

/** Inserts rows by SQL that takes them from `rows`: id, number, place, and a time that several of them may share. */
function insertBy({ query }: OwnWorld, sql: string, parameters: unknown[] = []): PagedList["add"] {
  return async (places) => {
    if (places.length === 0) return [];
    const rows = places.map((place, nr) => ({ id: newIdAt(place), nr, place, at: at(place) }));
    await query(
      `WITH rows AS (
         SELECT * FROM json_to_recordset($1::json) AS r (id uuid, nr int, place int, at timestamptz)
       ) ${sql}`,
      [JSON.stringify(rows), ...parameters],
    );
    return rows.map(({ id }) => id);
  };
}

/** A chat's path, in both directions. What an edit leaves behind is not on it any more. */
function messageLists({ query }: OwnWorld, of: SignedIn): [PagedList, PagedList] {
  let chatId = "";
  let path: string[] = [];
  const add = async (count: number) => {
    const ids = Array.from({ length: count }, () => crypto.randomUUID());
    const rows = ids.map((id, nr) => ({ id, parent: ids[nr - 1] ?? path.at(-1) ?? null }));
    path = [...path, ...ids];
    await query(
      `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
       SELECT r.id, $1::uuid, r.parent, 'user', 'One.', 'complete', now()
       FROM json_to_recordset($2::json) AS r (id uuid, parent uuid)`,
      [chatId, JSON.stringify(rows)],
    );
    await query("UPDATE chats SET current_message_id = $2, version = version + 1 WHERE id = $1", [
      chatId,
      path.at(-1),
    ]);
    return ids;
  };
  const clear = async () => {
    await query("DELETE FROM chats WHERE user_id = $1", [of.user.id]);
    chatId = (await of.post("/chats", { title: "Lease" })).body.id;
    path = [];
    await add(1);
  };
  const remove = async (id: string) => {
    const index = path.indexOf(id);
    if (index <= 0) return [];
    const gone = path.slice(index);
    path = path.slice(0, index);
    await add(1);
    return gone;
  };
  const list = {
    idOf,
    clear,
    add: ({ length }: number[]) => add(length),
  };
  const first = () => `/chats/${chatId}/messages?`;
  // A page has its oldest message first.
  const older = { ...list, path: first, rows: (body: Body) => body.toReversed(), remove };
  // From a message that is not on the path any more, no page goes on.
  const newer = { ...list, path: () => `${first()}after=${path[0]}&`, rows: (body: Body) => body };
  return [older, newer];
}

/** The text of a file that grows, as no file does. */
function textList({ query }: OwnWorld, of: SignedIn): PagedList {
  let fileId = "";
  let parts = 0;
  return {
    path: () => `/files/${fileId}/text?`,
    rows: (body) => body.pages,
    idOf: ({ start }) => String(start),
    clear: async () => {
      fileId = crypto.randomUUID();
      parts = 0;
      await query(
        `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status, processed,
           created_at, ingestion_attempt, embed_due_at)
         VALUES ($1::uuid, $2, 'lease.txt', 'files/' || $1, '/files', 1, 'text/plain', 'ready', true, now(), 1, 'infinity')`,
        [fileId, of.user.id],
      );
    },
    add: async ({ length }) => {
      const starts = Array.from({ length }, () => parts++);
      await query(
        `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text)
         SELECT $1, n, n + 1, n, n + 1, 'a' FROM json_array_elements_text($2::json) AS s CROSS JOIN LATERAL (
           SELECT s.value::int AS n) AS numbers`,
        [fileId, JSON.stringify(starts)],
      );
      return starts.map(String);
    },
  };
}

/** The answers of a chat, all of them rated. */
function feedbackList(world: OwnWorld, of: SignedIn): PagedList {
  let chatId = "";
  return {
    path: () => `/chats/${chatId}/feedback?`,
    rows: (body) => body.feedback,
    idOf: (row) => row.message_id,
    clear: async () => {
      await world.query("DELETE FROM chats WHERE user_id = $1", [of.user.id]);
      chatId = (await of.post("/chats", { title: "Lease" })).body.id;
    },
    add: (places) =>
      insertBy(
        world,
        `, answers AS (
           INSERT INTO messages (id, chat_id, type, content, status, created_at)
           SELECT r.id, $2::uuid, 'bot', 'One.', 'complete', r.at FROM rows AS r
         )
         INSERT INTO message_feedback (message_id, rating, created_at, updated_at)
         SELECT r.id, 'up', r.at, r.at FROM rows AS r`,
        [chatId],
      )(places),
    remove: async (id) => {
      await of.delete(`/messages/${id}/feedback`);
      return [id];
    },
  };
}

export type Page = { ids: string[]; next: string | undefined };

/** Reads a page, and where the next one is. */
export async function readPage(of: SignedIn, list: PagedList, path: string): Promise<Page> {
  const response = await of.get(path);
  if (response.status !== 200) throw new Error(`${path} → ${response.status}`);
  return { ids: list.rows(response.body).map(list.idOf), next: nextOf(response, path) };
}

function nextOf({ headers, body }: ApiResponse, path: string): string | undefined {
  const [, linked] = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "") ?? [];
  if (linked !== undefined) return linked;
  const cursor: unknown = body.next_cursor;
  if (typeof cursor !== "string") return undefined;
  return `${path.replace(/&cursor=.*$/, "")}&cursor=${encodeURIComponent(cursor)}`;
}

/** An administrator, whom all lists are read by. */
export async function signUpReader(world: OwnWorld): Promise<SignedIn> {
  return makeAdmin(await world.signUp(), world);
}
