/** A call of any route, on objects of its own: they are created before, and it can be sent again. */
import {
  type ApiResponse,
  anonymous,
  type Body,
  platformUrl,
  type SignedIn,
  signUpWithFiles,
} from "../client.ts";
import { newApiKey } from "../api-keys.ts";
import { newDocument } from "../documents.ts";
import { announce, formOf, sendTo } from "../files.ts";
import { newKey, withKey } from "../keys.ts";
import { query } from "../postgres.ts";
import { codesOf } from "../second-factor.ts";
import type { Operation } from "../routes.ts";
import { sessionIdOf, signInAgain } from "../sessions.ts";

export type RouteCall = {
  send: () => Promise<ApiResponse>;
  /** Part of each of its calls to Postgres. */
  marker: string;
  /** How many rows of each kind the user has. */
  count: () => Promise<Record<string, number>>;
};

type Prepare = (of: SignedIn, operation: Operation) => Promise<RouteCall>;

/** Prepares a call of the route by a user. */
export function prepareCall(operation: Operation, of: SignedIn): Promise<RouteCall> {
  return (SPECIAL[nameOf(operation)] ?? usual)(of, operation);
}

export const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

const SPECIAL: Record<string, Prepare> = {
  "POST /auth/register": async (of) => {
    const email = newEmail();
    const body = { name: "Eve Example", email, password: of.password };
    const count = () => countRows("SELECT count(*) AS users FROM users WHERE email = $1", email);
    return { send: () => nobody.post("/auth/register", body), marker: email, count };
  },
  "POST /auth/login": async (of) => {
    const body = { email: of.user.email, password: of.password };
    const send = () => nobody.post("/auth/login", body);
    // A sign-in whose response was lost is one more session, which expires.
    return { send, marker: of.user.email, count: async () => ({}) };
  },
  "POST /auth/refresh": async () => {
    const eve = await newPerson();
    const body = { refresh_token: eve.refreshToken };
    return callOf(eve, () => nobody.post("/auth/refresh", body), sessionIdOf(eve));
  },
  "POST /auth/logout": async () => {
    const eve = await newPerson();
    return callOf(eve, () => eve.post("/auth/logout"), sessionIdOf(eve));
  },
  "DELETE /auth/sessions": async () => {
    const eve = await newPerson();
    await signInAgain(eve, platformUrl);
    return callOf(eve, () => eve.delete("/auth/sessions"));
  },
  "DELETE /auth/sessions/{id}": async () => {
    const eve = await newPerson();
    const path = `/auth/sessions/${sessionIdOf(await signInAgain(eve, platformUrl))}`;
    return callOf(eve, () => eve.delete(path));
  },
  "POST /auth/totp": async () => {
    const eve = await newPerson();
    return callOf(eve, () => eve.post("/auth/totp", { password: eve.password }));
  },
  "POST /auth/totp/confirm": async () => {
    const eve = await newPerson();
    const { body } = await eve.post("/auth/totp", { password: eve.password });
    const code = codesOf(body.secret);
    return callOf(eve, () => eve.post("/auth/totp/confirm", { code: code() }));
  },
  "DELETE /users/me": async () => {
    const eve = await newPerson();
    return callOf(eve, () => eve.delete("/users/me", { password: eve.password }));
  },
  // A user whose files are ingested in the background has calls that are not those of the route.
  "POST /files/upload": async () => {
    const [eve, key] = [await newPerson(), withKey(newKey())];
    return callOf(eve, () => eve.post("/files/upload", formOf("Some text."), key));
  },
  "POST /files/{id}/complete": async () => {
    const eve = await newPerson();
    const { body } = await eve.post("/files", announce("Some text.", "a.txt", "text/plain"));
    await sendTo(body.upload, "Some text.");
    return callOf(eve, () => eve.post(`/files/${body.file.id}/complete`));
  },
  "POST /files/{id}/analysis": async (_of, operation) => usual(await newPerson(), operation),
  "POST /ai-sdk/chat": async (of, operation) => ofNewIds(of, operation),
  "POST /ai-sdk/workflow": async (of, operation) => ofNewIds(of, operation),
  "GET /search": async (of) => callOf(of, () => of.get("/search?q=deposit")),
};

/** The client makes the ids of the chat and the message, which are the key of the call. */
function ofNewIds(of: SignedIn, { path, body }: Operation): RouteCall {
  const id = crypto.randomUUID();
  const messages = body.messages.map((message: Body) => ({ ...message, id }));
  return callOf(of, () => of.post(path, { ...body, id, messages }));
}

/**
 * The objects in the path are created, the body is an example, and a key is sent where the route accepts
 * one.
 */
const usual: Prepare = async (of, operation) => {
  const { method, path, body } = operation;
  const id = path.includes("{id}") || body?.chat_id ? await newIdFor(of, operation) : "";
  const sent = body?.chat_id ? { ...body, chat_id: id } : body;
  const url = path.replace("{id}", id);
  const headers = operation.takesKey ? withKey(newKey()) : {};
  return callOf(of, () => sendAs(of, method, url, sent, headers));
};

function sendAs(
  of: SignedIn,
  method: string,
  path: string,
  body: Body,
  headers: Record<string, string>,
): Promise<ApiResponse> {
  if (method === "GET") return of.get(path, headers);
  const send = { POST: of.post, PUT: of.put, PATCH: of.patch, DELETE: of.delete }[method];
  if (!send) throw new Error(`${method} is not supported`);
  return send(path, body, headers);
}

/** A chat, one of its messages, a file, or an API key. */
async function newIdFor(of: SignedIn, { method, path }: Operation): Promise<string> {
  if (path.startsWith("/auth/keys/")) return (await newApiKey(of)).id;
  if (path.startsWith("/files/")) return newDocument(of, ["The deposit is due in May."]);
  const { body } = await of.post("/chats", { title: "Of a test" });
  if (!path.startsWith("/messages/")) return body.id;
  const turn = (await of.post(`/chats/${body.id}/messages`, { content: "Hello?" })).body;
  return method === "PATCH" ? turn.user_message.id : turn.ai_response.id;
}

function callOf(
  of: SignedIn,
  send: () => Promise<ApiResponse>,
  marker: string = of.user.id,
): RouteCall {
  return { send, marker, count: () => countRows(COUNTS, of.user.id) };
}

const nobody = anonymous(platformUrl);

const newPerson = () => signUpWithFiles("Eve Example");

const newEmail = () => `eve.${crypto.randomUUID()}@example.com`;

const OF_CHATS = "JOIN chats AS c ON c.id = m.chat_id WHERE c.user_id = $1::uuid";

const COUNTS = `SELECT
  (SELECT count(*) FROM users WHERE id = $1::uuid) AS users,
  (SELECT count(*) FROM chats WHERE user_id = $1::uuid) AS chats,
  (SELECT count(*) FROM messages AS m ${OF_CHATS}) AS messages,
  (SELECT count(*) FROM messages AS m ${OF_CHATS} AND m.status = 'streaming') AS streaming,
  (SELECT count(*) FROM message_feedback AS f JOIN messages AS m ON m.id = f.message_id ${OF_CHATS}) AS ratings,
  (SELECT count(*) FROM files WHERE user_id = $1::uuid) AS files,
  (SELECT count(*) FROM file_analyses AS a JOIN files AS f ON f.id = a.file_id WHERE f.user_id = $1::uuid) AS analyses,
  (SELECT count(*) FROM idempotency_keys WHERE user_id = $1::uuid) AS keys,
  (SELECT count(*) FROM api_keys WHERE user_id = $1::uuid AND revoked_at IS NULL) AS api_keys,
  (SELECT count(*) FROM sessions WHERE user_id = $1::uuid AND ended_at IS NULL) AS sessions`;

async function countRows(sql: string, parameter: string): Promise<Record<string, number>> {
  const [row] = await query(sql, [parameter]);
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, count]) => [name, Number(count)]),
  );
}
